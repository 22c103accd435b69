"""A source, a model, and their results."""

from __future__ import annotations

import logging
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypedDict, cast

import traitlets

from bodyseg_widgets.arguments import check_choice, check_function, check_kind, named_arguments
from bodyseg_widgets.errors import MissingWeightsError
from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.models import on_new_weights
from bodyseg_widgets.options import (
    BROWSER,
    LIVE_RUNTIMES,
    SupportedModels,
    check_accelerator,
    check_max_poses,
)
from bodyseg_widgets.segmentation import PERSON_LABELS
from bodyseg_widgets.streaming import (
    Choice,
    EncodedFrame,
    FramePipeline,
    Result,
    ResultFeed,
    Sink,
    StoredResult,
    choose,
    choose_like,
)
from bodyseg_widgets.streaming.handed_out import painting_fix
from bodyseg_widgets.streaming.live_models import missing_weights
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.page_messages import PageMessages
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import PYTHON_SETS
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.stream.weights_fetch import WeightsFetch, WeightsMessage
from bodyseg_widgets.widgets.transport.results import result_fields

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.options import Accelerator
    from bodyseg_widgets.pose import Body
    from bodyseg_widgets.pose.topology import Side
    from bodyseg_widgets.streaming import ModelLike, ResultCallback
    from bodyseg_widgets.streaming.live_models import LiveModel
    from bodyseg_widgets.streaming.pipeline import ModelToRun, UserCode
    from bodyseg_widgets.widgets.source.local_streams import LocalStream
    from bodyseg_widgets.widgets.stream.weights_fetch import WeightsOffer
    from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.transport.messages import LocalStateMessage

_log = logging.getLogger(__name__)

STREAM_FIX = "Make one: SegmentationStream(webcam)."
"""What to do where something else is given for a stream."""

_LATE_MODEL = "has not returned for more than a second. Choose another model, or wait for it."
_LATE_CALLBACK = (
    "An on_result function has not returned for more than a second, and the stream waits for it. "
    "Make it shorter, or have it pass the result to a thread of its own. When another model is "
    "chosen, the stream goes on without it until it has returned."
)

MODEL_SECONDS = 10.0
"""How long a model stays without frames once its source has stopped: a cell that is run again must
not leave the models of its last run."""

MODEL_SECONDS_RUNNING = 300.0
"""How long it stays while its source runs, from which frames come again: after a pause, a hold, or
a lost connection. A page may have disappeared without a word."""

STATES = ("loading", "ready", "failed")
"""What a stream is doing; see `SegmentationStream.state`."""


class Topology(TypedDict):
    """The keypoints of a model's poses, and which of them a skeleton connects."""

    names: list[str]
    """The keypoints' names, in the order of poses."""
    sides: list[Side]
    """Of each keypoint."""
    pairs: list[tuple[int, int]]
    """Indices of connected keypoints."""
    in_3d: bool
    """Whether keypoints have depth and meters; without, z is 0 and meters are NaN."""


class ClassName(TypedDict):
    """A class that a model tells apart, such as a body part."""

    value: int
    """Its value in the plane of labels."""
    name: str
    """Its label."""


def topology_of(body: Body) -> Topology:
    """Return the keypoints of a model's poses as the page gets them."""
    return {
        "names": [*body.names],
        "sides": [*body.sides],
        "pairs": [*body.pairs],
        "in_3d": body.in_3d,
    }


