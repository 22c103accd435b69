"""The messages between a page and the kernel.

``python -m tools.generate`` writes the TypeScript types and the tables of ``docs/protocol.md``
from this module. Times of day are milliseconds since 1970 by the clock of whoever wrote them,
durations are milliseconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NotRequired, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Sequence

Buffers: TypeAlias = "Sequence[bytes | memoryview]"
"""What travels beside a message, not written as JSON."""


# --- what messages have in common


class BrowserTimings(TypedDict):
    """What the page knows of a frame's stages, ms."""

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
    """In the mailbox, until the thread was free."""
    decode: float
    """JPEG to RGB."""
    infer: float
    """RGB to probability and poses."""


class PoseMessage(TypedDict):
    """A person whose keypoints are in the second buffer of a result."""

    id: int | None
    """The same from frame to frame for the same person."""


class FrameAddress(TypedDict):
    """Which frame a message is about."""

    page: str
    """Id of the source in this page, new with each load; several pages can show one kernel."""
    frame: int
    """Request id of the frame, unique in its page and increasing from 1."""


class SessionAddress(TypedDict):
    """Which opening of a source a message is about."""

    page: str
    """Id of the source in this page, new with each load."""
    video: int
    """Which opening of the source: every start, and every change of source, device, stream or
    size, gets a number that this source has given no other."""


class ResultFields(TypedDict):
    """What a model made of a frame."""

    shape: tuple[int, int]
    """Height and width of the mask, in pixels."""
    region: tuple[int, int, int, int]
    """What of the frame the mask covers: left, top, width and height in pixels of the frame.
    Outside of it the probability is 0."""
    poses: list[PoseMessage]
    """The people whose keypoints are in the second buffer, in its order."""
    timings: KernelTimings
    """Where the time went."""


# --- browser to kernel


class FrameMessage(SessionAddress):
    """A frame that the page has taken. Buffer: a JPEG, at most `Webcam.width` x `height`."""

    kind: Literal["frame"]
    frame: int
    """Request id of the frame, unique in its page and increasing from 1."""
    captured: float
    """When it was taken, by the browser's clock."""
    timings: BrowserTimings
    """What is known of its stages, and of those of the frame drawn last."""


class OpenMessage(SessionAddress):
    """Open this source of the kernel's, in place of any that is open.

    The settings are traits of `Webcam`, whose new values may be on their way yet.
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
    """Send the next image of the source when it is due."""

    kind: Literal["next"]
    frame: int
    """Request id."""
    begin_at: int | None
    """Go on from the image of this number; null to go on from where it is."""


class ShowMessage(SessionAddress):
    """Send this frame at once, while paused: of a video, or of the last seconds."""

    kind: Literal["show"]
    frame: int
    """Request id."""
    id: int
    """The frame's number."""


class KeepAliveMessage(SessionAddress):
    """The page is there; sent every 5 s while a source of the kernel's is open."""

    kind: Literal["keep_alive"]


class CloseMessage(SessionAddress):
    """Close the source."""

    kind: Literal["close"]


class UploadMessage(TypedDict):
    """A piece of a file. Buffer: at most 1 MiB of it."""

    kind: Literal["upload"]
    page: str
    """Id of the source in this page, new with each load."""
    upload: int
    """Which upload of the page it is; a new one takes the place of the one before."""
    name: str
    """The file's name."""
    size: int
    """How many bytes the file has."""
    offset: int
    """Where in the file this piece begins; 0 begins the upload."""


class LeaveMessage(TypedDict):
    """The page, which ran the source, is being closed or reloaded.

    The traits that say so wait for the answer to their last change, which nobody gets any more.
    """

    kind: Literal["leave"]
    page: str
    """Id of the source in this page, new with each load."""


class SampleRequest(TypedDict):
    """Send the bundled image."""

    kind: Literal["sample"]


class PingMessage(TypedDict):
    """Send a sign of life."""

    kind: Literal["ping"]
    asked: float
    """When it was sent, by the browser's clock."""


