"""A web server of files on this computer, which may break off, and may know no ranges."""

from __future__ import annotations

import mimetypes
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bodyseg_widgets import Explorer


@dataclass
class FileServer:
    """What a server has, and how it sends it.

    Attributes
    ----------
    address : str
        Where it is.
    files : dict
        Contents by path, which begins with a slash.
    breaks_after : int or None
        Bytes of a file after which it closes the connection.
    ranges : {'known', 'unknown', 'others'}
        Whether it sends what is asked for, all of a file, or another part.
    asked : list
        The paths that were asked for, with their queries, and from which byte on.
    """

    address: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: int | None = None
    ranges: Literal["known", "unknown", "others"] = "known"
    asked: list[tuple[str, int]] = field(default_factory=list)


@contextmanager
def serving() -> Iterator[FileServer]:
    """Run a server."""
    server = FileServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = re.match(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(wanted[1]) if wanted else 0
            server.asked.append((self.path, start))
            content = server.files.get(self.path.partition("?")[0])
            if content is None:
                self.send_error(404)
                return
            if start and server.ranges != "unknown":
                if start >= len(content):
                    self.send_error(416)
                    return
                self.send_response(206)
                sent = start if server.ranges == "known" else 1
                self.send_header("Content-Range", f"bytes {sent}-{len(content) - 1}/{len(content)}")
                content = content[sent:]
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            kind, _ = mimetypes.guess_type(self.path)
            if kind is not None:
                # Browsers run no module without it.
                self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(content[: server.breaks_after])

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        thread = threading.Thread(target=http.serve_forever, args=(0.01,))
        thread.start()
        server.address = f"http://127.0.0.1:{http.server_port}"
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def serve_live_page(server: FileServer, explorer: Explorer, folder: Path) -> str:
    """Write the live page of an Explorer, serve it and what is beside it, and return its text.

    It is at ``/demo%20page.html``.
    """
    file = explorer.to_html(folder / "demo page.html", live=True)
    for path in folder.rglob("*"):
        if path.is_file():
            name = path.relative_to(folder).as_posix().replace(" ", "%20")
            server.files[f"/{name}"] = path.read_bytes()
    return file.read_text("utf-8")
