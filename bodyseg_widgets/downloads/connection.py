"""An answer of a web server, received on a thread of its own, so that nobody waits for it."""

from __future__ import annotations

import base64
import http.client
import queue
import socket
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from bodyseg_widgets.downloads.failure import DownloadError, NotResumedError
from bodyseg_widgets.files import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import Message

__all__ = ["Address", "Connection"]

SILENCE = 10.0
"""Seconds that a server may send nothing at all."""

CHUNK = 2**16
"""Maximum bytes to read at once."""

_WAITING_CHUNKS = 16
_SECONDS_BETWEEN_LOOKS = 0.1
_WITH_REASON = (urllib.error.URLError, ssl.SSLError)
_SCHEMES = ("http", "https")
_END = b""


@dataclass(frozen=True, slots=True)
class Address:
    """A URL to download.

    Attributes
    ----------
    url : str
        For the server, without name and password.
    shown : str
        For messages, without anything that is secret.
    authorization : str or None
        The header with name and password, if the URL has them.

    Examples
    --------
    >>> from bodyseg_widgets.downloads.connection import Address
    >>> address = Address.of("http://me:secret@example.org/a b.mp4?key=42")
    >>> address.url, address.shown
    ('http://example.org/a%20b.mp4?key=42', 'http://example.org/a b.mp4?…')
    """

    url: str
    shown: str
    authorization: str | None

    @classmethod
    def of(cls, url: str) -> Self:
        """Read a URL, and escape its invalid characters.

        Raises
        ------
        DownloadError
            It is not a URL that begins with ``http://`` or ``https://``.
        """
        shown = without_credentials(url)
        try:
            parts = urllib.parse.urlsplit(url.strip())
            host, port = parts.hostname, parts.port
            # Names of other alphabets are looked up, and sent, in ASCII.
            ascii_host = (host or "").encode("idna").decode()
        except ValueError as error:
            # Python's words may have the password in them.
            raise DownloadError(f"{shown!r} is not a URL.", "Check its host and port.") from error
        if parts.scheme not in _SCHEMES or not ascii_host:
            raise DownloadError(
                f"{shown!r} cannot be downloaded: expect a URL that begins with http:// or "
                "https://."
            )
        if ":" in ascii_host:
            ascii_host = f"[{ascii_host}]"
        keep = "/%:=&?~#+!$,;'@()*[]"
        return cls(
            urllib.parse.urlunsplit(
                (
                    parts.scheme,
                    ascii_host if port is None else f"{ascii_host}:{port}",
                    urllib.parse.quote(parts.path, safe=keep),
                    urllib.parse.quote(parts.query, safe=keep),
                    "",
                )
            ),
            shown,
            _authorization(parts),
        )


