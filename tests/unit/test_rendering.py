"""The render utilities on images of a few pixels."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    Color,
    InvalidImageError,
    InvalidOptionError,
    Mask,
    Segmentation,
    blur_body_part,
    body_pix_mask_value_to_rainbow_color,
    draw_bokeh_effect,
    draw_mask,
    draw_pixelated_mask,
    to_binary_mask,
    to_colored_mask,
)
from bodyseg_widgets.images import in_profile, to_rgb
from bodyseg_widgets.rendering import gaussian_blur, to_color
from tests.profiles import display_p3

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bodyseg_widgets.rendering.classes import ClassesLike

PERSON, BACKGROUND, STROKE = 1, 0, 9
NUMBERS = {(1, 1, 1, 255): PERSON, (0, 0, 0, 255): BACKGROUND, (0, 255, 255, 255): STROKE}

IMAGE = np.random.default_rng(4).integers(0, 256, (12, 16, 3), np.uint8)


def segmentation(
    levels: NDArray[np.uint8] | list[list[int]], values: NDArray[np.uint8] | None = None
) -> Segmentation:
    alpha = np.asarray(levels, np.uint8)
    data = np.zeros((*alpha.shape, 4), np.uint8)
    data[..., 0] = 255 if values is None else values
    data[..., 3] = alpha
    return Segmentation(Mask.from_image_data(data))


def square(size: int = 8, first: int = 2, last: int = 5) -> Segmentation:
    levels = np.zeros((size, size), np.uint8)
    levels[first : last + 1, first : last + 1] = 255
    return segmentation(levels)


def numbers(mask: NDArray[np.uint8] | None) -> list[list[int]]:
    """Return the expected binary mask of `PERSON` and so on, drawn as text."""
    assert mask is not None
    return [[NUMBERS[tuple(pixel)] for pixel in row] for row in mask.tolist()]


FACES = {0: "left_face", 1: "right_face"}
LEFT = segmentation(np.repeat([[255] * 8 + [0] * 8], 12, axis=0))


# --- what is foreground


def test_a_pixel_counts_from_the_rounded_threshold_on() -> None:
    mask = to_binary_mask(segmentation([[127, 128]]), "white", "black", foreground_threshold=0.5)
    assert mask is not None
    assert mask[0, :, 0].tolist() == [0, 255]


@pytest.mark.parametrize(
    ("threshold", "expected"), [(0, [255, 255, 255]), (1, [0, 0, 255])], ids=["0", "1"]
)
def test_thresholds_at_the_ends_take_all_and_what_is_sure(
    threshold: float, expected: list[int]
) -> None:
    mask = to_binary_mask(
        segmentation([[0, 254, 255]]), "white", "black", foreground_threshold=threshold
    )
    assert mask is not None
    assert mask[0, :, 0].tolist() == expected


def test_only_the_labels_that_are_asked_for_count() -> None:
    parts = segmentation([[255, 255, 0]], np.array([[3, 4, 24]], np.uint8))
    mask = to_binary_mask(parts, "white", "black", foreground_mask_values=[4])
    assert mask is not None
    assert mask[0, :, 0].tolist() == [0, 255, 0]
    no_one = to_binary_mask(segmentation([[255]]), "white", "black", foreground_mask_values=[3])
    assert no_one is not None
    assert no_one[0, 0, 0] == 0


def test_a_pixel_counts_that_is_in_any_of_several_masks() -> None:
    people = [segmentation([[255, 0, 0]]), segmentation([[0, 255, 0]])]
    mask = to_binary_mask(people)
    assert mask is not None
    assert mask[0, :, 3].tolist() == [0, 0, 255]


def test_no_one_has_no_mask() -> None:
    assert to_binary_mask([]) is None
    assert to_colored_mask([], body_pix_mask_value_to_rainbow_color) is None


# --- contours


def test_the_contour_follows_the_outline_on_all_sides() -> None:
    assert numbers(to_binary_mask(square(), (1, 1, 1), (0, 0, 0), True)) == [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 9, 9, 9, 9, 0, 0],
        [0, 0, 9, 1, 1, 9, 0, 0],
        [0, 0, 9, 1, 1, 9, 0, 0],
        [0, 0, 9, 9, 9, 9, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ]


def test_upstreams_contour_is_upstreams() -> None:
    drawn = to_binary_mask(square(), (1, 1, 1), (0, 0, 0), True, contour="upstream")
    assert numbers(drawn) == [
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 9, 9, 9, 9, 9, 9, 0],
        [0, 9, 1, 9, 9, 1, 9, 0],
        [0, 9, 1, 9, 9, 1, 9, 0],
        [0, 9, 9, 9, 9, 9, 9, 0],
        [0, 0, 1, 1, 1, 1, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0, 0],
    ]


def test_a_contour_has_its_color_and_width_and_none_along_the_pictures_edge() -> None:
    levels = np.full((6, 6), 255, np.uint8)
    levels[:, 5] = 0
    mask = to_binary_mask(
        segmentation(levels), "white", "black", True, contour_color="red", contour_width=2
    )
    assert mask is not None
    assert mask[..., :3].tolist() == [[[255] * 3] * 3 + [[255, 0, 0]] * 2 + [[0] * 3]] * 6


# --- colors of labels


def test_each_label_has_its_color_and_later_masks_lie_on_top() -> None:
    first = segmentation([[255, 255, 0]], np.array([[0, 1, 24]], np.uint8))
    second = segmentation([[0, 255, 0]], np.array([[24, 23, 24]], np.uint8))
    mask = to_colored_mask([first, second], body_pix_mask_value_to_rainbow_color, "white")
    assert mask is not None
    assert mask[0, :, :3].tolist() == [[110, 64, 170], [99, 81, 195], [255, 255, 255]]


def test_at_threshold_0_the_background_has_no_rainbow_color() -> None:
    parts = segmentation([[0]], np.array([[24]], np.uint8))
    with pytest.raises(InvalidOptionError, match=r"range \[0, 24\) but got 24"):
        to_colored_mask(parts, body_pix_mask_value_to_rainbow_color, foreground_threshold=0)


def test_a_mask_of_whole_persons_has_one_label() -> None:
    mask = to_colored_mask(segmentation([[255, 0]]), {255: "red"}.__getitem__)
    assert mask is not None
    assert mask[0].tolist() == [[255, 0, 0, 255], [0, 0, 0, 255]]


# --- an image comes back as what it came as


@pytest.mark.parametrize(
    "draw",
    [
        lambda image: draw_mask(image, to_binary_mask(LEFT)),
        lambda image: draw_pixelated_mask(image, to_binary_mask(LEFT), pixel_cell_width=3.5),
        lambda image: draw_bokeh_effect(image, LEFT),
        lambda image: blur_body_part(image, LEFT, [255]),
    ],
    ids=["draw_mask", "draw_pixelated_mask", "draw_bokeh_effect", "blur_body_part"],
)
class TestAPicture:
    """How functions that draw on images treat them."""

    def test_of_arrays_is_an_array(self, draw: Callable[[Any], Any]) -> None:
        before = IMAGE.copy()
        drawn = draw(IMAGE)
        assert (drawn.dtype, drawn.shape) == (np.uint8, IMAGE.shape)
        assert not np.shares_memory(drawn, IMAGE)
        assert (before == IMAGE).all()

    def test_of_pil_is_pil(self, draw: Callable[[Any], Any]) -> None:
        drawn = draw(Image.fromarray(IMAGE))
        assert isinstance(drawn, Image.Image)
        assert drawn.mode == "RGB"
        assert (np.asarray(drawn) == draw(IMAGE)).all()

    def test_keeps_its_alpha(self, draw: Callable[[Any], Any]) -> None:
        alpha = np.arange(12 * 16, dtype=np.uint8).reshape(12, 16)
        rgba = np.dstack([IMAGE, alpha])
        assert (draw(rgba)[..., 3] == alpha).all()
        assert (np.asarray(draw(Image.fromarray(rgba))) == draw(rgba)).all()

    def test_has_nothing_of_what_its_alpha_hides(self, draw: Callable[[Any], Any]) -> None:
        secret = np.dstack([IMAGE, np.zeros((12, 16), np.uint8)])
        assert (draw(secret)[..., :3] == 255).all()

    def test_that_is_partly_transparent_looks_over_white_like_an_opaque_one(
        self, draw: Callable[[Any], Any]
    ) -> None:
        alpha = np.tile(np.linspace(200, 255, 16).astype(np.uint8), (12, 1))
        rgba = np.dstack([IMAGE, alpha])
        # As far as so much of white allows.
        seen = np.maximum(draw(to_rgb(rgba)), 255 - alpha[..., None])
        assert np.abs(to_rgb(draw(rgba)).astype(int) - seen).max() <= 1

    def test_with_a_profile_keeps_it(self, draw: Callable[[Any], Any]) -> None:
        profile = display_p3()
        drawn = draw(in_profile(IMAGE, profile))
        assert drawn.info["icc_profile"] == profile
        assert np.abs(to_rgb(drawn).astype(int) - draw(IMAGE)).mean() < 1

    def test_may_be_gray(self, draw: Callable[[Any], Any]) -> None:
        assert draw(IMAGE[..., 0]).shape == IMAGE.shape

    def test_of_another_size_than_its_mask_is_refused(self, draw: Callable[[Any], Any]) -> None:
        sizes = "image has dimensions 15x12, the mask has dimensions 16x12"
        with pytest.raises(InvalidImageError, match=sizes):
            draw(IMAGE[:, :15])


# --- masks over images


def test_a_mask_covers_as_much_as_its_opacity_and_its_alpha_say() -> None:
    white = np.full((1, 3, 3), 200, np.uint8)
    mask = np.array([[[0, 0, 0, 0], [0, 0, 0, 128], [0, 0, 0, 255]]], np.uint8)
    assert draw_mask(white, mask, 1)[0, :, 0].tolist() == [200, 100, 0]
    assert draw_mask(white, mask, 0.5)[0, :, 0].tolist() == [200, 150, 100]
    assert draw_mask(white, None)[0, :, 0].tolist() == [200] * 3
    assert draw_mask(white, Image.fromarray(mask), 1)[0, :, 0].tolist() == [200, 100, 0]


def test_what_is_drawn_is_mirrored_as_a_whole() -> None:
    mask = to_binary_mask(LEFT, "red", "blue")
    for draw in (draw_mask, draw_pixelated_mask):
        drawn = draw(IMAGE, mask, 0.6)
        assert (draw(IMAGE, mask, 0.6, flip_horizontal=True) == drawn[:, ::-1]).all()
    drawn = draw_bokeh_effect(IMAGE, LEFT)
    assert (draw_bokeh_effect(IMAGE, LEFT, flip_horizontal=True) == drawn[:, ::-1]).all()


def test_a_blurred_mask_has_a_soft_edge() -> None:
    mask = to_binary_mask(LEFT, "white", "black")
    drawn = draw_mask(np.zeros((12, 16, 3), np.uint8), mask, 1, 2)
    assert (np.diff(drawn[6, :, 0].astype(int)) <= 0).all()
    assert 100 < drawn[6, 7, 0] < 200


def test_cells_have_the_color_of_their_middle_and_white_lines_between() -> None:
    mask = np.zeros((8, 8, 4), np.uint8)
    mask[..., 3] = 255
    mask[:4, :4, 0] = 100
    drawn = draw_pixelated_mask(np.zeros((8, 8, 3), np.uint8), mask, 1, pixel_cell_width=4)
    assert drawn[1:3, 1:3, 0].tolist() == [[100, 100]] * 2
    assert drawn[5:7, 5:7, 0].tolist() == [[0, 0]] * 2
    # Lines cover half of one pixel and half of the next.
    assert drawn[6, :, 1].tolist() == pytest.approx([127.5, 0, 0, 127.5] * 2, abs=0.5)


# --- blurs


def test_people_stay_sharp_before_a_blurred_background() -> None:
    drawn = draw_bokeh_effect(IMAGE, LEFT, background_blur_amount=4, edge_blur_amount=0)
    assert (drawn[:, :8] == IMAGE[:, :8]).all()
    assert (drawn[:, 8:] == gaussian_blur(IMAGE, 4)[:, 8:]).all()


def test_without_people_all_is_background() -> None:
    assert (draw_bokeh_effect(IMAGE, []) == gaussian_blur(IMAGE, 3)).all()
    assert (blur_body_part(IMAGE, [], [0]) == IMAGE).all()


def test_softly_a_pixel_is_as_sharp_as_it_is_surely_a_person() -> None:
    half = segmentation(np.full((12, 16), 128, np.uint8))
    drawn = draw_bokeh_effect(IMAGE, half, edge_blur_amount=0, soft=True).astype(int)
    middle = (IMAGE.astype(int) + gaussian_blur(IMAGE, 3)) / 2
    assert np.abs(drawn - middle).max() <= 1


def test_a_part_is_blurred_but_not_its_outline() -> None:
    parts = np.zeros((12, 16), np.uint8)
    parts[:, 8:] = 5
    body = segmentation(np.full((12, 16), 255, np.uint8), parts)
    drawn = blur_body_part(IMAGE, body, [5], background_blur_amount=4, edge_blur_amount=0)
    assert (drawn[:, :9] == IMAGE[:, :9]).all()
    assert (drawn[:, 9:] == gaussian_blur(IMAGE, 4)[:, 9:]).all()


def _two_faces(labels: dict[int, str] = FACES) -> Segmentation:
    """Left a class of value 0, right one of value 1."""
    sides = np.zeros((12, 16), np.uint8)
    sides[:, 8:] = 1
    mask = segmentation(np.full((12, 16), 255, np.uint8), sides).mask
    return Segmentation(mask, labels)


@pytest.mark.parametrize(
    "parts", [["right_hand"], "right_hand", [1], ("right_hand", 1), iter(["right_hand"])]
)
def test_parts_are_given_by_label_by_value_or_both(parts: ClassesLike) -> None:
    people = _two_faces({0: "left_face", 1: "right_hand"})
    expected = blur_body_part(IMAGE, people, [1], edge_blur_amount=0)
    assert (blur_body_part(IMAGE, people, parts=parts, edge_blur_amount=0) == expected).all()
    assert (expected[:, :4] == IMAGE[:, :4]).all()
    assert (expected != IMAGE).any()


def test_faces_are_blurred_if_nothing_is_said_and_both_halves_of_them_together() -> None:
    drawn = blur_body_part(IMAGE, _two_faces(), background_blur_amount=4, edge_blur_amount=0)
    assert (drawn == gaussian_blur(IMAGE, 4)).all()
    assert (drawn == blur_body_part(IMAGE, _two_faces(), "faces", 0.5, 4, 0)).all()
    assert (drawn == blur_body_part(IMAGE, _two_faces(), "all", 0.5, 4, 0)).all()


def test_each_persons_parts_are_those_of_their_own_labels() -> None:
    left, right = _two_faces({0: "face", 1: "hand"}), _two_faces({0: "hand", 1: "face"})
    drawn = blur_body_part(IMAGE, [left, right], "faces", 0.5, 4, 0)
    assert (drawn[:, [7, 8]] == IMAGE[:, [7, 8]]).all()
    others = [*range(7), *range(9, 16)]
    assert (drawn[:, others] == gaussian_blur(IMAGE, 4)[:, others]).all()


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        (["left_fase"], r"Each label in parts must be .*Did you mean 'left_face'"),
        ("nose", r"Each label in parts must be one of 'left_face', 'right_face', but got 'nose'"),
        (3.5, r"parts must be 'faces', 'all' or a list of labels.* got 3.5"),
        ([300], r"\[0, 255\] but got 300"),
    ],
)
def test_a_part_that_there_is_not_is_refused(parts: ClassesLike, words: str) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        blur_body_part(IMAGE, _two_faces(), parts=parts)


@pytest.mark.parametrize("parts", ["faces", "all", ["left_face"], [0, 1]])
def test_an_image_is_never_returned_as_if_blurred_where_the_model_has_no_parts(
    parts: ClassesLike,
) -> None:
    whole = Segmentation(Mask.from_levels(np.full((12, 16), 255, np.uint8), size=(12, 16)))
    with pytest.raises(InvalidOptionError, match=r"segment_body_parts=True"):
        blur_body_part(IMAGE, whole, parts=parts)


def test_parts_are_named_once() -> None:
    with pytest.raises(InvalidOptionError, match=r"are the same: give one of them"):
        blur_body_part(IMAGE, _two_faces(), [0], parts=["left_face"])


@pytest.mark.parametrize("sigma", [0.5, 1, 3, 7, 20, 60])
def test_a_blur_is_a_gaussians_also_at_the_edges(sigma: float) -> None:
    picture = cv2.resize(IMAGE, (161, 123), interpolation=cv2.INTER_CUBIC)
    reach = math.ceil(4 * sigma)
    exact = cv2.GaussianBlur(
        picture.astype(np.float32), (2 * reach + 1,) * 2, sigma, borderType=cv2.BORDER_REPLICATE
    )
    difference = np.abs(gaussian_blur(picture, sigma) - exact)
    assert difference.mean() < 1
    assert difference.max() < 8


def test_no_blur_is_a_copy() -> None:
    copy = gaussian_blur(IMAGE, 0)
    assert (copy == IMAGE).all()
    assert not np.shares_memory(copy, IMAGE)


# --- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: to_binary_mask(LEFT, foreground_threshold=1.5), "from 0 to 1, but got 1.5"),
        (lambda: to_binary_mask(LEFT, foreground_mask_values=[256]), r"\[0, 255\] but got 256"),
        (lambda: to_binary_mask(LEFT, contour="dashed"), "'outline', 'upstream', but got 'dashed'"),
        (lambda: to_binary_mask(LEFT, contour_width=0), "at least 1, but got 0"),
        (lambda: to_binary_mask(LEFT, "no color"), "got 'no color'"),
        (lambda: to_binary_mask(None), "Expect a Segmentation .* got None"),
        (lambda: to_binary_mask("people"), "Expect a Segmentation .* got 'people'"),
        (lambda: draw_mask(IMAGE, None, 2), "mask_opacity must be a number from 0 to 1, but got 2"),
        (lambda: draw_mask(IMAGE, None, 0.5, -1), "mask_blur_amount .* 0 to 250 .* got -1"),
        (lambda: draw_pixelated_mask(IMAGE, None, pixel_cell_width=0), "at least 1, but got 0"),
        (lambda: draw_bokeh_effect(IMAGE, [], -0.1), "from 0 to 1, but got -0.1"),
        (lambda: draw_bokeh_effect(IMAGE, LEFT, 0.5, math.nan), "background_blur_amount .* nan"),
        (lambda: blur_body_part(IMAGE, LEFT, [-1]), r"\[0, 255\] but got -1"),
        (lambda: to_color((1, 2)), r"three or four whole numbers .* got \(1, 2\)"),
        (lambda: to_color((1, 2, 300)), "got"),
        (lambda: body_pix_mask_value_to_rainbow_color(24), r"\[0, 24\) but got 24"),
        (lambda: body_pix_mask_value_to_rainbow_color(0.5), "integer .* got 0.5"),
    ],
)
def test_what_is_out_of_range_is_refused_with_what_is_allowed(
    call: Callable[[], object], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        call()


@pytest.mark.parametrize("mask", [IMAGE, IMAGE.astype(float), np.zeros((12, 16, 4))])
def test_a_mask_image_is_rgba(mask: NDArray[Any]) -> None:
    with pytest.raises(InvalidImageError, match="Expect mask_image to be RGBA"):
        draw_mask(IMAGE, mask)


def test_masks_of_two_pictures_are_not_drawn_together() -> None:
    with pytest.raises(InvalidImageError, match="one image, but got sizes 1x1, 2x1"):
        to_binary_mask([segmentation([[1]]), segmentation([[1, 1]])])


def test_colors_are_understood_as_people_write_them() -> None:
    assert to_color("teal") == Color(0, 128, 128)
    assert to_color("#00a3a380") == Color(0, 163, 163, 128)
    assert to_color([1, 2, 3]) == Color(1, 2, 3, 255)


def test_a_mirrored_picture_keeps_its_alpha_with_its_pixels() -> None:
    alpha = np.tile(np.arange(16, dtype=np.uint8), (12, 1))
    rgba = np.dstack([IMAGE, alpha])
    drawn = draw_bokeh_effect(rgba, LEFT, flip_horizontal=True)
    assert (drawn == draw_bokeh_effect(rgba, LEFT)[:, ::-1]).all()


def test_alpha_is_turned_as_the_pixels_are_and_read_from_palettes() -> None:
    rgba = Image.fromarray(np.dstack([IMAGE, np.full((12, 16), 7, np.uint8)]))
    rgba.getexif()[274] = 6  # lies on its side
    drawn = draw_mask(rgba, None)
    assert drawn.size == (12, 16)
    palette = Image.new("P", (2, 1), 0)
    palette.info["transparency"] = 0
    assert np.asarray(draw_mask(palette, None))[..., 3].tolist() == [[0, 0]]
