"""What a recorder keeps, and what it drops."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, Mask, PoseRecorder, Segmentation
from tests.poses import HandStream, make_pose, make_result


@pytest.fixture
def stream() -> HandStream:
    return HandStream()


def times(recorder: PoseRecorder) -> list[float]:
    return [moment.time for moment in recorder.moments]


def test_time_begins_with_the_first_frame(stream: HandStream) -> None:
    recorder = PoseRecorder(stream)
    for number, taken in enumerate((1000.0, 1000.5, 1001.0)):
        stream.put(make_result(taken, make_pose(), frame=number))
    assert times(recorder) == [0, 0.5, 1]
    assert [moment.frame for moment in recorder.moments] == [0, 1, 2]


def test_only_the_last_seconds_are_kept(stream: HandStream) -> None:
    recorder = PoseRecorder(stream, seconds=2)
    for step in range(1000):
        stream.put(make_result(step / 10, make_pose()))
        assert len(recorder.moments) <= 21
    assert times(recorder)[0] == pytest.approx(97.9)
    assert times(recorder)[-1] == pytest.approx(99.9)


def test_old_poses_go_also_while_no_one_is_there(stream: HandStream) -> None:
    recorder = PoseRecorder(stream, seconds=1)
    stream.put(make_result(0, make_pose()))
    stream.put(make_result(5))
    assert [moment.poses for moment in recorder.moments] == [()]


def test_masks_and_pictures_are_not_kept(stream: HandStream) -> None:
    recorder = PoseRecorder(stream)
    mask = Mask(np.zeros((4, 6), np.float32), size=(4, 6), model_size=(4, 6))
    stream.put(make_result(0, make_pose(segmentation=Segmentation(mask))))
    (moment,) = recorder.moments
    assert not moment.poses[0].has_segmentation
    assert not hasattr(moment, "image")


def test_to_keep_less_takes_effect_at_once(stream: HandStream) -> None:
    recorder = PoseRecorder(stream, seconds=10)
    for step in range(10):
        stream.put(make_result(step, make_pose()))
    recorder.seconds = 3
    assert times(recorder) == [6, 7, 8, 9]


def test_after_clear_time_begins_again(stream: HandStream) -> None:
    recorder = PoseRecorder(stream)
    stream.put(make_result(10, make_pose()))
    recorder.clear()
    assert recorder.moments == ()
    stream.put(make_result(20, make_pose()))
    assert times(recorder) == [0]


def test_what_is_shown_again_while_paused_is_left_out(stream: HandStream) -> None:
    recorder = PoseRecorder(stream)
    for taken in (0.0, 1.0, 2.0):
        stream.put(make_result(taken, make_pose()))
    again = make_result(1.0, make_pose())
    stream.put(replace(again, frame=replace(again.frame, live=False)))
    assert times(recorder) == [0, 1, 2]


def test_a_clock_that_goes_back_begins_a_new_recording(stream: HandStream) -> None:
    recorder = PoseRecorder(stream, seconds=5)
    stream.put(make_result(1000, make_pose()))
    stream.put(make_result(1001, make_pose()))
    stream.put(make_result(400, make_pose()))
    stream.put(make_result(401, make_pose()))
    assert times(recorder) == [0, 1]


def test_nothing_is_recorded_after_stop_and_what_is_there_stays(stream: HandStream) -> None:
    with PoseRecorder(stream) as recorder:
        stream.put(make_result(0, make_pose()))
    recorder.stop()
    stream.put(make_result(1, make_pose()))
    assert times(recorder) == [0]
    assert stream.callbacks == []


def test_tables_hold_what_is_kept(stream: HandStream) -> None:
    recorder = PoseRecorder(stream)
    stream.put(make_result(3, make_pose(pose_id=4), frame=8))
    table = recorder.to_dataframe()
    assert (len(table), table["frame"].unique().tolist()) == (33, [8])
    assert len(recorder.angles_to_dataframe(min_score=0.5)) == 12


def test_it_may_be_read_while_it_records(stream: HandStream) -> None:
    recorder = PoseRecorder(stream, seconds=0.5)
    wrong: list[tuple[float, ...]] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen = tuple(times(recorder))
            if list(seen) != sorted(seen):
                wrong.append(seen)

    reader = threading.Thread(target=read)
    reader.start()
    for step in range(2000):
        stream.put(make_result(step / 100, make_pose()))
    done.set()
    reader.join()
    assert wrong == []


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_an_impossible_time_is_refused(stream: HandStream, seconds: float) -> None:
    with pytest.raises(InvalidOptionError, match=f"above 0, but got {seconds!r}"):
        PoseRecorder(stream, seconds=seconds)
    recorder = PoseRecorder(stream)
    with pytest.raises(InvalidOptionError, match="above 0"):
        recorder.seconds = seconds
    assert recorder.seconds == 60
