"""Options shared by all models: which model, and what runs it."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, get_args

from bodyseg_widgets.arguments import did_you_mean, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "MODEL_TYPES",
    "BlazePoseModelType",
    "HasSettings",
    "Named",
    "Runtime",
    "SelfieModelType",
    "SupportedModels",
    "check_max_poses",
    "check_runtime",
    "check_share",
    "check_threads",
    "described",
    "find_model",
    "is_model_name",
    "share_of",
]

_PERCENTS = 100

Runtime: TypeAlias = Literal["tensorflow", "mediapipe"]

SelfieModelType: TypeAlias = Literal["general", "landscape"]

BlazePoseModelType: TypeAlias = Literal["lite", "full", "heavy"]


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


MODEL_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    SupportedModels.MediaPipeSelfieSegmentation: get_args(SelfieModelType),
    SupportedModels.BlazePose: get_args(BlazePoseModelType),
}
"""The variants of each bundled model, the default one not necessarily first."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a short name says of a model.

    Attributes
    ----------
    model : str
        Its name.
    model_type, runtime : str or None
        Its variant and what runs it; None where the name does not say so.
    """

    model: str
    model_type: str | None = None
    runtime: str | None = None

    def completed(self, model_type: str | None, runtime: str | None) -> Named:
        """Return the same with options that are given beside the name.

        Raises
        ------
        InvalidOptionError
            The options say something else than the name.
        """
        for option, named, given in (
            ("model_type", self.model_type, model_type),
            ("runtime", self.runtime, runtime),
        ):
            if named is not None and given is not None and named != given:
                raise InvalidOptionError(
                    f"{option} must be one thing, but got {named!r} in the model's name and "
                    f"{option}={given!r}. Leave one of them out."
                )
        return Named(self.model, self.model_type or model_type, self.runtime or runtime)


def find_model(
    given: object,
    known: Mapping[str, Sequence[str]] = MODEL_TYPES,
    *,
    offered: Sequence[str] | None = None,
) -> Named:
    """Find the model that a short name refers to.

    Parameters
    ----------
    given : str or sequence of str
        The model's name, the name of a variant alone, ``(model, model_type)`` or ``(model,
        model_type, runtime)``.
    known : mapping of str to sequence of str
        All models with their variants.
    offered : sequence of str, optional
        Those that a message lists; default: all.

    Raises
    ------
    InvalidOptionError
        There is no such model; the message lists the available ones.

    Examples
    --------
    >>> from bodyseg_widgets.options import find_model
    >>> find_model("lite")
    Named(model='BlazePose', model_type='lite', runtime=None)
    """
    match given:
        case str():
            if given in known:
                return Named(str(given))
            for model, model_types in known.items():
                if given in model_types:
                    return Named(str(model), given)
        case [str(first)]:
            return find_model(first, known, offered=offered)
        case [str(model), str(model_type)]:
            return Named(str(model), model_type)
        case [str(model), str(model_type), str(runtime)]:
            return Named(str(model), model_type, runtime)
    offered = [*known] if offered is None else offered
    names = [*offered, *(model_type for model in offered for model_type in known[model])]
    raise InvalidOptionError(
        f"{given if isinstance(given, str) else in_short(given)} is not a supported model name. "
        f"Choose: {listed(names)}, or (model, model_type), or (model, model_type, runtime)."
        f"{did_you_mean(given, names)}"
    )


def is_model_name(given: object, known: Mapping[str, Sequence[str]] = MODEL_TYPES) -> bool:
    """Return whether a text is the name of a model or of a variant.

    Examples
    --------
    >>> from bodyseg_widgets.options import is_model_name
    >>> is_model_name("lite"), is_model_name("clip.mp4")
    (True, False)
    """
    return isinstance(given, str) and (
        given in known or any(given in model_types for model_types in known.values())
    )


def check_runtime(runtime: object) -> Runtime:
    """Return the runtime, 'tensorflow' for None; raise upstream's error if it is unknown.

    Raises
    ------
    InvalidOptionError
        `runtime` is neither 'tensorflow' nor 'mediapipe'.
    """
    for known in get_args(Runtime):
        if runtime == known:
            return known  # type: ignore[no-any-return]
    if runtime is None:
        return "tensorflow"
    # TensorFlow.js's name of what is LiteRT here.
    meant = did_you_mean("tensorflow" if runtime == "tfjs" else runtime, get_args(Runtime))
    raise InvalidOptionError(
        "Expect modelConfig.runtime to be either 'tensorflow' or 'mediapipe', "
        f"but got {runtime}.{meant}"
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


def check_share(name: str, value: Any) -> float:  # noqa: ANN401 - people pass anything
    """Raise an error unless the value is between 0 and 1.

    Raises
    ------
    InvalidOptionError
        `value` is not between 0 and 1.
    """
    try:
        within = bool(0 <= value <= 1)
    except (TypeError, ValueError):
        within = False
    if not within:
        raise InvalidOptionError(
            f"{name} must be a number from 0 to 1, but got {in_short(value)}.{share_of(value)}"
        )
    return value  # type: ignore[no-any-return]


def share_of(value: object) -> str:
    """Return how to write percents as a share, as a sentence with a space before it; or nothing.

    Examples
    --------
    >>> from bodyseg_widgets.options import share_of
    >>> share_of(30), share_of("red")
    (' Write 30 % as 0.3.', '')
    """
    if isinstance(value, int | float) and 1 < value <= _PERCENTS:
        return f" Write {value:g} % as {value / _PERCENTS:g}."
    return ""
