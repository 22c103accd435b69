"""How a stream answers for a frame, wherever the frame came from."""

from __future__ import annotations

import contextvars
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.streaming import StoredResult

    Send = Callable[[dict[str, object], Sequence[bytes | memoryview]], None]


def now_ms() -> float:
    """Milliseconds since 1970 by the kernel's clock."""
    return time.time() * 1000


@dataclass(slots=True)
class FrameTicket:
    """Where one frame came from, and how to answer for it.

    Each listener of the channel answers once; the browser learns from `left` when the last
    has done so.

    Attributes
    ----------
    page : str
        The page that shows the frame.
    frame_id : int
        The page's number for the way of this frame.
    received : float
        When the kernel had it, by its clock, ms.
    keep : callable
        ``(label, stored)``: have the result kept, for the time when the frame is shown again.
    oldest : callable
        Says which is the oldest frame of its video that can be shown again; None where none can.
    """

    page: str
    frame_id: int
    received: float
    keep: Callable[[str, StoredResult], None]
    oldest: Callable[[], int | None]
    _send: Send
    _left: int
    # An answer is sent in the context of the message that brought the frame. ipykernel sends
    # a comm's next messages to whichever shell it last published on; in this context that is
    # always the subshell the browser chose, even while a cell runs in the main shell.
    _context: contextvars.Context = field(default_factory=contextvars.copy_context)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(
        self,
        kind: str,
        content: dict[str, object],
        buffers: Sequence[bytes | memoryview] = (),
    ) -> None:
        """Send the browser what became of the frame."""
        with self._lock:
            # Sent under the lock: the page forgets the frame with the answer that leaves none.
            self._left -= 1
            times = {"received": self.received, "sent": now_ms()}
            left = {"left": self._left, "oldest": self.oldest()}
            self._post(kind, {**left, **times, **content}, buffers)

    def tell(
        self,
        kind: str,
        content: dict[str, object],
        buffers: Sequence[bytes | memoryview] = (),
    ) -> None:
        """Send the browser something else about the frame, which is no answer for it."""
        with self._lock:
            self._post(kind, content, buffers)

    def _post(
        self, kind: str, content: dict[str, object], buffers: Sequence[bytes | memoryview]
    ) -> None:
        # No two threads may be in one context at a time: call it under the lock.
        message = {"kind": kind, "page": self.page, "frame": self.frame_id, **content}
        self._context.run(self._send, message, buffers)
