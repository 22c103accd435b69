"""Coverage and agreement at every threshold, for all panels in one plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import traitlets

from bodyseg_widgets.evaluation import cutoff, is_person, sweep
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.rendering.color import PANEL_COLORS
from bodyseg_widgets.widgets.compare.compared_panels import MAX_PANELS, PANEL_DASHES
from bodyseg_widgets.widgets.compare.panels_plot import CAPTION, PanelsPlot
from bodyseg_widgets.widgets.kit.live_figure import (
    AXIS,
    LEGEND,
    LINE,
    MIDDLE,
    RIGHT_AXIS,
    WITHOUT_BUTTONS,
    Drawing,
    axis_title,
    lines_layout,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Mask
    from bodyseg_widgets.streaming import SameFrame
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

Curve: TypeAlias = "NDArray[np.float32] | None"
"""float32 (256,), at the thresholds of a `Sweep`; None where there is none."""


class SweepPlot(PanelsPlot):
    """Coverage and agreement of every panel's mask at every threshold, live.

    A thick curve per panel shows the coverage, the share of the image that counts as a person,
    at thresholds from 0 to 1 (left axis). Where `reference` names a panel, a thin curve shows the
    intersection over union with that panel's mask at its own threshold (right axis). Dots mark
    the panels' own thresholds. Threshold 0, where every pixel counts as a person, is left out.

    The curves are of the newest frame that all panels have finished; without a recent common
    frame they are of each panel's own, and the plot says so. Agreement is always of the same
    frame.

    It has about five updates a second, fewer where the page is slow, and one at once when the
    reference, a threshold or the panels change. :attr:`figure` is the plot as a plotly Figure.

    Parameters
    ----------
    panels : sequence of ComparedPanel
        What to plot: objects with a ``name``, a ``stream`` (with ``on_result``) and a ``view``
        (a `SegmentationView`), at most six.
    reference
        First value of the trait of this name.

    Raises
    ------
    InvalidOptionError
        More than six panels, or two of the same name.

    Examples
    --------
    >>> from bodyseg_widgets import Compare, SweepPlot, Webcam
    >>> compare = Compare(["general", "landscape"], Webcam(source="sample"), show=())
    >>> plot = SweepPlot(compare.panels, reference="Selfie general")
    >>> plot.reference = None
    >>> plot.close(); compare.close()
    """

    reference = traitlets.Unicode(None, allow_none=True)
    """Name of the panel that the others are compared with, or None. While there is no panel of
    this name, nothing is compared."""

    def __init__(self, panels: Sequence[ComparedPanel] = (), reference: str | None = None) -> None:
        super().__init__(panels, traces=_TRACES, layout=_LAYOUT, config=WITHOUT_BUTTONS)
        self.reference = reference
        self.observe(self._refresh, "reference")

    def _draw(self) -> Drawing:
        thresholds, shown, reference = (
            self._compared.thresholds,
            self._compared.shown(),
            self.reference,
        )
        coverages: list[Curve] = []
        agreements: list[Curve] = []
        for name in thresholds:
            coverage, iou = self._curves(name, shown, thresholds)
            coverages.append(None if coverage is None else 100 * coverage)
            agreements.append(iou)
        compared = any(iou is not None for iou in agreements)
        cuts = [cutoff(threshold) for threshold in thresholds.values()]
        return Drawing(
            [
                *_lines([*thresholds], coverages),
                *_lines([f"{name}, IoU" for name in thresholds], agreements),
                _dots(cuts, coverages),
                _dots(cuts, agreements),
                {"visible": compared, "name": f"thin: IoU with {reference}"},
            ],
            {
                "yaxis2.visible": compared,
                "annotations[0].text": self._caption(shown),
            },
        )

    def _curves(
        self, name: str, shown: Mapping[str, SameFrame], thresholds: Mapping[str, float]
    ) -> tuple[Curve, Curve]:
        """Coverage, and agreement with the reference; None for what is unknown."""
        frame, reference = shown.get(name), self.reference
        if frame is None:
            return None, None
        mask = _mask(frame, name)
        if reference is None or reference == name or reference not in thresholds:
            return sweep(mask).coverage, None
        if reference in frame.results:
            person = is_person(_mask(frame, reference), thresholds[reference])
            swept = sweep(mask, person)
            return swept.coverage, swept.iou
        pair = self._compared.frames.newest((name, reference))
        if pair is None:
            return sweep(mask).coverage, None
        person = is_person(_mask(pair, reference), thresholds[reference])
        return sweep(mask).coverage, sweep(_mask(pair, name), person).iou


def _mask(frame: SameFrame, name: str) -> Mask:
    return frame.results[name].seen().segmentation.mask


def _lines(names: Sequence[str], curves: Sequence[Curve]) -> list[dict[str, object]]:
    lines: list[dict[str, object]] = [
        {"visible": False} if curve is None else {"visible": True, "name": name, "y": curve[1:]}
        for name, curve in zip(names, curves, strict=True)
    ]
    return lines + [{"visible": False}] * (MAX_PANELS - len(lines))


def _dots(cuts: Sequence[int], curves: Sequence[Curve]) -> dict[str, object]:
    seen = [
        (cut / MAX_LEVEL, curve[cut], color)
        for cut, curve, color in zip(cuts, curves, PANEL_COLORS, strict=False)
        if curve is not None and cut > 0
    ]
    x, y, colors = zip(*seen, strict=True) if seen else ((), (), ())
    return {
        "x": np.array(x, np.float32),
        "y": np.array(y, np.float32),
        "marker.color": list(colors),
    }


_THICK, _THIN = 2.5, 1

_CURVE = {
    **LINE,
    "x": (np.arange(1, MAX_LEVEL + 1) / MAX_LEVEL).astype(np.float32),
}
_DOT = {"size": 9, "line": {"width": 1, "color": "white"}}
_DOTS = {
    "type": "scatter",
    "mode": "markers",
    "hoverinfo": "skip",
    "showlegend": False,
}
_TRACES = (
    *(
        {
            **_CURVE,
            "line": {"color": color, "dash": dash, "width": _THICK},
            "hovertemplate": "%{y:.1f} %",
            "legendgroup": color,
        }
        for color, dash in zip(PANEL_COLORS, PANEL_DASHES, strict=True)
    ),
    *(
        {
            **_CURVE,
            "line": {"color": color, "dash": dash, "width": _THIN},
            "hovertemplate": "%{y:.3f}",
            "yaxis": "y2",
            "legendgroup": color,
            "showlegend": False,
        }
        for color, dash in zip(PANEL_COLORS, PANEL_DASHES, strict=True)
    ),
    {**_DOTS, "marker": _DOT},
    {**_DOTS, "marker": {**_DOT, "symbol": "diamond"}, "yaxis": "y2"},
    # Only for the legend: what thin curves are.
    {**_CURVE, "x": [None], "y": [None], "line": {"color": MIDDLE, "width": _THIN}},
)
_LAYOUT = {
    **lines_layout(300, right_axis=True),
    "legend": {**LEGEND, "tracegroupgap": 0},
    "xaxis": {
        **AXIS,
        "title": axis_title("threshold"),
        "range": [-0.01, 1.01],
        "dtick": 0.25,
        "hoverformat": ".2f",
    },
    "yaxis": {
        **AXIS,
        "title": axis_title("person (% of the image)"),
        "rangemode": "tozero",
    },
    "yaxis2": {
        **RIGHT_AXIS,
        "title": axis_title("IoU"),
        "range": [-0.02, 1.02],
        "dtick": 0.25,
    },
    "annotations": [CAPTION],
}
