"""Evaluating images, against a bare loop and on two processes.

``python -m benchmarks.evaluation``: two hundred images of 640x480, as JPEG files with PNG masks,
through one selfie model. The bare loop reads each pair, runs the model and computes the same
measures, without anything around it. They take turns, and the ratio of their medians counts. Then
the peak memory of a process that evaluates a hundred images, and of one that evaluates a thousand.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from benchmarks.measuring.printing import at_least, at_most, figure
from bodyseg_widgets import create_segmenter, evaluate
from bodyseg_widgets.evaluation import (
    boundary_f_scores,
    calibration,
    count_levels,
    is_person,
)
from tests.clip_frames import clip_frames
from tests.data import find_data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGES, FEW, MANY = 200, 100, 1000
ROUNDS = 3
MEBIBYTE = 2**20


def write_pairs(folder: Path, count: int) -> Path:
    """Write images of a person who signs, with the model's own masks for a reference."""
    frames = clip_frames(find_data_folder() / "asl" / "book.mkv")
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    files = []
    with create_segmenter("general") as segmenter:
        for number, frame in enumerate(frames[:50]):
            image, mask = folder / "images" / f"{number}.jpg", folder / "masks" / f"{number}.png"
            Image.fromarray(frame).save(image, quality=90)
            (people,) = segmenter.segment_people(frame)
            Image.fromarray((is_person(people.mask, 0.4) * 255).astype(np.uint8)).save(mask)
            files.append((image, mask))
    for number in range(len(files), count):
        for file in files[number % len(files)]:
            os.link(file, file.with_stem(str(number)))
    return folder


def bare_loop(folder: Path) -> None:
    """Read, run and measure, with nothing around it."""
    with create_segmenter("general", num_threads=1) as segmenter:
        for file in sorted((folder / "images").iterdir()):
            image = np.asarray(Image.open(file).convert("RGB"))
            mask = folder / "masks" / f"{file.stem}.png"
            reference = np.asarray(Image.open(mask).convert("L")) >= 128  # noqa: PLR2004
            (people,) = segmenter.segment_people(image)
            counts = count_levels(people.mask, reference)
            boundary_f_scores(is_person(people.mask, 0.5), reference)
            counts.iou(0.5), counts.precision(0.5), counts.recall(0.5)
            calibration(counts)


def seconds(work: Callable[[], object]) -> float:
    """How long something takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def peak_memory(folder: Path) -> float:
    """Peak memory of a process that evaluates a folder, in MiB."""
    code = (
        "import resource, bodyseg_widgets as bs\n"
        f"bs.evaluate({str(folder)!r}, 'general', progress=False)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)  # noqa: S603
    return int(done.stdout.split()[-1]) * 1024 / MEBIBYTE


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        pairs = write_pairs(Path(folder) / "pairs", IMAGES)
        ways = {
            "bare loop": lambda: bare_loop(pairs),
            "one process": lambda: evaluate(pairs, "general", progress=False),
            "two processes": lambda: evaluate(pairs, "general", executor=2, progress=False),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, work in ways.items():
                times[name].append(seconds(work))
        rates = {name: IMAGES / statistics.median(taken) for name, taken in times.items()}
        print(f"Evaluating {IMAGES} images with Selfie general, images per second")
        for name, rate in rates.items():
            low, high = (IMAGES / each for each in (max(times[name]), min(times[name])))
            figure(name, rate, note=f"{low:.1f} to {high:.1f}")
        share = rates["one process"] / rates["bare loop"]
        at_least("one process, share of the bare loop", share, 0.9, digits=2)
        gain = rates["two processes"] / rates["one process"]
        at_least("two processes, times one process", gain, 1.7, digits=2)
        few = peak_memory(write_pairs(Path(folder) / "few", FEW))
        many = peak_memory(write_pairs(Path(folder) / "many", MANY))
        print(f"Peak memory, {FEW} and {MANY} images, MiB")
        figure(f"{FEW} images", few)
        figure(f"{MANY} images", many)
        at_most("growth, percent", 100 * (many / few - 1), 5)


if __name__ == "__main__":
    main()
