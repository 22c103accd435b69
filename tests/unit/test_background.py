"""Replacing the background without a fringe of the old one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

import cv2
import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import Frame, InvalidImageError, InvalidOptionError, Mask, Segmentation
from bodyseg_widgets.rendering import gaussian_blur
from bodyseg_widgets.rendering.background import replace_background
from bodyseg_widgets.rendering.matting import estimate_foreground

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.rendering import ColorLike

RED, GREEN, BLUE = np.array([[220, 30, 30], [0, 255, 0], [0, 0, 255]], np.uint8)

HEIGHT, WIDTH = 6, 8
IMAGE = np.random.default_rng(6).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
OTHER = np.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)


def people(levels: NDArray[np.uint8] | list[list[int]]) -> Segmentation:
    given = np.asarray(levels, np.uint8)
    return Segmentation(Mask.from_levels(given, size=given.shape))


LEFT = people(np.repeat([[255] * 4 + [0] * 4], HEIGHT, axis=0))
EVERYONE = people(np.full((HEIGHT, WIDTH), 255, np.uint8))


def soft_disc(edge: float) -> NDArray[np.uint8]:
    """Return the coverage of each pixel by a disc with an edge this many pixels wide."""
    y, x = np.mgrid[:240, :320]
    share = np.clip((75 - np.hypot(x - 160, y - 120)) / edge + 0.5, 0, 1)
    return np.rint(255 * share).astype(np.uint8)


def laid_over(
    front: NDArray[np.uint8], behind: NDArray[np.uint8], alpha: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    share = alpha[..., None] / 255
    return np.rint(share * front + (1 - share) * behind).astype(np.uint8)


# --- which background


@pytest.mark.parametrize(
    "blue", ["blue", "#00f", "rgb(0, 0, 255)", (0, 0, 255), [0, 0, 255, 255], BLUE]
)
def test_a_color_is_the_background(blue: ColorLike) -> None:
    drawn = replace_background(IMAGE, LEFT, blue)
    assert (drawn[:, :4] == IMAGE[:, :4]).all()
    assert (drawn[:, 4:] == BLUE).all()


def test_a_picture_of_any_kind_is_the_background(tmp_path: Path) -> None:
    Image.fromarray(OTHER).save(tmp_path / "other.png")
    expected = np.hstack([IMAGE[:, :4], OTHER[:, 4:]])
    for background in (
        OTHER,
        Image.fromarray(OTHER),
        Frame(1, OTHER, 0.0),
        tmp_path / "other.png",
        str(tmp_path / "other.png"),
        np.dstack([OTHER, np.full(OTHER.shape[:2], 255, np.uint8)]),
    ):
        assert (replace_background(IMAGE, LEFT, background) == expected).all()
    gray = replace_background(IMAGE, LEFT, OTHER[..., 0])
    assert (gray[:, 4:] == OTHER[:, 4:, :1]).all()


def test_a_str_that_names_a_color_is_none_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Image.fromarray(OTHER).save(tmp_path / "red", "PNG")
    assert (replace_background(IMAGE, [], "red") == (255, 0, 0)).all()
    assert (replace_background(IMAGE, [], "./red") == OTHER).all()


def test_a_color_that_is_not_opaque_lies_over_the_pictures_own_background() -> None:
    assert (replace_background(IMAGE, LEFT, (0, 0, 255, 0)) == IMAGE).all()
    drawn = replace_background(IMAGE, LEFT, (0, 0, 255, 51)).astype(float)
    assert (drawn[:, :4] == IMAGE[:, :4]).all()
    assert np.abs(drawn[:, 4:] - (0.8 * IMAGE[:, 4:] + 0.2 * BLUE)).max() <= 0.5


@pytest.mark.parametrize("times", [1, 3, 10], ids=lambda times: f"{times} times as large")
def test_a_wide_background_is_cut_off_on_both_sides(times: int) -> None:
    stripes = np.repeat(np.uint8([10, 200, 100, 50]), 4)[None, :, None]
    wide = np.broadcast_to(stripes, (HEIGHT, 16, 3)).repeat(times, 0).repeat(times, 1)
    drawn = replace_background(IMAGE, [], wide)
    assert drawn[:, :, 0].tolist() == [[200] * 4 + [100] * 4] * HEIGHT


def test_a_high_background_is_cut_off_above_and_below() -> None:
    rows = np.repeat(np.uint8([10, 200, 100, 50]), [5, 3, 3, 5])[:, None, None]
    high = np.broadcast_to(rows, (16, 8, 3))
    drawn = replace_background(IMAGE, [], high)
    assert drawn[:, 0, 0].tolist() == [200] * 3 + [100] * 3


@pytest.mark.parametrize("size", [(1, 1), (1, 7), (3, 4), (2000, 3), (97, 31)])
def test_a_background_of_any_size_covers_all(size: tuple[int, int]) -> None:
    drawn = replace_background(IMAGE, [], np.full((*size, 3), 77, np.uint8))
    assert (drawn == 77).all()


def test_without_people_there_is_nothing_but_the_background() -> None:
    drawn = replace_background(IMAGE, [], OTHER)
    assert (drawn == OTHER).all()
    assert not np.shares_memory(drawn, OTHER)


# --- who is before it


@pytest.mark.parametrize("form", [lambda rgba: rgba, Image.fromarray], ids=["array", "PIL"])
def test_what_is_made_of_a_cutout_is_opaque(form: Callable[[Any], Any]) -> None:
    everyone = people(np.full((HEIGHT, WIDTH), 255, np.uint8))
    alpha = np.zeros((HEIGHT, WIDTH), np.uint8)
    alpha[:, : WIDTH // 2] = 255
    cutout = form(np.dstack([IMAGE, alpha]))
    for segmentation in (everyone, []):
        drawn = np.asarray(replace_background(cutout, segmentation, "blue"))
        assert (drawn[:, WIDTH // 2 :] == (0, 0, 255, 255)).all()
    seen = np.asarray(replace_background(cutout, everyone, "blue"))[:, : WIDTH // 2]
    assert (seen[..., :3] == IMAGE[:, : WIDTH // 2]).all()


def test_a_background_with_transparent_parts_lies_over_white() -> None:
    logo = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    assert (replace_background(IMAGE, [], logo) == 255).all()


def test_of_several_people_no_one_is_left_out() -> None:
    right = people(np.repeat([[0] * 6 + [255] * 2], HEIGHT, axis=0))
    drawn = replace_background(IMAGE, [LEFT, right], "blue")
    assert (drawn[:, 4:6] == BLUE).all()
    assert (drawn[:, 6:] == IMAGE[:, 6:]).all()


def test_softly_the_probability_is_how_much_of_a_person_a_pixel_is() -> None:
    levels = np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH) * 5
    drawn = replace_background(IMAGE, people(levels), OTHER, decontaminate=False)
    assert np.abs(drawn.astype(int) - laid_over(IMAGE, OTHER, levels)).max() <= 1


def test_otherwise_people_are_cut_out_and_their_outline_is_blurred() -> None:
    levels = np.repeat([[128] * 4 + [127] * 4], HEIGHT, axis=0).astype(np.uint8)
    cut = replace_background(IMAGE, people(levels), OTHER, 0.5, 0, soft=False)
    assert (cut == np.hstack([IMAGE[:, :4], OTHER[:, 4:]])).all()
    blurred = replace_background(
        IMAGE, people(levels), OTHER, 0.5, 2, soft=False, decontaminate=False
    )
    shape = np.repeat([[255] * 4 + [0] * 4], HEIGHT, axis=0).astype(np.uint8)
    expected = laid_over(IMAGE, OTHER, gaussian_blur(shape, 2))
    assert np.abs(blurred.astype(int) - expected).max() <= 1


def test_thresholds_at_the_ends_take_all_and_what_is_sure() -> None:
    levels = np.repeat([[0, 1, 254, 255] * 2], HEIGHT, axis=0).astype(np.uint8)
    everything = replace_background(IMAGE, people(levels), "blue", 0, 0, soft=False)
    assert (everything == IMAGE).all()
    sure = replace_background(IMAGE, people(levels), "blue", 1, 0, soft=False)
    assert (sure[:, 3::4] == IMAGE[:, 3::4]).all()
    assert (sure[:, [0, 1, 2]] == BLUE).all()


# --- soft edges


@pytest.mark.parametrize("edge", [3, 8, 24])
def test_no_green_is_left_at_the_edge(edge: float) -> None:
    alpha = soft_disc(edge)
    picture = laid_over(RED, GREEN, alpha)
    expected = laid_over(RED, BLUE, alpha).astype(int)
    drawn = replace_background(picture, people(alpha), "blue")
    assert np.abs(drawn - expected).max() <= 3
    seam = replace_background(picture, people(alpha), "blue", decontaminate=False)
    assert (seam - expected)[..., 1].max() > 50


def test_colors_differ_along_the_edge_as_they_do_nearby() -> None:
    alpha = soft_disc(12)
    left_to_right = np.linspace(0, 1, 320)[:, None]
    front = np.broadcast_to(left_to_right * RED + (1 - left_to_right) * BLUE, (240, 320, 3))
    made = estimate_foreground(laid_over(front, GREEN, alpha), alpha)
    seen = alpha > 20
    assert np.abs(made - front)[seen].max() <= 12


def test_detail_in_the_soft_is_kept() -> None:
    alpha = np.full((64, 64), 200, np.uint8)
    front = np.zeros((64, 64, 3), np.uint8) + 90
    front[::2] += 40
    made = estimate_foreground(laid_over(front, np.uint8([90, 90, 90]), alpha), alpha)
    assert (made[1::2].mean(), made[::2].mean()) == (
        pytest.approx(95, abs=8),
        pytest.approx(119, abs=8),
    )


def test_what_is_sure_stays_as_it_is() -> None:
    alpha = soft_disc(8)
    picture = np.random.default_rng(8).integers(0, 256, (240, 320, 3), np.uint8)
    made = estimate_foreground(picture, alpha)
    sure = (alpha == 0) | (alpha == 255)
    assert (made[sure] == picture[sure]).all()
    hard = np.where(alpha > 127, 255, 0).astype(np.uint8)
    assert (estimate_foreground(picture, hard) == picture).all()


@pytest.mark.parametrize("level", [1, 128, 254])
@pytest.mark.parametrize("size", [(1, 1), (1, 50), (200, 1)])
def test_where_all_is_mixed_alike_the_picture_is_all_there_is_to_know(
    level: int, size: tuple[int, int]
) -> None:
    picture = np.full((*size, 3), 120, np.uint8)
    made = estimate_foreground(picture, np.full(size, level, np.uint8))
    assert np.abs(made.astype(int) - picture).max() <= 1


# --- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: replace_background(IMAGE, LEFT, "blue", -0.1), "from 0 to 1, but got -0.1"),
        (lambda: replace_background(IMAGE, LEFT, "blue", 1.1), "from 0 to 1, but got 1.1"),
        (lambda: replace_background(IMAGE, LEFT, "blue", 0.5, -1), "0 to 250 .* got -1"),
        (lambda: replace_background(IMAGE, LEFT, "blue", 0.5, math.nan), "0 to 250 .* got nan"),
        (lambda: replace_background(IMAGE, LEFT, (1, 2)), r"whole numbers .* got \(1, 2\)"),
        (lambda: replace_background(IMAGE, LEFT, [0.5, 0, 0]), r"whole numbers .* \[0.5, 0, 0\]"),
        (lambda: replace_background(IMAGE, LEFT, (0, 0, 256)), "whole numbers from 0 to 255"),
        (lambda: replace_background(IMAGE, "people", "blue"), "Expect a Segmentation .* 'people'"),
    ],
)
def test_what_is_out_of_range_is_refused(call: Callable[[], object], words: str) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        call()


@pytest.mark.parametrize(
    ("background", "words"),
    [
        ("bleu", "must be a color, such as 'teal' .* or an image: There is no file 'bleu'"),
        ("#00g", "There is no file '#00g'"),
        (None, "or an image: .* but got NoneType"),
        (3, "or an image: .* but got int"),
        (OTHER / 255, r"or an image: .* float64 .* \* 255"),
        (np.zeros((0, 4, 3), np.uint8), "or an image: The image has no pixels"),
    ],
)
def test_what_is_neither_color_nor_picture_is_no_background(background: object, words: str) -> None:
    with pytest.raises(InvalidImageError, match=words):
        replace_background(IMAGE, LEFT, cast("ColorLike", background))


@pytest.mark.parametrize(
    "alpha", [np.zeros((HEIGHT, WIDTH)), np.zeros((HEIGHT, WIDTH, 1), np.uint8), LEFT.mask]
)
def test_alpha_is_8_bits_of_each_pixel(alpha: NDArray[np.uint8]) -> None:
    with pytest.raises(InvalidImageError, match=r"Expect alpha to be uint8 .* but got"):
        estimate_foreground(IMAGE, alpha)


def test_a_large_background_is_as_a_scaled_one() -> None:
    smooth = cv2.resize(OTHER, (3840, 2880), interpolation=cv2.INTER_CUBIC)
    image = np.zeros((480, 640, 3), np.uint8)
    expected = cv2.resize(smooth, (640, 480), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(replace_background(image, [], smooth) - expected).max() <= 2
