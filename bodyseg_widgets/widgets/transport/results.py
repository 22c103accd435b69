"""A result as the messages carry it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation.planes import PlaneKind
    from bodyseg_widgets.streaming import Result
    from bodyseg_widgets.widgets.transport.messages import PlaneMessage, ResultFields


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
        "poses": [{"id": pose.id} for pose in result.poses],
        "timings": {"wait": timings.wait, "decode": timings.decode, "infer": timings.infer},
        "planes": [_plane(kind, value) for kind, value, _ in planes],
    }
    buffers = [packed.data, _keypoint_bytes(result.poses), *(each.data for *_, each in planes)]
    return fields, buffers


def _plane(kind: PlaneKind, value: int | None) -> PlaneMessage:
    return {"kind": kind} if value is None else {"kind": kind, "value": value}


def _keypoint_bytes(poses: Sequence[Pose]) -> bytes:
    """Return the keypoints of all poses as little-endian float32."""
    blocks = [
        np.hstack([pose.keypoint_array, pose.keypoint_array_3d[:, :3]]).astype("<f4")
        for pose in poses
    ]
    return b"".join(block.tobytes() for block in blocks)
