"""The messages between a page and the kernel.

``python -m tools.generate`` writes the TypeScript types and the tables of ``docs/protocol.md`` from
this module. Times of day are milliseconds since 1970 by the sender's clock; durations are
milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

# `checked` looks it up.
from bodyseg_widgets.segmentation.planes import PlaneKind  # noqa: TC001

if TYPE_CHECKING:
    from collections.abc import Sequence


Buffers: TypeAlias = "Sequence[bytes | memoryview]"
"""Binary data sent along with a message, not as JSON."""


# --- what messages have in common


class BrowserTimings(TypedDict):
    """A frame's timings known to the page, ms."""

    capture: float
    """Grabbing and encoding this frame."""
    up: float | None
    """Of the frame drawn last; null before the first."""
    down: float | None
    """Of the frame drawn last."""
    draw: float | None
    """Of the frame drawn last."""


class KernelTimings(TypedDict):
    """The stages of a result in the kernel, ms."""

    wait: float
    """Waiting until the thread was free."""
    decode: float
    """JPEG to RGB."""
    infer: float
    """RGB to probability and poses."""


class PoseMessage(TypedDict):
    """A person whose keypoints are in the second buffer of a result."""

    id: int | None
    """Stays the same from frame to frame for the same person."""
    score: NotRequired[float]
    """How certain the whole pose is, 0 to 1; of those of BodyPix that a page has found."""


class PlaneMessage(TypedDict):
    """A plane of numbers of the mask's shape, packed in a buffer of a result."""

    kind: PlaneKind
    """What its numbers are. `labels`: the value of each pixel's class, whose names are in the
    stream's `_classes`. `people`: the number of the person a pixel belongs to, from 1 in the order
    of the poses; 0 for no one. `class`: the probability of one class times 255."""
    value: NotRequired[int]
    """Of a `class`: which, by its value among the labels."""
    meaning: NotRequired[int]
    """Of `labels`: the CRC-32 of what its numbers stand for, in UTF-8 a line `<value> <name>` for
    each class. While a stream's model is changed, results of the old one still come: its numbers do
    not stand for the classes of the new one."""


class FrameAddress(TypedDict):
    """The frame that a message is about."""

    page: str
    """Id of the source in this page, new with each load; several pages can show one kernel."""
    frame: int
    """Request id of the frame, unique in its page and increasing from 1."""


class SessionAddress(TypedDict):
    """The session that a message is about."""

    page: str
    """Id of the source in this page, new with each load."""
    video: int
    """The page's number for the session: every start, and every change of source, device, stream or
    size, gets a new number."""


class ResultFields(TypedDict):
    """A model's result for a frame."""

    shape: tuple[int, int]
    """Height and width of the mask, in pixels."""
    region: tuple[int, int, int, int]
    """The part of the frame that the mask covers: left, top, width and height in pixels of the
    frame. Outside it, the probability is 0."""
    poses: list[PoseMessage]
    """The people whose keypoints are in the second buffer, in the same order."""
    timings: KernelTimings
    """Duration of each stage."""
    planes: list[PlaneMessage]
    """What is in the buffers after the keypoints, one for each, in the same order; empty for models
    that only tell people from background, and not the people apart."""


# --- browser to kernel


class FrameMessage(SessionAddress):
    """A frame that the page has captured. Buffer: a JPEG, at most `Webcam.width` x `height`."""

    kind: Literal["frame"]
    frame: int
    """Request id of the frame, unique in its page and increasing from 1."""
    captured: float
    """When it was captured, by the browser's clock."""
    timings: BrowserTimings
    """Known timings of its stages, and of those of the frame drawn last."""


class OpenMessage(SessionAddress):
    """Open this kernel source, replacing any open one.

    The settings are traits of `Webcam`, whose new values may not have arrived yet.
    """

    kind: Literal["open"]
    source: str
    """`Webcam.source`."""
    path: str
    """`Webcam.path`."""
    device: int
    """`Webcam.kernel_device`."""
    width: int
    """`Webcam.width`."""
    height: int
    """`Webcam.height`."""
    frame_rate: int
    """`Webcam.frame_rate`."""


