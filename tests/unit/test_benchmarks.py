"""The parts of the benchmarks that compute figures."""

from __future__ import annotations

import math
import os
import socket
import socketserver
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.measuring.kernel_messages import COUNT
from benchmarks.measuring.processes import (
    Spent,
    cores_between,
    parse_stat,
    role,
    spent,
    thread_names,
    thread_part,
)
from benchmarks.measuring.shaping import Direction, Link, shaped
from benchmarks.measuring.watching import Report, evaluated, taken_at
from benchmarks.peers.environment import SHARED, requirements
from benchmarks.peers.peer import PEERS, Peer
from bodyseg_widgets import Webcam
from bodyseg_widgets.widgets.transport import frame_channel
from bodyseg_widgets.widgets.transport.limits import ASSET_PART_BYTES
from tests.unit.from_page import send_frame

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = "/usr/lib/chromium/chromium"


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (["python", "-m", "ipykernel_launcher", "-f", "kernel-1.json"], "kernel"),
        (["python", "-m", "jupyterlab", "--no-browser"], "Jupyter server"),
        (["python", "/repo/benchmarks/peers/apps/fastrtc_app.py", "8000"], "server"),
        ([CHROMIUM, "--headless", "--remote-debugging-port=9"], "browser and network"),
        ([CHROMIUM, "--type=renderer", "--lang=en"], "renderer"),
        ([CHROMIUM, "--type=gpu-process"], "graphics"),
        ([CHROMIUM, "--type=zygote"], "browser and network"),
        (
            [CHROMIUM, "--type=utility", "--utility-sub-type=network.mojom.NetworkService", "-x"],
            "browser and network",
        ),
        (
            [
                CHROMIUM,
                "--type=utility",
                "--utility-sub-type=video_capture.mojom.VideoCaptureService",
            ],
            "camera",
        ),
        (["bash"], "other"),
    ],
)
def test_processes_are_told_apart_by_their_command_line(command: list[str], expected: str) -> None:
    assert role(command) == expected


@pytest.mark.parametrize(
    ("name", "is_main", "expected"),
    [
        ("chromium", True, "main"),
        ("DedicatedWorker", False, "worker"),
        ("Compositor", False, "compositor"),
        ("CompositorTileW", False, "compositor"),
        ("ThreadPoolForeg", False, "other"),
    ],
)
def test_threads_of_a_renderer_are_told_apart_by_name(
    name: str, *, is_main: bool, expected: str
) -> None:
    assert thread_part(name, is_main=is_main) == expected


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell")
def test_all_threads_of_a_process_are_found_by_name() -> None:
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    before = len(thread_names(os.getpid()))
    thread.start()
    assert len(thread_names(os.getpid())) == before + 1
    done.set()
    thread.join()


def test_messages_are_counted_with_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame_channel, "checked", frame_channel.checked)
    monkeypatch.setattr(frame_channel.FrameChannel, "post", frame_channel.FrameChannel.post)
    counted: dict[str, Any] = {}
    exec(COUNT, counted)  # noqa: S102 - as a notebook does

    webcam = Webcam()
    send_frame(webcam, 1, bytes(1000))
    asked = {"kind": "asset", "page": "p", "name": "litert.wasm.gz"}
    for offset in (None, 0):
        webcam.channel._handle_custom_msg({**asked, "offset": offset}, [])
    webcam.close()

    assert counted["_received"] == {"frame": 1, "asset": 2}
    assert 1000 < counted["_received_bytes"]["frame"] < 1300
    assert counted["_file_bytes"] == ASSET_PART_BYTES


def test_the_time_of_a_thread_is_read_whatever_its_name() -> None:
    text = "812 (a (b) c) S 1 812 812 0 -1 4194560 100 0 0 0 250 31 0 0 20 0 1 0 99"

    assert parse_stat(text) == ("a (b) c", 281)


def test_cores_are_summed_over_processes_of_one_kind() -> None:
    before = Spent(10.0, {(1, ("kernel", "")): 1.0, (2, ("renderer", "")): 5.0}, machine=100.0)
    after = Spent(
        12.0,
        {
            (1, ("kernel", "")): 2.0,
            (2, ("renderer", "")): 6.0,
            (2, ("renderer", "main")): 0.5,
            (3, ("renderer", "")): 0.4,  # began in between
        },
        machine=103.0,
    )

    cores = cores_between(before, after)

    assert cores.by_role == pytest.approx({"kernel": 0.5, "renderer": 0.7})
    assert cores.renderer == pytest.approx({"main": 0.25})
    assert cores.total == pytest.approx(1.2)
    assert cores.rest == pytest.approx(0.3)


def test_a_process_that_ended_does_not_count() -> None:
    before = Spent(0.0, {(1, ("kernel", "")): 9.0}, machine=0.0)

    assert cores_between(before, Spent(1.0, {}, machine=0.0)).total == 0


