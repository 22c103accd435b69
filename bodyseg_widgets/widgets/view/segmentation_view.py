"""The picture of a stream, drawn with the mask and the poses made from that very picture."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.rendering import to_color
from bodyseg_widgets.streaming.effects import (
    EFFECTS,
    LIVE_EFFECTS,
    PythonEffect,
    ShaderEffect,
    check_names,
    on_new_effect,
)
from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.comms import open_to_the_page
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.view.background_trait import BackgroundTrait
from bodyseg_widgets.widgets.view.view_effects import (
    DecodedPictures,
    Pictures,
    RunningEffect,
    Values,
    describe_effects,
    in_page_terms,
    values_that_hold,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.rendering import BackgroundLike
    from bodyseg_widgets.streaming.effects import OwnEffect

VIEWS = ("mask", "heatmap", "cut-out", "contour", "picture", "effect")
"""What a `SegmentationView` can show."""

EFFECT_PARAMETERS = {
    "bokeh": ("background_blur_amount", "edge_blur_amount", "soft"),
    "mask": (
        "mask_foreground",
        "mask_background",
        "opacity",
        "mask_blur_amount",
        "draw_contour",
        "contour_color",
        "contour_width",
    ),
    "pixelated": ("pixel_cell_width", "opacity", "mask_blur_amount", "soft"),
    "background": ("background", "edge_blur_amount", "soft", "decontaminate"),
}
"""Of each effect that comes along its parameters, which are traits of the view."""

_LINE_NUMBERS = 4
_OPAQUE = 255


class SegmentationView(Widget):
    """The picture of a stream, drawn with the mask and the poses made from that very picture.

    Everything is drawn in the browser, from probability and keypoints: thresholds, opacity,
    view, skeleton and mirroring change the picture at once, without a message to the kernel.
    Hovering shows the probability of the pixel under the pointer; near a joint of the skeleton
    it names the joint, with its score and its place in space.

    The skeleton's left is sky blue (``#56B4E9``), its right orange (``#E69F00``), its middle
    white: the person's own sides, told apart by colour-blind people too. A joint is as opaque
    as its score is high.

    Its effects are the functions of these names in Python, with the same parameters: what is seen
    is what they make of the frame and its mask. Effects of your own are offered beside them: see
    `effect` and `ShaderEffect`.

    Parameters
    ----------
    stream : SegmentationStream
        What to show.
    view, threshold, opacity, mirror, skeleton, score_threshold, frame_number, line
        First values of the traits of these names.
    effect, background_blur_amount, edge_blur_amount, pixel_cell_width, soft
        Likewise.
    background, decontaminate, mask_foreground, mask_background, mask_blur_amount
        Likewise.
    draw_contour, contour_color, contour_width
        Likewise.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
    >>> stream = SegmentationStream(Webcam(source="sample"))
    >>> view = SegmentationView(stream, view="heatmap", mirror=False)
    >>> view.view
    'heatmap'
    """

    _esm = asset("segmentation_view.js")
    _css = asset("bodyseg.css")
    # Its model's id, which anywidget does not tell the front end.
    _id = traitlets.Unicode().tag(sync=True)
    _own_effects = traitlets.List(traitlets.Dict()).tag(sync=True)
    _effect_values = traitlets.Dict().tag(sync=True)
    _effect_pictures = traitlets.Dict().tag(sync=True)
    _shader_error = traitlets.Unicode().tag(sync=True)
    # Whether a page shows it, so that a Python effect has somebody to run for.
    _shown = traitlets.Bool(default_value=False).tag(sync=True)

    stream = traitlets.Instance(SegmentationStream, read_only=True).tag(**REFERENCE)
    """What is shown."""

    view = traitlets.Enum(VIEWS, default_value="mask").tag(sync=True)
    """What is drawn: ``"mask"`` (a colour over the person), ``"heatmap"`` (the probability in
    inferno colours, with a colour bar), ``"cut-out"`` (the person alone), ``"contour"`` (the
    person's outline), ``"picture"`` (the camera picture alone) or ``"effect"`` (what `effect`
    says)."""

    threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """A pixel is a person where its probability, in steps of 1/255, is at least this."""

    opacity = traitlets.Float(0.7, min=0, max=1).tag(sync=True)
    """How much the mask or heatmap covers the picture: 0 not at all, 1 wholly."""

    mirror = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether left and right are swapped, as in a mirror. Only the drawing: frames, masks and
    poses in Python stay as the camera sees them."""

    skeleton = traitlets.Bool(default_value=True).tag(sync=True)
    """Whether the skeletons of the poses are drawn, over whatever `view` shows."""

    score_threshold = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """A joint is drawn where its score is at least this; a bone, where both its joints are."""

    frame_number = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether the number of the frame, `Frame.id`, stands in the picture's corner."""

    line = traitlets.List(traitlets.Float(min=0, max=1)).tag(sync=True)
    """A line across the picture: x and y of its end A, x and y of its end B, each in shares of
    the picture's width or height, from the top left as the camera sees it. Empty: no line, and
    none can be drawn. While there is one, dragging across the picture draws another, or moves
    the end that the drag begins at; the keys A and B put that end where the arrow keys are."""

    effect = traitlets.Unicode("bokeh").tag(sync=True)
    """What `view` ``"effect"`` draws: ``"bokeh"`` (`draw_bokeh_effect`: the background is
    blurred), ``"mask"`` (`draw_mask` with `opacity`, of a mask by `to_binary_mask`),
    ``"pixelated"`` (`draw_pixelated_mask` with `opacity`, of a mask that is teal where people are
    and clear elsewhere), ``"background"`` (`replace_background`), or the name of an
    effect of your own, made with ``@effect`` or `ShaderEffect`. Their `foreground_threshold` is
    `threshold`."""

    background_blur_amount = traitlets.Float(3, min=0, max=20).tag(sync=True)
    """Of ``"bokeh"``: standard deviation of the background's blur, in pixels of the picture."""

    edge_blur_amount = traitlets.Float(3, min=0, max=20).tag(sync=True)
    """Of ``"bokeh"`` and ``"background"``: standard deviation of the blur of the border between
    people and background, in pixels of the picture. A `soft` ``"background"`` has none."""

    pixel_cell_width = traitlets.Float(10, min=1, max=50).tag(sync=True)
    """Of ``"pixelated"``: how wide and high a cell is, in pixels of the picture."""

    soft = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether, in effects, the probability says how much of a person a pixel is, in place of the
    threshold. A ``"mask"`` has none of that."""

    mask_foreground = traitlets.Unicode("transparent").tag(sync=True)
    """Of ``"mask"``: `foreground` of `to_binary_mask`, an opaque colour as ``#rrggbb`` (names and
    codes of CSS are turned into that) or ``"transparent"``."""

    mask_background = traitlets.Unicode("#000000").tag(sync=True)
    """Of ``"mask"``: its `background`, likewise."""

    mask_blur_amount = traitlets.Float(0, min=0, max=20).tag(sync=True)
    """Of ``"mask"`` and ``"pixelated"``: standard deviation of the mask's blur, in pixels of the
    picture."""

    draw_contour = traitlets.Bool(default_value=False).tag(sync=True)
    """Of ``"mask"``: whether people have a contour, inside of their outline."""

    contour_color = traitlets.Unicode("#00ffff").tag(sync=True)
    """Of ``"mask"``: the contour's colour, opaque, as ``#rrggbb``."""

    contour_width = traitlets.Int(1, min=1, max=10).tag(sync=True)
    """Of ``"mask"``: the contour's width in pixels of the picture."""

    background = BackgroundTrait("#00a3a3")
    """Of ``"background"``: what is behind the people. It takes what `replace_background` takes,
    an opaque colour or any picture, and the path of a video, which plays over and over, without
    its sound, while the view is seen. Reading it gives a colour as ``#rrggbb``, a picture as
    uint8 RGB array, scaled down to fit 1280 x 1280, and a video as its path.

    A video of at most 32 MB is sent to the page as it is, so the browser must be able to play it:
    MP4 with H.264 and WebM usually work. What a person chooses in the page is read in the same
    way; such a video is a file in a temporary folder until the next one is chosen."""

    decontaminate = traitlets.Bool(default_value=True).tag(sync=True)
    """Of ``"background"``: whether the old background's colour is taken out of soft edges."""

    def __init__(
        self,
        stream: SegmentationStream,
        *,
        view: str = "mask",
        threshold: float = 0.5,
        opacity: float = 0.7,
        mirror: bool = True,
        skeleton: bool = True,
        score_threshold: float = 0.5,
        frame_number: bool = False,
        line: Sequence[float] = (),
        effect: str = "bokeh",
        background_blur_amount: float = 3,
        edge_blur_amount: float = 3,
        pixel_cell_width: float = 10,
        soft: bool = False,
        background: BackgroundLike = "#00a3a3",
        decontaminate: bool = True,
        mask_foreground: str = "transparent",
        mask_background: str = "#000000",
        mask_blur_amount: float = 0,
        draw_contour: bool = False,
        contour_color: str = "#00ffff",
        contour_width: int = 1,
    ) -> None:
        self.set_trait("stream", stream)
        model_id = uuid.uuid4().hex
        self._running = RunningEffect(model_id, stream, self._params_of)
        self._pictures = DecodedPictures()
        super().__init__(
            model_id=model_id,
            _id=model_id,
            _own_effects=describe_effects(),
            view=view,
            threshold=threshold,
            opacity=opacity,
            mirror=mirror,
            skeleton=skeleton,
            score_threshold=score_threshold,
            frame_number=frame_number,
            line=[*line],
            effect=effect,
            background_blur_amount=background_blur_amount,
            edge_blur_amount=edge_blur_amount,
            pixel_cell_width=pixel_cell_width,
            soft=soft,
            background=background,
            decontaminate=decontaminate,
            mask_foreground=mask_foreground,
            mask_background=mask_background,
            mask_blur_amount=mask_blur_amount,
            draw_contour=draw_contour,
            contour_color=contour_color,
            contour_width=contour_width,
        )
        open_to_the_page(self)
        self.observe(self._run_effect, ["view", "effect", "_shown"])
        self.observe(lambda _: self._running.again(), ["_effect_values", "_effect_pictures"])
        self._end_offering = on_new_effect(self._offer_effects)
        self._run_effect()

    @property
    def effect_params(self) -> dict[str, Any]:
        """The values of the chosen effect's parameters, as it gets them; a copy."""
        own = LIVE_EFFECTS.get(self.effect)
        if own is None:
            return {name: getattr(self, name) for name in EFFECT_PARAMETERS[self.effect]}
        return {
            name: field.checked(self._params_of(own).get(name, field.default))
            for name, field in own.parameters.items()
        }

    @property
    def effect_error(self) -> str:
        """What is wrong with the chosen effect of your own; empty while all is well.

        As the view shows it: a traceback, or what the shader's compiler says.
        """
        return self._running.error or self._shader_error

    def show_effect(self, effect: str | OwnEffect, **params: object) -> None:
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
            `background` is neither a colour, nor a picture, nor a video.
        traitlets.TraitError
            A number of an effect that comes along is out of its range. Nothing is changed then.

        Examples
        --------
        >>> from bodyseg_widgets import SegmentationStream, SegmentationView, Webcam
        >>> view = SegmentationView(SegmentationStream(Webcam(source="sample")))
        >>> view.show_effect("bokeh", background_blur_amount=12)
        >>> view.view, view.effect_params["background_blur_amount"]
        ('effect', 12.0)
        """
        name = check_effect(effect) if isinstance(effect, str) else check_own(effect).name
        own = LIVE_EFFECTS.get(name)
        if own is None:
            check_names(name, EFFECT_PARAMETERS[name], params)
            before = {each: getattr(self, each) for each in params}
            try:
                for each, value in params.items():
                    self.set_trait(each, value)
            except (InvalidImageError, InvalidOptionError, traitlets.TraitError):
                # All of them or none.
                for each, value in before.items():
                    self.set_trait(each, value)
                raise
        else:
            values, pictures = in_page_terms(own, params)
            self._effect_values = _with(self._effect_values, name, values)
            self._effect_pictures = _with(self._effect_pictures, name, pictures)
        self.effect, self.view = name, "effect"

    def close(self) -> None:
        """End the thread of an effect of your own, remove a page's video, and close the comm."""
        if self.comm is not None:
            self._end_offering()
            self._running.close()
        type(self).background.release(self)
        super().close()

    def _run_effect(self, _: object = None) -> None:
        wanted = self._shown and self.view == "effect"
        self._running.show(LIVE_EFFECTS.get(self.effect) if wanted else None)

    def _offer_effects(self) -> None:
        # Values first: the page asks no effect for what it does not take.
        self._effect_values = {**self._effect_values}
        self._effect_pictures = {**self._effect_pictures}
        self._own_effects = describe_effects()
        self._run_effect()

    def _params_of(self, effect: OwnEffect) -> dict[str, object]:
        """Give the parameters that somebody has set."""
        return {**self._effect_values.get(effect.name, {}), **self._pictures.of(effect.name)}

    @traitlets.validate("effect")
    def _known_effect(self, proposal: dict[str, Any]) -> str:
        return check_effect(proposal["value"])

    @traitlets.validate("mask_foreground", "mask_background", "contour_color")
    def _color_or_nothing(self, proposal: dict[str, Any]) -> str:
        name, value = proposal["trait"].name, proposal["value"]
        color = to_color(value)
        if color.a == _OPAQUE:
            return color.hex
        if color.a == 0 and name != "contour_color":
            return "transparent"
        allowed = "an opaque colour" + ("" if name == "contour_color" else " or 'transparent'")
        raise InvalidOptionError(
            f"{name} must be {allowed}, but got {value!r}. Use opacity for transparency."
        )

    @traitlets.validate("_effect_values")
    def _possible_values(self, proposal: dict[str, Any]) -> Values:
        return values_that_hold(proposal["value"])

    @traitlets.validate("_effect_pictures")
    def _possible_pictures(self, proposal: dict[str, Any]) -> Pictures:
        return self._pictures.take(proposal["value"])

    @traitlets.validate("line")
    def _two_ends(self, proposal: dict[str, Any]) -> list[float]:
        line: list[float] = proposal["value"]
        if len(line) not in {0, _LINE_NUMBERS}:
            raise InvalidOptionError(
                "line must be four numbers (x and y of end A, x and y of end B), each "
                f"from 0 to 1, or empty for no line, but got {len(line)} numbers: {line}."
            )
        return line


