"""The last seconds are stored with their results, and nothing more."""

from __future__ import annotations

from weakref import WeakSet

import cv2
import numpy as np
import pytest

from bodyseg_widgets.segmentation import PackedLevels, Region
from bodyseg_widgets.streaming import FrameHistory, StoredResult, Timings, history

LEVELS = np.arange(6, dtype=np.uint8).reshape(2, 3)
PACKED = PackedLevels.of(LEVELS)
STORED = StoredResult(PACKED, (4, 6), Region(0, 0, 6, 4), (), Timings())


def filled(seconds: float, count: int = 10, each: float = 0.5) -> FrameHistory:
    made = FrameHistory(seconds)
    for number in range(count):
        made.add("page", number, b"jpeg", timestamp=100.0 + number, arrived=number * each)
    return made


def numbers(made: FrameHistory, up_to: int = 30) -> list[int]:
    return [number for number in range(up_to) if made.get("page", number)]


def test_frames_older_than_its_seconds_are_let_go() -> None:
    assert numbers(filled(seconds=2)) == [5, 6, 7, 8, 9]


def test_the_newest_frame_is_kept_whatever_happens() -> None:
    assert numbers(filled(seconds=0)) == [9]


def test_fewer_seconds_take_effect_with_the_next_frame() -> None:
    made = filled(seconds=60)
    made.seconds = 1
    made.add("page", 10, b"jpeg", timestamp=0, arrived=5.0)
    assert numbers(made) == [8, 9, 10]


def test_a_pause_makes_no_frame_older() -> None:
    made = filled(seconds=2)
    made.extend(60)
    made.add("page", 10, b"jpeg", timestamp=0, arrived=65.0)
    assert numbers(made) == [6, 7, 8, 9, 10]


def test_the_oldest_that_is_kept_is_known_of_each_video() -> None:
    made = filled(seconds=2)
    assert made.oldest("page") == 5
    assert made.oldest("another page") is None


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other history is there, and 12 bytes for all."""
    monkeypatch.setattr(history, "_all", WeakSet())
    monkeypatch.setattr(history, "MAX_BYTES", 12)


@pytest.mark.usefixtures("alone")
def test_memory_is_bounded_too() -> None:
    made = filled(seconds=60)
    assert numbers(made) == [7, 8, 9]
    assert made.nbytes == 12


@pytest.mark.usefixtures("alone")
def test_all_histories_share_the_memory_and_each_keeps_its_newest_frame() -> None:
    first, second = filled(seconds=60), filled(seconds=60, count=1)
    assert (numbers(first), numbers(second)) == ([8, 9], [0])
    second.add("page", 1, b"jpeg jpeg", timestamp=0, arrived=0.5)
    assert (numbers(first), numbers(second)) == ([9], [1])
    second.close()
    first.add("page", 10, b"jpeg", timestamp=0, arrived=5.0)
    assert numbers(first) == [9, 10]


@pytest.mark.usefixtures("alone")
def test_a_frame_larger_than_all_may_have_is_kept_alone() -> None:
    made = filled(seconds=60, count=2)
    made.add("page", 2, bytes(20), timestamp=0, arrived=1.0)
    assert numbers(made) == [2]


def test_results_are_found_with_their_frame_and_counted() -> None:
    made = filled(seconds=60, count=1)
    kept = made.get("page", 0)
    assert kept
    made.note("page", kept, "Selfie", STORED)
    made.note("page", kept, "BlazePose", STORED)
    assert made.nbytes == 4 + 2 * len(PACKED.data)
    # Another run of the same model replaces the first.
    made.note("page", kept, "Selfie", STORED)
    assert made.nbytes == 4 + 2 * len(PACKED.data)
    assert kept.results == {"Selfie": STORED, "BlazePose": STORED}


def test_masks_of_people_take_a_tenth_of_their_pixels() -> None:
    levels = np.zeros((256, 256), np.uint8)
    levels[64:256, 80:176] = 255
    # A soft outline, as networks return it.
    levels = np.asarray(cv2.GaussianBlur(levels, (15, 15), 4), np.uint8)
    made = filled(seconds=60, count=1)
    kept = made.get("page", 0)
    assert kept
    stored = StoredResult(
        PackedLevels.of(levels), (480, 640), Region(0, 0, 640, 480), (), Timings()
    )
    made.note("page", kept, "Selfie", stored)
    assert made.nbytes < levels.nbytes / 10
    np.testing.assert_array_equal(kept.results["Selfie"].levels, levels)


def test_a_result_that_comes_when_its_frame_is_gone_is_counted_no_more() -> None:
    made = filled(seconds=60, count=1)
    kept = made.get("page", 0)
    assert kept
    made.add("page", 1, b"jpeg", timestamp=0, arrived=100.0)
    made.note("page", kept, "Selfie", STORED)
    assert made.nbytes == 4


def test_a_frame_played_again_takes_the_place_of_itself_with_results_of_its_own() -> None:
    made = filled(seconds=60, count=2)
    kept = made.get("page", 0)
    assert kept
    made.note("page", kept, "Selfie", STORED)
    again = made.add("page", 0, b"other", timestamp=7.0, arrived=9.0)
    assert made.get("page", 0) is again
    assert again.results == {}
    assert made.nbytes == len(b"jpeg") + len(b"other")


def test_two_pages_count_frames_of_their_own() -> None:
    made = FrameHistory(10)
    made.add(("a", 1), 1, b"of a", timestamp=1.0, arrived=0)
    made.add(("b", 1), 1, b"of b", timestamp=2.0, arrived=0)
    kept = made.get(("b", 1), 1)
    assert kept
    assert kept.data == b"of b"
    found = made.find(1, 1.0)
    assert found
    assert found.data == b"of a"
    assert made.find(1, 3.0) is None


def test_looking_at_frames_while_paused_makes_the_others_no_older() -> None:
    made = filled(seconds=2)
    for number in range(10, 30):
        made.add("page", number, b"jpeg", timestamp=0, arrived=None)
    assert numbers(made) == list(range(5, 30))
    made.add("page", 30, b"jpeg", timestamp=0, arrived=1000.0)
    assert numbers(made, 31) == [30]


def test_a_first_frame_may_be_one_that_is_looked_at() -> None:
    made = FrameHistory(10)
    made.add("page", 3, b"jpeg", timestamp=0, arrived=None)
    assert numbers(made) == [3]
