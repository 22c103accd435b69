"""A view and its effects: which there are, the values of custom ones, and running them."""

from __future__ import annotations

import logging
import threading
import warnings
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming import decode_image, encode_image
from bodyseg_widgets.streaming.effects import (
    BUILTIN_EFFECTS,
    CUSTOM_EFFECTS,
    BuiltinEffect,
    EffectRunner,
    ImageField,
    PythonEffect,
    ShaderEffect,
    check_names,
    describe,
)
from bodyseg_widgets.streaming.effects.parameters import in_words
from bodyseg_widgets.widgets.transport.results import result_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.errors import BodySegError
    from bodyseg_widgets.streaming.effects import CustomEffect, EffectResult, Parameter
    from bodyseg_widgets.streaming.effects.parameters import ParameterSpec, ParameterValue
    from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
    from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.transport.messages import EffectErrorMessage, EffectResultMessage

_log = logging.getLogger(__name__)

LAST_FRAME_SECONDS = 2
"""How long closing a view waits for an effect that is at work; it may never come to an end."""

Values: TypeAlias = "dict[str, dict[str, ParameterValue]]"
"""Of each effect its parameters, as the page has them."""

Images: TypeAlias = "dict[str, dict[str, bytes | memoryview | None]]"
"""Likewise of those that are images, as JPEG files; None where one was removed."""


class DroppedValueWarning(UserWarning):
    """A custom effect, as it is now, does not take a value that it was given before."""


class ShaderSource(TypedDict):
    """A fragment shader."""

    declarations: str
    """The uniforms of its parameters."""
    source: str
    """What the user wrote."""


class EffectSpec(TypedDict):
    """Everything that the page knows about an effect."""

    name: str
    """Its name, the value of the trait `effect`."""
    label: str
    """Its label in the picker."""
    kind: Literal["builtin", "python", "shader"]
    """Where it runs: the page draws built-in effects and shaders."""
    shader: ShaderSource | None
    """The shader; null if it is none."""
    parameters: list[ParameterSpec]
    """Its parameters, in the order of their controls."""
    needs: Literal["faces", "all"] | None
    """The classes that a model must have for it to be offered; null if any model will do."""
    otherwise: str
    """What it draws of a model that does not have them, as the end of a sentence; may be empty."""


def describe_builtin_effects() -> list[EffectSpec]:
    """Return in JSON which built-in effects there are, and which controls they have.

    They are a part of the page's program, not of each view's state, which notebooks save.
    """
    return [_described(each) for each in BUILTIN_EFFECTS.values()]


def describe_custom_effects() -> list[EffectSpec]:
    """Return the same of custom effects."""
    return [_described(each) for each in CUSTOM_EFFECTS.values()]


def _described(effect: BuiltinEffect | CustomEffect) -> EffectSpec:
    if isinstance(effect, BuiltinEffect):
        return {
            "name": effect.name,
            "label": effect.label,
            "kind": "builtin",
            "shader": None,
            "parameters": [
                describe(each, trait=True, shown_if=effect.shown_if.get(name))
                for name, each in effect.parameters.items()
            ],
            "needs": effect.needs,
            "otherwise": effect.otherwise,
        }
    spec: EffectSpec = {
        "name": effect.name,
        "label": in_words(effect.name),
        "kind": "python",
        "shader": None,
        "parameters": [describe(each) for each in effect.parameters.values()],
        "needs": None,
        "otherwise": "",
    }
    if isinstance(effect, ShaderEffect):
        spec["kind"] = "shader"
        spec["shader"] = {"declarations": effect.declarations, "source": effect.source}
        if effect.reads_background:
            background = BUILTIN_EFFECTS["background"].parameters["background"]
            spec["parameters"].insert(0, describe(background, trait=True))
    return spec


def values_that_hold(values: Values) -> Values:
    """Return the values that the effects, as they are now, take.

    A custom effect may be another one by now. Parameters that it has no more are left out. One
    that does not take its value begins with its default, and a `DroppedValueWarning` says so.
    """
    kept: Values = {}
    for name, parameters in values.items():
        effect = CUSTOM_EFFECTS.get(name)
        for each, value in parameters.items():
            parameter = effect.parameters.get(each) if effect else None
            if parameter is None or isinstance(parameter, ImageField):
                continue
            try:
                kept.setdefault(name, {})[each] = parameter.to_json(parameter.checked(value))
            except InvalidOptionError as error:
                _warn(name, parameter, error)
    return kept


def _warn(effect: str, parameter: Parameter, error: BodySegError) -> None:
    warnings.warn(
        f"The effect {effect!r} uses the default of {parameter.name!r}: {error}",
        DroppedValueWarning,
        # Whoever has defined the effect again is many calls away, or in the page.
        stacklevel=2,
    )


def in_page_terms(
    effect: CustomEffect, params: Mapping[str, object]
) -> tuple[dict[str, ParameterValue], dict[str, bytes | memoryview | None]]:
    """Return parameters as the page has them: values, and images as JPEG.

    Raises
    ------
    InvalidOptionError
        There is no such parameter, or it does not take that value.
    """
    check_names(effect.name, effect.parameters, params)
    values: dict[str, ParameterValue] = {}
    images: dict[str, bytes | memoryview | None] = {}
    for name, value in params.items():
        parameter = effect.parameters[name]
        if isinstance(parameter, ImageField):
            image = parameter.checked(value)
            images[name] = None if image is None else encode_image(to_rgb(image))
        else:
            values[name] = parameter.to_json(parameter.checked(value))
    return values, images


