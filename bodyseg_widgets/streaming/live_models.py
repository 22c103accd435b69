"""The models a stream can run: built-in and custom ones."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Literal, Self, TypeAlias, TypedDict, cast, get_args

from bodyseg_widgets.arguments import (
    check_choice,
    check_function,
    in_short,
    listed,
    named_arguments,
)
from bodyseg_widgets.errors import InvalidOptionError, MissingWeightsError, ModelFileError
from bodyseg_widgets.in_page import RUNS_IN_PAGE
from bodyseg_widgets.models import (
    BodyPixVariant,
    added_folders,
    available_variants,
    find_weights,
    on_new_weights,
)
from bodyseg_widgets.options import (
    BROWSER,
    DEFAULT_MODEL_TYPES,
    LIVE_RUNTIMES,
    MODEL_TYPES,
    BlazePoseModelType,
    Runtime,
    SelfieModelType,
    SupportedModels,
    check_runtime,
    find_model,
    is_model_name,
    names_of_models,
)
from bodyseg_widgets.pose import BLAZEPOSE_BODY, BODYPIX_BODY, Body, create_detector
from bodyseg_widgets.registry import Registry
from bodyseg_widgets.segmentation import create_segmenter
from bodyseg_widgets.segmentation.bodypix import PART_LABELS, from_file
from bodyseg_widgets.segmentation.custom import registered
from bodyseg_widgets.segmentation.custom.classes import checked_labels
from bodyseg_widgets.segmentation.custom.file_options import (
    checked_file_options,
    refuse_file_options,
)
from bodyseg_widgets.segmentation.custom.model_file import CustomFile
from bodyseg_widgets.segmentation.custom.segmenter import (
    CUSTOM_MODELS,
    CustomModel,
    model_of_file,
    model_of_function,
)
from bodyseg_widgets.segmentation.custom.trial import tried
from bodyseg_widgets.segmentation.types import person_labels
from bodyseg_widgets.streaming.frame_model import (
    BodyPixModel,
    DetectorModel,
    FrameModel,
    FunctionModel,
    SegmenterModel,
)
from bodyseg_widgets.streaming.pipeline import ModelToRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.segmentation.custom.hints import ColorOrder
    from bodyseg_widgets.segmentation.custom.outputs import Layout
    from bodyseg_widgets.segmentation.custom.segmenter import CustomSegmenter, FindPeople

LIVE_THREADS = 1
"""Threads of a network in a live stream. On a small machine the browser needs the other core to
encode and draw; a second thread gained no frames (measured on 2 cores)."""

_MaxPoses: TypeAlias = "Callable[[], int]"


class _Options(TypedDict):
    """Options of `add_model` for a file."""

    input_size: Sequence[int] | None
    layout: Layout | None
    mean: float | Sequence[float] | None
    std: float | Sequence[float] | None
    color_order: ColorOrder | None
    activation: str
    output: str | None


@dataclass(frozen=True, slots=True)
class LiveModel:
    """One model as streams offer it.

    Attributes
    ----------
    label : str
        What pickers show.
    variants : callable
        Returns the names of its variants; none if it has none.
    default_type : str
        The default variant; empty if it has none.
    runtimes : tuple of str
        The runtimes that can run it.
    finds_poses : bool
        Whether it finds poses in addition to the mask.
    create : callable
        ``(model_type, runtime, max_poses)``: loads it. `max_poses` is a function without arguments
        that returns how many people to look for. For runtime 'browser', what computes the same in
        Python, for pictures that no page has seen.
    version : int
        How often a model with this name was added, which distinguishes the results of its versions.
    labels : mapping of int to str
        See ``Segmentation.labels``: of its classes, or of a person alone.
    body : Body
        The keypoints of its poses, if it finds some.
    warnings : mapping of str to str
        What pickers say beside variants that are better not chosen.
    """

    label: str
    variants: Callable[[], tuple[str, ...]]
    default_type: str
    runtimes: tuple[str, ...]
    finds_poses: bool
    create: Callable[[str, str, _MaxPoses], FrameModel]
    version: int = 1
    labels: Mapping[int, str] = field(default_factory=person_labels)
    body: Body = BLAZEPOSE_BODY
    warnings: Mapping[str, str] = field(default_factory=dict)

    @property
    def model_types(self) -> tuple[str, ...]:
        """The names of its variants that can be chosen now; empty if it has none."""
        return self.variants()

    def title(self, model_type: str) -> str:
        """Return what pickers show for a variant."""
        warning = self.warnings.get(model_type)
        name = f"{self.label} · {model_type}" if model_type else self.label
        return f"{name} ({warning})" if warning else name


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

    model: str
    model_type: str
    runtime: str

    @property
    def live_model(self) -> LiveModel:
        """The model of this choice."""
        return LIVE_MODELS[self.model]

    @property
    def name(self) -> str:
        """The label of model and variant, for example ``"BlazePose full"``."""
        return f"{self.live_model.label} {self.model_type}".rstrip()

    @property
    def label(self) -> str:
        """The label of this choice, with its runtime."""
        return f"{self.name} ({self.runtime})"

    def to_run(
        self, max_poses: _MaxPoses, *, classes: Callable[[], frozenset[int]] = frozenset
    ) -> ModelToRun:
        """Return a loader for the chosen model.

        Parameters
        ----------
        max_poses : callable
            Called before each frame; returns how many people to look for.
        classes : callable, optional
            Called before each frame; returns the label values of the classes whose probabilities
            are wanted. Default: none.
        """
        live = self.live_model

        def key() -> str:
            people = max_poses() if live.finds_poses else 1
            version = f" #{live.version}" if live.version > 1 else ""
            return f"{self.label}{version}" + (f", up to {people} people" if people > 1 else "")

        create = partial(live.create, self.model_type, self.runtime, max_poses)
        return ModelToRun(create, key, classes, runs_here=self.runtime != BROWSER)


def choose(model: str, model_type: str | None, runtime: str) -> Choice:
    """Check a choice and fill in defaults.

    Parameters
    ----------
    model : str
        One of ``SupportedModels``, or the name of a model given to `add_model`.
    model_type : str or None
        A variant of that model; None uses its default.
    runtime : str
        What runs it; ignored for models that have only one way to run.

    Raises
    ------
    InvalidOptionError
        One of them is unknown; the message lists the known ones.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import choose
    >>> choose("BlazePose", "general", "tensorflow")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: model_type of BlazePose must be one of 'lite', \
