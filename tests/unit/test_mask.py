from __future__ import annotations

import base64
import sys

import numpy as np
import pytest

from bodyseg_widgets.errors import (
    InvalidImageError,
    InvalidOptionError,
    MissingDependencyError,
)
from bodyseg_widgets.segmentation import Mask, PackedLevels, Region, Segmentation

RAMP = np.linspace(0, 1, 4, dtype=np.float32).reshape(2, 2)


def mask_of(source: np.ndarray, size: tuple[int, int] = (2, 2)) -> Mask:
    return Mask(source.copy(), size=size, model_size=(2, 2))


def test_a_small_mask_is_resized_with_pixel_centers_aligned() -> None:
    row = np.array([[0, 1]], np.float32)
    mask = Mask(row, size=(1, 4), model_size=(1, 2))
    np.testing.assert_allclose(mask.probability, [[0, 0.25, 0.75, 1]])
    np.testing.assert_array_equal(mask.model_probability, [[0, 1]])


def test_a_full_size_mask_is_resized_to_the_network() -> None:
    mask = mask_of(np.full((4, 6), 0.5, np.float32), size=(4, 6))
    np.testing.assert_array_equal(mask.model_probability, np.full((2, 2), 0.5))
    assert mask.probability.shape == (4, 6)


def test_a_probability_is_computed_once_and_read_only() -> None:
    mask = mask_of(RAMP, size=(8, 8))
    assert mask.probability is mask.probability
    for probability in (mask.probability, mask.model_probability):
        with pytest.raises(ValueError, match="read-only"):
            probability[0, 0] = 1


def test_outside_of_its_region_a_mask_is_0() -> None:
    region = Region(left=3, top=1, width=2, height=4)
    mask = Mask(np.ones((4, 2), np.float32), size=(6, 8), model_size=(2, 1), region=region)
    expected = np.zeros((6, 8))
    expected[1:5, 3:5] = 1
    np.testing.assert_array_equal(mask.probability, expected)
    np.testing.assert_array_equal(mask.model_probability, np.ones((2, 1)))
    assert mask.region == region
    with pytest.raises(ValueError, match="read-only"):
        mask.probability[0, 0] = 1


def test_the_region_is_the_whole_picture_unless_told() -> None:
    assert mask_of(RAMP, size=(8, 6)).region == Region(0, 0, 6, 8)


def test_a_source_of_another_shape_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\(8, 8\).*\(2, 2\).*got \(3, 3\)"):
        mask_of(np.zeros((3, 3), np.float32), size=(8, 8))


def test_image_data_is_red_label_and_rounded_alpha() -> None:
    expected = [[[255, 0, 0, 0], [255, 0, 0, 85]], [[255, 0, 0, 170], [255, 0, 0, 255]]]
    assert mask_of(RAMP).to_image_data().tolist() == expected


def test_alpha_is_rounded_to_the_nearest() -> None:
    source = np.array([[0.499 / 255, 0.501 / 255], [254.499 / 255, 254.501 / 255]], np.float32)
    assert mask_of(source).to_image_data()[..., 3].tolist() == [[0, 1], [254, 255]]


def test_image_data_may_be_changed() -> None:
    mask = mask_of(RAMP)
    mask.to_image_data()[:] = 7
    assert mask.to_image_data()[0, 0].tolist() == [255, 0, 0, 0]


def test_the_canvas_image_keeps_every_value() -> None:
    image = mask_of(RAMP).to_canvas_image_source()
    assert (image.mode, image.size) == ("RGBA", (2, 2))
    np.testing.assert_array_equal(np.asarray(image), mask_of(RAMP).to_image_data())


def test_without_tensorflow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(MissingDependencyError, match=r'"bodyseg-widgets\[tensorflow\]"'):
        mask_of(RAMP).to_tensor()


@pytest.mark.parametrize("value", [0, 24, 255, np.uint8(7), np.int64(255)])
def test_every_selfie_value_means_person(value: object) -> None:
    assert Segmentation(mask_of(RAMP)).mask_value_to_label(value) == "person"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (-1, r"Mask value must be in range \[0, 255\] but got -1$"),
        (256, r"Mask value must be in range \[0, 255\] but got 256$"),
        (1.5, r"Mask value must be an integer but got 1\.5$"),
        (True, r"Mask value must be an integer but got True$"),
        ("7", r"Mask value must be an integer but got 7$"),
        (None, r"Mask value must be an integer but got None$"),
    ],
)
def test_a_value_that_no_mask_holds_is_refused(value: object, message: str) -> None:
    with pytest.raises(InvalidOptionError, match=message):
        Segmentation(mask_of(RAMP)).mask_value_to_label(value)


def test_a_mask_of_several_labels_keeps_them_beside_their_probabilities() -> None:
    data = np.zeros((2, 3, 4), np.uint8)
    data[..., 0] = [[0, 1, 24], [23, 5, 24]]
    data[..., 3] = [[255, 128, 0], [1, 254, 0]]
    mask = Mask.from_image_data(data)
    assert (mask.to_image_data() == data).all()
    assert mask.values is not None
    assert mask.values.tolist() == [[0, 1, 24], [23, 5, 24]]
    assert not mask.values.flags.writeable


