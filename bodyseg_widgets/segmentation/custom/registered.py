"""Model files that all processes of a user know: each has a small file in the user's settings."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from bodyseg_widgets.arguments import did_you_mean, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError, ModelFileError, reason
from bodyseg_widgets.files import written_whole
from bodyseg_widgets.options import is_model_name
from bodyseg_widgets.segmentation.custom.fitted import Fit, with_tuples
from bodyseg_widgets.segmentation.custom.model_file import CustomFile

__all__ = ["RegisteredModel", "register", "registered_models", "unregister"]

_LONGEST = 60
"""Of a name, in the name of its file."""


@dataclass(frozen=True, slots=True)
class RegisteredModel:
    """A model's file, and how it is used.

    Attributes
    ----------
    name : str
        What the model is called.
    file : CustomFile
        The file, with its hash.
    fit : Fit
        How images fit it.
    """

    name: str
    file: CustomFile
    fit: Fit


def register(model: RegisteredModel) -> None:
    """Have all processes that begin from now on know a model; one of this name is replaced.

    Raises
    ------
    ModelFileError
        The user's settings cannot be written.
    UnwritableFileError
        The disk did not take it.
    """
    path = _path_of(model.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelFileError(
            f"The folder of your settings {str(path.parent)!r} cannot be created: {reason(error)}. "
            "Change its permissions."
        ) from error
    fields = {
        "name": model.name,
        "file": {**asdict(model.file), "path": str(model.file.path)},
        "fit": asdict(model.fit),
    }
    with written_whole(path, overwrite=True, refusal=ModelFileError) as part:
        part.write_text(json.dumps(fields, indent=2), encoding="utf-8")


def unregister(name: str) -> None:
    """Have processes that begin from now on no longer know a model; its own file stays.

    Raises
    ------
    InvalidOptionError
        There is no such model.
    ModelFileError
        The user's settings cannot be written.
    """
    try:
        _path_of(name).unlink()
    except FileNotFoundError:
        names = [each.name for each in registered_models()[0]]
        there = f"Choose {listed(names)}." if names else "There is none."
        raise InvalidOptionError(
            f"No model of the name {in_short(name)} is registered. {there}"
            f"{did_you_mean(name, names)}"
        ) from None
    except OSError as error:
        raise ModelFileError(
            f"{str(_path_of(name))!r} cannot be removed: {reason(error)}. Change its permissions."
        ) from error


def registered_models() -> tuple[list[RegisteredModel], list[ModelFileError]]:
    """Return all models that are registered, and what is wrong with the others."""
    found, wrong = [], []
    try:
        paths = sorted(_folder().glob("*.json"))
    except OSError as error:
        return [], [ModelFileError(f"Your settings cannot be read: {reason(error)}.")]
    for path in paths:
        # Another process may remove it at this moment.
        with suppress(FileNotFoundError):
            try:
                found.append(_read(path))
            except ModelFileError as error:
                wrong.append(error)
    return found, wrong


def _read(path: Path) -> RegisteredModel:
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        file = {**fields["file"], "path": Path(fields["file"]["path"])}
        model = RegisteredModel(
            fields["name"], CustomFile(**file), Fit(**with_tuples(fields["fit"]))
        )
        if is_model_name(model.name):
            raise ValueError(f"{model.name!r} is a model of this package")  # noqa: TRY301
    except FileNotFoundError:
        raise
    # RecursionError: brackets in brackets.
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise ModelFileError(
            f"The model that is registered in {str(path)!r} is left out, because the file is "
            f"damaged or of another version ({reason(error)}). Remove the file, and register the "
            "model again."
        ) from error
    return model


def _path_of(name: str) -> Path:
    # Names may have any characters, and some file systems take no notice of capitals.
    shown = quote(name, safe=" ")[:_LONGEST]
    return _folder() / f"{shown}-{sha256(name.encode()).hexdigest()[:12]}.json"


def _folder() -> Path:
    from platformdirs import user_config_path  # noqa: PLC0415 - rarely needed

    return user_config_path("bodyseg_widgets", appauthor=False) / "models"
