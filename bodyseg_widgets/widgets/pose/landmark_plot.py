"""The newest pose in space: world landmarks in a plot that can be turned while it is live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from bodyseg_widgets.arguments import check_choice
from bodyseg_widgets.cards.plots import plot_png
from bodyseg_widgets.pose import KEYPOINT_NAMES, get_keypoint_index_by_name, poses_in_3d
from bodyseg_widgets.streaming import Overheard, PoseRecorder
from bodyseg_widgets.widgets.kit.live_figure import (
    LEFT,
    MIDDLE,
    RIGHT,
    RUN_TO_SEE,
    Drawing,
    LiveFigure,
)
from bodyseg_widgets.widgets.pose import pose_scene
from bodyseg_widgets.widgets.pose.pose_picture import pose_lines
from bodyseg_widgets.widgets.source.mirrored import Mirror, Mirrored
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.view.still import at_rest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.streaming import Result, ResultSource
    from bodyseg_widgets.widgets.pose.pose_scene import Points
    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice

PERIOD = 0.115
"""Least time between two updates, in seconds: more than eight a second look like motion, and each
one less leaves a small machine more for the masks."""

TRAIL = "#CC79A7"
"""The color of a trail; like those of the sides it is of Okabe and Ito's palette."""

_CELL = 0.5
_DEPTH = 1.0
_BESIDE = 0.5
_UP, _DOWN = 1.2, -1.1
_MARGIN = 0.1

_ABSENT = 0.3
"""The share of the color that is left where a person is no longer found."""

_LOWPASS = 0.2
"""How much of the way the floor goes to its new height with each update."""


def _faint(color: str, opacity: float) -> str:
    # plotly's 3D canvas expects colors premultiplied by their opacity, contrary to its docs;
    # otherwise faint ones would turn bright, and white on white.
    red, green, blue = (round(int(color[at : at + 2], 16) * opacity) for at in (1, 3, 5))
    return f"rgba({red}, {green}, {blue}, {opacity})"


_RAMPS = [
    stop
    for at, color in enumerate((LEFT, RIGHT, MIDDLE))
    for stop in ([at / 3, _faint(color, 0)], [(at + 1) / 3, _faint(color, 1)])
]
_SHADES = {"colorscale": _RAMPS, "cmin": 0, "cmax": 3, "showscale": False}
_AGES = {
    "colorscale": [[0, _faint(TRAIL, 0)], [1, _faint(TRAIL, 1)]],
    "cmin": 0,
    "cmax": 1,
    "showscale": False,
}

_LARGE = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_SIZES = [7 if name.endswith(_LARGE) else 4 for name in KEYPOINT_NAMES]
_LABELS = [name.replace("_", " ") for name in KEYPOINT_NAMES]
_INDEX = get_keypoint_index_by_name()


