"""From an encoded frame to a result: decode, run the model, publish; always the newest frame."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias

from bodyseg_widgets.pose import Pose
from bodyseg_widgets.segmentation import Segmentation
from bodyseg_widgets.streaming.encoded import EncodedFrame, Origin
from bodyseg_widgets.streaming.frame import Frame, FrameInPage, Result
from bodyseg_widgets.streaming.frame_model import FunctionModel, Seen
from bodyseg_widgets.streaming.freed_memory import FreedMemory, give_memory_back
from bodyseg_widgets.streaming.overdue import Overdue, patience
from bodyseg_widgets.streaming.worker import LatestWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.feed import ResultFeed
    from bodyseg_widgets.streaming.frame_model import FrameModel


UserCode: TypeAlias = Literal["model", "callback", ""]
"""Which code of the user runs now; empty for none."""

LAST_CODE_SECONDS = 1.0
"""Seconds that `FramePipeline.close` waits for code of the user."""

_LOOK_AGAIN = 0.1
"""Seconds."""

_FREED = FreedMemory()
"""Of all streams: memory is the process's."""


@dataclass(frozen=True, slots=True)
class ModelToRun:
    """A model that is not loaded yet.

    Attributes
    ----------
    create : callable
        Loads it.
    key : callable
        Called for each frame; returns the key of its results, the same for the same model with the
        same settings.
    classes : callable
        Called for each frame; returns the label values of the classes whose probabilities are
        wanted with the result.
    runs_here : bool
        Whether it can be loaded; False for a model that runs in the page, whose results are known.
    """

    create: Callable[[], FrameModel]
    key: Callable[[], str]
    classes: Callable[[], frozenset[int]] = frozenset
    runs_here: bool = True


@dataclass(frozen=True, slots=True)
class Sink(Generic[Origin]):
    """Notified of each frame's outcome. Each frame gets exactly one of the calls but `late`.

    Attributes
    ----------
    result : callable
        ``(encoded, result, key)``: the model has run, or its result was already known; `key`
        identifies the result from now on.
    skipped : callable
        ``(encoded)``: a newer frame replaced it, the pipeline was closed, or its model did not
        return before another one was chosen.
    failed : callable
        ``(encoded, error)``: it could not be decoded, or the model failed.
    late : callable
        ``(code)``: code of the user has not returned for a while, the ``"model"`` or a
        ``"callback"``; ``""`` when it has after all.
    """

    result: Callable[[EncodedFrame[Origin], Result, str], None]
    skipped: Callable[[EncodedFrame[Origin]], None]
    failed: Callable[[EncodedFrame[Origin], BaseException], None]
    late: Callable[[UserCode], None]


