"""What people give to functions and objects, and what to say where it is wrong.

==================  ==================================================
:mod:`.names`       a name of several, a name or names, "did you mean"
:mod:`.kinds`       values of the wrong type
:mod:`.calls`       arguments that a function does not take
:mod:`.attributes`  attributes that an object does not have
==================  ==================================================
"""

from __future__ import annotations

from bodyseg_widgets.arguments.attributes import ExplainedAttributes, unknown_attribute
from bodyseg_widgets.arguments.calls import named_arguments, unknown_arguments, wrong_call
from bodyseg_widgets.arguments.kinds import check_function, check_kind, in_short
from bodyseg_widgets.arguments.names import (
    check_choice,
    close_name,
    did_you_mean,
    listed,
    names_of,
)

__all__ = [
    "ExplainedAttributes",
    "check_choice",
    "check_function",
    "check_kind",
    "close_name",
    "did_you_mean",
    "in_short",
    "listed",
    "named_arguments",
    "names_of",
    "unknown_arguments",
    "unknown_attribute",
    "wrong_call",
]
