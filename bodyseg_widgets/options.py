"""Options shared by all models: which model, and what runs it."""

from __future__ import annotations

import operator
from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeAlias, cast, get_args

from bodyseg_widgets.arguments import (
    ExplainedAttributes,
    check_choice,
    did_you_mean,
    in_short,
    listed,
)
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.in_page import RUNS_IN_PAGE
from bodyseg_widgets.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import TracebackType

__all__ = [
    "ACCELERATOR_TITLES",
    "BROWSER",
    "DEFAULT_MODEL_TYPES",
    "MODEL_TYPES",
    "Accelerator",
    "BlazePoseModelType",
    "CreatedModel",
    "LiveRuntime",
    "Named",
    "Runtime",
    "SelfieModelType",
    "SupportedModels",
    "check_max_poses",
    "check_runtime",
    "check_share",
    "check_threads",
    "checked_model",
    "checked_variant",
    "find_model",
    "is_model_name",
    "names_of_models",
    "share_of",
]

_PERCENTS = 100

Runtime: TypeAlias = Literal["tensorflow", "mediapipe"]
"""What runs a model in Python."""

LiveRuntime: TypeAlias = Literal["tensorflow", "mediapipe", "browser"]
"""What runs a stream's model: in Python, or in the page that shows it."""

BROWSER: Final = "browser"
"""The runtime of the page."""

LIVE_RUNTIMES: Final[tuple[str, ...]] = (BROWSER,) if RUNS_IN_PAGE else get_args(LiveRuntime)
"""The runtimes of streams that there are here, the default first."""

Accelerator: TypeAlias = Literal["auto", "wasm", "webgpu"]
"""What a page runs a network with: what is faster, its processor or its graphics card."""

ACCELERATOR_TITLES: Final[Mapping[Accelerator, str]] = MappingProxyType(
    {"auto": "automatic", "wasm": "processor", "webgpu": "graphics card"}
)
"""What pickers show for each."""

SelfieModelType: TypeAlias = Literal["general", "landscape"]

BlazePoseModelType: TypeAlias = Literal["lite", "full", "heavy"]


class SupportedModels(StrEnum):
    """The models, named as in upstream.

    Pass ``MediaPipeSelfieSegmentation`` and ``BodyPix`` to :func:`create_segmenter`, ``BlazePose``
    to :func:`create_detector`.
    """

    MediaPipeSelfieSegmentation = "MediaPipeSelfieSegmentation"
    BodyPix = "BodyPix"
    BlazePose = "BlazePose"


class CreatedModel(Shown, ExplainedAttributes):
    """A segmenter or detector: it knows what it was created with, and is disposed after use.

    Parameters
    ----------
    settings : mapping
        See :attr:`settings`.
    """

    def __init__(self, settings: Mapping[str, object]) -> None:
        self._settings = MappingProxyType({**settings})
        self._disposed = False

    @property
    def settings(self) -> Mapping[str, object]:
        """The arguments of the function that made it."""
        return self._settings

    @property
    def disposed(self) -> bool:
        """Whether it was disposed, and cannot be used any more."""
        return self._disposed

    @abstractmethod
    def dispose(self) -> None:
        """Free the networks and their threads. Calling it again does nothing."""

    def __repr__(self) -> str:
        """Show the settings that are not None."""
        given = [f"{key}={value}" for key, value in self._settings.items() if value is not None]
        disposed = ["disposed"] if self._disposed else []
        return f"{type(self).__name__}({', '.join(given + disposed)})"

    def __enter__(self) -> Self:
        """Return self."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Dispose it."""
        self.dispose()


MODEL_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    SupportedModels.MediaPipeSelfieSegmentation: get_args(SelfieModelType),
    SupportedModels.BodyPix: (),
    SupportedModels.BlazePose: get_args(BlazePoseModelType),
}
"""The variants of each model that have a short name. BodyPix's are `BodyPixVariant.name`, of which
streams offer those whose weights there are."""

DEFAULT_MODEL_TYPES: Final[Mapping[str, str]] = {
    SupportedModels.MediaPipeSelfieSegmentation: "general",
    SupportedModels.BlazePose: "full",
}
"""The variant of each bundled model that is used where none is named."""


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
        return Named(
            self.model,
            model_type if self.model_type is None else self.model_type,
            runtime if self.runtime is None else self.runtime,
        )


def names_of_models(known: Mapping[str, Sequence[str]] = MODEL_TYPES) -> list[str]:
    """Return the names of models, then of their variants.

    Examples
    --------
    >>> from bodyseg_widgets.options import names_of_models
    >>> names_of_models({"BlazePose": ("lite", "full")})
    ['BlazePose', 'lite', 'full']
    """
    return [*known, *(each for model_types in known.values() for each in model_types)]


