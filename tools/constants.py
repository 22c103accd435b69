"""The constants that both languages share, each from its Python module."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bodyseg_widgets.pose import KEYPOINT_NAMES
from bodyseg_widgets.widgets.compare.agreement_monitor import MEASURES
from bodyseg_widgets.widgets.compare.difference_view import DIFFERENCE_VIEWS
from bodyseg_widgets.widgets.record import view_recorder
from bodyseg_widgets.widgets.source import webcam
from bodyseg_widgets.widgets.transport import limits
from bodyseg_widgets.widgets.view.segmentation_view import VIEWS

if TYPE_CHECKING:
    from tools.typescript import Value


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of the front end.

    Attributes
    ----------
    name : str
        Its name there.
    value : str, number, sequence or dict
        Its value in Python.
    doc : str
        What it is.
    item : str
        A name for the type of its items; empty for none.
    """

    name: str
    value: Value
    doc: str
    item: str = ""


CONSTANTS = (
    Constant("SOURCES", webcam.SOURCES, "Where images come from.", "Origin"),
    Constant(
        "SOURCE_STATES", webcam.STATES, "What a source is doing, as Python has it.", "RunState"
    ),
    Constant(
        "RECORDER_STATES", view_recorder.STATES, "What a view recorder is doing.", "RecorderState"
    ),
    Constant("VIEWS", VIEWS, "How a view shows a mask.", "View"),
    Constant("DIFFERENCE_VIEWS", DIFFERENCE_VIEWS, "How two masks are compared.", "DifferenceView"),
    Constant("MEASURES", MEASURES, "How agreement is measured.", "Measure"),
    Constant("KEYPOINT_NAMES", KEYPOINT_NAMES, "Of BlazePose, in its order."),
    Constant("FRAMES_IN_FLIGHT", limits.FRAMES_IN_FLIGHT, "How many frames may be on their way."),
    Constant("FRAME_JPEG_QUALITY", limits.FRAME_JPEG_QUALITY, "Of the frames that a page sends."),
    Constant("UPLOAD_PIECE_BYTES", limits.UPLOAD_PIECE_BYTES, "Bytes of a file in one message."),
    Constant(
        "KEEP_ALIVE_SECONDS",
        limits.KEEP_ALIVE_SECONDS,
        "How often a page says that it is there, while a source of the kernel's is open.",
    ),
    Constant(
        "HEARTBEAT_SECONDS",
        limits.HEARTBEAT_SECONDS,
        "How often a hidden page that records says that it is there.",
    ),
    Constant(
        "UNWRITTEN_BYTES",
        limits.UNWRITTEN_BYTES,
        "How much of a video a page may have sent that is not written yet.",
    ),
)
