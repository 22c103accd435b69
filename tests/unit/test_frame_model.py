"""What a stream runs on each frame: segmenters and detectors behind one interface."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, Mask, Pose, Region, Segmentation, SupportedModels
from bodyseg_widgets.pose.blazepose.masks import MODEL_PIXELS
from bodyseg_widgets.streaming import LIVE_MODELS, DetectorModel, SegmenterModel, choose
from bodyseg_widgets.streaming.frame_model import all_together

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.streaming import FrameModel

SIZE = (60, 80)
PICTURE = np.zeros((*SIZE, 3), np.uint8)


def _person(
    region: Region,
    probability: float,
    model_size: tuple[int, int],
    size: tuple[int, int] = SIZE,
) -> Segmentation:
    values = np.full(model_size, probability, np.float32)
    return Segmentation(Mask(values, size=size, model_size=model_size, region=region))


class Recorder:
    """A detector, or segmenter, that records its calls."""

    def __init__(self, *people: Segmentation) -> None:
        self.people = [*people]
        self.asked: list[tuple[int, float | None]] = []
        self.resets = 0
        self.disposed = False

    def estimate_poses(
        self, image: np.ndarray, *, max_poses: int = 1, timestamp_ms: float | None = None
    ) -> list[Pose]:
        assert image is PICTURE
        self.asked.append((max_poses, timestamp_ms))
        zeros = [np.zeros((33, 4), np.float32) for _ in range(2)]
        return [Pose(*zeros, segmentation=person, id=1) for person in self.people]

    def segment_people(self, image: np.ndarray) -> list[Segmentation]:
        assert image is PICTURE
        return self.people

    def reset(self) -> None:
        self.resets += 1

    def dispose(self) -> None:
        self.disposed = True


def test_a_segmenter_gives_its_mask_and_no_poses() -> None:
    people = all_together([], SIZE)
    segmenter = Recorder(people)
    model = SegmenterModel(segmenter)
    seen = model.run(PICTURE, 0.0)
    assert (seen.segmentation, seen.poses) == (people, ())
    model.dispose()
    assert segmenter.disposed


def test_a_detector_is_told_the_time_in_milliseconds_and_how_many_people_are_wanted_now() -> None:
    wanted = 1
    detector = Recorder()
    model = DetectorModel(detector, max_poses=lambda: wanted)
    model.run(PICTURE, 2.0)
    wanted = 3
    model.run(PICTURE, 2.5)
    assert detector.asked == [(1, 2000.0), (3, 2500.0)]
    model.dispose()
    assert detector.disposed


@pytest.mark.parametrize(
    "wrap", [SegmenterModel, lambda detector: DetectorModel(detector, max_poses=lambda: 1)]
)
def test_segmenters_and_detectors_forget_the_video_when_told(
    wrap: Callable[[Recorder], FrameModel],
) -> None:
    wrapped = Recorder()
    wrap(wrapped).reset()
    assert wrapped.resets == 1


def test_one_person_keeps_the_mask_as_the_detector_gave_it() -> None:
    person = _person(Region(10, 0, 40, 60), 0.7, (16, 16))
    seen = DetectorModel(Recorder(person), max_poses=lambda: 1).run(PICTURE, 0.0)
    assert seen.segmentation is person
    assert seen.poses[0].segmentation is person


def test_no_one_gives_a_mask_of_the_pictures_size_that_is_0_everywhere() -> None:
    mask = DetectorModel(Recorder(), max_poses=lambda: 1).run(PICTURE, 0.0).segmentation.mask
    assert mask.probability.shape == SIZE
    assert mask.probability.max() == 0
    assert mask.model_probability.size == 1


def test_several_people_share_a_mask_with_the_highest_probability_of_each_pixel() -> None:
    left = _person(Region(0, 0, 40, 60), 0.6, (30, 20))
    right = _person(Region(30, 20, 30, 40), 0.9, (10, 10))
    mask = all_together([left, right], SIZE).mask
    assert mask.region == Region(0, 0, 60, 60)
    expected = np.maximum(left.mask.probability, right.mask.probability)
    assert np.array_equal(mask.probability, expected)
    # Half a value for each pixel: the left person's resolution, which is the finer one.
    assert mask.model_size == (30, 30)
    assert mask.model_probability.shape == (30, 30)


def test_the_shared_mask_is_never_finer_than_the_picture() -> None:
    people = [_person(Region(x, 0, 20, 20), 0.5, (256, 256)) for x in (0, 40)]
    assert all_together(people, SIZE).mask.model_size == (20, 60)


@pytest.mark.parametrize("size", [(480, 640), (1080, 1920)])
@pytest.mark.parametrize("people", [2, 3])
def test_someone_small_does_not_make_the_shared_mask_heavier_than_one_mask_each(
    size: tuple[int, int], people: int
) -> None:
    height, width = size
    near = _person(Region(0, 0, width, height), 0.6, (221, 295), size)
    far = _person(Region(50, 9, 150, 200), 0.9, (200, 150), size)
    mask = all_together([near, *[far] * (people - 1)], size).mask
    pixels = mask.model_size[0] * mask.model_size[1]
    # Fully used, except for rounding of its sides.
    assert 0.99 * people * MODEL_PIXELS < pixels <= people * MODEL_PIXELS
    assert mask.model_size[0] / mask.model_size[1] == pytest.approx(height / width, rel=0.01)
    assert mask.probability[20, 60] == pytest.approx(0.9)


@pytest.mark.parametrize(
    "model", [SupportedModels.MediaPipeSelfieSegmentation, SupportedModels.BlazePose]
)
def test_bundled_models_can_be_streamed_and_their_default_is_one_of_their_variants(
    model: SupportedModels,
) -> None:
    live = LIVE_MODELS[model]
    assert live.default_type in live.model_types
    assert choose(model, None, "tensorflow").model_type == live.default_type


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (("PoseNet", None, "tensorflow"), "model .*'BlazePose', 'BodyPix', but got 'PoseNet'"),
        (("BlazePose", "wide", "tensorflow"), "BlazePose .*'lite', 'full', 'heavy'.* got 'wide'"),
        (
            ("MediaPipeSelfieSegmentation", "full", "tensorflow"),
            "Selfie.* 'general', 'landscape', but got 'full'",
        ),
        (
            ("BlazePose", "full", "onnx"),
            "runtime .*'tensorflow', 'mediapipe', 'browser', but got 'onnx'",
        ),
    ],
)
def test_a_choice_that_is_none_is_refused_with_those_that_are(
    choice: tuple[str, str | None, str], words: str
) -> None:
    with pytest.raises(InvalidOptionError, match=words):
        choose(*choice)
