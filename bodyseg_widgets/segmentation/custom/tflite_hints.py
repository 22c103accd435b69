"""What a ``.tflite`` file says of itself.

It is in the metadata that MediaPipe and Android's tools read, a flatbuffer of its own
(``metadata_schema.fbs`` of TensorFlow Lite Support), with files of labels in a ZIP archive behind
it.
"""

from __future__ import annotations

import io
import struct
import zipfile

from flatbuffers import number_types
from flatbuffers.table import Table

from bodyseg_widgets.errors import ModelFileError
from bodyseg_widgets.segmentation.custom.hints import Hints

__all__ = ["hints_of_tflite"]

_METADATA_NAME = b"TFLITE_METADATA"
_MAX_LABELS_BYTES = 100_000

# Slots of tables' fields, in schema.fbs and metadata_schema.fbs.
_MODEL_BUFFERS, _MODEL_METADATA = 4, 6
_ENTRY_NAME, _ENTRY_BUFFER = 0, 1
_BUFFER_DATA = 0
_SUBGRAPHS = 3
_INPUTS, _OUTPUTS = 2, 3
_PROCESS_UNITS, _ASSOCIATED_FILES = 4, 6
_UNION_TYPE, _UNION = 0, 1
_MEAN, _STD = 0, 1
_FILE_NAME, _FILE_TYPE = 0, 2
_NORMALIZATION_OPTIONS = 1
_LABELS_OF_CLASSES = (2, 3)
"""Files with one label for each number along an axis, and for each value."""


def hints_of_tflite(model: bytes) -> Hints:
    """Return what a .tflite file's metadata say.

    Parameters
    ----------
    model : bytes
        The file's content, which LiteRT accepts.

    Raises
    ------
    ModelFileError
        The metadata are damaged.

    Examples
    --------
    >>> from bodyseg_widgets.models import read_model
    >>> from bodyseg_widgets.segmentation.custom.tflite_hints import hints_of_tflite
    >>> hints_of_tflite(read_model("selfie_general")).std
    (255.0,)
    """
    try:
        metadata = _metadata_of(model)
        return Hints() if metadata is None else _hints_of(metadata, model)
    except Exception as error:  # whatever damaged bytes lead to
        raise ModelFileError(
            f"Its metadata are damaged: {error}. Copy or convert the file again."
        ) from error


def _metadata_of(model: bytes) -> bytes | None:
    root = _root(model)
    for entry in _tables(root, _MODEL_METADATA):
        if _text(entry, _ENTRY_NAME) == _METADATA_NAME:
            number = entry.GetSlot(_slot(_ENTRY_BUFFER), 0, number_types.Uint32Flags)
            return _vector_bytes(_tables(root, _MODEL_BUFFERS)[number], _BUFFER_DATA)
    return None


def _hints_of(metadata: bytes, model: bytes) -> Hints:
    subgraphs = _tables(_root(metadata), _SUBGRAPHS)
    if not subgraphs:
        return Hints()
    mean = std = None
    for image in _tables(subgraphs[0], _INPUTS)[:1]:
        for unit in _tables(image, _PROCESS_UNITS):
            kind = unit.GetSlot(_slot(_UNION_TYPE), 0, number_types.Uint8Flags)
            if kind == _NORMALIZATION_OPTIONS:
                options = _union(unit, _UNION)
                mean, std = _floats(options, _MEAN), _floats(options, _STD)
    labels: dict[int, tuple[str, ...]] = {}
    for number, output in enumerate(_tables(subgraphs[0], _OUTPUTS)):
        for file in _tables(output, _ASSOCIATED_FILES):
            kind = file.GetSlot(_slot(_FILE_TYPE), 0, number_types.Int8Flags)
            if kind in _LABELS_OF_CLASSES:
                labels[number] = _labels_in(model, _text(file, _FILE_NAME).decode())
    return Hints(mean=mean, std=std, labels=labels)


def _labels_in(model: bytes, name: str) -> tuple[str, ...]:
    with zipfile.ZipFile(io.BytesIO(model)) as archive, archive.open(name) as file:
        lines = file.read(_MAX_LABELS_BYTES).decode().splitlines()
    return tuple(line.strip() for line in lines if line.strip())


# --- flatbuffers ---------------------------------------------------------------------------


def _root(data: bytes) -> Table:
    (position,) = struct.unpack_from("<I", data)
    return Table(data, position)


def _slot(number: int) -> int:
    return 4 + 2 * number


def _tables(table: Table, slot: int) -> list[Table]:
    offset = table.Offset(_slot(slot))
    if not offset:
        return []
    start, length = table.Vector(offset), table.VectorLen(offset)
    if start + 4 * length > len(table.Bytes):
        raise IndexError(f"a list of {length}")
    return [Table(table.Bytes, table.Indirect(start + 4 * each)) for each in range(length)]


def _union(table: Table, slot: int) -> Table:
    offset = table.Offset(_slot(slot))
    if not offset:
        raise ValueError("options are missing")
    return Table(table.Bytes, table.Indirect(table.Pos + offset))


def _text(table: Table, slot: int) -> bytes:
    offset = table.Offset(_slot(slot))
    return bytes(table.String(table.Pos + offset)) if offset else b""


def _vector_bytes(table: Table, slot: int) -> bytes:
    offset = table.Offset(_slot(slot))
    if not offset:
        return b""
    start, length = table.Vector(offset), table.VectorLen(offset)
    return bytes(table.Bytes[start : start + length])


def _floats(table: Table, slot: int) -> tuple[float, ...] | None:
    offset = table.Offset(_slot(slot))
    if not offset:
        return None
    start, length = table.Vector(offset), table.VectorLen(offset)
    if start + 4 * length > len(table.Bytes):
        raise IndexError(f"a list of {length}")
    return struct.unpack_from(f"<{length}f", table.Bytes, start)
