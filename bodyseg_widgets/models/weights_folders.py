"""The folders on this computer that have weights."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import ModelFileError
from bodyseg_widgets.files import given_path
from bodyseg_widgets.listeners import Listeners

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bodyseg_widgets.listeners import Unsubscribe

__all__ = [
    "MODELS_VARIABLE",
    "add_weights",
    "added_folders",
    "fetched_folder",
    "new_weights",
    "on_new_weights",
    "own_folders",
]

MODELS_VARIABLE: Final = "BODYSEG_MODELS"
"""The environment variable that names a folder with weights."""

# As below the official address: mobilenet/quant2/075/model-stride16.json.
_LAYOUTS = ("mobilenet/*/*/model-stride*.json", "resnet50/*/model-stride*.json")
_EXAMPLE = "mobilenet/quant2/075/model-stride16.json"

_lock = threading.Lock()
_added: list[Path] = []
_listeners = Listeners[[]]()


@named_arguments
def add_weights(folder: str | os.PathLike[str]) -> None:
    """Use weights of BodyPix that are in a folder, for segmenters and streams made from now on.

    Streams that wait for weights look for them again. The environment variable ``BODYSEG_MODELS``
    names such a folder, too, for example one that a whole class shares. Folders that are added are
    looked into first, the last one before the others.

    Parameters
    ----------
    folder : str or os.PathLike
        A folder with files as below the official address, for example
        ``mobilenet/quant2/075/model-stride16.json`` and its shard ``group1-shard1of1.bin`` beside
        it; or one with a folder ``bodypix`` of that kind.

    Raises
    ------
    ModelFileError
        It does not exist, or has no weights in it.

    Examples
    --------
    >>> from bodyseg_widgets import add_weights
    >>> add_weights("/no/such/folder")
    Traceback (most recent call last):
    bodyseg_widgets.errors.ModelFileError: There is no folder '/no/such/folder'. Check the path.
    """
    path = given_path(folder, refusal=ModelFileError)
    if not path.is_dir():
        raise ModelFileError(f"There is no folder {str(path)!r}. Check the path.")
    inner = _bodypix_folder(path)
    if not any(next(inner.glob(layout), None) for layout in _LAYOUTS):
        raise ModelFileError(
            f"There are no weights of BodyPix in {str(path)!r}: expect files as below the official "
            f"address, for example {_EXAMPLE!r}."
        )
    with _lock:
        if inner in _added:
            _added.remove(inner)
        _added.insert(0, inner)
    new_weights()


def on_new_weights(callback: Callable[[], object]) -> Unsubscribe:
    """Call `callback` whenever weights were added or downloaded; return what unsubscribes it."""
    return _listeners.add(callback)


def new_weights() -> None:
    """Notify of weights that are there now."""
    _listeners.notify()


def added_folders() -> tuple[Path, ...]:
    """Return the folders that were added in this process, the last one first."""
    with _lock:
        return tuple(_added)


def own_folders() -> list[Path]:
    """Return the folders that the user has named, in the order in which they are looked into.

    Raises
    ------
    ModelFileError
        What ``BODYSEG_MODELS`` names is not a folder.
    """
    folders = [*added_folders()]
    named = os.environ.get(MODELS_VARIABLE, "")
    if named:
        path = given_path(named, refusal=ModelFileError)
        if not path.is_dir():
            raise ModelFileError(
                f"The environment variable {MODELS_VARIABLE} names {str(path)!r}, which is not a "
                "folder. Correct or unset it."
            )
        folders.append(_bodypix_folder(path))
    return folders


def fetched_folder() -> Path:
    """Return the folder that weights are downloaded to: in the user's own cache."""
    # Rarely needed.
    from platformdirs import user_cache_path  # noqa: PLC0415

    return user_cache_path("bodyseg_widgets", appauthor=False) / "bodypix"


def _bodypix_folder(folder: Path) -> Path:
    inner = folder / "bodypix"
    return inner if inner.is_dir() else folder
