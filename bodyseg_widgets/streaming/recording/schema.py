"""The contents of a recording file, and how results are written into rows and read from them."""

from __future__ import annotations

import math
from dataclasses import astuple
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from bodyseg_widgets.errors import RecordingError
from bodyseg_widgets.pose import BODYPIX_BODY, KEYPOINT_NAMES
from bodyseg_widgets.segmentation import PERSON_LABELS, PackedLevels
from bodyseg_widgets.streaming.stored import StoredResult, bodypix_pose_of, pose_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation import BodyPixPose, PackedPlanes, Size

RECORDING_SUFFIX: Final = ".bodyseg"
"""File extension of recordings."""

APPLICATION_ID: Final = int.from_bytes(b"bsgw", "big")
"""Distinguishes a recording from other SQLite databases."""

SCHEMA_VERSION: Final = 2
"""Increased with each change that older versions of this package cannot read. Version 1 has none of
`LATER_TABLES`."""

TABLES: Final = """
-- schema_version, created (ISO 8601, UTC), package_version
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE models (id INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);

-- Apart from the pictures, so that the list of all frames is read without touching these.
-- number: in the order of arrival, with gaps; id: Frame.id; timestamp: seconds;
-- height, width: pixels
CREATE TABLE frames (
    number INTEGER PRIMARY KEY, id INTEGER NOT NULL, timestamp REAL NOT NULL,
    video TEXT NOT NULL, height INTEGER NOT NULL, width INTEGER NOT NULL
);

CREATE TABLE pictures (frame INTEGER PRIMARY KEY, jpeg BLOB NOT NULL);

-- levels: zlib, uint8, level_height rows of level_width values;
-- picture_*, region_*: pixels; capture to draw: milliseconds, NULL where not measured
CREATE TABLE results (
    frame INTEGER NOT NULL, model INTEGER NOT NULL,
    levels BLOB NOT NULL, level_height INTEGER NOT NULL, level_width INTEGER NOT NULL,
    picture_height INTEGER NOT NULL, picture_width INTEGER NOT NULL,
    region_left INTEGER NOT NULL, region_top INTEGER NOT NULL,
    region_width INTEGER NOT NULL, region_height INTEGER NOT NULL,
    capture REAL, up REAL, wait REAL, decode REAL, infer REAL, down REAL, draw REAL,
    PRIMARY KEY (frame, model)
);

-- place: 0, 1, ... in its frame; person: Pose.id; keypoints: of the numpy dtype named, 2 x 33 x 4,
-- first Pose.keypoint_array, then Pose.keypoint_array_3d
CREATE TABLE poses (
    frame INTEGER NOT NULL, model INTEGER NOT NULL, place INTEGER NOT NULL, person INTEGER,
    dtype TEXT NOT NULL, keypoints BLOB NOT NULL,
    PRIMARY KEY (frame, model, place)
);

-- What a mask has beside its levels; kind: labels, people, or class; value: the label value of a
-- class, otherwise -1; levels: like those of the result, of the same shape
CREATE TABLE planes (
    frame INTEGER NOT NULL, model INTEGER NOT NULL, kind TEXT NOT NULL, value INTEGER NOT NULL,
    levels BLOB NOT NULL,
    PRIMARY KEY (frame, model, kind, value)
);

-- Poses of BodyPix, as in poses; keypoints: little-endian float32, 17 x 3,
-- BodyPixPose.keypoint_array
CREATE TABLE bodypix_poses (
    frame INTEGER NOT NULL, model INTEGER NOT NULL, place INTEGER NOT NULL, score REAL NOT NULL,
    keypoints BLOB NOT NULL,
    PRIMARY KEY (frame, model, place)
);

-- The classes of a model; place: 0, 1, ... in the order of Segmentation.labels
CREATE TABLE labels (
    model INTEGER NOT NULL, place INTEGER NOT NULL, value INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (model, place)
);
"""

TABLE_NAMES: Final = ("meta", "models", "frames", "pictures", "results", "poses")
"""The tables that recordings of all versions have."""

LATER_TABLES: Final = ("planes", "bodypix_poses", "labels")
"""The tables that recordings have since `LATER_SINCE`."""

LATER_SINCE: Final = 2
"""The first version with `LATER_TABLES`."""

_NO_VALUE: Final = -1

Value: TypeAlias = "bytes | str | int | float | None"
"""A value that SQLite stores."""

RESULT_COLUMNS: Final = (
    "levels, level_height, level_width, picture_height, picture_width, "
    "region_left, region_top, region_width, region_height, "
    "capture, up, wait, decode, infer, down, draw"
)
"""Columns of `results`, in the order of :func:`result_row`."""

