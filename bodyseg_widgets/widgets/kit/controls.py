"""ipywidgets' own controls, which here act while cells run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets

from bodyseg_widgets.widgets.kit.comms import OpenToThePage
from bodyseg_widgets.widgets.kit.held import HeldByThread

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Button", "Picker", "labelled_picker"]


class Button(HeldByThread, OpenToThePage, ipywidgets.Button):  # type: ignore[misc]  # ipywidgets has no type information
    """A button whose presses are handled in the order of all that a person does."""


class Picker(HeldByThread, OpenToThePage, ipywidgets.Dropdown):  # type: ignore[misc]  # ipywidgets has no type information
    """A dropdown whose choices are handled in the order of all that a person does."""


def labelled_picker(
    name: str,
    options: Sequence[Any] = (),
    value: Any = None,  # noqa: ANN401 - whatever the options have
) -> Picker:
    """Create a picker; its name appears only as a tooltip and for screen readers."""
    made = Picker(options=options, description=name, tooltip=name)
    if value is not None:
        made.value = value
    made.add_class("bodyseg-picker")
    return made
