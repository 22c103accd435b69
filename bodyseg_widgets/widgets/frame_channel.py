"""The comm that carries frames up and results down, and nothing else."""

from __future__ import annotations

import contextvars
import math
import threading
import time
import uuid
from dataclasses import dataclass, field
from importlib import resources
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from bodyseg_widgets.streaming import EncodedFrame, Timings
from bodyseg_widgets.widgets._assets import asset
from bodyseg_widgets.widgets._comms import open_to_the_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    FrameListener = Callable[[EncodedFrame["FrameTicket"]], None]


def now_ms() -> float:
    """Milliseconds since 1970 by the kernel's clock."""
    return time.time() * 1000


@dataclass(slots=True)
class FrameTicket:
    """Where one frame came from, and how to answer for it.

    Each listener of the channel answers once; the browser learns from `left` when the last
    has done so.
    """

    page: str
    frame_id: int
    received: float
    _send: Callable[[dict[str, object], Sequence[bytes]], None]
    _left: int
    # An answer is sent in the context of the message that brought the frame. ipykernel sends
    # a comm's next messages to whichever shell it last published on; in this context that is
    # always the subshell the browser chose, even while a cell runs in the main shell.
    _context: contextvars.Context = field(default_factory=contextvars.copy_context)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, kind: str, content: dict[str, object], buffers: Sequence[bytes] = ()) -> None:
        """Send the browser what became of the frame."""
        with self._lock:
            # Sent under the lock: the page forgets the frame with the answer that leaves none.
            self._left -= 1
            message = {
                "kind": kind,
                "page": self.page,
                "frame": self.frame_id,
                "left": self._left,
                "received": self.received,
                "sent": now_ms(),
                **content,
            }
            self._context.run(self._send, message, buffers)


class FrameChannel(anywidget.AnyWidget):
    """Carries frames from a page to the kernel and answers back.

    It has no state that user code could set: a trait set in a running cell would be
    published on this comm, and frames would then wait for that cell to end. Its messages are
    described in ``docs/protocol.md``.
    """

    _esm = asset("frame_channel.js")
    _key = traitlets.Unicode().tag(sync=True)

    def __init__(self) -> None:
        self._listeners: list[FrameListener] = []
        self._listeners_lock = threading.Lock()
        super().__init__(_key=uuid.uuid4().hex)
        self.on_msg(self._receive)
        open_to_the_page(self)

    @property
    def key(self) -> str:
        """What the page's widgets find this channel by."""
        return str(self._key)

    def listen(self, listener: FrameListener) -> Callable[[], None]:
        """Call `listener` with every frame; it must return at once and answer later.

        Returns
        -------
        callable
            Call it without arguments to stop listening.
        """
        with self._listeners_lock:
            self._listeners.append(listener)

        def unlisten() -> None:
            with self._listeners_lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unlisten

    def close(self) -> None:
        """Forget the listeners and close the comm."""
        with self._listeners_lock:
            self._listeners.clear()
        self.layout.close()
        super().close()

    def _receive(self, _: object, content: dict[str, Any], buffers: list[memoryview]) -> None:
        match content.get("kind"):
            case "frame":
                self._receive_frame(content, buffers)
            case "sample":
                self._send_now({"kind": "sample"}, [_sample_picture()])
            case "ping":
                self._send_now({"kind": "pong"}, [])

    def _receive_frame(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        with self._listeners_lock:
            listeners = [*self._listeners]
        ticket = FrameTicket(
            page=content["page"],
            frame_id=content["frame"],
            received=now_ms(),
            _send=self._send_now,
            _left=max(1, len(listeners)),
        )
        if not listeners:
            ticket.answer("skipped", {"stream": ""})
            return
        encoded = EncodedFrame(
            id=content["frame"],
            data=buffers[0],
            timestamp=content["captured"] / 1000,
            video=(content["page"], content["video"]),
            timings=_reported_timings(content["timings"]),
            origin=ticket,
        )
        for listener in listeners:
            listener(encoded)

    def _send_now(self, content: dict[str, object], buffers: Sequence[bytes]) -> None:
        if self.comm is not None:
            self.send(content, list(buffers))
            # Each message of the page says itself where it wants to be handled.
            open_to_the_page(self)


def _reported_timings(timings: dict[str, float | None]) -> Timings:
    def known(name: str) -> float:
        value = timings.get(name)
        return math.nan if value is None else value

    return Timings(capture=known("capture"), up=known("up"), down=known("down"), draw=known("draw"))


def _sample_picture() -> bytes:
    return (resources.files(__package__) / "samples" / "astronaut.jpg").read_bytes()
