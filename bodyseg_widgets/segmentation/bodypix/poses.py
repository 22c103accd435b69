"""Decode people's keypoints from BodyPix's heatmaps, offsets and displacements.

The method is PersonLab's (https://arxiv.org/abs/1803.08225) as upstream has it: the most certain
keypoint that belongs to no one yet is the root of another person, and the other keypoints are found
from it along the tree of keypoints. Source:
body-segmentation/src/body_pix/impl/multi_person/decode_multiple_poses.ts of tfjs-models.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.segmentation.bodypix.parts import KEYPOINTS, POSE_EDGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation.bodypix.layout import Layout
    from bodyseg_widgets.segmentation.bodypix.network import Outputs
    from bodyseg_widgets.segmentation.bodypix.options import PeopleOptions

__all__ = ["BodyPixKeypoint", "BodyPixPose", "decode_poses"]

_LOCAL_MAXIMUM: Final = np.ones((3, 3), np.uint8)
"""A root's score is the highest within one cell around it."""

_REFINE_STEPS: Final = 2
"""How often a keypoint is moved to where the cell that it is in says it is."""


class BodyPixKeypoint(NamedTuple):
    """One named point of a body.

    Attributes
    ----------
    x, y : float
        Its position in pixels, from the image's left and top edge.
    score : float
        Probability that it is there, 0 to 1.
    name : str
        Such as ``"left_wrist"``; all 17 names are names of BlazePose's keypoints, too.
    """

    x: float
    y: float
    score: float
    name: str


@dataclass(frozen=True, eq=False)
class BodyPixPose:
    """One person's keypoints.

    Attributes
    ----------
    keypoint_array : numpy.ndarray
        float32 (17, 3), read-only: x, y and score of :attr:`keypoints`.
    score : float
        The mean of the keypoints' scores, 0 to 1, without those of keypoints that an earlier person
        has at the same place.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation.bodypix import BodyPixPose
    >>> BodyPixPose(np.zeros((17, 3), np.float32), 0.5).keypoints[0].name
    'nose'
    """

    keypoint_array: NDArray[np.float32]
    score: float

    def __post_init__(self) -> None:
        """Check the shape and make the array read-only."""
        if self.keypoint_array.shape != (len(KEYPOINTS), 3):
            raise ValueError(
                f"Expect keypoints of shape ({len(KEYPOINTS)}, 3), but got "
                f"{self.keypoint_array.shape}."
            )
        self.keypoint_array.flags.writeable = False

    def __repr__(self) -> str:
        """Show how certain the pose is and where it is, not its 17 keypoints."""
        left, top = self.keypoint_array[:, :2].min(axis=0)
        right, bottom = self.keypoint_array[:, :2].max(axis=0)
        return (
            f"BodyPixPose(score={self.score:.2f}, box {right - left:.0f}x{bottom - top:.0f} at "
            f"({left:.0f}, {top:.0f}))"
        )

    @cached_property
    def keypoints(self) -> tuple[BodyPixKeypoint, ...]:
        """The 17 keypoints."""
        return tuple(
            BodyPixKeypoint(x, y, score, name)
            for (x, y, score), name in zip(self.keypoint_array.tolist(), KEYPOINTS, strict=True)
        )


class _Point(NamedTuple):
    y: float
    x: float
    score: float


def decode_poses(
    outputs: Outputs, layout: Layout, options: PeopleOptions
) -> tuple[BodyPixPose, ...]:
    """Find people's keypoints.

    Parameters
    ----------
    outputs : Outputs
        Of the network.
    layout : Layout
        How the image lies in its input.
    options : PeopleOptions
        Of these, `max_detections`, `score_threshold` and `nms_radius`.

    Returns
    -------
    tuple of BodyPixPose
        At most `max_detections`, those of a score of `score_threshold` or more, in the order of
        their most certain keypoints.
    """
    fields = _Fields(outputs, layout.rows.stride)
    found: list[tuple[list[_Point], float]] = []
    for keypoint, root in fields.roots(options.score_threshold):
        if len(found) == options.max_detections:
            break
        others = [points for points, _ in found]
        if _is_near(keypoint, root, others, options.nms_radius):
            continue
        points = fields.person(keypoint, root)
        own = (
            point.score
            for number, point in enumerate(points)
            if not _is_near(number, point, others, options.nms_radius)
        )
        found.append((points, sum(own) / len(points)))
    return tuple(
        BodyPixPose(_in_image(points, layout), score)
        for points, score in found
        if score >= options.score_threshold
    )