def find_model(
    given: object,
    known: Mapping[str, Sequence[str]] = MODEL_TYPES,
    *,
    offered: Mapping[str, Sequence[str]] | None = None,
) -> Named:
    """Find the model that a short name refers to.

    Parameters
    ----------
    given : str or sequence of str
        The model's name, the name of a variant alone, ``(model, model_type)`` or ``(model,
        model_type, runtime)``.
    known : mapping of str to sequence of str
        All models with their variants.
    offered : mapping of str to sequence of str, optional
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
    names = names_of_models(known if offered is None else offered)
    raise InvalidOptionError(
        f"{given if isinstance(given, str) else in_short(given)} is not a supported model name. "
        f"Choose: {listed(names)}, or (model, model_type), or (model, model_type, runtime)."
        f"{did_you_mean(given, names)}"
    )


def checked_model(
    model: object,
    model_type: str | None,
    runtime: str | None,
    *,
    offered: Sequence[SupportedModels],
    made: str,
    advice: str,
    also: Sequence[str] = (),
) -> Named:
    """Return the model that was asked for, with the options that are given beside its name.

    Parameters
    ----------
    model : SupportedModels, str or sequence of str
        See `find_model`.
    model_type, runtime : str or None
        Options that are given beside it.
    offered : sequence of SupportedModels
        What it can be.
    made : str
        What is made of it, in the plural.
    advice : str
        What to do with other models, as a sentence.
    also : sequence of str
        Names of models of the user's own, which are offered as well.

    Raises
    ------
    InvalidOptionError
        The model is unknown, or is another one.

    Examples
    --------
    >>> from bodyseg_widgets.options import SupportedModels, checked_model
    >>> blazepose = SupportedModels.BlazePose
    >>> checked_model("lite", None, None, offered=[blazepose], made="detectors", advice="")
    Named(model='BlazePose', model_type='lite', runtime=None)
    """
    choices: dict[str, tuple[str, ...]] = {each: MODEL_TYPES[each] for each in offered}
    names = {**choices, **dict.fromkeys(also, ())}
    named = find_model(model, offered=names).completed(model_type, runtime)
    if named.model not in offered:
        raise InvalidOptionError(
            f"{in_short(model)} is not a supported model name of {made}. Choose: "
            f"{listed(names_of_models(choices))}. {advice}"
        )
    return named


def checked_variant(named: Named) -> tuple[str, Runtime]:
    """Return the variant of a bundled model and its runtime, defaults included.

    Raises
    ------
    InvalidOptionError
        The variant or the runtime is unknown.

    Examples
    --------
    >>> from bodyseg_widgets.options import Named, checked_variant
    >>> checked_variant(Named("BlazePose"))
    ('full', 'tensorflow')
    """
    runtime = check_runtime(named.runtime)
    default = DEFAULT_MODEL_TYPES[named.model]
    chosen = default if named.model_type is None else named.model_type
    what = "model_type (modelConfig.modelType)"
    return check_choice(what, chosen, MODEL_TYPES[named.model]), runtime


def is_model_name(given: object, known: Mapping[str, Sequence[str]] = MODEL_TYPES) -> bool:
    """Return whether a text is the name of a model or of a variant.

    Examples
    --------
    >>> from bodyseg_widgets.options import is_model_name
    >>> is_model_name("lite"), is_model_name("clip.mp4")
    (True, False)
    """
    return isinstance(given, str) and given in names_of_models(known)


def check_runtime(runtime: object) -> Runtime:
    """Return the runtime, 'tensorflow' for None; raise upstream's error if it is unknown.

    Raises
    ------
    InvalidOptionError
        `runtime` is neither 'tensorflow' nor 'mediapipe'.
    """
    if runtime == BROWSER:
        raise InvalidOptionError(
            "runtime='browser' runs in the page that shows a live view, such as "
            "Explorer(runtime='browser'), and this runs in Python: choose 'tensorflow' or "
            "'mediapipe'."
        )
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


def check_accelerator(accelerator: object, runtime: str) -> Accelerator:
    """Return the accelerator; raise an error if it is unknown, or the runtime has none.

    Raises
    ------
    InvalidOptionError
        `accelerator` is none of 'auto', 'wasm' and 'webgpu', or the runtime is not 'browser' and it
        is not 'auto'.
    """
    known = check_choice("accelerator", accelerator, get_args(Accelerator))
    if runtime != BROWSER and known != "auto":
        raise InvalidOptionError(
            f"accelerator={known!r} is for models that run in the page, and runtime={runtime!r} "
            "runs in Python, on the processor: choose runtime='browser', or leave it out."
        )
    return cast("Accelerator", known)


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
