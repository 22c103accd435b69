"""From an encoded frame to a result: decode, run the model, publish; always the newest frame."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic

from bodyseg_widgets.segmentation import Mask, Segmentation
from bodyseg_widgets.streaming.encoded import EncodedFrame, Origin
from bodyseg_widgets.streaming.frame import Frame, Result
from bodyseg_widgets.streaming.frame_model import Seen
from bodyseg_widgets.streaming.worker import LatestWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.feed import ResultFeed
    from bodyseg_widgets.streaming.frame_model import FrameModel


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
    """

    create: Callable[[], FrameModel]
    key: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Sink(Generic[Origin]):
    """Notified of each frame's outcome. Each frame gets exactly one of the calls.

    Attributes
    ----------
    result : callable
        ``(encoded, result, key)``: the model has run, or its result was already known; `key`
        identifies the result from now on.
    skipped : callable
        ``(encoded)``: a newer frame replaced it, or the pipeline was closed.
    failed : callable
        ``(encoded, error)``: it could not be decoded, or the model failed.
    """

    result: Callable[[EncodedFrame[Origin], Result, str], None]
    skipped: Callable[[EncodedFrame[Origin]], None]
    failed: Callable[[EncodedFrame[Origin], Exception], None]


class FramePipeline(Generic[Origin]):
    """Run a model on the newest frame of a stream, on its own worker thread.

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
        frame loads it again. So a cell that is run again does not leave the last run's models.
    """

    def __init__(
        self,
        model: ModelToRun,
        *,
        sink: Sink[Origin],
        feed: ResultFeed,
        name: str,
        idle: float = 10,
    ) -> None:
        self._sink = sink
        self._feed = feed
        self._lock = threading.Lock()
        self._wanted = model
        # With the error in place of one that could not be loaded.
        self._loaded: tuple[ModelToRun, FrameModel | Exception] | None = None
        self._video: Hashable = None
        self._worker: LatestWorker[_Arrival[Origin]] = LatestWorker(
            self._process,
            on_skipped=lambda arrival: sink.skipped(arrival.encoded),
            name=name,
            on_idle=self._dispose,
            idle=idle,
        )

    def offer(self, encoded: EncodedFrame[Origin]) -> None:
        """Submit a frame; returns immediately."""
        self._worker.offer(_Arrival(encoded, time.perf_counter()))

    def use(self, model: ModelToRun) -> None:
        """Switch to another model from the next frame on."""
        with self._lock:
            self._wanted = model

    def close(self) -> None:
        """End the thread and dispose the model; returns when both are done."""
        self._worker.close()
        self._dispose()

    def _process(self, arrival: _Arrival[Origin]) -> None:
        encoded = arrival.encoded
        with self._lock:
            wanted = self._wanted
        try:
            key = wanted.key()
            result = self._result(arrival, wanted, key)
        except Exception as error:  # noqa: BLE001 - shown to the person watching the stream
            if self._is_outdated(wanted):
                self._sink.skipped(encoded)
            else:
                self._sink.failed(encoded, error)
            return
        if self._is_outdated(wanted):
            self._sink.skipped(encoded)
            return
        self._sink.result(encoded, result, key)
        self._feed.publish(result)

    def _is_outdated(self, model: ModelToRun) -> bool:
        """Whether another model has replaced this one, so its result is not needed."""
        with self._lock:
            return self._wanted is not model

    def _result(self, arrival: _Arrival[Origin], wanted: ModelToRun, key: str) -> Result:
        encoded, waited_ms = arrival.encoded, arrival.waited_ms()
        known = encoded.known.get(key)
        if known is not None:
            image, decode_ms = encoded.image.decoded()
            seen, infer_ms = known.seen(), known.timings.infer
        else:
            model = self._load(wanted)
            image, decode_ms = encoded.image.decoded()
            start = time.perf_counter()
            seen = self._look(model, encoded, image)
            infer_ms = (time.perf_counter() - start) * 1000
        timings = replace(encoded.timings, wait=waited_ms, decode=decode_ms, infer=infer_ms)
        frame = Frame(encoded.id, image, encoded.timestamp, live=encoded.live)
        return Result(frame, seen.segmentation, timings, seen.poses, key)

    def _look(
        self, model: FrameModel, encoded: EncodedFrame[Origin], image: NDArray[np.uint8]
    ) -> Seen:
        if encoded.video is None:
            return in_levels(model.run(image, None))
        if encoded.video != self._video:
            model.reset()
            self._video = encoded.video
        return in_levels(model.run(image, encoded.timestamp))

    def _load(self, wanted: ModelToRun) -> FrameModel:
        if self._loaded is None or self._loaded[0] is not wanted:
            self._dispose()
            self._video = None
            try:
                self._loaded = wanted, wanted.create()
            except Exception as error:  # noqa: BLE001 - raised for every frame, below
                # Kept, so that a model that fails to load is not retried 30 times per second.
                self._loaded = wanted, error
        _, model = self._loaded
        if isinstance(model, Exception):
            # Raised for every frame: its traceback would grow each time and keep their images
            # alive.
            raise model.with_traceback(None)
        return model

    def _dispose(self) -> None:
        loaded, self._loaded = self._loaded, None
        if loaded and not isinstance(loaded[1], Exception):
            loaded[1].dispose()


@dataclass(frozen=True, slots=True)
class _Arrival(Generic[Origin]):
    encoded: EncodedFrame[Origin]
    at: float

    def waited_ms(self) -> float:
        return (time.perf_counter() - self.at) * 1000


def in_levels(seen: Seen) -> Seen:
    """Round the probabilities to 8 bits, so that Python has exactly what is drawn and recorded."""
    mask = seen.segmentation.mask
    rounded = Segmentation(Mask.from_levels(mask.levels, size=mask.size, region=mask.region))
    poses = seen.poses
    if len(poses) == 1 and getattr(poses[0], "segmentation", None) is seen.segmentation:
        poses = (replace(poses[0], segmentation=rounded),)
    return Seen(rounded, poses)
