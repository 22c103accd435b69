"""Tell people apart: whose keypoints a pixel's long offsets lead to.

Source: body-segmentation/src/body_pix/impl/multi_person/decode_multiple_masks_cpu.ts of
tfjs-models.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.segmentation.bodypix.parts import KEYPOINTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation.bodypix.layout import Axis, Layout
    from bodyseg_widgets.segmentation.bodypix.options import PeopleOptions
    from bodyseg_widgets.segmentation.bodypix.poses import BodyPixPose

__all__ = ["NO_ONE", "nearest_people"]

NO_ONE: Final = 255
"""In place of a person's number, where no person has a keypoint that is certain enough."""

_MATCHED: Final = 5
"""How many keypoints are compared: those of the face."""

_GRID: Final = 8
"""Pixels of a mask between two that are followed. Distances change slowly, and are interpolated
between them."""


def nearest_people(
    long_offsets: NDArray[np.float32],
    poses: Sequence[BodyPixPose],
    layout: Layout,
    options: PeopleOptions,
) -> NDArray[np.uint8]:
    """Return the person that each pixel would belong to, if it shows one.

    From each pixel, the long offsets lead to where the nose, eyes and ears of its person are,
    each step from where the previous one ended. The person whose keypoints are nearest there, in
    the mean of squared distances, is the one.

    Parameters
    ----------
    long_offsets : numpy.ndarray
        float32 (h, w, 34), see :class:`.Outputs`. Like upstream, they are taken for pixels of the
        image.
    poses : sequence of BodyPixPose
        The people, at least one.
    layout : Layout
        How the image lies in the network's input.
    options : PeopleOptions
        Of these, `min_keypoint_score` and `refine_steps`.

    Returns
    -------
    numpy.ndarray
        uint8 of the layout's `model_size`: positions in `poses`, or `NO_ONE`.
    """
    height, width = layout.model_size
    places = _followed(long_offsets, layout, options.refine_steps)
    nearest = np.full((height, width), NO_ONE, np.uint8)
    shortest = np.full((height, width), np.inf, np.float32)
    for number, pose in enumerate(poses):
        known = np.flatnonzero(pose.keypoint_array[:_MATCHED, 2] > options.min_keypoint_score)
        if known.size:
            y_and_x = pose.keypoint_array[known, 1::-1].T[..., None, None]
            squares = ((places[:, known] - y_and_x) ** 2).sum(axis=(0, 1)) / known.size
            distance = cv2.resize(squares, (width, height), interpolation=cv2.INTER_LINEAR)
            np.copyto(nearest, number, where=distance < shortest, casting="unsafe")
            np.minimum(shortest, distance, out=shortest)
    return nearest


def _followed(
    long_offsets: NDArray[np.float32], layout: Layout, refine_steps: int
) -> NDArray[np.float32]:
    """Return where the long offsets lead: float32 (2, 5, h, w), y and x in pixels of the image."""
    axes = (layout.rows, layout.columns)
    height, width = (math.ceil(axis.model / _GRID) for axis in axes)
    places = np.empty((2, _MATCHED, height, width), np.float32)
    places[0] = layout.rows.pixels(height)[:, None]
    places[1] = layout.columns.pixels(width)
    scale, first, last = (
        np.reshape(each, (2, 1, 1, 1)) for each in zip(*map(_cells, axes), strict=True)
    )
    # One row for each keypoint, with all cells.
    field = long_offsets.reshape(-1, 2, len(KEYPOINTS))[..., :_MATCHED].transpose(1, 2, 0)
    down, right = np.ascontiguousarray(field).reshape(2, -1)
    begin = (np.arange(_MATCHED, dtype=np.int32) * field.shape[2]).reshape(-1, 1, 1)
    cells = np.empty_like(places)
    for _ in range(1 + refine_steps):
        np.multiply(places, scale, out=cells)
        cells += first
        np.minimum(np.maximum(cells, 0, out=cells), last, out=cells)
        rows, columns = cells.astype(np.int32)
        rows *= layout.columns.output
        rows += columns
        rows += begin
        places[0] += down.take(rows, mode="clip")
        places[1] += right.take(rows, mode="clip")
    return places


def _cells(axis: Axis) -> tuple[np.float32, np.float32, np.float32]:
    """Return how pixels of the image become cells of the output.

    A pixel times the first number plus the second, at most the third, without its fraction, is the
    nearest cell.
    """
    scale = axis.input / axis.padded / axis.stride
    first = ((axis.padding + 1) * axis.input / axis.padded - 1) / axis.stride + 0.5
    return np.float32(scale), np.float32(first), np.float32(axis.output - 0.5)
