"""Anchors, decoding and merging of detections, against upstream's files."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets.models import read_model
from bodyseg_widgets.pose.blazepose.detection import (
    Detection,
    decode_detections,
    detect_people,
    merge_overlapping,
    roi_from_detection,
    ssd_anchors,
)
from bodyseg_widgets.runtimes.litert import LiteRTNetwork
from tests.pictures import read_rgb

if TYPE_CHECKING:
    from pathlib import Path


def numbers(text: str, name: str) -> list[float]:
    return [float(each) for each in re.findall(rf"\b{name}: (-?[\d.]+)", text)]


def make_detection(score: float, left: float, top: float, side: float) -> Detection:
    box = np.array([left, top, left + side, top + side])
    return Detection(score, box, np.full((4, 2), left))


def test_anchors_equal_the_golden_file(data_folder: Path) -> None:
    golden = json.loads((data_folder / "tfjs-models/shared/anchor_golden_file_0.json").read_text())
    # That file has the same five layers for an input of 256 pixels; the pose detector's input is
    # 224.
    np.testing.assert_allclose(ssd_anchors(256), np.array(golden)[:, :2], atol=1e-6)
    assert (np.array(golden)[:, 2:] == 1).all()


def test_there_are_2254_anchors_in_three_grids() -> None:
    anchors = ssd_anchors()
    assert anchors.shape == (2254, 2)
    assert [len(np.unique(part, axis=0)) for part in np.split(anchors, [1568, 1960])] == [
        28 * 28,
        14 * 14,
        7 * 7,
    ]
    np.testing.assert_allclose(anchors[0], 0.5 / 28)
    np.testing.assert_allclose(anchors[-1], 1 - 0.5 / 7)


def test_only_scores_of_a_half_and_more_are_decoded_the_best_first() -> None:
    boxes, scores = np.zeros((2254, 12), np.float32), np.full(2254, -5, np.float32)
    scores[[3, 700, 2000]] = [0.0, 2.0, -0.001]
    boxes[700] = [22.4, 0, 44.8, 22.4, *([11.2] * 8)]
    best, second = decode_detections(boxes, scores)
    assert best.score == pytest.approx(1 / (1 + np.exp(-2)))
    assert second.score == 0.5
    x, y = ssd_anchors()[700]
    np.testing.assert_allclose(best.box, [x, y - 0.05, x + 0.2, y + 0.05], atol=1e-6)
    np.testing.assert_allclose(best.keypoints, np.array([[x + 0.05, y + 0.05]] * 4), atol=1e-6)


def test_extreme_logits_do_not_overflow() -> None:
    scores = np.full(2254, -1e30, np.float32)
    scores[0] = 1e30
    (only,) = decode_detections(np.zeros((2254, 12), np.float32), scores)
    assert only.score == 1


def test_no_one_gives_no_detection() -> None:
    assert decode_detections(np.zeros((2254, 12)), np.full(2254, -9.0)) == []
    assert merge_overlapping([]) == []


def test_overlapping_detections_become_one_weighted_by_score() -> None:
    people = [make_detection(0.9, 0.0, 0.0, 1.0), make_detection(0.6, 0.1, 0.0, 1.0)]
    (merged,) = merge_overlapping(people)
    assert merged.score == 0.9
    np.testing.assert_allclose(merged.box, [0.04, 0, 1.04, 1])
    np.testing.assert_allclose(merged.keypoints, 0.04)


def test_detections_apart_stay_two_the_best_first() -> None:
    people = [make_detection(0.9, 0.0, 0.0, 1.0), make_detection(0.6, 0.6, 0.0, 1.0)]
    assert [each.score for each in merge_overlapping(people)] == [0.9, 0.6]


@pytest.fixture(scope="module")
def found(data_folder: Path) -> Detection:
    network = LiteRTNetwork(read_model("pose_detector"))
    picture = read_rgb(data_folder / "tfjs-models/pose-detection/pose.jpg")
    (found,) = detect_people(network, picture)
    network.dispose()
    return found


def test_the_detection_is_within_2_px_of_mediapipes(found: Detection, data_folder: Path) -> None:
    text = (data_folder / "mediapipe/pose_expected_detection.pbtxt").read_text()
    size = np.array([1000, 667])
    corner = np.array([*numbers(text, "xmin"), *numbers(text, "ymin")]) * size
    sides = np.array([*numbers(text, "width"), *numbers(text, "height")]) * size
    expected = np.concatenate([corner, corner + sides])
    np.testing.assert_allclose(found.box, expected, atol=2)
    points = np.column_stack([numbers(text, "x"), numbers(text, "y")]) * size
    np.testing.assert_allclose(found.keypoints, points, atol=2)
    assert found.score == pytest.approx(numbers(text, "score")[0], abs=0.01)


def test_the_roi_is_within_2_px_of_mediapipes(found: Detection, data_folder: Path) -> None:
    text = (data_folder / "mediapipe/pose_expected_expanded_rect.pbtxt").read_text()
    roi = roi_from_detection(found)
    assert roi.x_center == pytest.approx(numbers(text, "x_center")[0] * 1000, abs=2)
    assert roi.y_center == pytest.approx(numbers(text, "y_center")[0] * 667, abs=2)
    assert roi.width == pytest.approx(numbers(text, "width")[0] * 1000, abs=2)
    assert roi.height == pytest.approx(numbers(text, "height")[0] * 667, abs=2)
    assert roi.rotation == pytest.approx(numbers(text, "rotation")[0], abs=0.01)
