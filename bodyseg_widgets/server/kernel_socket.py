"""The server's connection to the socket of a kernel."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import LENGTH, check_length
from bodyseg_widgets.link.handshake import (
    CHALLENGE_BYTES,
    PROOF_BYTES,
    challenge,
    check_proof,
    proof,
)
from bodyseg_widgets.link.place import link_place

if TYPE_CHECKING:
    from pathlib import Path

_ABSENT = (
    "the kernel offers no such link here: the widget was closed, the kernel runs on another "
    "computer, or it has another version of bodyseg-widgets than the Jupyter server"
)
# Of what is read ahead; a message may be longer.
_READ_AHEAD = 2**20
_HANDSHAKE_SECONDS = 5


class KernelSocket:
    """A connection to one link of a kernel, which carries messages without looking into them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, connection_file: Path, key: str) -> KernelSocket:
        """Connect to a link of a kernel.

        Parameters
        ----------
        connection_file : Path
            The kernel's connection file.
        key : str
            The link's key.

        Raises
        ------
        LinkError
            There is no such link; the message says why, as part of a sentence.
        """
        try:
            place = link_place(connection_file, key)
            if place.socket.exists():
                reader, writer = await asyncio.open_unix_connection(place.socket, limit=_READ_AHEAD)
                return cls(reader, writer)
            port = int(place.port.read_text("ascii"))
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_READ_AHEAD)
        except (OSError, ValueError, LinkError) as error:
            raise LinkError(_ABSENT) from error
        opened = cls(reader, writer)
        try:
            async with asyncio.timeout(_HANDSHAKE_SECONDS):
                await opened._recognize(place.secret)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, LinkError) as error:
            opened.close()
            raise LinkError(_ABSENT) from error
        return opened

    async def receive(self) -> bytes:
        """Wait for the next message.

        Raises
        ------
        EOFError, OSError
            The kernel has closed the link.
        LinkError
            What came is too long for a message.
        """
        (length,) = LENGTH.unpack(await self._reader.readexactly(LENGTH.size))
        check_length(length)
        return await self._reader.readexactly(length)

    async def send(self, message: bytes) -> None:
        """Send a message; wait while the kernel takes nothing.

        Raises
        ------
        OSError
            The kernel has closed the link.
        """
        # In one piece, for which the kernel wakes up once.
        self._writer.write(LENGTH.pack(len(message)) + message)
        await self._writer.drain()

    def close(self) -> None:
        """Close the connection, once what was sent is on its way."""
        self._writer.close()

    async def _recognize(self, secret: bytes) -> None:
        of_kernel = await self._reader.readexactly(CHALLENGE_BYTES)
        of_server = challenge()
        self._writer.write(of_server + proof(secret, "server", of_kernel, of_server))
        answer = await self._reader.readexactly(PROOF_BYTES)
        check_proof(answer, proof(secret, "kernel", of_kernel, of_server))
