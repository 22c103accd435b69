"""Which models are measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.arguments import listed
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.streaming.live_models import choose_in_python

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.streaming.live_models import Choice, ModelLike

__all__ = ["chosen_models"]


def chosen_models(models: ModelLike | Sequence[ModelLike]) -> tuple[Choice, ...]:
    """Return models by the names that people give: one, or a list of them.

    Raises
    ------
    InvalidOptionError
        One is unknown or is named twice, or there is none.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.chosen import chosen_models
    >>> [each.label for each in chosen_models(["general", ("BlazePose", "lite")])]
    ['Selfie general (tensorflow)', 'BlazePose lite (tensorflow)']
    """
    # A tuple is one model with its variant; several are a list.
    given: list[ModelLike] = models if isinstance(models, list) else [models]  # type: ignore[list-item]  # then it is one
    choices = tuple(choose_in_python(each) for each in given)
    if not choices:
        raise InvalidOptionError("models must name at least one model. Try ['general', 'full'].")
    labels = [each.label for each in choices]
    twice = {label for label in labels if labels.count(label) > 1}
    if twice:
        raise InvalidOptionError(f"{listed(sorted(twice))} is named twice in models. Name it once.")
    return choices
