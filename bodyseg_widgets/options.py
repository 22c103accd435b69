"""Options shared by all models: which model, and what runs it."""

from __future__ import annotations

import operator
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, get_args

from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "HasSettings",
    "Runtime",
    "SupportedModels",
    "check_max_poses",
    "check_runtime",
    "check_share",
    "check_threads",
    "described",
]

Runtime: TypeAlias = Literal["tensorflow", "mediapipe"]


class SupportedModels(StrEnum):
    """The models, named as in upstream.

    Pass ``MediaPipeSelfieSegmentation`` to :func:`create_segmenter`, ``BlazePose`` to
    :func:`create_detector`.
    """

    MediaPipeSelfieSegmentation = "MediaPipeSelfieSegmentation"
    BlazePose = "BlazePose"


class HasSettings(Protocol):
    """A segmenter or detector that knows what it was created with."""

    @property
    def settings(self) -> Mapping[str, object]:
        """The arguments it was created with."""

    @property
    def disposed(self) -> bool:
        """Whether it was disposed, and cannot be used any more."""


def described(created: HasSettings) -> str:
    """Return what a segmenter or detector was created with, and whether it is disposed, as text.

    Settings that are None are left out.
    """
    given = [f"{key}={value}" for key, value in created.settings.items() if value is not None]
    disposed = ["disposed"] if created.disposed else []
    return f"{type(created).__name__}({', '.join(given + disposed)})"


def check_runtime(runtime: object) -> None:
    """Raise upstream's error if the runtime is unknown.

    Raises
    ------
    InvalidOptionError
        `runtime` is neither 'tensorflow' nor 'mediapipe'.
    """
    if runtime not in get_args(Runtime):
        raise InvalidOptionError(
            "Expect modelConfig.runtime to be either 'tensorflow' or 'mediapipe', "
            f"but got {runtime}"
        )


def check_threads(runtime: Runtime, num_threads: int | None) -> None:
    """Raise an error if the runtime cannot use a given number of threads.

    Raises
    ------
    InvalidOptionError
        `num_threads` is given for runtime 'mediapipe'.
    """
    if runtime == "mediapipe" and num_threads is not None:
        raise InvalidOptionError(
            f"runtime='mediapipe' chooses its own threads, but got num_threads={num_threads!r}. "
            "Leave num_threads out, or use runtime='tensorflow'."
        )


def check_max_poses(max_poses: Any) -> int:  # noqa: ANN401 - people pass anything
    """Raise upstream's error if `max_poses` is invalid.

    Returns
    -------
    int
        The number, as a Python int.

    Raises
    ------
    InvalidOptionError
        `max_poses` is not a whole number, or is below 1.
    """
    try:
        number = None if isinstance(max_poses, bool) else operator.index(max_poses)
    except TypeError:
        number = None
    if number is None or number < 1:
        raise InvalidOptionError(
            f"Invalid maxPoses {max_poses!r}. Should be > 0. "
            "Set max_poses to how many people to look for, a whole number of at least 1."
        )
    return number


def check_share(name: str, value: float) -> float:
    """Raise an error unless the value is between 0 and 1.

    Raises
    ------
    InvalidOptionError
        `value` is not between 0 and 1.
    """
    if not 0 <= value <= 1:
        raise InvalidOptionError(f"{name} must be a number from 0 to 1, but got {value!r}.")
    return value