class Connection:
    """Receives what is at an address.

    Everything that may take forever (names, handshakes, headers, the contents) happens on a thread;
    whoever uses this waits as long as they like, and closing ends it at once, whatever it waits
    for.

    Parameters
    ----------
    address : Address
        Where to connect to.
    start : int
        Bytes that are there already, and are asked for no more.

    Attributes
    ----------
    headers : Message
        The answer's, once `wait` has returned True.
    """

    headers: Message

    def __init__(self, address: Address, *, start: int = 0) -> None:
        self._address = address
        self._start = start
        self._lock = threading.Lock()
        self._sockets: list[socket.socket] = []
        self._over = threading.Event()
        self._answered = False
        self._goes_on = False
        self._received = 0
        self._news: queue.Queue[Message | bytes | DownloadError] = queue.Queue(_WAITING_CHUNKS)
        self._thread = threading.Thread(target=self._run, name="bodyseg-download", daemon=True)
        self._thread.start()

    @property
    def packing(self) -> str:
        """How the server packed the contents; empty if it did not."""
        return _packing_of(self.headers)

    @property
    def start(self) -> int:
        """Bytes that the server leaves out: those that are there already, or 0."""
        return self._start if self._goes_on else 0

    def wait(self, seconds: float) -> bool:
        """Wait for the headers; return whether they are there.

        Raises
        ------
        NotResumedError
            The server has not what follows after `start`.
        DownloadError
            The server cannot be reached, or rejects the request.
        """
        return self._answered or self._next(seconds) is not None

    def read(self, seconds: float) -> bytes | None:
        """Wait for the next bytes; empty at the end, and None if there are none yet.

        Raises
        ------
        DownloadError
            The connection broke.
        """
        news = self._next(seconds)
        return news if isinstance(news, bytes) else None

    def close(self) -> None:
        """Close the connection, without waiting for its thread."""
        self._over.set()
        with self._lock:
            for each in self._sockets:
                # It may be closed already.
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
            self._sockets.clear()

    def _next(self, seconds: float) -> Message | bytes | None:
        try:
            news = self._news.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(news, DownloadError):
            raise news
        if not isinstance(news, bytes):
            self.headers, self._answered = news, True
        return news

    def _run(self) -> None:
        with suppress(_ClosedError):
            try:
                self._receive()
            except _ClosedError:
                raise
            except DownloadError as error:
                self._tell(error)
            # A closed socket makes many kinds of them, and so do servers that are none.
            except Exception as error:  # noqa: BLE001 - told to whoever waits
                told = self._in_words(error)
                told.__cause__ = error
                self._tell(told)

    def _receive(self) -> None:
        with self._open() as response:
            self._tell(response.headers)
            while chunk := response.read1(CHUNK):
                self._received += len(chunk)
                self._tell(chunk)
            self._tell(_END)

    def _tell(self, news: Message | bytes | DownloadError) -> None:
        while not self._over.is_set():
            with suppress(queue.Full):
                self._news.put(news, timeout=_SECONDS_BETWEEN_LOOKS)
                return
        raise _ClosedError

    def _open(self) -> http.client.HTTPResponse:
        request = urllib.request.Request(  # noqa: S310 - of these schemes only
            self._address.url, headers={"User-Agent": "bodyseg-widgets"}
        )
        if self._address.authorization is not None:
            request.add_unredirected_header("Authorization", self._address.authorization)
        if self._start:
            request.add_header("Range", f"bytes={self._start}-")
        opener = urllib.request.OpenerDirector()
        # For http and https only, even after redirects.
        for handler in (
            urllib.request.ProxyHandler(),
            urllib.request.UnknownHandler(),
            _HttpHandler(self),
            _HttpsHandler(self),
            urllib.request.HTTPDefaultErrorHandler(),
            _RedirectHandler(),
            urllib.request.HTTPErrorProcessor(),
        ):
            opener.add_handler(handler)
        response: http.client.HTTPResponse = opener.open(request, timeout=SILENCE)
        if response.status == http.client.PARTIAL_CONTENT:
            self._check_part(response)
        return response

    def _check_part(self, response: http.client.HTTPResponse) -> None:
        """Raise an error unless it is all that is missing."""
        sent = response.headers.get("Content-Range", "")
        if sent.startswith(f"bytes {self._start}-") and not _packing_of(response.headers):
            self._goes_on = self._start > 0
        if not self._goes_on:
            response.close()
            kind = NotResumedError if self._start else DownloadError
            raise kind(
                f"The server sent only a part of {self._address.shown!r}.",
                "Try again, or download it with the browser.",
            )

    def hold(self, connected: socket.socket) -> None:
        """Note a socket, to close it from outside while the thread waits for it."""
        with self._lock:
            if self._over.is_set():
                raise _ClosedError
            self._sockets.append(connected.dup())

    def _in_words(self, error: Exception) -> DownloadError:
        shown = repr(self._address.shown)
        if isinstance(error, urllib.error.HTTPError):
            error.close()
            words = "".join(filter(str.isprintable, error.reason))[:60]
            if error.code // 100 == 3:  # noqa: PLR2004 - redirects
                words = "it leads to an address that is not followed"
            is_too_far = error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and self._start
            kind = NotResumedError if is_too_far else DownloadError
            return kind(
                f"{shown} was rejected by the server: {error.code} {words}.",
                "Check the URL, or choose a file on this computer instead.",
            )
        reason = (error.reason if isinstance(error, _WITH_REASON) else None) or error
        if isinstance(error, http.client.HTTPException) and not isinstance(error, OSError):
            reason = "its answer is not that of a web server, or broke off"
        if self._received:
            broke = f"The connection to {shown} broke after {self._received} bytes"
            return DownloadError(f"{broke} ({reason}).", "Try again.")
        return DownloadError(
            f"{shown} could not be reached ({reason}). Is this computer offline?",
            "Choose a file on this computer instead.",
        )


class _ClosedError(Exception):
    """Nobody waits any more; ends the thread."""


class _HeldConnection(http.client.HTTPConnection):
    """Tells of its socket as soon as there is one, before a handshake or a request."""

    holder: Connection

    def connect(self) -> None:
        super().connect()
        self.holder.hold(self.sock)


# In this order of bases, HTTPS connects as above before it shakes hands.
class _HeldTlsConnection(http.client.HTTPSConnection, _HeldConnection):
    """The same, encrypted."""


class _HttpHandler(urllib.request.HTTPHandler):
    def __init__(self, holder: Connection) -> None:
        super().__init__()
        self._connection = _of_holder(_HeldConnection, holder)

    def http_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


class _HttpsHandler(urllib.request.HTTPSHandler):
    def __init__(self, holder: Connection) -> None:
        super().__init__()
        self._connection = _of_holder(_HeldTlsConnection, holder)

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, req)


def _of_holder(
    kind: type[_HeldConnection], holder: Connection
) -> Callable[..., http.client.HTTPConnection]:
    def make(host: str, **options: Any) -> http.client.HTTPConnection:  # noqa: ANN401 - urllib's
        connection = kind(host, **options)
        connection.holder = holder
        return connection

    return make


class _RedirectHandler(urllib.request.HTTPRedirectHandler):
    """Follows to other places, but takes name and password along to the same server only."""

    def redirect_request(  # noqa: PLR0917 - as urllib has it
        self,
        req: urllib.request.Request,
        fp: Any,  # noqa: ANN401 - as urllib has it
        code: int,
        msg: str,
        headers: Any,  # noqa: ANN401 - as urllib has it
        newurl: str,
    ) -> urllib.request.Request | None:
        following = super().redirect_request(req, fp, code, msg, headers, newurl)
        authorization = req.unredirected_hdrs.get("Authorization")
        if (
            following is not None
            and authorization is not None
            and (following.type, following.host) == (req.type, req.host)
        ):
            following.add_unredirected_header("Authorization", authorization)
        return following


def _packing_of(headers: Message) -> str:
    packing = headers.get("Content-Encoding", "").strip().lower()
    return "" if packing == "identity" else packing


def _authorization(parts: urllib.parse.SplitResult) -> str | None:
    if parts.username is None:
        return None
    words = f"{parts.username}:{parts.password or ''}"
    return f"Basic {base64.b64encode(urllib.parse.unquote(words).encode()).decode()}"
