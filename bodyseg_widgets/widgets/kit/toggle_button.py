"""A button that stays pressed."""

from __future__ import annotations

import traitlets

from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.widget import Widget


class ToggleButton(Widget):
    """A toggle button like ipywidgets' own, which does not report its state to screen readers.

    Parameters
    ----------
    description, tooltip : str
        Initial values of the traits.
    value, disabled : bool
        Likewise.

    Examples
    --------
    >>> from bodyseg_widgets.widgets import ToggleButton
    >>> button = ToggleButton("Mirror", "Show the image as in a mirror", value=True)
    >>> button.observe(lambda change: print(change.new), "value")
    >>> button.value = False
    False
    """

    _esm = front_end_module("toggle_button")

    value = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it is pressed."""

    description = traitlets.Unicode().tag(sync=True)
    """Its label."""

    tooltip = traitlets.Unicode().tag(sync=True)
    """Its tooltip, also read by screen readers."""

    disabled = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it is disabled."""

    def __init__(
        self, description: str, tooltip: str = "", *, value: bool = False, disabled: bool = False
    ) -> None:
        super().__init__(description=description, tooltip=tooltip, value=value, disabled=disabled)
