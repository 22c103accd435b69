"""What plots of several panels share: the panels, and when to update."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanels
from bodyseg_widgets.widgets.kit.live_figure import LiveFigure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.streaming import Result, SameFrame
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

PERIOD = 0.2
"""Least time between two updates, in seconds: five a second are enough for curves."""


class PanelsPlot(LiveFigure):
    """A plot of the results of all panels; nothing is computed while it cannot be seen.

    Parameters
    ----------
    panels : sequence of ComparedPanel
        First value of :attr:`panels`.
    traces, layout, config
        As `LiveFigure` takes them.

    Raises
    ------
    InvalidOptionError
        More than six panels, or two of the same name.
    """

    def __init__(
        self,
        panels: Sequence[ComparedPanel],
        *,
        traces: Sequence[object],
        layout: Mapping[str, Any],
        config: Mapping[str, object],
    ) -> None:
        self._compared = ComparedPanels(panels, self._refresh)
        self._closing.callback(self._compared.close)
        super().__init__(
            self._compared.frames, traces=traces, layout=layout, config=config, period=PERIOD
        )

    @property
    def panels(self) -> list[ComparedPanel]:
        """What is plotted. Set it after panels were added, removed, moved or renamed."""
        return self._compared.panels

    @panels.setter
    def panels(self, panels: Sequence[ComparedPanel]) -> None:
        self._compared.panels = [*panels]

    def _catch_up(self) -> None:
        self._compared.frames.asks = self.is_displayed
        super()._catch_up()

    def _notice(self, result: Result) -> bool:
        if not result.frame.live and self._compared.frames.is_settled():
            # No further result of this frame is to come.
            self._refresh()
            return False
        return super()._notice(result)

    def _refresh(self, _: object = None) -> None:
        if self.is_displayed:
            self._redraw_at_once()

    def _caption(self, shown: Mapping[str, SameFrame]) -> str:
        if not shown:
            return "Curves appear here once the source is running."
        if len({frame.id for frame in shown.values()}) > 1:
            return "Not all of the same frame"
        return ""


CAPTION = {
    "text": "",
    "x": 0.5,
    "y": 1,
    "xref": "paper",
    "yref": "paper",
    "yanchor": "top",
    "showarrow": False,
}
"""The annotation that shows `PanelsPlot._caption`."""