class SegmentationStream(Widget):
    """Runs a model on the frames of a `Webcam`, always the newest, and provides the results.

    Selfie models return a mask of all people, BlazePose also their poses, BodyPix also body parts
    and whose each pixel is. The stream has no view of
    its own: `SegmentationView`, `ThresholdSlider` and `TimingReadout` show it. Changing `model`,
    `model_type` or `runtime` takes effect with the next frame.

    Parameters
    ----------
    webcam : Webcam
        The source of frames.
    model : str or sequence of str
        A variant: ``"general"`` (the default) or ``"landscape"`` of the selfie model, ``"lite"``,
        ``"full"`` or ``"heavy"`` of BlazePose, ``"MobileNetV1 0.75 quant2"`` or another one of
        BodyPix that pickers offer; or a model, one of `SupportedModels` or a custom one
        by the name passed to `add_model`; or ``(model, model_type)``, or ``(model, model_type,
        runtime)``.
    runtime : {"tensorflow", "mediapipe", "browser"}, optional
        What runs it; default ``"tensorflow"``. With ``"browser"``, the page that shows it runs it:
        pictures stay there, unless Python asks for results, or other streams of the webcam run in
        Python.
    model_type : str, optional
        The variant, where `model` is the name of a model.
    max_poses : int
        How many people's poses to look for, at least 1.
    accelerator : {"auto", "wasm", "webgpu"}
        Of runtime ``"browser"``, what computes there: see `accelerator` below.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, Webcam
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, model="landscape")
    >>> unsubscribe = stream.on_result(lambda result: print(result.mask.probability.mean()))
    >>> stream.latest is None
    True
    >>> stream.choose("lite")
    >>> stream.model
    'BlazePose'
    >>> stream.close(); webcam.close()
    """

    _parts = ("webcam", "latest")

    _esm = front_end_module("segmentation_stream")
    _label = traitlets.Unicode().tag(sync=True)

    _topology = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)

    # Whether results say which person a pixel belongs to.
    _people = traitlets.Bool(default_value=False).tag(sync=True)

    # Of `ClassName`; empty for a model that only tells people from background.
    _classes = traitlets.List(traitlets.Dict()).tag(sync=True)
    _weights = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True, **PYTHON_SETS)

    webcam = traitlets.Instance(Webcam, read_only=True).tag(**REFERENCE)
    """The source of frames."""

    model = traitlets.Unicode().tag(sync=True)
    """The model's name, one of `SupportedModels` or a custom model. Setting it also sets
    `model_type` to that model's default, if the old one is not a variant of it; `choose` sets
    both."""

    model_type = traitlets.Unicode().tag(sync=True)
    """The model's variant: ``"general"`` or ``"landscape"`` for the selfie model; ``"lite"``,
    ``"full"`` or ``"heavy"`` for BlazePose; for BodyPix one of `BodyPixVariant.name` whose weights
    are on this computer or can be downloaded."""

    runtime = traitlets.Unicode().tag(sync=True)
    """What runs the model: ``"tensorflow"``, ``"mediapipe"``, or ``"browser"``, the page."""

    # Not Int, which accepts True and rejects NumPy's integers: `check_max_poses` decides.
    max_poses = traitlets.Any(1).tag(sync=True)
    """How many people's poses to look for, at least 1; applied from the next frame, and people keep
    their ids. The model stays loaded, but runtime 'mediapipe' needs about 0.1 s for each change.
    Selfie models always put everyone in one mask."""

    accelerator = traitlets.Unicode("auto").tag(sync=True)
    """Of runtime ``"browser"``, what the page runs the network with: ``"wasm"``, its processor;
    ``"webgpu"``, its graphics card, with WebGPU; ``"auto"``, what takes less time in the first
    frames. A graphics card is compared with the processor in the first, second and tenth frame and
    then every 300th. It is left, with a sentence in the view, if it computes something else, fails,
    does not answer, or takes longer (``"webgpu"``: more than three times as long). BlazePose's
    detector always runs on the processor. Other runtimes take only ``"auto"``, and choosing one of
    them sets it."""

    running_on = traitlets.Unicode("", read_only=True).tag(sync=True)
    """Of runtime ``"browser"``, what runs the network now: ``"wasm"`` or ``"webgpu"``; empty before
    that is decided, which takes some frames where there is a graphics card."""

    running_why = traitlets.Unicode("", read_only=True).tag(sync=True)
    """Why that, in a sentence; empty if it was chosen or is not decided."""

    state = traitlets.Enum(STATES, default_value="loading").tag(sync=True)
    """``"loading"`` until the first result, ``"ready"``, or ``"failed"``: see `message`."""

    message = traitlets.Unicode("").tag(sync=True)
    """What is wrong and how to fix it; empty if there is no problem."""

    def __init__(
        self,
        webcam: Webcam,
        *,
        model: ModelLike = SupportedModels.MediaPipeSelfieSegmentation,
        runtime: str | None = None,
        model_type: str | None = None,
        max_poses: int = 1,
        accelerator: str = "auto",
    ) -> None:
        # Checked before anything is created, so that an error leaves nothing behind.
        check_kind("webcam", webcam, Webcam, fix="Make one: Webcam(source).")
        choice = choose_like(model, runtime, model_type=model_type)
        max_poses = check_max_poses(max_poses)
        if choice.runtime in LIVE_RUNTIMES:
            # One that has only its own way to run leaves it to the next model.
            runtime = choice.runtime
        runtime = runtime or LIVE_RUNTIMES[0]
        accelerator = check_accelerator(accelerator, runtime)
        frames = webcam.frames
        self.set_trait("webcam", webcam)
        super().__init__(
            model=choice.model,
            runtime=runtime,
            accelerator=accelerator,
            model_type=choice.model_type,
            max_poses=max_poses,
            **_page_traits(choice, max_poses),
        )
        # As used in answers, which the thread may still send after the comm is closed.
        self._id = self.model_id
        self._choice = choice
        self._feed = ResultFeed(self._report_callback_error, on_asked=frames.check_demand)
        self._ticket_listeners = Listeners[["FrameTicket", Result]]()
        self._ticket_lock = threading.RLock()
        self._answered: tuple[FrameTicket, Result] | None = None
        # By id, because a callback need not be hashable.
        self._failing_callbacks: dict[int, str] = {}
        # Of the choice, `state` and `message`, which several threads set. Reentrant: observers may
        # change the model.
        self._status = threading.RLock()
        # The labels of the classes that are wanted, and how often.
        self._wanted: Counter[str] = Counter()
        self._to_run = self._run(choice)
        self._weights_fetch = WeightsFetch(tell=self._tell_weights, done=self._try_again)
        self._pipeline: FramePipeline[FrameTicket] = FramePipeline(
            self._to_run,
            sink=Sink(self._send_result, self._send_skipped, self._send_failed, self._report_late),
            feed=self._feed,
            name=f"bodyseg-stream-{self._id[:8]}",
            idle=self._patience,
        )
        self._closing.callback(self._forget)
        self._closing.callback(frames.demand.add(lambda: self._feed.asks))
        self._closing.callback(frames.images.add(lambda: self._feed.asks_for_images))
        self._closing.callback(self._feed.close)
        self._closing.callback(self._weights_fetch.close)
        self._closing.callback(self._pipeline.close)
        self._closing.callback(on_new_weights(self._try_again))
        webcam.observe(self._on_patience_changed, "running")
        self._closing.callback(webcam.unobserve, self._on_patience_changed, "running")
        # Who gets it frames: the page, or the webcam here.
        self._attached: Callable[[], None] | None = None
        self._rests = 0
        self._attach()
        self._closing.callback(self._detach)
        self._look_again()
        self.observe(self._on_choice_changed, ["model", "runtime", "model_type"])
        self.observe(self._on_max_poses_changed, "max_poses")
        self.observe(self._on_accelerator_changed, "accelerator")
        messages: PageMessages[WeightsMessage] = PageMessages({"weights": WeightsMessage})
        messages.hear(self, lambda message, _: self._receive(message))

    @property
    def latest(self) -> Result | None:
        """The newest result (frame, mask, poses, timings), or None before the first.

        It stays after Stop, until the stream is closed. Safe to read from any thread and while a
        cell runs. Reading it takes a source that is on hold off hold for some seconds, also where
        no view is on screen. With runtime ``"browser"``, results come to Python only while they are
        asked for: the first reading begins that, and returns None, or the last that was asked for.
        """
        return self._feed.latest

    @property
    def choice(self) -> Choice:
        """The model, its variant, and what runs it."""
        return self._choice

    @property
    def labels(self) -> Mapping[int, str]:
        """The labels of the model's classes by their values, as `Segmentation.labels`.

        ``{255: "person"}`` of a model that only tells people from background.
        """
        return self._choice.live_model.labels

    @named_arguments
    def choose(self, model: ModelLike, model_type: str | None = None) -> None:
        """Switch to another model, or another variant of this one.

        Parameters
        ----------
        model : str or sequence of str
            The model's name, or its variant's alone, such as ``"lite"``.
        model_type : str, optional
            Its variant; default: the model's default.

        Raises
        ------
        InvalidOptionError
            One of them is unknown; the message lists the known ones.
        """
        runtime = self.runtime
        choice = choose_like(model, runtime, model_type=model_type)
        # Set together, so that observers never see the model with another one's variant.
        with self.hold_trait_notifications(), self._status:
            self.model, self.model_type = choice.model, choice.model_type
            # Otherwise it stays: another one may have been chosen since.
            if choice.runtime != runtime and choice.runtime in LIVE_RUNTIMES:
                self.runtime = choice.runtime

    def keepable(self, *, asked: bool = False) -> Result | None:
        """Return the chosen model's newest result, if a notebook may keep its picture.

        Parameters
        ----------
        asked : bool
            Whether the user has asked for just that, whatever the source.
        """
        with self._ticket_lock:
            answered = self._answered
        if answered is None or answered[1].model != self._to_run.key():
            return None
        ticket, result = answered
        return result if asked or self.webcam.may_keep(ticket.route) else None

    def on_result(self, callback: ResultCallback, *, images: bool = True) -> Unsubscribe:
        """Call ``callback(result)`` with every result, also while no view is on screen.

        It is called on the stream's worker thread, even while a cell runs; the stream waits for it
        and skips frames. Its exceptions are shown in the view and logged, and the stream continues.

        Parameters
        ----------
        callback : callable
            A function that takes a `Result`.
        images : bool
            Whether it needs the images of the frames. With ``images=False`` and runtime
            ``"browser"``, they stay in the browser, and only masks and poses come: some kilobytes
            a frame. ``result.frame.image`` then raises a `MissingImageError`.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.

        Examples
        --------
        >>> from bodyseg_widgets import SegmentationStream, Webcam
        >>> webcam = Webcam(source="sample")
        >>> stream = SegmentationStream(webcam, runtime="browser")
        >>> unsubscribe = stream.on_result(
        ...     lambda result: print(result.mask.probability.mean()), images=False
        ... )
        >>> unsubscribe(); stream.close(); webcam.close()
        """
        check_function("callback", callback, "(result)")
        remove = self._feed.on_result(callback, images=images)

        def unsubscribe() -> None:
            remove()
            with self._status:
                if self._failing_callbacks.pop(id(callback), None) == self.message:
                    self.message = ""

        return unsubscribe

    @property
    def is_calling(self) -> bool:
        """Whether this is asked by a callback, so that no result can come until that returns."""
        return self._pipeline.is_calling

    @property
    def overheard(self) -> Result | None:
        """The newest result, also one without an image; reading it leaves a source on hold."""
        return self._feed.overheard

    def overhear(self, callback: ResultCallback) -> Unsubscribe:
        """Call ``callback(result)`` as `on_result` does, but only with results that come anyway.

        The images of their frames may have stayed in the browser: see ``result.frame.has_image``.
        While only those who overhear are left, the source is on hold.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._feed.overhear(callback)

    @property
    def wanted_classes(self) -> frozenset[int]:
        """The label values of the classes that are wanted, of those that the model has."""
        with self._status:
            labels = self._choice.live_model.labels
            return frozenset(value for value, label in labels.items() if self._wanted[label] > 0)

    @named_arguments
    def want_class(self, label: str) -> Unsubscribe:
        """Have the probability of a class sent and stored with each result, from the next one on.

        A view that shows the heatmap of a class does so by itself. Python needs it for results that
        come from the page, the history, a recording or a snapshot; what a model in Python has just
        found has all its classes: :meth:`Result.class_probability`. While another model is chosen
        that has no such class, nothing is sent.

        Parameters
        ----------
        label : str
            One of the model's, such as ``"left_hand"``.

        Returns
        -------
        callable
            Call it without arguments when the class is no longer needed.

        Raises
        ------
        InvalidOptionError
            The model has no such class.
        """
        live = self._choice.live_model
        known = live.labels.values() if live.labels != PERSON_LABELS else ()
        check_choice(
            "label",
            label,
            known,
            fix=""
            if known
            else f"{live.label} does not tell classes apart: choose a model that does.",
        )
        with self._status:
            self._wanted[label] += 1
        self._on_wanted_classes_changed()
        self._look_again()
        done = threading.Event()

        def unsubscribe() -> None:
            with self._status:
                if not done.is_set():
                    self._wanted[label] -= 1
            done.set()
            self._on_wanted_classes_changed()

        return unsubscribe

    def subscribe(self, callback: Callable[[FrameTicket, Result], None]) -> Unsubscribe:
        """Call ``callback(ticket, result)`` with the newest result now, and with all later ones.

        All have images. The ticket can send further messages about the frame to the page that shows
        it. The callback must return immediately.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        with self._ticket_lock:
            # Under the lock, so that no newer result arrives before it.
            if self._answered is not None:
                callback(*self._answered)
            remove = self._ticket_listeners.add(callback)
        # Also results of the page, although nobody needs them to come.
        release = self.webcam.frames.images.add(lambda: True)

        def unsubscribe() -> None:
            remove()
            release()

        return unsubscribe

    def __aiter__(self) -> AsyncIterator[Result]:
        """Iterate over new results until the stream is closed: ``async for result in stream``.

        A slow loop body skips results and always gets the newest.
        """
        return self._feed.results()

    @contextmanager
    def resting(self) -> Iterator[None]:
        """Get no frames, and so leave the computer to others, while this context is open."""
        with self._status:
            self._rests += 1
            self._detach()
        try:
            yield
        finally:
            with self._status:
                self._rests -= 1
                self._attach()

    @traitlets.validate("model")
    def _known_model(self, proposal: dict[str, Any]) -> str:
        return choose(proposal["value"], None, LIVE_RUNTIMES[0]).model

    @traitlets.validate("model_type")
    def _known_model_type(self, proposal: dict[str, Any]) -> str:
        return choose(self.model, proposal["value"], LIVE_RUNTIMES[0]).model_type

    @traitlets.validate("runtime")
    def _known_runtime(self, proposal: dict[str, Any]) -> str:
        choose(self.model, None, proposal["value"])
        return str(proposal["value"])

    @traitlets.validate("accelerator")
    def _possible_accelerator(self, proposal: dict[str, Any]) -> str:
        return check_accelerator(proposal["value"], self.runtime)

    @traitlets.validate("max_poses")
    def _possible_max_poses(self, proposal: dict[str, Any]) -> int:
        return check_max_poses(proposal["value"])

    def _current_max_poses(self) -> int:
        return int(self.max_poses)

    def _run(self, choice: Choice) -> ModelToRun:
        return choice.to_run(self._current_max_poses, classes=lambda: self.wanted_classes)

    def _on_choice_changed(self, _: object) -> None:
        with self.hold_trait_notifications(), self._status:
            default = choose_like(self.model, self.runtime)
            if self.model_type not in (default.live_model.model_types or ("",)):
                self.model_type = default.model_type
            if self.runtime != BROWSER:
                self.accelerator = "auto"
        with self._status:
            # Of now: another thread may have chosen since this one was told.
            choice = choose(self.model, self.model_type, self.runtime)
            if choice == self._choice:
                return
            self._choice = choice
            for name, value in _page_traits(choice, self._current_max_poses()).items():
                self.set_trait(name, value)
            self._load()
        self._on_patience_changed()
        self._attach()
        self._look_again()

    def _on_max_poses_changed(self, _: object) -> None:
        with self._status:
            self._people = _tells_people(self._choice, self._current_max_poses())
        if self._choice.runtime == BROWSER:
            self._attach()
        self._look_again()

    def _on_wanted_classes_changed(self) -> None:
        if self._choice.runtime == BROWSER:
            self._attach()

    def _on_accelerator_changed(self, _: object) -> None:
        if self._choice.runtime == BROWSER:
            with self._status:
                self._forget_what_runs()
            self._attach()
            self._look_again()

    def _forget_what_runs(self) -> None:
        self.set_trait("running_on", "")
        self.set_trait("running_why", "")

    def _load(self) -> None:
        """Load the chosen model with the next frame."""
        self._forget_what_runs()
        self._to_run = self._run(self._choice)
        self.state, self.message = "loading", ""
        self._weights_fetch.withdraw()
        self._pipeline.use(self._to_run)

    def _try_again(self) -> None:
        """Load the model whose weights were missing."""
        with self._status:
            if not self._weights_fetch.is_waiting:
                return
            self._load()
            if self._choice.runtime == BROWSER:
                # The page has failed, and tries a model again that it gets anew.
                self._detach()
                self._attach()
        self._look_again()

    def _receive(self, message: WeightsMessage) -> None:
        if message["download"]:
            self._weights_fetch.start()
        else:
            self._weights_fetch.cancel()

    def _tell_weights(self, offer: WeightsOffer | None) -> None:
        self.set_trait("_weights", offer)

    def _attach(self) -> None:
        """Have the model get frames where it runs."""
        frames = self.webcam.frames
        with self._status:
            if self._rests or self.comm is None:
                return
            if self._choice.runtime == BROWSER:
                local: LocalStream = {
                    "stream": self._id,
                    "key": self._to_run.key(),
                    "model": self._choice.model,
                    "model_type": self._choice.model_type,
                    "max_poses": self._current_max_poses(),
                    "accelerator": cast("Accelerator", self.accelerator),
                    "classes": sorted(self.wanted_classes),
                }
                told = _InPage(self._choice.live_model, self._pipeline.offer, self._on_said)
                attached = frames.local.put(local, told)
            else:
                attached = frames.subscribe(self._pipeline.offer)
            self._detach()
            self._attached = attached

    @property
    def _patience(self) -> float:
        """How long the model stays without frames."""
        comes_again = self.webcam.running and self._choice.runtime != BROWSER
        return MODEL_SECONDS_RUNNING if comes_again else MODEL_SECONDS

    def _on_patience_changed(self, _: object = None) -> None:
        with self._status:
            self._pipeline.rest_after(self._patience)

    def _detach(self) -> None:
        with self._status:
            if self._attached is not None:
                self._attached()
            self._attached = None

    def _on_said(self, told: LocalStateMessage) -> None:
        """Take over what the page says of the model that it runs."""
        with self._status:
            self.state, self.message = told["state"], told["message"]
            self.set_trait("running_on", told["running_on"])
            self.set_trait("running_why", told["why"])
            missing = missing_weights(self._choice) if told["state"] == "failed" else None
            if missing is not None:
                self._weights_fetch.offer(missing)

    def _forget(self) -> None:
        with self._ticket_lock:
            self._ticket_listeners.clear()
            self._answered = None

    def _look_again(self, _: object = None) -> None:
        """Also process the current frame if the source is paused."""
        if self.webcam.paused:
            self.webcam.channel.post({"kind": "command", "command": "again"})

    def _send_result(self, encoded: EncodedFrame[FrameTicket], result: Result, label: str) -> None:
        ticket = encoded.origin
        ticket.keep(label, StoredResult.of(result))
        ticket.answer_result(self._id, *result_fields(result))
        if result.frame.has_image:
            with self._ticket_lock:
                self._answered = (ticket, result)
                self._ticket_listeners.notify(ticket, result)
        with self._status:
            # Another model may have been chosen since.
            if self.state != "ready" and label == self._to_run.key():
                self.state, self.message = "ready", ""

    def _send_skipped(self, encoded: EncodedFrame[FrameTicket]) -> None:
        encoded.origin.answer_skipped(self._id)

    def _send_failed(self, encoded: EncodedFrame[FrameTicket], error: BaseException) -> None:
        encoded.origin.answer_failed(self._id)
        message = f"{type(error).__name__}: {error}{painting_fix(error)}"
        with self._status:
            if message != self.message:
                _log.error("%s failed", self._label, exc_info=error)
                self.state, self.message = "failed", message
            if isinstance(error, MissingWeightsError):
                self._weights_fetch.offer(error)

    def _report_late(self, code: UserCode) -> None:
        with self._status:
            if code == "model":
                self.state, self.message = "failed", f"{self._choice.name} {_LATE_MODEL}"
            elif code == "callback":
                self.message = _LATE_CALLBACK
            elif self.message.endswith((_LATE_MODEL, _LATE_CALLBACK)):
                # The result of a model follows.
                self.message = ""

    def _report_callback_error(self, callback: ResultCallback, error: BaseException) -> None:
        with self._status:
            if id(callback) in self._failing_callbacks:
                return
            self._failing_callbacks[id(callback)] = ""
        name = getattr(callback, "__name__", repr(callback))
        said = f"{type(error).__name__}: {error}".removesuffix(".")
        message = (
            f"Your on_result function {name} raised {said}.{painting_fix(error)} The stream "
            "continues; the traceback is in the log, and further errors from it are not shown."
        )
        _log.error("on_result callback %s failed", name, exc_info=error)
        with self._status:
            self._failing_callbacks[id(callback)] = message
            self.message = message


@dataclass(frozen=True, slots=True)
class _InPage:
    """Told what the page says of a stream's model."""

    model: LiveModel
    seen: Callable[[EncodedFrame[FrameTicket]], None]
    said: Callable[[LocalStateMessage], None]


def _page_traits(choice: Choice, max_poses: int) -> dict[str, object]:
    """Return the values of the traits that describe a choice to the page."""
    live = choice.live_model
    return {
        "_label": choice.label,
        "_topology": topology_of(live.body) if live.finds_poses else None,
        "_people": _tells_people(choice, max_poses),
        "_classes": class_names(live.labels),
    }


def _tells_people(choice: Choice, max_poses: int) -> bool:
    """Whether results say which person a pixel belongs to: see `Mask.people`."""
    # BodyPix does so whatever the number of people.
    several = max_poses > 1 or choice.model == SupportedModels.BodyPix
    return choice.live_model.finds_poses and several


def class_names(labels: Mapping[int, str]) -> list[ClassName]:
    """Return the classes of a model as the page gets them; none of a person alone."""
    if labels == PERSON_LABELS:
        return []
    return [{"value": value, "name": name} for value, name in labels.items()]
