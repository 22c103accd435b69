"""The probability along a line, beside the panels."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import ipywidgets

from bodyseg_widgets.widgets.kit.boxes import box, heading
from bodyseg_widgets.widgets.kit.page_links import PageLinks
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bodyseg_widgets.widgets.compare.profile_plot import ProfilePlot
    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

_FIRST_LINE: Final = (0.06, 0.5, 0.94, 0.5)
"""Both ends are inside the image, so that they can be seen and dragged."""


def _turned(line: Sequence[float]) -> list[float]:
    return [*line[2:], *line[:2]]


class ProfilePart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """The probability along a line that is drawn on all panels.

    The plot begins at the line's end A. That is on the left at first, and stays on the side of the
    image where it is seen when that is mirrored.

    Attributes
    ----------
    plot : ProfilePlot
        A curve for each panel.
    """

    plot: ProfilePlot

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        from bodyseg_widgets.widgets.compare.profile_plot import ProfilePlot  # noqa: PLC0415

        del context
        first = _turned(_FIRST_LINE) if panels[0].view.mirrored else _FIRST_LINE
        self.plot = ProfilePlot(panels, line=first)
        self._closing.callback(self.plot.close)
        self._panels: list[ModelPanel] = []
        # The links of the lines, and the observer of the first one.
        self._line_links = ExitStack()
        self._closing.callback(lambda: self._remove_line(self._panels))
        self._closing.callback(self._line_links.close)
        head = box(ipywidgets.HBox, "head", heading("Profile", "drag a line on a panel"))
        self._page_links = PageLinks()
        super().__init__([head, self.plot, self._page_links])
        self.add_class("bodyseg-panel")
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Draw the line on these panels, and plot their probabilities along it."""
        if [*panels] != self._panels:
            line = self._panels[0].view.line if self._panels else [*self.plot.line]
            self._line_links.close()
            self._remove_line(panel for panel in self._panels if panel not in panels)
            self._panels = [*panels]
            self._link_lines(line)
        self.plot.panels = [*panels]

    def _link_lines(self, line: list[float]) -> None:
        first, *others = (panel.view for panel in self._panels)
        for view in (first, *others):
            view.line = line
        for view in others:
            self._line_links.callback(self._page_links.link((first, "line"), (view, "line")))
        for trait, changed in (
            ("line", self._on_line_changed),
            ("mirrored", self._on_mirrored_changed),
        ):
            first.observe(changed, trait)
            self._line_links.callback(first.unobserve, changed, trait)

    def _remove_line(self, panels: Iterable[ModelPanel]) -> None:
        for panel in panels:
            panel.view.line = []

    def _on_mirrored_changed(self, _: object) -> None:
        line = _turned(self._panels[0].view.line)
        for panel in self._panels:
            panel.view.line = line

    def _on_line_changed(self, change: dict[str, list[float]]) -> None:
        if change["new"]:
            self.plot.line = change["new"]
