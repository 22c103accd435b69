"""What a page may have opened, by whoever sees it."""

from __future__ import annotations

import contextlib
import sys
import threading
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.streaming.sources import is_address
from bodyseg_widgets.widgets.kit.host import is_voila

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
PAGE_SOURCES = ("camera", "screen", "upload", "sample", "path", "url", "kernel camera")
"""What a person can choose in a page. The first four are the person's own or the package's;
``"path"`` is any file on the kernel's computer, ``"url"`` any address that it reaches, and
``"kernel camera"`` any camera of it."""

HARMLESS = frozenset({"camera", "screen", "upload", "sample"})
"""What nothing of the kernel's computer is shown by."""


def page_is_trusted() -> bool:
    """Whether whoever sees the page can run code in the kernel anyway.

    So it is in JupyterLab, Notebook, VS Code and Colab. A page of Voila is for visitors, and so may
    be any other whose host does not run IPython's kernel.
    """
    if is_voila():
        return False
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None) is not None


class PagePolicy:
    """Tells what a page asked for from what the notebook's author did. Thread-safe.

    Parameters
    ----------
    may_open : callable
        Returns which of ``PAGE_SOURCES`` the page may have opened.
    uploaded : callable
        Returns the path of the file that was uploaded last; empty if there is none.
    """

    def __init__(
        self, may_open: Callable[[], Collection[str]], uploaded: Callable[[], str]
    ) -> None:
        self._may_open = may_open
        self._uploaded = uploaded
        self._thread = threading.local()
        self._given: set[tuple[str, str | int]] = set()

    @contextlib.contextmanager
    def page_at_work(self) -> Iterator[None]:
        """Take what is set meanwhile on this thread as set by the page."""
        self._thread.page = True
        try:
            yield
        finally:
            self._thread.page = False

    def give(self, source: str, which: str | int) -> None:
        """Let a source be opened from now on, because the author has given it."""
        self._given.add((source, which))

    def note(self, source: str, which: str | int) -> None:
        """Note a source that a trait was set to, which is given unless the page has set it."""
        if not getattr(self._thread, "page", False):
            self.give(source, which)

    def check(self, source: str, path: str, device: int) -> None:
        """Check what a page wants to open: the values of `Webcam.source`, `path`, `kernel_device`.

        Raises
        ------
        SourceError
            It may not; the message is the same whether it exists or not.
        """
        which: str | int
        match source:
            case "file":
                which, kind = path, "url" if is_address(path) else "path"
                if path and path == self._uploaded():
                    kind = "upload"
            case "kernel camera":
                which, kind = device, source
            case _:
                return
        may_open = self._may_open()
        if kind in may_open or (source, which) in self._given:
            return
        allowed = ", ".join(each for each in PAGE_SOURCES if each in may_open) or "nothing"
        message = (
            f"What is chosen in this page may be: {allowed}; not: {kind}. Its author can allow "
            f"more: Webcam(page_may_open={sorted({*may_open, kind})!r})."
        )
        raise SourceError(message)
