"""The pose in 3D without a browser: what is drawn, when, and how it ends."""

from __future__ import annotations

import copy
import gzip
import json
import pydoc
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
import plotly.graph_objects as go
import pytest

from bodyseg_widgets import KEYPOINT_NAMES, InvalidOptionError, LandmarkPlot3D, PosePanel3D
from bodyseg_widgets.pose import ADJACENT_PAIRS, TimedPoses
from bodyseg_widgets.widgets.pose import pose_scene
from tests.poses import STANDING, HandStream, make_pose, make_result
from tests.waiting import SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.widgets.kit.live_figure import Drawing

FLOOR, TRAIL, BONES, JOINTS = range(4)
LEFT_WRIST = KEYPOINT_NAMES.index("left_wrist")


@pytest.fixture
def stream() -> HandStream:
    return HandStream()


@pytest.fixture
def plot(stream: HandStream) -> Iterator[LandmarkPlot3D]:
    plot = LandmarkPlot3D(stream)
    yield plot
    plot.close()


@pytest.fixture
def displayed(plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch) -> Iterator[LandmarkPlot3D]:
    """Return the plot, displayed by a page that answers at once."""
    monkeypatch.setattr(plot, "_await_answer", lambda _: None)
    plot._view_count = 1
    yield plot
    plot._view_count = 0


def place(drawing: Drawing, trace: int, point: int) -> list[float]:
    return [float(drawing.traces[trace][axis][point]) for axis in "xyz"]


