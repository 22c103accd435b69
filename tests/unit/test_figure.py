"""People drawn as simple figures."""

from __future__ import annotations

import numpy as np

from bodyseg_widgets import Pose, sample
from bodyseg_widgets.rendering.figure import CLOTHES, draw_figures, silhouettes

PAPER = np.full((480, 640, 3), 250, np.uint8)


def a_pose() -> Pose:
    """Someone who stands."""
    (pose,) = sample("squats").poses[0].poses
    return pose


def test_the_image_behind_a_figure_is_left_alone() -> None:
    before = PAPER.copy()
    drawn = draw_figures(PAPER, [a_pose()])
    assert (before == PAPER).all()
    uncovered = silhouettes((480, 640), [a_pose()]) == 0
    assert (drawn[uncovered] == PAPER[uncovered]).all()
    assert draw_figures(PAPER, []) is not PAPER


def test_a_figure_covers_every_joint_of_the_body() -> None:
    covered = silhouettes((480, 640), [a_pose()])
    for x, y in a_pose().keypoint_array[:, :2].astype(int).tolist():
        assert covered[y, x] > 200


def test_a_figure_is_as_large_as_its_pose() -> None:
    pose = a_pose()
    half = pose.keypoint_array.copy()
    half[:, :3] /= 2
    small = Pose(half, pose.keypoint_array_3d.copy())
    large_area, small_area = (
        (silhouettes((480, 640), [each]) > 127).sum() for each in (pose, small)
    )
    assert 3.7 < large_area / small_area < 4.3


def test_two_people_wear_different_clothes_and_the_last_one_is_in_front() -> None:
    drawn = draw_figures(PAPER, [a_pose(), a_pose()])
    colors = {tuple(each) for each in drawn.reshape(-1, 3).tolist()}
    assert CLOTHES[1].shirt in colors
    assert CLOTHES[0].shirt not in colors


def test_a_face_is_drawn_only_where_it_is_toward_the_camera() -> None:
    pose = a_pose()
    turned = pose.keypoint_array_3d.copy()
    turned[:, 2] *= -1
    front, back = (
        draw_figures(PAPER, [each]) for each in (pose, Pose(pose.keypoint_array.copy(), turned))
    )
    x, y = pose.keypoint_array[0, :2].astype(int).tolist()
    assert tuple(back[y, x].tolist()) == CLOTHES[0].hair
    assert tuple(front[y, x].tolist()) != CLOTHES[0].hair


def test_a_pose_without_extent_draws_nothing_that_fails() -> None:
    nowhere = np.zeros((33, 4), np.float32)
    assert draw_figures(PAPER, [Pose(nowhere, nowhere.copy())]).shape == PAPER.shape
