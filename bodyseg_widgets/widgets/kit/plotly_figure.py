"""What the live plots use of plotly: its figures, and its program for the page.

`WatchedFigure` replaces methods that a new release may rename. `tests/unit/test_private_names.py`
fails then, as `pyproject.toml` says beside plotly's range.
"""

from __future__ import annotations

import gzip
import threading
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.extras import needed_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

with needed_for("A live plot"):
    import plotly.graph_objects as go
    from plotly.offline import get_plotlyjs, get_plotlyjs_version

__all__ = ["WatchedFigure", "program", "program_version"]

_PART_BYTES: Final = 256 * 1024


def program_version() -> str:
    """Return the version of plotly.js that comes with plotly."""
    return str(get_plotlyjs_version())


@cache
def program() -> tuple[bytes, ...]:
    """Return plotly.js, compressed by gzip, in parts of 256 KiB: a slow page shows progress."""
    packed = gzip.compress(get_plotlyjs().encode(), compresslevel=6)
    return tuple(packed[at : at + _PART_BYTES] for at in range(0, len(packed), _PART_BYTES))


class WatchedFigure(go.Figure):  # type: ignore[misc]  # plotly has no type information
    """A plotly Figure that says when it is changed. Copies of it do not."""

    _on_change: Callable[[], object] | None = None
    _quiet_thread: int | None = None

    def watch(self, on_change: Callable[[], object] | None) -> None:
        """Call ``on_change()`` after each change, on the thread that makes it."""
        self._on_change = on_change

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """Say nothing of what this thread changes in a ``with`` block; one thread at a time."""
        self._quiet_thread = threading.get_ident()
        try:
            yield
        finally:
            self._quiet_thread = None

    def snapshot(self) -> str:
        """Return it in plotly's JSON, also while another thread changes it."""
        while True:
            try:
                return str(self.to_json())
            except RuntimeError as error:
                # Such as "dictionary changed size during iteration".
                if "during iteration" not in str(error):
                    raise

    def _changed(self, *_: object, **__: object) -> None:
        if self._on_change is not None and self._quiet_thread != threading.get_ident():
            self._on_change()

    # plotly calls these after a change, for its own widget to send.
    _send_addTraces_msg = _changed  # noqa: N815
    _send_moveTraces_msg = _changed  # noqa: N815
    _send_deleteTraces_msg = _changed  # noqa: N815
    _send_restyle_msg = _changed
    _send_relayout_msg = _changed
    _send_update_msg = _changed
