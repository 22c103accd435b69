"""JupyterLab and a Chromium whose camera plays a numbered clip, for a benchmark."""

from __future__ import annotations

import contextlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.clips import write_clips
from tests.browser.lab import Server, jupyter_server
from tests.browser.quiet_chromium import QuietPage, quiet_chromium
from tests.data import find_data_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLIP_FRAMES = 600
"""20 s of numbered frames, so that each number occurs once per measurement."""

COUNT_MESSAGES_JS = """
(() => {
  window.messages = 0;
  const { WebSocket } = window;
  window.WebSocket = class extends WebSocket {
    constructor(...options) {
      super(...options);
      this.addEventListener('message', () => this.count());
    }
    send(data) {
      this.count();
      super.send(data);
    }
    count() {
      if (this.url.includes('/api/')) window.messages += 1;
    }
  };
})()
"""
"""A script that counts the messages of Jupyter's own WebSockets, of which the link is none."""


def clip_path() -> Path:
    """Return the clip of a signer that every benchmark plays."""
    return find_data_folder() / "asl" / "book.mkv"


@dataclass(frozen=True, slots=True)
class Laboratory:
    """A running JupyterLab, and the clip for the browser's camera."""

    server: Server
    clip: Path

    @contextlib.contextmanager
    def browser(self, size: tuple[int, int], *, flags: Sequence[str] = ()) -> Iterator[QuietPage]:
        """Open a page with a window of `size` (width, height)."""
        with quiet_chromium(camera=self.clip, size=size, flags=flags) as page:
            page.add_init_script(COUNT_MESSAGES_JS)
            yield page


@contextlib.contextmanager
def laboratory(
    *, settings: dict[str, Any] | None = None, link: bool = True
) -> Iterator[Laboratory]:
    """Start JupyterLab, and number the clip.

    Parameters
    ----------
    settings : dict, optional
        JupyterLab settings that differ from the defaults, by plugin.
    link : bool
        Whether frames may go directly to the kernel; otherwise they go through Jupyter.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = write_clips([clip_path()], folder / "c.y4m", frames_each=CLIP_FRAMES)
        with jupyter_server(folder / "jupyter", settings=settings, extension=link) as server:
            yield Laboratory(server, clip)
