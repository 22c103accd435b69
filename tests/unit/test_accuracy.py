"""What masks are measured by, against plain formulas and cases worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, Mask
from bodyseg_widgets.evaluation import (
    boundary,
    boundary_f_scores,
    calibration,
    change_along_motion,
    count_levels,
    cutoff,
    flicker,
    is_person,
    mean_interval,
    motion,
    still_pixels,
)

EXACT = 1e-9
SIZE = (37, 53)


def random_mask(seed: int) -> Mask:
    levels = np.random.default_rng(seed).integers(0, 256, (9, 11), dtype=np.uint8)
    return Mask.from_levels(levels, size=SIZE)


def random_person(seed: int) -> np.ndarray:
    """Blobs, as people are."""
    return is_person(random_mask(seed), 0.5)


# --- IoU, precision, recall ----------------------------------------------------------------


@pytest.mark.parametrize("threshold", [0, 0.1, 0.5, 0.77, 1])
@pytest.mark.parametrize("seed", range(4))
def test_iou_precision_and_recall_are_those_of_the_definition(seed: int, threshold: float) -> None:
    mask, reference = random_mask(seed), random_person(seed + 100)
    found = is_person(mask, threshold)
    true_positives = sum(bool(f and t) for f, t in zip(found.flat, reference.flat, strict=True))
    either = sum(bool(f or t) for f, t in zip(found.flat, reference.flat, strict=True))
    counts = count_levels(mask, reference)
    assert counts.iou(threshold) == pytest.approx(true_positives / either, abs=EXACT)
    assert counts.ious()[cutoff(threshold)] == counts.iou(threshold)
    assert counts.recall(threshold) == pytest.approx(true_positives / reference.sum(), abs=EXACT)
    if found.any():
        expected = true_positives / found.sum()
        assert counts.precision(threshold) == pytest.approx(expected, abs=EXACT)


def test_where_there_is_no_one_iou_is_1_and_precision_and_recall_have_no_value() -> None:
    counts = count_levels(np.zeros((4, 4), np.float32), np.zeros((4, 4), bool))
    assert counts.iou(0.5) == 1
    assert math.isnan(counts.precision(0.5))
    assert math.isnan(counts.recall(0.5))


def test_counts_of_two_masks_add_up_to_those_of_both() -> None:
    one, other = random_mask(1), random_mask(2)
    references = random_person(3), random_person(4)
    together = count_levels(
        np.vstack([one.probability, other.probability]), np.vstack([references[0], references[1]])
    )
    added = count_levels(one, references[0]) + count_levels(other, references[1])
    np.testing.assert_array_equal(added.inside, together.inside)
    np.testing.assert_array_equal(added.outside, together.outside)


def test_a_truth_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match=r"image's shape \(37, 53\)"):
        count_levels(random_mask(1), np.zeros((3, 3), bool))


# --- boundary ------------------------------------------------------------------------------


def plain_boundary(person: np.ndarray) -> list[tuple[int, int]]:
    height, width = person.shape
    return [
        (row, column)
        for row, column in np.argwhere(person).tolist()
        if any(
            0 <= row + down < height
            and 0 <= column + right < width
            and not person[row + down, column + right]
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0))
        )
    ]


def plain_f_score(person: np.ndarray, reference: np.ndarray, tolerance: float) -> float:
    found, wanted = plain_boundary(person), plain_boundary(reference)

    def near(some: list[tuple[int, int]], others: list[tuple[int, int]]) -> float:
        close = [
            any((a - c) ** 2 + (b - d) ** 2 <= tolerance**2 for c, d in others) for a, b in some
        ]
        return sum(close) / len(close)

    precision, recall = near(found, wanted), near(wanted, found)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0


@pytest.mark.parametrize("seed", range(6))
def test_the_boundary_f_score_is_that_of_the_definition(seed: int) -> None:
    person, reference = random_person(seed), random_person(seed + 50)
    assert sorted(map(tuple, np.argwhere(boundary(person)).tolist())) == plain_boundary(person)
    scores = boundary_f_scores(person, reference, (0, 1, 2, 5))
    for score, tolerance in zip(scores, (0, 1, 2, 5), strict=True):
        assert score == pytest.approx(plain_f_score(person, reference, tolerance), abs=EXACT)


def test_a_square_that_is_moved_by_three_pixels_is_outside_of_2_and_within_5() -> None:
    one, other = np.zeros((2, 40, 60), bool)
    one[5:35, 10:30] = other[5:35, 13:33] = True
    # Each outline has 96 pixels. Of the 20 of its upper and of its lower row, 19 are near the other
    # row; of the two columns, which are 3 apart, the two pixels at each end that is near a row.
    assert boundary_f_scores(one, other) == pytest.approx(((19 * 2 + 2 * 2) / 96, 1), abs=EXACT)


def test_an_outline_that_only_one_has_scores_0_and_none_at_all_scores_1() -> None:
    nobody, somebody = np.zeros(SIZE, bool), random_person(1)
    assert boundary_f_scores(nobody, nobody) == (1, 1)
    assert boundary_f_scores(nobody, somebody) == (0, 0)
    assert boundary_f_scores(somebody, nobody) == (0, 0)


def test_the_edge_of_the_picture_is_no_outline() -> None:
    assert not boundary(np.ones((4, 4), bool)).any()


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match="at least 0"):
        boundary_f_scores(random_person(1), random_person(2), [-1])


# --- calibration ---------------------------------------------------------------------------


@pytest.mark.parametrize("bins", [1, 2, 7, 10, 256])
def test_the_reliability_curve_is_that_of_the_definition(bins: int) -> None:
    mask, reference = random_mask(3), random_person(4)
    levels = np.rint(mask.probability * 255).astype(int).ravel()
    curve = calibration(count_levels(mask, reference), bins)
    error = 0.0
    for number in range(bins):
        # In whole numbers: 255 * number / bins <= level < 255 * (number + 1) / bins
        inside = (levels * bins >= 255 * number) & (
            (levels * bins < 255 * (number + 1)) | (number == bins - 1)
        )
        assert curve.pixels[number] == inside.sum()
        if inside.any():
            probability, share = (levels[inside] / 255).mean(), reference.ravel()[inside].mean()
            assert curve.probability[number] == pytest.approx(probability, abs=EXACT)
            assert curve.share[number] == pytest.approx(share, abs=EXACT)
            error += inside.mean() * abs(probability - share)
        else:
            assert math.isnan(curve.share[number])
    assert curve.expected_error == pytest.approx(error, abs=EXACT)


def test_probabilities_that_mean_what_they_say_have_no_error() -> None:
    sure = np.array([[0.0, 0.0, 1.0, 1.0]], np.float32)
    assert calibration(count_levels(sure, sure > 0)).expected_error == 0
    assert calibration(count_levels(1 - sure, sure > 0)).expected_error == 1


@pytest.mark.parametrize("bins", [0, 257, 2.5, True])
def test_bins_that_cannot_be_are_refused(bins: int) -> None:
    with pytest.raises(InvalidOptionError, match="bins must be a whole number from 1 to 256"):
        calibration(count_levels(random_mask(1), random_person(2)), bins)


# --- videos --------------------------------------------------------------------------------


def test_flicker_counts_only_where_the_picture_is_still() -> None:
    before = np.array([[1, 1, 1, 0, 0, 0]], bool)
    after = np.array([[1, 1, 0, 1, 0, 1]], bool)
    everywhere = np.ones((1, 6), bool)
    assert flicker(before, after, everywhere) == pytest.approx(1 - 2 / 5, abs=EXACT)
    still = np.array([[1, 1, 0, 1, 1, 0]], bool)
    assert flicker(before, after, still) == pytest.approx(1 - 2 / 3, abs=EXACT)
    assert math.isnan(flicker(before, after, np.zeros((1, 6), bool)))


def test_the_noise_of_a_camera_is_still_and_a_moving_person_is_not() -> None:
    random = np.random.default_rng(1)
    room = random.integers(60, 200, (48, 64, 1), np.uint8).repeat(3, axis=2)
    noisy = (room.astype(int) + random.integers(-3, 4, room.shape)).clip(0, 255).astype(np.uint8)
    assert still_pixels(room, noisy).all()
    moved = room.copy()
    moved[10:30, 10:30] = 255 - moved[10:30, 10:30]
    assert not still_pixels(room, moved)[14:26, 14:26].all()
    assert still_pixels(room, moved)[40:, 40:].all()


def test_a_mask_that_goes_along_with_the_picture_does_not_change() -> None:
    # A texture that moves by 3 pixels to the right and 2 down.
    random = np.random.default_rng(2)
    coarse = random.integers(0, 256, (40, 50), np.uint8)
    wide = np.kron(coarse, np.ones((4, 4), np.uint8))[..., None].repeat(3, axis=2)
    before, after = wide[10:130, 10:170], wide[8:128, 7:167]
    mask = np.zeros(before.shape[:2], bool)
    mask[40:90, 40:100] = True
    along = np.roll(mask, (2, 3), axis=(0, 1))
    flow = motion(before, after)
    assert change_along_motion(mask, along, flow) < 0.03
    assert change_along_motion(mask, mask, flow) > 0.1


def test_frames_of_two_sizes_are_no_video() -> None:
    one, other = np.zeros((20, 20, 3), np.uint8), np.zeros((20, 30, 3), np.uint8)
    for compare in (still_pixels, motion):
        with pytest.raises(InvalidOptionError, match="two frames of one video"):
            compare(one, other)


# --- intervals -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "mean"),
    [
        (lambda random, n: random.normal(0.7, 0.1, n), 0.7),
        # As IoUs are: most are high, a few very low.
        (lambda random, n: random.beta(8, 1, n), 8 / 9),
    ],
    ids=["normal", "skewed"],
)
def test_an_interval_contains_the_true_mean_as_often_as_it_says(draw, mean: float) -> None:  # noqa: ANN001 - a lambda above
    random = np.random.default_rng(5)
    samples = 400
    inside = sum(
        interval.low <= mean <= interval.high
        for interval in (mean_interval(draw(random, 60)) for _ in range(samples))
    )
    # Three standard deviations of 400 draws at 0.95 are 0.033.
    assert 0.95 - 0.033 <= inside / samples <= 0.95 + 0.033


def test_frames_of_a_video_count_together() -> None:
    random = np.random.default_rng(6)
    samples, videos, frames = 200, 40, 10
    inside = 0
    for _ in range(samples):
        # What a video is like is most of the difference between its frames and others'.
        level = random.normal(0.5, 0.1, videos).repeat(frames)
        values = level + random.normal(0, 0.02, level.size)
        found = mean_interval(values, np.arange(videos).repeat(frames))
        inside += found.low <= 0.5 <= found.high
    assert 0.90 <= inside / samples <= 0.995
    alone = mean_interval(values)
    assert found.high - found.low > 2 * (alone.high - alone.low)


def test_an_interval_is_the_same_each_time_and_leaves_out_nan() -> None:
    values = [0.9, 0.8, math.nan, 0.7, 0.95]
    assert mean_interval(values) == mean_interval(values)
    assert mean_interval(values).count == 4
    assert mean_interval(values).mean == pytest.approx(0.8375, abs=EXACT)


@pytest.mark.parametrize(("values", "mean"), [([], math.nan), ([0.5], 0.5), ([0.5, 0.5], 0.5)])
def test_an_interval_of_few_values_says_what_it_can(values: list[float], mean: float) -> None:
    found = mean_interval(values)
    assert found.mean == mean or (math.isnan(found.mean) and math.isnan(mean))
    assert math.isnan(found.low) == (len(values) < 2)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_that_is_none_is_refused(confidence: float) -> None:
    with pytest.raises(InvalidOptionError, match="above 0 and below 1"):
        mean_interval([1, 2], confidence=confidence)