class LandmarkPlot3D(Mirrored, LiveFigure):
    """The newest pose of a stream in space, to be turned and zoomed while it moves.

    It shows the world landmarks in meters, with the middle of the hips always in the same place:
    a person who walks moves the limbs, but stays in place. The body's left is blue, its right
    orange; the less certain a joint, the fainter. Hovering shows the name of a joint, its score
    and its coordinates in :attr:`Pose.keypoints_3d`. Where feet are visible the floor lies under
    them; its squares are 0.5 m wide. Several people stand side by side, as in the image. When no
    person is found any more, the last pose stays, faint.

    It has eight to nine updates a second, fewer where the page is slow. :attr:`figure`
    is the plot as a plotly Figure.

    Parameters
    ----------
    stream : SegmentationStream
        What to show. Its model must find poses, as BlazePose does.
    mirror, trail, trail_seconds
        First values of the traits of these names.

    Raises
    ------
    InvalidOptionError
        `trail` is no keypoint, or `trail_seconds` not above 0.

    Examples
    --------
    >>> from bodyseg_widgets import LandmarkPlot3D, SegmentationStream, Webcam
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, model="BlazePose")
    >>> plot = LandmarkPlot3D(stream, trail="left_wrist")
    >>> plot.trail = None
    >>> plot.close(); stream.close(); webcam.close()
    """

    mirror = Mirror()
    """Whether left and right are swapped, as in a mirror: True, False, or ``"auto"``, which does so
    for a camera of the page and nothing else. The landmarks in Python and the numbers
    under the pointer stay as the camera sees them."""

    trail = traitlets.Unicode(None, allow_none=True)
    """Name of the keypoint whose path is drawn, or None. The path is relative to the
    hips: it shows how the joint moved against them, not through the room. With several people it
    is that of the person who was found first."""

    trail_seconds = traitlets.Float(3.0)
    """The length of the path, in seconds, above 0."""

    def __init__(
        self,
        stream: ResultSource,
        *,
        mirror: MirrorChoice = "auto",
        trail: str | None = None,
        trail_seconds: float = 3.0,
    ) -> None:
        self._stream = stream
        self._poses: tuple[Pose, ...] = ()
        self._found = False
        self._room = 1
        self._floor = pose_scene.FLOOR
        self._trail_recorder = PoseRecorder(Overheard(stream), trail_seconds)
        self._closing.callback(self._trail_recorder.stop)
        super().__init__(stream, traces=_TRACES, layout=_LAYOUT, config=_CONFIG, period=PERIOD)
        self.mirror, self.trail, self.trail_seconds = mirror, trail, trail_seconds
        source = getattr(stream, "webcam", None)
        self._follow(source if isinstance(source, Webcam) else None)
        self.observe(lambda _: self._redraw(), ["mirrored", "trail", "trail_seconds"])

    @traitlets.validate("trail")
    def _check_trail(self, proposal: dict[str, Any]) -> str | None:
        name: str | None = proposal["value"]
        return None if name is None else check_choice("trail", name, KEYPOINT_NAMES, fix="Or None.")

    @traitlets.validate("trail_seconds")
    def _check_trail_seconds(self, proposal: dict[str, Any]) -> float:
        self._trail_recorder.seconds = proposal["value"]
        return self._trail_recorder.seconds

    def _picture(self) -> bytes:
        poses: Sequence[Pose] = ()
        if isinstance(self._stream, SegmentationStream):
            (result, _), *_ = at_rest([self._stream])
            poses = () if result is None else poses_in_3d(result.poses)
        note = "" if poses else f"Poses in 3D. {RUN_TO_SEE}"
        return plot_png(pose_lines(poses, mirror=self.mirrored), note=note)

    def _notice(self, result: Result) -> bool:
        poses = poses_in_3d(result.poses)
        was_found, self._found = self._found, bool(poses)
        if poses:
            self._poses = poses
        return self._found or was_found

    def _draw(self) -> Drawing:
        found = self._found
        people = pose_scene.from_left_to_right(self._poses, mirror=self.mirrored)
        self._room = max(self._room, len(people))
        self._move_floor(people)
        half_width = self._room * pose_scene.BETWEEN_PEOPLE / 2 + _BESIDE
        places = pose_scene.places(len(people)).tolist()
        joints = [
            pose_scene.upright(pose.keypoint_array_3d, mirror=self.mirrored, place=place)
            for pose, place in zip(people, places, strict=True)
        ]
        scores = [pose.keypoint_array_3d[:, 3] * (1 if found else _ABSENT) for pose in people]
        numbers = [pose.keypoint_array_3d.round(2).tolist() for pose in people]
        return Drawing(
            [
                _coordinates(
                    pose_scene.floor_grid(
                        self._floor, half_width=half_width, half_depth=_DEPTH, cell=_CELL
                    )
                ),
                self._draw_trail(people, places),
                {
                    **_coordinates(*[pose_scene.bones(each) for each in joints]),
                    "line.color": _joined(*[pose_scene.bone_shades(each) for each in scores]),
                },
                {
                    **_coordinates(*joints),
                    "marker.color": _joined(*[pose_scene.joint_shades(each) for each in scores]),
                    "marker.size": _SIZES * len(people),
                    "text": _LABELS * len(people),
                    "customdata": [joint for person in numbers for joint in person],
                },
            ],
            {
                "annotations[0].text": self._caption(found=found),
                "scene.xaxis.range": [-half_width - _MARGIN, half_width + _MARGIN],
                "scene.aspectratio.x": half_width + _MARGIN,
            },
        )

    def _move_floor(self, people: Sequence[Pose]) -> None:
        height = pose_scene.floor_height(people) if self._found else None
        if height is not None:
            self._floor += (height - self._floor) * _LOWPASS

    def _draw_trail(self, people: Sequence[Pose], places: Sequence[float]) -> dict[str, object]:
        joint = self.trail
        if joint is None or not people:
            return {"visible": False}
        walker = pose_scene.found_first(people)
        path, ages = pose_scene.trail(
            self._trail_recorder.moments, walker.id, _INDEX[joint], seconds=self.trail_seconds
        )
        place = places[people.index(walker)]
        line = pose_scene.upright(path, mirror=self.mirrored, place=place)
        return {"visible": True, **_coordinates(line), "line.color": 1 - ages}

    def _caption(self, *, found: bool) -> str:
        if found:
            return ""
        return "No pose found" if self._poses else "No pose yet"


