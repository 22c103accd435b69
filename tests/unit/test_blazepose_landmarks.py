"""From tensors to landmarks."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bodyseg_widgets.pose.blazepose.landmarks import (
    decode_landmarks,
    decode_world_landmarks,
    project_landmarks,
    refine_from_heatmap,
    sigmoid,
)
from bodyseg_widgets.pose.blazepose.roi import Roi


def flat_heatmap(logit: float = -20.0) -> np.ndarray:
    return np.full((64, 64, 39), logit, np.float32)


def landmarks_at(x: float, y: float) -> np.ndarray:
    landmarks = np.zeros((39, 4))
    landmarks[:, :2] = x, y
    return landmarks


def test_sigmoid_is_exact_in_the_middle_and_safe_at_the_ends() -> None:
    logits = np.array([-1e30, -2, 0, 2, 1e30], np.float32)
    expected = [0, 1 / (1 + math.e**2), 0.5, 1 / (1 + math.e**-2), 1]
    np.testing.assert_allclose(sigmoid(logits), expected, atol=1e-7)
    assert logits[1] == -2, "the logits stay"


def test_landmarks_become_shares_of_the_view() -> None:
    raw = np.tile(np.array([128, 64, -32, 0, 9], np.float32), 39)[None]
    landmarks = decode_landmarks(raw)
    assert landmarks.shape == (39, 4)
    np.testing.assert_allclose(landmarks[0], [0.5, 0.25, -0.125, 0.5])


def test_a_sure_heatmap_moves_its_landmark_to_the_weighted_middle() -> None:
    heatmap = flat_heatmap()
    heatmap[20, 31, 4] = heatmap[20, 32, 4] = 4
    refined = refine_from_heatmap(landmarks_at(30.5 / 64, 21.5 / 64), heatmap)
    np.testing.assert_allclose(refined[4, :2], [31.5 / 64, 20 / 64], atol=1e-5)


def test_an_unsure_heatmap_leaves_its_landmark() -> None:
    before = landmarks_at(0.4, 0.6)
    np.testing.assert_array_equal(refine_from_heatmap(before, flat_heatmap(-0.1)), before)


def test_what_lies_beyond_the_kernel_does_not_count() -> None:
    heatmap = flat_heatmap()
    heatmap[30, 34, :] = 9
    before = landmarks_at(30.5 / 64, 30.5 / 64)
    np.testing.assert_array_equal(refine_from_heatmap(before, heatmap), before)


@pytest.mark.parametrize("place", [(-0.1, 0.5), (0.5, 1.0), (7.0, -3.0)])
def test_a_landmark_outside_of_the_view_stays(place: tuple[float, float]) -> None:
    before = landmarks_at(*place)
    np.testing.assert_array_equal(refine_from_heatmap(before, flat_heatmap(9)), before)


def test_at_the_edge_only_cells_that_exist_count() -> None:
    refined = refine_from_heatmap(landmarks_at(0, 0), flat_heatmap(9))
    np.testing.assert_allclose(refined[:, :2], 1.5 / 64, atol=1e-6)


def test_landmarks_are_laid_into_the_picture_with_the_roi_turned() -> None:
    roi = Roi(100, 50, 40, 40, math.pi / 2)
    landmarks = np.array([[0.5, 0.5, 0.25, 0.9], [1.0, 0.5, 0.0, 0.8]])
    placed = project_landmarks(landmarks, roi)
    np.testing.assert_allclose(placed, [[100, 50, 10, 0.9], [100, 70, 0, 0.8]], atol=1e-9)


def test_landmarks_in_space_turn_with_the_person() -> None:
    raw = np.tile(np.array([1, 0, 0.5], np.float32), 39)[None]
    world = decode_world_landmarks(raw, Roi(0, 0, 1, 1, math.pi / 2))
    assert world.shape == (33, 3)
    np.testing.assert_allclose(world[0], [0, 1, 0.5], atol=1e-9)