PageMessage: TypeAlias = (
    "FrameMessage | OpenMessage | NextMessage | ShowMessage | KeepAliveMessage | CloseMessage "
    "| UploadMessage | LeaveMessage | SampleRequest | PingMessage"
)
"""What a page sends on a frame channel."""


# --- kernel to browser


class Answer(FrameAddress):
    """What became of a frame in one stream."""

    stream: str
    """Model id of the `SegmentationStream` that answers; empty where there is none."""
    left: int
    """How many streams have not answered for this frame yet."""
    oldest: int | None
    """The oldest frame of this video that can be shown again; null where none can."""
    received: float
    """When the kernel got the frame, by its clock."""
    sent: float
    """When it sent this answer, by its clock."""


class ResultMessage(Answer, ResultFields):
    """What a model made of a frame. Buffers: the probability, and the keypoints of all poses."""

    kind: Literal["result"]


class SkippedMessage(Answer):
    """A frame was left out.

    A newer one took its place, another model was chosen meanwhile, the stream was closed, or
    there is none.
    """

    kind: Literal["skipped"]


class FailedMessage(Answer):
    """A frame could not be decoded, or the model could not run; the stream's `message` says why."""

    kind: Literal["failed"]


AnswerMessage: TypeAlias = "ResultMessage | SkippedMessage | FailedMessage"
"""What becomes of a frame: one of these from each stream."""


class ShownFrame(FrameAddress):
    """The frame that an image shows."""

    id: int
    """The frame's number, which it keeps when it is shown again."""
    captured: float
    """When it was taken, or is shown: by the kernel's clock where the kernel has the images and
    `live`; of a frame that is shown again, as it was told first."""
    live: bool
    """False where it is shown while the source is paused."""


class PictureMessage(ShownFrame):
    """Answer to `next` or `show`: an image that the page does not have. Buffer: a JPEG.

    The answers to the same `frame` may come before or after it.
    """

    kind: Literal["picture"]
    capture: float
    """Encoding it, ms."""


class EffectResultMessage(ShownFrame, ResultFields):
    """What a Python effect made of a frame. Buffers: those of its `result`, and a JPEG.

    It is no answer, and may come when the frame has long been answered; frames that the effect
    left out get none.
    """

    kind: Literal["effect_result"]
    view: str
    """Model id of the view that shows the effect."""
    effect: str
    """The effect's name: the view may show another one by now, and ignores it then."""
    took: float
    """How long the effect took, ms."""


class EffectErrorMessage(FrameAddress):
    """A Python effect failed at a frame."""

    kind: Literal["effect_error"]
    view: str
    """Model id of the view that shows the effect."""
    effect: str
    """The effect's name."""
    message: str
    """The traceback, or why what it returned is no image."""


class ExpiredMessage(FrameAddress):
    """Answer to `next` or `show` that gets nothing else.

    The frame is not kept any more, or a newer request took its place.
    """

    kind: Literal["expired"]


class ProgressMessage(SessionAddress):
    """What is being done before a source is open, such as fetching a URL."""

    kind: Literal["progress"]
    text: str
    """A sentence."""
    share: float | None
    """How much of it, 0 to 1; null where that is not known."""


class OpenedMessage(SessionAddress):
    """The source is open."""

    kind: Literal["opened"]
    label: str
    """What people call it."""
    rate: float | None
    """Images a second; null for images as they come."""
    length: int | None
    """How many images it has; null where it cannot be sought in."""


class RejectedMessage(SessionAddress):
    """The source cannot be opened, or read any further. It is closed."""

    kind: Literal["rejected"]
    message: str
    """Why, and what to do."""


class EndedMessage(SessionAddress):
    """Answer to `next`: there are no more images. A source with a length stays open."""

    kind: Literal["ended"]
    frame: int
    """Request id of the `next`."""


SessionNews: TypeAlias = "ProgressMessage | OpenedMessage | RejectedMessage | EndedMessage"
"""What becomes of a source of the kernel's."""


