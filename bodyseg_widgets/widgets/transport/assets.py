"""The files that a page needs to run models, sent in parts."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.models import MODELS
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
"""The built files that pages may ask for, beside the bundled models by their names."""


def asset_answer(request: AssetRequest) -> tuple[AssetMessage, Buffers]:
    """Return the answer to a page that asks for a part of a file, and its buffers.

    Only `PROGRAMS` and the bundled models are sent.
    """
    answer: AssetMessage = {
        "kind": "asset",
        "page": request["page"],
        "name": request["name"],
        "offset": request["offset"],
    }
    name, offset = request["name"], request["offset"]
    try:
        path = asset_file(name)
        if offset is None:
            answer["size"], answer["digest"] = asset_facts(name)
            return answer, ()
        with path.open("rb") as file:
            file.seek(max(0, offset))
            return answer, [file.read(ASSET_PART_BYTES)]
    except (BodySegError, OSError) as error:
        answer["message"] = str(error)
        return answer, ()


def models_of(model: str, model_type: str) -> list[str]:
    """Return the names of the files that a page asks for to run a variant of a model."""
    if model == SupportedModels.BlazePose:
        return ["pose_detector", f"pose_{model_type}"]
    return [f"selfie_{model_type}"]


def asset_file(name: str) -> Path:
    """Return one of the files that pages may ask for.

    Raises
    ------
    BodySegError
        There is no such file.
    """
    if name in PROGRAMS:
        return asset_path(name)
    if name in MODELS:
        return model_path(name)
    raise BodySegError(f"A page asked for {name[:80]!r}, which is no file for pages. Reload it.")


@cache
def asset_facts(name: str) -> tuple[int, str]:
    """Return the size of a file in bytes, and its SHA-256 as hexadecimal digits."""
    data = asset_file(name).read_bytes()
    return len(data), hashlib.sha256(data).hexdigest()
