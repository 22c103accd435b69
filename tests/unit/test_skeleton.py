"""Skeletons over images: colors, sizes and omissions, as in the live views."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, Pose
from bodyseg_widgets.pose import get_keypoint_index_by_name
from bodyseg_widgets.rendering.skeleton import draw_skeleton
from bodyseg_widgets.rendering.strokes import capsules, paint
from tests.poses import make_pose

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

BLUE, ORANGE, WHITE = (86, 180, 233), (230, 159, 0), (255, 255, 255)
GRAY = np.full((480, 640, 3), 128, np.uint8)
AT = get_keypoint_index_by_name()


def pose(**points: tuple[float, ...]) -> Pose:
    """Return a pose with only these keypoints: x, y and, if given, z and score."""
    keypoints = np.zeros((33, 4), np.float32)
    for name, point in points.items():
        keypoints[AT[name]] = (*point, *(0, 1)[len(point) - 2 :])
    return Pose(keypoints, np.zeros((33, 4), np.float32))


def color(drawn: NDArray[np.uint8], x: int, y: int) -> tuple[int, ...]:
    return tuple(drawn[y, x].tolist())


# --- colors


def test_each_side_has_its_color_and_what_joins_them_is_white() -> None:
    shoulders_and_elbows = pose(
        left_shoulder=(420, 100),
        right_shoulder=(220, 100),
        left_elbow=(420, 300),
        right_elbow=(220, 300),
        nose=(320, 50),
    )
    drawn = draw_skeleton(GRAY, shoulders_and_elbows)
    assert color(drawn, 420, 200) == BLUE
    assert color(drawn, 220, 200) == ORANGE
    assert color(drawn, 320, 100) == WHITE
    assert color(drawn, 320, 50) == WHITE
    assert color(drawn, 420, 300) == BLUE


def test_what_joins_the_middle_to_a_side_has_that_side() -> None:
    drawn = draw_skeleton(GRAY, pose(nose=(320, 200), left_eye_inner=(420, 200)))
    assert color(drawn, 370, 200) == BLUE


def test_left_stays_left_where_all_is_mirrored() -> None:
    arm = pose(left_shoulder=(420, 100), left_elbow=(420, 300))
    drawn = draw_skeleton(GRAY, arm, flip_horizontal=True)
    assert color(drawn, 639 - 420, 200) == BLUE


def test_bones_and_joints_have_a_dark_casing() -> None:
    arm = pose(left_shoulder=(420.5, 100), left_elbow=(420.5, 300))
    drawn = draw_skeleton(GRAY, arm, line_width=10, keypoint_radius=0)
    profile = drawn[200, 410:432, 2].tolist()
    assert profile[7:14] == [233] * 7
    assert max(min(profile[:7]), min(profile[14:])) < 100
    assert profile[:3] == profile[-3:] == [128] * 3


# --- sizes


def test_sizes_follow_the_pictures_width_within_limits() -> None:
    def painted(width: int) -> float:
        gray = np.full((300, width, 3), 128, np.uint8)
        arm = pose(left_shoulder=(50, 50), left_elbow=(50, 250))
        drawn = draw_skeleton(gray, arm, keypoint_radius=0)
        return float(np.abs(drawn[150, :, 2].astype(int) - 128).sum())

    small, usual, large, huge = (painted(width) for width in (100, 640, 960, 4000))
    assert small < usual < large == huge


def test_lines_and_dots_are_as_large_as_they_are_asked_to_be() -> None:
    arm = pose(left_shoulder=(100, 100), left_elbow=(100, 300))
    black = np.zeros_like(GRAY)
    drawn = draw_skeleton(black, arm, line_width=8, keypoint_radius=0)
    assert drawn[200, :, 2].sum() / 233 == pytest.approx(8, abs=0.2)
    drawn = draw_skeleton(black, arm, line_width=0, keypoint_radius=8)
    assert drawn[..., 2].sum() / 233 == pytest.approx(2 * math.pi * 8**2, rel=0.04)
    assert (draw_skeleton(black, arm, line_width=0, keypoint_radius=0) == 0).all()


def test_joints_close_to_each_other_are_drawn_smaller() -> None:
    def area(distance: float) -> float:
        eye = pose(left_eye_inner=(100, 100), left_eye=(100 + distance, 100))
        black = np.zeros_like(GRAY)
        drawn = draw_skeleton(black, eye, line_width=0, keypoint_radius=10)
        return float((drawn[:, :100, 2] > 0).sum())

    assert area(2) == area(6) < area(20) < area(40) == area(100)


def test_keypoints_lie_between_pixels() -> None:
    def middle(x: float) -> float:
        drawn = draw_skeleton(np.zeros_like(GRAY), pose(nose=(x, 100.0)))
        weight = drawn.sum(axis=(0, 2)).astype(float)
        # The center of the first pixel is half a pixel from the image's edge.
        return float((weight * (np.arange(640) + 0.5)).sum() / weight.sum())

    for x in (100, 100.25, 100.5, 100.9):
        assert middle(x) == pytest.approx(x, abs=0.07)


# --- what is left out, and what is faint


@pytest.mark.parametrize(("threshold", "score"), [(0.5, 0.5), (0, 0), (0, 1), (1, 1)])
def test_keypoints_count_from_the_threshold_on(threshold: float, score: float) -> None:
    drawn = draw_skeleton(GRAY, pose(nose=(100, 100, 0, score)), threshold)
    assert color(drawn, 100, 100) != (128, 128, 128)


@pytest.mark.parametrize(("threshold", "score"), [(0.5, 0.49), (1, 0.999), (0.01, 0)])
def test_keypoints_below_the_threshold_are_left_out(threshold: float, score: float) -> None:
    drawn = draw_skeleton(GRAY, pose(nose=(100, 100, 0, score)), threshold)
    assert (drawn == 128).all()


def test_a_bone_without_one_of_its_ends_is_left_out() -> None:
    arm = pose(left_shoulder=(100, 100), left_elbow=(200, 100, 0, 0.4))
    drawn = draw_skeleton(GRAY, arm)
    assert (drawn[:, 120:] == 128).all()


def test_the_less_sure_a_keypoint_is_the_fainter_it_is() -> None:
    black = np.zeros_like(GRAY)

    def brightness(score: float) -> int:
        drawn = draw_skeleton(black, pose(nose=(100, 100, 0, score)), 0.01)
        return int(drawn[100, 100, 0])

    assert brightness(1) == 255
    assert brightness(0.6) == pytest.approx(153, abs=1)
    assert brightness(0.1) == brightness(0.05) == pytest.approx(0.15 * 255, abs=1)


def test_a_bone_is_as_faint_as_its_fainter_end() -> None:
    arm = pose(left_shoulder=(100, 100), left_elbow=(300, 100, 0, 0.6))
    drawn = draw_skeleton(np.zeros_like(GRAY), arm)
    assert drawn[100, 200, 2] == pytest.approx(0.6 * 233, abs=1)


def test_what_is_near_lies_over_what_is_far() -> None:
    def crossing(depth: float) -> tuple[int, ...]:
        arms = pose(
            left_shoulder=(100, 200, depth),
            left_elbow=(300, 200, depth),
            right_shoulder=(200, 100),
            right_elbow=(200, 300),
        )
        return color(draw_skeleton(GRAY, arms, keypoint_radius=0), 200, 200)

    assert crossing(-50) == BLUE
    assert crossing(50) == ORANGE


@pytest.mark.parametrize("nowhere", [math.nan, math.inf, -1e30, 1e6])
def test_a_keypoint_that_is_nowhere_is_left_out_with_its_bones(nowhere: float) -> None:
    arm = pose(left_shoulder=(100, 100), left_elbow=(200, 100), left_wrist=(nowhere, 100))
    known = pose(left_shoulder=(100, 100), left_elbow=(200, 100))
    assert (draw_skeleton(GRAY, arm) == draw_skeleton(GRAY, known)).all()


def test_people_may_reach_beyond_the_picture() -> None:
    arm = pose(left_shoulder=(-300, 200), left_elbow=(320, 200), left_wrist=(320, 9000))
    drawn = draw_skeleton(GRAY, arm)
    assert color(drawn, 2, 200) == BLUE
    assert color(drawn, 320, 478) == BLUE


# --- who is drawn


def test_without_people_the_picture_stays_as_it_is() -> None:
    drawn = draw_skeleton(GRAY, [])
    assert (drawn == GRAY).all()
    assert not np.shares_memory(drawn, GRAY)


def test_one_pose_is_as_a_list_of_one_and_later_ones_lie_over_earlier_ones() -> None:
    one, other = make_pose(at=300), make_pose(at=310)
    assert (draw_skeleton(GRAY, one) == draw_skeleton(GRAY, [one])).all()
    both = draw_skeleton(GRAY, (one, other))
    assert (both == draw_skeleton(draw_skeleton(GRAY, one), other)).all()


# --- what is refused


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: draw_skeleton(GRAY, [], 1.5),
            "score_threshold must be a number from 0 to 1, .* 1.5",
        ),
        (
            lambda: draw_skeleton(GRAY, [], -0.5),
            "score_threshold must be a number from 0 to 1, .* -0.5",
        ),
        (lambda: draw_skeleton(GRAY, [], line_width=-1), "line_width .* from 0 to 100, .* got -1"),
        (lambda: draw_skeleton(GRAY, [], line_width=math.nan), "line_width .* got nan"),
        (lambda: draw_skeleton(GRAY, [], keypoint_radius=101), "keypoint_radius .* got 101"),
        (lambda: draw_skeleton(GRAY, None), "Expect a Pose or a list of them, .* got None"),
        (lambda: draw_skeleton(GRAY, [1]), r"Expect a Pose or a list of them, .* got \[1\]"),
    ],
)
def test_what_is_out_of_range_is_refused(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        call()


# --- strokes


@pytest.mark.parametrize("angle", [0, 0.4, math.pi / 4, 2])
@pytest.mark.parametrize("width", [2.5, 3, 4.7, 9])
def test_a_stroke_is_as_wide_as_it_should_be_at_any_angle(angle: float, width: float) -> None:
    start = np.array([[60.3, 60.6]])
    along = np.array([math.cos(angle), math.sin(angle)])
    pixels = np.zeros((120, 120, 3), np.uint8)
    paint(pixels, capsules(start - 40 * along, start + 40 * along, np.array([width])), [WHITE], [1])
    ends = math.pi * width**2 / 4
    assert (pixels[..., 0].sum() / 255 - ends) / 80 == pytest.approx(width, abs=0.45)


def test_a_see_through_stroke_shows_what_is_under_it() -> None:
    pixels = np.full((9, 9, 3), 200, np.uint8)
    dot = capsules(np.array([[4.5, 4.5]]), np.array([[4.5, 4.5]]), np.array([6.0]))
    paint(pixels, dot, [(0, 100, 250)], [0.5])
    assert color(pixels, 4, 4) == (100, 150, 225)