'full', 'heavy', but got 'general'.
    """
    name = str(check_choice("model", model, LIVE_MODELS, fix=_variant_hint(model)))
    live = LIVE_MODELS[name]
    chosen = live.default_type if model_type is None else model_type
    check_choice(f"model_type of {name}", chosen, live.model_types or ("",))
    check_choice("runtime", runtime, LIVE_RUNTIMES)
    return Choice(name, chosen, runtime if runtime in live.runtimes else live.runtimes[0])


ModelLike: TypeAlias = "str | Sequence[str] | Choice"
"""A model as users name it, see `choose_like`."""


def choose_like(
    model: ModelLike,
    runtime: str | None = None,
    *,
    model_type: str | None = None,
) -> Choice:
    """Find the model that a short name refers to.

    Parameters
    ----------
    model : str, sequence of str or Choice
        The model's name (its default variant), the name of a variant alone if no other model has it
        (``"landscape"``, ``"full"``), or ``(model, model_type)``, or ``(model, model_type,
        runtime)``.
    runtime : str, optional
        What runs it, if `model` does not say so; default ``"tensorflow"``, or ``"browser"`` where
        Python itself runs in a page.
    model_type : str, optional
        The variant, if `model` does not say so; default: the model's own.

    Raises
    ------
    InvalidOptionError
        There is no such model; the message lists the available ones.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import choose_like
    >>> choose_like("landscape").label
    'Selfie landscape (tensorflow)'
    >>> choose_like(("BlazePose", "lite", "mediapipe")).label
    'BlazePose lite (mediapipe)'
    """
    default = LIVE_RUNTIMES[0] if runtime is None else runtime
    if isinstance(model, Choice):
        # A model that has only its own way to run has none that could be asked for.
        own = model.runtime if model.runtime in LIVE_RUNTIMES else default
        return choose(model.model, model.model_type, own)
    named = find_model(model, _model_types()).completed(model_type, None)
    return choose(named.model, named.model_type, named.runtime or default)


def choose_in_python(model: ModelLike) -> Choice:
    """Find the model that a short name refers to, for a function that runs it in Python.

    Parameters
    ----------
    model : str, sequence of str or Choice
        As `choose_like` takes it.

    Raises
    ------
    InvalidOptionError
        There is no such model, or it was asked for in the page.
    """
    choice = choose_like(model)
    if choice.runtime == BROWSER:
        check_runtime(choice.runtime)
    return choice


def missing_weights(choice: Choice) -> MissingWeightsError | None:
    """Return why the weights of a model are not on this computer; None if they are, whole or not.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.live_models import choose_like, missing_weights
    >>> missing_weights(choose_like("general")) is None
    True
    """
    if choice.model != _BODYPIX:
        return None
    try:
        find_weights(BodyPixVariant.of_name(choice.model_type))
    except ModelFileError as error:
        return error if isinstance(error, MissingWeightsError) else None
    return None


def bundled_choices() -> list[Choice]:
    """Return the models that are part of the package, on each runtime of Python that is installed.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.live_models import bundled_choices
    >>> bundled_choices()[0].label
    'Selfie general (tensorflow)'
    """
    installed = [
        runtime
        for runtime in get_args(Runtime)
        if runtime != "mediapipe" or find_spec("mediapipe") is not None
    ]
    return [
        Choice(model, model_type, runtime)
        for model in (_SELFIE, _BLAZEPOSE)
        for model_type in MODEL_TYPES[model]
        for runtime in installed
    ]


def model_names() -> list[str]:
    """Return the names of all models and variants, as `choose_like` takes them.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import model_names
    >>> "lite" in model_names()
    True
    """
    return names_of_models(_model_types())


def names_a_model(given: object) -> bool:
    """Return whether a text is the name of a model or variant, for `choose_like` to take or refuse.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import names_a_model
    >>> names_a_model("lite"), names_a_model("clip.mp4")
    (True, False)
    """
    return is_model_name(given, {**MODEL_TYPES, **_model_types()})


@named_arguments
def add_model(
    name: str,
    model: FindPeople | str | os.PathLike[str],
    *,
    labels: Sequence[str] | None = None,
    input_size: Sequence[int] | None = None,
    layout: Layout | None = None,
    mean: float | Sequence[float] | None = None,
    std: float | Sequence[float] | None = None,
    color_order: ColorOrder | None = None,
    activation: Literal["auto", "softmax", "sigmoid", "none"] = "auto",
    output: str | None = None,
    register: bool = False,
) -> None:
    """Add a model of your own, a function or a file, to all streams, pickers and functions.

    A file is loaded and run once in another process, so that a damaged one does no harm here, and
    again wherever the model is used. It is not copied: keep it where it is. The image is stretched
    to the network's input.

    Parameters
    ----------
    name : str
        The model's name. Adding a name again replaces the model; a stream that runs the old one
        switches to the new one when the model is chosen again.
    model : callable, str or os.PathLike
        A function ``(image) -> probability``. The image is uint8 (H, W, 3), RGB, and read-only,
        because other models get it too; the probability float, shape (h, w) or (h, w, 1) of any
        size, 0 to 1, stretched over the image. With `labels`, it may also be that of each class,
        (h, w, classes), or integers (h, w), the number of each pixel's class. It runs on the
        stream's own thread; a slow one skips frames, its exceptions are shown in its panel, and so
        is that it does not return: it is left behind when another model is chosen or the stream
        closed.

        Or the path of a ``.tflite`` or ``.onnx`` file whose network takes one image and returns a
        map: of a person, of classes, or of their numbers.
    labels : sequence of str, optional
        The label of each class, in the order of the model's. One of them is ``"person"``, whose
        probability is that of a person, or ``"background"``: then it is 1 minus its probability.
        For MediaPipe's multiclass selfie: ``["background", "hair", "body-skin", "face-skin",
        "clothes", "others"]``. Default: those in a .tflite file's metadata, or a person alone.
    input_size : sequence of int, optional
        Of a file: (height, width) of the input, in pixels, if the network takes any.
    layout : {'NHWC', 'NCHW'}, optional
        Of a file: whether the input has its channels last, as in TensorFlow, or first, as in
        PyTorch. Default: where it has three.
    mean, std : float or sequence of float, optional
        Of a file: a pixel value ``x``, 0 to 255, is normalized to ``(x - mean) / std``, with a
        number for all channels or one for each. Default: what the file's metadata say, TFLite's
        NormalizationOptions or ONNX's Image.NominalPixelRange. Without metadata, a uint8 or int8
        input gets pixel values as they are, and another one needs this.
    color_order : {'rgb', 'bgr'}, optional
        Of a file: the order of the channels. Default: ONNX's Image.BitmapPixelFormat, or 'rgb'.
    activation : {'auto', 'softmax', 'sigmoid', 'none'}
        Of a file: what turns the network's values into probabilities. 'auto' looks at its values
        for a black, a white and a noisy image: none if they are from 0 to 1, else softmax for
        several classes, sigmoid for one.
    output : str, optional
        Of a file: the name of the output to use, if several are maps.
    register : bool
        Of a file: whether to note it, with its SHA-256, in your settings, so that all processes of
        yours on this computer that begin from now on know the model, and the command ``bodyseg``
        does; until `remove_model`.

    Raises
    ------
    InvalidOptionError
        The name is empty, or is that of a built-in model or variant; `model` is neither a function
        nor a file that is read; what a network needs is neither in the file nor given, or what is
        given does not fit.
    ModelFileError
        The file is missing or damaged, or its network does not take one image or return a map; or
        your settings cannot be written.
    MissingDependencyError, IncompatibleDependencyError
        For an .onnx file, onnxruntime is not installed, or in a version that can report usage.

    Examples
    --------
    >>> from bodyseg_widgets import add_model
    >>> from bodyseg_widgets.streaming import choose_like
    >>> add_model("Bright", lambda image: image.mean(axis=2) / 255)
    >>> choose_like("Bright").label
    'Bright (python)'
    >>> from bodyseg_widgets.models import model_path
    >>> add_model("My copy", model_path("selfie_general"))
    >>> choose_like("My copy").label
    'My copy (tensorflow)'
    """
    given: object = name
    if not isinstance(given, str) or not given or is_model_name(given):
        taken = listed(sorted(names_of_models()))
        raise InvalidOptionError(
            f"The name of a custom model must be a non-empty text other than {taken}, but got "
            f"{in_short(name)}. Write add_model('My model', find_people)."
        )
    options: _Options = {
        "input_size": input_size,
        "layout": layout,
        "mean": mean,
        "std": std,
        "color_order": color_order,
        "activation": activation,
        "output": output,
    }
    if isinstance(model, str | os.PathLike):
        file = CustomFile.find(model)
        checked = checked_file_options(labels=labels, **options)
        fit = tried(file, checked)
        custom = model_of_file(name, file, fit)
        if register:
            registered.register(registered.RegisteredModel(name, file, fit))
    else:
        check_function(
            "model", model, "(image) -> probability, or the path of a .tflite or .onnx file"
        )
        refuse_file_options(options)
        if register:
            raise InvalidOptionError(
                "register=True is for model files, but got a function, which other processes do "
                "not have. Call add_model in each program, or make a file of the model."
            )
        custom = model_of_function(name, model, checked_labels(labels))
    CUSTOM_MODELS[name] = custom
    LIVE_MODELS.put(name, partial(_live_model, name, custom))


@named_arguments
def remove_model(name: str) -> None:
    """Forget a model that ``add_model(…, register=True)`` or ``bodyseg models add`` registered.

    Processes that begin from now on do not know it; this one does until it ends. The model's file
    stays where it is.

    Parameters
    ----------
    name : str
        The model's name.

    Raises
    ------
    InvalidOptionError
        No model of this name is registered; the message lists those that are.
    ModelFileError
        Your settings cannot be written.

    Examples
    --------
    >>> from bodyseg_widgets import remove_model
    >>> remove_model("No such model")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: No model of the name 'No such model' is registered. \