def test_the_machine_is_at_least_as_busy_as_its_processes() -> None:
    assert spent().machine >= sum(spent().seconds.values())


def test_a_link_delays_and_spreads_what_it_carries() -> None:
    way = Direction(Link(mbit=8, delay=20))

    first, room = way.send(50_000, now=0.0)
    second, _ = way.send(50_000, now=0.0)

    assert first == pytest.approx(0.07)  # 50 ms for the bytes, 20 for the way
    assert room == 0.0  # up to 100 ms are buffered
    assert second == pytest.approx(0.12)
    assert way.bytes == 100_000


def test_a_link_has_no_room_while_its_buffer_is_full() -> None:
    way = Direction(Link(mbit=8, delay=20))

    _, room = way.send(300_000, now=1.0)

    assert room == pytest.approx(1.2)


def test_a_link_that_was_idle_is_free_at_once() -> None:
    way = Direction(Link(mbit=8, delay=20))
    way.send(1000, now=0.0)

    arrival, _ = way.send(1000, now=5.0)

    assert arrival == pytest.approx(5.021)


class _Echo(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while data := self.request.recv(65536):
            self.request.sendall(data)


@pytest.fixture
def echo() -> Iterator[str]:
    """The address of a server that says back what it is told."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Echo) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("slow", [False, True])
def test_a_link_changes_nothing_that_it_carries(echo: str, *, slow: bool) -> None:
    said = bytes(range(256)) * 1000
    heard = b""
    with shaped(echo, Link(mbit=1000, delay=1)) as link:
        link.slow = slow
        with socket.create_connection(("127.0.0.1", int(link.url.rsplit(":", 1)[1]))) as end:
            sender = threading.Thread(target=end.sendall, args=(said,))
            sender.start()
            while len(heard) < len(said):
                heard += end.recv(65536)
            sender.join()

    assert heard == said
    assert (link.up.bytes, link.down.bytes) == ((len(said), len(said)) if slow else (0, 0))


def test_a_link_is_cut_and_lets_nothing_through_while_it_is_offline(echo: str) -> None:
    with shaped(echo, Link(mbit=1000, delay=1)) as link:
        address = ("127.0.0.1", int(link.url.rsplit(":", 1)[1]))
        with socket.create_connection(address, timeout=10) as end:
            end.sendall(b"before")
            assert end.recv(10) == b"before"
            with link.offline():
                assert _ends(end)
                with socket.create_connection(address, timeout=10) as another:
                    assert _ends(another)
        with socket.create_connection(address, timeout=10) as end:
            end.sendall(b"after")
            assert end.recv(10) == b"after"
            link.cut()
            assert _ends(end)


def _ends(connection: socket.socket) -> bool:
    try:
        return connection.recv(10) == b""
    except ConnectionError:
        return True


def _report(numbers: list[tuple[int, float]], *, taken: list[tuple[int, float]]) -> Report:
    return {
        "start": 0.0,
        "elapsed": 2000.0,
        "probing": 40.0,
        "taken": [{"number": n, "stamp": at, "arrived": at + 5000.0} for n, at in taken],
        "elements": [{"numbers": [{"number": n, "at": at} for n, at in numbers], "images": 6}],
    }


def test_pictures_seen_are_counted_and_timed() -> None:
    report = _report(
        [(7, 5050.0), (8, 5080.0), (9, 5130.0)], taken=[(7, 0.0), (8, 33.0), (9, 67.0)]
    )

    watched = evaluated(report)

    (panel,) = watched.panels
    assert panel.rate == pytest.approx(1.5)
    assert panel.images == pytest.approx(3)
    assert panel.delays == pytest.approx((50, 47, 63))
    assert watched.delay == pytest.approx(50)
    assert watched.camera == pytest.approx(2 / 0.067)
    assert watched.probing == pytest.approx(0.02)


def test_numbers_that_the_camera_never_gave_do_not_count() -> None:
    watched = evaluated(_report([(7, 5050.0), (999, 5060.0)], taken=[(7, 0.0), (8, 33.0)]))

    assert len(watched.panels[0].delays) == 1


def test_numbers_seen_before_the_camera_gave_them_do_not_count() -> None:
    """They are from before the watching began: the clip is played over and over."""
    watched = evaluated(_report([(8, 5001.0)], taken=[(7, 0.0), (8, 33.0)]))

    assert watched.panels[0].rate == 0
    assert math.isnan(watched.delay)


def test_a_busy_reader_makes_no_picture_younger() -> None:
    taken = taken_at(
        [
            {"number": 1, "stamp": 0.0, "arrived": 1000.0},
            {"number": 2, "stamp": 33.0, "arrived": 1400.0},
        ]
    )

    assert taken == {1: 1000.0, 2: 1033.0}


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.app)
def test_peers_run_the_model_with_the_same_packages(peer: Peer) -> None:
    listed = requirements(peer.app).splitlines()

    assert {line.partition("==")[0] for line in listed} > {*SHARED}
    assert all("==" in line for line in listed)
