"""What a page sends, without a page."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets import SegmentationStream, Webcam

FRAME: Final = {
    "kind": "frame",
    "page": "p",
    "video": 1,
    "frame": 5,
    "captured": 2000.0,
    "timings": {"capture": 8.0, "up": None, "down": None, "draw": None},
}
"""The message of a frame."""


def send_frame(webcam: Webcam, number: int, jpeg: bytes, *, video: int = 1) -> None:
    """Send a frame as the page sends a camera's."""
    content = {
        "kind": "frame",
        "page": "p",
        "frame": number,
        "video": video,
        "captured": 1000.0 * number,
        "timings": {"capture": 8.0, "up": None, "down": None, "draw": None},
    }
    webcam.channel._handle_custom_msg(content, [jpeg])


def send_frame_to(streams: Sequence[SegmentationStream], number: int, jpeg: bytes) -> None:
    """Send a frame to the source of some streams, and wait until these have finished it."""
    finished = threading.Semaphore(0)
    unsubscribe = [each.on_result(lambda _: finished.release()) for each in streams]
    send_frame(streams[0].webcam, number, jpeg)
    for _ in streams:
        assert finished.acquire(timeout=10)
    for each in unsubscribe:
        each()
