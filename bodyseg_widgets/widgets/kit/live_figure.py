"""What the live plots share: a plotly figure that never lags behind its stream.

A plot is sent one update at a time from a thread of its own, at most nine times a second, and the
next only after the page has drawn the one before: a slow page gets fewer updates, nothing queues,
and the stream's thread never waits. An update has only what differs from the one before. Nothing
is computed for a plot that cannot be seen.

plotly's own FigureWidget is not made for that: each brings five megabytes, which the page compiles
anew, undoes a turn in progress with each update, and answers it with the whole figure. So plots are
drawn by ``frontend/src/kit/live_figure.ts``, which loads plotly.js once per page.
"""

from __future__ import annotations

import contextvars
import threading
import time
from abc import abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np
import traitlets
from PIL import ImageColor

from bodyseg_widgets.cards.plots import Axis, PlotLine, plot_png
from bodyseg_widgets.rendering import Color
from bodyseg_widgets.rendering.skeleton import SIDE_COLORS
from bodyseg_widgets.streaming import Attention, LatestWorker
from bodyseg_widgets.widgets.kit import figure_messages
from bodyseg_widgets.widgets.kit.displayed import Displayed
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.page_messages import MessageError, PageMessages
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.plotly_figure import WatchedFigure, program, program_version
from bodyseg_widgets.widgets.kit.widget import Widget

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

    from bodyseg_widgets.streaming import Result, ResultSource
    from bodyseg_widgets.widgets.kit.figure_messages import (
        FigureKernelMessage,
        FigureMessage,
        FigurePageMessage,
        ProgramPart,
        UpdateMessage,
    )

_MESSAGES: Final[PageMessages[FigurePageMessage]] = PageMessages(
    {
        "program": figure_messages.ProgramRequest,
        "figure": figure_messages.FigureRequest,
        "drawn": figure_messages.DrawnMessage,
        "camera": figure_messages.CameraMessage,
    }
)

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

RUN_TO_SEE: Final = "Run the notebook to see it."
"""What a saved notebook says in place of what needs a kernel."""

ANSWER_TIMEOUT = 1.0
"""Seconds after which the next update is sent even if the page has not answered, because it may
be closed."""

_SENT_AS_THEY_ARE: Final = ("float32", "float64", "int32", "uint8")
"""Types of arrays that the page reads from a message's buffers."""


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

    def since(self, known: Drawing) -> Drawing:
        """Return what of it differs from `known`."""
        return Drawing(
            [_news(new, old) for new, old in zip(self.traces, known.traces, strict=True)],
            _news(self.layout, known.layout),
        )

    def after(self, known: Drawing) -> Drawing:
        """Return all that is known of the figure after it, and `known` before."""
        return Drawing(
            [{**old, **new} for new, old in zip(self.traces, known.traces, strict=True)],
            {**known.layout, **self.layout},
        )

    def __bool__(self) -> bool:
        """Whether it changes anything."""
        return any(self.traces) or bool(self.layout)


def _news(new: Mapping[str, object], old: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value
        for name, value in new.items()
        if name not in old or not _is_same(value, old[name])
    }


def _is_same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        is_number = one.dtype.kind == "f"
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=is_number)
    if isinstance(one, np.ndarray) or isinstance(other, np.ndarray):
        return False
    return one == other


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


