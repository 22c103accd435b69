"""What carries frames up and results down, and nothing else: a comm, and a link beside it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.place import new_key
from bodyseg_widgets.widgets.kit.comms import NO_FRONT_END
from bodyseg_widgets.widgets.kit.page_messages import MessageError
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.transport.checked import checked
from bodyseg_widgets.widgets.transport.frame_ticket import now_ms
from bodyseg_widgets.widgets.transport.kernel_link import KernelLink, connection_file
from bodyseg_widgets.widgets.transport.owed import Owed

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets.transport.link_peer import LinkPeer
    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        KernelMessage,
        PageMessage,
        PingMessage,
        PongMessage,
    )

_log = logging.getLogger(__name__)


class FrameChannel(Widget):
    """Carries messages between a page and a `Webcam` in the kernel.

    A page sends them on the link where it can have one, else on this widget's comm. What the kernel
    sends about a frame goes back the way that the page's last message came; anything else, of which
    nothing may be lost with a link, goes on the comm.

    It has no state that user code could set: a trait set in a running cell would be published on
    this comm, and frames would then wait for that cell to end. Its messages are described in
    ``docs/protocol.md``. It answers pings itself, with the frames that are owed to the page.

    Parameters
    ----------
    receive : callable
        ``(message, buffers)``: called with every other message from a page, on the thread of the
        link or on the one that handles comms, also on both at a time.
    """

    _esm = NO_FRONT_END

    # Set before the comm opens, and never again: the key of the link, or why there is none.
    _link_key = traitlets.Unicode("", read_only=True).tag(sync=True)
    _no_link = traitlets.Unicode("", read_only=True).tag(sync=True)

    def __init__(self, receive: Callable[[PageMessage, Buffers], None]) -> None:
        self._receive = receive
        self._lock = threading.Lock()
        # The pages whose last message came on a link.
        self._linked: dict[str, LinkPeer] = {}
        self._owed = Owed()
        # The thread that handled what came last.
        self._heard_on: int | None = None
        self._open_link()
        super().__init__()
        self.on_msg(self._on_message)

    @property
    def hears_here(self) -> bool:
        """Whether what pages send is handled on this thread: nothing comes while it waits."""
        return self._heard_on == threading.get_ident()

    def post(self, message: KernelMessage, buffers: Buffers = ()) -> None:
        """Send the page a message; a closed channel sends nothing."""
        peer = self._linked_page(message)
        if peer is not None:
            peer.send(message, buffers)
        elif self.comm is not None:
            self.send(message, list(buffers))
        # Not before: a page that gets a pong must have got what it is not owed any more.
        self._owed.settle(message)

    def _open_link(self) -> None:
        key = new_key()
        try:
            link = KernelLink(
                connection_file(), key, receive=self._on_link_message, gone=self._forget
            )
        except LinkError as error:
            self.set_trait("_no_link", str(error))
        else:
            self._closing.callback(link.close)
            self.set_trait("_link_key", key)

    def _on_message(self, _: object, content: object, buffers: Buffers) -> None:
        try:
            message = checked(content, buffers)
            self._heard_on = threading.get_ident()
            if message["kind"] == "ping":
                self.post(self._pong(message))
                return
            with self._lock:
                self._linked.pop(_page(message), None)
            self._handle(message, buffers)
        except MessageError as error:
            _log.warning("%s", error)

    def _on_link_message(
        self, peer: LinkPeer, content: dict[str, Any], buffers: list[memoryview]
    ) -> None:
        try:
            message = checked(content, buffers)
            self._heard_on = threading.get_ident()
            if message["kind"] == "ping":
                peer.send(self._pong(message))
                return
            page = _page(message)
            if page:
                with self._lock:
                    self._linked[page] = peer
            self._handle(message, buffers)
        except MessageError as error:
            _log.warning("%s", error)
        except Exception:  # noqa: BLE001
            # As on the comm: the next message may be a better one.
            _log.exception("A message on the link could not be handled")

    def _handle(self, message: PageMessage, buffers: Buffers) -> None:
        self._owed.note(message)
        try:
            self._receive(message, buffers)
        except BaseException:
            self._owed.forget(message)
            raise

    def _pong(self, ping: PingMessage) -> PongMessage:
        received, page = now_ms(), ping["page"]
        return {
            "kind": "pong",
            "page": page,
            "owed": self._owed.to(page),
            "asked": ping["asked"],
            "received": received,
            "sent": now_ms(),
        }

    def _linked_page(self, message: KernelMessage) -> LinkPeer | None:
        if "frame" not in message:
            return None
        with self._lock:
            return self._linked.get(_page(message))

    def _forget(self, peer: LinkPeer) -> None:
        with self._lock:
            for page in [page for page, linked in self._linked.items() if linked is peer]:
                del self._linked[page]


def _page(message: PageMessage | KernelMessage) -> str:
    """Return the page that a message names; empty if it names none."""
    return str(message.get("page", ""))
