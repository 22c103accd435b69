"""From an encoded frame to a result, and what happens when something goes wrong."""

from __future__ import annotations

import queue
import threading
import traceback
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from bodyseg_widgets import InvalidImageError, Mask, Pose, Result, Segmentation, Timings
from bodyseg_widgets.streaming import (
    EncodedFrame,
    FramePipeline,
    ModelToRun,
    ResultFeed,
    Seen,
    SharedImage,
    Sink,
    StoredResult,
    add_model,
    choose,
    decode_image,
    encoded,
    pipeline,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator


class HalfModel:
    """Finds a person in the right half of every image."""

    def __init__(self, poses: tuple[Pose, ...] = ()) -> None:
        self.disposed = threading.Event()
        self.timestamps: list[float | None] = []
        self.events: list[str] = []
        self._poses = poses

    def run(self, image: np.ndarray, timestamp: float | None) -> Seen:
        self.timestamps.append(timestamp)
        self.events.append("run")
        height, width = image.shape[:2]
        probability = np.zeros((height, width), np.float32)
        probability[:, width // 2 :] = 1
        mask = Mask(probability, size=(height, width), model_size=(height, width))
        return Seen(Segmentation(mask), self._poses)

    def reset(self) -> None:
        self.events.append("reset")

    def dispose(self) -> None:
        self.disposed.set()


class ClassModel(HalfModel):
    """Finds a person everywhere, and a class."""

    def run(self, image: np.ndarray, timestamp: float | None) -> Seen:
        self.timestamps.append(timestamp)
        size = (image.shape[0], image.shape[1])
        mask = Mask(
            np.ones((1, 1), np.float32),
            size=size,
            model_size=(1, 1),
            values=np.zeros((1, 1), np.uint8),
            class_source=lambda _: np.full((1, 1), 0.2, np.float32),
        )
        return Seen(Segmentation(mask, {0: "hair"}))


class Rig:
    """A pipeline whose answers land in a queue."""

    def __init__(
        self,
        create: Callable[[], HalfModel],
        idle: float = 10,
        classes: frozenset[int] = frozenset(),
    ) -> None:
        self.answers: queue.Queue[tuple[str, int, object]] = queue.Queue()
        self.late: list[str] = []
        self.feed = ResultFeed(lambda *_: None)
        self.pipeline: FramePipeline[None] = FramePipeline(
            ModelToRun(create, lambda: "half", lambda: classes),
            sink=Sink(
                lambda frame, result, _: self.answers.put(("result", frame.id, result)),
                lambda frame: self.answers.put(("skipped", frame.id, None)),
                lambda frame, error: self.answers.put(("failed", frame.id, error)),
                self.late.append,
            ),
            feed=self.feed,
            name="test-pipeline",
            idle=idle,
        )

    def offer(self, number: int, data: bytes, video: Hashable = "video") -> tuple[str, int, object]:
        timings = Timings(capture=3, up=4)
        self.pipeline.offer(EncodedFrame(number, SharedImage(data), 12.5, video, timings, None))
        return self.answers.get(timeout=5)


@pytest.fixture
def jpeg() -> bytes:
    picture = np.full((4, 6, 3), (255, 0, 0), np.uint8)
    return cv2.imencode(".png", picture[..., ::-1])[1].tobytes()


@pytest.fixture
def rig() -> Iterator[Rig]:
    rig = Rig(HalfModel)
    yield rig
    rig.pipeline.close()


def test_a_frame_becomes_a_result_with_its_picture_and_times(rig: Rig, jpeg: bytes) -> None:
    kind, number, result = rig.offer(5, jpeg)
    assert (kind, number) == ("result", 5)
    assert isinstance(result, Result)
    assert result.frame.id == 5
    assert result.frame.timestamp == 12.5
    assert result.frame.image.tolist() == [[[255, 0, 0]] * 6] * 4
    assert result.mask.probability.sum() == 12
    assert (result.timings.capture, result.timings.up) == (3, 4)
    assert result.timings.decode > 0
    assert result.timings.infer > 0
    assert np.isnan(result.timings.total)
    assert result.model == "half"


def test_poses_reach_the_result_and_the_model_is_told_when_the_frame_was_taken(jpeg: bytes) -> None:
    pose = Pose(np.zeros((33, 4), np.float32), np.zeros((33, 4), np.float32), id=1)
    model = HalfModel((pose,))
    rig = Rig(lambda: model)
    _, _, result = rig.offer(1, jpeg)
    rig.pipeline.close()
    assert isinstance(result, Result)
    assert result.poses == (pose,)
    assert model.timestamps == [12.5]


def test_the_model_forgets_before_the_first_frame_of_another_video_and_at_no_other(
    jpeg: bytes,
) -> None:
    model = HalfModel()
    rig = Rig(lambda: model)
    for number, video in enumerate(["camera", "camera", "sample", "sample", "camera"]):
        rig.offer(number, jpeg, video)
    rig.pipeline.close()
    events = ["reset", "run", "run", "reset", "run", "run", "reset", "run"]
    assert model.events == events


def test_a_frame_that_is_no_picture_begins_its_video_all_the_same(jpeg: bytes) -> None:
    model = HalfModel()
    rig = Rig(lambda: model)
    rig.offer(1, jpeg, "camera")
    rig.offer(2, b"not a picture", "sample")
    rig.offer(3, jpeg, "sample")
    rig.pipeline.close()
    assert model.events == ["reset", "run", "reset", "run"]


@pytest.mark.parametrize("data", [b"", b"not a picture", b"\xff\xd8\xff\xe0 truncated"])
def test_a_frame_that_is_no_picture_fails_and_the_next_works(
    rig: Rig, jpeg: bytes, data: bytes
) -> None:
    kind, _, error = rig.offer(1, data)
    assert kind == "failed"
    assert isinstance(error, InvalidImageError)
    assert rig.offer(2, jpeg)[0] == "result"


def test_a_model_that_cannot_be_loaded_fails_every_frame_but_is_tried_once(jpeg: bytes) -> None:
    tries = []

    def create() -> HalfModel:
        tries.append(1)
        raise OSError("no model")

    rig = Rig(create)
    kinds = [rig.offer(number, jpeg)[0] for number in range(3)]
    assert kinds == ["failed"] * 3
    assert len(tries) == 1
    rig.pipeline.use(ModelToRun(HalfModel, lambda: "another"))
    assert rig.offer(4, jpeg)[0] == "result"
    rig.pipeline.close()


def test_the_error_of_a_model_that_cannot_be_loaded_does_not_collect_frames(jpeg: bytes) -> None:
    def create() -> HalfModel:
        raise OSError("no model")

    rig = Rig(create)
    lengths = []
    for number in range(4):
        error = rig.offer(number, jpeg)[2]
        assert isinstance(error, OSError)
        lengths.append(len(list(traceback.walk_tb(error.__traceback__))))
    rig.pipeline.close()
    assert lengths[-1] == lengths[1]


def test_a_frame_of_a_model_that_is_no_longer_wanted_is_skipped(jpeg: bytes) -> None:
    started, go_on = threading.Event(), threading.Event()

    class SlowModel(HalfModel):
        def run(self, image: np.ndarray, timestamp: float | None) -> Seen:
            started.set()
            assert go_on.wait(5)
            return super().run(image, timestamp)

    rig = Rig(SlowModel)
    rig.pipeline.offer(EncodedFrame(1, SharedImage(jpeg), 0.0, "video", Timings(), None))
    assert started.wait(5)
    rig.pipeline.use(ModelToRun(HalfModel, lambda: "another"))
    go_on.set()
    assert rig.answers.get(timeout=5) == ("skipped", 1, None)
    assert rig.offer(2, jpeg)[0] == "result"
    rig.pipeline.close()


def test_another_model_takes_over_and_the_old_one_is_disposed(jpeg: bytes) -> None:
    first, second = HalfModel(), HalfModel()
    rig = Rig(lambda: first)
    rig.offer(1, jpeg)
    rig.pipeline.use(ModelToRun(lambda: second, lambda: "another"))
    rig.offer(2, jpeg)
    assert first.disposed.is_set()
    assert not second.disposed.is_set()
    rig.pipeline.close()
    assert second.disposed.is_set()


def test_after_close_frames_are_skipped_and_no_thread_is_left(jpeg: bytes) -> None:
    rig = Rig(HalfModel)
    rig.offer(1, jpeg)
    rig.pipeline.close()
    assert rig.offer(2, jpeg) == ("skipped", 2, None)
    assert "test-pipeline" not in [thread.name for thread in threading.enumerate()]


def test_several_pipelines_decode_a_frame_once(
    monkeypatch: pytest.MonkeyPatch, jpeg: bytes
) -> None:
    decoded = []
    monkeypatch.setattr(
        encoded, "decode_image", lambda data: decoded.append(1) or decode_image(data)
    )
    picture = SharedImage(jpeg)
    rigs = [Rig(HalfModel), Rig(HalfModel)]
    frame = EncodedFrame(1, picture, 0.0, "video", Timings(), None)
    for rig in rigs:
        rig.pipeline.offer(frame)
    images = [rig.answers.get(timeout=5)[2].frame.image for rig in rigs]  # type: ignore[attr-defined]
    for rig in rigs:
        rig.pipeline.close()
    assert images[0] is images[1]
    assert len(decoded) == 1


def test_live_probabilities_are_in_steps_of_a_255th_as_they_are_drawn(jpeg: bytes) -> None:
    class Faint(HalfModel):
        def run(self, image: np.ndarray, timestamp: float | None) -> Seen:
            del timestamp
            probability = np.full(image.shape[:2], 0.1234, np.float32)
            return Seen(Segmentation(Mask(probability, size=(4, 6), model_size=(4, 6))))

    rig = Rig(Faint)
    _, _, result = rig.offer(1, jpeg)
    rig.pipeline.close()
    assert isinstance(result, Result)
    assert result.mask.probability[0, 0] == np.float32(31) / np.float32(255)


def test_a_frame_by_itself_has_no_time_and_leaves_the_video_alone(jpeg: bytes) -> None:
    model = HalfModel()
    rig = Rig(lambda: model)
    rig.offer(1, jpeg, "camera")
    rig.offer(1, jpeg, None)
    rig.offer(2, jpeg, "camera")
    rig.pipeline.close()
    assert model.timestamps == [12.5, None, 12.5]
    assert model.events == ["reset", "run", "run", "run"]


def test_what_is_known_of_a_frame_is_given_without_loading_the_model(jpeg: bytes) -> None:
    first = Rig(HalfModel)
    _, _, result = first.offer(1, jpeg)
    first.pipeline.close()
    assert isinstance(result, Result)
    stored = StoredResult.of(result)

    def create() -> HalfModel:
        raise OSError("not needed")

    rig = Rig(create)
    frame = EncodedFrame(
        1, SharedImage(jpeg), 0.0, None, Timings(), None, live=False, known={"half": stored}
    )
    rig.pipeline.offer(frame)
    kind, _, again = rig.answers.get(timeout=5)
    rig.pipeline.close()
    assert kind == "result"
    assert isinstance(again, Result)
    assert again.frame.live is False
    assert again.mask.packed is result.mask.packed
    assert again.mask.levels.tobytes() == result.mask.levels.tobytes()


def test_a_model_that_another_one_has_replaced_is_not_kept_where_results_are_known(
    jpeg: bytes,
) -> None:
    model = HalfModel()
    rig = Rig(lambda: model)
    _, _, result = rig.offer(1, jpeg)
    assert isinstance(result, Result)
    known = {"half": StoredResult.of(result)}
    rig.pipeline.use(ModelToRun(lambda: pytest.fail("not needed"), lambda: "half"))
    frame = EncodedFrame(2, SharedImage(jpeg), 0.0, None, Timings(), None, live=False, known=known)
    rig.pipeline.offer(frame)
    assert rig.answers.get(timeout=5)[0] == "result"
    assert model.disposed.is_set()
    rig.pipeline.close()


def test_a_class_that_is_not_known_of_a_frame_is_found_by_the_model_and_all_else_stays(
    jpeg: bytes,
) -> None:
    first = Rig(ClassModel)
    _, _, result = first.offer(1, jpeg)
    first.pipeline.close()
    assert isinstance(result, Result)
    stored = StoredResult.of(result)
    rig = Rig(ClassModel, classes=frozenset({0}))
    frame = EncodedFrame(
        1, SharedImage(jpeg), 0.0, None, Timings(), None, live=False, known={"half": stored}
    )
    rig.pipeline.offer(frame)
    kind, _, again = rig.answers.get(timeout=5)
    rig.pipeline.close()
    assert kind == "result"
    assert isinstance(again, Result)
    assert again.mask.packed is stored.packed
    assert StoredResult.of(again).planes.classes.keys() == {0}
    assert again.mask.class_levels(0).tolist() == [[51]]


def test_another_number_of_people_is_another_result_of_the_same_model() -> None:
    people = 1
    model = choose("BlazePose", "lite", "tensorflow").to_run(lambda: people)
    assert model.key() == "BlazePose lite (tensorflow)"
    people = 3
    assert model.key() == "BlazePose lite (tensorflow), up to 3 people"


def test_a_custom_model_that_is_added_again_does_not_get_the_old_ones_results() -> None:
    keys = []
    for shade in (0.2, 0.8):
        add_model("Shade", lambda image, shade=shade: np.full(image.shape[:2], shade))
        keys.append(choose("Shade", None, "tensorflow").to_run(lambda: 1).key())
    assert keys == ["Shade (python)", "Shade (python) #2"]


def test_decode_picture_gives_rgb(jpeg: bytes) -> None:
    image = decode_image(jpeg)
    assert image.dtype == np.uint8
    assert image[0, 0].tolist() == [255, 0, 0]


def test_a_model_without_frames_is_put_away_with_its_thread_and_loaded_again_for_the_next(
    jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After each: of how many models that were made, how many were disposed of.
    given_back: list[tuple[int, int]] = []
    monkeypatch.setattr(
        pipeline,
        "give_memory_back",
        lambda: given_back.append((len(models), sum(each.disposed.is_set() for each in models))),
    )
    models: list[HalfModel] = []

    def create() -> HalfModel:
        models.append(HalfModel())
        return models[-1]

    rig = Rig(create, idle=0.05)
    rig.offer(1, jpeg)
    assert models[0].disposed.wait(5)
    for thread in threading.enumerate():
        if thread.name == "test-pipeline":
            thread.join(5)
    assert "test-pipeline" not in [thread.name for thread in threading.enumerate()]
    assert given_back == [(1, 0), (1, 1)]
    kind, number, _ = rig.offer(2, jpeg)
    assert (kind, number, len(models)) == ("result", 2, 2)
    rig.pipeline.close()
    assert models[1].disposed.is_set()
