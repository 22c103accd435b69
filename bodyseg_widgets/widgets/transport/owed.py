"""Which frames the kernel owes to pages."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bodyseg_widgets.widgets.transport.messages import KernelMessage, PageMessage


class Owed:
    """Notes every frame that a page asks about, until its last answer was sent. Thread-safe.

    A connection may lose messages without a word: the page asks what is still to come, and knows by
    that what is not.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.transport.owed import Owed
    >>> owed = Owed()
    >>> owed.note({"kind": "next", "page": "a", "video": 1, "frame": 7, "begin_at": None})
    >>> owed.to("a")
    [7]
    >>> owed.settle({"kind": "expired", "page": "a", "frame": 7})
    >>> owed.to("a")
    []
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # By page: the frames, with the numbers of their sessions.
        self._frames: dict[str, dict[int, int]] = {}

    def to(self, page: str) -> list[int]:
        """Return the request ids of the frames that are owed to a page, the oldest first."""
        with self._lock:
            return sorted(self._frames.get(page, ()))

    def note(self, message: PageMessage) -> None:
        """Note what a message of a page asks for, before it is handled."""
        match message["kind"]:
            case "frame" | "next" | "show":
                page, video = message["page"], message["video"]
                self._forget_until(page, video - 1)
                with self._lock:
                    self._frames.setdefault(page, {})[message["frame"]] = video
            case "open":
                self._forget_until(message["page"], message["video"] - 1)
            case "close":
                self._forget_until(message["page"], message["video"])
            case "leave":
                with self._lock:
                    self._frames.pop(message["page"], None)

    def settle(self, message: KernelMessage) -> None:
        """Note what a message to a page answers, after it was sent."""
        match message["kind"]:
            case "result" | "skipped" | "failed":
                if message["left"] == 0:
                    self._forget(message["page"], message["frame"])
            case "expired" | "ended":
                self._forget(message["page"], message["frame"])
            case "rejected":
                self._forget_until(message["page"], message["video"])

    def forget(self, message: PageMessage) -> None:
        """Forget what a message asked for that could not be handled."""
        if message["kind"] in {"frame", "next", "show"}:
            self._forget(message["page"], message["frame"])

    def _forget(self, page: str, frame: int) -> None:
        with self._lock:
            self._frames.get(page, {}).pop(frame, None)

    def _forget_until(self, page: str, video: int) -> None:
        """Forget the frames of all sessions up to this one: nobody waits for them any more."""
        with self._lock:
            frames = self._frames.get(page, {})
            for frame in [frame for frame, number in frames.items() if number <= video]:
                del frames[frame]
