"""The kernel's end of a link."""

from __future__ import annotations

import atexit
import contextlib
import selectors
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.place import link_place
from bodyseg_widgets.streaming.freed_memory import give_memory_back
from bodyseg_widgets.widgets.transport.link_listener import LinkListener, remove_stale
from bodyseg_widgets.widgets.transport.link_peer import LinkPeer

if TYPE_CHECKING:
    from collections.abc import Callable

    Receive = Callable[[LinkPeer, dict[str, Any], list[memoryview]], None]

_MOST_PEERS = 64
"""Connections at a time, each of which has a thread: on loopback, any user can make some."""


class KernelLink:
    """Waits for pages at a socket beside the kernel's connection file.

    The socket and its file are gone after `close`, at the latest when the process ends.

    Parameters
    ----------
    connection_file : Path
        The kernel's connection file.
    key : str
        What a page has to know, see `new_key`.
    receive : callable
        ``(peer, message, buffers)``: called with every message, on the thread of its peer.
    gone : callable
        ``(peer)``: called when the connection of a page has ended.

    Raises
    ------
    LinkError
        It cannot be made; the message says why, as part of a sentence.
    """

    def __init__(
        self,
        connection_file: Path,
        key: str,
        *,
        receive: Receive,
        gone: Callable[[LinkPeer], None],
    ) -> None:
        self._receive = receive
        self._on_gone = gone
        place = link_place(connection_file, key)
        try:
            self._listener = LinkListener(place)
        except OSError as error:
            raise LinkError(f"the kernel cannot open a socket ({error})") from error
        self._secret = place.secret if self._listener.is_open_to_others else None
        self._lock = threading.Lock()
        self._peers: set[LinkPeer] = set()
        self._woken, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="bodyseg-link", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def close(self) -> None:
        """End all connections, close the socket and remove its file. Again, it does nothing."""
        atexit.unregister(self.close)
        # It may be closed already.
        with contextlib.suppress(OSError):
            self._wake.send(b".")
        self._thread.join()
        with self._lock:
            peers = [*self._peers]
        for peer in peers:
            peer.close()
        self._wake.close()

    def _run(self) -> None:
        remove_stale(self._listener.file)
        with selectors.DefaultSelector() as selector, self._woken:
            selector.register(self._listener.socket, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while not any(key.fileobj is self._woken for key, _ in selector.select()):
                # Whoever asked may have gone already.
                with contextlib.suppress(OSError):
                    self._accept()
            self._listener.close()

    def _accept(self) -> None:
        connection, _ = self._listener.socket.accept()
        with self._lock:
            if len(self._peers) >= _MOST_PEERS:
                connection.close()
                return
            self._peers.add(
                LinkPeer(connection, secret=self._secret, receive=self._receive, gone=self._forget)
            )

    def _forget(self, peer: LinkPeer) -> None:
        # Of what was on its way: without this, each broken connection leaves some megabytes.
        give_memory_back()
        # It may end before it is added: that holds the lock.
        with self._lock:
            self._peers.discard(peer)
        self._on_gone(peer)


def connection_file() -> Path:
    """Return the connection file of the kernel that this process is.

    Raises
    ------
    LinkError
        It is none, or has no such file; the message says why, as part of a sentence.
    """
    # Not imported for this: a process that is a kernel of ipykernel has it.
    if "ipykernel.kernelapp" in sys.modules:
        from ipykernel.connect import get_connection_file  # noqa: PLC0415

        # Raised where no kernel runs in this process, or the file is not there.
        with contextlib.suppress(RuntimeError, OSError):
            return Path(get_connection_file()).resolve()
    raise LinkError("Python does not run as the kernel of a Jupyter server")
