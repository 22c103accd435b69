"""How masks compare, against numpy's plain formulas on the same masks."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from bodyseg_widgets import (
    InvalidOptionError,
    Mask,
    Region,
    intersection_over_union,
    mean_absolute_difference,
)
from bodyseg_widgets.evaluation import (
    BOTH,
    NEITHER,
    ONLY_A,
    ONLY_B,
    agreement,
    compare_all,
    coverage,
    cutoff,
    is_person,
    levels_at_image_size,
    profile,
    sweep,
)

SIZE = (12, 16)
REGIONS = [None, Region(0, 0, 16, 12), Region(3, 2, 9, 7), Region(8, 4, 8, 8)]
THRESHOLDS = [0.0, 0.1, 0.3, 0.5, 0.7, 0.999, 1.0]


def random_mask(seed: int, region: Region | None = None) -> Mask:
    levels = np.random.default_rng(seed).integers(0, 256, (6, 8), dtype=np.uint8)
    return Mask.from_levels(levels, size=SIZE, region=region)


def plain_person(mask: Mask, threshold: float) -> np.ndarray:
    """The rule, spelled out step by step."""
    return mask.to_image_data()[..., 3] >= np.floor(255 * threshold + 0.5)


@pytest.fixture(params=range(len(REGIONS)))
def pair(request: pytest.FixtureRequest) -> tuple[Mask, Mask]:
    return random_mask(1), random_mask(2, REGIONS[request.param])


@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_a_person_is_where_the_8_bit_probability_reaches_the_threshold(
    pair: tuple[Mask, Mask], threshold: float
) -> None:
    for mask in pair:
        person = is_person(mask, threshold)
        np.testing.assert_array_equal(person, plain_person(mask, threshold))
        assert coverage(mask, threshold) == pytest.approx(person.mean(), abs=1e-12)


def test_a_probability_is_rounded_before_it_is_cut() -> None:
    just_below, below = np.float32(127.6 / 255), np.float32(127.4 / 255)
    assert is_person(np.array([[just_below, below]]), 0.5).tolist() == [[True, False]]


@pytest.mark.parametrize(
    ("threshold", "lowest"), [(0, 0), (0.1, 26), (0.3, 77), (0.5, 128), (1, 255)]
)
def test_a_threshold_is_rounded_as_javascript_does_it(threshold: float, lowest: int) -> None:
    assert cutoff(threshold) == lowest


def test_8_bit_probabilities_are_the_alpha_of_the_image_data(pair: tuple[Mask, Mask]) -> None:
    for mask in pair:
        np.testing.assert_array_equal(levels_at_image_size(mask), mask.to_image_data()[..., 3])


@pytest.mark.parametrize(("threshold_a", "threshold_b"), [(0.5, 0.5), (0.2, 0.9), (0.0, 1.0)])
def test_intersection_over_union_is_numpys(
    pair: tuple[Mask, Mask], threshold_a: float, threshold_b: float
) -> None:
    a, b = plain_person(pair[0], threshold_a), plain_person(pair[1], threshold_b)
    iou = intersection_over_union(*pair, threshold_a=threshold_a, threshold_b=threshold_b)
    assert iou == pytest.approx((a & b).sum() / (a | b).sum(), abs=1e-6)


def test_mean_absolute_difference_is_numpys(pair: tuple[Mask, Mask]) -> None:
    a, b = (mask.probability.astype(np.float64) for mask in pair)
    assert mean_absolute_difference(*pair) == pytest.approx(np.abs(a - b).mean(), abs=1e-6)


def test_a_reference_may_say_of_each_pixel_whether_it_is_a_person() -> None:
    mask, person = random_mask(1), plain_person(random_mask(2), 0.5)
    as_probability = person.astype(np.float32)
    assert intersection_over_union(mask, person) == intersection_over_union(mask, as_probability)
    assert coverage(person, 1.0) == person.mean()
    np.testing.assert_array_equal(sweep(person).coverage[1:], np.float32(person.mean()))


def test_two_masks_without_people_agree() -> None:
    no_one = np.zeros(SIZE, np.float32)
    assert intersection_over_union(no_one, no_one) == 1
    assert intersection_over_union(no_one, random_mask(1)) == 0


def test_agreement_says_of_each_pixel_who_sees_a_person(pair: tuple[Mask, Mask]) -> None:
    a, b = plain_person(pair[0], 0.4), plain_person(pair[1], 0.6)
    seen = agreement(*pair, threshold_a=0.4, threshold_b=0.6)
    assert seen.dtype == np.uint8
    for value, where in ((NEITHER, ~a & ~b), (ONLY_A, a & ~b), (ONLY_B, ~a & b), (BOTH, a & b)):
        np.testing.assert_array_equal(seen == value, where)


def test_all_pairs_have_the_values_of_each_pair_alone() -> None:
    masks = {f"model {each}": random_mask(each, region) for each, region in enumerate(REGIONS)}
    thresholds = {name: 0.3 + 0.1 * each for each, name in enumerate(masks)}
    pairs = compare_all(masks, thresholds)
    assert [(pair.a, pair.b) for pair in pairs] == [*combinations(masks, 2)]
    for pair in pairs:
        a, b = masks[pair.a], masks[pair.b]
        expected = intersection_over_union(
            a, b, threshold_a=thresholds[pair.a], threshold_b=thresholds[pair.b]
        )
        assert pair.iou == pytest.approx(expected, abs=1e-6)
        assert pair.mean_absolute_difference == pytest.approx(mean_absolute_difference(a, b))


def test_masks_of_different_pictures_are_refused_by_their_names() -> None:
    small, large = np.zeros((3, 4), np.float32), random_mask(1)
    with pytest.raises(InvalidOptionError, match="'a' of 4 x 3 pixels, 'b' of 16 x 12 pixels"):
        intersection_over_union(small, large)
    with pytest.raises(InvalidOptionError, match="'full' of 16 x 12 pixels, 'lite' of 4 x 3"):
        compare_all({"full": large, "lite": small}, {"full": 0.5, "lite": 0.5})
    for compare in (mean_absolute_difference, agreement):
        with pytest.raises(InvalidOptionError, match="of the same image"):
            compare(small, large)


@pytest.mark.parametrize("threshold", [-0.1, 1.1, float("nan")])
def test_a_threshold_that_is_no_probability_is_refused(threshold: float) -> None:
    with pytest.raises(InvalidOptionError, match=f"from 0 to 1, but got {threshold}"):
        coverage(random_mask(1), threshold)


def test_a_missing_threshold_is_named() -> None:
    with pytest.raises(InvalidOptionError, match="got none for 'full'"):
        compare_all({"lite": random_mask(1), "full": random_mask(2)}, {"lite": 0.5})


@pytest.mark.parametrize("array", [np.zeros((2, 2)), np.zeros((2, 2, 1), np.float32)])
def test_arrays_of_another_kind_are_refused(array: np.ndarray) -> None:
    with pytest.raises(InvalidOptionError, match=r"float32 with shape \(height, width\)"):
        is_person(array, 0.5)


@pytest.mark.parametrize(
    ("start", "end"),
    [((0, 5), (15, 5)), ((7, 0), (7, 11)), ((2, 1), (12, 11)), ((12, 11), (2, 1))],
    ids=["horizontal", "vertical", "diagonal", "backwards"],
)
def test_a_profile_through_pixels_has_their_values(
    pair: tuple[Mask, Mask], start: tuple[int, int], end: tuple[int, int]
) -> None:
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1])) + 1
    x, y = np.linspace(start[0], end[0], steps), np.linspace(start[1], end[1], steps)
    for mask in pair:
        distance, probability = profile(mask, start, end, samples=steps)
        expected = mask.probability[y.astype(int), x.astype(int)]
        np.testing.assert_allclose(probability, expected, atol=1e-6)
        np.testing.assert_allclose(distance, np.hypot(x - start[0], y - start[1]), atol=1e-5)
        assert distance.dtype == probability.dtype == np.float32


def test_between_pixels_a_profile_goes_evenly() -> None:
    mask = random_mask(1)
    _, (left, middle, right) = profile(mask, (3, 4), (4, 4), samples=3)
    assert middle == pytest.approx((left + right) / 2, abs=1e-6)
    _, (first, *_) = profile(mask, (3.5, 4.5), (4, 5))
    assert first == pytest.approx(mask.probability[4:6, 3:5].mean(), abs=1e-6)


def test_a_profile_reaches_the_edges_of_the_picture() -> None:
    mask = random_mask(1)
    _, probability = profile(mask, (-0.5, 0), (15.5, 0))
    assert probability[[0, -1]] == pytest.approx(mask.probability[0, [0, -1]])


def test_a_profile_has_about_one_sample_for_each_pixel() -> None:
    distance, _ = profile(random_mask(1), (0, 0), (15, 0))
    np.testing.assert_allclose(distance, np.arange(16), atol=1e-5)
    assert profile(random_mask(1), (3, 3), (3, 3))[0].tolist() == [0, 0]


def test_a_line_out_of_the_picture_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match=r"16 x 12 pixels, but got \(16, 3\)"):
        profile(random_mask(1), (0, 0), (16, 3))
    with pytest.raises(InvalidOptionError, match="at least 2"):
        profile(random_mask(1), (0, 0), (1, 1), samples=1)


def test_a_sweep_is_what_each_threshold_gives_by_itself(pair: tuple[Mask, Mask]) -> None:
    mask, other = pair
    reference = is_person(other, 0.5)
    swept = sweep(mask, reference)
    assert swept.iou is not None
    np.testing.assert_allclose(swept.thresholds, np.arange(256) / 255, atol=1e-7)
    for threshold, share, iou in zip(swept.thresholds, swept.coverage, swept.iou, strict=True):
        person = is_person(mask, float(threshold))
        assert share == pytest.approx(person.mean(), abs=1e-6)
        expected = (person & reference).sum() / (person | reference).sum()
        assert iou == pytest.approx(expected, abs=1e-6)


def test_a_sweep_where_no_one_is_agrees_with_no_one() -> None:
    swept = sweep(Mask.from_levels(np.zeros((2, 2), np.uint8), size=(2, 2)), np.zeros((2, 2), bool))
    assert swept.iou is not None
    # At threshold 0 everything is a person.
    assert swept.iou.tolist() == [0] + [1] * 255
    assert swept.coverage.tolist() == [1] + [0] * 255


def test_a_sweep_needs_no_reference_and_refuses_one_of_another_picture() -> None:
    assert sweep(random_mask(1)).iou is None
    with pytest.raises(InvalidOptionError, match=r"\(12, 16\), but got one with .*\(2, 2\)"):
        sweep(random_mask(1), np.zeros((2, 2), bool))
