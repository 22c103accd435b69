"""What a page and a source in the kernel send each other, counted in the kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.browser.lab import Notebook

COUNT = """
import json as _json
from collections import Counter as _Counter
from bodyseg_widgets.widgets.transport import frame_channel as _frame_channel

_received, _received_bytes, _file_bytes = _Counter(), _Counter(), 0
_checked, _post = _frame_channel.checked, _frame_channel.FrameChannel.post

def _count_received(message, buffers):
    kind = message["kind"]
    head = _json.dumps(message, separators=(",", ":"))
    _received[kind] += 1
    _received_bytes[kind] += len(head) + sum(len(each) for each in buffers)
    return _checked(message, buffers)

def _count_sent(channel, message, buffers=()):
    global _file_bytes
    if message["kind"] == "asset":
        _file_bytes += sum(len(each) for each in buffers)
    _post(channel, message, buffers)

_frame_channel.checked = _count_received
_frame_channel.FrameChannel.post = _count_sent
"""
"""Python that counts from now on, to be run in a notebook before what is counted."""


class KernelMessages:
    """Reads what `COUNT` counts in a notebook."""

    def __init__(self, notebook: Notebook) -> None:
        self._notebook = notebook

    def clear(self) -> None:
        """Begin again with nothing."""
        self._notebook.execute("_received.clear(); _received_bytes.clear(); _file_bytes = 0")

    @property
    def received(self) -> dict[str, int]:
        """How many messages came from pages, by kind."""
        counts: dict[str, int] = self._notebook.value("_received")
        return counts

    @property
    def received_bytes(self) -> dict[str, int]:
        """How many bytes they had, by kind."""
        counts: dict[str, int] = self._notebook.value("_received_bytes")
        return counts

    @property
    def file_bytes(self) -> int:
        """How many bytes of programs and models were sent to pages."""
        count: int = self._notebook.value("_file_bytes")
        return count
