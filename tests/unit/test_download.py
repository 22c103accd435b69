"""Downloads: whole or not at all, from any server, and ended whenever that is wanted."""

from __future__ import annotations

import base64
import gzip
import itertools
import socket
import socketserver
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from bodyseg_widgets.downloads import contents, fetch
from bodyseg_widgets.errors import SourceError
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONTENT = bytes(range(256)) * 1000


PACKED = gzip.compress(CONTENT)

ANSWERS: dict[str, dict[str, Any]] = {
    "/clip.mp4": {"length": len(CONTENT)},
    "/a%20clip.mp4": {"length": len(CONTENT)},
    "/..%2F..%2Fclip.mp4": {"length": len(CONTENT)},
    "/unknown-length": {},
    "/broken": {"length": 2 * len(CONTENT)},
    "/nothing": {"content": b"", "length": 0},
    "/page": {"content": b"words", "kind": "text/html; charset=utf-8"},
    "/page-in-disguise.mp4": {"content": b"\n<!DOCTYPE html><html></html>"},
    "/packed.mp4": {"content": PACKED, "length": len(PACKED), "packing": "gzip"},
    "/packed-and-broken.mp4": {"content": PACKED[:-20], "packing": "gzip"},
    "/packed-badly.mp4": {"packing": "gzip"},
    "/packed-otherwise.mp4": {"packing": "br"},
    "/enormous.mp4": {"length": 10**15},
    "/endless-number.mp4": {"length": "1" * 5000},
    "/part.mp4": {"status": 206},
    f"/{quote('視' * 100)}.mp4": {},
}

MOVED = {
    "/moved": "/clip.mp4",
    "/moved-elsewhere": "ftp://127.0.0.1/clip.mp4",
    "/moved-to-locked.mp4": "/locked.mp4",
    # The same one, by another name.
    "/moved-to-another-server.mp4": "http://localhost:{port}/locked.mp4",
}

KNOWN = "Basic " + base64.b64encode(b"me:se@cret").decode()


