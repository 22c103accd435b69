"""An effect on a video file, against a bare loop: ``python -m benchmarks.offline``.

Ten seconds of 640x480, with sound, through the selfie model and a cheap background blur. The bare
loop decodes, runs the model and encodes with the same settings, sequentially, without an effect and
without sound. They take turns, and the ratio of their medians counts. If other programs use the
second core, the effect's own time shows in full. Then the peak memory of a separate process, for
five seconds and for twenty.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import psutil
from av.video.reformatter import VideoReformatter

from benchmarks.live import at_least, at_most
from bodyseg_widgets import Frame, Result, SupportedModels, Timings, create_segmenter
from bodyseg_widgets.streaming.offline import apply_effect
from bodyseg_widgets.streaming.offline.kinds import KINDS
from tests.clip_frames import clip_frames
from tests.data import find_data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bodyseg_widgets import BodySegmenter
    from bodyseg_widgets.streaming.offline import Effect

RATE = 30
SOUND_RATE = 48_000
SECONDS = 10
SHORT, LONG = 5, 20
ROUNDS = 5
BLUR, SHRINK = 5.0, 4

MEBIBYTE = 2**20

LEAST_PERCENT = 90
MAX_GROWTH = 8.0
"""In MiB. The tables of the frames' times and file positions grow by less than one; the peak of one
file varies from run to run."""


def write_clip(path: Path, seconds: int) -> Path:
    """Write some seconds of a person moving back and forth, with a tone."""
    pictures = clip_frames(find_data_folder() / "asl" / "book.mkv")
    to_and_fro = [*pictures, *pictures[-2:0:-1]]
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        voice = container.add_stream("aac", rate=SOUND_RATE)
        for number in range(seconds * RATE):
            picture = to_and_fro[number % len(to_and_fro)]
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
            samples = SOUND_RATE // RATE
            at = np.arange(number * samples, (number + 1) * samples) / SOUND_RATE
            tone = np.repeat(np.sin(880 * np.pi * at)[None] * 9000, 2, axis=0).astype(np.int16)
            heard = av.AudioFrame.from_ndarray(tone, format="s16p", layout="stereo")
            heard.rate, heard.time_base = SOUND_RATE, Fraction(1, SOUND_RATE)
            heard.pts = number * samples
            container.mux(voice.encode(heard))
        container.mux([*stream.encode(None), *voice.encode(None)])
    return path


def blur_background(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
    """Blur the background, on an image a quarter as wide and high."""
    height, width = frame.shape[:2]
    small = cv2.resize(frame, (width // SHRINK, height // SHRINK), interpolation=cv2.INTER_AREA)
    blurred = cv2.resize(cv2.GaussianBlur(small, (0, 0), BLUR / SHRINK), (width, height))
    return on_background(frame, blurred, result)


def blur_background_in_full(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
    """Blur the background just as much, the usual way: an expensive effect."""
    return on_background(frame, cv2.GaussianBlur(frame, (0, 0), BLUR), result)


def on_background(
    frame: NDArray[np.uint8], behind: cv2.typing.MatLike, result: Result
) -> NDArray[np.uint8]:
    """Replace the background with an image."""
    person = result.mask.probability
    return np.asarray(cv2.blendLinear(frame, behind, person, 1 - person), dtype=np.uint8)


def as_it_is(frame: NDArray[np.uint8], _: Result) -> NDArray[np.uint8]:
    """Do nothing."""
    return frame


def bare_loop(
    clip: Path, made: Path, segmenter: BodySegmenter, effect: Effect | None = None
) -> None:
    """Decode, run the model, encode: the minimum work, done sequentially."""
    kind = KINDS[made.suffix]
    with (
        av.open(str(clip)) as source,
        av.open(
            str(made), "w", format=kind.container, options=dict(kind.container_options)
        ) as target,
    ):
        video = source.streams.video[0]
        options = dict(kind.encoder_options)
        stream: Any = target.add_stream(kind.encoder, rate=RATE, options=options)
        stream.width, stream.height, stream.pix_fmt = video.width, video.height, "yuv420p"
        converter = VideoReformatter()
        for number, frame in enumerate(source.decode(video)):
            image: Any = frame.to_ndarray(format="rgb24", threads=1)
            (people,) = segmenter.segment_people(image)
            if effect is not None:
                image = effect(image, Result(Frame(number, image, 0.0), people, Timings()))
            picture = av.VideoFrame.from_ndarray(image)
            picture = converter.reformat(picture, format="yuv420p", threads=1)
            picture.pts, picture.time_base = frame.pts, frame.time_base
            target.mux(stream.encode(picture))
        target.mux(stream.encode(None))


def ours(
    clip: Path, made: Path, segmenter: BodySegmenter | str, effect: Effect = blur_background
) -> None:
    """Do the same and an effect with this package."""
    apply_effect(clip, made, segmenter, effect, overwrite=True, progress=False)


def rates(calls: dict[str, Callable[[], None]]) -> dict[str, float]:
    """Return frames per second of each, the median of all rounds; they take turns."""
    found: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS + 1):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            found[name].append(SECONDS * RATE / (time.perf_counter() - start))
    # In the first round, models are prepared and files are read.
    return {name: statistics.median(each[1:]) for name, each in found.items()}


def measure_rates(folder: Path) -> None:
    """Print our rate and the bare loop's, for each file format."""
    clip = write_clip(folder / "clip.mp4", SECONDS)
    model = SupportedModels.MediaPipeSelfieSegmentation
    with create_segmenter(model, runtime="tensorflow") as segmenter:
        for suffix in (".mp4", ".webm"):
            made = folder / f"made{suffix}"
            found = rates(
                {
                    "bare loop": partial(bare_loop, clip, made, segmenter),
                    "ours": partial(ours, clip, made, segmenter),
                    "bare loop, and the blur": partial(
                        bare_loop, clip, made, segmenter, blur_background
                    ),
                    "ours, model by its name": partial(ours, clip, made, "general"),
                    "ours, frames as they are": partial(ours, clip, made, segmenter, as_it_is),
                    "ours, blur at full size": partial(
                        ours, clip, made, segmenter, blur_background_in_full
                    ),
                }
            )
            print(f"{SECONDS} s of 640x480 to {suffix}, frames/s, medians of {ROUNDS}")
            for name, rate in found.items():
                print(f"  {name:31}{rate:8.1f}")
            share = 100 * found["ours"] / found["bare loop"]
            at_least("ours in % of the bare loop", share, LEAST_PERCENT)


