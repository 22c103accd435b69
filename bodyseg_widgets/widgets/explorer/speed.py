"""How fast models are in a page that is open: the live counterpart of `benchmark`."""

from __future__ import annotations

import threading
import time
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import BodySegError, InvalidOptionError
from bodyseg_widgets.measuring import Benchmark, Failure, Speed
from bodyseg_widgets.measuring.machine import this_machine
from bodyseg_widgets.measuring.speed import PROCESSOR
from bodyseg_widgets.options import (
    ACCELERATOR_TITLES,
    BROWSER,
    LIVE_RUNTIMES,
    MODEL_TYPES,
    Accelerator,
)
from bodyseg_widgets.streaming import Choice, Timings, choose_like
from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming import ModelLike, Result
    from bodyseg_widgets.widgets.source.webcam import Webcam

_WARM_UP: Final = 10
"""Results of each that do not count: caches and threads are cold, and graphics cards compile."""
_TURNS: Final = 5
"""Of what does count, one after the other, for the quartiles."""
_FEWEST: Final = 3 * _TURNS
"""Results that count, however slow the model is."""
_PATIENCE: Final = 60.0
"""Seconds without a result after which a model is given up: loading takes long on slow lines."""


@dataclass(frozen=True, slots=True)
class Way:
    """A model, what runs it, and on what.

    Attributes
    ----------
    choice : Choice
        The model and its runtime.
    accelerator : str
        What the page runs it with; ``"auto"`` of what runs in Python.
    """

    choice: Choice
    accelerator: Accelerator = "auto"

    @property
    def title(self) -> str:
        """What people read for the accelerator."""
        return PROCESSOR if self.accelerator == "auto" else ACCELERATOR_TITLES[self.accelerator]

    @property
    def label(self) -> str:
        """Model, runtime and accelerator."""
        return f"{self.choice.name} ({self.choice.runtime}, {self.title})"


def ways_of(models: ModelLike | Sequence[ModelLike] | None) -> list[Way]:
    """Return all ways to run models.

    Parameters
    ----------
    models : str, sequence of str, Choice, or a list of them, optional
        As `choose_like` takes them; several are a list. Default: the bundled ones.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.explorer.speed import ways_of
    >>> [way.label for way in ways_of("lite")][-1]
    'BlazePose lite (browser, graphics card)'
    """
    # A tuple is one model with its variant; several are a list.
    named: ModelLike | Sequence[ModelLike] = _BUNDLED if models is None else models
    given: list[ModelLike] = named if isinstance(named, list) else [named]  # type: ignore[list-item]  # then it is one
    if not given:
        raise InvalidOptionError("models must name at least one model. Try ['general', 'full'].")
    ways: dict[Way, None] = {}
    for each in given:
        choice = choose_like(each, LIVE_RUNTIMES[0])
        for runtime in choice.live_model.runtimes:
            other = Choice(choice.model, choice.model_type, runtime)
            accelerators: tuple[Accelerator, ...] = ("auto",)
            if runtime == BROWSER:
                accelerators = ("wasm", "webgpu")
            ways |= dict.fromkeys(Way(other, accelerator) for accelerator in accelerators)
    return [*ways]


_BUNDLED: Final[list[ModelLike]] = [
    (model, model_type)
    for model in ("MediaPipeSelfieSegmentation", "BlazePose")
    for model_type in MODEL_TYPES[model]
]


def measure_speed(
    webcam: Webcam,
    ways: Sequence[Way],
    seconds: float,
    *,
    tell: Callable[[int, Way], object],
    cancelled: threading.Event,
) -> Benchmark | None:
    """Run each way on what a source shows, one after the other, and time it.

    Parameters
    ----------
    webcam : Webcam
        Its source is live.
    ways : sequence of Way
        What to measure.
    seconds : float
        How long each runs, without its first ten results.
    tell : callable
        ``(index, way)``: called when one begins.
    cancelled : threading.Event
        Ends it.

    Returns
    -------
    Benchmark or None
        None if it was cancelled.

    Raises
    ------
    BodySegError
        Nothing could be measured; it says why of the first one.
    """
    speeds: list[Speed] = []
    failed: list[Failure] = []
    size: Size = (0, 0)
    for index, way in enumerate(ways):
        tell(index, way)
        timed = _timed(webcam, way, seconds, cancelled)
        if cancelled.is_set():
            return None
        if timed.problem:
            failed.append(Failure(index, way.label, timed.problem))
        else:
            size = timed.size
            speeds.append(timed.speed(way))
    if not speeds:
        raise BodySegError(f"{failed[0].name} could not be measured: {failed[0].reason}")
    return Benchmark(
        speeds,
        machine=this_machine(),
        label=f"live, {webcam.source}",
        size=size,
        duration=seconds,
        failed=failed,
    )


