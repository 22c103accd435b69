"""Selfie segmentation against bare MediaPipe Tasks, in one run: ``python benchmarks/selfie.py``.

This measures the time from one 640x480 RGB frame in memory to the full-size float32 probability.
The competitors take turns frame by frame, so that other load on the machine affects all of them
equally; the ratio of their medians counts, not the milliseconds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from importlib import resources
from typing import TYPE_CHECKING

import mediapipe as mp
import numpy as np
from PIL import Image

from bodyseg_widgets import SupportedModels, create_segmenter
from bodyseg_widgets.models import read_model
from bodyseg_widgets.models.files import model_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bodyseg_widgets.options import Runtime
    from bodyseg_widgets.segmentation import SelfieModelType

    Segment = Callable[[NDArray[np.uint8]], NDArray[np.float32]]

PEER = "MediaPipe Tasks, bare"
WIDTH, HEIGHT = 640, 480
WARM_UP_FRAMES = 20
FRAMES = 300
STARTS = 5
GOAL = 0.75
MODEL_TYPES: tuple[SelfieModelType, ...] = ("general", "landscape")

IMPORT = """
import time
start = time.perf_counter()
import {package}
print(time.perf_counter() - start)
"""
FIRST_MASK = """
import numpy as np
from bodyseg_widgets import SupportedModels, create_segmenter
segmenter = create_segmenter(
    SupportedModels.MediaPipeSelfieSegmentation, runtime={runtime!r}
)
segmenter.segment_people(np.zeros((480, 640, 3), np.uint8))[0].mask.probability
segmenter.dispose()
"""
PEERS_FIRST_MASK = """
import mediapipe as mp
import numpy as np
vision = mp.tasks.vision
options = vision.ImageSegmenterOptions(
    base_options=mp.tasks.BaseOptions(model_asset_path={path!r}),
    running_mode=vision.RunningMode.IMAGE,
)
with vision.ImageSegmenter.create_from_options(options) as task:
    task.segment(mp.Image(mp.ImageFormat.SRGB, np.zeros((480, 640, 3), np.uint8)))
"""
MAX_SHARE_OF_NUMPYS_IMPORT = 0.5
MAX_SHARE_OF_PEERS_FIRST_MASK = 0.5
"""MediaPipe's import loads much that a mask does not need, such as TensorFlow if it is
installed."""


def main() -> None:
    """Print every figure."""
    frame = sample_frame()
    print(f"One {WIDTH}x{HEIGHT} frame to its full-size probability, {FRAMES} frames each\n")
    for model_type in MODEL_TYPES:
        print_table(model_type, medians(competitors(model_type), frame))
    print_starts(
        {name: IMPORT.format(package=name) for name in ("numpy", "bodyseg_widgets")},
        "import, seconds",
        MAX_SHARE_OF_NUMPYS_IMPORT,
    )
    path = str(model_path("selfie_general"))
    first_masks = {
        f"{each!r}": FIRST_MASK.format(runtime=each) for each in ("tensorflow", "mediapipe")
    }
    print_starts(
        {PEER: PEERS_FIRST_MASK.format(path=path), **first_masks},
        "cold process to first mask and back, seconds",
        MAX_SHARE_OF_PEERS_FIRST_MASK,
    )


def sample_frame() -> NDArray[np.uint8]:
    """Return the bundled portrait on a 4:3 frame."""
    file = resources.files("bodyseg_widgets.streaming.samples") / "data" / "astronaut.jpg"
    with file.open("rb") as stream:
        image = Image.open(stream).convert("RGB").resize((WIDTH, HEIGHT))
    return np.ascontiguousarray(image)


def competitors(model_type: SelfieModelType) -> dict[str, Segment]:
    """Return the competitors for one network."""
    return {
        PEER: bare_mediapipe(model_type),
        "'mediapipe'": ours(model_type, "mediapipe"),
        "'tensorflow'": ours(model_type, "tensorflow"),
        "'tensorflow', 1 thread": ours(model_type, "tensorflow", num_threads=1),
    }


def bare_mediapipe(model_type: SelfieModelType) -> Segment:
    """Segment with MediaPipe's own Python API and nothing else."""
    vision = mp.tasks.vision
    task = vision.ImageSegmenter.create_from_options(
        vision.ImageSegmenterOptions(
            base_options=mp.tasks.BaseOptions(
                model_asset_buffer=read_model(f"selfie_{model_type}")
            ),
            running_mode=vision.RunningMode.IMAGE,
        )
    )

    def segment(frame: NDArray[np.uint8]) -> NDArray[np.float32]:
        result = task.segment(mp.Image(mp.ImageFormat.SRGB, frame))
        mask: NDArray[np.float32] = result.confidence_masks[0].numpy_view()[..., 0].copy()
        return mask

    return segment


def ours(model_type: SelfieModelType, runtime: Runtime, num_threads: int | None = None) -> Segment:
    """Segment with this package."""
    segmenter = create_segmenter(
        SupportedModels.MediaPipeSelfieSegmentation,
        runtime=runtime,
        model_type=model_type,
        num_threads=num_threads,
    )
    return lambda frame: segmenter.segment_people(frame)[0].mask.probability


def medians(segments: dict[str, Segment], frame: NDArray[np.uint8]) -> dict[str, float]:
    """Return each competitor's median in milliseconds per frame, taking turns."""
    times: dict[str, list[float]] = {name: [] for name in segments}
    for _ in range(WARM_UP_FRAMES + FRAMES):
        for name, segment in segments.items():
            start = time.perf_counter()
            segment(frame)
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(each[WARM_UP_FRAMES:]) for name, each in times.items()}


def print_table(model_type: str, milliseconds: dict[str, float]) -> None:
    """Print the medians and their ratios to bare MediaPipe."""
    print(f"{model_type:<24} {'ms':>6} {'ratio':>6}")
    for name, median in milliseconds.items():
        print(f"  {name:<22} {median:6.2f} {median / milliseconds[PEER]:6.2f}")
    met = milliseconds["'tensorflow'"] <= GOAL * milliseconds[PEER]
    print(f"  goal: 'tensorflow' at most {GOAL}: {'met' if met else 'MISSED'}\n")


def print_starts(scripts: dict[str, str], what: str, most: float) -> None:
    """Print how long new processes take, in turn, and their ratios to the first.

    Parameters
    ----------
    scripts : dict of str to str
        Python code by name. Code that prints times itself; for other code, the time from start to
        end of Python counts.
    what : str
        What is measured, for the heading.
    most : float
        The goal: the highest acceptable ratio to the first.
    """
    times: dict[str, list[float]] = {name: [] for name in scripts}
    for _ in range(STARTS):
        for name, code in scripts.items():
            start = time.perf_counter()
            printed = run(code)
            times[name].append(float(printed or time.perf_counter() - start))
    medians_of = {name: statistics.median(each) for name, each in times.items()}
    peer, *others = medians_of
    print(f"{what}, medians of {STARTS}; goal at most {most} of {peer}")
    print(f"  {peer:<22} {medians_of[peer]:6.2f}")
    for name in others:
        ratio = medians_of[name] / medians_of[peer]
        verdict = "met" if ratio <= most else "MISSED"
        print(f"  {name:<22} {medians_of[name]:6.2f} {ratio:6.2f}: {verdict}")


def run(code: str) -> str:
    """Run code in a new Python process and return its output."""
    done = subprocess.run(  # noqa: S603 - this Python, this file's code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout


if __name__ == "__main__":
    main()
