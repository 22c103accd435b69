"""How a stream answers for one frame, whatever its source."""

from __future__ import annotations

import contextvars
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.streaming import StoredResult
    from bodyseg_widgets.widgets.transport.messages import (
        Answer,
        Buffers,
        EffectErrorMessage,
        EffectResultMessage,
        KernelMessage,
        ResultFields,
    )

Post: TypeAlias = "Callable[[KernelMessage, Buffers], None]"
"""Sends a page a message."""


def now_ms() -> float:
    """Return the milliseconds since 1970 by the kernel's clock."""
    return time.time() * 1000


@dataclass(frozen=True, slots=True)
class Route:
    """Where a frame came from, and where its results are shown.

    Attributes
    ----------
    page : str
        The page that shows it.
    frame : int
        The page's request id for it.
    video : int
        The page's number for the session it belongs to.
    """

    page: str
    frame: int
    video: int

    @property
    def session(self) -> tuple[str, int]:
        """The session, within which frame numbers are unique."""
        return self.page, self.video


@dataclass(slots=True)
class FrameTicket:
    """Answers for one frame.

    Each stream answers once; the browser learns from `left` when the last has done so.

    Attributes
    ----------
    route : Route
        Which frame it is, of which page.
    received : float
        When the kernel received it, by its clock, in ms.
    keep : callable
        ``(label, stored)``: stores the result, for when the frame is shown again.
    oldest : callable
        Returns the oldest frame of its session that can be shown again; None if none can.
    """

    route: Route
    received: float
    keep: Callable[[str, StoredResult], None]
    oldest: Callable[[], int | None]
    _post: Post
    _left: int
    # An answer is sent in the context of the message that brought the frame. ipykernel sends
    # a comm's next messages to whichever shell it last published on; in this context that is
    # always the subshell the browser chose, even while a cell runs in the main shell.
    _context: contextvars.Context = field(default_factory=contextvars.copy_context)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer_result(self, stream: str, fields: ResultFields, buffers: Buffers) -> None:
        """Send the result of a stream's model for the frame."""
        # Sent under the lock: the page discards the frame after the last answer.
        with self._lock:
            self._run({"kind": "result", **self._next_answer(stream), **fields}, buffers)

    def answer_skipped(self, stream: str) -> None:
        """Send that a stream skipped the frame."""
        with self._lock:
            self._run({"kind": "skipped", **self._next_answer(stream)})

    def answer_failed(self, stream: str) -> None:
        """Send that the model of a stream could not be run on the frame."""
        with self._lock:
            self._run({"kind": "failed", **self._next_answer(stream)})

    def send(self, message: EffectResultMessage | EffectErrorMessage, buffers: Buffers) -> None:
        """Send a further message about the frame, which is not an answer."""
        with self._lock:
            self._run(message, buffers)

    def _next_answer(self, stream: str) -> Answer:
        self._left -= 1
        return {
            "page": self.route.page,
            "frame": self.route.frame,
            "stream": stream,
            "left": self._left,
            "oldest": self.oldest(),
            "received": self.received,
            "sent": now_ms(),
        }

    def _run(self, message: KernelMessage, buffers: Buffers = ()) -> None:
        # No two threads may be in one context at a time: call it under the lock.
        self._context.run(self._post, message, buffers)