class NextMessage(SessionAddress):
    """Send the next frame of the source when it is due."""

    kind: Literal["next"]
    frame: int
    """Request id."""
    begin_at: int | None
    """Continue from the frame with this number; null to continue from the current position."""


class ShowMessage(SessionAddress):
    """Send this frame immediately, while paused: of a video, or of the history."""

    kind: Literal["show"]
    frame: int
    """Request id."""
    id: int
    """The frame's number."""


class KeepAliveMessage(SessionAddress):
    """The page is still there; sent every `KEEP_ALIVE_SECONDS` while a kernel source is open."""

    kind: Literal["keep_alive"]


class CloseMessage(SessionAddress):
    """The session is over: close its source, if that is the kernel's, and forget its frames."""

    kind: Literal["close"]


class UploadMessage(TypedDict):
    """A chunk of a file. Buffer: at most `UPLOAD_CHUNK_BYTES` of it."""

    kind: Literal["upload"]
    page: str
    """Id of the source in this page, new with each load."""
    upload: int
    """The page's number for this upload; a new one replaces the previous one."""
    name: str
    """The file's name."""
    size: int
    """Size of the file in bytes."""
    offset: int
    """Offset of this chunk in the file; 0 starts the upload."""


class LeaveMessage(TypedDict):
    """The page, which ran the source, is being closed or reloaded.

    Needed because the traits that would say so wait for the answer to their last change, which no
    longer arrives. Where another page has taken over, it changes nothing; a page that takes over in
    the same moment runs the source, whichever the kernel hears first.
    """

    kind: Literal["leave"]
    page: str
    """Id of the source in this page, new with each load."""


class SeenMessage(SessionAddress, ResultFields):
    """What a model that runs in the page has found in a frame.

    Sent only while `Webcam._results_wanted` is not ``"none"``. Buffers: as those of `result`, and
    the frame's JPEG if `image`.
    """

    kind: Literal["seen"]
    frame: int
    """Request id of the frame."""
    id: int
    """The frame's number."""
    captured: float
    """When it was captured, by the browser's clock."""
    browser: BrowserTimings
    """As `timings` of `frame`."""
    live: bool
    """False if it is shown again while paused."""
    size: tuple[int, int]
    """Width and height of the frame in pixels."""
    image: bool
    """Whether its image comes along: it is wanted, and the kernel does not have it."""
    stream: str
    """Model id of the `SegmentationStream`."""
    key: str
    """As in `LocalStream`: which of its models it is from."""


class LocalStateMessage(TypedDict):
    """What a model that runs in the page is doing; sent when that changes."""

    kind: Literal["local_state"]
    page: str
    """Id of the source in this page, new with each load."""
    stream: str
    """Model id of the `SegmentationStream`."""
    key: str
    """As in `LocalStream`."""
    state: Literal["loading", "ready", "failed"]
    """As `SegmentationStream.state`."""
    message: str
    """As `SegmentationStream.message`."""
    running_on: Literal["", "wasm", "webgpu"]
    """As `SegmentationStream.running_on`."""
    why: str
    """As `SegmentationStream.running_why`."""


class AssetRequest(TypedDict):
    """Send a part of a file that the page needs to run models."""

    kind: Literal["asset"]
    page: str
    """Id of the source in this page, new with each load."""
    name: str
    """The file's name."""
    offset: int | None
    """Where the part begins, in bytes; null to learn only the file's size and digest."""


class SampleRequest(TypedDict):
    """Send the bundled image."""

    kind: Literal["sample"]


class PingMessage(TypedDict):
    """Ask for a `pong`."""

    kind: Literal["ping"]
    page: str
    """Id of the source in this page, new with each load."""
    asked: float
    """When it was sent, by the browser's clock."""


