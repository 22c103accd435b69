"""What each stage of BlazePose returns for inputs that both languages can compute.

``python -m tools.goldens`` writes them to ``frontend/test/inference/pose/goldens.json``. Python is
held to them by `tests/unit/test_pose_goldens.py`, and the stages in TypeScript by the tests beside
that file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

import numpy as np

from bodyseg_widgets.pose import Pose
from bodyseg_widgets.pose.blazepose import on_litert
from bodyseg_widgets.pose.blazepose.detection import (
    decode_detections,
    detect_people,
    merge_overlapping,
    roi_from_detection,
    ssd_anchors,
)
from bodyseg_widgets.pose.blazepose.estimate import Estimate
from bodyseg_widgets.pose.blazepose.filters import OneEuro, OneEuroSettings
from bodyseg_widgets.pose.blazepose.identities import Identities
from bodyseg_widgets.pose.blazepose.landmarks import (
    decode_landmarks,
    decode_world_landmarks,
    find_landmarks,
    project_landmarks,
    refine_from_heatmap,
    sigmoid,
)
from bodyseg_widgets.pose.blazepose.masks import PersonMaskSmoother, PlacedMask, to_segmentation
from bodyseg_widgets.pose.blazepose.roi import Roi, roi_from_alignment_points
from bodyseg_widgets.pose.blazepose.smoothing import LandmarkSmoother
from bodyseg_widgets.pose.blazepose.stillness import gray_cells
from bodyseg_widgets.pose.blazepose.warp import crop, unwarp_mask
from bodyseg_widgets.streaming import DetectorModel
from bodyseg_widgets.streaming.frame_model import all_together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Region
    from bodyseg_widgets.streaming.frame_model import Seen

    Numbers = NDArray[np.float32]
    Picture = NDArray[np.uint8]

POSE: Final = Path(__file__).parents[1] / "frontend/test/inference/pose/goldens.json"
DIGITS: Final = 7
"""That a float32 has."""
ANCHORS: Final = 2254
LEVEL_STEP: Final = 997
"""Of long lists, every so many are compared; primes, to meet every column and channel."""
PLACES_STEP: Final = 37
MASK_STEP: Final = 7
KEYPOINT_STEP: Final = 3


def numbers(count: int, seed: int) -> Numbers:
    """Return numbers from 0 to 1 that look random: a hash of their index."""
    mixed = np.arange(1, count + 1, dtype=np.uint32) + np.uint32(seed * 65537)
    for factor, shift in ((2654435761, 15), (2246822519, 13), (3266489917, 16)):
        mixed = mixed * np.uint32(factor)
        mixed ^= mixed >> np.uint32(shift)
    return (mixed / 2**32).astype(np.float32)


def picture(width: int, height: int, shift: int = 0) -> Picture:
    """Return an image with soft and hard edges, in each channel others."""
    y, x = np.mgrid[:height, :width]
    channels = [(x * 5 + y * 3 + (x * y >> 4) + shift + 80 * index) & 255 for index in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def mask_logits(seed: int) -> Numbers:
    """Return the logits of a round mask, 256 x 256, whose place depends on the seed."""
    y, x = np.mgrid[:256, :256]
    away = (x - 118 - 7 * (seed % 4)) ** 2 + (y - 128) ** 2
    return np.asarray(20 - away / 300, np.float32)


@dataclass(frozen=True, slots=True)
class Detected:
    """A person that the scripted detector finds, in shares of its input."""

    x: float
    y: float
    up: float
    """From the hips to the circle around the body."""
    logit: float = 3.0


@dataclass(frozen=True, slots=True)
class Person:
    """What the scripted landmark network returns of one ROI."""

    seed: int
    legs: bool = True
    presence: float = 0.9
    drift: float = 0.0
    """How far all landmarks are from those of the seed, in its pixels."""
    broken: bool = False
    """Whether one of its numbers is not finite."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One image, and what the networks return, call by call."""

    timestamp: float | None
    people: tuple[Person, ...]
    detected: tuple[Detected, ...] = ()
    max_poses: int = 1
    shift: int = 0
    width: int = 96
    height: int = 72


LEFT = Detected(0.3, 0.5, 0.2)
RIGHT = Detected(0.7, 0.55, 0.2, 2.0)

