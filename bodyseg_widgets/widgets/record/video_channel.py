"""The comm between a recorder and its page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bodyseg_widgets.widgets.kit.comms import NO_FRONT_END
from bodyseg_widgets.widgets.kit.page_messages import PageMessages
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.transport import messages

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        RecorderKernelMessage,
        RecorderPageMessage,
    )

_MESSAGES: Final[PageMessages[RecorderPageMessage]] = PageMessages(
    {
        "ask": messages.RecordingOffer,
        "refuse": messages.RecordingRefusal,
        "chunk": messages.ChunkMessage,
        "heartbeat": messages.HeartbeatMessage,
        "end": messages.RecordingEnd,
    },
    buffers={"chunk": 1},
)


class VideoChannel(Widget):
    """The comm that carries a recorder's video, and nothing else.

    It has no state that user code could set: if a running cell published on it, the next chunk
    would wait for that cell and arrive after later ones. Its messages are described in
    ``docs/protocol.md``.

    Parameters
    ----------
    receive : callable
        Called with the content and the buffers of each message from a page.
    """

    _esm = NO_FRONT_END

    def __init__(self, receive: Callable[[RecorderPageMessage, Buffers], None]) -> None:
        super().__init__()
        _MESSAGES.hear(self, receive)

    def answer(self, message: RecorderKernelMessage) -> None:
        """Send the page a message; call it while a message from the page is handled."""
        self.send(message)
