"""Warp images into a ROI, and masks back out of it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.pose.blazepose.roi import corners
from bodyseg_widgets.segmentation import Region

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose.blazepose.roi import Roi
    from bodyseg_widgets.segmentation import Probability, Size

__all__ = ["Border", "crop", "unwarp_mask"]

Border: TypeAlias = Literal["zero", "replicate"]
"""How to fill pixels outside the image: black, or with its edge pixels."""


def crop(image: RgbImage, roi: Roi, size: Size, *, border: Border) -> RgbImage:
    """Cut a ROI out of an image, rotated upright and scaled.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 RGB (H, W, 3).
    roi : Roi
        What to cut out; parts of it may lie outside the image.
    size : tuple of int
        (height, width) of the result; the ROI is stretched to it.
    border : {'zero', 'replicate'}
        How to fill pixels outside the image.

    Returns
    -------
    numpy.ndarray
        uint8 RGB of `size`. Sampled bilinearly, corner to corner as MediaPipe's
        ImageToTensorCalculator does: a resize that aligns pixel centers moves keypoints by pixels.
    """
    height, width = size
    matrix = cv2.getPerspectiveTransform(corners(roi), _view_corners(size))
    outside = cv2.BORDER_CONSTANT if border == "zero" else cv2.BORDER_REPLICATE
    view = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=outside
    )
    return np.asarray(view, dtype=np.uint8)


def unwarp_mask(mask: Probability, roi: Roi, size: Size) -> tuple[Probability, Region]:
    """Project a ROI's mask back into the image.

    Parameters
    ----------
    mask : numpy.ndarray
        float32 (h, w), the probability in the ROI, 0 to 1.
    roi : Roi
        The ROI that the mask belongs to.
    size : tuple of int
        (height, width) of the image, in pixels.

    Returns
    -------
    probability : numpy.ndarray
        float32 of the size of `region`, 0 to 1; 0 outside the ROI.
    region : Region
        The upright part of the image that contains the ROI. Empty if the ROI lies outside the
        image.
    """
    # Bilinear sampling extends half a mask pixel beyond the edge.
    reach = 1 + math.ceil(max(roi.width / mask.shape[1], roi.height / mask.shape[0]) / 2)
    region = _bounds(roi, size, reach)
    if region.width == 0 or region.height == 0:
        return np.zeros(region.size, np.float32), region
    matrix = cv2.getPerspectiveTransform(_view_corners(mask.shape[:2]), corners(roi))
    # MediaPipe's WarpAffineCalculator interprets these corner coordinates as pixel centers, which
    # shifts the mask by up to half a mask pixel; the expected masks were computed that way.
    affine = matrix[:2] - [[0, 0, region.left], [0, 0, region.top]]
    laid = cv2.warpAffine(
        mask,
        affine,
        (region.width, region.height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
    )
    return np.asarray(laid, dtype=np.float32), region


def _view_corners(size: Size) -> NDArray[np.float32]:
    height, width = size
    return np.array([[0, height], [0, 0], [width, 0], [width, height]], np.float32)


def _bounds(roi: Roi, size: Size, reach: int) -> Region:
    height, width = size
    points = corners(roi)
    low, high = points.min(axis=0) - reach, points.max(axis=0) + reach
    left, top = np.clip(np.floor(low), 0, [width, height]).astype(int).tolist()
    right, bottom = np.clip(np.ceil(high), 0, [width, height]).astype(int).tolist()
    return Region(left, top, max(0, right - left), max(0, bottom - top))
