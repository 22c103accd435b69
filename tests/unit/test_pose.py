"""A pose: named keypoints over plain arrays."""

from __future__ import annotations

import numpy as np
import pytest

from bodyseg_widgets.pose import KEYPOINT_NAMES, Pose


def make_pose(**options: object) -> Pose:
    array = np.arange(33 * 4, dtype=np.float32).reshape(33, 4)
    return Pose(array, array / 100, **options)


def test_keypoints_carry_the_names_in_order() -> None:
    pose = make_pose()
    assert [each.name for each in pose.keypoints] == list(KEYPOINT_NAMES)
    assert [each.name for each in pose.keypoints_3d] == list(KEYPOINT_NAMES)
    second = pose.keypoints[1]
    assert (second.x, second.y, second.z, second.score) == (4, 5, 6, 7)
    assert pose.keypoints_3d[1].x == pytest.approx(0.04)


def test_the_box_holds_all_keypoints() -> None:
    box = make_pose().box
    assert (box.x_min, box.y_min, box.x_max, box.y_max) == (0, 1, 128, 129)
    assert (box.width, box.height) == (128, 128)


def test_the_score_is_the_mean_of_the_keypoints() -> None:
    assert make_pose().score == pytest.approx(np.arange(3, 132, 4).mean())


def test_a_pose_cannot_be_changed_by_accident() -> None:
    pose = make_pose()
    with pytest.raises(ValueError, match="read-only"):
        pose.keypoint_array[0, 0] = 1
    with pytest.raises(AttributeError):
        pose.id = 3


def test_a_wrong_shape_is_refused_by_name() -> None:
    array = np.zeros((17, 4), np.float32)
    with pytest.raises(ValueError, match=r"\(33, 4\), but got \(17, 4\)"):
        Pose(array, array)
