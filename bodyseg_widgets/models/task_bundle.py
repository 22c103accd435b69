"""Build pose ``.task`` bundles for MediaPipe Tasks in memory.

The package includes each network once; a bundle is the detector and one landmark network in an
uncompressed zip.
"""

from __future__ import annotations

import io
import struct
import zipfile
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.models.files import read_model

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["POSE_MODEL_TYPES", "pose_task"]

POSE_MODEL_TYPES = ("lite", "full", "heavy")
"""The landmark networks a pose bundle can contain, from fast to accurate."""

# MediaPipe memory-maps the networks within the bundle, and copies unaligned ones (it logs
# "unaligned buffer").
_ALIGNMENT = 64
_LOCAL_HEADER_SIZE = 30
_EXTRA_HEADER = struct.Struct("<HH")
# The zip extra field that Android's zipalign uses for padding.
_PADDING_FIELD_ID = 0xD935
_OLDEST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def pose_task(model_type: str) -> bytes:
    """Build the MediaPipe bundle of one pose model.

    Parameters
    ----------
    model_type : {"lite", "full", "heavy"}
        The landmark network to bundle with the detector.

    Returns
    -------
    bytes
        For ``BaseOptions(model_asset_buffer=...)``: 6, 10 or 31 MB.

    Raises
    ------
    InvalidOptionError
        `model_type` is not one of the three.
    ModelFileError
        A model file is missing or damaged.
    """
    if model_type not in POSE_MODEL_TYPES:
        choices = ", ".join(repr(known) for known in POSE_MODEL_TYPES)
        raise InvalidOptionError(
            f"Unknown pose model type {model_type!r}. Choose one of {choices}."
        )
    return _aligned_zip(
        {
            "pose_detector.tflite": read_model("pose_detector"),
            "pose_landmarks_detector.tflite": read_model(f"pose_{model_type}"),
        }
    )


def _aligned_zip(entries: Mapping[str, bytes]) -> bytes:
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
