"""All errors of this package, in one hierarchy.

Every message names the value given, the values allowed, and the fix. Catch :class:`BodySegError`
for all of them, or the standard exception that a class also derives from (``ValueError``,
``ImportError``, ``RuntimeError``).

Examples
--------
>>> from bodyseg_widgets.errors import BodySegError, InvalidImageError
>>> issubclass(InvalidImageError, ValueError) and issubclass(InvalidImageError, BodySegError)
True
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TypeAlias

    FetchWeights: TypeAlias = Callable[
        [Callable[[int], None], Callable[[], bool]],
        None,
    ]
    """``(progress, cancelled)``; see `MissingWeightsError`."""

__all__ = [
    "BodySegError",
    "DisposedError",
    "EffectError",
    "ExistingFileError",
    "IncompatibleDependencyError",
    "InvalidImageError",
    "InvalidOptionError",
    "MissingDependencyError",
    "MissingImageError",
    "MissingWeightsError",
    "ModelFileError",
    "RecordingError",
    "SourceError",
    "UnknownArgumentError",
    "UnknownAttributeError",
    "UnknownImportError",
    "UnwritableFileError",
]


class BodySegError(Exception):
    """Base class of every error that this package raises on purpose."""


class InvalidImageError(BodySegError, ValueError):
    """The image cannot be read, or is not of a kind that segmenters and detectors accept."""


class InvalidOptionError(BodySegError, ValueError):
    """An option's value is not one of its choices, or out of range."""


class UnknownArgumentError(BodySegError, TypeError):
    """An argument has a name that is not known here, or one is missing or too many."""


class UnknownAttributeError(BodySegError, AttributeError):
    """An object or the package has no attribute of this name, or not with its options."""


class UnknownImportError(BodySegError, ImportError):
    """The package has nothing of this name to import."""


class DisposedError(BodySegError, RuntimeError):
    """The object was used after ``dispose()``."""


class EffectError(BodySegError):
    """A custom effect raised an error, which is this one's ``__cause__``."""


class ModelFileError(BodySegError):
    """A model file is missing, damaged, or not the requested model."""


class MissingWeightsError(ModelFileError):
    """A model needs weights that are not part of this package and not on this computer.

    Parameters
    ----------
    message : str
        What would be downloaded, from where, how large it is, and how.
    url : str
        Where the weights are.
    size : int
        Bytes that would be downloaded.
    fetch : callable or None
        ``(progress, cancelled)``: downloads them, and calls ``progress(bytes)`` with the bytes that
        are there and ``cancelled()``, whether to end, many times a second. None where this package
        does not download them, because it knows no hash of them.
    """

    def __init__(self, message: str, *, url: str, size: int, fetch: FetchWeights | None) -> None:
        super().__init__(message)
        self.url = url
        self.size = size
        self.fetch = fetch


class MissingImageError(BodySegError):
    """The image of a frame has stayed in the browser, because nobody asked for it."""


class SourceError(BodySegError):
    """A source cannot be opened, read, or sought in."""


class ExistingFileError(BodySegError, FileExistsError):
    """A file is in the place of the one to write, and was not to be replaced.

    Parameters
    ----------
    path : Path
        What is there.
    kind : str
        What it is, if it is not a file: such as a folder, which is never replaced.

    Examples
    --------
    >>> from pathlib import Path
    >>> from bodyseg_widgets.errors import ExistingFileError
    >>> print(ExistingFileError(Path("talk.mp4")))
    'talk.mp4' exists already. Choose another path, or replace it with overwrite=True.
    """

    def __init__(self, path: Path, *, kind: str = "") -> None:
        super().__init__(
            f"{str(path)!r} is {kind}. Choose another path."
            if kind
            else f"{str(path)!r} exists already. Choose another path, or replace it with "
            "overwrite=True."
        )


class UnwritableFileError(BodySegError, OSError):
    """The system did not write a file: the disk is full, for example, or was removed."""


class RecordingError(BodySegError):
    """A recording cannot be written, or a file is not a recording."""


class IncompatibleDependencyError(BodySegError, ImportError):
    """A package that this feature needs is installed in an unsupported version."""


class MissingDependencyError(BodySegError, ImportError):
    """A package that this feature needs is not installed.

    Parameters
    ----------
    package : str
        The import name of the missing package, for example ``"mediapipe"``.
    extra : str or None
        The extra of bodyseg-widgets that installs it, for example
        ``"mediapipe"``; None if bodyseg-widgets itself does.
    purpose : str
        What needs it, as the start of a sentence, for example
        ``"runtime='mediapipe'"``.

    Examples
    --------
    >>> from bodyseg_widgets.errors import MissingDependencyError
    >>> print(MissingDependencyError("mediapipe", extra="mediapipe", purpose="runtime='mediapipe'"))
    runtime='mediapipe' needs the package 'mediapipe', which is not installed. \
Install it with: pip install "bodyseg-widgets[mediapipe]"
    """

    def __init__(self, package: str, *, extra: str | None, purpose: str) -> None:
        target = "bodyseg-widgets" if extra is None else f'"bodyseg-widgets[{extra}]"'
        fix = f"Install it with: pip install {target}"
        if sys.platform == "emscripten":
            # There, bodyseg-widgets installs without it.
            known = {"cv2": "opencv-python"}.get(package, package)
            fix = (
                f"Python that runs in a page can have some packages: try %pip install {known}. "
                "Otherwise run the notebook with a kernel on a computer."
            )
        super().__init__(
            f"{purpose} needs the package '{package}', which is not installed. {fix}",
            name=package,
        )
        self.extra = extra


def reason(error: Exception) -> str:
    """Return the system's message, without error number and path.

    Examples
    --------
    >>> from bodyseg_widgets.errors import reason
    >>> reason(OSError(28, "No space left on device", "film.mp4"))
    'No space left on device'
    """
    return str((error.strerror if isinstance(error, _HasStrerror) else None) or error)


@runtime_checkable
class _HasStrerror(Protocol):
    """An `OSError`, or an error of FFmpeg, which is one only sometimes."""

    strerror: str | None
