"""Probability along a line through the image, for all panels in one plot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import profile
from bodyseg_widgets.rendering.color import PANEL_COLORS
from bodyseg_widgets.widgets.compare.compared_panels import MAX_PANELS, PANEL_DASHES
from bodyseg_widgets.widgets.compare.panels_plot import CAPTION, PanelsPlot
from bodyseg_widgets.widgets.kit.live_figure import (
    AXIS,
    LINE,
    WITHOUT_BUTTONS,
    Drawing,
    axis_title,
    lines_layout,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.segmentation import Mask
    from bodyseg_widgets.widgets.compare.compared_panels import ComparedPanel

_ENDS = 4
_MAX_SAMPLES = 640
"""More could not be told apart on the width of a plot."""


class ProfilePlot(PanelsPlot):
    """The probability along a line through the image, for every panel, live.

    Each panel has a curve, and a thin dashed line of the same color at its threshold: where the
    curve is above it, the line crosses a person. The curves are of the newest frame that all
    panels have finished; without a recent common frame they are of each panel's own, and the plot
    says so.

    It has about five updates a second, fewer where the page is slow, and one at once when the
    line, a threshold or the panels change. :attr:`figure` is the plot as a plotly Figure.

    Parameters
    ----------
    panels : sequence of ComparedPanel
        What to plot: objects with a ``name``, a ``stream`` (with ``on_result``) and a ``view``
        (a `SegmentationView`), at most six.
    line
        First value of the trait of this name.

    Raises
    ------
    InvalidOptionError
        More than six panels, two of the same name, or a line that leaves the image.

    Examples
    --------
    >>> from bodyseg_widgets import Compare, ProfilePlot, Webcam
    >>> compare = Compare(["general", "landscape"], Webcam(source="sample"), show=())
    >>> plot = ProfilePlot(compare.panels)
    >>> plot.line = [0.5, 0, 0.5, 1]
    >>> plot.close(); compare.close()
    """

    line = traitlets.List(traitlets.Float(), default_value=[0.0, 0.5, 1.0, 0.5])
    """Where the line begins and ends, ``[x0, y0, x1, y1]``, as shares of the width and height of
    the image, 0 to 1, from its upper left corner. The image is that of the source, not
    mirrored."""

    def __init__(
        self, panels: Sequence[ComparedPanel] = (), line: Sequence[float] = (0.0, 0.5, 1.0, 0.5)
    ) -> None:
        super().__init__(panels, traces=_TRACES, layout=_LAYOUT, config=WITHOUT_BUTTONS)
        self.line = [*line]
        self.observe(self._refresh, "line")

    @traitlets.validate("line")
    def _check_line(self, proposal: dict[str, Any]) -> list[float]:
        line: list[float] = proposal["value"]
        if len(line) != _ENDS or not all(0 <= each <= 1 for each in line):
            raise InvalidOptionError(
                "line must be [x0, y0, x1, y1], each a share of the image from 0 to 1, but got "
                f"{line!r}. [0, 0.5, 1, 0.5] goes through the middle from left to right."
            )
        return line

    def _draw(self) -> Drawing:
        line, thresholds, shown = self.line, self._compared.thresholds, self._compared.shown()
        curves: list[dict[str, object]] = [{"visible": False}] * MAX_PANELS
        levels: list[dict[str, object]] = [{"visible": False}] * MAX_PANELS
        longest = 0.0
        for at, (name, threshold) in enumerate(thresholds.items()):
            if name not in shown:
                # Still in the legend, so that it is not missed.
                curves[at] = {"visible": True, "name": name, "x": [], "y": []}
                continue
            mask = shown[name].results[name].seen().segmentation.mask
            distance, probability = _along(mask, line)
            longest = max(longest, float(distance[-1]))
            curves[at] = {"visible": True, "name": name, "x": distance, "y": probability}
            levels[at] = {
                "visible": True,
                "x": distance[[0, -1]],
                "y": np.full(2, threshold, np.float32),
            }
        return Drawing(
            [*curves, *levels],
            {
                "xaxis.range": [0, longest or 1],
                "annotations[0].text": self._caption(shown),
            },
        )


def _along(mask: Mask, line: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    height, width = mask.size
    # Shares start at the edge of the first pixel, coordinates in its middle.
    x0, y0, x1, y1 = (
        share * length - 0.5 for share, length in zip(line, (width, height) * 2, strict=True)
    )
    length = round(np.hypot(x1 - x0, y1 - y0)) + 1
    return profile(mask, (x0, y0), (x1, y1), samples=min(max(length, 2), _MAX_SAMPLES))


_TRACES = (
    *(
        {
            **LINE,
            "line": {"color": color, "dash": dash, "width": 2},
            "hovertemplate": "%{y:.2f}",
        }
        for color, dash in zip(PANEL_COLORS, PANEL_DASHES, strict=True)
    ),
    *(
        {
            **LINE,
            "line": {"color": color, "dash": "6px,4px", "width": 1},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for color in PANEL_COLORS
    ),
)
_LAYOUT = {
    **lines_layout(260),
    "xaxis": {
        **AXIS,
        "title": axis_title("along the line (pixels)"),
        "range": [0, 1],
        "hoverformat": ".0f",
    },
    "yaxis": {
        **AXIS,
        "title": axis_title("probability"),
        "range": [-0.02, 1.02],
        "dtick": 0.25,
    },
    "annotations": [CAPTION],
}
