"""A link on loopback that can be slow or cut: a TCP proxy in front of a server."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE = 8192
"""Bytes that are scheduled together: 6.5 ms at 10 Mbit/s."""
_SOCKET_BUFFER = 65536
"""Bytes that a socket buffers on either side. By default the system lets loopback buffer megabytes,
which would hide a slow link from the sender for seconds."""
_QUEUE_SECONDS = 0.1
"""How much the link itself buffers in each direction, as a router does."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is like, in both directions.

    Attributes
    ----------
    mbit : float
        Megabits per second.
    delay : float
        Milliseconds from one end to the other.
    """

    mbit: float
    delay: float


@dataclass(slots=True)
class Direction:
    """One direction of a link, which all connections share.

    Attributes
    ----------
    bytes : int
        How many bytes went this way.
    """

    link: Link
    bytes: int = 0
    _free: float = 0.0

    def send(self, size: int, now: float) -> tuple[float, float]:
        """Schedule bytes.

        Parameters
        ----------
        size : int
            How many.
        now : float
            The time, in seconds.

        Returns
        -------
        arrival : float
            When they arrive.
        next : float
            When the link has room for more.

        Examples
        --------
        >>> way = Direction(Link(mbit=8, delay=20))
        >>> way.send(1_000_000, now=0.0)
        (1.02, 0.9)
        """
        self.bytes += size
        self._free = max(now, self._free) + size * 8 / (self.link.mbit * 1e6)
        return self._free + self.link.delay / 1000, max(now, self._free - _QUEUE_SECONDS)


@dataclass(slots=True)
class ShapedServer:
    """A server behind a link.

    Attributes
    ----------
    url : str
        Its address at this end of the link.
    up, down : Direction
        To the server, and from it.
    slow : bool
        Whether the link is slow already; at first it is as fast as loopback, to load a page.
    online : bool
        Whether new connections get through.
    """

    url: str
    up: Direction
    down: Direction
    _loop: asyncio.AbstractEventLoop
    slow: bool = False
    online: bool = True
    _open: set[asyncio.WriteTransport] = field(default_factory=set)

    def cut(self) -> None:
        """Break all connections off."""

        def abort() -> None:
            for each in self._open:
                each.abort()

        self._loop.call_soon_threadsafe(abort)

    @contextlib.contextmanager
    def offline(self) -> Iterator[None]:
        """Break all connections off, and let none get through meanwhile."""
        # First, so that nobody comes back in between.
        self.online = False
        self.cut()
        try:
            yield
        finally:
            self.online = True

    @contextlib.contextmanager
    def through(self, *writers: asyncio.StreamWriter) -> Iterator[None]:
        """Let `cut` break off a connection while it lasts; what goes wrong breaks it off, too."""
        transports = {each.transport for each in writers}
        self._open |= transports
        try:
            yield
        except BaseException:
            for each in transports:
                each.abort()
            raise
        finally:
            self._open -= transports


@contextlib.contextmanager
def shaped(url: str, link: Link) -> Iterator[ShapedServer]:
    """Put a link in front of a server on loopback."""
    target = urlsplit(url)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER)
    port = listener.getsockname()[1]
    near = target._replace(netloc=f"127.0.0.1:{port}").geturl()
    loop = asyncio.new_event_loop()
    server = ShapedServer(near, Direction(link), Direction(link), loop)
    thread = threading.Thread(target=loop.run_forever, name="link", daemon=True)
    thread.start()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.online:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(
            target.hostname, target.port, limit=_SOCKET_BUFFER
        )
        with server.through(writer, far_writer):
            await asyncio.gather(
                _carry(reader, far_writer, server, server.up),
                _carry(far_reader, writer, server, server.down),
            )

    async def serve() -> asyncio.Server:
        return await asyncio.start_server(connect, sock=listener, limit=_SOCKET_BUFFER)

    async def end(proxy: asyncio.Server) -> None:
        proxy.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    proxy = asyncio.run_coroutine_threadsafe(serve(), loop).result()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(end(proxy), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _carry(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    server: ShapedServer,
    way: Direction,
) -> None:
    """Carry what one end says to the other, as late as the link says, until it has said all."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            arrival, data = await under_way.get()
            await asyncio.sleep(arrival - loop.time())
            if not data:
                break
            writer.write(data)
            await writer.drain()
        writer.close()

    delivery = asyncio.create_task(deliver())
    # A browser may leave at any time.
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_PIECE):
            arrival, room = loop.time(), loop.time()
            if server.slow:
                arrival, room = way.send(len(data), loop.time())
            under_way.put_nowait((arrival, data))
            await asyncio.sleep(room - loop.time())
    under_way.put_nowait((loop.time(), b""))
    with contextlib.suppress(ConnectionError):
        await delivery
