"""Masks of a video that do not flicker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import InvalidImageError, InvalidOptionError, Mask, Segmentation
from bodyseg_widgets.rendering.smoothing import MaskSmoother
from bodyseg_widgets.segmentation import Region
from bodyseg_widgets.segmentation.smoothing import smooth_mask

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZE = (8, 12)


def people(
    probability: float | np.ndarray,
    model_size: tuple[int, int] = (4, 6),
    size: tuple[int, int] = SIZE,
    region: Region | None = None,
    values: np.ndarray | None = None,
) -> Segmentation:
    source = np.broadcast_to(np.float32(probability), model_size).copy()
    return Segmentation(
        Mask(source, size=size, model_size=model_size, region=region, values=values)
    )


def smoothed(*frames: Segmentation, ratio: float = 0.7) -> Segmentation:
    """Return the last of several frames after smoothing."""
    smoother = MaskSmoother(ratio)
    return [smoother(frame) for frame in frames][-1]


def all_smoothed(*frames: Sequence[Segmentation]) -> list[Segmentation]:
    """The same of several people."""
    smoother = MaskSmoother()
    return [smoother(frame) for frame in frames][-1]


def probability(segmentation: Segmentation) -> np.ndarray:
    return segmentation.mask.probability


def test_the_first_frame_is_as_it_was() -> None:
    first = people(0.5)
    assert smoothed(first).mask is first.mask


def test_where_a_mask_is_unsure_it_takes_some_of_the_one_before() -> None:
    np.testing.assert_allclose(probability(smoothed(people(1), people(0.5))), 0.85, atol=1e-6)


def test_the_one_before_is_the_smoothed_one() -> None:
    third = smoothed(people(1), people(0.5), people(0.5))
    np.testing.assert_allclose(probability(third), 0.5 + 0.35 * 0.7, atol=1e-6)


def test_who_moves_leaves_no_trail() -> None:
    gone = smoothed(people(1), people(0))
    assert probability(gone).max() < 1e-4


def test_flicker_becomes_less() -> None:
    rng = np.random.default_rng(3)
    smoother = MaskSmoother()
    given, made = [], []
    for _ in range(60):
        frame = people(np.clip(0.5 + 0.1 * rng.standard_normal((4, 6)), 0, 1))
        given.append(probability(frame))
        made.append(probability(smoother(frame)))
    assert np.std(made[10:], axis=0).mean() < 0.6 * np.std(given[10:], axis=0).mean()


@pytest.mark.parametrize(("ratio", "expected"), [(0, 0.5), (1, 1)])
def test_ratios_at_the_ends_take_nothing_and_all(ratio: float, expected: float) -> None:
    second = smoothed(people(1), people(0.5), ratio=ratio)
    np.testing.assert_allclose(probability(second), expected, atol=1e-6)


def test_the_formula_is_upstreams_in_the_networks_own_pixels() -> None:
    rng = np.random.default_rng(4)
    before, after = rng.random((2, 4, 6), np.float32)
    second = smoothed(people(before), people(after))
    np.testing.assert_array_equal(second.mask.model_probability, smooth_mask(after, before))


def test_what_else_a_mask_has_is_kept() -> None:
    values = np.arange(96, dtype=np.uint8).reshape(SIZE)
    region = Region(2, 1, 6, 4)
    second = people(0.5, region=region, values=values)
    second = Segmentation(second.mask, {7: "hand"})
    made = smoothed(people(1), second)
    assert made.mask.values is values
    assert (made.mask.size, made.mask.model_size, made.mask.region) == (SIZE, (4, 6), region)
    assert made.mask_value_to_label(7) == "hand"
    assert probability(second).max() == 0.5


# --- regions


def test_a_region_that_moved_is_mixed_where_it_was() -> None:
    before = people(1, (4, 4), region=Region(0, 0, 4, 4))
    after = people(0.5, (4, 4), region=Region(2, 0, 4, 4))
    made = smoothed(before, after)
    assert made.mask.region == Region(2, 0, 4, 4)
    np.testing.assert_allclose(probability(made)[:4, 2:4], 0.85, atol=1e-6)
    np.testing.assert_allclose(probability(made)[:4, 4:6], 0.15, atol=1e-6)
    assert not probability(made)[4:].any()


def test_masks_of_other_resolutions_are_mixed_place_by_place() -> None:
    left = np.repeat(np.float32([[1, 1, 0, 0]]), 4, axis=0)
    made = smoothed(people(left, (4, 4)), people(0.5, (8, 12)))
    np.testing.assert_allclose(probability(made)[:, :4], 0.85, atol=1e-6)
    np.testing.assert_allclose(probability(made)[:, 8:], 0.15, atol=1e-6)


def test_a_region_without_pixels_is_no_one() -> None:
    empty = people(0, (0, 0), region=Region(3, 3, 0, 0))
    half = people(0.5, (4, 4), region=Region(0, 0, 4, 4))
    assert not probability(smoothed(half, empty)).any()
    made = smoothed(half, empty, half)
    np.testing.assert_allclose(probability(made)[:4, :4], 0.15, atol=1e-6)


# --- several people, several videos


def test_people_go_on_from_those_at_their_places() -> None:
    made = all_smoothed([people(1), people(0)], (people(0.5), people(0.5)))
    assert isinstance(made, list)
    assert [probability(each)[0, 0] for each in made] == pytest.approx([0.85, 0.15], abs=1e-6)


@pytest.mark.parametrize(
    "before",
    [[], [people(1)], [people(1)] * 3, [people(1, size=(8, 13))] * 2],
    ids=["no one", "fewer", "more", "another size"],
)
def test_another_number_or_size_begins_again(before: list[Segmentation]) -> None:
    frame = [people(0.5), people(0.5)]
    made = all_smoothed(before, frame)
    assert [each.mask for each in made] == [each.mask for each in frame]


def test_no_one_stays_no_one() -> None:
    assert all_smoothed([]) == []
    assert probability(all_smoothed([people(1)], [], [people(0.5)])[0]).max() == 0.5


def test_after_a_reset_the_next_frame_is_the_first() -> None:
    smoother = MaskSmoother()
    smoother(people(1))
    smoother.reset()
    assert probability(smoother(people(0.5))).max() == 0.5


# --- what is refused


@pytest.mark.parametrize("ratio", [-0.1, 1.1, float("nan")])
def test_a_ratio_is_a_share(ratio: float) -> None:
    with pytest.raises(InvalidOptionError, match="ratio must be a number from 0 to 1, but got"):
        MaskSmoother(ratio)


def test_what_is_refused_leaves_the_video_as_it_is() -> None:
    smoother = MaskSmoother()
    smoother(people(1))
    with pytest.raises(InvalidOptionError, match="Expect a Segmentation"):
        smoother(None)  # type: ignore[call-overload]
    with pytest.raises(InvalidImageError, match="of one image"):
        smoother([people(1), people(1, size=(8, 13))])
    assert probability(smoother(people(0.5))).max() == pytest.approx(0.85, abs=1e-6)
