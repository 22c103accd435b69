"""Angles and coordinates over time, without a browser."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, PoseTimePlot, joint_angle
from tests.poses import HandStream, make_pose, make_result

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stream() -> HandStream:
    return HandStream()


@pytest.fixture
def plot(stream: HandStream) -> Iterator[PoseTimePlot]:
    plot = PoseTimePlot(stream, ["left_elbow", "left_wrist.y"], seconds=2)
    yield plot
    plot.close()


def test_angles_are_in_degrees_and_coordinates_in_meters_at_their_times(
    stream: HandStream, plot: PoseTimePlot
) -> None:
    poses = [make_pose({"left_wrist": (0.2 + step / 10, -0.2, 0.0)}) for step in range(4)]
    for step, pose in enumerate(poses):
        stream.put(make_result(100 + step / 2, pose))
    elbow, wrist = plot._draw().traces[:2]
    np.testing.assert_allclose(elbow["x"], [-1.5, -1, -0.5, 0])
    expected = [joint_angle(pose, "left_elbow") for pose in poses]
    np.testing.assert_allclose(elbow["y"], expected, atol=1e-3)
    np.testing.assert_allclose(wrist["y"], [-0.2] * 4)
    assert (elbow["yaxis"], wrist["yaxis"]) == ("y", "y2")


def test_names_say_which_way_a_coordinate_grows(plot: PoseTimePlot) -> None:
    names = [trace.get("name") for trace in plot._draw().traces]
    assert names[:3] == ["left elbow", "left wrist y (down)", None]


def test_a_line_has_a_gap_where_no_one_was_found(stream: HandStream, plot: PoseTimePlot) -> None:
    for step, poses in enumerate([(make_pose(),), (), (make_pose(),)]):
        stream.put(make_result(step / 10, *poses))
    for trace in plot._draw().traces[:2]:
        assert [math.isnan(value) for value in trace["y"]] == [False, True, False]


def test_of_several_people_it_follows_the_one_found_first(
    stream: HandStream, plot: PoseTimePlot
) -> None:
    other = make_pose({"left_wrist": (0.2, -0.9, 0.0)}, pose_id=2)
    stream.put(make_result(0, other, make_pose({"left_wrist": (0.2, 0.1, 0.0)}, pose_id=1)))
    assert plot._draw().traces[1]["y"].tolist() == pytest.approx([0.1])


def test_series_can_be_chosen_while_it_runs_and_show_the_past_too(
    stream: HandStream, plot: PoseTimePlot
) -> None:
    for step in range(5):
        stream.put(make_result(step / 10, make_pose()))
    plot.series = ["right_knee"]
    drawing = plot._draw()
    assert [trace["visible"] for trace in drawing.traces] == [True, *[False] * 7]
    assert len(drawing.traces[0]["y"]) == 5


@pytest.mark.parametrize(
    ("series", "axes"),
    [(["left_knee"], (True, False)), (["nose.z"], (False, True)), ([], (True, False))],
)
def test_only_the_scales_that_are_needed_are_shown(
    plot: PoseTimePlot, series: list[str], axes: tuple[bool, bool]
) -> None:
    plot.series = series
    layout = plot._draw().layout
    assert (layout["yaxis.visible"], layout["yaxis2.visible"]) == axes


def test_axes_have_units(plot: PoseTimePlot) -> None:
    titles = [plot.figure.layout[axis].title.text for axis in ("xaxis", "yaxis", "yaxis2")]
    assert titles == ["time before now (s)", "angle (°)", "from the hips (m)"]


def test_no_two_lines_look_alike_without_colors(plot: PoseTimePlot) -> None:
    dashes = [trace.line.dash for trace in plot.figure.data]
    assert len({*dashes}) == len(dashes)


def test_the_lines_move_on_until_the_last_pose_is_out_of_sight(plot: PoseTimePlot) -> None:
    def notice(*arguments: object) -> bool:
        result = make_result(*arguments)
        plot._recorder._record(result)
        return plot._notice(result)

    assert not notice(0)
    assert notice(1, make_pose())
    assert notice(2)
    assert not notice(4)


def test_no_more_is_kept_than_is_shown(stream: HandStream, plot: PoseTimePlot) -> None:
    for step in range(500):
        stream.put(make_result(step / 10, make_pose()))
    assert len(plot._draw().traces[0]["x"]) == 21
    plot.seconds = 1
    assert len(plot._draw().traces[0]["x"]) == 11


@pytest.mark.parametrize(
    ("series", "words"),
    [
        (["left_hand"], r"one of the angles 'left_shoulder'.* got 'left_hand'"),
        (["left_wrist.w"], r"'.x', '.y' or '.z' .* got 'left_wrist.w'"),
        (["nose"], r"'.x', '.y' or '.z' .* got 'nose'"),
        (["left_knee", "left_knee"], "at most 8 different names"),
        ([f"nose.{axis}" for axis in "xyz"] * 3, "at most 8 different names"),
    ],
)
def test_an_unknown_series_is_refused_and_the_old_ones_stay(
    plot: PoseTimePlot, series: list[str], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        plot.series = series
    assert plot.series == ["left_elbow", "left_wrist.y"]


def test_a_closed_plot_leaves_no_thread_and_no_callback_behind() -> None:
    stream = HandStream()
    plot = PoseTimePlot(stream)
    stream.put(make_result(0, make_pose()))
    plot.close()
    plot.close()
    assert stream.callbacks == []
    assert not any("PoseTimePlot" in thread.name for thread in threading.enumerate())
