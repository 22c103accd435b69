"""Chromium driven so quietly that it can be timed.

Playwright listens to a page's network, so Chromium copies every WebSocket message to it: with 30
images a second that took a third of the rate. This speaks the DevTools protocol itself, and asks
only for what a benchmark needs. A person's browser has no listener at all.
"""

from __future__ import annotations

import base64
import contextlib
import json
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

import websocket

from tests.browser.ensure_browser import find_browser
from tests.browser.lab import CHROMIUM_FLAGS, FAKE_CAMERA_FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_START_SECONDS = 20
_POLL_SECONDS = 0.2


class QuietPage:
    """The few verbs of Playwright's Page that notebooks and benchmarks use."""

    def __init__(self, port: int, target: str | None = None) -> None:
        self._port = port
        self._socket = websocket.create_connection(
            _page_address(port, target), suppress_origin=True
        )
        self._calls = 0
        # JupyterLab's current widget is the one with the focus.
        self._call("Emulation.setFocusEmulationEnabled", enabled=True)

    def add_init_script(self, script: str) -> None:
        """Run a script in each page that is loaded from now on, before any other."""
        self._call("Page.enable")
        self._call("Page.addScriptToEvaluateOnNewDocument", source=script)

    def goto(self, url: str) -> None:
        """Load a page; returns before it is ready."""
        self._call("Page.navigate", url=url)

    def evaluate(self, function: str, argument: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Call a JavaScript function in the page and give back what it returns."""
        result = self._call(
            "Runtime.evaluate",
            expression=f"({function})({json.dumps(argument)})",
            awaitPromise=True,
            returnByValue=True,
        )
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:2000])
        return result["result"].get("value")

    def wait_for_function(self, function: str, *, timeout: float = 30_000) -> None:
        """Wait until a JavaScript function returns something true; `timeout` in ms."""
        end = time.monotonic() + timeout / 1000
        while time.monotonic() < end:
            # While a page is being loaded, there may be nothing to call yet.
            with contextlib.suppress(RuntimeError):
                if self.evaluate(function):
                    return
            time.sleep(_POLL_SECONDS)
        raise TimeoutError(function)

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Let the page work for a while."""
        time.sleep(milliseconds / 1000)

    def screenshot(self, selector: str, path: Path) -> None:
        """Save an image of an element as PNG."""
        box = self.evaluate(
            """(selector) => {
              const { x, y, width, height } =
                document.querySelector(selector).getBoundingClientRect();
              return { x, y, width, height, scale: 1 };
            }""",
            selector,
        )
        picture = self._call("Page.captureScreenshot", clip=box)
        path.write_bytes(base64.b64decode(picture["data"]))

    def heap_bytes(self) -> float:
        """Collect garbage, and return the bytes that the page's own JavaScript still holds."""
        self._call("HeapProfiler.collectGarbage")
        return float(self._call("Runtime.getHeapUsage")["usedSize"])

    @contextlib.contextmanager
    def second_window(self) -> Iterator[QuietPage]:
        """Open another window of the same browser, and close it at the end."""
        target = self._call("Target.createTarget", url="about:blank", newWindow=True)["targetId"]
        try:
            yield QuietPage(self._port, target)
        finally:
            self._call("Target.closeTarget", targetId=target)

    def close(self) -> None:
        """Leave the page's content."""
        self.goto("about:blank")

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        self._calls += 1
        self._socket.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("id") == self._calls:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                result: dict[str, Any] = message["result"]
                return result


@contextlib.contextmanager
def quiet_chromium(
    *, camera: Path, flags: Sequence[str] = (), size: tuple[int, int] = (1100, 1000)
) -> Iterator[QuietPage]:
    """A page of a headless Chromium whose webcam plays a y4m file."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = subprocess.Popen(
            [
                str(find_browser()), "--headless", f"--remote-debugging-port={port}",
                f"--user-data-dir={profile}", f"--window-size={size[0]},{size[1]}",
                f"--use-file-for-fake-video-capture={camera}", *CHROMIUM_FLAGS,
                *FAKE_CAMERA_FLAGS, *flags,
                "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            yield QuietPage(port)
        finally:
            process.terminate()
            process.wait()


def _page_address(port: int, wanted: str | None) -> str:
    """Return where to reach a page: the one with this id, or the only one."""
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer,
        ):
            for target in json.load(answer):
                if target["type"] == "page" and wanted in {None, target["id"]}:
                    return str(target["webSocketDebuggerUrl"])
        time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"Chromium did not start within {_START_SECONDS} s")