PageMessage: TypeAlias = (
    "FrameMessage | OpenMessage | NextMessage | ShowMessage | KeepAliveMessage | CloseMessage "
    "| UploadMessage | LeaveMessage | SampleRequest | PingMessage | SeenMessage "
    "| LocalStateMessage | AssetRequest"
)
"""A message from a page on a frame channel."""


# --- kernel to browser


class Answer(FrameAddress):
    """The outcome of a frame in one stream."""

    stream: str
    """Model id of the `SegmentationStream` that answers; empty if there is none."""
    left: int
    """How many streams have not answered for this frame yet."""
    oldest: int | None
    """The oldest frame of this session that can be shown again; null if none can."""
    received: float
    """When the kernel got the frame, by its clock."""
    sent: float
    """When the kernel sent this answer, by its clock."""


class ResultMessage(Answer, ResultFields):
    """A model's result for a frame. Buffers: the packed mask, keypoints of all poses, planes."""

    kind: Literal["result"]


class SkippedMessage(Answer):
    """A frame was skipped.

    A newer one replaced it, another model was chosen, the stream was closed, or there is no stream.
    """

    kind: Literal["skipped"]


class FailedMessage(Answer):
    """A frame could not be decoded, or the model could not run; the stream's `message` says why."""

    kind: Literal["failed"]


AnswerMessage: TypeAlias = "ResultMessage | SkippedMessage | FailedMessage"
"""The outcome of a frame: one of these from each stream."""


class ShownFrame(FrameAddress):
    """The frame that an image shows."""

    id: int
    """The frame number, which stays the same when the frame is shown again."""
    captured: float
    """When the frame was captured, or is shown: by the kernel's clock for live frames of kernel
    sources; for a frame shown again, its original time."""
    live: bool
    """False if it is shown while the source is paused."""


class ImageMessage(ShownFrame):
    """Answer to `next` or `show`: an image that the page does not have. Buffer: a JPEG.

    The answers to the same `frame` may arrive before or after it.
    """

    kind: Literal["image"]
    capture: float
    """Encoding it, ms."""


class EffectResultMessage(ShownFrame, ResultFields):
    """A Python effect's result for a frame. Buffers: those of its `result`, and a JPEG.

    It is not an answer, and may arrive long after the frame was answered; frames that the effect
    skipped get none.
    """

    kind: Literal["effect_result"]
    view: str
    """Model id of the view that shows the effect."""
    effect: str
    """The effect's name: a view that shows another one by now ignores the message."""
    took: float
    """How long the effect took, ms."""


class EffectErrorMessage(FrameAddress):
    """A Python effect failed on a frame."""

    kind: Literal["effect_error"]
    view: str
    """Model id of the view that shows the effect."""
    effect: str
    """The effect's name."""
    message: str
    """The traceback, or why its return value is not an image."""


class ExpiredMessage(FrameAddress):
    """Answer to a `next` or `show` that gets no frame.

    The frame is no longer in the history, or a newer request replaced this one.
    """

    kind: Literal["expired"]


class ProgressMessage(SessionAddress):
    """Progress of opening a source, such as downloading a URL."""

    kind: Literal["progress"]
    text: str
    """The current step, as a sentence."""
    share: float | None
    """Progress, 0 to 1; null if unknown."""


class OpenedMessage(SessionAddress):
    """The source is open."""

    kind: Literal["opened"]
    label: str
    """Its label."""
    rate: float | None
    """Frames per second; null for frames as they arrive."""
    length: int | None
    """Number of frames; null if the source is not seekable."""


class RejectedMessage(SessionAddress):
    """The source cannot be opened, or read any further. It is closed."""

    kind: Literal["rejected"]
    message: str
    """Why, and what to do."""


class NoticeMessage(SessionAddress):
    """What is wrong with a source that is open and goes on, such as damaged parts of a video."""

    kind: Literal["notice"]
    text: str
    """What is wrong, as a sentence; replaces the previous one."""


class EndedMessage(SessionAddress):
    """Answer to `next`: there are no more images. A source with a length stays open."""

    kind: Literal["ended"]
    frame: int
    """Request id of the `next`."""


