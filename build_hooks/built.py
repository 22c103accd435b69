"""Record what was built from what, so that nothing is built twice.

The record is stored next to the outputs and included in the sdist with them, where it says that
nothing is left to build.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

RECORD = ".built.json"


def sha256(data: bytes) -> str:
    """Return the SHA-256 of `data` as hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def digest_of_files(root: Path, files: Iterable[Path]) -> str:
    """Return one SHA-256 over the names (relative to `root`) and contents of `files`."""
    lines = sorted(
        f"{sha256(file.read_bytes())}  {file.relative_to(root).as_posix()}" for file in files
    )
    return sha256("\n".join(lines).encode())


def is_current(folder: Path, inputs: str) -> bool:
    """Return whether `folder` contains, unchanged, what was built from `inputs`.

    Parameters
    ----------
    folder : pathlib.Path
        The folder of the outputs and their record.
    inputs : str
        The digest of the current inputs.
    """
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        outputs: Mapping[str, str] = record["outputs"]
        return bool(record["inputs"] == inputs and outputs) and all(
            sha256((folder / name).read_bytes()) == digest for name, digest in outputs.items()
        )
    except (FileNotFoundError, KeyError, ValueError):
        return False


def write_record(folder: Path, inputs: str) -> None:
    """Record that the current files in `folder` were built from `inputs`."""
    outputs = {
        file.name: sha256(file.read_bytes())
        for file in sorted(folder.iterdir())
        if file.is_file() and file.name != RECORD
    }
    record = {"inputs": inputs, "outputs": outputs}
    (folder / RECORD).write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
