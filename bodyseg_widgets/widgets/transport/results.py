"""A result as the messages carry it."""

from __future__ import annotations

import zlib
from dataclasses import astuple
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.pose import Pose, id_of
from bodyseg_widgets.segmentation import PERSON_LABELS, PackedLevels
from bodyseg_widgets.streaming import StoredResult, Timings
from bodyseg_widgets.streaming.stored import bodypix_pose_of, pose_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import AnyPose
    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.segmentation.planes import PlaneKind
    from bodyseg_widgets.streaming import Result
    from bodyseg_widgets.streaming.live_models import LiveModel
    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        PlaneMessage,
        PoseMessage,
        ResultFields,
    )

_NUMBERS: Final = 7
"""Numbers per keypoint: x, y, z, score, and x, y, z in meters."""


def result_fields(result: Result) -> tuple[ResultFields, list[bytes]]:
    """Return the fields and the buffers of a result.

    The buffers are its packed mask, its keypoints, and its packed planes in the order of the field
    ``planes``.
    """
    packed, region, timings = result.mask.packed, result.mask.region, result.timings
    planes = result.mask.packed_planes
    fields: ResultFields = {
        "shape": packed.shape,
        "region": (region.left, region.top, region.width, region.height),
        "poses": [{"id": id_of(pose)} for pose in result.poses],
        "timings": {"wait": timings.wait, "decode": timings.decode, "infer": timings.infer},
        "planes": [_plane(kind, value, result) for kind, value, _ in planes],
    }
    buffers = [packed.data, _keypoint_bytes(result.poses), *(each.data for *_, each in planes)]
    return fields, buffers


def _plane(kind: PlaneKind, value: int | None, result: Result) -> PlaneMessage:
    if kind == "labels":
        return {"kind": kind, "meaning": meaning_of(result.segmentation.labels)}
    return {"kind": kind} if value is None else {"kind": kind, "value": value}


def meaning_of(labels: Mapping[int, str]) -> int:
    """Return the CRC-32 of labels, see ``PlaneMessage``.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.transport.results import meaning_of
    >>> meaning_of({0: "background", 1: "hair"})
    1772417011
    """
    lines = "".join(f"{value} {label}\n" for value, label in labels.items())
    return zlib.crc32(lines.encode())


def stored_result(
    fields: ResultFields, buffers: Buffers, size: Size, model: LiveModel
) -> StoredResult:
    """Return a result that a page has sent, the inverse of `result_fields`.

    Parameters
    ----------
    fields, buffers
        What came; buffers that follow are none of the result's.
    size : tuple of int
        (height, width) of its frame, in pixels.
    model : LiveModel
        What found it, which says what keypoints and classes there are.

    Raises
    ------
    InvalidImageError, ValueError
        It does not fit together.
    """
    packed, keypoints, *others = buffers
    planes = others[: len(fields["planes"])]
    rows, columns = fields["shape"]
    numbers = np.frombuffer(keypoints, "<f4").reshape(
        len(fields["poses"]), len(model.body.names), _NUMBERS
    )
    read = _pose if model.body.in_3d else _bodypix_pose
    poses = [
        read(said, each)
        for said, each in zip(fields["poses"], numbers.astype(np.float32), strict=True)
    ]
    times = fields["timings"]
    timings = Timings(wait=times["wait"], decode=times["decode"], infer=times["infer"])
    return StoredResult.of_parts(
        PackedLevels(bytes(packed), (rows, columns)),
        size,
        fields["region"],
        poses,
        astuple(timings),
        planes=[
            _read_plane(said, data, model)
            for said, data in zip(fields["planes"], planes, strict=True)
        ],
        labels=model.labels,
    )


def _pose(said: PoseMessage, numbers: NDArray[np.float32]) -> AnyPose:
    return pose_of(numbers[:, :4], np.hstack([numbers[:, 4:], numbers[:, 3:4]]), said["id"])


def _bodypix_pose(said: PoseMessage, numbers: NDArray[np.float32]) -> AnyPose:
    if "score" not in said:
        raise ValueError("a pose has no score")
    return bodypix_pose_of(numbers[:, [0, 1, 3]], said["score"])


def _read_plane(
    said: PlaneMessage, data: bytes | memoryview, model: LiveModel
) -> tuple[PlaneKind, int | None, bytes]:
    kind = said["kind"]
    if kind == "labels" and (
        model.labels == PERSON_LABELS or said.get("meaning") != meaning_of(model.labels)
    ):
        raise ValueError("its labels are not those of its model")
    return kind, said.get("value"), bytes(data)


def _keypoint_bytes(poses: Sequence[AnyPose]) -> bytes:
    """Return the keypoints of all poses as little-endian float32."""
    return b"".join(_rows(pose).astype("<f4").tobytes() for pose in poses)


def _rows(pose: AnyPose) -> NDArray[np.float32]:
    """Return x, y, z, score, and X, Y, Z in meters of each keypoint."""
    if isinstance(pose, Pose):
        return np.hstack([pose.keypoint_array, pose.keypoint_array_3d[:, :3]])
    place, score = pose.keypoint_array[:, :2], pose.keypoint_array[:, 2:]
    depth, meters = np.zeros_like(score), np.full((len(score), 3), np.nan, np.float32)
    return np.hstack([place, depth, score, meters])
