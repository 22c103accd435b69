"""Synthetic poses, and a stream that returns whatever a test puts in."""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets import KEYPOINT_NAMES, Frame, Mask, Pose, Result, Segmentation, Timings

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.streaming import ResultCallback

Point = tuple[float, float, float]

# A person standing and looking at the camera: meters, x to the image's right, y down, z away.
_HEAD: dict[str, Point] = {"nose": (0, -0.66, -0.2)}
_LEFT_SIDE: dict[str, Point] = {
    "left_eye_inner": (0.015, -0.70, -0.19),
    "left_eye": (0.03, -0.70, -0.19),
    "left_eye_outer": (0.045, -0.70, -0.18),
    "left_ear": (0.075, -0.68, -0.09),
    "mouth_left": (0.025, -0.62, -0.17),
    "left_shoulder": (0.17, -0.48, -0.04),
    "left_elbow": (0.22, -0.22, -0.03),
    "left_wrist": (0.24, 0.02, -0.1),
    "left_pinky": (0.25, 0.1, -0.12),
    "left_index": (0.23, 0.1, -0.15),
    "left_thumb": (0.22, 0.06, -0.14),
    "left_hip": (0.1, 0, 0),
    "left_knee": (0.12, 0.4, -0.02),
    "left_ankle": (0.13, 0.78, 0.06),
    "left_heel": (0.13, 0.82, 0.08),
    "left_foot_index": (0.16, 0.86, -0.08),
}


def _mirrored(name: str) -> str:
    return name.replace("left", "right")


STANDING: dict[str, Point] = {
    **_HEAD,
    **_LEFT_SIDE,
    **{_mirrored(name): (-x, y, z) for name, (x, y, z) in _LEFT_SIDE.items()},
}


def make_pose(
    moved: dict[str, Point] | None = None,
    *,
    scores: dict[str, float] | None = None,
    pose_id: int | None = 1,
    at: float = 320,
    segmentation: Segmentation | None = None,
) -> Pose:
    """Return a standing person, with some keypoints moved.

    Parameters
    ----------
    moved
        Keypoint to its x, y, z in meters.
    scores
        Keypoint to its score; 0.9 for all others.
    pose_id
        The person's number.
    at
        Where the hips are in the image, in pixels from its left edge.
    segmentation
        The person's mask.
    """
    places = STANDING | (moved or {})
    known = dict.fromkeys(KEYPOINT_NAMES, 0.9) | (scores or {})
    space = np.array([(*places[name], known[name]) for name in KEYPOINT_NAMES], np.float32)
    picture = space * np.array([200, 200, 200, 1], np.float32)
    picture[:, :2] += (at, 240)
    return Pose(picture, space, segmentation, pose_id)


def make_result(time: float, *poses: Pose, frame: int = 1) -> Result:
    """Return a stream's result for a frame taken at `time`, in seconds."""
    image = np.zeros((4, 6, 3), np.uint8)
    mask = Mask(np.zeros((1, 1), np.float32), size=(4, 6), model_size=(1, 1))
    return Result(Frame(frame, image, time), Segmentation(mask), Timings(), poses)


class HandStream:
    """A fake stream that delivers the results a test puts in."""

    def __init__(self) -> None:
        self.callbacks: list[ResultCallback] = []

    def on_result(self, callback: ResultCallback) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback) if callback in self.callbacks else None

    def put(self, result: Result) -> None:
        for callback in [*self.callbacks]:
            callback(result)


class WavingStream(HandStream):
    """A waving person, thirty frames per second on a separate thread, from start to stop.

    Attributes
    ----------
    people
        Number of people.
    score
        The score of all keypoints.
    """

    def __init__(self) -> None:
        super().__init__()
        self.people = 1
        self.score = 0.9
        self._waving = threading.Event()

    def start(self) -> None:
        self._waving.set()
        threading.Thread(target=self._wave, daemon=True).start()

    def stop(self) -> None:
        self._waving.clear()

    def _wave(self) -> None:
        number = 0
        while self._waving.is_set():
            number += 1
            now = number / 30
            x, y = 0.42 + 0.12 * math.sin(3 * now), -0.6 + 0.05 * math.cos(6 * now)
            arm: dict[str, Point] = {
                "left_elbow": (0.38, -0.36, -0.02),
                "left_wrist": (x, y, -0.1),
                "left_thumb": (x - 0.03, y - 0.05, -0.14),
                "left_index": (x, y - 0.09, -0.14),
                "left_pinky": (x + 0.04, y - 0.08, -0.12),
            }
            scores = dict.fromkeys(KEYPOINT_NAMES, self.score)
            poses = [
                make_pose(arm, scores=scores, pose_id=1 + each, at=320 + 150 * each)
                for each in range(self.people)
            ]
            self.put(make_result(now, *poses, frame=number))
            time.sleep(1 / 30)