class LiveFigure(Pictured, Widget, Displayed):
    """A plot that is updated from a stream, by its own thread.

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
        The figure's traces.
    layout : mapping
        The figure's layout, in plotly's format.
    config : mapping
        plotly's configuration in the page.
    period : float
        Minimum time between two updates, in seconds.
    """

    _esm = front_end_module("live_figure")
    _instead: ClassVar[dict[str, str]] = {
        "data": "The traces are .figure.data.",
        **{
            name: f"Write .figure.{name}(…)."
            for name in ("update_layout", "update_traces", "add_trace", "write_html", "write_image")
        },
    }

    _plotly = traitlets.Unicode().tag(sync=True)
    """The version of plotly.js that draws it."""

    _height = traitlets.Int().tag(sync=True)
    """How high it is at first, in pixels: its place while plotly.js is loaded."""

    def __init__(
        self,
        stream: ResultSource | None,
        *,
        traces: Sequence[object],
        layout: Mapping[str, Any],
        config: Mapping[str, object],
        period: float,
    ) -> None:
        # What the page sends is handled on other threads than the updates are sent from.
        self._lock = threading.RLock()
        self._answered = threading.Condition()
        self._last_answer = 0
        self._last_update = 0
        self._wake = threading.Event()
        self._page_context = contextvars.Context()
        self._closed = False
        self._send_everything = False
        self._period = period
        self._attention: Attention | None = None
        self._config = {"displaylogo": False, **config}
        self._figure = WatchedFigure(
            traces,
            {
                "template": "none",
                "paper_bgcolor": "rgba(0,0,0,0)",
                "plot_bgcolor": "rgba(0,0,0,0)",
                "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
                "showlegend": False,
                "uirevision": "bodyseg",
                "modebar": {"bgcolor": "rgba(0,0,0,0)"},
                **layout,
            },
        )
        self._own_traces = self._figure.data
        self._in_figure = self._in_page = Drawing([{} for _ in traces], {})
        self._worker: LatestWorker[None] = LatestWorker(
            self._update, on_skipped=lambda _: None, name=f"bodyseg-{type(self).__name__}"
        )
        self._closing.callback(self._end_updates)
        super().__init__(_plotly=program_version(), _height=layout["height"])
        self.count_views()
        self._figure.watch(self._restyled)
        _MESSAGES.hear(self, lambda message, _: self._receive(message))
        self.on_displayed(self._catch_up)
        if stream is not None:
            self._attention = Attention(stream, self._on_result, asks=False)
            self._closing.callback(self._attention.close)

    @property
    def figure(self) -> go.Figure:
        """The plot as a plotly Figure, to style and to export, with what it shows at this moment.

        What is changed in it is seen in the plot. What an update changes, such as coordinates, the
        plot sets again. Ask for it again before an export: the data of one that was kept are as old
        as it is.

        Examples
        --------
        >>> from bodyseg_widgets import LandmarkPlot3D, SegmentationStream, Webcam
        >>> webcam = Webcam(source="sample")
        >>> stream = SegmentationStream(webcam, model="BlazePose")
        >>> plot = LandmarkPlot3D(stream)
        >>> figure = plot.figure.update_layout(title="Left wrist", height=500)
        >>> html = plot.figure.to_html(include_plotlyjs="cdn")
        >>> plot.close(); stream.close(); webcam.close()
        """
        with self._lock:
            self._put(self._draw())
            return self._figure

    def _picture(self) -> bytes:
        figure = self.figure
        shown = [trace for trace in figure.data if trace.type == "scatter" and _is_shown(trace)]
        # A picture has one scale: the right one where nothing is on the left.
        left = [trace for trace in shown if trace.yaxis != "y2"]
        y_axis = figure.layout.yaxis2 if shown and not left else figure.layout.yaxis
        lines = [
            PlotLine(
                np.column_stack([np.asarray(trace.x, float), np.asarray(trace.y, float)]),
                ImageColor.getrgb(trace.line.color)[:3],
                trace.name or "",
            )
            for trace in left or shown
        ]
        axes = (_axis(figure.layout.xaxis), _axis(y_axis))
        return plot_png(lines, axes=axes, note=f"A live plot. {RUN_TO_SEE}")

    def _notice(self, result: Result) -> bool:
        """Store what is needed from a result; return whether the figure changes.

        Called on the stream's thread, so it must be fast. By default nothing is stored, and the
        figure changes.
        """
        del result
        return True

    @abstractmethod
    def _draw(self) -> Drawing:
        """Return everything that changes between updates. Called by one thread at a time."""

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
        if self._attention is not None:
            self._attention.asks = self.is_displayed
        if self.is_displayed:
            # It was not updated while it could not be seen.
            self._redraw_at_once()

    def _restyled(self) -> None:
        self._send_everything = True
        self._catch_up()

    def _receive(self, message: FigurePageMessage) -> None:
        # ipykernel holds the page's answers back until the running cell ends, unless the message
        # they answer is sent in the context of one of the page's own.
        with self._lock:
            self._page_context = contextvars.copy_context()
        if message["kind"] == "program":
            self._send_program(message["request"])
        elif message["kind"] == "figure":
            self._send_everything = True
            self._redraw_at_once()
        elif message["kind"] == "drawn":
            with self._answered:
                self._last_answer = message["update"]
                self._answered.notify_all()
        else:
            with self._lock, self._figure.unwatched():
                try:
                    self._figure.layout.scene.camera = message["camera"]
                except ValueError as error:
                    raise MessageError(
                        "A page sent a camera that plotly refuses. Reload the page."
                    ) from error

    def _update(self, _: None) -> None:
        if self._closed:
            return
        begin = time.monotonic()
        self._wake.clear()
        with self._lock:
            drawing = self._draw()
            update_before = self._last_update
            self._page_context.run(self._send_drawing, drawing)
        if self.is_displayed:
            # One update may be in flight while the page draws the previous one, no more.
            self._await_answer(update_before)
        self._wake.wait(max(0.0, begin + self._period - time.monotonic()))

    def _end_updates(self) -> None:
        self._closed = True
        self._figure.watch(None)
        self._wake.set()
        self._worker.close()
        if self.is_displayed:
            # Its answer would no longer find a comm.
            self._await_answer(self._last_update)
        # Otherwise the page would count the removed views, and notify a closed comm.
        self.forget_views()

    def _send_drawing(self, drawing: Drawing) -> None:
        if self._send_everything:
            self._send_everything = False
            self._send_figure(drawing)
            return
        news = drawing.since(self._in_page)
        if news:
            self._in_page = drawing.after(self._in_page)
            self._send_update(news)

    def _send_figure(self, drawing: Drawing) -> None:
        self._put(drawing)
        self._in_page = drawing.after(self._in_page)
        self._last_update += 1
        message: FigureMessage = {
            "kind": "figure",
            "update": self._last_update,
            "figure": self._figure.snapshot(),
            "config": self._config,
        }
        self._tell(message)

    def _send_update(self, news: Drawing) -> None:
        self._last_update += 1
        buffers: list[memoryview] = []
        message: UpdateMessage = {
            "kind": "update",
            "update": self._last_update,
            "traces": {
                str(at): _packed(changes, buffers) for at, changes in self._placed(news) if changes
            },
            "layout": _packed(news.layout, buffers),
        }
        self._tell(message, buffers)

    def _send_program(self, request: str) -> None:
        parts = program()
        message: ProgramPart = {"kind": "program", "request": request, "parts": len(parts)}
        for part in parts:
            self._tell(message, [memoryview(part)])

    def _tell(self, message: FigureKernelMessage, buffers: Sequence[memoryview] = ()) -> None:
        self.send(message, [*buffers])

    def _placed(self, drawing: Drawing) -> list[tuple[int, Mapping[str, object]]]:
        """Return the changes with the places that users have left the traces at."""
        places = {id(trace): at for at, trace in enumerate(self._figure.data)}
        return [
            (places[id(trace)], changes)
            for trace, changes in zip(self._own_traces, drawing.traces, strict=True)
            if id(trace) in places
        ]

    def _put(self, drawing: Drawing) -> None:
        """Let the figure have what is new in a drawing; how it was styled besides stays."""
        news = drawing.since(self._in_figure)
        self._in_figure = drawing.after(self._in_figure)
        with self._figure.unwatched():
            for at, changes in self._placed(news):
                for name, value in changes.items():
                    self._figure.data[at][name] = value
            for name, value in news.layout.items():
                if name in self._figure.layout:
                    self._figure.layout[name] = value

    def _await_answer(self, number: int) -> None:
        with self._answered:
            self._answered.wait_for(lambda: self._last_answer >= number, ANSWER_TIMEOUT)


def _is_shown(trace: Any) -> bool:  # noqa: ANN401 - plotly has no type information
    return trace.visible is not False and trace.x is not None and len(trace.x) > 0


def _axis(axis: Any) -> Axis:  # noqa: ANN401 - plotly has no type information
    return Axis(axis.title.text or "", None if axis.range is None else tuple(axis.range))


def _packed(values: Mapping[str, object], buffers: list[memoryview]) -> dict[str, object]:
    """Return values as a message takes them; arrays of numbers go into its buffers."""
    packed: dict[str, object] = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray) and value.dtype.name in _SENT_AS_THEY_ARE:
            packed[name] = {"buffer": len(buffers), "dtype": value.dtype.name}
            buffers.append(np.ascontiguousarray(value).data.cast("B"))
        else:
            packed[name] = value
    return packed
