"""From an encoded frame to a result: decode, run the model, publish, newest frame first."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Generic, TypeVar

import cv2
import numpy as np

from bodyseg_widgets.errors import DisposedError, InvalidImageError
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.worker import LatestWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from bodyseg_widgets.streaming.feed import ResultFeed
    from bodyseg_widgets.streaming.frame_model import FrameModel

Origin = TypeVar("Origin")


@dataclass(frozen=True, slots=True)
class EncodedFrame(Generic[Origin]):
    """A picture as it arrives from a source.

    Attributes
    ----------
    id : int
        The source's number for it.
    data : bytes
        A JPEG, PNG or WebP file.
    timestamp : float
        When it was taken, seconds since 1970 by the source's clock.
    video : Hashable
        Which video it is of: a value of its own for each time the source was opened. Nobody
        is followed from one video into another.
    timings : Timings
        What the source knows of them: `capture`, and those of earlier frames.
    origin : Origin
        Whatever the sink needs to answer the source; the pipeline only hands it on.
    """

    id: int
    data: bytes | memoryview
    timestamp: float
    video: Hashable
    timings: Timings
    origin: Origin


@dataclass(frozen=True, slots=True)
class Sink(Generic[Origin]):
    """Who is told what becomes of each frame. Each frame gets exactly one of the calls.

    Attributes
    ----------
    result : callable
        ``(encoded, result)``: the model has run.
    skipped : callable
        ``(encoded)``: a newer frame took its place, or the pipeline was closed.
    failed : callable
        ``(encoded, error)``: it could not be decoded, or the model could not run.
    """

    result: Callable[[EncodedFrame[Origin], Result], None]
    skipped: Callable[[EncodedFrame[Origin]], None]
    failed: Callable[[EncodedFrame[Origin], Exception], None]


def decode_picture(data: bytes | memoryview) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Decode a JPEG, PNG or WebP file.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W, 3), RGB.

    Raises
    ------
    InvalidImageError
        Where the bytes are not such a picture.
    """
    encoded = np.frombuffer(data, np.uint8)
    image = cv2.imdecode(encoded, cv2.IMREAD_COLOR_RGB) if encoded.size else None
    if image is None:
        message = (
            f"A frame of {encoded.size} bytes is not a JPEG, PNG or WebP picture, so it was "
            "left out. The stream goes on with the next frame."
        )
        raise InvalidImageError(message)
    return image.astype(np.uint8, copy=False)


class FramePipeline(Generic[Origin]):
    """Run a model on the newest frame of a stream, on a worker thread of its own.

    Parameters
    ----------
    create_model : callable
        Makes the model. Called on the worker's thread with the next frame, so that
        loading a model never blocks who offers frames.
    sink : Sink
        Told what becomes of each frame.
    feed : ResultFeed
        Where results are published for Python code, after the sink was told.
    name : str
        Name of the thread.
    """

    def __init__(
        self,
        create_model: Callable[[], FrameModel],
        *,
        sink: Sink[Origin],
        feed: ResultFeed,
        name: str,
    ) -> None:
        self._sink = sink
        self._feed = feed
        self._lock = threading.Lock()
        self._next_factory: Callable[[], FrameModel] | None = create_model
        self._model: FrameModel | None = None
        self._load_error: Exception | None = None
        self._video: Hashable = None
        self._worker: LatestWorker[_Arrival[Origin]] = LatestWorker(
            self._process, on_skipped=lambda arrival: sink.skipped(arrival.encoded), name=name
        )

    def offer(self, encoded: EncodedFrame[Origin]) -> None:
        """Hand in a frame; returns at once."""
        self._worker.offer(_Arrival(encoded, time.perf_counter()))

    def use(self, create_model: Callable[[], FrameModel]) -> None:
        """Go on with another model from the next frame on."""
        with self._lock:
            self._next_factory = create_model

    def close(self) -> None:
        """End the thread and dispose of the model; returns when both are done."""
        self._worker.close()
        self._dispose()

    def _process(self, arrival: _Arrival[Origin]) -> None:
        encoded = arrival.encoded
        try:
            model = self._current_model()
            if encoded.video != self._video:
                model.reset()
                self._video = encoded.video
            result = _run(encoded, model, arrival.waited_ms())
        except Exception as error:  # noqa: BLE001 - shown to the person watching the stream
            if self._is_outdated():
                self._sink.skipped(encoded)
            else:
                self._sink.failed(encoded, error)
            return
        if self._is_outdated():
            self._sink.skipped(encoded)
            return
        self._sink.result(encoded, result)
        self._feed.publish(result)

    def _is_outdated(self) -> bool:
        """Whether another model was chosen meanwhile, so that nobody waits for this one's."""
        with self._lock:
            return self._next_factory is not None

    def _current_model(self) -> FrameModel:
        with self._lock:
            factory, self._next_factory = self._next_factory, None
        if factory is not None:
            self._dispose()
            self._load_error = None
            try:
                self._model = factory()
            except Exception as error:  # noqa: BLE001 - raised for every frame, below
                # Kept, so that a model that cannot be loaded is not tried 30 times a second.
                self._load_error = error
        if self._load_error is not None:
            # Raised for every frame: its traceback would grow by each and keep their pictures.
            raise self._load_error.with_traceback(None)
        if self._model is None:
            message = "This pipeline is closed. Make a new one."
            raise DisposedError(message)
        return self._model

    def _dispose(self) -> None:
        model, self._model = self._model, None
        if model is not None:
            model.dispose()


@dataclass(frozen=True, slots=True)
class _Arrival(Generic[Origin]):
    encoded: EncodedFrame[Origin]
    at: float

    def waited_ms(self) -> float:
        return (time.perf_counter() - self.at) * 1000


def _run(encoded: EncodedFrame[Origin], model: FrameModel, waited_ms: float) -> Result:
    start = time.perf_counter()
    image = decode_picture(encoded.data)
    decoded = time.perf_counter()
    seen = model.run(image, encoded.timestamp)
    # The mask is lazy: its values are what inferring means here.
    seen.segmentation.mask.model_probability  # noqa: B018
    inferred = time.perf_counter()
    timings = replace(
        encoded.timings,
        wait=waited_ms,
        decode=(decoded - start) * 1000,
        infer=(inferred - decoded) * 1000,
    )
    frame = Frame(encoded.id, image, encoded.timestamp)
    return Result(frame, seen.segmentation, timings, seen.poses)
