"""The metadata that MediaPipe Tasks requires of a TFLite model, as a flatbuffer.

MediaPipe rejects a float32 image model that does not specify how pixel values are normalized. The
tables here are the few that it reads; the numbers are their field slots in ``metadata_schema.fbs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import flatbuffers
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.models.catalog import ModelFile

_IDENTIFIER = b"M001"
_PARSER_VERSION = "1.0.0"
_IMAGE_PROPERTIES = 2  # member of union ContentProperties
_NORMALIZATION_OPTIONS = 1  # member of union ProcessUnitOptions
_RGB, _GRAYSCALE = 1, 2  # enum ColorSpaceType
_BRIGHTEST = 255.0


def image_model_metadata(model: ModelFile) -> bytes:
    """Describe a model that takes one RGB image.

    Parameters
    ----------
    model : ModelFile
        Its entry in the catalog.

    Returns
    -------
    bytes
        A ``ModelMetadata`` flatbuffer.
    """
    builder = flatbuffers.Builder()
    image = _image_input(builder, model.mean, model.std)
    outputs = [
        _tensor(
            builder,
            name,
            content=_image_content(builder, _GRAYSCALE)
            if index == model.probability_output
            else None,
        )
        for index, name in enumerate(model.outputs)
    ]
    subgraph = _table(builder, {2: _tables(builder, [image]), 3: _tables(builder, outputs)})
    root = _table(
        builder,
        {
            0: builder.CreateString(model.title),
            3: _tables(builder, [subgraph]),
            7: builder.CreateString(_PARSER_VERSION),
        },
    )
    builder.Finish(root, _IDENTIFIER)
    return bytes(builder.Output())


def _image_input(builder: flatbuffers.Builder, mean: float, std: float) -> int:
    options = _table(builder, {0: _floats(builder, mean), 1: _floats(builder, std)})
    unit = _table(builder, {1: options}, codes={0: _NORMALIZATION_OPTIONS})
    largest, smallest = (_BRIGHTEST - mean) / std, -mean / std
    stats = _table(builder, {0: _floats(builder, largest), 1: _floats(builder, smallest)})
    return _tensor(
        builder,
        "image",
        content=_image_content(builder, _RGB),
        process_units=_tables(builder, [unit]),
        stats=stats,
    )


def _tensor(
    builder: flatbuffers.Builder,
    name: str,
    *,
    content: int | None = None,
    process_units: int | None = None,
    stats: int | None = None,
) -> int:
    fields = {0: builder.CreateString(name), 3: content, 4: process_units, 5: stats}
    return _table(builder, {slot: offset for slot, offset in fields.items() if offset is not None})


def _image_content(builder: flatbuffers.Builder, color_space: int) -> int:
    properties = _table(builder, {}, codes={0: color_space})
    return _table(builder, {1: properties}, codes={0: _IMAGE_PROPERTIES})


def _table(
    builder: flatbuffers.Builder, offsets: Mapping[int, int], codes: Mapping[int, int] | None = None
) -> int:
    """Write a table; `offsets` and `codes` are its references and one-byte fields, by slot."""
    codes = codes or {}
    builder.StartObject(max([*offsets, *codes]) + 1)
    for slot, offset in offsets.items():
        builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    for slot, code in codes.items():
        builder.PrependInt8Slot(slot, code, 0)
    return int(builder.EndObject())


def _tables(builder: flatbuffers.Builder, offsets: Sequence[int]) -> int:
    width = 4
    builder.StartVector(width, len(offsets), width)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    return int(builder.EndVector())


def _floats(builder: flatbuffers.Builder, value: float) -> int:
    """Write a vector of one float; MediaPipe applies it to every channel."""
    return int(builder.CreateNumpyVector(np.array([value], np.float32)))