def check_can_measure(webcam: Webcam, seconds: object) -> float:
    """Return how long each model is measured.

    Raises
    ------
    InvalidOptionError
        It is no number of seconds above 0, or the source shows no new frames.
    """
    is_number = isinstance(seconds, int | float) and not isinstance(seconds, bool)
    if not is_number or not 0 < seconds < _LONGEST:  # type: ignore[operator]  # then it is one
        raise InvalidOptionError(
            f"seconds must be a number above 0 and below {_LONGEST}, but got {in_short(seconds)}. "
            "Try 2."
        )
    if not webcam.running or webcam.paused:
        raise InvalidOptionError(
            "Speed is measured on what the source shows, and it is not running: press Start, or "
            "Play if it is paused, and measure then."
        )
    return float(seconds)  # type: ignore[arg-type]  # checked above


_LONGEST: Final = 3600


@dataclass(slots=True)
class _Timed:
    """The results of one way."""

    problem: str = ""
    size: Size = (0, 0)
    frames: list[Timings] = field(default_factory=list)

    def speed(self, way: Way) -> Speed:
        frames = self.frames
        each_turn = len(frames) / _TURNS
        ends = [round(turn * each_turn) for turn in range(_TURNS + 1)]
        shares = [frames[start:end] for start, end in pairwise(ends)]
        # How many of these fit into a second: sources have no more than 30 or so.
        rates = [1000 * len(each) / sum(one.infer for one in each) for each in shares]
        return Speed.of(
            way.choice.name, way.choice.runtime, way.title, turns=rates, timings=self.frames
        )


def _timed(webcam: Webcam, way: Way, seconds: float, cancelled: threading.Event) -> _Timed:
    timed = _Timed()
    came = threading.Condition()
    results: list[Result] = []

    def keep(result: Result) -> None:
        with came:
            results.append(result)
            came.notify()

    choice = way.choice
    model = (choice.model, choice.model_type) if choice.model_type else choice.model
    with ExitStack() as stack:
        stream = stack.enter_context(
            closing(
                SegmentationStream(
                    webcam,
                    model=model,
                    runtime=choice.runtime,
                    accelerator=way.accelerator,
                )
            )
        )
        stack.callback(stream.on_result(keep, images=False))
        ends = first = 0.0
        seen = 0
        heard = time.monotonic()
        while not cancelled.is_set():
            with came:
                came.wait(_LOOK)
                new, results[:] = [*results], []
            now = time.monotonic()
            if new:
                heard = now
            if webcam.paused or not webcam.running:
                raise InvalidOptionError(
                    "The source was paused or stopped while the speed was measured. Press Play or "
                    "Start, and measure again."
                )
            timed.problem = _problem(stream, way, waited=now - heard)
            if timed.problem:
                break
            is_ready = choice.runtime != BROWSER or stream.running_on != ""
            for result in new if is_ready else ():
                seen += 1
                if seen <= _WARM_UP:
                    continue
                if not first:
                    first, ends = now, now + seconds
                width, height = result.frame.size
                timed.size = height, width
                # Decoding a page's result here is nothing that its model waits for.
                timed.frames.append(Timings(infer=result.timings.infer))
            if first and now >= ends and len(timed.frames) >= _FEWEST:
                break
    return timed


_LOOK: Final = 0.1
"""Seconds between looks at what may end it."""


def _problem(stream: SegmentationStream, way: Way, *, waited: float) -> str:
    if stream.state == "failed":
        return stream.message
    if way.accelerator == "webgpu" and stream.running_on == "wasm":
        return stream.running_why
    if waited > _PATIENCE:
        return f"It has found nothing for {_PATIENCE:.0f} seconds."
    return ""