There is none.
    """
    registered.unregister(name)


def _live_model(name: str, custom: CustomModel, replaced: LiveModel | None) -> LiveModel:
    return LiveModel(
        name,
        tuple,
        "",
        (custom.runtime,),
        finds_poses=False,
        create=lambda model_type, runtime, max_poses: _loaded(  # noqa: ARG005
            custom.runtime, custom.create, max_poses
        ),
        version=1 if replaced is None else replaced.version + 1,
        labels=custom.labels,
    )


def _loaded(
    runtime: str, create: Callable[[int | None], CustomSegmenter], _: _MaxPoses
) -> FrameModel:
    if runtime == "python":
        return FunctionModel(create(None))
    return SegmenterModel(create(LIVE_THREADS))


@dataclass(frozen=True, slots=True)
class PortableModel:
    """A model for another process, which does not know what was added in this one.

    Attributes
    ----------
    choice : Choice
        Which one it is.
    load : callable or None
        ``(max_poses)``: loads what was added by `add_model`, or BodyPix, whose weights may be in
        folders that were added by `add_weights`; None for all others.
    """

    choice: Choice
    load: Callable[[_MaxPoses], FrameModel] | None

    @classmethod
    def of(cls, choice: Choice) -> Self:
        """Take along what another process needs."""
        if choice.model == _BODYPIX:
            return cls(choice, partial(_bodypix_in, added_folders(), choice.model_type))
        custom = CUSTOM_MODELS.get(choice.model)
        # Only that: labels cannot be pickled, and segmenters bring their own.
        load = None if custom is None else partial(_loaded, custom.runtime, custom.create)
        return cls(choice, load)

    def create(self, max_poses: int = 1) -> FrameModel:
        """Load it, in any process; `max_poses` is how many people to look for."""
        if self.load is not None:
            return self.load(lambda: max_poses)
        return self.choice.to_run(lambda: max_poses).create()


def on_new_model(callback: Callable[[], object]) -> Unsubscribe:
    """Call `callback` whenever a model is added; return a function that unsubscribes it."""
    return LIVE_MODELS.on_change(callback)


def _model_types() -> dict[str, tuple[str, ...]]:
    return {name: live.model_types for name, live in LIVE_MODELS.items()}


def _variant_hint(model: object) -> str:
    for name, live in LIVE_MODELS.items():
        if model in live.model_types:
            return f"{model!r} is a model_type of {str(name)!r}: choose({model!r}) sets both."
    return ""


def _in_python(runtime: str) -> tuple[Runtime, int | None]:
    """Return the runtime, or what computes the same in Python, and its number of threads."""
    if runtime == "mediapipe":
        return "mediapipe", None
    # A page runs the same files on LiteRT.js.
    return "tensorflow", LIVE_THREADS


def _selfie(model_type: str, runtime: str, _: _MaxPoses) -> FrameModel:
    own, threads = _in_python(runtime)
    segmenter = create_segmenter(
        SupportedModels.MediaPipeSelfieSegmentation,
        runtime=own,
        model_type=cast("SelfieModelType", model_type),
        num_threads=threads,
    )
    return SegmenterModel(segmenter)


def _blazepose(model_type: str, runtime: str, max_poses: _MaxPoses) -> FrameModel:
    own, threads = _in_python(runtime)
    detector = create_detector(
        SupportedModels.BlazePose,
        runtime=own,
        model_type=cast("BlazePoseModelType", model_type),
        enable_segmentation=True,
        num_threads=threads,
    )
    return DetectorModel(detector, max_poses=max_poses)


def _bodypix_variants() -> tuple[str, ...]:
    return tuple(variant.name for variant in available_variants())


def _bodypix(model_type: str, _: str, max_poses: _MaxPoses) -> FrameModel:
    return _bodypix_in((), model_type, max_poses)


def _bodypix_in(folders: Sequence[Path], model_type: str, max_poses: _MaxPoses) -> FrameModel:
    variant = BodyPixVariant.of_name(model_type)
    weights = find_weights(variant, folders=folders)
    segmenter = from_file(weights, variant, num_threads=LIVE_THREADS)
    return BodyPixModel(segmenter, max_poses=max_poses)


_SELFIE = str(SupportedModels.MediaPipeSelfieSegmentation)
_BLAZEPOSE = str(SupportedModels.BlazePose)
_BODYPIX = str(SupportedModels.BodyPix)
_BUNDLED = {
    _SELFIE: LiveModel(
        "Selfie",
        lambda: MODEL_TYPES[_SELFIE],
        DEFAULT_MODEL_TYPES[_SELFIE],
        LIVE_RUNTIMES,
        finds_poses=False,
        create=_selfie,
    ),
    _BLAZEPOSE: LiveModel(
        "BlazePose",
        lambda: MODEL_TYPES[_BLAZEPOSE],
        DEFAULT_MODEL_TYPES[_BLAZEPOSE],
        LIVE_RUNTIMES,
        finds_poses=True,
        create=_blazepose,
    ),
}
if not RUNS_IN_PAGE:
    # It needs LiteRT's schema, also where the page runs it.
    _BUNDLED[_BODYPIX] = LiveModel(
        "BodyPix",
        _bodypix_variants,
        BodyPixVariant(quant_bytes=2).name,
        ("tensorflow", BROWSER),
        finds_poses=True,
        create=_bodypix,
        labels=PART_LABELS,
        body=BODYPIX_BODY,
        warnings={
            each.name: "poor masks" for each in BodyPixVariant.all() if each.quant_bytes == 1
        },
    )

_OWN = {name: _live_model(name, custom, None) for name, custom in CUSTOM_MODELS.items()}

LIVE_MODELS: Final = Registry({**_BUNDLED, **_OWN})
"""Every model a stream can run, in the order pickers list them; `add_model` adds to it."""

if not RUNS_IN_PAGE:
    # Variants of BodyPix come with their weights.
    on_new_weights(lambda: LIVE_MODELS.put(_BODYPIX, lambda live: live or _BUNDLED[_BODYPIX]))
