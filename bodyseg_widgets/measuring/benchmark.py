"""Measure how fast models are on this computer."""

from __future__ import annotations

import math
import time
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from itertools import count, islice
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import BodySegError, InvalidOptionError, SourceError
from bodyseg_widgets.jobs import reason_of
from bodyseg_widgets.measuring.benchmarked import Benchmark
from bodyseg_widgets.measuring.chosen import chosen_models
from bodyseg_widgets.measuring.machine import this_machine
from bodyseg_widgets.measuring.results import Failure
from bodyseg_widgets.measuring.speed import PROCESSOR, UNKNOWN, Speed
from bodyseg_widgets.options import check_max_poses
from bodyseg_widgets.progress import progress_bar
from bodyseg_widgets.streaming import SharedImage, Timings, encode_image
from bodyseg_widgets.streaming.live_models import bundled_choices
from bodyseg_widgets.streaming.pipeline import in_levels
from bodyseg_widgets.streaming.samples import sample
from bodyseg_widgets.streaming.sources import FrameSource, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming import Choice, FrameModel, ModelLike
    from bodyseg_widgets.streaming.sources import SourceInput

__all__ = ["benchmark"]

_TURNS: Final = 9
"""Of each model. Quartiles of nine are three of them."""
_MOST_FRAMES: Final = 90
"""Of the source, three seconds of a camera's, so that all are in memory and reading takes none of
the time."""
_FIRST_FRAMES: Final = 10
"""After loading a model, when caches and threads are still cold."""
_FIRST_FRAMES_OF_A_TURN: Final = 2
"""When caches are still those of another model; the first one looks for people in all the image."""
_USUAL_RATE: Final = 30.0
"""Of a source that does not say its rate."""


@named_arguments
def benchmark(
    models: ModelLike | Sequence[ModelLike] | None = None,
    source: SourceInput | None = None,
    duration: float = 4.0,
    *,
    max_poses: int = 1,
    progress: bool = True,
) -> Benchmark:
    """Measure how fast models are on this computer, without a page.

    A frame is what a stream makes of it: a JPEG, as cameras' pages send it, is decoded, the model
    runs, with the threads that it has in streams, and its mask is rounded to 8 bits. So the stages
    are ``decode`` and ``infer`` of `Timings`; what a page adds, an Explorer shows.

    Models take turns, nine each, forward and backward, so that what else the computer does meets
    all of them. Loading them and the first frames of each turn are not counted. Frames per second
    are the median of a model's turns; the quartiles beside it say how much they differ.

    Parameters
    ----------
    models : str, sequence of str, Choice, or a list of them, optional
        As `choose_like` takes them, those of `add_model` included: ``["full", ("BlazePose",
        "full", "mediapipe")]``. Default: all bundled ones, on each runtime that is installed.
    source : str, os.PathLike, array, iterable or FrameSource, optional
        As `open_source` takes it; its first 90 frames are used, again and again. Default: the
        sample ``"squats"``, one person in 640 × 480 pixels.
    duration : float
        How long each model runs, in seconds, in all turns together.
    max_poses : int
        How many people a pose detector looks for, at least 1.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    Benchmark
        The results. A model that could not be measured is in its `failed`.

    Raises
    ------
    InvalidOptionError
        An argument is invalid.
    SourceError
        There is no source, or it has no frames.
    BodySegError
        None of the models could be measured; the error is that of the first one.

    Examples
    --------
    >>> from bodyseg_widgets import benchmark
    >>> measured = benchmark(["general", "landscape"], duration=0.2, progress=False)
    >>> [speed.model for speed in measured.speeds], [*measured.speeds[0].latency]
    (['Selfie general', 'Selfie landscape'], ['decode', 'infer', 'total'])
    """
    choices = tuple(bundled_choices()) if models is None else chosen_models(models)
    seconds = _checked_duration(duration) / _TURNS
    people = check_max_poses(max_poses)
    machine = this_machine()
    clip = _Clip.of(source)
    runners = [_Runner(number, choice) for number, choice in enumerate(choices)]
    label = f"{len(runners)} models" if len(runners) > 1 else choices[0].label
    try:
        with progress_bar((1 + _TURNS) * len(runners), label, unit="turns", shown=progress) as bar:
            for runner in runners:
                runner.load(people, clip)
                bar.update()
            for turn in range(_TURNS):
                for runner in runners if turn % 2 == 0 else reversed(runners):
                    runner.take_turn(clip, seconds)
                    bar.update()
    finally:
        for runner in runners:
            runner.dispose()
    failed = [(runner, runner.error) for runner in runners if runner.error is not None]
    if len(failed) == len(runners):
        raise _told(*failed[0])
    return Benchmark(
        [each.speed() for each in runners if each.error is None],
        machine=machine,
        label=clip.label,
        size=clip.size,
        duration=float(duration),
        failed=[
            Failure(runner.number, runner.choice.label, reason_of(error))
            for runner, error in failed
        ],
    )


