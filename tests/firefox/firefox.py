"""Firefox, driven by WebDriver BiDi, which it speaks itself.

Playwright drives a build of its own, which is not what people have. Images that workers draw are
missing in screenshots that BiDi takes, and reading one in the page while it is drawn may take ten
seconds: look at a real window, and read what is held by a pause.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import websocket

from tests.browser.page_scripts import PREPARE_PAGE
from tests.firefox.find_firefox import find_firefox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

VIEWPORT = {"width": 1200, "height": 1100}

_START_SECONDS = 60
_ANSWER_SECONDS = 40
_POLL_SECONDS = 0.1

_NO_ERRORS = ("establish a connection to the server at ws:",)
"""Parts of what Firefox reports as errors of pages, though nothing was raised: a link whose kernel
has ended."""

_SETTINGS = {
    # A camera that shows a moving test image, which pages may open without being asked.
    "media.navigator.streams.fake": True,
    "media.navigator.permission.disabled": True,
    # Whatever asks for another machine finds nobody; this machine is not asked by way of a proxy.
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "browser.shell.checkDefaultBrowser": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "browser.download.folderList": 2,
}


class Firefox:
    """A running Firefox.

    Parameters
    ----------
    address : str
        Where it takes commands: a WebSocket.
    downloads : Path
        The folder of what pages download.
    """

    def __init__(self, address: str, downloads: Path) -> None:
        self._socket = websocket.create_connection(
            address, suppress_origin=True, timeout=_ANSWER_SECONDS
        )
        self.downloads = downloads
        self._calls = 0
        self._listeners: list[Callable[[str, dict[str, Any]], None]] = []
        session = self.call("session.new", capabilities={})
        self.version = str(session["capabilities"]["browserVersion"])
        self.call("session.subscribe", events=["log.entryAdded", "network.beforeRequestSent"])
        self.call("script.addPreloadScript", functionDeclaration=f"() => {{{PREPARE_PAGE}}}")

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Give a command, and return what comes of it."""
        self._calls += 1
        self._socket.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message["type"] == "event":
                for listener in self._listeners:
                    listener(message["method"], message["params"])
            elif message["id"] == self._calls:
                if message["type"] == "error":
                    raise RuntimeError(f"{method}: {message['error']}: {message['message']}")
                result: dict[str, Any] = message["result"]
                return result

    @contextlib.contextmanager
    def page(self) -> Iterator[FirefoxPage]:
        """Open a tab, and close it at the end.

        Nothing beyond this machine may be asked for in it, and nothing raised.
        """
        tab = self.call("browsingContext.create", type="tab")["context"]
        page = FirefoxPage(self, tab)
        self._listeners.append(page.hear)
        try:
            yield page
            # What it said by now is heard with this answer.
            self.call("session.status")
        finally:
            self.call("browsingContext.close", context=tab)
            self._listeners.remove(page.hear)
        assert not page.strangers, f"The page asked for {page.strangers}."
        assert not page.errors, f"The page raised {page.errors}."


