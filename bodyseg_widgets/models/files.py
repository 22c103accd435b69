"""The bundled model files: their paths and contents."""

from __future__ import annotations

from pathlib import Path

from bodyseg_widgets.errors import InvalidOptionError, ModelFileError
from bodyseg_widgets.models.catalog import MODELS

__all__ = ["model_path", "read_model"]

_FOLDER = Path(__file__).parent / "bundled"
_TFLITE_IDENTIFIER = slice(4, 8)


def model_path(name: str) -> Path:
    """Return the path of a bundled model.

    Parameters
    ----------
    name : str
        A key of :data:`~bodyseg_widgets.models.catalog.MODELS`, for example
        ``"selfie_general"``.

    Returns
    -------
    pathlib.Path
        An existing ``.tflite`` file.

    Raises
    ------
    InvalidOptionError
        There is no model with that name.
    ModelFileError
        The file was not built, or has been removed.
    """
    if name not in MODELS:
        choices = ", ".join(repr(known) for known in MODELS)
        raise InvalidOptionError(f"Unknown model {name!r}. Choose one of {choices}.")
    path = _FOLDER / MODELS[name].filename
    if not path.is_file():
        raise ModelFileError(
            f"The file of model {name!r} is missing: {path}. It is part of the package: run "
            f"'pip install --force-reinstall --no-deps bodyseg-widgets', or, in a checkout of "
            f"the sources, 'pip install -e .'."
        )
    return path


def read_model(name: str) -> bytes:
    """Read a bundled model, ready for LiteRT and MediaPipe Tasks alike.

    Parameters
    ----------
    name : str
        A key of :data:`~bodyseg_widgets.models.catalog.MODELS`.

    Returns
    -------
    bytes
        The TFLite flatbuffer, with metadata and built-in operators only.

    Raises
    ------
    InvalidOptionError
        There is no model with that name.
    ModelFileError
        The file is missing or is not a TFLite model.
    """
    path = model_path(name)
    data = path.read_bytes()
    if data[_TFLITE_IDENTIFIER] != b"TFL3":
        raise ModelFileError(
            f"The file of model {name!r} is damaged: {path} ({len(data)} bytes) is not a TFLite "
            f"model. Run 'pip install --force-reinstall --no-deps bodyseg-widgets'."
        )
    return data