PLANE_COLUMNS: Final = "kind, value, levels"
"""Columns of `planes`, in the order of :func:`plane_rows`."""

BODYPIX_POSE_COLUMNS: Final = "score, keypoints"
"""Columns of `bodypix_poses`, in the order of :func:`bodypix_pose_row`."""

POSE_COLUMNS: Final = "person, dtype, keypoints"
"""Columns of `poses`, in the order of :func:`pose_row`."""


def result_row(stored: StoredResult) -> tuple[Value, ...]:
    """Return the values of ``RESULT_COLUMNS``."""
    region = stored.region
    sizes = (
        *stored.packed.shape,
        *stored.size,
        region.left,
        region.top,
        region.width,
        region.height,
    )
    timings = (float(stage) for stage in astuple(stored.timings))
    return (
        stored.packed.data,
        *(int(size) for size in sizes),
        *(None if math.isnan(stage) else stage for stage in timings),
    )


def pose_row(pose: Pose) -> tuple[Value, ...]:
    """Return the values of ``POSE_COLUMNS``."""
    keypoints = np.stack([pose.keypoint_array, pose.keypoint_array_3d])
    number = None if pose.id is None else int(pose.id)
    return number, keypoints.dtype.str, keypoints.tobytes()


def bodypix_pose_row(pose: BodyPixPose) -> tuple[Value, ...]:
    """Return the values of ``BODYPIX_POSE_COLUMNS``."""
    return pose.score, pose.keypoint_array.astype("<f4").tobytes()


def plane_rows(planes: PackedPlanes) -> Iterator[tuple[Value, ...]]:
    """Yield the values of ``PLANE_COLUMNS`` of each plane."""
    for kind, value, plane in planes:
        yield kind, _NO_VALUE if value is None else value, plane.data


def label_rows(labels: Mapping[int, str]) -> list[tuple[int, int, str]]:
    """Return the place, value and name of each class; none of a person alone."""
    if labels == PERSON_LABELS:
        return []
    return [(place, value, name) for place, (value, name) in enumerate(labels.items())]


def result_of(
    row: tuple[Value, ...],
    poses: Iterable[tuple[Value, ...]],
    size: Size,
    *,
    bodypix_poses: Iterable[tuple[Value, ...]] = (),
    planes: Iterable[tuple[Value, ...]] = (),
    labels: Mapping[int, str] = PERSON_LABELS,
) -> StoredResult:
    """Return the result for a row of `results` and its rows of `poses` and `planes`.

    Parameters
    ----------
    row, poses, bodypix_poses, planes : tuple
        As they are stored.
    size : tuple of int
        (height, width) of the frame's image.
    labels : mapping of int to str
        The labels of the model.

    Raises
    ------
    RecordingError
        The values are inconsistent, as in a damaged file.
    """
    try:
        levels, height, width, picture_height, picture_width, *rest = row
        if (picture_height, picture_width) != size:
            raise ValueError(  # noqa: TRY301 - told below
                f"it is for an image of {picture_width!r}x{picture_height!r} pixels"
            )
        region, stages = rest[:4], rest[4:]
        return StoredResult.of_parts(
            PackedLevels(levels, (height, width)),  # type: ignore[arg-type]  # checked by it
            size,
            region,
            [
                *(_pose(*pose) for pose in poses),  # type: ignore[arg-type]  # checked by the try
                *(_bodypix_pose(*pose) for pose in bodypix_poses),  # type: ignore[arg-type]
            ],
            (math.nan if stage is None else stage for stage in stages),  # type: ignore[misc]
            planes=(
                (kind, None if value == _NO_VALUE else value, data) for kind, value, data in planes
            ),
            labels=labels,
        )
    # A damaged file may have anything in its rows.
    except Exception as error:
        raise RecordingError(f"a result is damaged ({error})") from error


def _pose(number: int | None, dtype: str, data: bytes) -> Pose:
    kind = np.dtype(dtype)
    if kind.kind != "f":
        raise ValueError(f"keypoints of type {dtype!r}")
    keypoints = np.frombuffer(data, kind).reshape(2, len(KEYPOINT_NAMES), 4)
    return pose_of(keypoints[0], keypoints[1], number)


def _bodypix_pose(score: float, data: bytes) -> BodyPixPose:
    return bodypix_pose_of(np.frombuffer(data, "<f4").reshape(len(BODYPIX_BODY.names), 3), score)
