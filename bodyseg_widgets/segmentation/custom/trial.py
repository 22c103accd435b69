"""Try a model file in a process of its own.

Runtimes end the process for some damaged files, and a notebook's work with it. So a file is loaded
and run there first, and only what it needs comes back.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from bodyseg_widgets.errors import BodySegError, InvalidOptionError, ModelFileError
from bodyseg_widgets.runtimes.onnx import check_onnxruntime
from bodyseg_widgets.segmentation.custom.file_options import FileOptions
from bodyseg_widgets.segmentation.custom.fitted import Fit, with_tuples
from bodyseg_widgets.segmentation.custom.fitting import fit_of
from bodyseg_widgets.segmentation.custom.model_file import CustomFile

__all__ = ["answer", "tried"]

_MOST_SECONDS = 300
"""A large network is loaded and run three times in a few seconds."""

_PROGRAM: Final = (
    "import json, sys; asked = json.load(sys.stdin); sys.path[:] = asked.pop('path'); "
    f"from {__name__} import answer; print(answer(asked))"
)
_ERRORS: Final[dict[str, type[BodySegError]]] = {
    each.__name__: each for each in (InvalidOptionError, ModelFileError)
}


def tried(file: CustomFile, options: FileOptions) -> Fit:
    """Load a model file in another process, run it, and return how images fit it.

    Raises
    ------
    MissingDependencyError, IncompatibleDependencyError
        For an .onnx file, see :func:`.check_onnxruntime`.
    ModelFileError
        It cannot be used; the message says why.
    InvalidOptionError
        What it needs is neither in the file nor given, or what is given does not fit.
    """
    if file.runtime == "onnx":
        check_onnxruntime()
    asked = {
        "path": sys.path,
        "file": {**asdict(file), "path": os.fspath(file.path)},
        "options": asdict(options),
    }
    try:
        done = subprocess.run(  # noqa: S603 - this Python, and a program of constant text
            [sys.executable, "-c", _PROGRAM],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=_MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ModelFileError(
            f"{file.path.name!r} was still not loaded and run after {_MOST_SECONDS} seconds. Is "
            "input_size too large?"
        ) from error
    if done.returncode:
        raise ModelFileError(
            f"{file.path.name!r} is damaged, or too large for this machine: it ended the process "
            f"that tried it ({_ending(done)}). Copy or convert the file again."
        )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    if "error" in found:
        raise _ERRORS[found["error"]](f"{file.path.name!r}: {found['message']}")
    return Fit(**with_tuples(found))


def answer(asked: dict[str, Any]) -> str:
    """Do it, in the other process.

    Parameters
    ----------
    asked : dict
        The fields of `CustomFile` and `FileOptions`.

    Returns
    -------
    str
        JSON: the fields of `Fit`, or of an error.
    """
    file = CustomFile(**{**asked["file"], "path": Path(asked["file"]["path"])})
    try:
        network, hints = file.load(file.read(), num_threads=None)
        found = asdict(fit_of(network, hints, FileOptions(**with_tuples(asked["options"]))))
        network.dispose()
    except tuple(_ERRORS.values()) as error:
        found = {"error": type(error).__name__, "message": str(error)}
    return json.dumps(found)


def _ending(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode < 0:
        return signal.Signals(-done.returncode).name
    lines = done.stderr.strip().splitlines()
    return lines[-1] if lines else f"exit code {done.returncode}"
