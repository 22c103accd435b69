"""Tell films of JPEG images, which begin like one image, from images."""

from __future__ import annotations

import mmap
import struct
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets.segmentation import Size

__all__ = ["is_jpeg_film"]

# ITU-T T.81, annex B.
_BEGIN: Final = b"\xff\xd8"
_MARKER: Final = 0xFF
_END, _SCAN = 0xD9, 0xDA
_SIZES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_IN_SCAN: Final = frozenset({0x00, *range(0xD0, 0xD8)})
_SEGMENT: Final = struct.Struct(">H")
_SIZE: Final = struct.Struct(">HH")

_Bytes: TypeAlias = "mmap.mmap | bytes"


def is_jpeg_film(file: Path) -> bool:
    """Return whether a file is one JPEG after the other, all of one size: raw Motion JPEG.

    Photos may have more behind them: a film (motion photos), a map of brightness, a smaller image.

    Parameters
    ----------
    file : Path
        A file that is not empty.
    """
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if data[:2] != _BEGIN:
            return False
        first, end = _one_image(data, 0)
        if first is None or data[end : end + 2] != _BEGIN:
            return False
        second, _ = _one_image(data, end)
        return second == first


def _one_image(data: _Bytes, begin: int) -> tuple[Size | None, int]:
    """Return the size of the JPEG that begins there, and where it ends."""
    size: Size | None = None
    at = begin + len(_BEGIN)
    while 0 <= at < len(data) - 1 and data[at] == _MARKER:
        kind = data[at + 1]
        if kind == _MARKER:
            # Padding.
            at += 1
            continue
        if kind == _END:
            return size, at + 2
        if at + 2 + _SEGMENT.size > len(data):
            break
        (length,) = _SEGMENT.unpack(data[at + 2 : at + 2 + _SEGMENT.size])
        if kind in _SIZES and at + 9 <= len(data):
            size = _SIZE.unpack(data[at + 5 : at + 9])
        at += 2 + length
        if kind == _SCAN:
            at = _end_of_scan(data, at)
    return None, at


def _end_of_scan(data: _Bytes, at: int) -> int:
    """Return where compressed pixels end, with the next marker; -1 if there is none."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 >= len(data):
            return -1
        if data[at + 1] not in _IN_SCAN:
            return at
        at += 2