class StoredMessage(TypedDict):
    """Answer to `upload`: a piece of the file is stored, or why not."""

    kind: Literal["stored"]
    page: str
    """As in the upload."""
    upload: int
    """As in the upload."""
    done: NotRequired[int]
    """Bytes stored so far."""
    path: NotRequired[str]
    """With the last piece: where the file is."""
    message: NotRequired[str]
    """Why it could not be stored."""


class ShowAgainCommand(TypedDict):
    """Where it is paused: show the frame once more, for models have changed."""

    kind: Literal["command"]
    command: Literal["again"]


class StepCommand(TypedDict):
    """Pause, and go on by some frames."""

    kind: Literal["command"]
    command: Literal["step"]
    by: int
    """So many frames on, or back."""


class ShowCommand(TypedDict):
    """Pause, and show a frame."""

    kind: Literal["command"]
    command: Literal["show"]
    id: int
    """The frame's number."""


CommandMessage: TypeAlias = "ShowAgainCommand | StepCommand | ShowCommand"
"""What Python wants a page that runs the source to do."""


class SampleMessage(TypedDict):
    """Answer to `sample`. Buffer: the bundled portrait, a JPEG."""

    kind: Literal["sample"]


class PongMessage(TypedDict):
    """Answer to `ping`."""

    kind: Literal["pong"]
    asked: float
    """As in the ping."""
    received: float
    """When the kernel got the ping, by its clock."""
    sent: float
    """When it answered, by its clock."""


KernelMessage: TypeAlias = (
    "AnswerMessage | PictureMessage | EffectResultMessage | EffectErrorMessage | ExpiredMessage "
    "| SessionNews | StoredMessage | CommandMessage | SampleMessage | PongMessage"
)
"""What the kernel sends on a frame channel."""


# --- a view recorder: page to kernel


class RecordingOffer(TypedDict):
    """A visible page can record this media type. The first page to offer is taken."""

    kind: Literal["ask"]
    recording: str
    """Id that the page gave this recording."""
    type: str
    """One of the recorder's `_media_types`."""


class RecordingRefusal(TypedDict):
    """The page cannot record."""

    kind: Literal["refuse"]
    recording: str
    """Id that the page gave this recording."""
    message: str
    """Why."""


class ChunkMessage(TypedDict):
    """The next part of the video, of about half a second. Buffer: that part."""

    kind: Literal["chunk"]
    recording: str
    """Id of the recording."""
    seconds: float
    """Length of the video up to the end of this part, without pauses."""


class HeartbeatMessage(TypedDict):
    """The page is hidden, so recording pauses.

    Repeated every two seconds, or as often as the browser lets it.
    """

    kind: Literal["heartbeat"]
    recording: str
    """Id of the recording."""


class RecordingEnd(TypedDict):
    """That was all."""

    kind: Literal["end"]
    recording: str
    """Id of the recording."""
    message: str
    """Why, where nobody stopped it."""


RecorderPageMessage: TypeAlias = (
    "RecordingOffer | RecordingRefusal | ChunkMessage | HeartbeatMessage | RecordingEnd"
)
"""What a page sends to a view recorder."""


# --- a view recorder: kernel to page


class BeginMessage(TypedDict):
    """Answer to `ask`: the file is open, record so."""

    kind: Literal["begin"]
    recording: str
    """Id of the recording."""
    type: str
    """The media type."""
    rate: int
    """Images a second."""


class WrittenMessage(TypedDict):
    """Answer to `chunk`."""

    kind: Literal["written"]
    recording: str
    """Id of the recording."""
    bytes: int
    """All that is in the file now."""


class RecordingEnded(TypedDict):
    """Answer to what comes of a recording that is over: stop."""

    kind: Literal["ended"]
    recording: str
    """Id of the recording."""


RecorderKernelMessage: TypeAlias = "BeginMessage | WrittenMessage | RecordingEnded"
"""What a view recorder sends to a page."""
