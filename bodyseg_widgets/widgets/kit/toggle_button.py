"""A button that stays pressed."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.widget import Widget


class ToggleButton(Widget):
    """A button that stays pressed, as ipywidgets' own, which does not say so to screen readers.

    Parameters
    ----------
    description, tooltip : str
        First values of the traits.
    value, disabled : bool
        Likewise.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import ToggleButton
    >>> button = ToggleButton("Mirror", "Show the picture as in a mirror", value=True)
    >>> button.observe(lambda change: print(change.new), "value")
    >>> button.value = False
    False
    """

    _esm = asset("toggle_button.js")
    _css = asset("bodyseg.css")

    value = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it is pressed."""

    description = traitlets.Unicode().tag(sync=True)
    """What is written on it."""

    tooltip = traitlets.Unicode().tag(sync=True)
    """What it does, said under the pointer and by screen readers."""

    disabled = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it cannot be pressed."""

    def __init__(
        self, description: str, tooltip: str = "", *, value: bool = False, disabled: bool = False
    ) -> None:
        super().__init__(description=description, tooltip=tooltip, value=value, disabled=disabled)