@pytest.mark.parametrize("mirror", [True, False])
def test_a_pose_stands_upright_and_mirrored_like_the_picture(
    stream: HandStream,
    plot: LandmarkPlot3D,
    mirror: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    plot.mirror = mirror
    stream.put(make_result(0, make_pose()))
    x, y, z = STANDING["left_wrist"]
    seen = place(plot._draw(), JOINTS, LEFT_WRIST)
    assert seen == pytest.approx([-x if mirror else x, z, -y])


def test_axes_are_equal_and_do_not_move(stream: HandStream, plot: LandmarkPlot3D) -> None:
    scene = plot.figure.layout.scene
    ranges = [axis.range for axis in (scene.xaxis, scene.yaxis, scene.zaxis)]
    ratios = [scene.aspectratio[axis] for axis in "xyz"]
    per_meter = [ratio / (high - low) for (low, high), ratio in zip(ranges, ratios, strict=True)]
    assert per_meter == pytest.approx([per_meter[0]] * 3)
    stream.put(make_result(0, make_pose()))
    layout = plot._draw().layout
    assert layout["scene.xaxis.range"] == list(scene.xaxis.range)
    assert layout["scene.aspectratio.x"] == scene.aspectratio.x


def test_every_joint_says_its_name_score_and_place(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    stream.put(make_result(0, make_pose(scores={"left_wrist": 0.25})))
    joints = plot._draw().traces[JOINTS]
    assert joints["text"][LEFT_WRIST] == "left wrist"
    said = dict(zip(("x", "y", "z", "score"), joints["customdata"][LEFT_WRIST], strict=True))
    x, y, z = STANDING["left_wrist"]
    assert said == pytest.approx({"x": x, "y": y, "z": z, "score": 0.25}, abs=0.006)


def test_bones_are_one_line_with_a_gap_after_each(stream: HandStream, plot: LandmarkPlot3D) -> None:
    stream.put(make_result(0, make_pose()))
    drawing = plot._draw()
    assert len(drawing.traces[BONES]["x"]) == 3 * len(ADJACENT_PAIRS)
    for at, (first, last) in enumerate(ADJACENT_PAIRS):
        assert place(drawing, BONES, 3 * at) == place(drawing, JOINTS, first)
        assert place(drawing, BONES, 3 * at + 1) == place(drawing, JOINTS, last)
        assert np.isnan(place(drawing, BONES, 3 * at + 2)).all()


def test_each_side_has_its_colors_and_uncertain_joints_are_faint() -> None:
    scores = np.full(33, 1.0, np.float32)
    scores[LEFT_WRIST] = 0.3
    shades = dict(zip(KEYPOINT_NAMES, pose_scene.joint_shades(scores).tolist(), strict=True))
    assert shades["left_knee"] == pytest.approx(0.99)
    assert shades["right_knee"] == pytest.approx(1.99)
    assert shades["nose"] == pytest.approx(2.99)
    assert shades["left_wrist"] == pytest.approx(0.3)


def test_a_bone_has_the_side_and_the_certainty_of_its_ends() -> None:
    scores = np.full(33, 0.9, np.float32)
    scores[LEFT_WRIST] = 0.4
    shades = pose_scene.bone_shades(scores)[::3]
    by_bone = {
        (KEYPOINT_NAMES[first], KEYPOINT_NAMES[last]): float(shade)
        for (first, last), shade in zip(ADJACENT_PAIRS, shades, strict=True)
    }
    assert by_bone["left_elbow", "left_wrist"] == pytest.approx(0.4)
    assert by_bone["right_elbow", "right_wrist"] == pytest.approx(1.9)
    assert by_bone["left_shoulder", "right_shoulder"] == pytest.approx(2.9)
    assert by_bone["nose", "left_eye_inner"] == pytest.approx(0.9)


def test_a_joint_without_any_score_is_still_seen() -> None:
    assert pose_scene.joint_shades(np.zeros(33, np.float32))[LEFT_WRIST] > 0


def test_the_floor_goes_under_the_feet_that_are_seen(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    assert plot._draw().traces[FLOOR]["z"][0] == pytest.approx(pose_scene.FLOOR)
    sitting = make_pose({"left_foot_index": (0.2, 0.4, -0.4), "right_foot_index": (0, 0.4, -0.4)})
    for step in range(60):
        stream.put(make_result(step / 10, sitting))
        drawing = plot._draw()
    lowest = min(-y for _, y, _ in STANDING.values() if y < 0.83)
    assert drawing.traces[FLOOR]["z"][0] == pytest.approx(lowest, abs=1e-3)


def test_feet_that_are_only_guessed_leave_the_floor_where_it_is() -> None:
    feet = ("ankle", "heel", "foot_index")
    unseen = {f"{side}_{part}": 0.1 for side in ("left", "right") for part in feet}
    assert pose_scene.floor_height([make_pose(scores=unseen)]) is None
    assert pose_scene.floor_height([]) is None
    assert pose_scene.floor_height([make_pose()]) == pytest.approx(-0.86)


def test_people_stand_side_by_side_in_the_pictures_order(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    right, left = make_pose(pose_id=1, at=500), make_pose(pose_id=2, at=100)
    stream.put(make_result(0, right, left))
    hips = KEYPOINT_NAMES.index("left_hip"), 33 + KEYPOINT_NAMES.index("left_hip")
    for mirror in (True, False):
        plot.mirror = mirror
        drawing = plot._draw()
        first, second = (place(drawing, JOINTS, hip)[0] for hip in hips)
        assert second - first == pytest.approx(pose_scene.BETWEEN_PEOPLE)
        assert len(drawing.traces[JOINTS]["text"]) == 66
    assert pose_scene.from_left_to_right([right, left], mirror=False) == [left, right]
    assert pose_scene.from_left_to_right([right, left], mirror=True) == [right, left]


def test_the_room_grows_with_people_and_stays_when_they_leave(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    narrow = plot._draw().layout["scene.xaxis.range"]
    stream.put(make_result(0, make_pose(pose_id=1), make_pose(pose_id=2)))
    wide = plot._draw().layout["scene.xaxis.range"]
    stream.put(make_result(1, make_pose(pose_id=1)))
    assert plot._draw().layout["scene.xaxis.range"] == wide
    assert wide[1] > narrow[1]


def test_someone_who_is_not_found_any_more_stays_faintly_and_the_plot_says_so(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    assert plot._draw().layout["annotations[0].text"] == "No pose yet"
    stream.put(make_result(0, make_pose()))
    present = plot._draw()
    assert present.layout["annotations[0].text"] == ""
    stream.put(make_result(1))
    absent = plot._draw()
    assert absent.layout["annotations[0].text"] == "No pose found"
    assert place(absent, JOINTS, 0) == place(present, JOINTS, 0)
    knee = KEYPOINT_NAMES.index("left_knee")
    shades = [each.traces[JOINTS]["marker.color"][knee] for each in (present, absent)]
    assert shades[1] < shades[0] / 2


def test_nothing_is_drawn_while_no_one_is_there(plot: LandmarkPlot3D) -> None:
    assert not plot._notice(make_result(0))
    assert plot._notice(make_result(1, make_pose()))
    assert plot._notice(make_result(2))
    assert not plot._notice(make_result(3))


def test_a_trail_is_the_joints_path_through_the_last_seconds(stream: HandStream) -> None:
    plot = LandmarkPlot3D(stream, mirror=False, trail="left_wrist", trail_seconds=1)
    for step in range(30):
        stream.put(make_result(step / 10, make_pose({"left_wrist": (step / 100, 0.0, 0.0)})))
    trail = plot._draw().traces[TRAIL]
    assert trail["visible"]
    np.testing.assert_allclose(trail["x"], np.arange(19, 30) / 100, atol=1e-6)
    np.testing.assert_allclose(trail["line.color"], np.linspace(0, 1, 11), atol=1e-5)
    plot.trail = None
    assert plot._draw().traces[TRAIL] == {"visible": False}
    plot.close()


def test_a_trail_has_a_gap_where_the_person_was_not_found() -> None:
    moments = [
        TimedPoses(0, (make_pose(pose_id=1),)),
        TimedPoses(1, (make_pose(pose_id=2),)),
        TimedPoses(2, (make_pose(pose_id=2), make_pose(pose_id=1))),
    ]
    path, ages = pose_scene.trail(moments, 1, LEFT_WRIST, seconds=4)
    assert np.isnan(path[:, 0]).tolist() == [False, True, False]
    assert ages.tolist() == [0.5, 0.25, 0]


def test_the_trail_follows_the_one_who_was_found_first() -> None:
    first, second = make_pose(pose_id=3), make_pose(pose_id=8)
    assert pose_scene.found_first([second, first]) is first


def test_unknown_choices_are_refused_with_the_names(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    with pytest.raises(InvalidOptionError, match=r"one of 'nose'.* got 'left_hand'.*Or None"):
        plot.trail = "left_hand"
    assert plot.trail is None
    with pytest.raises(InvalidOptionError, match="above 0, but got 0"):
        plot.trail_seconds = 0
    with pytest.raises(InvalidOptionError, match="got 'tail'"):
        LandmarkPlot3D(HandStream(), trail="tail")
    assert len(stream.callbacks) == 2


def test_updates_reach_the_page_and_follow_the_newest_pose(
    stream: HandStream, displayed: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    heights = sent_heights(displayed, monkeypatch)
    for step in range(50):
        stream.put(make_result(step, make_pose({"nose": (0.0, -step / 100, 0.0)})))
    wait_until(lambda: heights and heights[-1] == pytest.approx(0.49))
    assert displayed.figure.data[JOINTS].z[0] == pytest.approx(0.49)


@pytest.mark.parametrize("seen", [{"_view_count": 0}, {"_hidden": True}])
def test_nothing_is_drawn_while_it_cannot_be_seen_and_the_newest_pose_once_it_can(
    stream: HandStream,
    displayed: LandmarkPlot3D,
    monkeypatch: pytest.MonkeyPatch,
    seen: dict[str, object],
) -> None:
    for name, value in seen.items():
        setattr(displayed, name, value)
    offered: list[None] = []
    with monkeypatch.context() as patched:
        patched.setattr(displayed._worker, "offer", offered.append)
        for step in range(50):
            stream.put(make_result(step, make_pose({"nose": (0.0, -step / 100, 0.0)})))
    assert offered == []
    heights = sent_heights(displayed, monkeypatch)
    displayed._view_count, displayed._hidden = 1, False
    wait_until(lambda: heights and heights[-1] == pytest.approx(0.49))


def sent_heights(plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How high the nose is in the updates from now on."""
    heights: list[float] = []

    def send(message: dict[str, Any], buffers: list[memoryview]) -> None:
        height = message.get("traces", {}).get(str(JOINTS), {}).get("z")
        if height is not None:
            heights.append(float(np.frombuffer(buffers[height["buffer"]], np.float32)[0]))

    monkeypatch.setattr(plot, "send", send)
    return heights


def test_the_cameras_angle_is_no_part_of_an_update(
    stream: HandStream, plot: LandmarkPlot3D
) -> None:
    stream.put(make_result(0, make_pose()))
    assert not any("camera" in name for name in plot._draw().layout)
    assert plot.figure.layout.scene.uirevision == "bodyseg"


def test_many_results_do_not_pile_up(
    stream: HandStream, displayed: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = threading.Semaphore(0)
    go_on = threading.Event()
    draw = displayed._draw

    def slow_draw() -> Drawing:
        drawn.release()
        go_on.wait(SECONDS)
        return draw()

    monkeypatch.setattr(displayed, "_draw", slow_draw)
    stream.put(make_result(0, make_pose()))
    assert drawn.acquire(timeout=SECONDS)
    for step in range(1, 500):
        stream.put(make_result(step / 30, make_pose()))
    go_on.set()
    assert drawn.acquire(timeout=SECONDS)
    assert len(displayed._worker._waiting) == 0


def messages_of(plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the plot tells its page from now on."""
    told: list[dict[str, Any]] = []
    monkeypatch.setattr(plot, "send", lambda message, _: told.append(message))
    return told


def test_the_answer_to_each_update_is_awaited_with_the_next_one_under_way(
    plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    awaited: list[int] = []
    monkeypatch.setattr(plot, "_await_answer", awaited.append)
    monkeypatch.setattr(plot, "_redraw", lambda: None)
    told = messages_of(plot, monkeypatch)
    plot._view_count = 1
    for step in range(3):
        plot._notice(make_result(step, make_pose({"nose": (step, 0.0, 0.0)})))
        plot._update(None)
    plot._view_count = 0
    assert [message["update"] for message in told] == [1, 2, 3]
    assert awaited == [0, 1, 2]


def test_an_answer_of_the_page_ends_the_wait(plot: LandmarkPlot3D) -> None:
    answered = threading.Event()

    def wait() -> None:
        plot._await_answer(5)
        answered.set()

    threading.Thread(target=wait).start()
    plot._handle_custom_msg({"kind": "drawn", "update": 5}, [])
    assert answered.wait(SECONDS)


def test_an_update_has_only_what_differs(
    plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = messages_of(plot, monkeypatch)
    plot._notice(make_result(0, make_pose()))
    plot._update(None)
    assert "text" in told[0]["traces"][str(JOINTS)]
    assert told[0]["layout"]["scene.xaxis.range"]
    plot._notice(make_result(1, make_pose({"nose": (0.5, 0.0, 0.0)})))
    plot._update(None)
    moved = told[1]["traces"][str(JOINTS)]
    assert "x" in moved
    assert "text" not in moved
    assert "marker.color" not in moved
    assert told[1]["layout"] == {}


def test_a_new_display_is_told_everything(
    stream: HandStream, plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream.put(make_result(0, make_pose()))
    told = messages_of(plot, monkeypatch)
    plot._handle_custom_msg({"kind": "figure"}, [])
    wait_until(lambda: any(message["kind"] == "figure" for message in told))
    (message,) = (message for message in told if message["kind"] == "figure")
    figure = json.loads(message["figure"])
    assert len(figure["data"][JOINTS]["text"]) == 33
    assert figure["layout"]["height"] == plot._height
    assert message["config"]["displaylogo"] is False


def test_a_page_gets_plotlys_program_in_parts_for_the_request_that_it_made(
    plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[dict[str, Any], bytes]] = []
    monkeypatch.setattr(plot, "send", lambda message, parts: told.append((message, bytes(*parts))))
    plot._handle_custom_msg({"kind": "program", "request": "a"}, [])
    expected = {"kind": "program", "request": "a", "parts": len(told)}
    assert all(message == expected for message, _ in told)
    program = gzip.decompress(b"".join(part for _, part in told)).decode()
    assert f"plotly.js v{plot._plotly}" in program[:100]


def test_what_is_styled_is_seen_and_stays(
    displayed: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = messages_of(displayed, monkeypatch)
    displayed._notice(make_result(0, make_pose()))
    displayed.figure.update_layout(title="Left wrist")
    displayed.figure.data[BONES].line.width = 12
    displayed.figure.add_scatter3d(x=[0], y=[0], z=[0])

    def shown() -> dict[str, Any]:
        # The floor may have moved since, which is an update.
        figures = [each["figure"] for each in told if each["kind"] == "figure"]
        return json.loads(figures[-1]) if figures else {"data": []}

    wait_until(lambda: len(shown()["data"]) == 5)
    assert shown()["layout"]["title"]["text"] == "Left wrist"
    assert shown()["data"][BONES]["line"]["width"] == 12
    displayed._notice(make_result(1, make_pose({"nose": (0.5, 0.0, 0.0)})))
    assert displayed.figure.data[BONES].line.width == 12
    assert displayed.figure.layout.title.text == "Left wrist"


def test_traces_that_users_move_or_remove_are_still_updated_or_left_alone(
    plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, bones, joints = plot.figure.data
    monkeypatch.setattr(plot, "_redraw", lambda: None)
    plot.figure.data = [joints, bones]
    told = messages_of(plot, monkeypatch)
    plot._update(None)
    plot._notice(make_result(1, make_pose()))
    plot._update(None)
    assert [message["kind"] for message in told] == ["figure", "update"]
    assert "text" in told[-1]["traces"]["0"]
    assert {*told[-1]["traces"]} == {"0", "1"}


def test_where_the_user_has_turned_it_is_in_the_figure_and_not_sent_back(
    plot: LandmarkPlot3D, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = messages_of(plot, monkeypatch)
    camera = {"eye": {"x": 1, "y": 2, "z": 3}}
    plot._handle_custom_msg({"kind": "camera", "camera": camera}, [])
    assert plot.figure.layout.scene.camera.eye.y == 2
    assert told == []


def test_a_copy_of_the_figure_is_nobodys_plot(plot: LandmarkPlot3D) -> None:
    go.Figure(plot.figure).update_layout(title="Mine")
    copy.deepcopy(plot.figure).update_layout(title="Mine")
    assert plot.figure.layout.title.text is None
    assert not plot._send_everything


@pytest.mark.filterwarnings("ignore:Widget:DeprecationWarning")  # pydoc reads all attributes
def test_help_is_a_page_about_the_plot(plot: LandmarkPlot3D) -> None:
    assert len(pydoc.render_doc(LandmarkPlot3D).splitlines()) < 700
    with pytest.raises(AttributeError, match=r"\.figure\.data"):
        plot.data  # noqa: B018 - it raises


def test_a_closed_plot_leaves_no_thread_no_widget_and_no_callback_behind(
    stream: HandStream,
) -> None:
    def left() -> tuple[set[str], set[str]]:
        threads = {thread.name for thread in threading.enumerate()}
        return set(ipywidgets.widgets.widget._instances), threads

    before = left()
    for _ in range(3):
        panel = PosePanel3D(stream)
        panel.plot._view_count = 1
        stream.put(make_result(0, make_pose()))
        wait_until(lambda panel=panel: panel.plot._last_update > 0)
        panel.close()
        panel.close()
        panel.plot.close()
    assert left() == before
    assert stream.callbacks == []


def test_a_result_after_the_end_starts_nothing(stream: HandStream) -> None:
    plot = LandmarkPlot3D(stream)
    (callback,) = (each for each in stream.callbacks if each.__self__ is plot)
    plot.close()
    callback(make_result(0, make_pose()))
    assert not any("LandmarkPlot3D" in thread.name for thread in threading.enumerate())


def test_the_panels_button_and_picker_choose_the_trail(stream: HandStream) -> None:
    panel = PosePanel3D(stream, mirror=False)
    assert (panel.plot.trail, panel.plot.mirror) == (None, False)
    panel.trail_button.value = True
    assert panel.plot.trail == "left_wrist"
    panel.joint_picker.value = "nose"
    assert panel.plot.trail == "nose"
    panel.plot.trail = "right_knee"
    assert (panel.trail_button.value, panel.joint_picker.value) == (True, "right_knee")
    panel.plot.trail = None
    assert (panel.trail_button.value, panel.joint_picker.value) == (False, "right_knee")
    panel.close()


def test_without_plotly_the_extra_is_named_and_the_rest_works() -> None:
    code = """
import sys
import bodyseg_widgets as bs

class NoPlotly:
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "plotly":
            raise ModuleNotFoundError(name="plotly")

sys.meta_path.insert(0, NoPlotly())
bs.Explorer
try:
    bs.LandmarkPlot3D
except bs.MissingDependencyError as error:
    print(error)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "bodyseg-widgets[lab]"' in run.stdout
