"""What the live plots share: a plotly figure that follows a stream and never lags behind it."""

from __future__ import annotations

import contextvars
import threading
import time
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import traitlets

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
    from collections.abc import Callable, Mapping, Sequence

    from bodyseg_widgets.streaming import Result, ResultSource

LEFT, RIGHT, MIDDLE = "#56B4E9", "#E69F00", "#8A8A8A"
"""The colours of the body's sides: Okabe and Ito's, told apart by colour-blind people."""

GRID = "rgba(128, 128, 128, 0.3)"
"""Grid lines, on light and dark ground alike."""

PATIENCE = 1.0
"""Seconds after which a page that has not answered is sent the next update all the same, for it
may be gone; and between updates of a figure that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """What an update makes of a figure.

    Attributes
    ----------
    traces : sequence of mapping
        For each trace the properties that change, as ``"line.color"``, and their values.
    layout : mapping
        The properties of the layout that change, and their values.
    """

    traces: Sequence[Mapping[str, object]]
    layout: Mapping[str, object]

    def restyle(self) -> dict[str, list[object]]:
        """Give `traces` as plotly takes them: each property with one value for each trace."""
        properties = {name for trace in self.traces for name in trace}
        return {name: [trace.get(name, UNCHANGED) for trace in self.traces] for name in properties}


def _page_module() -> str:
    # In a block of its own: both are minified, and their names would clash.
    return f"{page_module()}\n(() => {{\n{asset('live_figure.js').read_text('utf-8')}}})();\n"


class LiveFigure(PlotlyFigure):
    """A FigureWidget that is updated from a stream, by a thread of its own.

    It is updated at most once in `period` seconds, and while the page draws an update only one
    more is sent: a slow page gets fewer updates, all of them new. Transparent, so that it fits
    light and dark themes, and as wide as its cell.

    Subclasses say with `_notice` whether a result is worth an update, and with `_draw` what
    the figure then shows.

    Parameters
    ----------
    stream : SegmentationStream or None
        What to follow; anything with ``on_result`` will do, also what gathers the results of
        several streams and so calls from several threads. None where the subclass finds out
        by itself when to call `_redraw`.
    traces : sequence
        The figure's traces. Their number stays.
    layout : mapping
        The figure's layout, as plotly takes it.
    config : mapping
        plotly's configuration of the page's side.
    period : float
        Least time between two updates, in seconds.
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
        self._closing = False
        self._all_anew = False
        self._period = period
        self._worker: LatestWorker[None] = LatestWorker(
            self._update, on_skipped=lambda _: None, name=f"bodyseg-{type(self).__name__}"
        )
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
        self._unsubscribe: Callable[[], None] = (
            stream.on_result(self._follow) if stream is not None else lambda: None
        )

    def close(self) -> None:
        """Follow the stream no more, end the thread, and take the plot off the page."""
        if self.comm is not None:
            self._unsubscribe()
            self._closing = True
            self._wake.set()
            self._worker.close()
            if self._view_count:
                # Its answer to what it was sent would find no comm any more.
                self._await_answer(self.last_edit)
            # Else the page would count the views it takes away, and tell a comm that is no more.
            self._view_count = None
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page sends; called by ipywidgets."""
        with self._lock:
            self._page_context = contextvars.copy_context()
            super().set_state(sync_data)
        answered = answered_edit(sync_data)
        if answered is not None:
            with self._answered:
                self._last_answer = answered
                self._answered.notify_all()

    def _notice(self, result: Result) -> bool:
        """Take over what is needed of a result; say whether the figure changes by it.

        Called on the stream's thread, so it must be quick. By default nothing is taken over,
        and the figure changes where it is displayed.
        """
        del result
        return bool(self._view_count)

    @abstractmethod
    def _draw(self) -> Drawing:
        """Give all that changes from update to update. Called on the figure's own thread."""

    def _redraw(self) -> None:
        """Have the figure updated soon."""
        self._worker.offer(None)

    def _redraw_at_once(self) -> None:
        """Have the figure updated now, however short ago it was: somebody waits for it."""
        self._redraw()
        self._wake.set()

    def _follow(self, result: Result) -> None:
        if self._notice(result):
            self._redraw()

    @traitlets.observe(RELAYOUT_TRAIT)
    def _greet_view(self, change: dict[str, Any]) -> None:
        # A page says this of each new view, and of one whose width has changed.
        if change["new"] and "autosize" in change["new"]["relayout_data"]:
            self._all_anew = True
            self._redraw()
            self._wake.set()

    def _update(self, _: None) -> None:
        if self._closing:
            return
        begin = time.monotonic()
        self._wake.clear()
        drawing = self._draw()
        with self._lock:
            update_before = self.last_edit
            # ipykernel lets the page's answers wait for the cell that runs, unless the message
            # they answer is sent in the context of one of the page's own.
            self._page_context.run(self._send_drawing, drawing)
        if self._view_count:
            # One update may be on its way while the page draws the one before, no more.
            self._await_answer(update_before)
        pause = self._period if self._view_count else PATIENCE
        self._wake.wait(max(0.0, begin + pause - time.monotonic()))

    def _send_drawing(self, drawing: Drawing) -> None:
        self.plotly_update(drawing.restyle(), {**drawing.layout})
        if self._all_anew:
            # plotly sends what has changed, but the page has made a view from what the figure was
            # at first and knows nothing of the updates since.
            self._all_anew = False
            self.send_update(drawing.restyle(), drawing.layout)

    def _await_answer(self, number: int) -> None:
        with self._answered:
            self._answered.wait_for(lambda: self._last_answer >= number, PATIENCE)
