"""Clips for the fake webcam, with a counter painted in that survives JPEG and scaling."""

from __future__ import annotations

from itertools import chain, cycle, islice
from typing import TYPE_CHECKING

import av
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH, HEIGHT, RATE = 640, 480, 30

COUNTER_BITS = 10
COUNTER_CELL = 16
"""Side of the square, in pixels, that shows one bit of the counter: white is 1."""

READ_COUNTER_JS = f"""
(() => {{
  const BITS = {COUNTER_BITS}, CELL = {COUNTER_CELL};
  const small = new OffscreenCanvas(BITS * CELL, 2);
  const context = small.getContext('2d', {{ willReadFrequently: true }});
  /** The counter painted into the top left corner of a canvas or video; null without one. */
  return (image) => {{
    // Views are drawn at the size at which they are shown.
    const scale = (image.videoWidth || image.naturalWidth || image.width) / {WIDTH};
    const [width, top] = [scale * BITS * CELL, scale * (CELL / 2 - 1)];
    context.clearRect(0, 0, BITS * CELL, 2);
    context.drawImage(image, 0, top, width, 2 * scale, 0, 0, BITS * CELL, 2);
    const {{ data }} = context.getImageData(0, 0, BITS * CELL, 1);
    let counter = 0;
    for (let bit = 0; bit < BITS; bit += 1) {{
      const at = 4 * (bit * CELL + CELL / 2);
      if (data[at + 3] === 0) return null;
      counter = counter * 2 + (data[at + 1] > 127 ? 1 : 0);
    }}
    return counter;
  }};
}})()
"""
"""A JavaScript expression: a function that reads the counter of a canvas, image or video."""


def frames(clip: Path) -> Iterator[NDArray[np.uint8]]:
    """The frames of a video file as planar YUV 4:2:0, uint8 (HEIGHT * 3 / 2, WIDTH)."""
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            yield frame.reformat(WIDTH, HEIGHT, "yuv420p").to_ndarray()


def paint_counter(yuv: NDArray[np.uint8], counter: int) -> NDArray[np.uint8]:
    """A copy with `counter` painted into the top left corner, highest bit first."""
    painted = yuv.copy()
    for bit in range(COUNTER_BITS):
        left = bit * COUNTER_CELL
        on = counter >> (COUNTER_BITS - 1 - bit) & 1
        painted[:COUNTER_CELL, left : left + COUNTER_CELL] = 235 if on else 16
    return painted


def empty_room() -> NDArray[np.uint8]:
    """An image without people, as `frames` gives them: walls that get darker to the floor."""
    picture = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    picture[:HEIGHT] = np.linspace(200, 80, HEIGHT).astype(np.uint8)[:, None]
    return picture


def write_pictures(pictures: Iterable[NDArray[np.uint8]], target: Path) -> Path:
    """Write a y4m for Chromium's fake webcam, its frames numbered from 0.

    Parameters
    ----------
    pictures : iterable of numpy.ndarray
        As `frames` gives them.
    target : Path
        The y4m to write: 640 x 480, 30 frames a second.
    """
    with target.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for number, picture in enumerate(pictures):
            file.write(b"FRAME\n")
            file.write(paint_counter(picture, number).tobytes())
    return target


def write_clips(clips: Sequence[Path], target: Path, *, frames_each: int) -> Path:
    """Write video files, played one after the other, as `write_pictures` does.

    Parameters
    ----------
    clips : sequence of Path
        Video files.
    target : Path
        The y4m to write.
    frames_each : int
        Frames taken of each clip; a shorter clip is repeated.
    """
    pictures = (islice(cycle(list(frames(clip))), frames_each) for clip in clips)
    return write_pictures(chain.from_iterable(pictures), target)


def read_counter(image: NDArray[np.uint8]) -> int:
    """The number painted into an RGB image."""
    middle = COUNTER_CELL // 2
    row = image[middle, middle : COUNTER_BITS * COUNTER_CELL : COUNTER_CELL, 1]
    return int("".join("1" if value > 127 else "0" for value in row), 2)
