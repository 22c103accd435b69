"""The probability in the colors of the live views."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest

from bodyseg_widgets import InvalidImageError, InvalidOptionError, Mask, Segmentation
from bodyseg_widgets.rendering.heatmap import draw_heatmap, inferno
from bodyseg_widgets.segmentation import Region

PAGE = Path(__file__).parents[2] / "frontend" / "src" / "drawing" / "inferno.ts"

IMAGE = np.random.default_rng(9).integers(0, 256, (16, 16, 3), np.uint8)
LEVELS = np.arange(256, dtype=np.uint8).reshape(16, 16)
COLORS = inferno().reshape(16, 16, 3)


def people(levels: np.ndarray, region: Region | None = None) -> Segmentation:
    return Segmentation(Mask.from_levels(levels, size=(16, 16), region=region))


def test_the_colors_are_the_pages() -> None:
    (table,) = re.findall(r'"([A-Za-z0-9+/]{1000,})"', PAGE.read_text())
    assert inferno().tobytes() == base64.b64decode(table)


@pytest.mark.parametrize("opacity", [0, 0.3, 0.7, 1])
def test_a_pixel_is_a_mixture_of_picture_and_color(opacity: float) -> None:
    drawn = draw_heatmap(IMAGE, people(LEVELS), opacity)
    expected = (1 - opacity) * IMAGE + opacity * COLORS
    assert np.abs(drawn - expected).max() <= 0.5 + 1e-6


def test_of_several_people_a_pixel_has_the_highest_probability() -> None:
    drawn = draw_heatmap(IMAGE, [people(LEVELS), people(255 - LEVELS)], 1)
    assert (drawn == inferno()[np.maximum(LEVELS, 255 - LEVELS), 0]).all()


def test_a_mask_is_enlarged_to_the_picture() -> None:
    small = np.array([[0, 255]], np.uint8)
    drawn = draw_heatmap(IMAGE, people(small), 1)
    levels = people(small).mask.to_image_data()[..., 3]
    assert (drawn == inferno()[levels, 0]).all()
    assert len(np.unique(levels)) > 4


def test_where_no_one_was_looked_for_the_probability_is_0() -> None:
    for no_one in ([], people(np.full((2, 2), 255, np.uint8), Region(0, 0, 2, 2))):
        drawn = draw_heatmap(IMAGE, no_one, 1)
        assert (drawn[2:] == inferno()[0, 0]).all()


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_an_opacity_is_a_share(opacity: float) -> None:
    with pytest.raises(InvalidOptionError, match="opacity must be a number from 0 to 1, but got"):
        draw_heatmap(IMAGE, [], opacity)


def test_what_is_no_segmentation_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="Expect a Segmentation"):
        draw_heatmap(IMAGE, LEVELS)
    with pytest.raises(InvalidImageError, match="Dimensions must match"):
        draw_heatmap(IMAGE[1:], people(LEVELS))
