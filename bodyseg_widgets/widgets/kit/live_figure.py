"""What the live plots share: a plotly figure that never lags behind its stream.

A figure is sent one update at a time from a thread of its own, at most nine times a second, and the
next only after the page has drawn the one before: a slow page gets fewer updates, nothing queues,
and the stream's thread never waits. Nothing is computed for a figure that cannot be seen.
plotly's own front end is not made for that: each update undoes a turn in progress, is answered with
the whole figure, and reaches views that were removed. ``frontend/src/kit/live_figure.ts`` mends it
and goes into the same module, behind plotly's.
"""

from __future__ import annotations

import contextvars
import threading
import time
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import traitlets

from bodyseg_widgets.rendering import Color
from bodyseg_widgets.rendering.skeleton import SIDE_COLORS
from bodyseg_widgets.streaming import LatestWorker
from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.comms import open_to_the_page
from bodyseg_widgets.widgets.kit.plotly_figure import (
    RELAYOUT_TRAIT,
    UNCHANGED,
    PlotlyFigure,
    answered_edit,
    page_module,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.streaming import Result, ResultSource

LEFT, RIGHT = (Color(*SIDE_COLORS[side]).hex for side in ("left", "right"))
MIDDLE = "#8A8A8A"
"""The colors of the body's sides, from Okabe and Ito's palette, which color-blind people can tell
apart; gray between them is visible on light and dark backgrounds."""

GRID = "rgba(128, 128, 128, 0.3)"
"""Color of grid lines, for both light and dark backgrounds."""

AXIS: Final = {"gridcolor": GRID, "zeroline": False, "fixedrange": True, "ticks": ""}
"""An axis of a plot of lines: it is neither zoomed nor moved."""

RIGHT_AXIS: Final = {
    **AXIS,
    "overlaying": "y",
    "side": "right",
    "showgrid": False,
    "visible": False,
}
"""A second axis on the right, hidden at first."""

LINE: Final = {"type": "scatter", "mode": "lines", "visible": False}
"""A line of a plot, hidden at first."""

LEGEND: Final = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"}
"""The legend of a plot of lines, in a row above it."""

WITHOUT_BUTTONS: Final = {"displayModeBar": False}
"""The configuration of a plot that is only looked at."""

ANSWER_TIMEOUT = 1.0
"""Seconds after which the next update is sent even if the page has not answered, because it may
be closed."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The changes that an update makes to a figure.

    Attributes
    ----------
    traces : sequence of mapping
        For each trace, the properties that change, such as ``"line.color"``, and their values.
    layout : mapping
        The properties of the layout that change, and their values.
    """

    traces: Sequence[Mapping[str, object]]
    layout: Mapping[str, object]

    def restyle(self) -> dict[str, list[object]]:
        """Return `traces` in plotly's format: each property with one value per trace."""
        properties = {name for trace in self.traces for name in trace}
        return {name: [trace.get(name, UNCHANGED) for trace in self.traces] for name in properties}


def axis_title(text: str) -> dict[str, object]:
    """Return the title of an `AXIS`, close to its numbers."""
    return {"text": text, "standoff": 6}


def lines_layout(height: int, *, right_axis: bool = False) -> dict[str, object]:
    """Return the layout of a plot of lines under its legend, except for its axes.

    Parameters
    ----------
    height : int
        The height of the plot, in pixels.
    right_axis : bool
        Whether there is room for labels on the right, too.
    """
    return {
        "height": height,
        "margin": {"l": 48, "r": 48 if right_axis else 12, "t": 8, "b": 36},
        "showlegend": True,
        "legend": LEGEND,
        "hovermode": "x unified",
    }


def _page_module() -> str:
    # In a separate block: both are minified, and their names would clash.
    return f"{page_module()}\n(() => {{\n{asset('live_figure.js').read_text('utf-8')}}})();\n"


class LiveFigure(PlotlyFigure):
    """A FigureWidget that is updated from a stream, by its own thread.

    It is updated at most once per `period` seconds, and while the page draws one update, only one
    more is sent: a slow page gets fewer updates, but always current ones. It is transparent, to fit
    light and dark themes, and as wide as its cell.

    Subclasses implement `_notice`, which decides whether a result needs an update, and `_draw`,
    which returns what the figure shows.

    Parameters
    ----------
    stream : SegmentationStream or None
        The stream; anything with ``on_result`` works, including objects that combine several
        streams and call from several threads. None if the subclass itself decides when to call
        `_redraw`.
    traces : sequence
        The figure's traces. Their number does not change.
    layout : mapping
        The figure's layout, in plotly's format.
    config : mapping
        plotly's configuration in the page.
    period : float
        Minimum time between two updates, in seconds.
    """

    _esm = _page_module()
    _css = asset("live_figure.css")

    def __init__(
        self,
        stream: ResultSource | None,
        *,
        traces: Sequence[object],
        layout: Mapping[str, object],
        config: Mapping[str, object],
        period: float,
    ) -> None:
        # What the page sends is handled on other threads than the updates are sent from, and
        # neither plotly nor traitlets expects that.
        self._lock = threading.RLock()
        self._answered = threading.Condition()
        self._last_answer = 0
        self._wake = threading.Event()
        self._page_context = contextvars.Context()
        self._closed = False
        self._send_everything = False
        self._period = period
        self._worker: LatestWorker[None] = LatestWorker(
            self._update, on_skipped=lambda _: None, name=f"bodyseg-{type(self).__name__}"
        )
        self._closing.callback(self._end_updates)
        super().__init__(
            traces,
            {
                "template": "none",
                "autosize": True,
                "paper_bgcolor": "rgba(0,0,0,0)",
                "plot_bgcolor": "rgba(0,0,0,0)",
                "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
                "showlegend": False,
                "uirevision": "bodyseg",
                "modebar": {"bgcolor": "rgba(0,0,0,0)"},
                **layout,
            },
        )
        self.configure({"displaylogo": False, "responsive": True, **config})
        self.add_class("bodyseg-plot")
        open_to_the_page(self)
        self.on_displayed(self._catch_up)
        if stream is not None:
            self._closing.callback(stream.on_result(self._on_result))

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Apply what the page sends; called by ipywidgets."""
        with self._lock:
            self._page_context = contextvars.copy_context()
            super().set_state(sync_data)
        answered = answered_edit(sync_data)
        if answered is not None:
            with self._answered:
                self._last_answer = answered
                self._answered.notify_all()

    def _notice(self, result: Result) -> bool:
        """Store what is needed from a result; return whether the figure changes.

        Called on the stream's thread, so it must be fast. By default nothing is stored, and the
        figure changes.
        """
        del result
        return True

    @abstractmethod
    def _draw(self) -> Drawing:
        """Return everything that changes between updates. Called on the figure's own thread."""

    def _redraw(self) -> None:
        """Schedule an update of the figure."""
        self._worker.offer(None)

    def _redraw_at_once(self) -> None:
        """Update the figure now, however recent the last update was: the user is waiting for it."""
        self._redraw()
        self._wake.set()

    def _on_result(self, result: Result) -> None:
        if self._notice(result) and self.is_displayed:
            self._redraw()

    def _catch_up(self) -> None:
        if self.is_displayed:
            # It was not updated while it could not be seen.
            self._redraw_at_once()

    @traitlets.observe(RELAYOUT_TRAIT)
    def _greet_view(self, change: dict[str, Any]) -> None:
        # A page reports this for each new view, and for one whose width has changed.
        if change["new"] and "autosize" in change["new"]["relayout_data"]:
            self._send_everything = True
            self._redraw()
            self._wake.set()

    def _update(self, _: None) -> None:
        if self._closed:
            return
        begin = time.monotonic()
        self._wake.clear()
        drawing = self._draw()
        with self._lock:
            update_before = self.last_edit
            # ipykernel holds the page's answers back until the running cell ends, unless the
            # message they answer is sent in the context of one of the page's own.
            self._page_context.run(self._send_drawing, drawing)
        if self.is_displayed:
            # One update may be in flight while the page draws the previous one, no more.
            self._await_answer(update_before)
        self._wake.wait(max(0.0, begin + self._period - time.monotonic()))

    def _end_updates(self) -> None:
        self._closed = True
        self._wake.set()
        self._worker.close()
        if self.is_displayed:
            # Its answer would no longer find a comm.
            self._await_answer(self.last_edit)
        # Otherwise the page would count the removed views, and notify a closed comm.
        self.forget_views()

    def _send_drawing(self, drawing: Drawing) -> None:
        self.plotly_update(drawing.restyle(), {**drawing.layout})
        if self._send_everything:
            # plotly sends only changes, but the page created the view from the figure's initial
            # state and does not know the updates since.
            self._send_everything = False
            self.send_update(drawing.restyle(), drawing.layout)

    def _await_answer(self, number: int) -> None:
        with self._answered:
            self._answered.wait_for(lambda: self._last_answer >= number, ANSWER_TIMEOUT)
