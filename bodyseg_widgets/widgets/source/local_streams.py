"""The streams of a source whose models run in the page."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.options import Accelerator
    from bodyseg_widgets.streaming import EncodedFrame
    from bodyseg_widgets.streaming.live_models import LiveModel
    from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.transport.messages import LocalStateMessage


WANTED_RESULTS = ("none", "alone", "with_images")
"""Which results of models in the page Python wants: none, masks and poses alone, or those with the
images of their frames."""


class LocalStream(TypedDict):
    """A stream whose model runs in the page."""

    stream: str
    """Model id of the `SegmentationStream`."""
    key: str
    """Identifies its results, the same for the same model with the same settings."""
    model: str
    """As `SegmentationStream.model`."""
    model_type: str
    """As `SegmentationStream.model_type`."""
    max_poses: int
    """As `SegmentationStream.max_poses`."""
    accelerator: Accelerator
    """As `SegmentationStream.accelerator`."""
    classes: list[int]
    """As `SegmentationStream.wanted_classes`."""


class LocalReceiver(Protocol):
    """Told what the page says of a stream's model."""

    @property
    def model(self) -> LiveModel:
        """The model that the page runs."""

    def seen(self, encoded: EncodedFrame[FrameTicket]) -> None:
        """Take a frame of which the page has told the result, which is known in it."""

    def said(self, told: LocalStateMessage) -> None:
        """Take what the page says of the model."""


class LocalStreams:
    """Registers streams whose models run in the page. Thread-safe.

    Parameters
    ----------
    changed : callable
        Called without arguments when there are others.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed = changed
        self._lock = threading.Lock()
        self._streams: dict[str, tuple[LocalStream, LocalReceiver]] = {}

    @property
    def all(self) -> list[LocalStream]:
        """All of them, in the order in which they came."""
        with self._lock:
            return [stream for stream, _ in self._streams.values()]

    def put(self, stream: LocalStream, receiver: LocalReceiver) -> Unsubscribe:
        """Add a stream, or replace what is known of it.

        Returns
        -------
        callable
            Call it without arguments to remove it, unless it was replaced.
        """
        entry = stream, receiver
        with self._lock:
            self._streams[stream["stream"]] = entry
        self._changed()

        def remove() -> None:
            with self._lock:
                if self._streams.get(stream["stream"]) is not entry:
                    return
                del self._streams[stream["stream"]]
            self._changed()

        return remove

    def receiver(self, stream: str, key: str) -> LocalReceiver | None:
        """Return who is told of a stream's model; None if it has another one by now."""
        with self._lock:
            found = self._streams.get(stream)
        return found[1] if found is not None and found[0]["key"] == key else None
