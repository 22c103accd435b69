"""The extension of the Jupyter server: who gets to a kernel by it, and what it carries."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest
import websocket

from bodyseg_widgets.link.framing import LARGEST_MESSAGE, pack, unpack
from bodyseg_widgets.link.place import new_key

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
TOKEN = "sesame"  # noqa: S105 - of a server of these tests
SECONDS = 60
EVIL = "http://evil.example"

AUTHORIZER = """
from jupyter_server.auth import Authorizer

class NobodyExecutes(Authorizer):
    def is_authorized(self, handler, user, action, resource):
        return (action, resource) != ("execute", "kernels")

c.ServerApp.authorizer_class = NobodyExecutes
"""


@dataclass(frozen=True)
class Server:
    """A running Jupyter server with a blank in its base_url, as JupyterHub writes it."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, path: str, scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}/user/an%20n/{path}"

    def ask(
        self, path: str, method: str = "GET", headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Return the status and what the answer says in JSON; None if it says nothing in JSON."""
        headers = {"Authorization": f"token {TOKEN}"} if headers is None else headers
        data = b"{}" if method == "POST" else None
        request = urllib.request.Request(  # noqa: S310 - our own server
            self.url(path), data=data, headers=headers, method=method
        )
        try:
            answer = urllib.request.urlopen(request, timeout=SECONDS)  # noqa: S310
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text = answer.read()
        try:
            return answer.status, json.loads(text)
        except ValueError:
            return answer.status, None

    def start_kernel(self) -> str:
        return str(self.ask("api/kernels", "POST")[1]["id"])

    @contextlib.contextmanager
    def connect(self, path: str, **options: Any) -> Iterator[websocket.WebSocket]:  # noqa: ANN401
        options = {"header": {"Authorization": f"token {TOKEN}"}, "timeout": SECONDS} | options
        link = websocket.create_connection(self.url(path, "ws"), **options)
        try:
            yield link
        finally:
            link.close()
            # That leaves the socket open if the other side was the first to close.
            link.shutdown()

    def refusal(self, path: str, **options: Any) -> int:  # noqa: ANN401
        """Return the status with which a WebSocket is refused."""
        with (
            pytest.raises(websocket.WebSocketBadStatusException) as raised,
            self.connect(path, **options),
        ):
            pass
        return int(raised.value.status_code)

    def run(self, kernel: str, code: str) -> str:
        """Run code in a kernel, and return what it prints."""
        header = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "test"}
        request = {
            "channel": "shell", "header": {**header, "username": "", "version": "5.3"},
            "parent_header": {}, "metadata": {}, "content": {"code": code, "silent": False},
            "buffers": [],
        }  # fmt: skip
        printed = ""
        with self.connect(f"api/kernels/{kernel}/channels") as channels:
            channels.send(json.dumps(request))
            while True:
                message = json.loads(channels.recv())
                if message["parent_header"].get("msg_id") != header["msg_id"]:
                    continue
                if message["msg_type"] == "stream":
                    printed += message["content"]["text"]
                assert message["msg_type"] != "error", message["content"]
                if message["msg_type"] == "status" and message["content"] == {
                    "execution_state": "idle"
                }:
                    return printed.strip()


@contextlib.contextmanager
def running(config: str = "") -> Iterator[Server]:
    # A short path: that of a Unix socket must be.
    with tempfile.TemporaryDirectory(prefix="link") as name:
        folder = Path(name)
        (folder / "config").mkdir()
        (folder / "config/jupyter_server_config.py").write_text(config)
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        environment = os.environ | {
            "JUPYTER_CONFIG_PATH": str(ROOT / "jupyter-config"),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "IPYTHONDIR": str(folder / "ipython"),
        }
        command = [
            sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root",
            "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={TOKEN}", "--ServerApp.base_url=/user/an%20n/",
            f"--ServerApp.root_dir={folder}",
        ]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=subprocess.STDOUT
            )
        server = Server(port, process)
        try:
            end = time.monotonic() + SECONDS
            while time.monotonic() < end and process.poll() is None:
                with contextlib.suppress(OSError):
                    if server.ask("api")[0] == 200:
                        break
                time.sleep(0.1)
            else:
                raise RuntimeError((folder / "log").read_text())
            yield server
        finally:
            process.terminate()
            process.wait(SECONDS)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@dataclass(frozen=True)
class LinkedKernel:
    """A kernel with a channel, and the address of its link."""

    kernel: str
    address: str


def start_linked_kernel(server: Server) -> LinkedKernel:
    kernel = server.start_kernel()
    key = server.run(
        kernel,
        "from bodyseg_widgets.widgets import FrameChannel\n"
        "channel = FrameChannel(lambda message, buffers: None)\n"
        "print(channel._link_key)",
    )
    return LinkedKernel(kernel, f"bodyseg/link/{kernel}/{key}")


@pytest.fixture(scope="module")
def linked(server: Server) -> LinkedKernel:
    return start_linked_kernel(server)


@pytest.fixture(scope="module")
def kernel(linked: LinkedKernel) -> str:
    return linked.kernel


@pytest.fixture(scope="module")
def address(linked: LinkedKernel) -> str:
    return linked.address


def ping(link: websocket.WebSocket) -> dict[str, Any]:
    link.send_binary(pack({"kind": "ping", "page": "p", "asked": 7.0})[4:])
    return unpack(memoryview(link.recv()))[0]


def test_messages_go_to_the_kernel_and_back(server: Server, address: str) -> None:
    with server.connect(address) as link:
        assert ping(link)["asked"] == 7.0


def test_several_pages_have_links_of_their_own(server: Server, address: str) -> None:
    with (
        server.connect(address) as first,
        server.connect(address) as second,
    ):
        assert ping(first)["kind"] == ping(second)["kind"] == "pong"


def cookie(server: Server) -> str:
    """What a browser has that was logged in."""
    with urllib.request.urlopen(server.url(f"api/status?token={TOKEN}")) as answer:  # noqa: S310
        cookies = answer.headers.get_all("Set-Cookie")
    return "; ".join(each.partition(";")[0] for each in cookies)


def test_who_is_not_logged_in_or_comes_from_elsewhere_is_refused(
    server: Server, address: str
) -> None:
    assert server.refusal(address, header={}) == 403
    assert server.refusal(address, header={"Authorization": "token wrong"}) == 403
    assert server.ask(address, headers={})[0] == 403
    logged_in = cookie(server)
    with server.connect(address, header={}, cookie=logged_in):
        pass
    assert server.refusal(address, header={}, cookie=logged_in, origin=EVIL) == 403
    assert server.ask(address, headers={"Cookie": logged_in, "Origin": EVIL})[0] == 403


def test_who_may_not_use_kernels_is_refused() -> None:
    with running(AUTHORIZER) as server:
        address = f"bodyseg/link/{server.start_kernel()}/{new_key()}"
        assert server.refusal(address) == 403
        assert server.ask(address)[0] == 403


def test_another_key_or_kernel_leads_nowhere_and_the_reason_is_told(
    server: Server, kernel: str, address: str
) -> None:
    key = address.rpartition("/")[2]
    wrong_kernel = f"bodyseg/link/{uuid.uuid4()}/{key}"
    other_kernel = f"bodyseg/link/{server.start_kernel()}/{key}"
    wrong_key = f"bodyseg/link/{kernel}/{new_key()}"
    for wrong, words in [
        (wrong_kernel, "has no such kernel"),
        (other_kernel, "offers no such link"),
        (wrong_key, "offers no such link"),
    ]:
        assert server.refusal(wrong) == 404
        status, answer = server.ask(wrong)
        assert status == 404
        assert words in answer["why"]
    for elsewhere in (f"bodyseg/link/{kernel}/..%2F..%2Fetc", f"bodyseg/link/{kernel}"):
        assert server.refusal(elsewhere) == 404


def test_a_page_can_ask_whether_the_link_can_be_had(server: Server, address: str) -> None:
    assert server.ask(address) == (200, {"why": None})


def test_what_flows_counts_as_use_of_the_kernel(server: Server, kernel: str, address: str) -> None:
    def used() -> str:
        return str(server.ask(f"api/kernels/{kernel}")[1]["last_activity"])

    before = used()
    with server.connect(address) as link:
        assert used() == before
        ping(link)
        assert used() > before


CULLER = """
c.MappingKernelManager.cull_idle_timeout = 7
c.MappingKernelManager.cull_interval = 1
c.MappingKernelManager.cull_connected = True
"""


def test_a_kernel_with_a_link_is_culled_only_once_nothing_flows() -> None:
    with running(CULLER) as server:
        used, idle = start_linked_kernel(server), server.start_kernel()

        def alive() -> set[str]:
            return {each["id"] for each in server.ask("api/kernels")[1]}

        with server.connect(used.address) as link:
            # The idle kernel shows that the culler has been at work for as long.
            while idle in alive():
                ping(link)
                time.sleep(0.5)
            ping(link)
            assert alive() == {used.kernel}
            while alive():
                time.sleep(0.5)
            opcode, _ = link.recv_data()
            assert opcode == websocket.ABNF.OPCODE_CLOSE


def test_a_message_that_is_too_long_ends_the_link(server: Server, address: str) -> None:
    with server.connect(address) as link:
        # Its length is refused, before anything of it was read.
        header = bytes([0x82, 0x80 | 127]) + (LARGEST_MESSAGE + 1).to_bytes(8, "big") + bytes(4)
        link.sock.sendall(header)
        opcode, _ = link.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE
    with server.connect(address) as link:
        assert ping(link)["kind"] == "pong"


def test_text_is_no_message(server: Server, address: str) -> None:
    with server.connect(address) as link:
        link.send("hello")
        opcode, data = link.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE
        assert int.from_bytes(data[:2], "big") == 1003


def test_the_link_ends_with_the_channel(server: Server, kernel: str) -> None:
    server.run(kernel, "other = FrameChannel(lambda message, buffers: None)")
    address = f"bodyseg/link/{kernel}/{server.run(kernel, 'print(other._link_key)')}"
    with server.connect(address) as link:
        ping(link)
        server.run(kernel, "other.close()")
        opcode, _ = link.recv_data()
        assert opcode == websocket.ABNF.OPCODE_CLOSE
    assert server.ask(address)[0] == 404


COUNT_PAGES = """
import threading
print(sum(each.name == "bodyseg-link-peer" for each in threading.enumerate()))
"""


def test_what_has_ended_or_was_asked_for_wrongly_leaves_nothing_in_the_kernel(
    server: Server, kernel: str, address: str
) -> None:
    with server.connect(address) as link:
        ping(link)
        assert server.run(kernel, COUNT_PAGES) == "1"
    # A WebSocket has a key of its own.
    headers = {
        "Authorization": f"token {TOKEN}", "Upgrade": "websocket", "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
    }  # fmt: skip
    assert server.ask(address, headers=headers)[0] == 400
    end = time.monotonic() + SECONDS
    while server.run(kernel, COUNT_PAGES) != "0":
        assert time.monotonic() < end
        time.sleep(0.1)


FLOOD = """
import threading
image = bytes(2**20)

def flood():
    frame = 0
    while channel._linked and frame < 400:
        frame += 1
        channel.post({"kind": "expired", "page": "slow", "frame": frame}, [image])

thread = threading.Thread(target=flood)
thread.start()
"""


def test_a_page_that_reads_nothing_fills_no_memory_and_is_dropped(
    server: Server, kernel: str, address: str
) -> None:
    size = psutil.Process(server.process.pid).memory_info
    before = size().rss
    with server.connect(address) as link:
        message = {"kind": "keep_alive", "page": "slow", "video": 1}
        link.send_binary(pack(message)[4:])
        assert ping(link)["kind"] == "pong"
        server.run(kernel, FLOOD)
        server.run(kernel, "thread.join()")
        assert server.run(kernel, "print(channel._linked)") == "{}"
        assert size().rss - before < 60 * 2**20