class Answers(BaseHTTPRequestHandler):
    """A server with one URL for everything that can happen."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in ANSWERS:
            self.answer(**ANSWERS[path])
        elif path in MOVED:
            self.send_response(302)
            self.send_header("Location", MOVED[path].format(port=self.server.server_address[1]))
            self.end_headers()
        elif path == "/locked.mp4" and self.headers.get("Authorization") == KNOWN:
            self.answer()
        else:
            self.send_error(401 if path == "/locked.mp4" else 404)

    def answer(
        self,
        *,
        content: bytes = CONTENT,
        length: int | str | None = None,
        kind: str = "video/mp4",
        packing: str = "",
        status: int = 200,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if packing:
            self.send_header("Content-Encoding", packing)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}"
        http.shutdown()
        thread.join()


@pytest.fixture
def download(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], tuple[Path, list[tuple[int, int | None]]]]:
    monkeypatch.setenv("no_proxy", "*")

    def to_tmp_path(url: str) -> tuple[Path, list[tuple[int, int | None]]]:
        told: list[tuple[int, int | None]] = []
        path = fetch(
            url,
            tmp_path,
            progress=lambda done, total: told.append((done, total)),
            cancelled=lambda: False,
        )
        return path, told

    return to_tmp_path


Download = "Callable[[str], tuple[Path, list[tuple[int, int | None]]]]"


def test_a_download_is_a_file_of_the_addresss_name(
    server: str, download: Download, tmp_path: Path
) -> None:
    path, told = download(f"{server}/clip.mp4?size=big#t=3")
    assert path == tmp_path / "clip.mp4"
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_server_that_sends_on_is_followed(server: str, download: Download) -> None:
    assert download(f"{server}/moved")[0].read_bytes() == CONTENT


def test_progress_without_a_length_has_no_total(server: str, download: Download) -> None:
    path, told = download(f"{server}/unknown-length")
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), None)


def test_a_file_that_is_there_stays(server: str, download: Download, tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"mine")
    assert download(f"{server}/clip.mp4")[0].name == "clip (2).mp4"
    assert (tmp_path / "clip.mp4").read_bytes() == b"mine"


def test_an_address_may_have_blanks(server: str, download: Download) -> None:
    assert download(f"{server}/a clip.mp4")[0].name == "a clip.mp4"


def test_a_name_does_not_lead_out_of_the_folder(
    server: str, download: Download, tmp_path: Path
) -> None:
    assert download(f"{server}/..%2F..%2Fclip.mp4")[0].parent == tmp_path


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/missing", "was rejected by the server: 404 Not Found"),
        ("/page", "is a web page, not the file itself"),
        ("/page-in-disguise.mp4", "is a web page, not the file itself"),
        ("/broken", f"broke after {len(CONTENT)} of {2 * len(CONTENT)} bytes. Try again"),
        ("/nothing", "There is nothing at"),
        ("/moved-elsewhere", "could not be reached .*unknown url type: ftp"),
        ("/packed-and-broken.mp4", "broke before its end"),
        ("/packed-badly.mp4", "cannot be unpacked"),
        ("/packed-otherwise.mp4", "packed in a way that is not known here"),
        ("/enormous.mp4", "has more than 4 GiB, and no more is downloaded"),
        ("/endless-number.mp4", "has more than 4 GiB"),
        ("/part.mp4", "sent only a part of"),
        ("/locked.mp4", "401 Unauthorized"),
    ],
)
def test_a_download_that_fails_says_why_and_leaves_nothing(
    server: str, download: Download, tmp_path: Path, path: str, message: str
) -> None:
    with pytest.raises(SourceError, match=message):
        download(server + path)
    assert list(tmp_path.iterdir()) == []


def test_a_computer_that_cannot_be_reached_says_what_to_do(download: Download) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    expected = (
        r"could not be reached \(.*refused.*\)\. Is this computer offline\? "
        r"Choose a file on this computer instead\."
    )
    with pytest.raises(SourceError, match=expected):
        download(f"http://127.0.0.1:{port}/clip.mp4")


def test_a_download_ends_when_it_is_cancelled(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    told: list[int] = []
    with pytest.raises(SourceError, match="was canceled"):
        fetch(
            f"{server}/clip.mp4",
            tmp_path,
            progress=lambda done, _: told.append(done),
            cancelled=lambda: bool(told),
        )
    assert len(told) == 1
    assert list(tmp_path.iterdir()) == []


def test_what_the_server_packed_is_unpacked(server: str, download: Download) -> None:
    path, told = download(f"{server}/packed.mp4")
    assert path.read_bytes() == CONTENT
    assert told[-1][0] == told[-1][1] < len(CONTENT)


def test_a_name_and_a_password_are_for_their_server_only_and_in_no_message(
    server: str, download: Download
) -> None:
    known = server.replace("http://", "http://me:se%40cret@")
    for path in ("locked.mp4", "moved-to-locked.mp4"):
        assert download(f"{known}/{path}")[0].read_bytes() == CONTENT
    for url in (
        f"{known}/moved-to-another-server.mp4",
        f"{known}/missing?token=se@cret",
        server.replace("http://", "http://me:wrong/se@cret@"),
        server.replace("http://", "http://me:se@cret@").replace("127.0.0.1:", "127.0.0.1:port"),
        "ftp://me:se@cret@host/a.mp4",
    ):
        with pytest.raises(SourceError) as caught:
            download(url)
        error: BaseException | None = caught.value
        while error is not None:
            assert "cret" not in str(error)
            error = error.__cause__


def test_a_name_is_shortened_by_its_bytes(server: str, download: Download) -> None:
    path, _ = download(f"{server}/{'視' * 100}.mp4")
    assert path.name == "視" * 38 + ".mp4"


class _Drip(socketserver.BaseRequestHandler):
    """Sends a header that never ends, a body that never ends, or nothing at all."""

    def handle(self) -> None:
        asked = self.request.recv(1000)
        with suppress(OSError):
            if b"/nothing" not in asked:
                self.request.sendall(b"HTTP/1.1 200 OK\r\n")
            if b"/body" in asked:
                self.request.sendall(b"Content-Length: 100000\r\n\r\n")
            while not self.server.over.wait(0.01):
                if b"/nothing" not in asked:
                    self.request.sendall(b"x")


@pytest.fixture
def dripping() -> Iterator[str]:
    class Server(socketserver.ThreadingTCPServer):
        over = threading.Event()

    with Server(("127.0.0.1", 0), _Drip) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{http.server_address[1]}"
        http.over.set()
        http.shutdown()
        thread.join()


@pytest.mark.parametrize("what", ["header", "body", "nothing"])
def test_a_server_that_drips_is_left_when_it_is_cancelled(
    dripping: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.setenv("no_proxy", "*")
    looks = itertools.count()
    with pytest.raises(SourceError, match="was canceled"):
        fetch(
            f"{dripping}/{what}",
            tmp_path,
            progress=lambda *_: None,
            cancelled=lambda: next(looks) > 3,
        )
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: "bodyseg-download" not in [each.name for each in threading.enumerate()])


@pytest.mark.parametrize(
    ("what", "message"), [("header", "did not begin within"), ("body", "was not complete within")]
)
def test_a_server_that_drips_is_left_after_a_while(
    dripping: str, download: Download, monkeypatch: pytest.MonkeyPatch, what: str, message: str
) -> None:
    monkeypatch.setattr(contents, "ANSWER_SECONDS", 0.5)
    monkeypatch.setattr(contents, "LONGEST_SECONDS", 0.5)
    with pytest.raises(SourceError, match=message):
        download(f"{dripping}/{what}")


@pytest.mark.parametrize("url", ["file:///etc/hosts", "ftp://host/a.mp4", "clip.mp4", "http://"])
def test_only_http_and_https_are_downloaded(download: Download, url: str) -> None:
    with pytest.raises(SourceError, match="expect a URL that begins with http:// or https"):
        download(url)


def test_a_folder_that_cannot_be_written_says_so(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SourceError, match=r"could not be saved in .*file': File exists"):
        fetch(
            f"{server}/clip.mp4",
            tmp_path / "file",
            progress=lambda *_: None,
            cancelled=lambda: False,
        )