class UnknownEffectError(InvalidOptionError, traitlets.TraitError):
    """There is no effect of that name. Of a TraitError only, traitlets takes a value back."""


def check_effect(name: str) -> str:
    """Give the name of an effect that views can show.

    Raises
    ------
    InvalidOptionError
        There is none of this name; the message lists those that there are.
    """
    known = [*EFFECTS, *LIVE_EFFECTS]
    if name not in known:
        listed = ", ".join(map(repr, known))
        raise UnknownEffectError(
            f"effect must be one of {listed}, but got {name!r}. Define a custom effect with "
            "@effect or ShaderEffect."
        )
    return name


def check_own(effect: OwnEffect) -> OwnEffect:
    """Give an effect of a person's own that is the one of its name.

    Raises
    ------
    InvalidOptionError
        It is none, or another one has taken its name.
    """
    given: object = effect
    if not isinstance(given, PythonEffect | ShaderEffect):
        raise InvalidOptionError(
            f"effect must be made with @effect or ShaderEffect, but got {given!r}. Put @effect "
            "above the function, or pass the name of an effect."
        )
    if LIVE_EFFECTS.get(given.name) is not given:
        raise InvalidOptionError(
            f"{given!r} has been replaced by another effect named {given.name!r}. Pass "
            "that one, or the name."
        )
    return effect


def _with(values: Values, effect: str, its: dict[str, Any]) -> Values:
    return {**values, effect: {**values.get(effect, {}), **its}} if its else values
