"""Angles of joints with known positions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bodyseg_widgets import (
    KEYPOINT_NAMES,
    STANDARD_ANGLES,
    InvalidOptionError,
    Pose,
    joint_angle,
    joint_angles,
)
from bodyseg_widgets.pose import angles_between
from tests.poses import make_pose

SHOULDER, ELBOW = (0.2, -0.5, 0.0), (0.2, -0.2, 0.0)


@pytest.mark.parametrize(
    ("wrist", "degrees"),
    [
        ((0.2, 0.1, 0.0), 180),
        ((0.5, -0.2, 0.0), 90),
        ((0.2, -0.2, -0.3), 90),
        ((0.2, -0.5, 0.0), 0),
        ((0.4, -0.4, 0.0), 45),
    ],
)
def test_an_elbow_has_the_angle_between_its_two_bones(
    wrist: tuple[float, float, float], degrees: float
) -> None:
    pose = make_pose({"left_shoulder": SHOULDER, "left_elbow": ELBOW, "left_wrist": wrist})
    assert joint_angle(pose, "left_elbow") == pytest.approx(degrees, abs=1e-3)


def test_straight_limbs_are_exact_where_a_cosine_would_not_be() -> None:
    almost = math.radians(0.1)
    wrist = (0.2 + 0.3 * math.sin(almost), -0.2 + 0.3 * math.cos(almost), 0.0)
    pose = make_pose({"left_shoulder": SHOULDER, "left_elbow": ELBOW, "left_wrist": wrist})
    assert joint_angle(pose, "left_elbow") == pytest.approx(179.9, abs=1e-3)


def test_the_angle_is_the_same_from_whichever_side_it_is_seen() -> None:
    turn = np.array([[0.6, 0, 0.8], [0, 1, 0], [-0.8, 0, 0.6]])
    seen = make_pose({"left_wrist": (0.4, -0.3, -0.2)})
    turned = seen.keypoint_array_3d.copy()
    turned[:, :3] = turned[:, :3] @ turn.T
    other = Pose(seen.keypoint_array.copy(), turned)
    assert joint_angles(other) == pytest.approx(joint_angles(seen), abs=1e-3)


def test_2d_measures_what_the_picture_shows() -> None:
    # The forearm points at the camera and a little down: foreshortened it looks straight.
    pose = make_pose(
        {"left_shoulder": SHOULDER, "left_elbow": ELBOW, "left_wrist": (0.2, -0.1, -0.3)}
    )
    assert joint_angle(pose, "left_elbow", space="2d") == pytest.approx(180, abs=1e-2)
    assert joint_angle(pose, "left_elbow") == pytest.approx(108.435, abs=1e-2)


def test_any_three_keypoints_make_an_angle() -> None:
    pose = make_pose()
    spread = joint_angle(pose, ("left_ankle", "nose", "right_ankle"))
    assert 0 < spread < 30
    assert joint_angle(pose, STANDARD_ANGLES["left_knee"]) == joint_angle(pose, "left_knee")


def test_standing_has_the_angles_that_the_list_says() -> None:
    angles = joint_angles(make_pose())
    assert list(angles) == list(STANDARD_ANGLES)
    assert all(angles[f"{side}_hip"] > 165 for side in ("left", "right"))
    assert all(angles[f"{side}_knee"] > 160 for side in ("left", "right"))
    assert all(angles[f"{side}_shoulder"] < 30 for side in ("left", "right"))
    assert all(80 < angles[f"{side}_ankle"] < 130 for side in ("left", "right"))


def test_both_sides_have_the_same_angles_on_their_own_keypoints() -> None:
    joints = {name.removeprefix("left_") for name in STANDARD_ANGLES if name.startswith("left")}
    assert {name.removeprefix("right_") for name in STANDARD_ANGLES} - joints == {
        name for name in STANDARD_ANGLES if name.startswith("left")
    }
    for name, triple in STANDARD_ANGLES.items():
        side = name.split("_")[0]
        assert all(keypoint.startswith(side) for keypoint in triple)
        assert {*triple} <= {*KEYPOINT_NAMES}


def test_an_uncertain_keypoint_gives_nan_only_where_a_score_is_asked_for() -> None:
    pose = make_pose(scores={"left_wrist": 0.2})
    assert not math.isnan(joint_angle(pose, "left_elbow"))
    assert math.isnan(joint_angle(pose, "left_elbow", min_score=0.5))
    assert not math.isnan(joint_angle(pose, "left_knee", min_score=0.5))


def test_keypoints_in_one_place_have_no_angle() -> None:
    pose = make_pose({"left_elbow": SHOULDER, "left_shoulder": SHOULDER})
    assert math.isnan(joint_angle(pose, "left_elbow"))


def test_many_poses_are_measured_at_once_and_absent_ones_are_nan() -> None:
    bent = make_pose({"left_wrist": (0.5, -0.22, -0.03)})
    absent = np.full((33, 4), np.nan, np.float32)
    keypoints = np.stack([make_pose().keypoint_array_3d, absent, bent.keypoint_array_3d])
    one_by_one = [joint_angle(make_pose(), "left_elbow"), math.nan, joint_angle(bent, "left_elbow")]
    together = angles_between(keypoints, STANDARD_ANGLES["left_elbow"])
    np.testing.assert_allclose(together, one_by_one)


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("left_nose",), {}, r"one of 'left_shoulder'.* got 'left_nose'"),
        ((("nose", "left_ear"),), {}, r"three keypoints .*got \('nose', 'left_ear'\)"),
        ((("nose", "chin", "left_ear"),), {}, r"Each keypoint must be one of 'nose'.*'chin'"),
        (("left_knee",), {"space": "4d"}, "space must be one of '3d', '2d', but got '4d'"),
        (("left_knee",), {"min_score": 50}, "from 0 to 1, but got 50"),
    ],
)
def test_what_cannot_be_measured_is_refused_with_the_choices(
    arguments: tuple[object, ...], options: dict[str, object], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        joint_angle(make_pose(), *arguments, **options)
