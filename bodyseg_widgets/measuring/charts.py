"""Charts of evaluations and benchmarks, with plotly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.measuring.speed import TOTAL
from bodyseg_widgets.rendering.color import PANEL_COLORS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go
    from numpy.typing import NDArray

    from bodyseg_widgets.evaluation import Calibration
    from bodyseg_widgets.measuring.speed import Speed

__all__ = [
    "fps_bars",
    "heatmap",
    "latency_bars",
    "reliability",
    "speed_table",
    "table",
    "thresholds",
]

_NO_NAME: Final = "–"
_DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
"""Curves differ without color, too."""
_ROW: Final = 30
"""Height of a row, in pixels."""
_PATTERNS: Final = ("", "/", ".", "x", "-", "|")
"""Bars differ without color, too."""
_GRID: Final = "rgba(128, 128, 128, 0.25)"
_NO_COLOR: Final = "rgba(0,0,0,0)"


def table(rows: Sequence[Mapping[str, Any]], by: str) -> go.Figure:
    """Return a table of IoUs with their intervals, groups down and models across."""
    groups, models = _both_ways(rows, by)
    cells = {(row[by], row["model"]): row for row in rows}
    columns = [[group or _NO_NAME for group in groups]]
    columns.append([_images(rows, by, group) for group in groups])
    columns += [[_cell(cells.get((group, model))) for group in groups] for model in models]
    return _table([by, "images", *models], columns)


def heatmap(
    rows: Sequence[Mapping[str, Any]], metric: str, by: str, *, low_is_good: bool
) -> go.Figure:
    """Return a heatmap of means, models down and groups across; dark is good."""
    go = _plotly()
    groups, models = _both_ways(rows, by)
    cells = {(row[by], row["model"]): row.get(metric, np.nan) for row in rows}
    values = [[cells.get((group, model), np.nan) for group in groups] for model in models]
    figure = go.Figure(
        go.Heatmap(
            x=[group or _NO_NAME for group in groups],
            y=models,
            z=values,
            texttemplate="%{z:.3f}",
            hovertemplate="%{y}, %{x}: %{z:.3f}<extra></extra>",
            colorscale="Blues",
            reversescale=low_is_good,
            colorbar={"title": {"text": metric}},
            xgap=2,
            ygap=2,
        )
    )
    figure.update_yaxes(autorange="reversed")
    figure.update_xaxes(title=by)
    _laid_out(figure, height=_ROW * (2 * len(models) + 4))
    return figure


def reliability(curves: Mapping[str, Calibration]) -> go.Figure:
    """Return reliability curves, with the diagonal of a model that means what it says."""
    go = _plotly()
    figure = go.Figure(
        go.Scatter(
            x=[0, 1],
            y=[0, 1],
            mode="lines",
            line={"color": "gray", "width": 1, "dash": "dot"},
            name="as it should be",
            hoverinfo="skip",
        )
    )
    for number, (model, curve) in enumerate(curves.items()):
        filled = curve.pixels > 0
        figure.add_scatter(
            x=curve.probability[filled],
            y=curve.share[filled],
            mode="lines+markers",
            name=f"{model}, error {curve.expected_error:.3f}",
            line=_line(number),
            hovertemplate="says %{x:.2f}, is %{y:.2f}<extra>" + model + "</extra>",
        )
    figure.update_xaxes(title="probability of a person", range=[0, 1])
    figure.update_yaxes(title="share that is a person", range=[0, 1])
    _laid_out(figure)
    return figure


def thresholds(at: NDArray[np.float64], ious: Mapping[str, NDArray[np.float64]]) -> go.Figure:
    """Return the mean IoU by threshold, with a mark at the best one."""
    figure = _plotly().Figure()
    for number, (model, values) in enumerate(ious.items()):
        best = 1 + int(values[1:].argmax())
        # Threshold 0 takes the whole image.
        figure.add_scatter(
            x=at[1:],
            y=values[1:],
            mode="lines",
            name=f"{model}, best {at[best]:.2f}",
            line=_line(number),
            hovertemplate="at %{x:.2f}: %{y:.3f}<extra>" + model + "</extra>",
        )
        figure.add_scatter(
            x=[at[best]],
            y=[values[best]],
            mode="markers",
            marker={"color": _line(number)["color"], "size": 9},
            showlegend=False,
            hoverinfo="skip",
        )
    figure.update_xaxes(title="threshold", range=[0, 1])
    figure.update_yaxes(title="mean intersection over union", range=[0, 1])
    _laid_out(figure)
    return figure


def speed_table(speeds: Sequence[Speed]) -> go.Figure:
    """Return a table of frames per second with their quartiles, models down and runtimes across."""
    ways = [*dict.fromkeys(each.way for each in speeds)]
    models = [*dict.fromkeys(each.model for each in speeds)]
    cells = {
        (each.model, each.way): f"{each.fps:.1f} [{each.fps_low:.1f}, {each.fps_high:.1f}]"
        for each in speeds
    }
    columns = [[cells.get((model, way), _NO_NAME) for model in models] for way in ways]
    return _table(["frames per second", *ways], [models, *columns])


def fps_bars(speeds: Sequence[Speed]) -> go.Figure:
    """Return frames per second by model, a color for each runtime, with their quartiles."""
    figure = _plotly().Figure()
    for number, way in enumerate(dict.fromkeys(each.way for each in speeds)):
        shown = [each for each in speeds if each.way == way]
        figure.add_bar(
            y=[each.model for each in shown],
            x=[each.fps for each in shown],
            error_x={
                "array": [each.fps_high - each.fps for each in shown],
                "arrayminus": [each.fps - each.fps_low for each in shown],
                "color": "#808080",
            },
            orientation="h",
            name=way,
            marker=_bar(number),
            hovertemplate="%{y}: %{x:.1f}<extra>" + way + "</extra>",
        )
    _laid_out_bars(figure, len(speeds), "frames per second")
    return figure


def latency_bars(speeds: Sequence[Speed]) -> go.Figure:
    """Return the medians of the stages of each model, one after the other."""
    figure = _plotly().Figure()
    stages = dict.fromkeys(stage for each in speeds for stage in each.latency if stage != TOTAL)
    for number, stage in enumerate(stages):
        shown = [each for each in speeds if stage in each.latency]
        figure.add_bar(
            y=[each.label for each in shown],
            x=[each.latency[stage].p50 for each in shown],
            orientation="h",
            name=stage,
            marker=_bar(number),
            hovertemplate="%{y}: %{x:.1f} ms<extra>" + stage + "</extra>",
        )
    figure.update_layout(barmode="stack")
    _laid_out_bars(figure, len(speeds), "milliseconds for a frame")
    return figure


def _plotly() -> Any:  # noqa: ANN401 - a module of a package that may be absent
    with needed_for("A chart of an evaluation or a benchmark"):
        import plotly.graph_objects  # noqa: PLC0415 - an extra, and slow to import
    return plotly.graph_objects


def _both_ways(rows: Sequence[Mapping[str, Any]], by: str) -> tuple[list[str], list[str]]:
    return [*dict.fromkeys(row[by] for row in rows)], [*dict.fromkeys(row["model"] for row in rows)]


def _images(rows: Sequence[Mapping[str, Any]], by: str, group: str) -> str:
    return str(max(row["images"] for row in rows if row[by] == group))


def _cell(row: Mapping[str, Any] | None) -> str:
    if row is None:
        return _NO_NAME
    if np.isnan(row["iou_low"]):
        return f"{row['iou']:.3f}"
    return f"{row['iou']:.3f} [{row['iou_low']:.3f}, {row['iou_high']:.3f}]"


def _line(number: int) -> dict[str, Any]:
    color = PANEL_COLORS[number % len(PANEL_COLORS)]
    return {"color": color, "width": 2, "dash": _DASHES[number % len(_DASHES)]}


def _bar(number: int) -> dict[str, Any]:
    color = PANEL_COLORS[number % len(PANEL_COLORS)]
    return {"color": color, "pattern": {"shape": _PATTERNS[number % len(_PATTERNS)]}}


def _table(head: Sequence[str], columns: Sequence[Sequence[str]]) -> go.Figure:
    """Return a table; its first column has names, the others numbers."""
    go = _plotly()
    align = ["left", "right"]
    figure = go.Figure(
        go.Table(
            header={"values": head, "align": align, "fill_color": _GRID, "line_color": _GRID},
            cells={
                "values": columns,
                "align": align,
                "height": _ROW,
                "fill_color": _NO_COLOR,
                "line_color": _GRID,
            },
        )
    )
    _laid_out(figure, height=_ROW * (len(columns[0]) + 3))
    return figure


def _laid_out_bars(figure: go.Figure, bars: int, title: str) -> None:
    # The first model is on top, as in tables.
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_xaxes(title=title, rangemode="tozero")
    _laid_out(figure, height=_ROW * (bars + 4))


def _laid_out(figure: go.Figure, height: int = 380) -> None:
    # On no color of its own, a figure is at home in light and dark pages.
    figure.update_layout(
        height=height,
        margin={"l": 60, "r": 20, "t": 20, "b": 50},
        paper_bgcolor=_NO_COLOR,
        plot_bgcolor=_NO_COLOR,
        font={"color": "#808080"},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
    )
    figure.update_xaxes(gridcolor=_GRID, zeroline=False)
    figure.update_yaxes(gridcolor=_GRID, zeroline=False)
