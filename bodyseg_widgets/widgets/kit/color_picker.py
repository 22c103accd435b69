"""A small color picker with its name before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.streaming.effects.parameters import ColorField
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.traits import InvalidTraitError
from bodyseg_widgets.widgets.kit.widget import Widget

if TYPE_CHECKING:
    from bodyseg_widgets.rendering import ColorLike


class ColorPicker(Widget):
    """A picker of an opaque color.

    It suggests colors that color-blind people can tell apart.

    Parameters
    ----------
    label : str
        What it is called.
    value : Color, sequence of int or str
        The color to begin with.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import ColorPicker
    >>> picker = ColorPicker("mask color", value="orange")
    >>> picker.value
    '#ffa500'
    """

    _esm = front_end_module("color_picker")

    label = traitlets.Unicode(read_only=True).tag(sync=True)
    """What it is called."""

    value = traitlets.Any(TEAL.hex).tag(sync=True)
    """The color: set as a name or code of CSS, or as numbers, and read as ``#rrggbb``."""

    def __init__(self, label: str, *, value: ColorLike = TEAL) -> None:
        self.set_trait("label", label)
        super().__init__(value=value)

    @traitlets.validate("value")
    def _opaque(self, proposal: dict[str, Any]) -> str:
        try:
            return ColorField(self.label).to_json(proposal["value"])
        except InvalidOptionError as error:
            raise InvalidTraitError(str(error)) from error