SCENARIOS: Final[dict[str, tuple[Moment, ...]]] = {
    "one person walks, stands and leaves": (
        Moment(0.0, (Person(1),), (LEFT,), shift=0),
        Moment(0.033, (Person(1, drift=2),), shift=40),
        Moment(0.067, (Person(1, drift=5),), shift=80),
        Moment(0.1, (Person(1, drift=6, legs=False),), shift=120),
        Moment(0.133, (Person(1, drift=9),), shift=160),
        # Nothing moves.
        Moment(0.167, (Person(1, drift=15),), shift=160),
        Moment(0.2, (Person(1, drift=18),), shift=160),
        Moment(0.233, (Person(1, presence=0.2),), shift=200),
        Moment(0.267, (), shift=10),
        Moment(0.3, (Person(1, drift=5),), (LEFT,), shift=50),
    ),
    "two people, one of them pauses": (
        Moment(5.0, (Person(1), Person(2)), (LEFT, RIGHT), max_poses=2, shift=0),
        Moment(5.05, (Person(1, drift=3), Person(2, drift=-3)), max_poses=2, shift=60),
        Moment(5.1, (Person(1, broken=True), Person(2, drift=-4)), max_poses=2, shift=120),
        Moment(5.15, (Person(2, drift=-5), Person(1)), (RIGHT, LEFT), max_poses=2, shift=180),
        # The first is gone for more than a second.
        Moment(5.2, (Person(2), Person(1, presence=0.1)), max_poses=2, shift=240),
        Moment(5.9, (Person(2),), (), max_poses=2, shift=44),
        Moment(6.3, (Person(2), Person(1)), (LEFT,), max_poses=2, shift=104),
        Moment(6.4, (Person(2),), (), max_poses=1, shift=164),
    ),
    "two detections slide onto one person": (
        Moment(0.0, (Person(1), Person(1)), (LEFT, Detected(0.3, 0.5, 0.19, 1.0)), max_poses=3),
        Moment(0.1, (Person(1, drift=1),), (), max_poses=3, shift=90),
    ),
    "another size, and a time that goes back, begin a new video": (
        Moment(1.0, (Person(3),), (LEFT,)),
        Moment(1.1, (Person(3, drift=4),), (RIGHT,), shift=70, width=120, height=90),
        Moment(1.2, (Person(3, drift=8),), shift=140, width=120, height=90),
        Moment(0.5, (Person(3, drift=9),), (LEFT,), shift=210, width=120, height=90),
    ),
    "a still between two frames": (
        Moment(0.0, (Person(4),), (LEFT,)),
        Moment(None, (Person(5), Person(6)), (LEFT, RIGHT), max_poses=2, shift=33),
        Moment(0.1, (Person(4, drift=3),), shift=99),
    ),
    "a person far away, and one beside the image": (
        Moment(None, (Person(7),), (Detected(0.5, 0.5, 0.03),)),
        Moment(None, (Person(7),), (Detected(2.0, 0.5, 0.1),)),
        Moment(None, (Person(7), Person(8)), (LEFT, Detected(0.6, 0.5, 0.03, 2.0)), max_poses=2),
        Moment(None, (), ()),
    ),
}


class ScriptedNetwork:
    """Returns what a script says, whatever it sees."""

    def __init__(self, size: int) -> None:
        self.input: Numbers = np.zeros((1, size, size, 3), np.float32)
        self.script: list[tuple[Numbers, ...]] = []

    def run(self, write_input: Callable[[Numbers], None]) -> tuple[Numbers, ...]:
        """Return the next of the script."""
        write_input(self.input)
        return self.script.pop(0)

    def dispose(self) -> None:
        """There is nothing to free."""


def detector_outputs(people: Sequence[Detected]) -> tuple[Numbers, Numbers]:
    """Return what the detector's network returns for these people."""
    boxes = np.zeros((1, ANCHORS, 12), np.float32)
    scores = np.full((1, ANCHORS, 1), -9, np.float32)
    for index, each in enumerate(people):
        anchor = 100 + 500 * index
        x, y = ssd_anchors()[anchor].astype(np.float64)
        points = [each.x, each.y, each.x, each.y - each.up] * 2
        places = np.array(points) - np.tile([x, y], 4)
        head = [each.x - x, each.y - each.up / 2 - y, each.up / 2, each.up / 2]
        boxes[0, anchor] = np.array([*head, *places]) * 224
        scores[0, anchor] = each.logit
    return boxes, scores


def landmark_outputs(person: Person) -> tuple[Numbers, ...]:
    """Return what a landmark network returns for this person."""
    raw = numbers(195, person.seed).reshape(39, 5).copy()
    raw[:, :2] = raw[:, :2] * 160 + np.float32(48 + person.drift)
    raw[:, 2] = raw[:, 2] * 100 - 50
    raw[:, 3] = raw[:, 3] * 8 - 2
    raw[27:29, 3] = 5 if person.legs else -5
    raw[33, :2] = 128 + person.drift, 130
    raw[34, :2] = 131 + person.drift, 28
    heatmap = numbers(64 * 64 * 39, person.seed) * 8 - 6
    world = numbers(117, person.seed + 50) * 2 - 1
    mask = mask_logits(person.seed)
    if person.broken:
        world[5] = np.nan
    return (
        raw.reshape(1, 195),
        np.array([[person.presence]], np.float32),
        mask.reshape(1, 256, 256, 1),
        heatmap.reshape(1, 64, 64, 39),
        world.reshape(1, 117),
    )


