"""Opens and closes the parts beside the panels."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import ipywidgets

from bodyseg_widgets.widgets.explorer.parts.all_parts import PARTS
from bodyseg_widgets.widgets.kit.boxes import box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.widgets.explorer.parts.part import PartContext, SidePart
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


class SideParts:
    """Opens and closes the parts beside the panels, each with a button of its own.

    Parameters
    ----------
    context : PartContext
        What the parts use of the Explorer.
    last : ipywidgets.Widget
        Stands after all parts, always.

    Attributes
    ----------
    buttons : dict of str to ToggleButton
        Whether each part is open, by name.
    open : dict of str to SidePart
        The parts that are open, by name.
    toolbar : ipywidgets.Box
        The buttons.
    grid : ipywidgets.Box
        The open parts.
    """

    def __init__(self, context: PartContext, last: ipywidgets.Widget) -> None:
        self._context = context
        self._last = last
        self._panels: tuple[ModelPanel, ...] = ()
        # A button may be pressed on the page while a cell adds a panel on another thread.
        self._lock = threading.RLock()
        self.open: dict[str, SidePart] = {}
        self.buttons = {name: kind.button() for name, kind in PARTS.items()}
        self.toolbar = box(ipywidgets.HBox, "toolbar", *self.buttons.values())
        self.grid = box(ipywidgets.GridBox, "parts", last)
        for button in self.buttons.values():
            button.observe(self._on_button_changed, "value")

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels in all parts; a part that does not suit them is hidden."""
        with self._lock:
            self.grid.remove_class(f"bodyseg-count-{len(self._panels)}")
            self.grid.add_class(f"bodyseg-count-{len(panels)}")
            self._panels = tuple(panels)
            for name, kind in PARTS.items():
                display = None if kind.suits(panels) else "none"
                self.buttons[name].layout.display = display
                if name in self.open:
                    self.open[name].layout.display = display
                    self.open[name].set_panels(panels)

    def show(self, name: str) -> None:
        """Open a part, if it suits the panels and what it needs is installed."""
        button = self.buttons[name]
        if PARTS[name].suits(self._panels) and not button.disabled:
            button.value = True

    def close(self) -> None:
        """Close all parts."""
        for button in self.buttons.values():
            button.value = False

    def _on_button_changed(self, change: dict[str, Any]) -> None:
        [name] = [each for each, button in self.buttons.items() if button is change["owner"]]
        if change["new"]:
            self._open_part(name)
        else:
            self._close_part(name)

    def _open_part(self, name: str) -> None:
        with self._lock:
            if PARTS[name].suits(self._panels):
                try:
                    self.open[name] = PARTS[name].create(self._panels, self._context)
                except BaseException:
                    self.buttons[name].value = False
                    raise
                self._arrange()
            else:
                self.buttons[name].value = False

    def _close_part(self, name: str) -> None:
        with self._lock:
            part = self.open.pop(name, None)
            if part is None:
                return
            self._arrange()
        # Without the lock: a plot waits here for what the page is drawing.
        part.close()

    def _arrange(self) -> None:
        self.grid.children = (*(self.open[name] for name in PARTS if name in self.open), self._last)