def measure_memory(folder: Path) -> None:
    """Print the peak memory for a short and a long video."""
    peaks = {}
    for seconds in (SHORT, LONG):
        clip = write_clip(folder / f"{seconds}.mp4", seconds)
        peaks[seconds] = statistics.median(peak_of(clip) for _ in range(3))
        print(f"  {f'most memory, {seconds} s, MiB':31}{peaks[seconds]:8.1f}")
    at_most("growth, MiB", peaks[LONG] - peaks[SHORT], MAX_GROWTH)


def peak_of(clip: Path) -> float:
    """Render a clip in a separate process; return its peak memory, in MiB."""
    done = subprocess.run(  # noqa: S603 - this Python, this file
        [sys.executable, "-m", "benchmarks.offline", "--only", str(clip)],
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)


def most_memory(clip: Path, made: Path) -> float:
    """Render a clip; return this process's peak memory, in MiB."""
    taken = []

    def watched(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
        taken.append(psutil.Process().memory_info().rss / MEBIBYTE)
        return blur_background(frame, result)

    apply_effect(clip, made, "general", watched, progress=False)
    return max(taken)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", type=Path, help="render this clip and print the most memory")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only is not None:
            print(most_memory(options.only, folder / "made.mp4"))
            return
        measure_rates(folder)
        measure_memory(folder)


if __name__ == "__main__":
    main()
