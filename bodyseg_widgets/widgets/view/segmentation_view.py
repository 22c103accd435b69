"""The frames of a stream, each drawn with the mask and the poses made from that very frame."""

from __future__ import annotations

import threading
import uuid
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import traitlets

from bodyseg_widgets.arguments import check_choice, in_short
from bodyseg_widgets.cards.views import ViewLook
from bodyseg_widgets.errors import BodySegError, InvalidOptionError
from bodyseg_widgets.segmentation import PERSON_LABELS
from bodyseg_widgets.streaming.effects import (
    BUILTIN_EFFECTS,
    CUSTOM_EFFECTS,
    BuiltinParameters,
    PythonEffect,
    ShaderEffect,
    check_names,
    on_new_effect,
)
from bodyseg_widgets.streaming.effects.builtin_effects import PARAMETERS
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import InvalidTraitError
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.mirrored import Mirrored
from bodyseg_widgets.widgets.stream.segmentation_stream import STREAM_FIX, SegmentationStream
from bodyseg_widgets.widgets.view.effect_traits import EffectTraits, name_options
from bodyseg_widgets.widgets.view.still import picture_of
from bodyseg_widgets.widgets.view.view_effects import (
    DecodedImages,
    Images,
    RunningEffect,
    Values,
    describe_custom_effects,
    in_page_terms,
    values_that_hold,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming.effects import CustomEffect
    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice
    from bodyseg_widgets.widgets.view.view_effects import EffectSpec

VIEWS = ("mask", "heatmap", "cut-out", "contour", "parts", "people", "picture", "effect")
"""What a `SegmentationView` can show."""

_LINE_NUMBERS = 4

_Value = TypeVar("_Value")


class ViewOptions(BuiltinParameters, total=False):
    """First values of a view's traits, with the parameters of the built-in effects."""

    view: str
    threshold: float
    mirror: MirrorChoice
    skeleton: bool
    score_threshold: float
    frame_number: bool
    line: Sequence[float]
    effect: str
    heatmap_of: str


class SegmentationView(Pictured, EffectTraits, Mirrored, Widget):  # type: ignore[misc]  # made of declarations
    """The frames of a stream, each drawn with the mask and the poses made from that very frame.

    Everything is drawn in the browser, from probability and keypoints: thresholds, opacity,
    view, skeleton and mirroring take effect at once, without a message to the kernel.
    Hovering shows the probability of the pixel under the pointer, and names the body part or the
    person there where the model tells them apart; near a joint of the skeleton it names the joint,
    with its score and its place in space.

    The skeleton's left is sky blue (``#56B4E9``), its right orange (``#E69F00``), its middle
    white: left and right of the person, in colors that color-blind people can tell apart. The
    higher a joint's score, the more opaque it is.

    The built-in effects are functions of this package: what is seen is what they make of the frame
    and its mask. Their parameters are traits, declared in ``BuiltinParameters``. Custom effects are
    offered beside them: see `effect` and `ShaderEffect`.

    Parameters
    ----------
    stream : SegmentationStream
        What to show.
    **options
        First values of the traits of these names.

    Notes
    -----
    Colors are set as names or codes of CSS, or as numbers, and read as ``#rrggbb``.

    `background` takes what `replace_background` takes, an opaque color or any image, and the path
    of a video, which plays in a loop, without its sound, while the view is visible. Reading it
    returns a color as ``#rrggbb``, an image as a uint8 RGB array, scaled down to fit 1280 x 1280,
    and a video as its path. A video of at most 32 MB is sent to the page as it is, so the browser
    must be able to play it: MP4 with H.264 and WebM usually work. A video that is chosen in the
    page is a file in a temporary folder until the next one is chosen.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"))
    >>> view = SegmentationView(stream, view="heatmap", mirror=False)
    >>> view.view
    'heatmap'
    """

    _parts = ("stream",)

    _esm = front_end_module("segmentation_view")
    # Its model's id, which anywidget does not tell the view's own front end; other widgets have it
    # in their reference to the view. Made before the model, whose first state contains it.
    _id = traitlets.Unicode().tag(sync=True)
    _custom_effects: traitlets.List[EffectSpec] = traitlets.List().tag(sync=True)
    _effect_values = traitlets.Dict().tag(sync=True)
    _effect_images = traitlets.Dict().tag(sync=True)
    _shader_error = traitlets.Unicode().tag(sync=True)
    # Whether a page shows it: a Python effect runs only then.
    _shown = traitlets.Bool(default_value=False).tag(sync=True)

    stream = traitlets.Instance(SegmentationStream, read_only=True).tag(**REFERENCE, fix=STREAM_FIX)
    """What is shown."""

    view = traitlets.Enum(VIEWS, default_value="mask").tag(sync=True)
    """What is drawn: ``"mask"`` (a color over the person), ``"heatmap"`` (the probability in
    inferno colors, with a color bar), ``"cut-out"`` (the person alone), ``"contour"`` (the
    person's outline), ``"picture"`` (the frame alone) or ``"effect"`` (what `effect`
    says). Two more are offered where results have them: ``"parts"`` (each class, such as a body
    part, in its own color, with a legend) with BodyPix and with models of `add_model` that have
    ``labels``; ``"people"`` (each person in a color of their own) with several people's poses.
    Where they do not, as after another model was chosen, the mask is drawn."""

    heatmap_of = traitlets.Unicode().tag(sync=True)
    """Whose probability the view ``"heatmap"`` shows: the label of one of the model's classes, such
    as ``"left_hand"``, or empty for any person. With a model that has no such class, it is any
    person's. While it is shown, the probability of that class comes with each result."""

    threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """A pixel counts as a person if its probability, in steps of 1/255, is at least this."""

    skeleton = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether to draw the skeletons of the poses, on top of whatever `view` shows."""

    score_threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """Joints are drawn if their score is at least this; bones, if both their joints are."""

    frame_number = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the number of the frame, `Frame.id`, is shown in the view's corner."""

    line = traitlets.List(traitlets.Float(min=0, max=1)).tag(sync=True)
    """A line across the frame: x and y of its end A, x and y of its end B, each in shares of
    the frame's width or height, from the top left as the camera sees it. Empty: no line, and
    none can be drawn. While there is one, dragging across the view draws another, or moves
    the end that the drag begins at; the keys A and B put that end where the arrow keys are."""

    effect = traitlets.Unicode(
        "bokeh",
        help='What `view` "effect" draws: '
        + ", ".join(f'"{each.name}" ({each.help})' for each in BUILTIN_EFFECTS.values())
        + ", or the name of a custom effect, made with `@effect` or `ShaderEffect`. Their "
        "`foreground_threshold` is `threshold`.",
    ).tag(sync=True)

    def __init__(self, stream: SegmentationStream, **options: Unpack[ViewOptions]) -> None:
        self.set_trait("stream", stream)
        model_id = uuid.uuid4().hex
        self._running = RunningEffect(model_id, stream, self._params_of)
        self._images = DecodedImages()
        self._closing.callback(type(self).background.release, self)
        self._closing.callback(self._running.close)
        self._unwant: Unsubscribe | None = None
        self._wanted_class = ""
        self._wanting = threading.RLock()
        super().__init__(
            model_id=model_id,
            _id=model_id,
            _custom_effects=describe_custom_effects(),
            **options,
        )
        self._follow(stream.webcam)
        self.observe(self._run_effect, ["view", "effect", "_shown"])
        self.observe(lambda _: self._running.again(), ["_effect_values", "_effect_images"])
        self._closing.callback(on_new_effect(self._offer_effects))
        self._run_effect()
        self.observe(self._want_class, ["view", "heatmap_of", "_shown"])
        stream.observe(self._want_class, "_classes")
        self._closing.callback(self._want_none)
        self._closing.callback(stream.unobserve, self._want_class, "_classes")
        self._want_class()

    @property
    def look(self) -> ViewLook:
        """How it draws now."""
        return ViewLook(
            view=self.view,
            threshold=self.threshold,
            opacity=self.opacity,
            mask_color=self.mask_color,
            palette=self.palette,
            heatmap_of=self.heatmap_of,
            mirror=self.mirrored,
            skeleton=self.skeleton,
            score_threshold=self.score_threshold,
            effect=self.effect,
            parameters=self.effect_params,
        )

    @property
    def effect_params(self) -> dict[str, Any]:
        """The values of the chosen effect's parameters, as it gets them; a copy."""
        builtin = BUILTIN_EFFECTS.get(self.effect)
        if builtin is not None:
            return {name: getattr(self, name) for name in builtin.parameters}
        custom = CUSTOM_EFFECTS[self.effect]
        values = self._params_of(custom)
        return {
            name: each.checked(values.get(name, each.default))
            for name, each in custom.parameters.items()
        }

    @property
    def effect_error(self) -> str:
        """What is wrong with the chosen custom effect; empty while all is well.

        As the view shows it: a traceback, what the shader's compiler says, or why it was stopped.
        """
        return self._running.error or self._shader_error

    def show_effect(self, effect: str | CustomEffect, **params: object) -> None:
        """Show an effect, with these parameters; those left out stay as they are.

        Parameters
        ----------
        effect : str, PythonEffect or ShaderEffect
            The effect, or its name.
        **params
            See `effect_params`.

        Raises
        ------
        InvalidOptionError
            There is no such effect or parameter, or it does not take that value.
        InvalidImageError
            `background` is not a color, an image or a video. Nothing is changed then.

        Examples
        --------
        >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
        >>> view = SegmentationView(SegmentationStream(Webcam(source="sample")))
        >>> view.show_effect("bokeh", background_blur_amount=12)
        >>> view.view, view.effect_params["background_blur_amount"]
        ('effect', 12.0)
        """
        name = check_effect(effect) if isinstance(effect, str) else check_custom(effect).name
        builtin = BUILTIN_EFFECTS.get(name)
        if builtin is None:
            values, images = in_page_terms(CUSTOM_EFFECTS[name], params)
            self._effect_values = _with(self._effect_values, name, values)
            self._effect_images = _with(self._effect_images, name, images)
        else:
            check_names(name, builtin.parameters, params)
            before = {each: getattr(self, each) for each in params}
            try:
                for each, value in params.items():
                    self.set_trait(each, value)
            except BodySegError:
                # All of them or none.
                for each, value in before.items():
                    self.set_trait(each, value)
                raise
        self.effect, self.view = name, "effect"

    def _picture(self) -> bytes:
        return picture_of({self.stream.choice.name: self})

    def _run_effect(self, _: object = None) -> None:
        wanted = self._shown and self.view == "effect"
        self._running.show(CUSTOM_EFFECTS.get(self.effect) if wanted else None)

    def _want_class(self, _: object = None) -> None:
        """Have the stream send the class that a page shows the heatmap of, and no other."""
        with self._wanting:
            is_shown = self._shown and self.view == "heatmap"
            label = self.heatmap_of if is_shown and self.heatmap_of in self._class_labels() else ""
            if label == self._wanted_class:
                return
            self._want_none()
            if label:
                self._unwant = self.stream.want_class(label)
                self._wanted_class = label

    def _class_labels(self) -> list[str]:
        labels = self.stream.labels
        return [] if labels == PERSON_LABELS else [*labels.values()]

    def _want_none(self) -> None:
        with self._wanting:
            if self._unwant is not None:
                self._unwant()
            self._unwant, self._wanted_class = None, ""

    def _offer_effects(self) -> None:
        # Values first: the page asks no effect for what it does not take.
        self._effect_values = {**self._effect_values}
        self._effect_images = {**self._effect_images}
        self._custom_effects = describe_custom_effects()
        self._run_effect()

    def _params_of(self, effect: CustomEffect) -> dict[str, object]:
        """Return the parameters that have been set."""
        return {**self._effect_values.get(effect.name, {}), **self._images.of(effect.name)}

    @traitlets.validate("effect")
    def _known_effect(self, proposal: dict[str, Any]) -> str:
        return check_effect(proposal["value"])

    @traitlets.validate("heatmap_of")
    def _known_class(self, proposal: dict[str, Any]) -> str:
        label: str = proposal["value"]
        # Of a model without classes, nothing is known of those of the next one.
        known = self._class_labels()
        if not label or not known:
            return label
        return check_choice(
            "heatmap_of",
            label,
            known,
            fix="Leave it empty for any person.",
            error=InvalidTraitError,
        )

    @traitlets.validate("_effect_values")
    def _possible_values(self, proposal: dict[str, Any]) -> Values:
        return values_that_hold(proposal["value"])

    @traitlets.validate("_effect_images")
    def _possible_images(self, proposal: dict[str, Any]) -> Images:
        return self._images.take(proposal["value"])

    @traitlets.validate("line")
    def _two_ends(self, proposal: dict[str, Any]) -> list[float]:
        line: list[float] = proposal["value"]
        if len(line) not in {0, _LINE_NUMBERS}:
            raise InvalidOptionError(
                "line must be four numbers (x and y of end A, x and y of end B), each "
                f"from 0 to 1, or empty for no line, but got {len(line)} numbers: {line}."
            )
        return line


OPTIONS = sorted(ViewOptions.__annotations__, key=lambda name: name in PARAMETERS)
"""The names of `ViewOptions`; the effects' parameters come last."""

name_options(SegmentationView, SegmentationView, OPTIONS)


def check_effect(name: str) -> str:
    """Return the name of an effect that views can show.

    Raises
    ------
    InvalidOptionError
        There is none of this name; the message lists those that there are.
    """
    return check_choice(
        "effect",
        name,
        [*BUILTIN_EFFECTS, *CUSTOM_EFFECTS],
        fix="Define a custom effect with @effect or ShaderEffect.",
        error=InvalidTraitError,
    )


def check_custom(effect: CustomEffect) -> CustomEffect:
    """Return a custom effect that is the one of its name.

    Raises
    ------
    InvalidOptionError
        It is none, or another one has taken its name.
    """
    given: object = effect
    if not isinstance(given, PythonEffect | ShaderEffect):
        raise InvalidOptionError(
            f"effect must be made with @effect or ShaderEffect, but got {in_short(given)}. Put "
            "@effect above the function, or pass the name of an effect."
        )
    if CUSTOM_EFFECTS.get(given.name) is not given:
        raise InvalidOptionError(
            f"{given!r} has been replaced by another effect named {given.name!r}. Pass "
            "that one, or the name."
        )
    return effect


def _with(
    values: dict[str, dict[str, _Value]], effect: str, parameters: dict[str, _Value]
) -> dict[str, dict[str, _Value]]:
    if not parameters:
        return values
    return {**values, effect: {**values.get(effect, {}), **parameters}}