class FramePipeline(Generic[Origin]):
    """Run a model on the newest frame of a stream, on its own worker thread.

    Code of users, models and callbacks, may never return. The thread that waits for it is left
    behind when another model is chosen or the pipeline is closed, and another one takes its place.
    A callback gets no results until it has returned.

    Parameters
    ----------
    model : ModelToRun
        Loaded on the worker thread with the next frame, so that loading never blocks the caller,
        and only if the frame's result is not known already.
    sink : Sink
        Notified of each frame's outcome.
    feed : ResultFeed
        Where results are published for Python code, after the sink was notified.
    name : str
        Name of the thread.
    idle : float
        Seconds without a frame after which the model is disposed and the thread ends; the next
        frame loads it again. See `rest_after`.
    """

    def __init__(
        self,
        model: ModelToRun,
        *,
        sink: Sink[Origin],
        feed: ResultFeed,
        name: str,
        idle: float,
    ) -> None:
        self._sink = sink
        self._feed = feed
        self._name = name
        self._idle = idle
        self._lock = threading.Lock()
        self._wanted = model
        self._closed = False
        # Whether it was said that a callback gets no results.
        self._left_out = False
        self._watch = Overdue(self._on_late, name=f"{name}-watch")
        self._runner = self._new_runner()

    def offer(self, encoded: EncodedFrame[Origin]) -> None:
        """Submit a frame; returns immediately."""
        with self._lock:
            runner = self._runner
        runner.worker.offer(_Arrival(encoded, time.perf_counter()))

    @property
    def is_calling(self) -> bool:
        """Whether this is asked by what it calls, so that no result can come until that returns."""
        with self._lock:
            return self._runner.worker.is_calling

    def use(self, model: ModelToRun) -> None:
        """Switch to another model from the next frame on."""
        with self._lock:
            self._wanted = model
            # The new model's state takes the place of what was said; that is said again.
            self._left_out = False
            runner = self._runner
        if runner.is_late:
            self._leave(runner)

    def rest_after(self, idle: float) -> None:
        """Dispose the model after so many seconds without a frame, counted from now."""
        with self._lock:
            self._idle = idle
            runner = self._runner
        runner.worker.rest_after(idle)

    def close(self) -> None:
        """End the thread and dispose the model; returns when both are done.

        For code of the user it waits a second, and leaves it behind.
        """
        with self._lock:
            self._closed = True
            runner = self._runner
        end = time.monotonic() + LAST_CODE_SECONDS
        while not runner.worker.close(_LOOK_AGAIN):
            if runner.user_code and time.monotonic() > end:
                self._skip(runner)
                break
        else:
            runner.dispose()
        self._watch.close()

    def _new_runner(self) -> _Runner[Origin]:
        runner = _Runner[Origin]()
        runner.worker = LatestWorker(
            lambda arrival: self._process(runner, arrival),
            on_skipped=lambda arrival: self._sink.skipped(arrival.encoded),
            name=self._name,
            on_idle=lambda: self._rest(runner),
            idle=self._idle,
        )
        return runner

    def _rest(self, runner: _Runner[Origin]) -> None:
        runner.dispose()
        self._watch.rest()

    def _process(self, runner: _Runner[Origin], arrival: _Arrival[Origin]) -> None:
        try:
            self._answer(runner, arrival)
        finally:
            _FREED.give_back_now_and_then()
            if runner.is_left:
                runner.dispose()

    def _answer(self, runner: _Runner[Origin], arrival: _Arrival[Origin]) -> None:
        encoded = arrival.encoded
        with self._lock:
            wanted = self._wanted
        runner.at_work = encoded
        try:
            key = wanted.key()
            if key not in encoded.known and not (wanted.runs_here and encoded.image.is_here):
                # Another model, or a setting of it, was chosen since the page found a result.
                if self._take(runner) is not None:
                    self._sink.skipped(encoded)
                return
            result = self._result(runner, arrival, wanted, key)
        except BaseException as error:  # noqa: BLE001 - code of users may raise anything
            if self._take(runner) is None:
                return
            if self._is_outdated(wanted):
                self._sink.skipped(encoded)
            else:
                self._sink.failed(encoded, error)
            return
        if self._take(runner) is None:
            return
        if self._is_outdated(wanted):
            self._sink.skipped(encoded)
            return
        self._sink.result(encoded, result, key)
        with self._calling(runner, "callback"):
            all_got_it = self._feed.publish(result)
        self._note_left_out(not all_got_it)

    def _note_left_out(self, left_out: bool) -> None:  # noqa: FBT001 - a private yes or no
        """Say when a callback gets no results, because an earlier thread still waits for it."""
        with self._lock:
            changed, self._left_out = left_out is not self._left_out, left_out
        if changed:
            self._sink.late("callback" if left_out else "")

    @contextlib.contextmanager
    def _calling(self, runner: _Runner[Origin], code: UserCode) -> Iterator[None]:
        """Watch over code of the user."""
        start = time.monotonic()
        runner.user_code = code
        self._watch.begin(patience(runner.longest))
        try:
            yield
        finally:
            runner.user_code = ""
            if not runner.is_left:
                self._watch.end()
                runner.longest = max(runner.longest, time.monotonic() - start)
                if runner.is_late:
                    runner.is_late = False
                    self._sink.late("")

    def _on_late(self) -> None:
        with self._lock:
            runner, wanted = self._runner, self._wanted
        code = runner.user_code
        if not code:
            return
        runner.is_late = True
        if code == "model" and runner.loaded is not None and runner.loaded[0] is not wanted:
            self._leave(runner)
        else:
            self._sink.late(code)

    def _leave(self, runner: _Runner[Origin]) -> None:
        """Leave a thread behind that waits for code of the user."""
        with self._lock:
            if self._closed or self._runner is not runner:
                return
            self._runner = self._new_runner()
        self._skip(runner)
        runner.worker.close(0)

    def _skip(self, runner: _Runner[Origin]) -> None:
        """Answer for the frame that a runner will not answer for."""
        runner.is_left = True
        encoded = self._take(runner)
        if encoded is not None:
            self._sink.skipped(encoded)

    def _take(self, runner: _Runner[Origin]) -> EncodedFrame[Origin] | None:
        """Return the frame that a runner is at, to answer for it; None if that was done."""
        with self._lock:
            encoded, runner.at_work = runner.at_work, None
        return encoded

    def _is_outdated(self, model: ModelToRun) -> bool:
        """Whether another model has replaced this one, so its result is not needed."""
        with self._lock:
            return self._wanted is not model

    def _result(
        self, runner: _Runner[Origin], arrival: _Arrival[Origin], wanted: ModelToRun, key: str
    ) -> Result:
        encoded, waited_ms = arrival.encoded, arrival.waited_ms()
        known, classes = encoded.known.get(key), wanted.classes()
        can_run = wanted.runs_here and encoded.image.is_here
        if known is not None and (not can_run or classes <= known.planes.classes.keys()):
            runner.dispose_unless(wanted)
            frame, decode_ms = _frame(encoded)
            seen, infer_ms = known.seen(), known.timings.infer
        else:
            model = runner.load(wanted)
            frame, decode_ms = _frame(encoded)
            start = time.perf_counter()
            own = isinstance(model, FunctionModel)
            with self._calling(runner, "model") if own else contextlib.nullcontext():
                seen = runner.look(model, encoded, frame.image, classes)
            if known is not None:
                # What is known stays as it was; only a class is new that nobody asked for then.
                seen = known.with_classes(seen).seen()
            infer_ms = (time.perf_counter() - start) * 1000
        timings = replace(encoded.timings, wait=waited_ms, decode=decode_ms, infer=infer_ms)
        return Result(frame, seen.segmentation, timings, seen.poses, key)


