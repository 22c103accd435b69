"""The comm that carries frames up and results down, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.widgets.kit.comms import NO_FRONT_END, open_to_the_page
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.transport.frame_ticket import now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        KernelMessage,
        PageMessage,
        PingMessage,
    )


class FrameChannel(Widget):
    """Carries messages between a page and a `Webcam` in the kernel.

    It has no state that user code could set: a trait set in a running cell would be published on
    this comm, and frames would then wait for that cell to end. Its messages are described in
    ``docs/protocol.md``. It answers pings itself.

    Parameters
    ----------
    receive : callable
        ``(message, buffers)``: called with every other message from a page.
    """

    _esm = NO_FRONT_END

    def __init__(self, receive: Callable[[PageMessage, Buffers], None]) -> None:
        self._receive = receive
        super().__init__()
        self.on_msg(self._on_message)
        open_to_the_page(self)

    def post(self, message: KernelMessage, buffers: Buffers = ()) -> None:
        """Send the page a message; a closed channel sends nothing."""
        if self.comm is not None:
            self.send(message, list(buffers))
            # Each message of the page specifies where it wants to be handled.
            open_to_the_page(self)

    def _on_message(self, _: object, message: PageMessage, buffers: Buffers) -> None:
        if message["kind"] == "ping":
            self._answer_ping(message)
        else:
            self._receive(message, buffers)

    def _answer_ping(self, ping: PingMessage) -> None:
        received = now_ms()
        self.post({"kind": "pong", "asked": ping["asked"], "received": received, "sent": now_ms()})