def _checked_duration(duration: object) -> float:
    is_number = isinstance(duration, int | float) and not isinstance(duration, bool)
    if not is_number or not 0 < duration < math.inf:  # type: ignore[operator]  # then it is one
        raise InvalidOptionError(
            f"duration must be a number of seconds above 0, but got {in_short(duration)}. Try 4."
        )
    return float(duration)  # type: ignore[arg-type]  # checked above


@dataclass(frozen=True, slots=True)
class _Clip:
    """Frames in memory, as a page sends them.

    Attributes
    ----------
    label : str
        What they are of.
    size : tuple of int
        (height, width) of the first one, in pixels.
    jpegs : list of bytes
        The frames.
    rate : float
        Frames per second, for the times that models are told.
    """

    label: str
    size: Size
    jpegs: list[bytes]
    rate: float

    @classmethod
    def of(cls, given: SourceInput | None) -> _Clip:
        source = open_source(sample("squats") if given is None else given)
        jpegs: list[bytes] = []
        size: Size | None = None
        # A source that somebody else has opened stays open.
        with nullcontext() if isinstance(given, FrameSource) else closing(source):
            while len(jpegs) < _MOST_FRAMES and (frame := source.read()) is not None:
                height, width = frame.image.shape[:2]
                size = size or (height, width)
                jpegs.append(encode_image(frame.image) if frame.jpeg is None else frame.jpeg)
        if size is None:
            raise SourceError(f"{source.label!r} has no frames. Give a source with at least one.")
        return cls(source.label, size, jpegs, source.rate or _USUAL_RATE)

    def frames(self) -> Iterator[tuple[bytes, float]]:
        """Yield each frame with its time in seconds, again and again."""
        for number in count():
            yield self.jpegs[number % len(self.jpegs)], number / self.rate


@dataclass(slots=True)
class _Runner:
    """A model that takes turns with others."""

    number: int
    choice: Choice
    model: FrameModel | None = None
    error: Exception | None = None
    timings: list[Timings] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)

    def load(self, max_poses: int, clip: _Clip) -> None:
        try:
            self.model = self.choice.to_run(lambda: max_poses).create()
            for jpeg, timestamp in islice(clip.frames(), _FIRST_FRAMES):
                self._seen(self.model, jpeg, timestamp)
        except Exception as error:  # noqa: BLE001 - models of users raise what they like
            self.error = error

    def take_turn(self, clip: _Clip, seconds: float) -> None:
        if self.error is not None or self.model is None:
            return
        try:
            self._take_turn(self.model, clip, seconds)
        except Exception as error:  # noqa: BLE001 - as above
            self.error = error

    def _take_turn(self, model: FrameModel, clip: _Clip, seconds: float) -> None:
        model.reset()
        frames = clip.frames()
        for jpeg, timestamp in islice(frames, _FIRST_FRAMES_OF_A_TURN):
            self._seen(model, jpeg, timestamp)
        timings = []
        start = time.perf_counter()
        for jpeg, timestamp in frames:
            timings.append(self._seen(model, jpeg, timestamp))
            elapsed = time.perf_counter() - start
            if elapsed >= seconds:
                self.turns.append(len(timings) / elapsed)
                break
        self.timings += timings

    @staticmethod
    def _seen(model: FrameModel, jpeg: bytes, timestamp: float) -> Timings:
        image, decode_ms = SharedImage(jpeg).decoded()
        start = time.perf_counter()
        in_levels(model.run(image, timestamp))
        return Timings(decode=decode_ms, infer=(time.perf_counter() - start) * 1000)

    def speed(self) -> Speed:
        choice = self.choice
        # A function may run anywhere.
        accelerator = UNKNOWN if choice.runtime == "python" else PROCESSOR
        return Speed.of(
            choice.name, choice.runtime, accelerator, turns=self.turns, timings=self.timings
        )

    def dispose(self) -> None:
        if self.model is not None:
            self.model.dispose()


def _told(runner: _Runner, error: Exception) -> BodySegError:
    if isinstance(error, BodySegError):
        return error
    told = InvalidOptionError(
        f"{runner.choice.label} could not be measured: {reason_of(error)}. Call it with one image "
        "to debug it."
    )
    told.__cause__ = error
    return told
