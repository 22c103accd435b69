"""Where frames come from: cameras, files, screens, Python, the bundled samples."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, TypedDict

import ipywidgets
import traitlets

from bodyseg_widgets.arguments import check_choice, close_name, names_of
from bodyseg_widgets.errors import InvalidOptionError, SourceError
from bodyseg_widgets.streaming import Player, model_names
from bodyseg_widgets.streaming.samples import portrait_jpeg
from bodyseg_widgets.streaming.sources import existing_file, is_address
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import PYTHON_SETS, Names
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.frame_hub import FrameHub
from bodyseg_widgets.widgets.source.kernel_sources import GivenImages, KernelSources
from bodyseg_widgets.widgets.source.local_streams import WANTED_RESULTS
from bodyseg_widgets.widgets.source.page_policy import (
    HARMLESS,
    PAGE_SOURCES,
    PagePolicy,
    page_is_trusted,
)
from bodyseg_widgets.widgets.source.playback import Playback
from bodyseg_widgets.widgets.source.uploads import Uploads
from bodyseg_widgets.widgets.transport.assets import asset_answer
from bodyseg_widgets.widgets.transport.frame_channel import FrameChannel

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bodyseg_widgets.streaming import KeptFrame
    from bodyseg_widgets.streaming.sources import SourceFrame
    from bodyseg_widgets.widgets.source.frame_hub import PageWork
    from bodyseg_widgets.widgets.source.kernel_sources import Images
    from bodyseg_widgets.widgets.source.playback import OpenRequest
    from bodyseg_widgets.widgets.transport.frame_ticket import Route
    from bodyseg_widgets.widgets.transport.messages import Buffers, PageMessage

SOURCES = (
    "camera",
    "screen",
    "file",
    "kernel camera",
    "python",
    "stream",
    "sample",
    "portrait",
    "squats",
    "yoga",
    "signing",
    "crossing",
)
"""``"camera"``: a camera on the computer that shows the page. ``"screen"``: one of its screens,
windows or tabs. ``"file"``: the image, video or recording at `Webcam.path`. ``"kernel camera"``: a
camera on the kernel's computer. ``"python"``: images given in Python. ``"stream"``: the ipywebrtc
stream `Webcam.stream`. ``"sample"``: the bundled portrait, moved and scaled by the browser. The
others: the samples of these names, see `bodyseg_widgets.sample`."""

STATES = ("idle", "starting", "live", "waiting", "on hold", "failed")
"""What a source is doing; see `Webcam.state`."""


NOT_DISPLAYED = (
    "Started, but no page displays it, so no camera is on and no frame comes. Display it: end a "
    "cell with the Explorer or the Webcam; it begins by itself then."
)
"""Why a source that Python started is on hold, as long as no page has said another reason."""

DISPLAY_SECONDS = 3.0
"""How long a page may take to display it before a cell that started it says so."""


class CameraDevice(TypedDict):
    """A camera that the browser knows."""

    id: str
    """The browser's id of it."""
    label: str
    """Its name."""


