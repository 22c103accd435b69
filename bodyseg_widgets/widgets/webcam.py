"""Where the pictures come from: the webcam, a bundled sample, or any ipywebrtc stream."""

from __future__ import annotations

import uuid

import anywidget
import ipywidgets
import traitlets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.widgets._assets import asset
from bodyseg_widgets.widgets.frame_channel import FrameChannel

SOURCES = ("camera", "sample", "stream")
"""``"camera"``: this computer's webcam. ``"sample"``: the bundled portrait, moved and scaled
by the browser. ``"stream"``: the ipywebrtc stream given as `Webcam.stream`."""

STATES = ("idle", "starting", "live", "waiting", "failed")
"""What a source is doing; see `Webcam.state`."""


class Webcam(anywidget.AnyWidget):
    """A source of frames, with its start and stop button and its picker.

    The camera is on only while this widget is displayed, started, and its button says Stop.
    Pictures go to this notebook's kernel and nowhere else.

    Parameters
    ----------
    stream : ipywidgets.Widget, optional
        Take the pictures from this ipywebrtc stream (CameraStream, VideoStream, ImageStream,
        WidgetStream, …) in place of the webcam.
    source : {"camera", "sample", "stream"}, optional
        What to show first. Default: ``"stream"`` where a stream is given, else ``"camera"``.
    device_id : str, optional
        The `id` of one of `devices`; default: the browser's own choice.
    width, height : int
        Largest size of the frames in pixels; the camera is asked for it, and larger pictures
        are scaled down to fit. 16 to 4096, default 640 x 480.

    Examples
    --------
    >>> from bodyseg_widgets import Webcam
    >>> webcam = Webcam(source="sample")
    >>> webcam.start()
    >>> webcam.running
    True
    >>> webcam.close()
    """

    _esm = asset("webcam.js")
    _css = asset("bodyseg.css")
    _key = traitlets.Unicode().tag(sync=True)
    _channel = traitlets.Unicode().tag(sync=True)
    # The page load whose button started it; empty where Python did. A page that is reloaded
    # does not switch the camera on by itself.
    _page = traitlets.Unicode("").tag(sync=True)

    source = traitlets.Enum(SOURCES, default_value="camera").tag(sync=True)
    """Where the pictures come from: one of ``"camera"``, ``"sample"``, ``"stream"``."""

    stream = traitlets.Instance(ipywidgets.Widget, allow_none=True).tag(
        sync=True, **ipywidgets.widget_serialization
    )
    """The ipywebrtc stream behind ``source="stream"``, or None."""

    running = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it was started; the button and `start`/`stop` set it."""

    state = traitlets.Enum(STATES, default_value="idle").tag(sync=True)
    """What the browser reports: ``"idle"`` (not started), ``"starting"`` (waiting for the
    camera or for permission), ``"live"``, ``"waiting"`` (live, but Python does not answer
    because a cell is running), ``"failed"`` (see `message`). Do not set it."""

    message = traitlets.Unicode("").tag(sync=True)
    """One sentence on what is wrong and what to do; empty while all is well."""

    devices = traitlets.List(traitlets.Dict()).tag(sync=True)
    """The cameras the browser knows, as ``{"id": str, "label": str}``. Browsers name them
    only after the person allowed a camera once."""

    device_id = traitlets.Unicode("").tag(sync=True)
    """The `id` of the camera to use; empty for the browser's own choice."""

    width = traitlets.Int(640, min=16, max=4096).tag(sync=True)
    """Largest width of the frames in pixels."""

    height = traitlets.Int(480, min=16, max=4096).tag(sync=True)
    """Largest height of the frames in pixels."""

    def __init__(
        self,
        *,
        stream: ipywidgets.Widget | None = None,
        source: str | None = None,
        device_id: str = "",
        width: int = 640,
        height: int = 480,
    ) -> None:
        if source is None:
            source = "camera" if stream is None else "stream"
        if source not in SOURCES:
            message = f"source must be one of {', '.join(map(repr, SOURCES))}, but got {source!r}."
            raise InvalidOptionError(message)
        if source == "stream" and stream is None:
            message = (
                "source='stream' needs the ipywebrtc stream to take pictures from: "
                "Webcam(stream=CameraStream(...))."
            )
            raise InvalidOptionError(message)
        self.channel = FrameChannel()
        try:
            super().__init__(
                _key=uuid.uuid4().hex,
                _channel=self.channel.key,
                stream=stream,
                source=source,
                device_id=device_id,
                width=width,
                height=height,
            )
        except traitlets.TraitError:
            self.channel.close()
            raise

    @property
    def key(self) -> str:
        """What the page's widgets find this source by."""
        return str(self._key)

    def start(self) -> None:
        """Start the pictures, as the button does; the browser may ask for permission."""
        with self.hold_sync():
            self._page = ""
            self.running = True

    def stop(self) -> None:
        """Stop the pictures and switch the camera off, as the button does."""
        self.running = False

    def close(self) -> None:
        """Stop, and take the widget off the page."""
        # ipywidgets closes what was refused before it was whole, too.
        if self.comm is not None:
            self.channel.close()
            self.layout.close()
        super().close()