class DecodedImages:
    """The images among effects' parameters, decoded once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoded: dict[tuple[str, str], NDArray[np.uint8] | None] = {}

    def take(self, images: Images) -> Images:
        """Decode them, and return those that effects have and that are images."""
        decoded: dict[tuple[str, str], NDArray[np.uint8] | None] = {}
        kept: Images = {}
        for name, parameters in images.items():
            effect = CUSTOM_EFFECTS.get(name)
            for each, data in parameters.items():
                parameter = effect.parameters.get(each) if effect else None
                if not isinstance(parameter, ImageField):
                    continue
                try:
                    decoded[name, each] = None if data is None else decode_image(data)
                except InvalidImageError as error:
                    _warn(name, parameter, error)
                    continue
                kept.setdefault(name, {})[each] = data
        with self._lock:
            self._decoded = decoded
        return kept

    def of(self, effect: str) -> dict[str, NDArray[np.uint8] | None]:
        """Return those that were set, uint8 (H, W, 3) RGB; None where one was removed."""
        with self._lock:
            return {each: image for (name, each), image in self._decoded.items() if name == effect}


class RunningEffect:
    """Runs the effect that a view shows, where it is a Python one, and sends its results.

    Parameters
    ----------
    view_id : str
        The id of the view's model.
    stream : SegmentationStream
        Whose results the effect gets.
    params : callable
        Asked before each frame for the effect's parameters.
    """

    def __init__(
        self,
        view_id: str,
        stream: SegmentationStream,
        params: Callable[[PythonEffect], Mapping[str, object]],
    ) -> None:
        self._view_id = view_id
        self._stream = stream
        self._params = params
        self._lock = threading.Lock()
        self._run: _Run | None = None
        self._closed = False

    @property
    def error(self) -> str:
        """What went wrong with the newest frame; empty where nothing did."""
        run = self._run
        return "" if run is None else run.error

    def show(self, effect: CustomEffect | None) -> None:
        """Run this effect from now on; with none of Python's, none."""
        with self._lock:
            wanted = effect if isinstance(effect, PythonEffect) and not self._closed else None
            old = self._run
            if (None if old is None else old.effect) is wanted:
                return
            new = None if wanted is None else _Run(self._view_id, wanted, self._params)
            self._run = new
        if old is not None:
            old.close(0)
        if new is not None:
            new.subscribe(self._stream)

    def again(self) -> None:
        """Run the effect on the last frame again, as a parameter has changed."""
        run = self._run
        if run is not None:
            run.runner.again()

    def close(self) -> None:
        """End the thread, for good."""
        with self._lock:
            self._closed = True
            old, self._run = self._run, None
        if old is not None:
            old.close(LAST_FRAME_SECONDS)


class _Run:
    """One effect in one view, until another one takes its place."""

    def __init__(
        self,
        view_id: str,
        effect: PythonEffect,
        params: Callable[[PythonEffect], Mapping[str, object]],
    ) -> None:
        self.effect = effect
        self.error = ""
        self.runner: EffectRunner[FrameTicket] = EffectRunner(
            effect, params=lambda: params(effect), made=self._send_made, failed=self._send_failed
        )
        self._view_id = view_id
        self._lock = threading.Lock()
        self._unsubscribe: Callable[[], None] | None = None
        self._closed = False
        self._logged: set[tuple[type, str]] = set()

    def subscribe(self, stream: SegmentationStream) -> None:
        with self._lock:
            if not self._closed:
                self._unsubscribe = stream.subscribe(self.runner.offer)

    def close(self, wait: float) -> None:
        with self._lock:
            self._closed = True
            if self._unsubscribe is not None:
                self._unsubscribe()
        self.runner.close(wait)

    def _send_made(self, ticket: FrameTicket, made: EffectResult) -> None:
        self.error = ""
        fields, buffers = result_fields(made.result)
        frame = made.result.frame
        message: EffectResultMessage = {
            "kind": "effect_result",
            "page": ticket.route.page,
            "frame": ticket.route.frame,
            "view": self._view_id,
            "effect": self.effect.name,
            "id": frame.id,
            "captured": frame.timestamp * 1000,
            "live": frame.live,
            "took": made.took,
            **fields,
        }
        ticket.send(message, [*buffers, encode_image(made.image)])

    def _send_failed(self, ticket: FrameTicket, error: BodySegError, text: str) -> None:
        self.error = text
        message: EffectErrorMessage = {
            "kind": "effect_error",
            "page": ticket.route.page,
            "frame": ticket.route.frame,
            "view": self._view_id,
            "effect": self.effect.name,
            "message": text,
        }
        ticket.send(message, ())
        # Its text may name the frame, and be another one with each.
        kind = (type(error.__cause__), text.partition("\n")[0] if error.__cause__ else "")
        if kind not in self._logged:
            self._logged.add(kind)
            _log.error("%s", error, exc_info=error.__cause__)
