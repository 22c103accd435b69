"""Smoothing over time: values, masks, and identities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets.pose.blazepose.estimate import Estimate
from bodyseg_widgets.pose.blazepose.filters import LowPass, OneEuro, OneEuroSettings
from bodyseg_widgets.pose.blazepose.identities import Identities
from bodyseg_widgets.pose.blazepose.masks import PersonMaskSmoother, PlacedMask, to_segmentation
from bodyseg_widgets.pose.blazepose.smoothing import LandmarkSmoother
from bodyseg_widgets.pose.blazepose.stillness import StillnessWatch
from bodyseg_widgets.segmentation import Region
from bodyseg_widgets.segmentation.smoothing import smooth_mask
from tests.pictures import read_rgb

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = OneEuroSettings(min_cutoff=0.05, beta=80)


def body_at(x: float, scale: float = 100.0) -> Estimate:
    body = np.full((33, 4), x)
    body[:, 1] = np.linspace(0, 100, 33)
    return Estimate(body, np.zeros((33, 4)), scale, None)


class TestLowPass:
    def test_first_values_pass(self) -> None:
        np.testing.assert_array_equal(LowPass()(np.array([3.0]), 0.1), [3.0])

    def test_then_it_moves_by_alpha(self) -> None:
        smooth = LowPass()
        smooth(np.array([0.0]), 0.1)
        assert smooth(np.array([1.0]), 0.1) == pytest.approx(0.1)
        assert smooth(np.array([1.0]), 0.1) == pytest.approx(0.19)


class TestOneEuro:
    def test_it_follows_upstreams_arithmetic(self) -> None:
        smooth = OneEuro(SETTINGS)
        smooth(np.array([10.0]), seconds=0.0, object_scale=200)
        speed_alpha = 1 / (1 + 30 / (2 * np.pi * 1.0))
        speed = speed_alpha * (5 / 200 * 30)
        cutoff = 0.05 + 80 * speed
        alpha = 1 / (1 + 30 / (2 * np.pi * cutoff))
        smoothed = smooth(np.array([15.0]), seconds=1 / 30, object_scale=200)
        assert smoothed == pytest.approx(10 + alpha * 5)

    def test_what_trembles_is_held(self) -> None:
        smooth = OneEuro(SETTINGS)
        tremble = [
            smooth(np.array([100 + (-1) ** at * 0.5]), seconds=at / 30, object_scale=400).item()
            for at in range(90)
        ]
        assert np.ptp(tremble[30:]) < 0.3

    def test_what_moves_is_followed(self) -> None:
        smooth = OneEuro(SETTINGS)
        for at in range(30):
            smoothed = smooth(np.array([at * 20.0]), seconds=at / 30, object_scale=400)
        assert smoothed == pytest.approx(29 * 20, abs=5)

    @pytest.mark.parametrize("seconds", [1.0, 0.5, 1.0 + 1e-9])
    def test_a_time_that_does_not_grow_leaves_values_and_filter_alone(self, seconds: float) -> None:
        smooth = OneEuro(SETTINGS)
        smooth(np.array([1.0]), seconds=1.0, object_scale=1)
        assert smooth(np.array([9.0]), seconds=seconds, object_scale=1) == 9.0
        later = smooth(np.array([1.0]), seconds=1.1, object_scale=1)
        assert later == 1.0

    def test_a_body_without_size_is_not_smoothed(self) -> None:
        smooth = OneEuro(SETTINGS)
        smooth(np.array([1.0]), seconds=0.0, object_scale=0)
        assert smooth(np.array([9.0]), seconds=0.1, object_scale=0) == 9.0


class TestLandmarkSmoother:
    def test_visibility_is_filtered_once_and_shared(self) -> None:
        smooth = LandmarkSmoother()
        first, second = body_at(0), body_at(1)
        smooth(first, 0.0)
        smoothed = smooth(second, 1 / 30)
        np.testing.assert_allclose(smoothed.body[:, 3], 0.1)
        np.testing.assert_allclose(smoothed.world[:, 3], 0.1)

    def test_it_keeps_scale_and_mask(self) -> None:
        estimate = body_at(3, scale=70)
        smoothed = LandmarkSmoother()(estimate, 0.0)
        assert (smoothed.object_scale, smoothed.mask) == (70, None)


class TestMaskSmoothing:
    @pytest.mark.parametrize(
        ("new", "expected"), [(0.25, 0.335303), (0.5, 0.454706), (0.75, 0.605121), (0.98, 0.972057)]
    )
    def test_golden_values(self, new: float, expected: float) -> None:
        previous = np.full((4, 4), 111 / 255, np.float32)
        mixed = smooth_mask(np.full((4, 4), new, np.float32), previous)
        np.testing.assert_allclose(mixed, expected, atol=1e-5)

    @pytest.mark.parametrize(
        ("probability", "uncertainty"),
        [(0, 4.3e-5), (0.1, 0.220383), (0.25, 0.657662), (0.5, 1), (0.9, 0.220383)],
    )
    def test_golden_uncertainties(self, probability: float, uncertainty: float) -> None:
        new = np.array([probability], np.float32)
        mixed = smooth_mask(new, new + 1, ratio=1.0)
        assert (mixed - new).item() == pytest.approx(uncertainty, abs=1e-5)

    def test_ratio_0_changes_nothing(self) -> None:
        new = np.linspace(0, 1, 16, dtype=np.float32)
        np.testing.assert_allclose(smooth_mask(new, 1 - new, ratio=0.0), new, atol=1e-7)

    def test_a_sure_mask_hardly_moves_as_mediapipe_expects(self, data_folder: Path) -> None:
        picture = read_rgb(data_folder / "mediapipe/segmentation_smoothing/binary_mask.png")
        new = picture[..., 0].astype(np.float32) / 255
        previous = np.full_like(new, 111 / 255)
        assert np.abs(smooth_mask(new, previous, ratio=1.0) - new).max() <= 3 / 255

    def test_a_mask_that_moved_is_mixed_where_it_was(self) -> None:
        smooth = PersonMaskSmoother()
        smooth(PlacedMask(np.ones((4, 4), np.float32), Region(0, 0, 4, 4)))
        half = np.full((4, 4), 0.5, np.float32)
        mixed = smooth(PlacedMask(half, Region(2, 0, 4, 4)))
        assert mixed.region == Region(2, 0, 4, 4)
        np.testing.assert_allclose(mixed.probability[:, :2], 0.85, atol=1e-6)
        np.testing.assert_allclose(mixed.probability[:, 2:], 0.15, atol=1e-6)

    def test_masks_apart_do_not_mix(self) -> None:
        smooth = PersonMaskSmoother()
        smooth(PlacedMask(np.ones((2, 2), np.float32), Region(0, 0, 2, 2)))
        new = PlacedMask(np.full((2, 2), 0.98, np.float32), Region(5, 5, 2, 2))
        np.testing.assert_allclose(smooth(new).probability, 0.98 * (1 - 0.7 * 0.020833), atol=1e-5)


class TestPlacedMask:
    def test_a_small_region_keeps_its_pixels(self) -> None:
        mask = to_segmentation(
            PlacedMask(np.ones((30, 20), np.float32), Region(5, 6, 20, 30)), (100, 100)
        ).mask
        assert mask.model_size == (30, 20)
        assert mask.probability.shape == (100, 100)
        assert mask.probability.sum() == 600
        assert mask.probability[6, 5] == 1
        assert mask.probability[5, 5] == 0

    def test_a_large_region_is_sent_with_about_the_networks_pixels(self) -> None:
        region = Region(0, 0, 1280, 720)
        mask = to_segmentation(PlacedMask(np.ones((720, 1280), np.float32), region), (720, 1280))
        height, width = mask.mask.model_size
        assert 0.98 * 256 * 256 < height * width <= 256 * 256
        assert width / height == pytest.approx(1280 / 720, abs=0.02)

    def test_a_mask_beyond_the_picture_is_0_everywhere(self) -> None:
        nowhere = PlacedMask(np.zeros((0, 5), np.float32), Region(0, 0, 5, 0))
        mask = to_segmentation(nowhere, (40, 60)).mask
        assert mask.probability.shape == (40, 60)
        assert mask.probability.max() == mask.model_probability.max() == 0


class TestIdentities:
    def test_people_are_numbered_from_1(self) -> None:
        assert Identities().assign([body_at(0), body_at(300)], 0.0) == [1, 2]

    def test_a_moving_body_keeps_its_number(self) -> None:
        who = Identities()
        for at in range(20):
            assert who.assign([body_at(at * 10)], at / 30) == [1]

    def test_numbers_follow_the_people_not_the_order(self) -> None:
        who = Identities()
        who.assign([body_at(0), body_at(300)], 0.0)
        assert who.assign([body_at(305), body_at(5)], 0.1) == [2, 1]

    def test_who_is_gone_for_a_moment_comes_back_as_the_same(self) -> None:
        who = Identities()
        who.assign([body_at(0), body_at(300)], 0.0)
        assert who.assign([body_at(300)], 0.1) == [2]
        assert who.assign([body_at(300), body_at(2)], 0.5) == [2, 1]

    def test_who_is_away_for_long_comes_back_as_someone_else(self) -> None:
        who = Identities()
        who.assign([body_at(0)], 0.0)
        who.assign([], 0.5)
        assert who.assign([body_at(0)], 1.6) == [2]

    def test_a_long_pause_between_two_frames_is_no_absence(self) -> None:
        who = Identities()
        who.assign([body_at(0)], 0.0)
        assert who.assign([body_at(1)], 60.0) == [1]

    def test_a_body_far_away_is_someone_else(self) -> None:
        who = Identities()
        who.assign([body_at(0)], 0.0)
        assert who.assign([body_at(200)], 0.1) == [2]


class TestStillnessWatch:
    def test_the_first_picture_is_new(self) -> None:
        assert not StillnessWatch()(np.zeros((48, 64, 3), np.uint8))

    def test_a_noisy_picture_of_the_same_is_still(self) -> None:
        random = np.random.default_rng(5)
        is_still = StillnessWatch()
        noisy = [
            np.clip(128 + random.normal(0, 3, (480, 640, 3)), 0, 255).astype(np.uint8)
            for _ in range(5)
        ]
        assert [is_still(picture) for picture in noisy] == [False, True, True, True, True]

    def test_a_moving_hand_is_seen(self) -> None:
        is_still = StillnessWatch()
        picture = np.full((480, 640, 3), 90, np.uint8)
        is_still(picture)
        picture[200:220, 300:320] = 180
        assert not is_still(picture)

    def test_slow_changes_add_up(self) -> None:
        is_still = StillnessWatch()
        seen = [is_still(np.full((48, 64, 3), 100 + at, np.uint8)) for at in range(5)]
        assert seen == [False, True, False, True, False]
