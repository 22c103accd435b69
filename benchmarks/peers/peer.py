"""A peer's server, and how its page is started."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.peers.environment import APPS, environment

if TYPE_CHECKING:
    from collections.abc import Iterator

_REPOSITORY = Path(__file__).parents[2]
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Peer:
    """A package that sends a camera's pictures to Python and shows what comes back.

    Attributes
    ----------
    name : str
        What it is called.
    app : str
        The name of its requirements and, with "_app.py", of its program in `apps`.
    arguments : tuple of str
        What Python is started with; "{app}" stands for the program and "{port}" for the port.
    result : str
        CSS selector of the element with the result.
    access : str
        Text or label of the button that opens the camera; empty where the page does so by itself.
    start : str
        Text or label of the button that starts it, for when the camera's picture is there; empty
        where it starts by itself.
    """

    name: str
    app: str
    arguments: tuple[str, ...]
    result: str
    access: str = ""
    start: str = ""


PEERS = (
    Peer("fastrtc", "fastrtc", ("{app}", "{port}"), "video"),
    Peer(
        "fastrtc, its own page",
        "fastrtc",
        ("{app}", "{port}", "its-own-page"),
        "video",
        start="start stream",
    ),
    Peer(
        "streamlit-webrtc",
        "streamlit_webrtc",
        (
            "-m", "streamlit", "run", "{app}", "--server.port={port}",
            "--server.address=127.0.0.1", "--server.headless=true",
            "--browser.gatherUsageStats=false",
        ),
        "video",
        # Started by its program it makes several connections, and the answer may be another's.
        access="Start",
    ),
    Peer(
        "gradio's image stream", "gradio", ("{app}", "{port}"), "#result img",
        access="Click to Access Webcam", start="Record",
    ),
)  # fmt: skip


@contextlib.contextmanager
def serve(peer: Peer, model_type: str) -> Iterator[str]:
    """Start a peer's server and return its address."""
    python = environment(peer.app)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    app = APPS / f"{peer.app}_app.py"
    arguments = [each.format(app=app, port=port) for each in peer.arguments]
    variables = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(APPS), str(_REPOSITORY)]),
        "PEER_MODEL_TYPE": model_type,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(  # noqa: S603 - this project's own programs
            [python, *arguments], env=variables, stdout=log, stderr=subprocess.STDOUT
        )
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_for(url, process)
            yield url
        except Exception as error:
            log.seek(0)
            error.add_note(f"{peer.name} said:\n{log.read().decode()[-3000:]}")
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("The server did not start")