class FirefoxPage:
    """The few verbs of Playwright's Page that notebooks and tests use."""

    def __init__(self, firefox: Firefox, tab: str) -> None:
        self._firefox = firefox
        self._tab = tab
        self.strangers: list[str] = []
        self.errors: list[str] = []
        self.asked: list[str] = []
        self._call("browsingContext.setViewport", viewport=VIEWPORT)

    def goto(self, url: str) -> None:
        """Load a page, and wait until it is there."""
        self._call("browsingContext.navigate", url=url, wait="complete")

    def evaluate(self, function: str, argument: object = None) -> Any:  # noqa: ANN401 - any JSON
        """Call a JavaScript function in the page and give back what it returns."""
        answer = self._firefox.call(
            "script.callFunction",
            functionDeclaration=f"""async (text) =>
              JSON.stringify(await ({function})(JSON.parse(text))) ?? 'null'""",
            arguments=[{"type": "string", "value": json.dumps(argument)}],
            target={"context": self._tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for_function(
        self, function: str, arg: object = None, *, timeout: float = 30_000
    ) -> None:
        """Wait until a JavaScript function returns something true; `timeout` in ms."""
        end = time.monotonic() + timeout / 1000
        problem = None
        while time.monotonic() < end:
            # While a page is being loaded, there may be nothing to call yet.
            try:
                if self.evaluate(f"async (arg) => Boolean(await ({function})(arg))", arg):
                    return
            except RuntimeError as error:
                problem = error
            time.sleep(_POLL_SECONDS)
        raise TimeoutError(f"Not true after {timeout} ms: {function}") from problem

    def wait_for_timeout(self, milliseconds: float) -> None:
        """Let the page work for a while."""
        time.sleep(milliseconds / 1000)

    def text(self, selector: str) -> str:
        """What an element says."""
        return str(self.evaluate(f"() => document.querySelector({selector!r}).innerText"))

    def wait_for_text(self, selector: str, pattern: str, *, timeout: float = 30_000) -> None:
        """Wait until an element says what matches a regular expression."""
        try:
            self.wait_for_function(
                """([selector, pattern]) =>
                  new RegExp(pattern).test(document.querySelector(selector)?.innerText)""",
                [selector, pattern],
                timeout=timeout,
            )
        except TimeoutError as error:
            raise TimeoutError(f"{selector} says {self.text(selector)!r}") from error

    def click(self, selector: str, text: str = "") -> None:
        """Press the mouse on the first element of these that has this text."""
        found = self._firefox.call(
            "script.callFunction",
            functionDeclaration="""(selector, text) => {
              const found = [...document.querySelectorAll(selector)].find(
                (each) => each.checkVisibility() && each.innerText.includes(text));
              found?.scrollIntoView({ block: 'nearest' });
              return found;
            }""",
            arguments=[{"type": "string", "value": each} for each in (selector, text)],
            target={"context": self._tab},
            awaitPromise=False,
        )["result"]
        if "sharedId" not in found:
            raise LookupError(f"There is no visible {selector} with {text!r}.")
        element = {"type": "element", "element": {"sharedId": found["sharedId"]}}
        pointer = [
            {"type": "pointerMove", "x": 0, "y": 0, "origin": element},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        actions = [{"type": "pointer", "id": "mouse", "actions": pointer}]
        self._call("input.performActions", actions=actions)

    def close(self) -> None:
        """Leave the page's content."""
        self.goto("about:blank")

    def hear(self, event: str, told: dict[str, Any]) -> None:
        """Note what Firefox tells of this page."""
        if event == "network.beforeRequestSent":
            if told["context"] == self._tab:
                self._note_request(told["request"]["url"])
        elif event == "log.entryAdded":
            is_mine = told["source"].get("context") == self._tab
            is_error = told["type"] == "javascript" and told["level"] == "error"
            if is_mine and is_error and not any(each in told["text"] for each in _NO_ERRORS):
                self.errors.append(told["text"])

    def _note_request(self, url: str) -> None:
        self.asked.append(url)
        parts = urlsplit(url)
        is_local = parts.scheme in {"data", "blob", "about"} or parts.hostname == "127.0.0.1"
        if not is_local:
            self.strangers.append(url)

    def _call(self, method: str, **parameters: object) -> dict[str, Any]:
        return self._firefox.call(method, context=self._tab, **parameters)


@contextlib.contextmanager
def running_firefox() -> Iterator[Firefox]:
    """A headless Firefox with a fake camera and an empty profile; it finds this machine only."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile, downloads = Path(folder) / "profile", Path(folder) / "downloads"
        profile.mkdir()
        downloads.mkdir()
        preferences = {**_SETTINGS, "browser.download.dir": str(downloads)}
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});\n"
            for name, value in preferences.items()
        ]
        (profile / "user.js").write_text("".join(lines))
        with (Path(folder) / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    str(find_firefox()), "--headless", "--no-remote", "--profile", str(profile),
                    "--remote-debugging-port=0", "about:blank",
                ],
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
        try:
            yield Firefox(_address(profile, process, Path(folder) / "log"), downloads)
        finally:
            process.terminate()
            process.wait(20)


def _address(profile: Path, process: subprocess.Popen[bytes], log: Path) -> str:
    """Return where it takes commands, once it does."""
    file = profile / "WebDriverBiDiServer.json"
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        # It may be there without its content.
        with contextlib.suppress(OSError, json.JSONDecodeError):
            told = json.loads(file.read_text())
            return f"ws://{told['ws_host']}:{told['ws_port']}/session"
        time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"Firefox did not start:\n{log.read_text(errors='replace')[-3000:]}")
