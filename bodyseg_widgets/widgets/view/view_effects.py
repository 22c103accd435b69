"""A view and the effects of a person's own: which there are, their values, and running them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming import decode_picture, encode_picture
from bodyseg_widgets.streaming.effects import (
    LIVE_EFFECTS,
    EffectRunner,
    PictureField,
    PythonEffect,
    ShaderEffect,
    check_names,
)
from bodyseg_widgets.widgets.transport.results import result_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.errors import BodySegError
    from bodyseg_widgets.streaming.effects import Made, OwnEffect
    from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
    from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.transport.messages import EffectErrorMessage, EffectResultMessage

_log = logging.getLogger(__name__)

LAST_FRAME_SECONDS = 2
"""How long closing a view waits for an effect that is at work; it may never come to an end."""

Values = dict[str, dict[str, Any]]
"""Of each effect its parameters, as the page has them."""

Pictures = dict[str, dict[str, "bytes | memoryview | None"]]
"""Likewise of those that are pictures, as JPEG files; None where one was taken away."""


def describe_effects() -> list[dict[str, object]]:
    """Say in JSON which effects of a person's own there are, and which controls they have."""
    return [
        {
            "name": each.name,
            "shader": {"declarations": each.declarations, "source": each.source}
            if isinstance(each, ShaderEffect)
            else None,
            "parameters": [
                {"name": name, "default": field.told(field.default), **field.control()}
                for name, field in each.parameters.items()
            ],
        }
        for each in LIVE_EFFECTS.values()
    ]


def values_that_hold(values: Values) -> Values:
    """Leave out what the effects, as they are now, do not take.

    What a page sends is of an effect that may be another one by now; its parameters then begin
    with their defaults.
    """
    kept: Values = {}
    for name, its in values.items():
        effect = LIVE_EFFECTS.get(name)
        for each, value in its.items():
            field = effect.parameters.get(each) if effect else None
            if field is None or isinstance(field, PictureField):
                continue
            try:
                kept.setdefault(name, {})[each] = field.told(field.checked(value))
            except InvalidOptionError as error:
                _log.warning("The effect %r uses its default instead: %s", name, error)
    return kept


def in_page_terms(
    effect: OwnEffect, params: Mapping[str, object]
) -> tuple[dict[str, Any], dict[str, bytes | memoryview | None]]:
    """Give parameters as the page has them: values, and pictures as JPEG.

    Raises
    ------
    InvalidOptionError
        There is no such parameter, or it does not take that value.
    """
    check_names(effect.name, effect.parameters, params)
    values: dict[str, Any] = {}
    pictures: dict[str, bytes | memoryview | None] = {}
    for name, value in params.items():
        field = effect.parameters[name]
        if isinstance(field, PictureField):
            picture = field.checked(value)
            pictures[name] = None if picture is None else encode_picture(to_rgb(picture))
        else:
            values[name] = field.told(field.checked(value))
    return values, pictures


class DecodedPictures:
    """The pictures among effects' parameters, decoded once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._decoded: dict[tuple[str, str], NDArray[np.uint8] | None] = {}

    def take(self, pictures: Pictures) -> Pictures:
        """Decode what is new, and give those that effects have and that are pictures."""
        decoded: dict[tuple[str, str], NDArray[np.uint8] | None] = {}
        kept: Pictures = {}
        for name, its in pictures.items():
            effect = LIVE_EFFECTS.get(name)
            for each, data in its.items():
                if not effect or not isinstance(effect.parameters.get(each), PictureField):
                    continue
                try:
                    decoded[name, each] = None if data is None else decode_picture(data)
                except InvalidImageError:
                    _log.warning(
                        "The page set %r of the effect %r to something that is not an image.",
                        each,
                        name,
                    )
                    continue
                kept.setdefault(name, {})[each] = data
        with self._lock:
            self._decoded = decoded
        return kept

    def of(self, effect: str) -> dict[str, NDArray[np.uint8] | None]:
        """Give those that somebody has set, uint8 (H, W, 3) RGB; None where one was taken away."""
        with self._lock:
            return {each: its for (name, each), its in self._decoded.items() if name == effect}


class RunningEffect:
    """Runs the effect that a view shows, where it is a Python one, and sends what it makes.

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

    def show(self, effect: OwnEffect | None) -> None:
        """Go on with this effect; with none of Python's, end."""
        wanted = effect if isinstance(effect, PythonEffect) and not self._closed else None
        with self._lock:
            old = self._run
            if (None if old is None else old.effect) is wanted:
                return
            new = None if wanted is None else _Run(self._view_id, wanted, self._params)
            self._run = new
        if old is not None:
            old.end(0)
        if new is not None:
            new.follow(self._stream)

    def again(self) -> None:
        """Make the last picture anew, as a parameter has changed."""
        run = self._run
        if run is not None:
            run.runner.again()

    def close(self) -> None:
        """End the thread, for good."""
        with self._lock:
            self._closed = True
            old, self._run = self._run, None
        if old is not None:
            old.end(LAST_FRAME_SECONDS)


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
        self._unfollow: Callable[[], None] | None = None
        self._ended = False
        self._logged: set[tuple[type, str]] = set()

    def follow(self, stream: SegmentationStream) -> None:
        with self._lock:
            if not self._ended:
                self._unfollow = stream.follow(self.runner.offer)

    def end(self, wait: float) -> None:
        with self._lock:
            self._ended = True
            if self._unfollow is not None:
                self._unfollow()
        self.runner.end(wait)

    def _send_made(self, ticket: FrameTicket, made: Made) -> None:
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
        ticket.send(message, [*buffers, encode_picture(made.image)])

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