def scenario(moments: Sequence[Moment]) -> list[dict[str, Any]]:
    """Return what BlazePose finds in each image."""
    people, landmarks = ScriptedNetwork(224), ScriptedNetwork(256)
    with patch("bodyseg_widgets.runtimes.litert.LiteRTNetwork", side_effect=[people, landmarks]):
        detector = on_litert(
            "lite",
            enable_smoothing=True,
            enable_segmentation=True,
            smooth_segmentation=True,
            num_threads=1,
        )
    wanted = 1
    model = DetectorModel(detector, max_poses=lambda: wanted)
    found = []
    for moment in moments:
        people.script = [detector_outputs(moment.detected)]
        landmarks.script = [landmark_outputs(each) for each in moment.people]
        wanted = moment.max_poses
        image = picture(moment.width, moment.height, moment.shift)
        seen = model.run(image, moment.timestamp)
        found.append(
            {
                "moment": asdict(moment),
                "detector_ran": not people.script,
                "people_unseen": len(landmarks.script),
                **_found(seen),
            }
        )
    return found


def _found(seen: Seen) -> dict[str, Any]:
    mask = seen.segmentation.mask
    return {
        "levels": mask.levels.ravel()[::LEVEL_STEP].tolist(),
        "shape": list(mask.levels.shape),
        "region": _region(mask.region),
        "poses": [
            {
                "id": pose.id,
                "keypoints": listed(
                    np.concatenate([pose.keypoint_array, pose.keypoint_array_3d[:, :3]], axis=1)[
                        ::KEYPOINT_STEP
                    ]
                ),
            }
            for pose in seen.poses
            if isinstance(pose, Pose)
        ],
    }


ROIS: Final = (
    Roi(50.0, 36.0, 90.0, 90.0, 0.0),
    Roi(40.25, 30.5, 52.4, 52.4, 0.7),
    Roi(90.0, 10.0, 70.0, 70.0, -2.3),
    Roi(20.0, 60.0, 14.0, 14.0, 3.1),
)

SMALL: Final = 16
"""Width and height of crops, which are stored whole."""


def pose_goldens() -> dict[str, Any]:
    """Return what is in the file."""
    return {
        "numbers": listed(numbers(4, 3)),
        "anchors": listed(ssd_anchors()[::PLACES_STEP]),
        "detection": _detection(),
        "roi": [
            {
                "rim": rim,
                "roi": asdict(roi_from_alignment_points(np.array([50, 40]), np.array(rim))),
            }
            for rim in ([50, 10], [80, 40], [50, 70], [20, 40.5], [33, 22])
        ],
        "crops": [
            {
                "roi": asdict(roi),
                **{
                    border: crop(picture(96, 72), roi, (SMALL, SMALL), border=border)
                    .ravel()
                    .tolist()
                    for border in ("zero", "replicate")
                },
            }
            for roi in ROIS
        ],
        "landmarks": _landmarks(),
        "masks": _masks(),
        "filters": _filters(),
        "smoothing": _smoothing(),
        "cells": [
            {
                "width": width,
                "height": height,
                "gray": gray_cells(picture(width, height)).ravel().tolist(),
            }
            for width, height in ((96, 72), (640, 480), (333, 250), (41, 30))
        ],
        "identities": _identities(),
        "scenarios": {name: scenario(moments) for name, moments in SCENARIOS.items()},
    }


def _detection() -> dict[str, Any]:
    boxes = numbers(ANCHORS * 12, 1).reshape(ANCHORS, 12) * 60 - 30
    # So wide and high that some overlap.
    boxes[:, 2:4] += 70
    scores = numbers(ANCHORS, 2) * 40 - np.float32(39.6)
    detections = decode_detections(boxes, scores)
    network = ScriptedNetwork(224)
    network.script = [detector_outputs((LEFT, RIGHT))]
    found = detect_people(network, picture(96, 72))  # type: ignore[arg-type]
    return {
        "decoded": [_detected(each) for each in detections],
        "merged": [_detected(each) for each in merge_overlapping(detections)],
        "input": listed(network.input.ravel()[::LEVEL_STEP]),
        "found": [_detected(each) for each in found],
        "rois": [asdict(roi_from_detection(each)) for each in found],
    }


def _detected(detection: Any) -> dict[str, Any]:  # noqa: ANN401 - a Detection, which is private
    return {
        "score": _short(detection.score),
        "box": listed(detection.box),
        "keypoints": detection.keypoints.astype(np.float32).tolist(),
    }


