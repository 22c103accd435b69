"""Which models a stream can run, and how each of them is made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias, cast, get_args

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import Runtime, SupportedModels
from bodyseg_widgets.pose import BlazePoseModelType, create_detector
from bodyseg_widgets.segmentation import SelfieModelType, create_segmenter
from bodyseg_widgets.streaming.frame_model import DetectorModel, FrameModel, SegmenterModel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LIVE_THREADS = 1
"""Threads of a network in a live stream. On a small machine the browser needs the other core
to encode and draw, and two threads gained no frames (measured on 2 cores)."""

_MaxPoses: TypeAlias = "Callable[[], int]"


@dataclass(frozen=True, slots=True)
class LiveModel:
    """One model as streams offer it.

    Attributes
    ----------
    title : str
        How people call it.
    model_types : tuple of str
        Its variants.
    default_type : str
        The variant taken where none is named.
    finds_poses : bool
        Whether it finds poses beside the mask.
    create : callable
        ``(model_type, runtime, max_poses)``: loads it. `max_poses` is a function without
        arguments that says how many people to look for.
    """

    title: str
    model_types: tuple[str, ...]
    default_type: str
    finds_poses: bool
    create: Callable[[str, Runtime, _MaxPoses], FrameModel]


@dataclass(frozen=True, slots=True)
class Choice:
    """One variant of one model, and what runs it.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import choose
    >>> choice = choose("BlazePose", None, "mediapipe")
    >>> choice.model_type, choice.label
    ('full', 'BlazePose full (mediapipe)')
    """

    model: SupportedModels
    model_type: str
    runtime: Runtime

    @property
    def live_model(self) -> LiveModel:
        """The model of this choice."""
        return LIVE_MODELS[self.model]

    @property
    def label(self) -> str:
        """How people call this choice."""
        return f"{self.live_model.title} {self.model_type} ({self.runtime})"

    def factory(self, max_poses: _MaxPoses) -> Callable[[], FrameModel]:
        """Give the function that loads the chosen model.

        Parameters
        ----------
        max_poses : callable
            Says before each frame how many people to look for.
        """
        return partial(self.live_model.create, self.model_type, self.runtime, max_poses)


def choose(model: str, model_type: str | None, runtime: str) -> Choice:
    """Check a choice, and complete it.

    Parameters
    ----------
    model : str
        One of ``SupportedModels``.
    model_type : str or None
        A variant of that model; None takes its default.
    runtime : str
        What runs it.

    Raises
    ------
    InvalidOptionError
        One of them is unknown; the message lists those that are known.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import choose
    >>> choose("BlazePose", "general", "tensorflow")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: model_type of BlazePose must be one of 'lite', \
'full', 'heavy', but got 'general'.
    """
    _check("model", model, tuple(SupportedModels))
    known = SupportedModels(model)
    live = LIVE_MODELS[known]
    chosen = live.default_type if model_type is None else model_type
    _check(f"model_type of {known}", chosen, live.model_types)
    _check("runtime", runtime, get_args(Runtime))
    return Choice(known, chosen, cast("Runtime", runtime))


def _check(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        listed = ", ".join(repr(str(each)) for each in allowed)
        raise InvalidOptionError(f"{name} must be one of {listed}, but got {value!r}.")


def _threads(runtime: Runtime) -> int | None:
    return LIVE_THREADS if runtime == "tensorflow" else None


def _selfie(model_type: str, runtime: Runtime, _: _MaxPoses) -> FrameModel:
    segmenter = create_segmenter(
        SupportedModels.MediaPipeSelfieSegmentation,
        runtime=runtime,
        model_type=cast("SelfieModelType", model_type),
        num_threads=_threads(runtime),
    )
    return SegmenterModel(segmenter)


def _blazepose(model_type: str, runtime: Runtime, max_poses: _MaxPoses) -> FrameModel:
    detector = create_detector(
        SupportedModels.BlazePose,
        runtime=runtime,
        model_type=cast("BlazePoseModelType", model_type),
        enable_segmentation=True,
        num_threads=_threads(runtime),
    )
    return DetectorModel(detector, max_poses=max_poses)


LIVE_MODELS: Final[Mapping[SupportedModels, LiveModel]] = MappingProxyType(
    {
        SupportedModels.MediaPipeSelfieSegmentation: LiveModel(
            "Selfie", get_args(SelfieModelType), "general", finds_poses=False, create=_selfie
        ),
        SupportedModels.BlazePose: LiveModel(
            "BlazePose", get_args(BlazePoseModelType), "full", finds_poses=True, create=_blazepose
        ),
    }
)
"""Every model a stream can run, in the order in which pickers list them."""
