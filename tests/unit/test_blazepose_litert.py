"""Tracking people on LiteRT, with fake networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets.pose.blazepose import BlazePoseDetector, litert
from bodyseg_widgets.pose.blazepose.detection import Detection
from bodyseg_widgets.pose.blazepose.estimate import Estimate
from bodyseg_widgets.pose.blazepose.landmarks import Landmarks, find_landmarks
from bodyseg_widgets.pose.blazepose.litert import LiteRTEstimator
from bodyseg_widgets.pose.blazepose.roi import Roi

if TYPE_CHECKING:
    from collections.abc import Iterator

RANDOM = np.random.default_rng(11)


def moving_picture() -> np.ndarray:
    return RANDOM.integers(0, 256, (48, 64, 3), dtype=np.uint8)


def detection_at(x: float) -> Detection:
    points = np.array([[x, 60.0], [x, 20.0], [x, 40.0], [x, 20.0]])
    return Detection(0.9, np.array([x - 10, 20, x + 10, 40]), points)


def landmarks_at(x: float, visibility: float = 0.9) -> Landmarks:
    body = np.full((33, 4), visibility)
    body[:, 0] = x
    body[:, 1] = np.linspace(30, 90, 33)
    auxiliary = np.array([[x, 60.0], [x, 20.0]])
    return Landmarks(body, body / 100, auxiliary, np.zeros((256, 256), np.float32))


class World:
    """Where people are, and how often the networks ran."""

    def __init__(self) -> None:
        self.people: list[float] = [50.0]
        self.detections = 0
        self.rois: list[Roi] = []

    def detect(self, _: object, __: object) -> list[Detection]:
        self.detections += 1
        return [detection_at(x) for x in self.people]

    def landmarks(self, _: object, __: object, roi: Roi) -> Landmarks | None:
        self.rois.append(roi)
        near = [x for x in self.people if abs(x - roi.x_center) < 30]
        return landmarks_at(near[0]) if near else None


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(litert, "detect_people", world.detect)
    monkeypatch.setattr(litert, "find_landmarks", world.landmarks)
    return world


@pytest.fixture
def estimator() -> Iterator[LiteRTEstimator]:
    estimator = LiteRTEstimator("lite", with_mask=False, smooth_roi=True, num_threads=1)
    yield estimator
    estimator.dispose()


def track(estimator: LiteRTEstimator, frame: int, max_poses: int = 1) -> list[Estimate]:
    return estimator.track(moving_picture(), max_poses, frame / 30)


def test_the_detector_runs_only_while_someone_is_missing(
    world: World, estimator: LiteRTEstimator
) -> None:
    for frame in range(5):
        assert len(track(estimator, frame)) == 1
    assert world.detections == 1
    world.people = []
    assert track(estimator, 5) == []
    assert world.detections == 1, "the lost one is noticed by the landmark network"
    track(estimator, 6)
    assert world.detections == 2


def test_with_two_wanted_it_runs_until_two_are_there(
    world: World, estimator: LiteRTEstimator
) -> None:
    for frame in range(3):
        assert len(track(estimator, frame, max_poses=2)) == 1
    assert world.detections == 3
    world.people = [50.0, 200.0]
    for frame in range(3, 6):
        assert len(track(estimator, frame, max_poses=2)) == 2
    assert world.detections == 4


def test_two_rois_that_slide_onto_one_person_become_one(
    world: World, estimator: LiteRTEstimator
) -> None:
    world.people = [50.0, 100.0]
    assert len(track(estimator, 0, max_poses=2)) == 2
    world.people = [75.0]
    assert len(track(estimator, 1, max_poses=2)) == 1


def test_the_next_roi_is_where_the_auxiliary_landmarks_point(
    world: World, estimator: LiteRTEstimator
) -> None:
    track(estimator, 0)
    track(estimator, 1)
    assert world.rois[-1] == Roi(50, 60, 100, 100, pytest.approx(0))


def test_a_roi_without_size_is_a_lost_person(
    world: World, estimator: LiteRTEstimator, monkeypatch: pytest.MonkeyPatch
) -> None:
    track(estimator, 0)

    def shrunk(_: object, __: object, roi: Roi) -> Landmarks:
        world.rois.append(roi)
        landmarks = landmarks_at(50)
        landmarks.auxiliary[1] = landmarks.auxiliary[0]
        return landmarks

    monkeypatch.setattr(litert, "find_landmarks", shrunk)
    track(estimator, 1)
    asked = len(world.rois)
    assert track(estimator, 2) == []
    assert len(world.rois) == asked


def test_over_a_still_picture_the_roi_rests(world: World, estimator: LiteRTEstimator) -> None:
    picture = moving_picture()
    estimator.track(picture, 1, 0.0)
    for frame in range(1, 4):
        world.people = [50.0 + 5 * frame]
        estimator.track(picture, 1, frame / 30)
    assert len({roi.x_center for roi in world.rois[1:]}) == 1


def test_a_new_video_begins_with_a_picture_that_moves(
    world: World, estimator: LiteRTEstimator
) -> None:
    picture = moving_picture()
    estimator.track(picture, 1, 0.0)
    estimator.reset()
    world.rois.clear()
    world.people = [60.0]
    estimator.track(picture, 1, 0.0)
    world.people = [70.0]
    estimator.track(moving_picture(), 1, 0.1)
    assert [roi.x_center for roi in world.rois] == [60, pytest.approx(60, abs=1)]
    assert world.detections == 2


class BrokenNetwork:
    """Returns a presence and otherwise NaN."""

    def __init__(self, *, broken: int) -> None:
        shapes = [(1, 195), (1, 1), (1, 256, 256, 1), (1, 64, 64, 39), (1, 117)]
        self.outputs = [np.ones(shape, np.float32) for shape in shapes]
        self.outputs[broken].flat[0] = np.nan

    def run(self, _: object) -> tuple[np.ndarray, ...]:
        return tuple(self.outputs)


@pytest.mark.parametrize("broken", [0, 1, 2, 3, 4])
def test_a_network_that_gives_no_numbers_sees_no_one(broken: int) -> None:
    network: Any = BrokenNetwork(broken=broken)
    assert find_landmarks(network, moving_picture(), Roi(32, 24, 40, 40)) is None


class NoNumbers:
    """An estimator whose second person consists of NaN."""

    def still(self, _: object, __: int) -> list[Estimate]:
        sound = landmarks_at(50)
        broken = sound.body.copy()
        broken[7, 1] = np.nan
        return [
            Estimate(sound.body, sound.world, 80.0, None),
            Estimate(broken, sound.world, 80.0, None),
            Estimate(sound.body, broken, 80.0, None),
        ]

    def track(self, _: object, max_poses: int, __: float) -> list[Estimate]:
        return self.still(_, max_poses)

    def smooths_landmarks(self, _: int) -> bool:
        return False

    def reset(self) -> None:
        pass

    def dispose(self) -> None:
        pass


@pytest.mark.parametrize("timestamp_ms", [None, 0.0])
def test_no_nan_ever_reaches_a_keypoint(timestamp_ms: float | None) -> None:
    estimator: Any = NoNumbers()
    detector = BlazePoseDetector(estimator, smooth_landmarks=True, smooth_masks=True, settings={})
    (pose,) = detector.estimate_poses(moving_picture(), max_poses=3, timestamp_ms=timestamp_ms)
    assert np.isfinite(pose.keypoint_array).all()