def _landmarks() -> dict[str, Any]:
    person = Person(9)
    raw, _, _, heatmap, world = landmark_outputs(person)
    decoded = decode_landmarks(raw)
    # One outside the ROI, and one at its edge.
    decoded[3, :2] = -0.2, 0.5
    decoded[4, :2] = 0.995, 0.002
    refined = refine_from_heatmap(decoded, heatmap[0])
    roi = ROIS[1]
    network = ScriptedNetwork(256)
    network.script = [landmark_outputs(person)]
    found = find_landmarks(network, picture(96, 72), roi)  # type: ignore[arg-type]
    if found is None:
        raise ValueError("nobody is in the scripted ROI")
    return {
        "decoded": listed(decoded),
        "refined": listed(refined),
        "projected": listed(project_landmarks(refined, roi)),
        "world": listed(decode_world_landmarks(world, roi)),
        "input": listed(network.input.ravel()[::LEVEL_STEP]),
        "auxiliary": found.auxiliary.tolist(),
    }


def _masks() -> dict[str, Any]:
    size = (72, 96)
    laid = [
        PlacedMask(*unwarp_mask(sigmoid(mask_logits(index)), roi, size))
        for index, roi in enumerate(ROIS)
    ]
    smooth = PersonMaskSmoother()
    smoothed = [smooth(each) for each in laid]
    large = PlacedMask(
        *unwarp_mask(sigmoid(mask_logits(2)), Roi(300, 250, 620, 620, 0.4), (480, 640))
    )
    groups = [[large], [laid[0]], laid[:2], laid, []]
    return {
        "laid": [_laid(each, MASK_STEP) for each in laid],
        "smoothed": [_laid(each, MASK_STEP) for each in smoothed],
        "large": _laid(large, LEVEL_STEP),
        "together": [
            _found_mask(group, (480, 640) if large in group else size) for group in groups
        ],
    }


def _laid(mask: PlacedMask, step: int) -> dict[str, Any]:
    return {
        "region": _region(mask.region),
        "probability": listed(np.ravel(mask.probability)[::step]),
    }


def _found_mask(people: Sequence[PlacedMask], size: tuple[int, int]) -> dict[str, Any]:
    masks = [to_segmentation(each, size) for each in people]
    mask = all_together(masks, size, numbered=True).mask
    whose = np.asarray(mask.model_people)
    return {
        "levels": mask.levels.ravel()[::PLACES_STEP].tolist(),
        "people": whose.ravel()[::PLACES_STEP].tolist(),
        "shape": list(mask.levels.shape),
        "region": _region(mask.region),
    }


def _filters() -> list[list[float]]:
    smooth = OneEuro(OneEuroSettings(min_cutoff=0.05, beta=80))
    times = (0.0, 0.03, 0.03, 0.07, 0.5)
    scales = (100.0, 100.0, 100.0, 0.0, 50.0)
    return [
        listed(smooth(numbers(3, index).astype(np.float64), seconds=time, object_scale=scale))
        for index, (time, scale) in enumerate(zip(times, scales, strict=True))
    ]


def _smoothing() -> list[dict[str, Any]]:
    smooth = LandmarkSmoother()
    smoothed = []
    for index in range(3):
        estimate = smooth(_body(index, 200 + 3 * index), index / 30)
        smoothed.append({"body": listed(estimate.body), "world": listed(estimate.world)})
    return smoothed


def _body(seed: int, x: float, scale: float = 100.0) -> Estimate:
    body = numbers(132, seed).astype(np.float64).reshape(33, 4) * [80, 160, 50, 1] + [x, 20, 0, 0]
    world = numbers(132, seed + 20).astype(np.float64).reshape(33, 4)
    return Estimate(body, world, scale, None)


def _identities() -> list[dict[str, Any]]:
    """Return frames: time, places of people, and their numbers."""
    identities = Identities()
    frames: tuple[tuple[float, list[float]], ...] = (
        (0.0, [100.0, 200.0]),
        (0.1, [198.0, 104.0]),
        (0.2, [104.0]),
        (0.9, [110.0, 196.0]),
        (1.0, [110.0]),
        (2.5, [110.0, 300.0]),
        (2.6, [300.0, 196.0, 112.0]),
        (9.0, [113.0, 190.0]),
        (9.1, [190.0, 300.0]),
    )
    return [
        {
            "seconds": seconds,
            "places": places,
            "numbers": identities.assign([_body(1, place) for place in places], seconds),
        }
        for seconds, places in frames
    ]


def listed(values: NDArray[Any]) -> list[float]:
    """Return numbers as they are stored: one after the other, with a float32's digits."""
    return [_short(value) for value in np.ravel(values).tolist()]


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _region(region: Region) -> list[int]:
    return [region.left, region.top, region.width, region.height]
