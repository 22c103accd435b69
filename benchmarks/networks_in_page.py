"""Models in a page, without Jupyter: networks against Python's, and whole paths against networks.

    python -m benchmarks.networks_in_page [--turns 10] [--frames 90]

Each network runs on the same input in an inference worker and in Python, with one thread and in
turn, so that other work on the machine meets both. The whole path is what an inference worker does
with a frame of a video of 640 x 480: from its bitmap to the mask's levels and the pose; what the
browser takes from JPEG to bitmap is printed beside it. The networks are a part of it, so that other
work meets both, too. The ratios count, not the milliseconds.

WebAssembly computes with 128 bits at a time, Python with as many as the processor has. Where that
is 512 (AVX-512), the large networks take up to four times as long in the page.
"""

from __future__ import annotations

import argparse
import io
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from benchmarks.measuring.printing import at_most, figure
from benchmarks.measuring.timed_page import PROGRAM, TimedPage
from bodyseg_widgets import SupportedModels
from bodyseg_widgets.models import read_model
from bodyseg_widgets.runtimes.litert import LiteRTNetwork
from bodyseg_widgets.widgets.transport.assets import models_of
from bodyseg_widgets.widgets.transport.limits import FRAME_JPEG_QUALITY
from tests.browser.lab import chromium
from tests.browser.watched_page import watched_page
from tests.browser.worker_program import bundled
from tests.clip_frames import clip_frames
from tests.data import find_data_folder
from tests.file_server import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray
    from playwright.sync_api import Browser

MOST_OF_PYTHON = 2.8
MOST_APART = 1e-4
"""Of an output's largest number, at least 1."""
RUNS = 10
"""Of each turn."""
WARM_UP = 10
"""Frames of a video, in the first of which the person is looked for."""


class Model(NamedTuple):
    """A model, and what its whole path may take of its network."""

    model: str
    model_type: str
    most: float


SELFIE, BLAZEPOSE = SupportedModels.MediaPipeSelfieSegmentation, SupportedModels.BlazePose
MODELS = (
    Model(SELFIE, "general", 2.0),
    Model(SELFIE, "landscape", 2.0),
    Model(BLAZEPOSE, "lite", 1.3),
    Model(BLAZEPOSE, "full", 1.3),
    Model(BLAZEPOSE, "heavy", 1.3),
)


def measure_network(
    page: TimedPage, index: int, name: str, picture: NDArray[np.uint8], turns: int
) -> None:
    """Print what one network takes in the page and in Python."""
    python = LiteRTNetwork(read_model(name), num_threads=1)
    _, height, width, _ = python.input.shape
    resized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
    values = (resized / np.float32(255))[np.newaxis]
    times: dict[str, list[float]] = {"page": [], "Python": []}
    # Programs are compiled while they run.
    page.run(index, values, RUNS)
    expected = run_python(python, values)
    apart = max(
        float(abs(found - each.ravel()).max() / max(1, abs(each).max()))
        for found, each in zip(page.outputs(), expected, strict=True)
    )
    for _ in range(turns):
        times["page"] += page.run(index, values, RUNS)
        for _ in range(RUNS):
            began = time.perf_counter()
            run_python(python, values)
            times["Python"].append(1000 * (time.perf_counter() - began))
    python.dispose()
    print(f"network {name}, {turns * RUNS} runs each")
    for where, its in times.items():
        figure(f"{where}, ms", median(its), digits=2)
    ratio = median(times["page"]) / median(times["Python"])
    at_most("page by Python", ratio, MOST_OF_PYTHON, digits=2)
    at_most("numbers apart, share of the largest", apart, MOST_APART, digits=6)


def run_python(
    network: LiteRTNetwork, values: NDArray[np.float32]
) -> tuple[NDArray[np.float32], ...]:
    """Run a network in Python."""
    return network.run(lambda tensor: np.copyto(tensor, values))


def measure_path(page: TimedPage, model: Model, jpegs: Sequence[bytes]) -> None:
    """Print what the whole path takes beside its network."""
    looks = page.video(jpegs)[WARM_UP:]
    print(f"whole path of {model.model_type}, {len(looks)} frames")
    figure("JPEG to bitmap, ms", median(each.decode for each in looks))
    figure("bitmap to pixels, ms", median(each.read for each in looks))
    figure("pixels to result, ms", median(each.around for each in looks), note="without network")
    figure("network, ms", median(each.network for each in looks))
    path = median((each.read + each.around + each.network) / each.network for each in looks)
    at_most("bitmap to result by network", path, model.most, digits=2)
    whole = median(sum(each) / each.network for each in looks)
    figure("JPEG to result by network", whole, digits=2)


@contextmanager
def timed_page(browser: Browser, worker: bytes, model: Model) -> Iterator[TimedPage]:
    """Open a page with a model."""
    with serving() as server, watched_page(browser) as page:
        page.set_default_timeout(120_000)
        yield TimedPage(page, server, worker, model.model, model.model_type)


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    """Encode a picture as the page does."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "JPEG", quality=round(100 * FRAME_JPEG_QUALITY))
    return file.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--turns", type=int, default=10, help=f"of {RUNS} runs each")
    parser.add_argument("--frames", type=int, default=90, help=f"more than {WARM_UP}")
    options = parser.parse_args()
    pictures = clip_frames(find_data_folder() / "asl" / "walk.mkv", options.frames)
    jpegs = [jpeg(each) for each in pictures]
    measured = set()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        worker = bundled(PROGRAM, Path(folder))
        with chromium(playwright) as browser:
            for model in MODELS:
                with timed_page(browser, worker, model) as page:
                    for index, name in enumerate(models_of(model.model, model.model_type)):
                        if name not in measured:
                            measure_network(page, index, name, pictures[0], options.turns)
                            measured.add(name)
                    measure_path(page, model, jpegs)


if __name__ == "__main__":
    main()
