"""Run an effect on a stream's newest result, on a separate thread."""

from __future__ import annotations

import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from bodyseg_widgets.errors import BodySegError, EffectError
from bodyseg_widgets.streaming.effects.run import EffectRun
from bodyseg_widgets.streaming.encoded import Origin
from bodyseg_widgets.streaming.handed_out import painting_fix
from bodyseg_widgets.streaming.overdue import Overdue, patience
from bodyseg_widgets.streaming.worker import LatestWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.effects.python_effect import PythonEffect
    from bodyseg_widgets.streaming.frame import Result

__all__ = ["EffectResult", "EffectRunner"]

_OURS = __name__.rsplit(".", 1)[0]
_CELL = "ipykernel_"
_WHERE = "the newest frame"
_MAX_CALLS = 12
"""Maximum lines of a traceback: an endless recursion has a thousand."""
_MAX_CHARACTERS = 2000
"""Maximum length of an error's message: an array's text may be long."""


@dataclass(frozen=True, slots=True)
class EffectResult:
    """An effect's result for a frame.

    Attributes
    ----------
    result : Result
        The frame, and the model's result for it.
    image : numpy.ndarray
        uint8 (H, W, 3), RGB, of the frame's size.
    took : float
        How long the effect took, in milliseconds.
    """

    result: Result
    image: NDArray[np.uint8]
    took: float


class EffectRunner(Generic[Origin]):
    """Runs an effect on the newest of a stream's results; others are skipped.

    Parameters
    ----------
    effect : PythonEffect
        The effect.
    params : callable
        Called before each frame; returns the parameters.
    made : callable
        ``(origin, made)``, on the effect's thread.
    failed : callable
        ``(origin, error, text)``, on the same thread: it raised an error, or did not return an
        image. The text is for its author, with the lines that caused it.
    """

    def __init__(
        self,
        effect: PythonEffect,
        *,
        params: Callable[[], Mapping[str, object]],
        made: Callable[[Origin, EffectResult], object],
        failed: Callable[[Origin, BodySegError, str], object],
    ) -> None:
        self._run = EffectRun(effect)
        self._context = effect.context
        self._params = params
        self._made = made
        self._failed = failed
        self._lock = threading.Lock()
        self._last: tuple[Origin, Result] | None = None
        self._closed = False
        # What the effect is at, and how long it took at most.
        self._at_work: Origin | None = None
        self._longest = 0.0
        self._watch = Overdue(self._say_late, name=f"bodyseg-watch-{effect.name}")
        self._worker: LatestWorker[tuple[Origin, Result]] = LatestWorker(
            self._work, on_skipped=lambda _: None, name=f"bodyseg-effect-{effect.name}"
        )

    def offer(self, origin: Origin, result: Result) -> None:
        """Submit a result; returns immediately."""
        with self._lock:
            self._last = (origin, result)
        self._worker.offer((origin, result))

    def again(self) -> None:
        """Run the effect on the last result again, because a parameter has changed."""
        with self._lock:
            last = self._last
        if last is not None:
            self._worker.offer(last)

    def close(self, wait: float = 0) -> None:
        """End the thread after the current frame, which is no longer reported.

        Parameters
        ----------
        wait : float
            Maximum seconds to wait: a custom effect may never return.
        """
        with self._lock:
            self._closed = True
        self._watch.close()
        self._worker.close(wait)

    def _work(self, item: tuple[Origin, Result]) -> None:
        origin, result = item
        start = time.perf_counter()
        error: BodySegError | None = None
        self._at_work = origin
        self._watch.begin(patience(self._longest))
        try:
            # A copy, because a context can be entered only once at a time.
            context = self._context.copy()
            image = context.run(self._run.image, result, self._params(), _WHERE)
        except BodySegError as raised:
            error = raised
        except BaseException as raised:  # noqa: BLE001 - the thread goes on, whatever it was
            error = EffectError(f"The effect {self._run.name!r} raised {type(raised).__name__}.")
            error.__cause__ = raised
        self._watch.end()
        self._longest = max(self._longest, time.perf_counter() - start)
        took = (time.perf_counter() - start) * 1000
        with self._lock:
            if self._closed:
                return
        if error is None:
            self._made(origin, EffectResult(result, image, took))
        else:
            self._failed(origin, error, explanation(error))

    def _say_late(self) -> None:
        with self._lock:
            origin = self._at_work
            if self._closed or origin is None:
                return
        error = EffectError(
            f"The effect {self._run.name!r} has not returned for more than a second. Wait for it, "
            "or change its cell and run that again."
        )
        self._failed(origin, error, str(error))


def explanation(error: BodySegError) -> str:
    """Return an effect's error, with the lines of the author's code that caused it."""
    cause = error.__cause__
    if not isinstance(error, EffectError) or cause is None:
        return str(error)
    said = "\n\nWhich caused:\n\n".join(_one(each) for each in [*_before(cause), cause])
    return "\n\n".join(filter(None, [said, painting_fix(cause).strip()]))


def _before(error: BaseException) -> list[BaseException]:
    """Return the errors that caused this one, the first one first."""
    chain: list[BaseException] = []
    while True:
        earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        if earlier is None or earlier in chain:
            return chain
        chain.insert(0, earlier)
        error = earlier


def _one(error: BaseException) -> str:
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        if f"/{_OURS.replace('.', '/')}/" in frame.filename.replace("\\", "/"):
            continue
        place = "Cell" if _CELL in frame.filename else f'File "{frame.filename}"'
        line = f"{place}, line {frame.lineno}, in {frame.name}"
        lines.append("\n    ".join([line, *(frame.line or "").splitlines()]))
    if len(lines) > _MAX_CALLS:
        left_out = len(lines) - _MAX_CALLS
        half = _MAX_CALLS // 2
        lines[half:-half] = [f"... {left_out} more calls ..."]
    said = "".join(traceback.format_exception_only(error)).rstrip()
    return "\n".join([*lines, said[:_MAX_CHARACTERS]])
