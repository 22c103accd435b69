"""Several models at once in JupyterLab, against the same models in a bare Python loop.

    python -m benchmarks.compare [--seconds 10]

The bare loop has one thread per model, which takes the newest image from a source with 30 images
per second, like the camera; no browser runs at that time. Then four panels show a fake camera, and
each counts the masks it draws. Finally, one fast model runs alone, and next to one that needs half
a second per image.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING

import av

from benchmarks.live import at_least, at_most
from bodyseg_widgets.streaming import LatestWorker, choose_like
from tests.browser.clips import write_clips
from tests.browser.lab import Notebook, Server, jupyter_server
from tests.browser.quiet_chromium import QuietPage, quiet_chromium
from tests.data import find_data_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

MODELS = ("general", "landscape", "lite", "full")
CAMERA_RATE = 30
CLIP_FRAMES = 600
SETTLE_SECONDS = 4

MIN_SHARE = 0.85
"""Fraction of the bare loop's rate."""
MIN_PICTURES = 25
MAX_WAITING = 2
MIN_SHARE_BESIDE_SLOW = 0.9
MAX_SLOWNESS = 0.5

COMPARE = """
import collections
import time
from bodyseg_widgets import Compare, add_model
from bodyseg_widgets.widgets.source.frame_hub import FrameHub
from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket

def slow(image):
    time.sleep({slowness})
    return image.mean(axis=2) / 255

add_model("Slow", slow)
handed, answered, most = 0, collections.Counter(), collections.Counter()
offer, next_answer = FrameHub.offer, FrameTicket._next_answer

def counted_offer(self, frame):
    global handed
    handed += 1
    offer(self, frame)
    for stream in [*answered]:
        most[stream] = max(most[stream], handed - answered[stream])

def counted_next_answer(self, stream):
    answered[stream] += 1
    return next_answer(self, stream)

FrameHub.offer, FrameTicket._next_answer = counted_offer, counted_next_answer
compare = Compare({models!r}, show=())
compare
"""

RATES_JS = """
() => [...document.querySelectorAll('.bodyseg-rate')]
  .map((each) => parseFloat(each.querySelector('b').textContent) || 0)
"""

START_JS = "() => document.querySelector('.bodyseg-webcam button').click()"


class Newest:
    """A source of decoded images at the camera's rate; late readers get the newest."""

    def __init__(self, pictures: Sequence[np.ndarray], seconds: float) -> None:
        self._pictures = cycle(pictures)
        self._end = time.monotonic() + seconds

    def play(self, workers: Sequence[LatestWorker[tuple[np.ndarray, float]]]) -> None:
        """Offer each image to all, until the time is up."""
        due = time.monotonic()
        while due < self._end:
            picture = next(self._pictures)
            for worker in workers:
                worker.offer((picture, due))
            due += 1 / CAMERA_RATE
            time.sleep(max(0.0, due - time.monotonic()))


def bare_loop(pictures: Sequence[np.ndarray], seconds: float) -> dict[str, float]:
    """Return results per second of each model, all running in parallel in one process."""
    counts = dict.fromkeys(MODELS, 0)
    workers, models = [], []
    for name in MODELS:
        model = choose_like(name).to_run(lambda: 1).create()
        model.run(pictures[0], 0.0)

        def work(item: tuple[np.ndarray, float], name: str = name, model: object = model) -> None:
            counts[name] += model.run(*item).segmentation.mask.levels.ndim > 0  # type: ignore[attr-defined]

        models.append(model)
        workers.append(LatestWorker(work, on_skipped=lambda _: None, name=name))
    Newest(pictures, seconds).play(workers)
    for worker in workers:
        worker.close()
    for model in models:
        model.dispose()
    return {name: count / seconds for name, count in counts.items()}


def in_turn(pictures: Sequence[np.ndarray], seconds: float) -> float:
    """Run all models in turn as fast as one thread can; return rounds per second."""
    models = [choose_like(name).to_run(lambda: 1).create() for name in MODELS]
    start, rounds = time.monotonic(), 0
    for picture in cycle(pictures):
        for model in models:
            model.run(picture, rounds / CAMERA_RATE).segmentation.mask.levels  # noqa: B018
        rounds += 1
        if time.monotonic() - start > seconds:
            break
    for model in models:
        model.dispose()
    return rounds / (time.monotonic() - start)


def panel_rates(page: QuietPage, seconds: float) -> list[float]:
    """Return the mean masks per second of each panel, as counted by the panels."""
    page.wait_for_timeout(SETTLE_SECONDS * 1000)
    samples = []
    for _ in range(round(seconds)):
        page.wait_for_timeout(1000)
        samples.append(page.evaluate(RATES_JS))
    return [statistics.fmean(rates) for rates in zip(*samples, strict=True)]


def open_compare(page: QuietPage, server: Server, models: Sequence[str]) -> Notebook:
    """Display a Compare and press Start."""
    code = COMPARE.format(models=[*models], slowness=MAX_SLOWNESS)
    notebook = Notebook(page, server, [code])
    notebook.run_all()
    page.wait_for_function("() => document.querySelector('.bodyseg-note')?.innerText")
    page.evaluate(START_JS)
    return notebook


def measure(page: QuietPage, server: Server, bare: dict[str, float], seconds: float) -> None:
    """Print the rates of four panels, and how a slow model affects a fast one."""
    notebook = open_compare(page, server, MODELS)
    rates = panel_rates(page, seconds)
    before = notebook.value("(handed, time.time())")
    page.wait_for_timeout(seconds * 1000)
    after = notebook.value("(handed, time.time())")
    waiting = notebook.value("max(most.values())")
    notebook.close()
    print("Four panels, each with the share of what its model reaches in the bare loop")
    for name, rate in zip(MODELS, rates, strict=True):
        share = rate / bare[name]
        verdict = "met" if share >= MIN_SHARE else "MISSED"
        print(f"  {name:12}{rate:6.1f} masks/s   {share:5.2f}   goal >= {MIN_SHARE}: {verdict}")
    pictures = (after[0] - before[0]) / (after[1] - before[1])
    at_least("pictures/s from the camera to the models", pictures, MIN_PICTURES)
    at_most("frames a model has open, at most", waiting, MAX_WAITING)

    notebook = open_compare(page, server, ["landscape"])
    (alone,) = panel_rates(page, seconds)
    notebook.close()
    notebook = open_compare(page, server, ["landscape", "Slow"])
    beside, _ = panel_rates(page, seconds)
    notebook.close()
    print(f"landscape alone {alone:.1f} masks/s, beside a model of {MAX_SLOWNESS} s {beside:.1f}")
    at_least("share of its rate", beside / alone, MIN_SHARE_BESIDE_SLOW)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args().seconds
    clip = find_data_folder() / "asl" / "book.mkv"
    with av.open(str(clip)) as container:
        frames = (frame.reformat(640, 480, "rgb24") for frame in container.decode(video=0))
        pictures = [frame.to_ndarray() for frame in islice(frames, 60)]
    bare = bare_loop(pictures, seconds)
    print(f"Bare Python loop, a thread for each model, pictures at {CAMERA_RATE}/s")
    for name, rate in bare.items():
        print(f"  {name:12}{rate:6.1f} results/s")
    print(f"  all in turn on one thread, unpaced: {in_turn(pictures, seconds):.1f} rounds/s")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        camera = write_clips([clip], folder / "c.y4m", frames_each=CLIP_FRAMES)
        with (
            jupyter_server(folder / "jupyter") as server,
            quiet_chromium(camera=camera, size=(1700, 1200)) as page,
        ):
            measure(page, server, bare, seconds)


if __name__ == "__main__":
    main()