SessionNews: TypeAlias = (
    "ProgressMessage | OpenedMessage | NoticeMessage | RejectedMessage | EndedMessage"
)
"""A status message about a kernel source."""


class StoredMessage(TypedDict):
    """Answer to `upload`: a chunk of the file is stored, or why not."""

    kind: Literal["stored"]
    page: str
    """As in the upload."""
    upload: int
    """As in the upload."""
    done: NotRequired[int]
    """Bytes stored so far."""
    path: NotRequired[str]
    """With the last chunk: the file's path."""
    message: NotRequired[str]
    """Why it could not be stored."""


class ShowAgainCommand(TypedDict):
    """If paused, show the frame again, because models have changed."""

    kind: Literal["command"]
    command: Literal["again"]


class StepCommand(TypedDict):
    """Pause, and step by some frames."""

    kind: Literal["command"]
    command: Literal["step"]
    by: int
    """Frames to step forward, or backward if negative."""


class ShowCommand(TypedDict):
    """Pause, and show a frame."""

    kind: Literal["command"]
    command: Literal["show"]
    id: int
    """The frame's number."""


CommandMessage: TypeAlias = "ShowAgainCommand | StepCommand | ShowCommand"
"""A request from Python to the page that runs the source."""


class SampleMessage(TypedDict):
    """Answer to `sample`. Buffer: the bundled portrait, a JPEG."""

    kind: Literal["sample"]


class AssetMessage(TypedDict):
    """Answer to `asset`. Buffer, if a part was asked for: at most `ASSET_PART_BYTES` of it."""

    kind: Literal["asset"]
    page: str
    """As in the request."""
    name: str
    """As in the request."""
    offset: int | None
    """As in the request."""
    size: NotRequired[int]
    """The file's size in bytes."""
    digest: NotRequired[str]
    """Its SHA-256 as hexadecimal digits: pages keep files by it."""
    message: NotRequired[str]
    """Why it cannot be sent."""


class PongMessage(TypedDict):
    """Answer to `ping`."""

    kind: Literal["pong"]
    page: str
    """As in the ping."""
    owed: list[int]
    """Request ids of this page's `frame`, `next` and `show` whose last answer is still to come. One
    from before the ping that is neither answered nor among them is lost."""
    asked: float
    """As in the ping."""
    received: float
    """When the kernel got the ping, by its clock."""
    sent: float
    """When the kernel answered, by its clock."""


KernelMessage: TypeAlias = (
    "AnswerMessage | ImageMessage | EffectResultMessage | EffectErrorMessage | ExpiredMessage "
    "| SessionNews | StoredMessage | CommandMessage | SampleMessage | AssetMessage | PongMessage"
)
"""A message from the kernel on a frame channel."""


# --- a view recorder: page to kernel


class RecordingOffer(TypedDict):
    """A visible page can record this media type. The first page that asks is used."""

    kind: Literal["ask"]
    recording: str
    """The page's id for this recording."""
    type: str
    """One of the recorder's `_media_types`."""


class RecordingRefusal(TypedDict):
    """The page cannot record."""

    kind: Literal["refuse"]
    recording: str
    """The page's id for this recording."""
    message: str
    """Why."""


class ChunkMessage(TypedDict):
    """The next part of the video, of about half a second. Buffer: that part."""

    kind: Literal["chunk"]
    recording: str
    """Id of the recording."""
    seconds: float
    """Duration of the video up to the end of this part, without pauses."""


class HeartbeatMessage(TypedDict):
    """The page is hidden, so recording pauses.

    Repeated every `HEARTBEAT_SECONDS`, or as often as the browser allows.
    """

    kind: Literal["heartbeat"]
    recording: str
    """Id of the recording."""


class RecordingEnd(TypedDict):
    """The recording is complete."""

    kind: Literal["end"]
    recording: str
    """Id of the recording."""
    message: str
    """Why, unless it was stopped."""


