"""Agreement of all pairs of panels over the last seconds."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.rendering.color import PANEL_COLORS
from bodyseg_widgets.widgets.compare.agreement_display import AgreementDisplay
from bodyseg_widgets.widgets.compare.agreement_monitor import MEASURES
from bodyseg_widgets.widgets.compare.compared_panels import MAX_PANELS, PANEL_DASHES
from bodyseg_widgets.widgets.kit.live_figure import (
    AXIS,
    LEGEND,
    LINE,
    WITHOUT_BUTTONS,
    Drawing,
    LiveFigure,
    axis_title,
    lines_layout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor, FrameAgreement
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

PERIOD = 0.2
"""Least time between two updates, in seconds: five a second are enough for slow lines."""

MAX_PAIRS: Final = MAX_PANELS * (MAX_PANELS - 1) // 2
"""How many pairs there are of six panels."""

_GAP = 1.0
"""Seconds between two comparisons from which on the line has a gap."""

_LEAST_SCALE = 0.2

_IOU_TOP = 1.005
"""Slightly above 1, so that a line at 1 is fully visible."""


@dataclass(frozen=True, slots=True)
class _Moment:
    time: float
    pairs: Mapping[tuple[str, str], FrameAgreement]
    is_frozen: bool

    def value(self, pair: tuple[str, str], measure: str) -> float:
        """Return how well a pair agrees; NaN where that is unknown."""
        found = self.pairs.get(pair)
        if found is None:
            return math.nan
        if measure == "classes":
            return math.nan if found.classes is None else found.classes.same_class
        return found.iou if measure == "iou" else found.mean_absolute_difference


class AgreementPlot(AgreementDisplay, LiveFigure):
    """How well each two panels agree over the last seconds, live.

    It shows the intersection over union of two panels' masks, the mean absolute difference of
    their probabilities, or, for models that tell the same classes apart, the share of pixels with
    the same class. A line has the color of the pair's first panel and the dashes of its
    second. Now is at the right end. A line has a gap where the two have no recent common frame,
    and while the source is stopped or the plot cannot be seen, because nothing is computed for it
    then; while the source is paused the line stays level.

    It has about five updates a second, fewer where the page is slow. :attr:`figure` is
    the plot as a plotly Figure.

    Parameters
    ----------
    panels : sequence of ComparedPanel, or AgreementMonitor
        What to compare: objects with a ``name``, a ``stream`` (with ``on_result``) and a
        ``view`` (a `SegmentationView`), at most six. Given a monitor, such as that of an
        `AgreementTable`, the plot shows what it computes, and does not close it.
    seconds, measure
        First values of the traits of these names.

    Raises
    ------
    InvalidOptionError
        More than six panels, two of the same name, or `seconds` not above 0.

    Examples
    --------
    >>> from bodyseg_widgets import AgreementPlot, Compare, Webcam
    >>> compare = Compare(["general", "landscape"], Webcam(source="sample"), show=())
    >>> plot = AgreementPlot(compare.panels, seconds=5)
    >>> plot.seconds, plot.measure = 30, "difference"
    >>> plot.close(); compare.close()
    """

    seconds = traitlets.Float(10.0)
    """How much time is shown, in seconds, above 0."""

    measure = traitlets.Enum(MEASURES, default_value="iou")
    """What is shown: one of ``MEASURES``."""

    def __init__(
        self,
        panels: Sequence[ComparedPanel] | AgreementMonitor = (),
        seconds: float = 10.0,
        *,
        measure: str = "iou",
    ) -> None:
        self._moments_lock = threading.Lock()
        self._moments: deque[_Moment] = deque()
        self._use_monitor(panels)
        super().__init__(
            None, traces=_TRACES, layout=_LAYOUT, config=WITHOUT_BUTTONS, period=PERIOD
        )
        self.seconds = seconds
        self.measure = measure
        self.observe(lambda _: self._redraw(), ["seconds", "measure"])

    @traitlets.validate("seconds")
    def _possible_seconds(self, proposal: dict[str, Any]) -> float:
        seconds: float = proposal["value"]
        if not (math.isfinite(seconds) and seconds > 0):
            raise InvalidOptionError(
                f"seconds must be a finite number above 0, but got {seconds!r}. It is the time "
                "that is shown; 60 is a minute."
            )
        return seconds

    def _on_agreement(self, pairs: tuple[FrameAgreement, ...]) -> None:
        now = time.monotonic()
        named = {(pair.a, pair.b): pair for pair in pairs}
        is_frozen = any(not pair.live for pair in pairs)
        with self._moments_lock:
            self._moments.append(_Moment(now, named, is_frozen))
            while self._moments[0].time < now - self.seconds:
                self._moments.popleft()
        self._redraw()

    def _draw(self) -> Drawing:
        names, measure = self._monitor.names, self.measure
        with self._moments_lock:
            moments = [*self._moments]
        times = np.array([moment.time for moment in moments])
        ago = times - times[-1] if len(times) else times
        silences = np.flatnonzero(np.diff(ago) > _GAP) + 1
        # The values of a paused frame hold until they are computed again.
        holds = np.array([moments[each - 1].is_frozen for each in silences], bool)
        x = np.insert(ago, silences, ago[silences]).astype(np.float32)
        lines: list[dict[str, object]] = []
        seen: list[float] = []
        for (one, a), (other, b) in combinations(enumerate(names), 2):
            values = np.array([moment.value((a, b), measure) for moment in moments], np.float32)
            seen += values[np.isfinite(values)].tolist()
            lines.append(
                {
                    "visible": True,
                    "name": f"{a} – {b}",
                    "x": x,
                    "y": np.insert(values, silences, np.where(holds, values[silences - 1], np.nan)),
                    "line.color": PANEL_COLORS[one],
                    "line.dash": PANEL_DASHES[other],
                }
            )
        return Drawing(
            lines + [{"visible": False}] * (MAX_PAIRS - len(lines)),
            {
                "xaxis.range": [-self.seconds, 0],
                "yaxis.range": _scale(seen, measure),
                "yaxis.title.text": _TITLES[measure],
            },
        )


def _scale(values: Sequence[float], measure: str) -> list[float]:
    """Return a range from full agreement to the tenth beyond the worst: it rarely changes."""
    if measure != "difference":
        return [min(1 - _LEAST_SCALE, math.floor(10 * min(values, default=1)) / 10), _IOU_TOP]
    return [0, max(_LEAST_SCALE, math.ceil(10 * max(values, default=0)) / 10)]


_TITLES: Final = {
    "iou": "IoU",
    "difference": "mean absolute difference",
    "classes": "pixels with the same class",
}


_LINE = {
    **LINE,
    "connectgaps": False,
    "hovertemplate": "%{y:.3f}",
    "line": {"width": 2},
}
_TRACES = (_LINE,) * MAX_PAIRS
_LAYOUT = {
    # Room for a legend of fifteen; plotly would keep the width of a figure whose height changes.
    **lines_layout(340),
    "legend": {**LEGEND, "font": {"size": 11}},
    "xaxis": {
        **AXIS,
        "title": axis_title("time before now (s)"),
        "hoverformat": ".1f",
    },
    "yaxis": {
        **AXIS,
        "title": axis_title(_TITLES["iou"]),
        "range": [1 - _LEAST_SCALE, _IOU_TOP],
    },
}
