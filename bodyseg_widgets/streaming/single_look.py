"""A model's result for one image, outside of a stream: loaded, run once and disposed of."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar, get_args

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.in_page import check_threads_for
from bodyseg_widgets.options import LiveRuntime
from bodyseg_widgets.streaming.frame import Result, Timings
from bodyseg_widgets.streaming.pipeline import in_levels

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bodyseg_widgets.streaming.frame import Frame
    from bodyseg_widgets.streaming.frame_model import Seen
    from bodyseg_widgets.streaming.live_models import Choice
    from bodyseg_widgets.streaming.pipeline import ModelToRun
    from bodyseg_widgets.streaming.stored import StoredResult

__all__ = ["PATIENCE", "in_time", "look_once"]

PATIENCE = 2.0
"""Seconds that users' own code may take where a cell waits for it to be shown."""

_Answer = TypeVar("_Answer")


def look_once(
    choice: Choice,
    frame: Frame,
    *,
    max_poses: int = 1,
    known: Mapping[str, StoredResult] | None = None,
    classes: frozenset[int] = frozenset(),
) -> Result:
    """Return what a stream with this model would return for a frame that it has just been given.

    Parameters
    ----------
    choice : Choice
        The model. The bundled ones take some 10 ms, to load them included.
    frame : Frame
        The frame.
    max_poses : int
        How many people's poses to look for, at least 1.
    known : mapping, optional
        Results that a recording has of the frame, by model label; one for this model is returned,
        if it has the wanted classes.
    classes : frozenset of int
        The label values of the classes whose probabilities are wanted.

    Raises
    ------
    BodySegError
        The model failed, or it is a custom one and took longer than `PATIENCE`.

    Examples
    --------
    >>> from bodyseg_widgets import Frame, sample
    >>> from bodyseg_widgets.streaming import choose_like, look_once
    >>> result = look_once(choose_like("general"), Frame(0, sample("portrait"), timestamp=0.0))
    >>> result.model, result.mask.shape
    ('Selfie general (tensorflow)', (512, 512))
    """
    model = choice.to_run(lambda: max_poses, classes=lambda: classes)
    key = model.key()
    stored = (known or {}).get(key)
    if stored is not None and classes <= stored.planes.classes.keys():
        seen = stored.seen()
    else:
        seen = (
            _look(model, frame)
            if choice.runtime in get_args(LiveRuntime)
            else in_time(lambda: _look(model, frame), f"The model {choice.name!r}")
        )
        if stored is not None:
            seen = stored.with_classes(seen).seen()
    return Result(frame, seen.segmentation, Timings(), seen.poses, key)


def in_time(answer: Callable[[], _Answer], who: str) -> _Answer:
    """Return what users' own code returns, unless that takes too long.

    Parameters
    ----------
    answer : callable
        The code. One that never returns goes on, on a thread that does not keep Python from ending.
    who : str
        What it is, in messages.

    Raises
    ------
    BodySegError
        It took longer than `PATIENCE`, or raised an error, which is the ``__cause__``.
    """
    check_threads_for(who)
    answers: list[_Answer] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            answers.append(answer())
        except BaseException as error:  # noqa: BLE001 - raised by the caller
            errors.append(error)

    thread = threading.Thread(target=run, name="bodyseg-single-look", daemon=True)
    thread.start()
    thread.join(PATIENCE)
    if errors:
        error = errors[0]
        raise BodySegError(f"{who} raised {type(error).__name__}: {error}") from error
    if not answers:
        raise BodySegError(f"{who} took longer than {PATIENCE:g} s.")
    return answers[0]


def _look(model: ModelToRun, frame: Frame) -> Seen:
    loaded = model.create()
    try:
        return in_levels(loaded.run(frame.image, None), model.classes())
    finally:
        loaded.dispose()