def _coordinates(*lines: Points) -> dict[str, object]:
    joined = np.concatenate(lines) if lines else np.empty((0, 3), np.float32)
    # Each its own array, for plotly sends contiguous ones as they are.
    return {axis: np.ascontiguousarray(joined[:, at]) for at, axis in enumerate("xyz")}


def _joined(*arrays: Points) -> Points:
    return np.concatenate(arrays) if arrays else np.empty(0, np.float32)


_HOVER = (
    "<b>%{text}</b>, score %{customdata[3]:.2f}<br>"
    "x %{customdata[0]:.2f} m<br>y %{customdata[1]:.2f} m<br>z %{customdata[2]:.2f} m"
    "<extra></extra>"
)
_LINES = {"type": "scatter3d", "mode": "lines", "hoverinfo": "skip", "connectgaps": False}
_TRACES = (
    {**_LINES, "line": {"color": _faint(MIDDLE, 0.5), "width": 1}},
    {**_LINES, "line": {"width": 4, **_AGES}, "visible": False},
    {**_LINES, "line": {"width": 6, **_SHADES}},
    {
        "type": "scatter3d",
        "mode": "markers",
        "marker": {"line": {"width": 0}, **_SHADES},
        "hovertemplate": _HOVER,
    },
)

# Nothing of an axis is seen. It is not `visible: False`: with that, plotly computes ticks all the
# same, at other places with each update, compiles shaders for them anew, and keeps an entry for
# each until the plot ends. It leaves an axis alone that has no ticks.
_AXIS = {
    "tickmode": "array",
    "tickvals": [],
    "title": {"text": ""},
    **dict.fromkeys(
        ("showaxeslabels", "showbackground", "showgrid", "showline", "showspikes",
         "showticklabels", "zeroline"),
        False,
    ),
}  # fmt: skip
_LAYOUT = {
    "height": 340,
    "hoverlabel": {"bgcolor": "rgba(0, 0, 0, 0.78)", "font": {"color": "white"}},
    "scene": {
        "uirevision": "bodyseg",
        "dragmode": "orbit",
        "aspectmode": "manual",
        "aspectratio": {"x": 1 + _MARGIN, "y": _DEPTH, "z": (_UP - _DOWN) / 2},
        "camera": {
            "eye": {"x": 0.36, "y": -1.42, "z": 0.28},
            "center": {"x": 0, "y": 0, "z": -0.05},
            "up": {"x": 0, "y": 0, "z": 1},
            "projection": {"type": "perspective"},
        },
        "xaxis": {**_AXIS, "range": [-1 - _MARGIN, 1 + _MARGIN]},
        "yaxis": {**_AXIS, "range": [-_DEPTH, _DEPTH]},
        "zaxis": {**_AXIS, "range": [_DOWN, _UP]},
    },
    "annotations": [
        {"text": "No pose yet", "x": 0.5, "y": 0.97, "yanchor": "top", "showarrow": False,
         "xref": "paper", "yref": "paper"},
        {"text": "floor squares 0.5 m", "x": 0.01, "y": 0.01, "xanchor": "left",
         "yanchor": "bottom", "showarrow": False, "xref": "paper", "yref": "paper"},
    ],
}  # fmt: skip
# Two by default, which without a graphics card takes a fifth of the time of an update more and
# looks little better; one looks jagged.
_PIXELS = 1.5
_CONFIG = {"plotGlPixelRatio": _PIXELS, "modeBarButtons": [["resetCameraDefault3d", "toImage"]]}
