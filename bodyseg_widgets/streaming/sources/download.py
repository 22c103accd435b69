"""Downloads a video or image to a file, on request only."""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import SourceError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

TIMEOUT = 10.0
"""Seconds to wait for the server."""

CHUNK = 2**16
"""Maximum bytes to read at once."""

_WITH_REASON = (urllib.error.URLError, ssl.SSLError, UnicodeDecodeError, UnicodeEncodeError)
_SCHEMES = ("http", "https")
_MAX_NAME = 100
_HTML = re.compile(rb"\s*(<!doctype html|<html)", re.IGNORECASE)
_ADVICE = "Is this computer offline? Choose a file on this computer instead."


def fetch(
    url: str,
    folder: str | os.PathLike[str],
    *,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
) -> Path:
    """Download a URL into a folder.

    Parameters
    ----------
    url : str
        A URL that begins with ``http://`` or ``https://``.
    folder : str or os.PathLike
        Where to save the file, under its name in the URL; created if necessary. An existing file of
        the same name is kept, and the new one gets a number.
    progress : callable
        Called with the bytes received and the total, which is None if the server does not say.
    cancelled : callable
        Called at least for every chunk; True cancels the download.

    Returns
    -------
    Path
        The file, whole.

    Raises
    ------
    SourceError
        The download failed, is a web page, was incomplete, was canceled, or the file cannot be
        written; the message says which, and nothing is left in the folder.

    Examples
    --------
    >>> from bodyseg_widgets.errors import SourceError
    >>> from bodyseg_widgets.streaming.sources import fetch
    >>> try:
    ...     fetch("ftp://host/clip.mp4", ".", progress=print, cancelled=lambda: False)
    ... except SourceError as error:
    ...     print(error)
    'ftp://host/clip.mp4' cannot be downloaded: expect a URL that begins with http:// or \
https://.
    """
    address = _checked(url)
    with _said_plainly(url):
        response = _opener().open(
            urllib.request.Request(address, headers={"User-Agent": "bodyseg-widgets"}),  # noqa: S310
            timeout=TIMEOUT,
        )
    with response:
        if response.headers.get_content_type() == "text/html":
            raise _is_a_page(url)
        try:
            target = _free_name(Path(folder).expanduser(), address)
            partial = target.with_name(f"{target.name}.part")
            try:
                _receive(response, partial, url, progress, cancelled)
                return partial.replace(target)
            finally:
                partial.unlink(missing_ok=True)
        except OSError as error:
            raise SourceError(
                f"{url!r} cannot be saved in {str(folder)!r}: {error.strerror}. Is there space on "
                "the disk, and may this user write there?"
            ) from error


def _receive(
    response: http.client.HTTPResponse,
    partial: Path,
    url: str,
    progress: Callable[[int, int | None], None],
    cancelled: Callable[[], bool],
) -> None:
    length = response.headers.get("Content-Length", "")
    total = int(length) if length.isdecimal() else None
    done = 0
    with partial.open("xb") as file:
        while True:
            if cancelled():
                raise SourceError(f"The download of {url!r} was canceled.")
            with _said_plainly(url, done):
                chunk = response.read1(CHUNK)
            if not chunk:
                break
            if not done and _HTML.match(chunk):
                raise _is_a_page(url)
            file.write(chunk)
            done += len(chunk)
            progress(done, total)
    if total is not None and done < total:
        raise SourceError(
            f"The connection to {url!r} broke after {done} of {total} bytes. Try again."
        )
    if not done:
        raise SourceError(f"There is nothing at {url!r}: the file has 0 bytes.")


@contextmanager
def _said_plainly(url: str, done: int = 0) -> Iterator[None]:
    """Convert a network error to this package's error."""
    try:
        yield
    except urllib.error.HTTPError as error:
        error.close()
        raise SourceError(
            f"{url!r} was rejected by the server: {error.code} {error.reason}. Check the URL, "
            "or choose a file on this computer instead."
        ) from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        reason = (error.reason if isinstance(error, _WITH_REASON) else None) or error
        if done:
            raise SourceError(
                f"The connection to {url!r} broke after {done} bytes ({reason}). Try again."
            ) from error
        raise SourceError(f"{url!r} could not be reached ({reason}). {_ADVICE}") from error


def _checked(url: str) -> str:
    """Return the URL with invalid characters escaped."""
    try:
        parts = urllib.parse.urlsplit(url.strip())
    except ValueError as error:
        raise SourceError(f"{url!r} is not a URL: {error}.") from error
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise SourceError(
            f"{url!r} cannot be downloaded: expect a URL that begins with http:// or https://."
        )
    keep = "/%:=&?~#+!$,;'@()*[]"
    return urllib.parse.urlunsplit(
        parts._replace(
            path=urllib.parse.quote(parts.path, safe=keep),
            query=urllib.parse.quote(parts.query, safe=keep),
            fragment="",
        )
    )


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener for http and https only, even after redirects."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _is_a_page(url: str) -> SourceError:
    return SourceError(
        f"{url!r} is a web page, not a video or image. Open it in the browser and look for the "
        "URL of the video itself, which often ends in .mp4 or .webm."
    )


def _free_name(folder: Path, address: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    last = urllib.parse.unquote(urllib.parse.urlsplit(address).path.rsplit("/", 1)[-1])
    # Characters that all file systems accept, and nothing that leaves the folder or hides the file.
    name = re.sub(r"[^\w. ()+-]", "_", last).lstrip(". ")[-_MAX_NAME:] or "download"
    wanted = Path(name)
    number = 1
    while (folder / name).exists() or (folder / f"{name}.part").exists():
        number += 1
        name = f"{wanted.stem} ({number}){wanted.suffix}"
    return folder / name
