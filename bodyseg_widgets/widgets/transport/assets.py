"""The files that a page needs to run models, sent in parts."""

from __future__ import annotations

import hashlib
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.models import MODELS, BodyPixVariant, find_weights
from bodyseg_widgets.models.files import model_path
from bodyseg_widgets.options import SupportedModels
from bodyseg_widgets.widgets.kit.assets import asset_path
from bodyseg_widgets.widgets.transport.limits import ASSET_PART_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets.widgets.transport.messages import AssetMessage, AssetRequest, Buffers

PROGRAMS: Final = (
    "inference.js",
    "litert.js.gz",
    "litert.wasm.gz",
    "litert_compat.js.gz",
    "litert_compat.wasm.gz",
)
"""The built files that pages may ask for, beside the bundled models by their names and BodyPix's
networks."""

_BODYPIX: Final = "bodypix_"
"""Before the name of a `BodyPixVariant`."""


def asset_answer(request: AssetRequest) -> tuple[AssetMessage, Buffers]:
    """Return the answer to a page that asks for a part of a file, and its buffers.

    Only `PROGRAMS`, the bundled models and BodyPix's networks are sent, the latter if their weights
    are on this computer.
    """
    answer: AssetMessage = {
        "kind": "asset",
        "page": request["page"],
        "name": request["name"],
        "offset": request["offset"],
    }
    name, offset = request["name"], request["offset"]
    try:
        if offset is None:
            answer["size"], answer["digest"] = asset_facts(name)
            return answer, ()
        return answer, [_part(name, max(0, offset))]
    except (BodySegError, OSError) as error:
        answer["message"] = str(error)
        return answer, ()


def models_of(model: str, model_type: str) -> list[str]:
    """Return the names of the files that a page asks for to run a variant of a model."""
    if model == SupportedModels.BlazePose:
        return ["pose_detector", f"pose_{model_type}"]
    if model == SupportedModels.BodyPix:
        return [f"{_BODYPIX}{model_type}"]
    return [f"selfie_{model_type}"]


def asset_content(name: str) -> bytes:
    """Return the content of one of the files that pages may ask for.

    Raises
    ------
    BodySegError
        There is no such file, or the weights that it is made of are not there.
    """
    return _bodypix(name) if name.startswith(_BODYPIX) else _file(name).read_bytes()


def asset_facts(name: str) -> tuple[int, str]:
    """Return the size of a file in bytes, and its SHA-256 as hexadecimal digits."""
    # Other weights may have come, and files do not change.
    return _facts(_bodypix(name)) if name.startswith(_BODYPIX) else _facts_of_file(name)


def _part(name: str, offset: int) -> bytes:
    if name.startswith(_BODYPIX):
        return _bodypix(name)[offset : offset + ASSET_PART_BYTES]
    with _file(name).open("rb") as file:
        file.seek(offset)
        return file.read(ASSET_PART_BYTES)


def _file(name: str) -> Path:
    if name in PROGRAMS:
        return asset_path(name)
    if name in MODELS:
        return model_path(name)
    raise BodySegError(f"A page asked for {name[:80]!r}, which is no file for pages. Reload it.")


@cache
def _facts_of_file(name: str) -> tuple[int, str]:
    return _facts(_file(name).read_bytes())


def _facts(data: bytes) -> tuple[int, str]:
    return len(data), hashlib.sha256(data).hexdigest()


def _bodypix(name: str) -> bytes:
    """Return the network of a variant of BodyPix.

    Raises
    ------
    BodySegError
        There is no such variant, or its weights are not there, or damaged.
    """
    variant = BodyPixVariant.of_name(name.removeprefix(_BODYPIX))
    path = find_weights(variant)
    return _translated(path, path.stat().st_mtime_ns, variant)


# A page asks for one part after the other, and several panels may have a variant each.
@lru_cache(maxsize=2)
def _translated(path: Path, written: int, variant: BodyPixVariant) -> bytes:
    """Return the network of a file, which is another one when it was `written` anew."""
    del written
    # It needs LiteRT's schema, which pages with Python in them do not have.
    from bodyseg_widgets.segmentation.bodypix.network import network_file  # noqa: PLC0415

    return network_file(path, variant)
