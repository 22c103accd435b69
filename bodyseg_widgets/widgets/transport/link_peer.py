"""One page at the kernel's end of a link."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import LENGTH, check_length, pack, unpack
from bodyseg_widgets.link.handshake import (
    CHALLENGE_BYTES,
    PROOF_BYTES,
    challenge,
    check_proof,
    proof,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets.transport.messages import Buffers, KernelMessage

_log = logging.getLogger(__name__)

SEND_SECONDS = 5.0
"""How long a page may take nothing of what it is sent; then it is dropped, because a thread of a
stream waits."""

_HANDSHAKE_SECONDS = 5.0
_SEND_BUFFER = 2**20


class LinkPeer:
    """A connection of a page, by way of the Jupyter server.

    Parameters
    ----------
    connection : socket
        What was accepted; the peer closes it.
    secret : bytes, optional
        What the other end has to prove to have; None if the connection says enough.
    receive : callable
        ``(peer, message, buffers)``: called with every message, on the peer's thread.
    gone : callable
        ``(peer)``: called once the connection has ended.
    """

    def __init__(
        self,
        connection: socket.socket,
        *,
        secret: bytes | None,
        receive: Callable[[LinkPeer, dict[str, Any], list[memoryview]], None],
        gone: Callable[[LinkPeer], None],
    ) -> None:
        self._connection = connection
        self._secret = secret
        self._receive = receive
        self._gone = gone
        self._sending = threading.Lock()
        self._ended = False
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        if connection.family == socket.AF_INET:
            # What is left of a message must not wait for the next one.
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # Also of reading, which simply goes on.
        connection.settimeout(SEND_SECONDS)
        self._thread = threading.Thread(target=self._run, name="bodyseg-link-peer", daemon=True)
        self._thread.start()

    def send(self, message: KernelMessage, buffers: Buffers = ()) -> None:
        """Send a message; one to a page that has gone, or takes nothing, is lost."""
        data = memoryview(pack(message, buffers))
        with self._sending:
            try:
                while data and not self._ended:
                    data = data[self._connection.send(data) :]
            except TimeoutError:
                _log.warning("A page took nothing for %s s, so its link was closed.", SEND_SECONDS)
                self.end()
            except OSError:
                self.end()

    def end(self) -> None:
        """End the connection."""
        self._ended = True
        # Its thread closes it.
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connection, and wait until its thread has ended."""
        self.end()
        if self._thread is not threading.current_thread():
            self._thread.join()

    def _run(self) -> None:
        try:
            if self._secret is not None:
                self._recognize(self._secret)
            while True:
                (length,) = LENGTH.unpack(self._read(LENGTH.size))
                check_length(length)
                self._receive(self, *unpack(self._read(length)))
        except (EOFError, OSError):
            # The usual end.
            pass
        except LinkError as error:
            _log.warning("A link to a page was closed. %s", error)
        finally:
            self.end()
            self._connection.close()
            self._gone(self)

    def _recognize(self, secret: bytes) -> None:
        end = time.monotonic() + _HANDSHAKE_SECONDS
        of_kernel = challenge()
        self._connection.sendall(of_kernel)
        of_server = bytes(self._read(CHALLENGE_BYTES, end))
        given = bytes(self._read(PROOF_BYTES, end))
        check_proof(given, proof(secret, "server", of_kernel, of_server))
        self._connection.sendall(proof(secret, "kernel", of_kernel, of_server))

    def _read(self, length: int, end: float | None = None) -> memoryview:
        data = memoryview(bytearray(length))
        done = 0
        while done < length:
            if end is not None and time.monotonic() > end:
                raise TimeoutError
            try:
                received = self._connection.recv_into(data[done:])
            except TimeoutError:
                continue
            if not received:
                raise EOFError
            done += received
        return data
