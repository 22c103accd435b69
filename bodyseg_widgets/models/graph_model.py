"""TensorFlow.js graph models on disk: a JSON file, and the shards that it names beside it."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, Final

from bodyseg_widgets.errors import ModelFileError, reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["shards_of"]

MAX_JSON_BYTES: Final = 16 * 2**20
"""Largest JSON that is read; BodyPix's have 55 kB."""

_SHARD_NAME: Final = re.compile(r"\w[\w.-]*")
_BYTES: Final = {"float32": 4, "int32": 4, "bool": 1, "uint8": 1, "uint16": 2, "float16": 2}


def shards_of(file: Path) -> list[Path]:
    """Return the shards of a graph model, each with as many bytes as its weights need.

    Parameters
    ----------
    file : Path
        The JSON file.

    Raises
    ------
    ModelFileError
        It is not a graph model, or a shard is missing, has another size, or is not in the same
        folder.
    """
    shards: list[Path] = []
    for names, needed in _groups_of(file):
        paths = [file.parent / _name(name, file) for name in names]
        there = sum(_size(path, file) for path in paths)
        if there != needed:
            listing = ", ".join(path.name for path in paths)
            raise ModelFileError(
                f"The weights beside {str(file)!r} are damaged: {listing} has {there} bytes, but "
                f"should have {needed}. Copy or download it again."
            )
        shards += paths
    return shards


def _groups_of(file: Path) -> list[tuple[list[object], int]]:
    """Return the names of shards, by group, and the bytes that they should have together."""
    try:
        size = file.stat().st_size
        text = file.read_bytes() if size <= MAX_JSON_BYTES else b""
    except OSError as error:
        raise ModelFileError(
            f"The model {str(file)!r} cannot be read: {reason(error)}. Check its path and its "
            "permissions."
        ) from error
    try:
        model = json.loads(text)
        is_graph_model = isinstance(model["modelTopology"]["node"], list)
        groups = [
            ([*group["paths"]], sum(_bytes_of(weight) for weight in group["weights"]))
            for group in model["weightsManifest"]
        ]
    # ValueError: no JSON, or no text. RecursionError: brackets in brackets. OverflowError: an
    # infinite size. AttributeError: a weight that is no object.
    except (
        ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError
    ) as error:  # fmt: skip
        raise _not_a_graph_model(file) from error
    if not is_graph_model or not groups:
        raise _not_a_graph_model(file)
    return groups


def _not_a_graph_model(file: Path) -> ModelFileError:
    return ModelFileError(
        f"{str(file)!r} is not a graph model of TensorFlow.js: a JSON file with 'modelTopology' "
        "and 'weightsManifest'. Choose the model's own 'model….json', and copy or download it "
        "again if it is damaged."
    )


def _name(name: object, file: Path) -> str:
    # Nothing that leads out of the folder, on any system.
    if not isinstance(name, str) or not _SHARD_NAME.fullmatch(name):
        raise ModelFileError(
            f"The model {str(file)!r} names {name!r} as a shard, but shards have to be files "
            "beside it. Do not use this model, unless you know who made it and correct that."
        )
    return name


def _size(shard: Path, file: Path) -> int:
    try:
        size = shard.stat().st_size if shard.is_file() else None
    # Such as a name that is too long.
    except OSError:
        size = None
    if size is None:
        raise ModelFileError(
            f"The model {str(file)!r} has no weights: its shard {shard.name!r} is not beside it. "
            "Copy or download it to the same folder."
        )
    return size


def _bytes_of(weight: Mapping[str, Any]) -> int:
    stored = weight.get("quantization", weight)
    return _BYTES[stored["dtype"]] * int(math.prod(weight["shape"]))
