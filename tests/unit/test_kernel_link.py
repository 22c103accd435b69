"""The kernel's end of a link: who may come in, and what is left when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import queue
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bodyseg_widgets.link import place as place_module
from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import pack, unpack
from bodyseg_widgets.link.place import link_place, new_key
from bodyseg_widgets.server.kernel_socket import KernelSocket
from bodyseg_widgets.widgets.transport import frame_channel, kernel_link, link_peer
from bodyseg_widgets.widgets.transport.frame_channel import FrameChannel
from bodyseg_widgets.widgets.transport.kernel_link import KernelLink
from bodyseg_widgets.widgets.transport.link_listener import remove_stale
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.widgets.transport.link_peer import LinkPeer

KEY = "0123456789abcdef" * 2
SECONDS = 10


class Heard:
    """What the kernel's end was told."""

    def __init__(self) -> None:
        self.messages: queue.Queue[tuple[LinkPeer, dict[str, Any], list[bytes]]] = queue.Queue()
        self.gone: queue.Queue[LinkPeer] = queue.Queue()

    def receive(self, peer: LinkPeer, message: dict[str, Any], buffers: list[memoryview]) -> None:
        self.messages.put((peer, message, [bytes(each) for each in buffers]))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: that of a Unix socket must be."""
    with tempfile.TemporaryDirectory(prefix="link") as name:
        yield Path(name)


@pytest.fixture
def connection_file(folder: Path) -> Path:
    file = folder / "kernel-1.json"
    file.write_text(json.dumps({"key": "secret"}))
    return file


@pytest.fixture(params=["file", "loopback"])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "loopback":
        monkeypatch.setattr(place_module, "LONGEST_SOCKET_PATH", 0)
    return str(request.param)


def threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("bodyseg-link")]


@contextmanager
def linked(connection_file: Path, key: str = KEY) -> Iterator[Heard]:
    heard = Heard()
    link = KernelLink(connection_file, key, receive=heard.receive, gone=heard.gone.put)
    try:
        yield heard
    finally:
        link.close()
    assert threads() == []
    assert [each.name for each in connection_file.parent.iterdir()] == [connection_file.name]


def framed(message: dict[str, Any], *buffers: bytes) -> bytes:
    """A message as the server gets it from a page."""
    return pack(message, buffers)[4:]


@pytest.mark.usefixtures("kind")
async def test_messages_go_both_ways_between_server_and_kernel(connection_file: Path) -> None:
    with linked(connection_file) as heard:
        server = await KernelSocket.open(connection_file, KEY)
        large = bytes(3_000_000)
        await server.send(framed({"kind": "frame", "frame": 1}, b"jpeg", large))
        peer, message, buffers = await asyncio.to_thread(heard.messages.get, timeout=SECONDS)
        assert message == {"kind": "frame", "frame": 1}
        assert buffers == [b"jpeg", large]
        await asyncio.to_thread(peer.send, {"kind": "sample"}, [large])
        answer, (buffer,) = unpack(memoryview(await server.receive()))
        assert answer == {"kind": "sample"}
        assert buffer == large
        server.close()
        assert await asyncio.to_thread(heard.gone.get, timeout=SECONDS) is peer


def test_only_the_owner_may_open_what_is_in_the_folder(connection_file: Path, kind: str) -> None:
    with linked(connection_file):
        (made,) = [each for each in connection_file.parent.iterdir() if each != connection_file]
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
        assert made.suffix == {"file": ".sock", "loopback": ".port"}[kind]
        # The key opens the link, so the name does not tell it.
        assert KEY not in made.name


@pytest.mark.usefixtures("kind")
async def test_another_key_and_another_kernel_open_nothing(
    connection_file: Path, folder: Path
) -> None:
    other = folder / "kernel-2.json"
    other.write_text(json.dumps({"key": "another"}))
    gone = folder / "kernel-3.json"
    heard = Heard()
    link = KernelLink(connection_file, KEY, receive=heard.receive, gone=heard.gone.put)
    for file, key in [(connection_file, new_key()), (other, KEY), (gone, KEY)]:
        with pytest.raises(LinkError, match="offers no such link"):
            await KernelSocket.open(file, key)
    link.close()


def raw_connection(connection_file: Path) -> socket.socket:
    """A connection of someone who has proved nothing."""
    place = link_place(connection_file, KEY)
    if place.fits:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(place.socket))
    else:
        connection = socket.create_connection(("127.0.0.1", int(place.port.read_text())))
    connection.settimeout(SECONDS)
    return connection


@pytest.mark.parametrize("kind", ["loopback"], indirect=True)
@pytest.mark.usefixtures("kind")
def test_on_loopback_only_who_has_the_kernels_key_gets_in(
    connection_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with linked(connection_file) as heard:
        with raw_connection(connection_file) as stranger:
            assert len(stranger.recv(32, socket.MSG_WAITALL)) == 32
            stranger.sendall(bytes(64) + framed({"kind": "frame"}))
            assert stranger.recv(1) == b""
        heard.gone.get(timeout=SECONDS)
        assert heard.messages.empty()
    assert "does not have the kernel's key" in caplog.text


@pytest.mark.parametrize("kind", ["loopback"], indirect=True)
@pytest.mark.usefixtures("kind")
def test_on_loopback_who_proves_nothing_in_time_is_dropped_however_it_trickles(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_peer, "_HANDSHAKE_SECONDS", 0.2)
    with linked(connection_file) as heard, raw_connection(connection_file) as stranger:
        # Fewer bytes than a proof has, in steps far shorter than the patience of a read.
        for _ in range(60):
            if not heard.gone.empty():
                break
            with contextlib.suppress(ConnectionError):
                stranger.sendall(b"x")
            time.sleep(0.05)
        heard.gone.get_nowait()


@pytest.mark.parametrize("kind", ["loopback"], indirect=True)
@pytest.mark.usefixtures("kind")
async def test_on_loopback_the_server_sends_nothing_to_who_is_not_the_kernel(
    connection_file: Path,
) -> None:
    ended = asyncio.Event()

    async def pretend(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bytes(32))
        await reader.readexactly(64)
        writer.write(bytes(32))
        writer.close()
        await writer.wait_closed()
        ended.set()

    impostor = await asyncio.start_server(pretend, "127.0.0.1", 0)
    port = impostor.sockets[0].getsockname()[1]
    link_place(connection_file, KEY).port.write_text(str(port))
    with pytest.raises(LinkError, match="offers no such link"):
        await KernelSocket.open(connection_file, KEY)
    await ended.wait()
    impostor.close()
    await impostor.wait_closed()


@pytest.mark.parametrize("kind", ["loopback"], indirect=True)
@pytest.mark.usefixtures("kind")
def test_on_loopback_a_kernel_without_a_key_offers_no_link(connection_file: Path) -> None:
    connection_file.write_text(json.dumps({"key": ""}))
    with pytest.raises(LinkError, match="not signed"):
        KernelLink(connection_file, KEY, receive=Heard().receive, gone=lambda _: None)


@pytest.mark.usefixtures("kind")
def test_who_connects_again_and_again_costs_no_more_threads(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernel_link, "_MOST_PEERS", 2)
    with linked(connection_file) as heard, contextlib.ExitStack() as opened:
        first, _, third = [opened.enter_context(raw_connection(connection_file)) for _ in range(3)]
        assert not third.recv(1)
        first.close()
        heard.gone.get(timeout=SECONDS)
        wait_until(lambda: threads().count("bodyseg-link-peer") == 1)


def test_what_a_broken_connection_leaves_is_given_back_to_the_system(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[str] = []
    monkeypatch.setattr(
        kernel_link,
        "give_memory_back",
        lambda: given_back.append(threading.current_thread().name),
    )
    with linked(connection_file) as heard:
        for broken in range(1, 6):
            raw_connection(connection_file).close()
            heard.gone.get(timeout=SECONDS)
            assert given_back == ["bodyseg-link-peer"] * broken


MALFORMED = [
    struct.pack("<I", 2**32 - 1),
    struct.pack("<I", 3) + b"abc",
    struct.pack("<I", 8) + struct.pack("<I", 4) + b"{{{{",
]


@pytest.mark.parametrize("data", MALFORMED, ids=["too long", "too short", "not JSON"])
async def test_what_is_no_message_ends_that_page_only_and_is_logged(
    connection_file: Path, caplog: pytest.LogCaptureFixture, data: bytes
) -> None:
    with linked(connection_file) as heard:
        good = await KernelSocket.open(connection_file, KEY)
        await good.send(framed({"kind": "frame"}))
        await asyncio.to_thread(heard.messages.get, timeout=SECONDS)
        bad = raw_connection(connection_file)
        bad.sendall(data)
        assert await asyncio.to_thread(bad.recv, 1) == b""
        bad.close()
        await asyncio.to_thread(heard.gone.get, timeout=SECONDS)
        await good.send(framed({"kind": "frame"}))
        await asyncio.to_thread(heard.messages.get, timeout=SECONDS)
        good.close()
    (record,) = [each for each in caplog.records if each.levelno >= logging.WARNING]
    assert "A link to a page was closed. A message on the link" in record.getMessage()


async def test_a_page_that_takes_nothing_is_dropped_and_delays_nobody_for_long(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(link_peer, "SEND_SECONDS", 0.2)
    with linked(connection_file) as heard, raw_connection(connection_file) as dead:
        dead.sendall(pack({"kind": "frame"}))
        peer, *_ = await asyncio.to_thread(heard.messages.get, timeout=SECONDS)
        await asyncio.to_thread(peer.send, {"kind": "sample"}, [bytes(30_000_000)])
        await asyncio.to_thread(heard.gone.get, timeout=SECONDS)
        # Lost, and no error: who sends need not know who listens.
        await asyncio.to_thread(peer.send, {"kind": "sample"}, [b"more"])
    assert "took nothing" in caplog.text


def test_files_of_killed_kernels_are_removed_and_those_of_others_are_kept(
    connection_file: Path, folder: Path
) -> None:
    killed = folder / "bodyseg-killed.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(killed))
    with socket.create_server(("127.0.0.1", 0)) as over:
        (folder / "bodyseg-killed.port").write_text(str(over.getsockname()[1]))
    (folder / "bodyseg-other.port").write_text("not a port")
    heard = Heard()
    link = KernelLink(connection_file, KEY, receive=heard.receive, gone=heard.gone.put)
    listening = link_place(connection_file, KEY).socket
    remove_stale(listening)
    left = {each.name for each in folder.iterdir()}
    assert left == {"kernel-1.json", "bodyseg-other.port", listening.name}
    link.close()


def test_a_process_that_ends_without_closing_leaves_no_file(connection_file: Path) -> None:
    code = (
        "from pathlib import Path\n"
        "from bodyseg_widgets.widgets.transport.kernel_link import KernelLink\n"
        f"link = KernelLink(Path({str(connection_file)!r}), {KEY!r}, "
        "receive=print, gone=print)\n"
        "assert link._listener.file.exists()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    assert [*connection_file.parent.iterdir()] == [connection_file]


def test_thirty_channels_opened_and_closed_leave_nothing(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_channel, "connection_file", lambda: connection_file)
    for _ in range(30):
        channel = FrameChannel(lambda *_: None)
        assert len(channel._link_key) == 32
        assert len([*connection_file.parent.iterdir()]) == 2
        channel.close()
    assert threads() == []
    assert [*connection_file.parent.iterdir()] == [connection_file]


def test_outside_of_a_kernel_there_is_no_link_and_the_reason_is_told() -> None:
    channel = FrameChannel(lambda *_: None)
    assert channel._link_key == ""
    assert channel._no_link == "Python does not run as the kernel of a Jupyter server"
    channel.close()


async def test_what_is_about_a_frame_goes_back_the_way_its_page_came(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_channel, "connection_file", lambda: connection_file)
    received: queue.Queue[dict[str, Any]] = queue.Queue()
    channel = FrameChannel(lambda message, _: received.put(dict(message)))
    on_comm: list[dict[str, Any]] = []
    monkeypatch.setattr(channel, "send", lambda content, *_: on_comm.append(content))
    server = await KernelSocket.open(connection_file, channel._link_key)

    async def next_on_link() -> dict[str, Any]:
        return unpack(memoryview(await server.receive()))[0]

    await server.send(framed({"kind": "ping", "page": "p", "asked": 1.0}))
    assert (await next_on_link())["kind"] == "pong"

    await server.send(framed({"kind": "show", "page": "a", "video": 1, "frame": 1, "id": 1}))
    await asyncio.to_thread(received.get, timeout=SECONDS)
    assert not channel.hears_here
    channel._handle_custom_msg({"kind": "show", "page": "b", "video": 1, "frame": 1, "id": 1}, [])
    assert channel.hears_here
    for page in "ab":
        channel.post({"kind": "expired", "page": page, "frame": 1})
    assert (await next_on_link())["page"] == "a"
    assert [each["page"] for each in on_comm] == ["b"]

    # Nothing that is sent once only may be lost with a link.
    channel.post({"kind": "command", "command": "again"})
    channel.post({"kind": "stored", "page": "a", "upload": 1, "done": 1})
    assert [each["kind"] for each in on_comm[1:]] == ["command", "stored"]

    # The page gave up its link.
    channel._handle_custom_msg({"kind": "keep_alive", "page": "a", "video": 1}, [])
    channel.post({"kind": "expired", "page": "a", "frame": 2})
    assert on_comm[-1]["kind"] == "expired"
    server.close()
    channel.close()


async def test_a_message_that_cannot_be_handled_is_logged_and_the_link_stays(
    connection_file: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(frame_channel, "connection_file", lambda: connection_file)
    channel = FrameChannel(lambda message, _: message["missing"])
    server = await KernelSocket.open(connection_file, channel._link_key)
    await server.send(framed({"kind": "frame"}))
    await server.send(framed({"kind": "leave", "page": "a"}))
    await server.send(framed({"kind": "ping", "page": "p", "asked": 1.0}))
    assert unpack(memoryview(await server.receive()))[0]["kind"] == "pong"
    assert "a 'frame' with 0 buffers" in caplog.text
    assert "could not be handled" in caplog.text
    server.close()
    channel.close()
