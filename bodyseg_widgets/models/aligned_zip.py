"""Uncompressed zips whose files begin at aligned bytes, so that they can be memory-mapped."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["aligned_zip"]

# MediaPipe memory-maps the networks within the bundle, and copies unaligned ones (it logs
# "unaligned buffer").
_ALIGNMENT = 64
_LOCAL_HEADER_SIZE = 30
_EXTRA_HEADER = struct.Struct("<HH")
# The zip extra field that Android's zipalign uses for padding.
_PADDING_FIELD_ID = 0xD935
_OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def aligned_zip(entries: Mapping[str, bytes]) -> bytes:
    """Return an uncompressed zip of these files; the same bytes each time.

    Parameters
    ----------
    entries : mapping of str to bytes
        The files' contents by their names, in ASCII.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, data in entries.items():
            entry = zipfile.ZipInfo(name, _OLDEST_ZIP_DATE)
            entry.extra = _padding(buffer.tell() + _LOCAL_HEADER_SIZE + len(name))
            archive.writestr(entry, data)
    return buffer.getvalue()


def _padding(position: int) -> bytes:
    """Return the zip extra field that moves data at `position` to the next aligned byte."""
    size = -position % _ALIGNMENT
    if size == 0:
        return b""
    if size < _EXTRA_HEADER.size:
        size += _ALIGNMENT
    body = size - _EXTRA_HEADER.size
    return _EXTRA_HEADER.pack(_PADDING_FIELD_ID, body) + bytes(body)
