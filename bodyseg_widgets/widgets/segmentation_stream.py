"""A source, a segmenter, and the results that come out of the two."""

from __future__ import annotations

import logging
import uuid
from functools import partial
from typing import TYPE_CHECKING, Any, cast, get_args

import anywidget
import cv2
import numpy as np
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import Runtime, SupportedModels
from bodyseg_widgets.segmentation import (
    SelfieModelType,
    create_segmenter,
)
from bodyseg_widgets.streaming import (
    EncodedFrame,
    Result,
    ResultFeed,
    SegmentationPipeline,
    Sink,
)
from bodyseg_widgets.widgets._assets import asset

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bodyseg_widgets.segmentation import BodySegmenter
    from bodyseg_widgets.streaming import ResultCallback
    from bodyseg_widgets.widgets.frame_channel import FrameTicket
    from bodyseg_widgets.widgets.webcam import Webcam

_log = logging.getLogger(__name__)

LIVE_THREADS = 1
"""Threads of a network in a live stream. On a small machine the browser needs the other core
to encode and draw, and two threads gained no frames (measured on 2 cores)."""


class SegmentationStream(anywidget.AnyWidget):
    """Runs a segmenter on the frames of a `Webcam`, newest first, and hands out the results.

    It has no view of its own: `SegmentationView`, `ThresholdSlider` and `TimingReadout` show
    it. Changing `model_type` or `runtime` takes effect with the next frame.

    Parameters
    ----------
    webcam : Webcam
        The source of frames.
    model : SupportedModels
        Which model segments.
    runtime : {"tensorflow", "mediapipe"}
        What runs it.
    model_type : {"general", "landscape"}
        Which variant.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, Webcam
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, runtime="tensorflow", model_type="landscape")
    >>> unsubscribe = stream.on_result(lambda result: print(result.mask.probability.mean()))
    >>> stream.latest is None
    True
    >>> stream.close(); webcam.close()
    """

    _esm = asset("segmentation_stream.js")
    _key = traitlets.Unicode().tag(sync=True)
    _label = traitlets.Unicode().tag(sync=True)

    model = traitlets.Unicode().tag(sync=True)
    """The model's name, one of `SupportedModels`."""

    model_type = traitlets.Unicode().tag(sync=True)
    """The model's variant: ``"general"`` or ``"landscape"``."""

    runtime = traitlets.Unicode().tag(sync=True)
    """What runs the model: ``"tensorflow"`` or ``"mediapipe"``."""

    state = traitlets.Enum(("loading", "ready", "failed"), default_value="loading").tag(sync=True)
    """``"loading"`` until the first mask, ``"ready"``, or ``"failed"``: see `message`."""

    message = traitlets.Unicode("").tag(sync=True)
    """What is wrong and what to do about it; empty while all is well."""

    def __init__(
        self,
        webcam: Webcam,
        *,
        model: str = SupportedModels.MediaPipeSelfieSegmentation,
        runtime: Runtime = "tensorflow",
        model_type: SelfieModelType = "general",
    ) -> None:
        super().__init__(
            _key=uuid.uuid4().hex,
            model=model,
            runtime=runtime,
            model_type=model_type,
        )
        self.webcam = webcam
        self._label = self._name()
        self._feed = ResultFeed(self._report_callback_error)
        # By id, for a callback need not be hashable.
        self._failing_callbacks: dict[int, str] = {}
        self._pipeline: SegmentationPipeline[FrameTicket] = SegmentationPipeline(
            self._segmenter_factory(),
            sink=Sink(self._send_result, self._send_skipped, self._send_failed),
            feed=self._feed,
            name=f"bodyseg-stream-{self._key[:8]}",
        )
        self._unlisten = webcam.channel.listen(self._pipeline.offer)
        self.observe(self._change_segmenter, ["model", "runtime", "model_type"])

    @property
    def key(self) -> str:
        """What the page's widgets find this stream by."""
        return str(self._key)

    @property
    def latest(self) -> Result | None:
        """The newest result (frame, mask, timings), or None before the first.

        Safe to read from any thread and while a cell runs.
        """
        return self._feed.latest

    def on_result(self, callback: ResultCallback) -> Callable[[], None]:
        """Call ``callback(result)`` with every result.

        It is called on the stream's worker thread, also while a cell runs; while it works
        the stream waits and skips frames. What it raises is shown in the view and logged,
        and the stream goes on.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        unsubscribe = self._feed.on_result(callback)

        def forget() -> None:
            unsubscribe()
            if self._failing_callbacks.pop(id(callback), None) == self.message:
                self.message = ""

        return forget

    def __aiter__(self) -> AsyncIterator[Result]:
        """Iterate over new results until the stream is closed: ``async for result in stream``.

        A slow loop body misses results and always gets the newest.
        """
        return self._feed.results()

    def close(self) -> None:
        """End the worker thread, dispose of the segmenter and close the comm."""
        if self.comm is not None:
            self._unlisten()
            self._pipeline.close()
            self._feed.close()
        self.layout.close()
        super().close()

    @traitlets.validate("model", "runtime", "model_type")
    def _known_choice(self, proposal: dict[str, Any]) -> str:
        choices = {
            "model": tuple(SupportedModels),
            "runtime": get_args(Runtime),
            "model_type": get_args(SelfieModelType),
        }
        name, value = proposal["trait"].name, proposal["value"]
        if value not in choices[name]:
            allowed = ", ".join(repr(str(choice)) for choice in choices[name])
            message = f"{name} must be one of {allowed}, but got {value!r}."
            raise InvalidOptionError(message)
        return str(value)

    def _name(self) -> str:
        return f"Selfie {self.model_type} ({self.runtime})"

    def _segmenter_factory(self) -> Callable[[], BodySegmenter]:
        return partial(
            create_segmenter,
            SupportedModels(self.model),
            runtime=cast("Runtime", self.runtime),
            model_type=cast("SelfieModelType", self.model_type),
            num_threads=LIVE_THREADS if self.runtime == "tensorflow" else None,
        )

    def _change_segmenter(self, _: object) -> None:
        self.state, self.message, self._label = "loading", "", self._name()
        self._pipeline.use(self._segmenter_factory())

    def _send_result(self, encoded: EncodedFrame[FrameTicket], result: Result) -> None:
        mask = cv2.convertScaleAbs(result.mask.model_probability, alpha=255)
        timings = result.timings
        encoded.origin.answer(
            "result",
            {
                "stream": self._key,
                "shape": mask.shape,
                "timings": {
                    "wait": timings.wait,
                    "decode": timings.decode,
                    "infer": timings.infer,
                },
            },
            [np.ascontiguousarray(mask).tobytes()],
        )
        if self.state != "ready":
            self.state, self.message = "ready", ""

    def _send_skipped(self, encoded: EncodedFrame[FrameTicket]) -> None:
        encoded.origin.answer("skipped", {"stream": self._key})

    def _send_failed(self, encoded: EncodedFrame[FrameTicket], error: Exception) -> None:
        encoded.origin.answer("failed", {"stream": self._key})
        message = f"{type(error).__name__}: {error}"
        if message != self.message:
            _log.error("%s failed", self._label, exc_info=error)
            self.state, self.message = "failed", message

    def _report_callback_error(self, callback: ResultCallback, error: BaseException) -> None:
        if id(callback) in self._failing_callbacks:
            return
        name = getattr(callback, "__name__", repr(callback))
        message = (
            f"Your on_result function {name} raised {type(error).__name__}: {error}. The stream "
            "goes on; the traceback is in the log, and further errors of it are not shown."
        )
        self._failing_callbacks[id(callback)] = message
        _log.error("on_result callback %s failed", name, exc_info=error)
        self.message = message