RecorderPageMessage: TypeAlias = (
    "RecordingOffer | RecordingRefusal | ChunkMessage | HeartbeatMessage | RecordingEnd"
)
"""A message from a page to a view recorder."""


# --- a view recorder: kernel to page


class BeginMessage(TypedDict):
    """Answer to `ask`: the file is open; record with these settings."""

    kind: Literal["begin"]
    recording: str
    """Id of the recording."""
    type: str
    """The media type."""
    rate: int
    """Frames per second."""


class WrittenMessage(TypedDict):
    """Answer to `chunk`."""

    kind: Literal["written"]
    recording: str
    """Id of the recording."""
    bytes: int
    """Number of bytes in the file now."""


class RecordingEnded(TypedDict):
    """Answer to messages about a finished recording: stop."""

    kind: Literal["ended"]
    recording: str
    """Id of the recording."""


RecorderKernelMessage: TypeAlias = "BeginMessage | WrittenMessage | RecordingEnded"
"""A message from a view recorder to a page."""


# --- saved files


class ReadMessage(TypedDict):
    """The page wants a part of a file."""

    kind: Literal["read"]
    request: str
    """The page's id for this download."""
    file: str
    """The `id` of one of the widget's `_files`."""
    offset: int
    """Where the part begins, in bytes."""


class PartMessage(TypedDict):
    """Answer to `read`. Buffer: the part, of a megabyte, or what there is up to the end."""

    kind: Literal["part"]
    request: str
    """Id of the download."""
    offset: int
    """As in `read`."""
    size: int
    """The file's size now, in bytes."""


class UnreadableMessage(TypedDict):
    """Answer to `read`: the file cannot be read."""

    kind: Literal["unreadable"]
    request: str
    """Id of the download."""
    message: str
    """Why."""


FileKernelMessage: TypeAlias = "PartMessage | UnreadableMessage"
"""A message from saved files to a page."""


# --- a mask editor: page to kernel


class EditMessage(TypedDict):
    """The page shows the editor, and wants its image and mask."""

    kind: Literal["edit"]


class Painted(TypedDict):
    """Which mask a page has.

    A page's messages may be handled on several threads, so they may overtake each other.
    """

    page: str
    """The page's id, new with each load."""
    stroke: int
    """Increases with each mask that the page sends: a lower one is out of date."""
    version: int
    """The newest of Python's masks that it is painted on: a lower one than Python's is out of
    date."""


class PaintedMessage(Painted):
    """The mask after a stroke, or after one was undone.

    Buffer: 255 where a person is, else 0; `uint8`, row by row, as many as the image has pixels;
    compressed in zlib's format.
    """

    kind: Literal["painted"]


class SaveMessage(Painted):
    """Save image and mask as a pair. Buffer: the mask as in `painted`."""

    kind: Literal["save"]
    name: str
    """What the pair is called; empty for a name with the time."""


EditorPageMessage: TypeAlias = "EditMessage | PaintedMessage | SaveMessage"
"""A message from a page to a mask editor."""


# --- a mask editor: kernel to page


class EditedMessage(TypedDict):
    """Answer to `edit`. Buffers: the image as JPEG, and the mask as in `painted`."""

    kind: Literal["edited"]
    version: int
    """How often Python has set the mask."""
    width: int
    """Of the image, in pixels."""
    height: int
    """Likewise."""


class MaskMessage(TypedDict):
    """Python has set the mask. Buffer: the mask as in `painted`."""

    kind: Literal["mask"]
    version: int
    """How often it has."""


class SavedMessage(TypedDict):
    """Answer to `save`: the pair is written."""

    kind: Literal["saved"]
    message: str
    """Its name, and where it is."""


class RefusedMessage(TypedDict):
    """What the page has sent cannot be done."""

    kind: Literal["refused"]
    message: str
    """Why."""


EditorKernelMessage: TypeAlias = "EditedMessage | MaskMessage | SavedMessage | RefusedMessage"
"""A message from a mask editor to a page."""