class Webcam(Widget):
    """A source of frames, with a Start/Stop button and a picker.

    A camera is on only while this widget is displayed and started, and its button says Stop. Images
    go to this notebook's kernel and nowhere else.

    Parameters
    ----------
    images : path, URL, array, iterable or FrameSource, optional
        What to show; see `load`.
    stream : ipywidgets.Widget, optional
        An ipywebrtc stream to show (CameraStream, VideoStream, ImageStream, WidgetStream, …).
    source : str, optional
        The initial source, one of ``SOURCES``. Default: the given one, or ``"camera"``.
    device_id : str, optional
        The `id` of one of `devices`; default: the browser's own choice.
    width, height : int
        Maximum size of frames, in pixels; requested from cameras, and larger images are scaled down
        to fit. 16 to 4096, default 640 x 480.
    frame_rate : int
        Frame rate requested from cameras, 1 to 120.
    history : float
        How many seconds to store for pausing and scrubbing; 0 to 60.
    keep_picture : bool
        First value of the trait of this name.
    keep_history : bool
        Whether to keep them after Stop.
    page_may_open : iterable of str, optional
        What a person may choose in the page; see the trait of this name.
    upload_limit : int
        Bytes that a file from the page may have; default 2 GB.

    Examples
    --------
    >>> from bodyseg_widgets import Webcam
    >>> webcam = Webcam(source="sample")
    >>> webcam.start()
    >>> webcam.running
    True
    >>> webcam.close()

    Images from your own code, made on demand:

    >>> import numpy as np
    >>> noise = (np.random.randint(0, 256, (48, 64, 3), np.uint8) for _ in iter(int, 1))
    >>> webcam = Webcam(noise)
    >>> webcam.source
    'python'
    >>> webcam.close()
    """

    _esm = front_end_module("webcam")
    channel = traitlets.Instance(FrameChannel, read_only=True).tag(**REFERENCE)
    """What carries the frames between page and kernel."""

    # The page load whose button started it; empty if Python did. A reloaded page does not turn the
    # camera on by itself.
    _page = traitlets.Unicode("").tag(sync=True)
    # Whether anyone in Python needs frames, also while no view is on screen.
    _wanted = traitlets.Bool(default_value=False).tag(sync=True)
    # The streams whose models run in the page, whether there are others, whose frames go to the
    # kernel, and which results of the page Python wants.
    _local_streams = traitlets.List(traitlets.Dict()).tag(sync=True)
    _kernel_streams = traitlets.Bool(default_value=False).tag(sync=True)
    _results_wanted = traitlets.Enum(WANTED_RESULTS, default_value="none").tag(sync=True)
    # The picker's label for images given in Python; empty if there are none.
    _images_label = traitlets.Unicode("").tag(sync=True)
    # How often Python provided a source: each is opened again.
    _loaded = traitlets.Int(0).tag(sync=True)

    source = traitlets.Enum(SOURCES, default_value="camera").tag(sync=True)
    """Where frames come from: one of ``SOURCES``."""

    # Whether the ipywebrtc stream is a camera of the page that faces its user.
    _stream_is_mirror = traitlets.Bool(default_value=False).tag(sync=True)

    stream = traitlets.Instance(ipywidgets.Widget, allow_none=True).tag(**REFERENCE)
    """The ipywebrtc stream for ``source="stream"``, or None."""

    path = traitlets.Unicode("").tag(sync=True)
    """The file for ``source="file"``: a path on the kernel's computer, or an http(s) URL, which is
    downloaded when it is opened. An image, a video, or a recording."""

    running = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it is started; set by the button and by `start` and `stop`."""

    paused = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the current frame is frozen. No new frames are captured while it is."""

    loop = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether a video starts over at its end."""

    same_frame = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether all panels show the same frame: the newest that every model has finished. The next
    frame is captured when the slowest model is ready."""

    state = traitlets.Enum(STATES, default_value="idle").tag(sync=True)
    """What the browser reports: ``"idle"`` (not started), ``"starting"`` (waiting for the
    camera or for permission), ``"live"``, ``"waiting"`` (live, but Python does not answer: a
    cell is running, or the connection is lost), ``"on hold"`` (started, but nobody needs frames, or
    its button is on no page; it goes on by itself, see `message`), ``"failed"`` (see `message`). Do
    not set it."""

    message = traitlets.Unicode("").tag(sync=True)
    """What is wrong and how to fix it, or why it is on hold; empty if there is no problem."""

    devices = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The cameras known to the browser, as ``{"id": str, "label": str}``. Browsers reveal their
    names only after the user has allowed a camera once."""

    device_id = traitlets.Unicode("").tag(sync=True)
    """The `id` of the camera to use; empty for the browser's own choice."""

    kernel_device = traitlets.Int(0, min=0, max=99).tag(sync=True)
    """OpenCV's number of the camera for ``source="kernel camera"``."""

    width = traitlets.Int(640, min=16, max=4096).tag(sync=True)
    """Maximum width of frames, in pixels."""

    height = traitlets.Int(480, min=16, max=4096).tag(sync=True)
    """Maximum height of frames, in pixels."""

    frame_rate = traitlets.Int(30, min=1, max=120).tag(sync=True)
    """Frame rate requested from cameras."""

    history = traitlets.Float(10.0, min=0, max=60).tag(sync=True)
    """How many seconds are stored for pausing and scrubbing, not counting pauses. Ten seconds of
    four models at 640 x 480 take about 12 MB. The limit is 200 MB, for all sources together:
    beyond that, fewer seconds are stored, and the timeline says how many. They are in the kernel's
    memory, and forgotten on Stop, but for the last frame; see `keep_history`."""

    keep_history = traitlets.Bool(default_value=False)
    """Whether the stored seconds stay after Stop, until newer frames replace them or this widget is
    closed; `kept_frames` has them. Otherwise Stop forgets them, and only the last frame stays with
    its results."""

    page_may_open = Names().tag(sync=True, **PYTHON_SETS)
    """What people may choose in the page, of ``PAGE_SOURCES``. By default all of it where they can
    run code anyway, as in JupyterLab. Elsewhere, as in Voila, what shows nothing of the kernel's
    computer: ``"camera"``, ``"screen"``, ``"upload"`` and ``"sample"``. What Python has set may
    always be opened."""

    upload_limit = traitlets.Int(2_000_000_000, min=0)
    """Bytes that a file from the page may have. Only the last file is stored, until another one is
    chosen or this widget is closed."""

    keep_picture = traitlets.Bool(default_value=False)
    """Whether the picture that a notebook keeps of a view may be of a camera or a screen. Otherwise
    it is drawn, unless the source is a sample, a file or images in memory. It is made when a cell
    shows the view: show it again at the end of a lesson to keep what was seen last."""

    frames: FrameHub
    playback: Playback

    def __init__(
        self,
        images: Images | None = None,
        *,
        stream: ipywidgets.Widget | None = None,
        source: str | None = None,
        device_id: str = "",
        width: int = 640,
        height: int = 480,
        frame_rate: int = 30,
        history: float = 10.0,
        keep_picture: bool = False,
        keep_history: bool = False,
        page_may_open: Iterable[str] | None = None,
        upload_limit: int = 2_000_000_000,
    ) -> None:
        given = None if images is None else _given(images)
        if source is None:
            source = given.source if given else "camera" if stream is None else "stream"
        check_choice("source", source, SOURCES)
        if source == "stream" and stream is None:
            message = (
                "source='stream' needs an ipywebrtc stream to capture: "
                "Webcam(stream=CameraStream(...))."
            )
            raise InvalidOptionError(message)
        if source in ("file", "python") and (given is None or given.source != source):
            example = "Webcam('clip.mp4')" if source == "file" else "Webcam([image_1, image_2])"
            raise InvalidOptionError(
                f"source={source!r} needs something to open, for example {example}."
            )
        # Which page runs it: one may begin while another one leaves, each on its own thread.
        self._handover = threading.RLock()
        # Whether it was stopped because its page left.
        self._left = False
        self._saying = ExitStack()
        self._closing.callback(self._saying.close)
        if page_may_open is None:
            page_may_open = PAGE_SOURCES if page_is_trusted() else HARMLESS
        self._sources = KernelSources(given)
        self._closing.callback(self._sources.close)
        self.set_trait("channel", FrameChannel(self._receive))
        self.frames = FrameHub(
            self.channel.post,
            seconds=history,
            keeps=lambda: bool(self.keep_history),
            wanted=self._tell_wanted,
            page_work=self._tell_page_work,
        )
        self._closing.callback(self.frames.close)
        self.playback = Playback(
            self._open_player,
            post=self.channel.post,
            show=self.frames.show,
            history=self.frames.history,
        )
        self._closing.callback(self.playback.close)
        self._uploads = Uploads(lambda: int(self.upload_limit))
        self._policy = PagePolicy(lambda: self.page_may_open, lambda: self._uploads.path)
        self._closing.callback(self._uploads.close)
        # Closed first: no message may reach what is closed after it.
        self._closing.callback(self.channel.close)
        super().__init__(
            _images_label=given.label if given and given.source == "python" else "",
            stream=stream,
            source=source,
            path=given.path if given else "",
            device_id=device_id,
            width=width,
            height=height,
            frame_rate=frame_rate,
            history=history,
            keep_picture=keep_picture,
            keep_history=keep_history,
            page_may_open=[*names_of("page_may_open", page_may_open)],
            upload_limit=upload_limit,
        )
        if self.path:
            self._policy.give("file", self.path)
        if source == "kernel camera":
            self._policy.give(source, self.kernel_device)
        self.observe(self._on_origin_changed, ["source", "path", "kernel_device"])
        self._paused_at: float | None = None
        self.observe(self._on_settings_changed, ["loop", "history"])
        self.observe(self._on_paused_changed, "paused")
        self.observe(self._on_running_changed, "running")

    @property
    def is_mirror(self) -> bool:
        """Whether people see themselves in it, so ``mirror="auto"`` mirrors it.

        True for a camera of the page (also an ipywebrtc ``CameraStream``, unless it faces away),
        False for everything else.
        """
        return self.source == "camera" or (self.source == "stream" and self._stream_is_mirror)

    @property
    def kept_frames(self) -> tuple[KeptFrame, ...]:
        """The pictures that are stored now, with their results, the oldest first.

        They are the last `history` seconds; after Stop the last frame alone, unless `keep_history`
        is True; none once this widget is closed.
        """
        return self.frames.history.frames

    def start(self) -> None:
        """Start the source, like the button; the browser may ask for permission.

        It begins once a page displays it. Until then it is on hold, no camera is opened, and
        `message` says so; in a notebook, so does the cell's output some seconds later.
        """
        with self.hold_sync():
            self._page = ""
            if not self.running:
                self.running = True
                # A page that displays it reports another state at once.
                self.state, self.message = "on hold", NOT_DISPLAYED
                self._say_later()

    def stop(self) -> None:
        """Stop the source and turn the camera off, like the button."""
        with self.hold_sync():
            self._left = False
            self.running = False
            self.paused = False
            if self.message == NOT_DISPLAYED:
                self.state, self.message = "idle", ""
        # The page reports this itself, unless it has disappeared.
        self.playback.stop()

    def load(self, images: Images | None) -> None:
        """Use another source of images.

        Parameters
        ----------
        images : path, URL, array, iterable or FrameSource
            The path of an image, a video or a recording on the kernel's computer; an http(s) URL,
            which is downloaded on Start; one image; a list or iterator of images (uint8 RGB arrays,
            PIL images, …), where an iterator continues where it was stopped; or a
            ``FrameSource``, which is closed on Stop.

        Raises
        ------
        InvalidOptionError
            Nothing was given, or what cannot be a source.
        SourceError
            The file does not exist or cannot be read.
        """
        if images is None:
            raise InvalidOptionError(
                "Nothing to load. Pass a path, a URL, an image or an iterable of images."
            )
        given = _given(images)
        if given.path:
            self._policy.give("file", given.path)
        with self.hold_sync():
            self.path = given.path or self.path
            if given.source == "python":
                self._sources.given = given
                self._images_label = given.label
            self.source = given.source
            self._loaded += 1

    def pause(self) -> None:
        """Freeze the current frame."""
        self.paused = True

    def play(self) -> None:
        """Resume live."""
        self.paused = False

    def step(self, by: int = 1) -> None:
        """Pause, and step `by` frames forward, or backward if negative.

        A video steps to exactly that frame. For all other sources, you can step through the frames
        of the last `history` seconds.
        """
        self.paused = True
        self.channel.post({"kind": "command", "command": "step", "by": by})

    def show(self, number: int) -> None:
        """Pause, and show the frame with this number, the `id` of its ``Frame``."""
        self.paused = True
        self.channel.post({"kind": "command", "command": "show", "id": number})

    def first_frame(self) -> SourceFrame | None:
        """Return the first frame, if the source can be read again; see `KernelSources`.

        Raises
        ------
        BodySegError
            It cannot be read.
        """
        self._policy.check(self.source, self.path, self.kernel_device)
        return self._sources.first_frame(self.source, self.path, (self.width, self.height))

    def may_keep(self, route: Route) -> bool:
        """Whether a notebook may keep the picture of a frame that came this way."""
        return self.keep_picture or self.playback.has_length(route.session)

    @traitlets.validate("page_may_open")
    def _known_page_sources(self, proposal: dict[str, Any]) -> list[str]:
        return [check_choice("page_may_open", each, PAGE_SOURCES) for each in proposal["value"]]

    def set_state(self, sync_data: dict[str, object]) -> None:
        """Take what the page has set, which `page_may_open` holds for."""
        with self._policy.page_at_work(), self._handover:
            super().set_state(sync_data)
            # A page that takes over what runs elsewhere changes nothing but who runs it. If the
            # other page has left in this moment, it does not know of that yet.
            if self._left and self._page and "running" not in sync_data:
                self.running = True

    def _on_origin_changed(self, change: dict[str, Any]) -> None:
        """Note what may be opened, unless the page has set it."""
        if change["name"] == "path":
            self._policy.note("file", self.path)
        elif self.source == "kernel camera":
            self._policy.note("kernel camera", self.kernel_device)

    def _receive(self, message: PageMessage, buffers: Buffers) -> None:
        match message["kind"]:
            case "frame" | "next" | "show" if self.frames.answer_late(message):
                pass
            case "frame":
                self.frames.receive(message, buffers)
            case "show":
                if not self.playback.show(message):
                    self.frames.recall(message)
            case "open" | "next" | "keep_alive":
                self.playback.receive(message)
            case "close":
                self.playback.receive(message)
                self.frames.end(message)
            case "upload":
                self.channel.post(self._uploads.add(message, buffers))
            case "leave":
                self._forget_page(message["page"])
            case "sample":
                self.channel.post({"kind": "sample"}, [portrait_jpeg()])
            case _:
                self._receive_local(message, buffers)

    def _receive_local(self, message: PageMessage, buffers: Buffers) -> None:
        """Receive what concerns models that run in the page."""
        match message["kind"]:
            case "seen":
                self.frames.receive_seen(message, buffers)
            case "local_state":
                self.frames.receive_state(message)
            case "asset":
                self.channel.post(*asset_answer(message))

    def _tell_wanted(self, wanted: bool) -> None:  # noqa: FBT001 - the callback's only argument
        self._wanted = wanted

    def _tell_page_work(self, work: PageWork) -> None:
        with self.hold_sync():
            self._local_streams = [dict(stream) for stream in work.streams]
            self._kernel_streams = work.kernel_streams
            self._results_wanted = work.results

    def _say_later(self) -> None:
        """Say in the cell's output that no page displays it, if none has done so by then."""
        self._saying.close()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # A script, whose author reads `message`.
            return
        self._saying.callback(loop.call_later(DISPLAY_SECONDS, self._say_if_not_displayed).cancel)

    def _say_if_not_displayed(self) -> None:
        if self.running and self.message == NOT_DISPLAYED:
            print(NOT_DISPLAYED)  # noqa: T201 - where else would one look who sees no widget

    def _forget_page(self, page: str) -> None:
        """Handle the loss of the page that ran the source, and with it the camera."""
        self.playback.leave(page)
        with self._handover:
            if self._page not in {"", page}:
                return
            with self.hold_sync():
                self._page = ""
                self._left |= self.running
                self.running = False
                self.paused = False
                self.state = "idle"

    def _on_settings_changed(self, _: object) -> None:
        self.playback.set_loop(loop=self.loop)
        self.frames.history.seconds = self.history

    @traitlets.observe("stream")
    def _on_stream_changed(self, _: object) -> None:
        constraints = getattr(self.stream, "constraints", {}).get("video")
        away = isinstance(constraints, dict) and constraints.get("facingMode") == "environment"
        # By its name: ipywebrtc need not be installed.
        is_camera = getattr(self.stream, "_model_name", "") == "CameraStreamModel"
        self._stream_is_mirror = is_camera and not away

    def _on_running_changed(self, _: object) -> None:
        if self.running:
            self._left = False
        else:
            # The page reports the end of its session itself, unless it has disappeared.
            self.frames.forget()

    def _on_paused_changed(self, _: object) -> None:
        """Keep stored frames, however long the pause is."""
        now = time.monotonic()
        if not self.paused and self._paused_at is not None:
            self.frames.history.extend(now - self._paused_at)
        self._paused_at = now if self.paused else None

    def _open_player(self, request: OpenRequest) -> Player:
        """Open what the page requests; called on the playback thread."""
        self._policy.check(request.source, request.path, request.device)
        size = (request.width, request.height)
        return Player(self._sources.open(request), size=size)


def _given(images: Images) -> GivenImages:
    given = GivenImages(images)
    if given.path and not is_address(given.path):
        try:
            existing_file(given.path)
        except SourceError as error:
            source = close_name(given.path, SOURCES)
            meant = "" if source is None else f" Did you mean Webcam(source={source!r})?"
            model = close_name(given.path, model_names())
            meant += "" if model is None else f" Did you mean the model {model!r}?"
            raise SourceError(f"{error}{meant}") from None
    return given