def _frame(encoded: EncodedFrame[Origin]) -> tuple[Frame, float]:
    """Return the frame, and how many ms decoding it took."""
    number, at, live = encoded.id, encoded.timestamp, encoded.live
    if not encoded.image.is_here:
        height, width = encoded.image.size
        return FrameInPage(number, (width, height), at, live=live), 0.0
    image, decode_ms = encoded.image.decoded()
    return Frame(number, image, at, live=live), decode_ms


class _Runner(Generic[Origin]):
    """A thread with its model."""

    worker: LatestWorker[_Arrival[Origin]]

    def __init__(self) -> None:
        # The frame that it has to answer for.
        self.at_work: EncodedFrame[Origin] | None = None
        # What of the user's it waits for, whether that is late, and how long any took.
        self.user_code: UserCode = ""
        self.is_late = False
        self.longest = 0.0
        # Whether another one has taken its place.
        self.is_left = False
        # With the error in place of one that could not be loaded.
        self.loaded: tuple[ModelToRun, FrameModel | BaseException] | None = None
        self._video: Hashable = None

    def look(
        self,
        model: FrameModel,
        encoded: EncodedFrame[Origin],
        image: NDArray[np.uint8],
        classes: frozenset[int],
    ) -> Seen:
        if encoded.video is None:
            return in_levels(model.run(image, None), classes)
        if encoded.video != self._video:
            model.reset()
            self._video = encoded.video
        return in_levels(model.run(image, encoded.timestamp), classes)

    def load(self, wanted: ModelToRun) -> FrameModel:
        self.dispose_unless(wanted)
        if self.loaded is None:
            self._video, self.longest = None, 0.0
            try:
                self.loaded = wanted, wanted.create()
                # Loading takes several times what the model has in the end.
                give_memory_back()
            except BaseException as error:  # noqa: BLE001 - raised for every frame, below
                # Kept, so that a model that fails to load is not retried 30 times per second.
                self.loaded = wanted, error
        _, model = self.loaded
        if isinstance(model, BaseException):
            # Raised for every frame: its traceback would grow each time and keep their images
            # alive.
            raise model.with_traceback(None)
        return model

    def dispose_unless(self, wanted: ModelToRun) -> None:
        """Dispose a model that another one has replaced."""
        if self.loaded is not None and self.loaded[0] is not wanted:
            self.dispose()

    def dispose(self) -> None:
        loaded, self.loaded = self.loaded, None
        if loaded and not isinstance(loaded[1], BaseException):
            loaded[1].dispose()
            give_memory_back()


@dataclass(frozen=True, slots=True)
class _Arrival(Generic[Origin]):
    encoded: EncodedFrame[Origin]
    at: float

    def waited_ms(self) -> float:
        return (time.perf_counter() - self.at) * 1000


def in_levels(seen: Seen, classes: Collection[int] = ()) -> Seen:
    """Round the probabilities to 8 bits, so that Python has exactly what is drawn and recorded.

    Parameters
    ----------
    seen : Seen
        What the model found.
    classes : collection of int
        The label values of classes whose probabilities are sent and stored along; of those that the
        model does not have, there is nothing.
    """
    segmentation = seen.segmentation
    there = [value for value in classes if value in segmentation.labels]
    rounded = Segmentation(segmentation.mask.in_levels(there), segmentation.labels)
    poses = seen.poses
    if len(poses) == 1 and isinstance(poses[0], Pose):
        pose = poses[0]
        if pose.has_segmentation and pose.segmentation is segmentation:
            poses = (replace(pose, segmentation=rounded),)
    return Seen(rounded, poses)
