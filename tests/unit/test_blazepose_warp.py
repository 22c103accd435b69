"""ROIs, the images cut out of them, and masks projected back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
import pytest

from bodyseg_widgets.pose.blazepose.roi import (
    Roi,
    corners,
    padded,
    roi_from_alignment_points,
    whole_image,
)
from bodyseg_widgets.pose.blazepose.warp import crop, unwarp_mask
from bodyseg_widgets.segmentation import Region
from tests.pictures import read_rgb

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets.pose.blazepose.warp import Border


class Golden(NamedTuple):
    """One of MediaPipe's expectations of its image-to-tensor calculator."""

    name: str
    roi: tuple[float, float, float, float, float]
    size: tuple[int, int]
    keep_aspect: bool
    border: Border


MEDIUM = (0.65, 0.4, 0.5, 0.5)
LARGE = (0.5, 0.5, 1.5, 1.1)
GOLDENS = [
    Golden("medium_sub_rect_keep_aspect", (*MEDIUM, 0), (256, 256), True, "replicate"),
    Golden("medium_sub_rect_keep_aspect_border_zero", (*MEDIUM, 0), (256, 256), True, "zero"),
    Golden(
        "medium_sub_rect_keep_aspect_with_rotation", (*MEDIUM, 90), (256, 256), True, "replicate"
    ),
    Golden(
        "medium_sub_rect_keep_aspect_with_rotation_border_zero",
        (*MEDIUM, 90),
        (256, 256),
        True,
        "zero",
    ),
    Golden("medium_sub_rect_with_rotation", (*MEDIUM, -45), (256, 256), False, "replicate"),
    Golden("medium_sub_rect_with_rotation_border_zero", (*MEDIUM, -45), (256, 256), False, "zero"),
    Golden("large_sub_rect", (*LARGE, 0), (128, 128), False, "replicate"),
    Golden("large_sub_rect_border_zero", (*LARGE, 0), (128, 128), False, "zero"),
    Golden("large_sub_rect_keep_aspect", (*LARGE, 0), (128, 128), True, "replicate"),
    Golden("large_sub_rect_keep_aspect_border_zero", (*LARGE, 0), (128, 128), True, "zero"),
    Golden(
        "large_sub_rect_keep_aspect_with_rotation", (*LARGE, -15), (128, 128), True, "replicate"
    ),
    Golden(
        "large_sub_rect_keep_aspect_with_rotation_border_zero",
        (*LARGE, -15),
        (128, 128),
        True,
        "zero",
    ),
    Golden("noop_except_range", (0.5, 0.5, 1, 1, 0), (128, 64), True, "replicate"),
]


@pytest.mark.parametrize("golden", GOLDENS, ids=lambda golden: golden.name)
def test_a_view_is_within_3_gray_levels_of_mediapipes(golden: Golden, data_folder: Path) -> None:
    folder = data_folder / "mediapipe/image_to_tensor"
    picture = read_rgb(folder / "input.jpg")
    height, width = picture.shape[:2]
    x, y, w, h, degrees = golden.roi
    roi = Roi(x * width, y * height, w * width, h * height, math.radians(degrees))
    rows, columns = golden.size
    if golden.keep_aspect:
        roi = padded(roi, aspect=columns / rows)
    view = crop(picture, roi, golden.size, border=golden.border)
    expected = read_rgb(folder / f"{golden.name}.png")
    difference = np.abs(view.astype(int) - expected)
    assert difference.max() <= 3


def test_an_upright_body_needs_no_turn() -> None:
    roi = roi_from_alignment_points(np.array([50.0, 80.0]), np.array([50.0, 40.0]))
    assert roi == Roi(50, 80, 100, 100, pytest.approx(0))


@pytest.mark.parametrize(
    ("rim", "degrees"), [((90.0, 80.0), 90), ((10.0, 80.0), -90), ((50.0, 120.0), 180)]
)
def test_a_lying_body_is_turned_upright(rim: tuple[float, float], degrees: float) -> None:
    roi = roi_from_alignment_points(np.array([50.0, 80.0]), np.array(rim))
    assert abs(math.degrees(roi.rotation)) == pytest.approx(abs(degrees))
    assert math.cos(roi.rotation - math.radians(degrees)) == pytest.approx(1)


def test_corners_are_those_of_opencvs_rotated_rectangle() -> None:
    roi = Roi(40, 30, 20, 10, math.radians(25))
    expected = cv2.boxPoints(((40, 30), (20, 10), 25))
    np.testing.assert_allclose(corners(roi), expected, atol=1e-4)


@pytest.mark.parametrize(
    ("size", "expected"), [((640, 480), (640, 640)), ((480, 640), (640, 640)), ((5, 5), (5, 5))]
)
def test_a_letterbox_holds_the_whole_picture(
    size: tuple[int, int], expected: tuple[int, int]
) -> None:
    view = padded(whole_image(*size), aspect=1)
    assert (view.width, view.height) == expected
    assert (view.x_center, view.y_center) == (size[0] / 2, size[1] / 2)


def test_a_mask_comes_back_where_it_was_cut_out() -> None:
    picture = np.zeros((120, 160, 3), np.uint8)
    cv2.circle(picture, (90, 60), 25, (255, 255, 255), -1)
    roi = Roi(90, 60, 80, 80, math.radians(30))
    view = crop(picture, roi, (256, 256), border="zero")
    probability, region = unwarp_mask(view[..., 0].astype(np.float32) / 255, roi, (120, 160))
    whole = np.zeros((120, 160), np.float32)
    whole[region.slices] = probability
    person, expected = whole >= 0.5, picture[..., 0] > 127
    assert (person & expected).sum() / (person | expected).sum() > 0.96


def test_a_mask_is_zero_outside_of_its_roi() -> None:
    roi = Roi(50, 50, 40, 40, math.radians(45))
    probability, region = unwarp_mask(np.ones((256, 256), np.float32), roi, (100, 100))
    assert region == Region(19, 19, 62, 62)
    assert probability[0, 0] == 0
    assert probability[31, 31] == 1


def test_a_roi_beyond_the_picture_gives_an_empty_region() -> None:
    roi = Roi(500, 50, 40, 40)
    probability, region = unwarp_mask(np.ones((256, 256), np.float32), roi, (100, 100))
    assert region.size == probability.shape
    assert probability.size == 0
