"""Angles and joints over time: a plot of the last seconds that moves on while it is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import traitlets

from bodyseg_widgets.arguments import did_you_mean, listed, names_of
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.pose import (
    KEYPOINT_NAMES,
    STANDARD_ANGLES,
    angles_between,
    get_keypoint_index_by_name,
)
from bodyseg_widgets.streaming import Overheard, PoseRecorder
from bodyseg_widgets.widgets.kit.live_figure import (
    AXIS,
    LINE,
    RIGHT_AXIS,
    WITHOUT_BUTTONS,
    Drawing,
    LiveFigure,
    axis_title,
    lines_layout,
)
from bodyseg_widgets.widgets.kit.traits import Names
from bodyseg_widgets.widgets.pose.pose_scene import found_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import TimedPoses
    from bodyseg_widgets.streaming import Result, ResultSource

PERIOD = 0.2
"""Least time between two updates, in seconds: five a second are enough for slow lines."""

MAX_SERIES: Final = 8
"""The most series in a plot; more could not be told apart."""

# Okabe and Ito's palette, and line styles that differ without color.
_LOOKS = (
    ("#0072B2", "solid"),
    ("#E69F00", "dash"),
    ("#009E73", "dot"),
    ("#CC79A7", "dashdot"),
    ("#56B4E9", "longdash"),
    ("#D55E00", "longdashdot"),
    ("#8A8A8A", "4px,2px"),
    ("#B2A100", "1px,4px"),
)
_TOWARDS = {"x": "x (to the right)", "y": "y (down)", "z": "z (away)"}
_AXES = tuple(_TOWARDS)
_INDEX = get_keypoint_index_by_name()


class PoseTimePlot(LiveFigure):
    """Chosen angles and coordinates of a stream's poses over the last seconds, live.

    Angles have their scale, 0 to 180 degrees, on the left, coordinates theirs, in meters, on
    the right. Now is at the right end. A line has a gap where no person was found. With several
    people it shows the one who was found first.

    It has about five updates a second, fewer where the page is slow. :attr:`figure` is
    the plot as a plotly Figure.

    Parameters
    ----------
    stream : SegmentationStream
        What to show. Its model must find poses, as BlazePose does.
    series : str or sequence of str, optional
        First value of the trait of this name: one name or several.
    seconds
        First value of the trait of this name.

    Raises
    ------
    InvalidOptionError
        An unknown series, too many of them, or `seconds` not above 0.

    Examples
    --------
    >>> from bodyseg_widgets import PoseTimePlot, SegmentationStream, Webcam
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, model="BlazePose")
    >>> plot = PoseTimePlot(stream, ["left_elbow", "right_elbow"], seconds=5)
    >>> plot.series = ["left_elbow", "left_wrist.y"]
    >>> plot.close(); stream.close(); webcam.close()
    """

    series = Names()
    """What is drawn, at most ``MAX_SERIES``: names of ``STANDARD_ANGLES``, in degrees, and
    coordinates of keypoints such as ``"left_wrist.y"``, in meters. Coordinates are those of
    :attr:`Pose.keypoints_3d`: from the middle of the hips, x to the image's right, y
    **downwards**, z away from the camera."""

    seconds = traitlets.Float(10.0)
    """How much time is shown, in seconds, above 0."""

    def __init__(
        self,
        stream: ResultSource,
        series: str | Sequence[str] = ("left_knee", "right_knee"),
        seconds: float = 10.0,
    ) -> None:
        self._recorder = PoseRecorder(Overheard(stream), seconds)
        self._closing.callback(self._recorder.stop)
        super().__init__(
            stream, traces=_TRACES, layout=_LAYOUT, config=WITHOUT_BUTTONS, period=PERIOD
        )
        self.series, self.seconds = [*names_of("series", series)], seconds
        self.observe(lambda _: self._redraw(), ["series", "seconds"])

    @traitlets.validate("series")
    def _check_series(self, proposal: dict[str, Any]) -> list[str]:
        series: list[str] = proposal["value"]
        for name in series:
            keypoint, dot, axis = name.partition(".")
            if name not in STANDARD_ANGLES and not (dot and keypoint in _INDEX and axis in _AXES):
                coordinates = [f"{each}.{axis}" for each in KEYPOINT_NAMES for axis in _AXES]
                meant = did_you_mean(name, [*STANDARD_ANGLES, *coordinates])
                raise InvalidOptionError(
                    f"A series is one of the angles {listed(STANDARD_ANGLES)}, or a keypoint's "
                    f"coordinate such as 'left_wrist.y', with '.x', '.y' or '.z' after one of "
                    f"{listed(KEYPOINT_NAMES)}, but got {name!r}.{meant}"
                )
        if len(series) > MAX_SERIES or len({*series}) < len(series):
            raise InvalidOptionError(
                f"series must be at most {MAX_SERIES} different names, but got {series!r}."
            )
        return series

    @traitlets.validate("seconds")
    def _check_seconds(self, proposal: dict[str, Any]) -> float:
        self._recorder.seconds = proposal["value"]
        return self._recorder.seconds

    def _notice(self, result: Result) -> bool:
        # Lines move on also while no person is found.
        del result
        return any(moment.poses for moment in self._recorder.moments)

    def _draw(self) -> Drawing:
        series, moments = self.series, self._recorder.moments
        times = np.array([moment.time for moment in moments])
        ago = (times - times[-1] if len(times) else times).astype(np.float32)
        landmarks = _landmarks(moments)
        angles = any(name in STANDARD_ANGLES for name in series)
        coordinates = any(name not in STANDARD_ANGLES for name in series)
        return Drawing(
            [
                {
                    "visible": True,
                    "name": _label(name),
                    "x": ago,
                    "y": _values(landmarks, name),
                    "yaxis": "y" if name in STANDARD_ANGLES else "y2",
                }
                for name in series
            ]
            + [{"visible": False}] * (MAX_SERIES - len(series)),
            {
                "xaxis.range": [-self.seconds, 0],
                "yaxis.visible": angles or not coordinates,
                "yaxis2.visible": coordinates,
            },
        )


def _landmarks(moments: Sequence[TimedPoses]) -> NDArray[np.float32]:
    """World landmarks (moments, 33, 4) of the person found first; NaN without a person."""
    landmarks = np.full((len(moments), len(KEYPOINT_NAMES), 4), np.nan, np.float32)
    for each, moment in zip(landmarks, moments, strict=True):
        if moment.poses:
            each[:] = found_first(moment.poses).keypoint_array_3d
    return landmarks


def _values(landmarks: NDArray[np.float32], name: str) -> NDArray[np.float32]:
    if name in STANDARD_ANGLES:
        return angles_between(landmarks, STANDARD_ANGLES[name]).astype(np.float32)
    keypoint, _, axis = name.partition(".")
    return landmarks[:, _INDEX[keypoint], _AXES.index(axis)].copy()


def _label(name: str) -> str:
    joint, _, axis = name.replace("_", " ").partition(".")
    return f"{joint} {_TOWARDS[axis]}" if axis else joint


_TRACES = tuple(
    {
        **LINE,
        "line": {"color": color, "dash": dash, "width": 2},
        "connectgaps": False,
    }
    for color, dash in _LOOKS
)
_LAYOUT = {
    **lines_layout(240, right_axis=True),
    "xaxis": {**AXIS, "title": axis_title("time before now (s)")},
    "yaxis": {
        **AXIS,
        "title": axis_title("angle (°)"),
        "range": [0, 180],
        "dtick": 45,
    },
    "yaxis2": {
        **RIGHT_AXIS,
        "title": axis_title("from the hips (m)"),
        "range": [-1.2, 1.2],
        "dtick": 0.6,
    },
}
