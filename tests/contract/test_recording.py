"""What a recording promises: results come back unchanged, and a kill loses at most a second."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets import Frame, Mask, Recording, RecordingWriter, Result, Segmentation, Timings
from bodyseg_widgets.streaming import StoredResult, choose, decode_image, encode_image
from tests.clip_frames import clip_frames

if TYPE_CHECKING:
    from pathlib import Path

# Thirty frames per second, each with four results, until it is killed. Prints when each was added,
# by its own clock.
_RECORD = """
import sys, time
import numpy as np
from bodyseg_widgets import RecordingWriter, Region, Timings
from bodyseg_widgets.segmentation import PackedLevels
from bodyseg_widgets.streaming import StoredResult, encode_image

y, x = np.mgrid[:256, :256]
levels = np.clip(255 - 4 * (np.hypot(x - 128, y - 128) - 60), 0, 255).astype(np.uint8)
stored = StoredResult(PackedLevels.of(levels), (480, 640), Region(0, 0, 640, 480), (), Timings())
jpeg = encode_image(np.random.default_rng(0).integers(0, 60, (480, 640, 3), np.uint8))
writer = RecordingWriter(sys.argv[1])
start = time.monotonic()
number = 0
while True:
    writer.add_frame(number, number / 30, "camera", jpeg, (480, 640))
    for label in "abcd":
        writer.add_result(number, label, stored, video="camera")
    print(number, time.monotonic(), flush=True)
    number += 1
    time.sleep(max(0, start + number / 30 - time.monotonic()))
"""


def test_a_killed_recording_lacks_at_most_its_last_second(tmp_path: Path) -> None:
    path = tmp_path / "lesson.bodyseg"
    with subprocess.Popen(
        [sys.executable, "-c", _RECORD, str(path)], stdout=subprocess.PIPE, text=True
    ) as recorder:
        assert recorder.stdout is not None
        lines = [recorder.stdout.readline() for _ in range(70)]
        recorder.kill()
        lines += recorder.stdout.readlines()
    added = [float(line.split()[1]) for line in lines if line.endswith("\n")]
    with Recording(path) as recording:
        kept = [recording.read_at(index) for index in range(recording.length)]
    assert [picture.index for picture in kept] == [*range(len(kept))]
    assert len(kept) >= sum(moment <= added[-1] - 1 for moment in added) >= 30
    # Some results of the last frame may be missing.
    assert all(list(picture.known) == [*"abcd"] for picture in kept[:-1])


def test_real_results_come_back_bit_by_bit(data_folder: Path, tmp_path: Path) -> None:
    clip = data_folder / "tfjs-models" / "pose-detection" / "pose_squats.mp4"
    jpegs = [encode_image(image) for image in clip_frames(clip, limit=3)]
    choices = [
        choose("MediaPipeSelfieSegmentation", "landscape", "tensorflow"),
        choose("BlazePose", "lite", "tensorflow"),
    ]
    given: dict[str, list[StoredResult]] = {}
    with RecordingWriter(tmp_path / "squats.bodyseg") as writer:
        for number, jpeg in enumerate(jpegs):
            height, width = decode_image(jpeg).shape[:2]
            writer.add_frame(number, number / 30, "clip", jpeg, (height, width))
        for choice in choices:
            model = choice.to_run(lambda: 1).create()
            given[choice.label] = []
            for number, jpeg in enumerate(jpegs):
                image = decode_image(jpeg)
                seen = model.run(image, number / 30)
                frame = Frame(number, image, number / 30)
                result = Result(frame, seen.segmentation, Timings(), seen.poses)
                given[choice.label].append(StoredResult.of(result))
                writer.add_result(number, choice.label, given[choice.label][-1], video="clip")
            model.dispose()
    poses = given["BlazePose lite (tensorflow)"]
    assert [len(stored.poses) for stored in poses] == [1, 1, 1]
    with Recording(tmp_path / "squats.bodyseg") as recording:
        assert recording.labels == tuple(choice.label for choice in choices)
        for number in range(3):
            known = recording.read_at(number).known
            for label, stored in given.items():
                np.testing.assert_array_equal(known[label].levels, stored[number].levels)
                assert known[label].region == stored[number].region
                for found, pose in zip(known[label].poses, stored[number].poses, strict=True):
                    assert found.keypoint_array.tobytes() == pose.keypoint_array.tobytes()
                    assert found.keypoint_array_3d.tobytes() == pose.keypoint_array_3d.tobytes()
                    assert found.id == pose.id


def test_a_replayed_mask_is_the_one_that_was_shown(tmp_path: Path) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (256, 256), np.uint8)
    image = np.zeros((480, 640, 3), np.uint8)
    mask = Mask.from_levels(levels, size=(480, 640))
    shown = Result(Frame(1, image, 0.0), Segmentation(mask), Timings())
    with RecordingWriter(tmp_path / "mask.bodyseg") as writer:
        writer.add_frame(1, 0.0, "clip", encode_image(image), (480, 640))
        writer.add_result(1, "mine", StoredResult.of(shown), video="clip")
    with Recording(tmp_path / "mask.bodyseg") as recording:
        replayed = recording.read_at(0).known["mine"].seen().segmentation.mask
    assert replayed.probability.tobytes() == mask.probability.tobytes()