@pytest.mark.parametrize("data", [np.zeros((2, 3, 3), np.uint8), np.zeros((2, 3, 4))])
def test_image_data_of_a_mask_is_rgba(data: np.ndarray) -> None:
    with pytest.raises(InvalidImageError, match=r"uint8 with shape \(height, width, 4\), but got"):
        Mask.from_image_data(data)


def test_label_values_may_be_given_at_the_networks_resolution() -> None:
    values = np.array([[3, 9]], np.uint8)
    mask = Mask(np.ones((1, 2), np.float32), size=(2, 4), model_size=(1, 2), values=values)
    assert mask.values is not None
    assert mask.values.tolist() == [[3, 3, 9, 9]] * 2
    assert mask.model_values is values
    assert mask.to_image_data()[0, :, 0].tolist() == [3, 3, 9, 9]


def test_label_values_of_the_pictures_size_are_reduced_without_a_value_between_two() -> None:
    values = np.repeat([[3, 9]], [2, 4], axis=1).astype(np.uint8)
    mask = Mask(np.ones((1, 3), np.float32), size=(1, 6), model_size=(1, 3), values=values)
    assert mask.model_values is not None
    assert mask.model_values.tolist() == [[3, 9, 9]]
    assert mask.values is values


def test_label_values_cover_the_region_that_the_network_saw() -> None:
    mask = Mask(
        np.ones((1, 1), np.float32),
        size=(1, 4),
        model_size=(1, 1),
        region=Region(1, 0, 2, 1),
        values=np.array([[7]], np.uint8),
    )
    assert mask.values is not None
    assert mask.values.tolist() == [[0, 7, 7, 0]]


def test_a_mask_of_people_alone_has_no_label_values() -> None:
    mask = mask_of(RAMP, size=(8, 8))
    assert (mask.values, mask.model_values) == (None, None)


def test_label_values_of_neither_size_are_refused() -> None:
    with pytest.raises(ValueError, match=r"values of shape \(4, 4\) .* \(2, 2\) .* got \(3, 3\)"):
        Mask(
            np.zeros((2, 2), np.float32),
            size=(4, 4),
            model_size=(2, 2),
            values=np.zeros((3, 3), np.uint8),
        )


def test_with_another_probability_a_mask_keeps_the_rest() -> None:
    region = Region(1, 0, 2, 2)
    values = np.zeros((1, 2), np.uint8)
    mask = Mask(
        np.ones((1, 2), np.float32), size=(2, 4), model_size=(1, 2), region=region, values=values
    )
    other = mask.with_source(np.full((1, 2), 0.25, np.float32))
    assert (other.size, other.model_size, other.region) == ((2, 4), (1, 2), region)
    assert other.model_values is values
    assert other.levels.tolist() == [[64, 64]]


def test_a_value_means_what_the_segmentations_labels_say() -> None:
    parts = Segmentation(mask_of(RAMP), {0: "left_face", 23: "right_feet"})
    assert parts.mask_value_to_label(np.uint8(23)) == "right_feet"
    with pytest.raises(InvalidOptionError, match=r"24 has no label.*0 \(left_face\), 23"):
        parts.mask_value_to_label(24)


@pytest.mark.parametrize("shape", [(1, 1), (144, 256), (221, 295)])
def test_packed_levels_are_unpacked_to_the_bit(shape: tuple[int, int]) -> None:
    levels = np.random.default_rng(3).integers(0, 256, shape, np.uint8)
    mask = Mask.from_levels(levels, size=(480, 640))
    again = Mask.from_packed(mask.packed, size=(480, 640))
    np.testing.assert_array_equal(again.levels, levels)
    np.testing.assert_array_equal(again.probability, mask.probability)
    assert again.packed is mask.packed
    assert mask.packed is mask.packed, "it is packed once"
    with pytest.raises(ValueError, match="read-only"):
        again.levels[0, 0] = 1


def test_levels_that_are_no_contiguous_array_are_packed_row_by_row() -> None:
    levels = np.arange(24, dtype=np.uint8).reshape(4, 6)[:, ::2]
    np.testing.assert_array_equal(PackedLevels.of(levels).unpacked(), levels)


def test_the_page_unpacks_the_same() -> None:
    # frontend/test/source/result.test.ts has the same bytes.
    data = base64.b64decode("eAFjwAQ8H/5HMQCB3P//JxiAgH3Lf2YGGAAAixIG9w==")
    levels = np.zeros((6, 8), np.uint8)
    levels[2:5, 3:7] = [[12, 240, 255, 90], [30, 255, 255, 200], [7, 180, 255, 3]]
    np.testing.assert_array_equal(PackedLevels(data, (6, 8)).unpacked(), levels)


@pytest.mark.parametrize("shape", [(4, 4), (2, 3)])
@pytest.mark.parametrize("data", [b"", b"levels", PackedLevels.of(np.zeros((3, 3), np.uint8)).data])
def test_what_is_no_packed_mask_of_its_shape_is_refused(
    data: bytes, shape: tuple[int, int]
) -> None:
    with pytest.raises(InvalidImageError, match=rf"{len(data)} bytes cannot be unpacked"):
        PackedLevels(data, shape).unpacked()