class _Fields:
    """The network's outputs as places to look things up."""

    def __init__(self, outputs: Outputs, stride: int) -> None:
        self._scores = 1 / (1 + np.exp(-outputs.heatmaps))
        # A few hundred single values are looked up, which takes a third of the time this way.
        self._score_at = self._scores.data
        self._offsets = outputs.offsets.data
        self._forward = outputs.forward.data
        self._backward = outputs.backward.data
        self._stride = stride
        self._last_row, self._last_column = (each - 1 for each in outputs.heatmaps.shape[:2])

    def roots(self, score_threshold: float) -> Iterator[tuple[int, _Point]]:
        """Yield keypoints that are more certain than all around, most certain first."""
        highest = cv2.dilate(self._scores, _LOCAL_MAXIMUM).reshape(self._scores.shape)
        rows, columns, keypoints = np.nonzero(
            (self._scores >= score_threshold) & (self._scores == highest)
        )
        scores = self._scores[rows, columns, keypoints]
        for index in np.argsort(-scores, kind="stable"):
            row, column, keypoint = int(rows[index]), int(columns[index]), int(keypoints[index])
            y, x = self._at_cell(row, column, keypoint)
            yield keypoint, _Point(y, x, float(scores[index]))

    def person(self, keypoint: int, root: _Point) -> list[_Point]:
        """Return all keypoints of the person that one of them belongs to."""
        points: dict[int, _Point] = {keypoint: root}
        for edge, (parent, child) in reversed([*enumerate(POSE_EDGES)]):
            if child in points and parent not in points:
                points[parent] = self._next(points[child], edge, parent, self._backward)
        for edge, (parent, child) in enumerate(POSE_EDGES):
            if parent in points and child not in points:
                points[child] = self._next(points[parent], edge, child, self._forward)
        return [points[each] for each in range(len(KEYPOINTS))]

    def _next(self, start: _Point, edge: int, keypoint: int, displacements: memoryview) -> _Point:
        row, column = self._cell(start.y, start.x)
        y = start.y + displacements[row, column, edge]
        x = start.x + displacements[row, column, len(POSE_EDGES) + edge]
        for _ in range(_REFINE_STEPS):
            y, x = self._at_cell(*self._cell(y, x), keypoint)
        row, column = self._cell(y, x)
        return _Point(y, x, self._score_at[row, column, keypoint])

    def _at_cell(self, row: int, column: int, keypoint: int) -> tuple[float, float]:
        """Return where a cell says that a keypoint is, in pixels of the input."""
        y = row * self._stride + self._offsets[row, column, keypoint]
        x = column * self._stride + self._offsets[row, column, len(KEYPOINTS) + keypoint]
        return y, x

    def _cell(self, y: float, x: float) -> tuple[int, int]:
        # Whatever is above the first row is in it, so that int() rounds half up like JavaScript.
        row = min(max(int(y / self._stride + 0.5), 0), self._last_row)
        column = min(max(int(x / self._stride + 0.5), 0), self._last_column)
        return row, column


def _is_near(keypoint: int, point: _Point, people: list[list[_Point]], radius: float) -> bool:
    """Return whether one of the people has this keypoint within the radius."""
    y, x = point.y, point.x
    for person in people:
        other = person[keypoint]
        if (other.y - y) ** 2 + (other.x - x) ** 2 <= radius**2:
            return True
    return False


def _in_image(points: list[_Point], layout: Layout) -> NDArray[np.float32]:
    rows, columns = layout.rows, layout.columns
    array = np.array([(point.x, point.y, point.score) for point in points])
    array[:, 0] = array[:, 0] * (columns.padded / columns.input) - columns.padding
    array[:, 1] = array[:, 1] * (rows.padded / rows.input) - rows.padding
    return array.astype(np.float32)
