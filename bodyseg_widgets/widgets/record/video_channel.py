"""The comm between a recorder and its page."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import traitlets

from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.transport.comms import open_to_the_page

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        RecorderKernelMessage,
        RecorderPageMessage,
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

    _esm = asset("frame_channel.js")
    _key = traitlets.Unicode().tag(sync=True)

    def __init__(self, receive: Callable[[RecorderPageMessage, Buffers], None]) -> None:
        super().__init__(_key=uuid.uuid4().hex)
        self.on_msg(lambda _, message, buffers: receive(message, buffers))
        open_to_the_page(self)

    @property
    def key(self) -> str:
        """The key by which the page's widgets find this channel."""
        return str(self._key)

    def answer(self, message: RecorderKernelMessage) -> None:
        """Send the page a message; call it while a message from the page is handled."""
        self.send(message)
        # The page's own messages say on which thread they are handled.
        open_to_the_page(self)
