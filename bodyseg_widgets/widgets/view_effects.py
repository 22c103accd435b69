"""A view and the effects of a person's own: which there are, their values, and running them."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.errors import BodySegError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming import encode_picture
from bodyseg_widgets.streaming.effects import (
    LIVE_EFFECTS,
    EffectRunner,
    PictureField,
    PythonEffect,
    ShaderEffect,
    check_names,
)
from bodyseg_widgets.widgets.segmentation_stream import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bodyseg_widgets.streaming.effects import Made, OwnEffect
    from bodyseg_widgets.widgets.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.segmentation_stream import SegmentationStream

_log = logging.getLogger(__name__)

LAST_FRAME_SECONDS = 2
"""How long closing a view waits for an effect that is at work; it may never come to an end."""

Values = dict[str, dict[str, Any]]
"""Of each effect its parameters, as the page has them."""


def told_effects() -> list[dict[str, object]]:
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


def checked_values(values: Values) -> Values:
    """Give the values that effects take; what is of no effect, or of no parameter, is left out.

    Raises
    ------
    InvalidOptionError
        A parameter does not take its value.
    """
    return {
        name: {
            each: effect.parameters[each].told(effect.parameters[each].checked(value))
            for each, value in its.items()
            if each in effect.parameters
        }
        for name, its in values.items()
        if (effect := LIVE_EFFECTS.get(name)) is not None
    }


def values_that_still_hold(values: Values) -> Values:
    """Leave out what the effects, as they are now, do not take any more."""
    kept: Values = {}
    for name, its in values.items():
        for each, value in its.items():
            try:
                kept.setdefault(name, {}).update(checked_values({name: {each: value}})[name])
            except (KeyError, InvalidOptionError):
                # It is another effect now; the parameter begins with its default.
                continue
    return kept


def split(effect: OwnEffect, params: Mapping[str, object]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give parameters as the page has them: values, and pictures as JPEG.

    Raises
    ------
    InvalidOptionError
        There is no such parameter, or it does not take that value.
    """
    check_names(effect.name, effect.parameters, params)
    values, pictures = {}, {}
    for name, value in params.items():
        field = effect.parameters[name]
        if isinstance(field, PictureField):
            picture = field.checked(value)
            pictures[name] = None if picture is None else encode_picture(to_rgb(picture))
        else:
            values[name] = field.told(field.checked(value))
    return values, pictures


class RunningEffect:
    """Runs the effect that a view shows, where it is a Python one, and sends what it makes.

    Parameters
    ----------
    view_key : str
        What the page finds the view by.
    stream : SegmentationStream
        Whose results the effect gets.
    params : callable
        Asked before each frame for the effect's parameters.
    """

    def __init__(
        self,
        view_key: str,
        stream: SegmentationStream,
        params: Callable[[PythonEffect], Mapping[str, object]],
    ) -> None:
        self._view_key = view_key
        self._stream = stream
        self._params = params
        self._lock = threading.Lock()
        self._effect: PythonEffect | None = None
        self._runner: EffectRunner[FrameTicket] | None = None
        self._unfollow: Callable[[], None] = _nothing
        self.error = ""

    def run(self, effect: OwnEffect | None) -> None:
        """Go on with this effect; with none of Python's, end."""
        wanted = effect if isinstance(effect, PythonEffect) else None
        with self._lock:
            if wanted is self._effect:
                return
            self._end(0)
            self._effect = wanted
            if wanted is None:
                return
            self._runner = EffectRunner(
                wanted,
                params=lambda: self._params(wanted),
                made=self._send_made,
                failed=self._send_failed,
            )
            self._unfollow = self._stream.follow(self._runner.offer)

    def again(self) -> None:
        """Make the last picture anew, as a parameter has changed."""
        with self._lock:
            if self._runner is not None:
                self._runner.again()

    def close(self) -> None:
        """End the thread."""
        with self._lock:
            self._effect = None
            self._end(LAST_FRAME_SECONDS)

    def _end(self, wait: float) -> None:
        self._unfollow()
        self._unfollow = _nothing
        if self._runner is not None:
            self._runner.end(wait)
        self._runner = None
        self.error = ""

    def _send_made(self, ticket: FrameTicket, made: Made) -> None:
        self.error = ""
        content, buffers = told(made.result)
        frame = made.result.frame
        ticket.tell(
            "made",
            {
                "view": self._view_key,
                "id": frame.id,
                "captured": frame.timestamp * 1000,
                "live": frame.live,
                "took": made.took,
                **content,
            },
            [*buffers, encode_picture(made.image)],
        )

    def _send_failed(self, ticket: FrameTicket, error: BodySegError, text: str) -> None:
        if text != self.error:
            _log.error("%s", error, exc_info=error.__cause__)
        self.error = text
        ticket.tell("unmade", {"view": self._view_key, "message": text})


def _nothing() -> None:
    pass
