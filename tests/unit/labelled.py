"""Images, masks and videos with a rectangle for a person, as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

HEIGHT, WIDTH = 48, 64
PERSON = np.zeros((HEIGHT, WIDTH), bool)
PERSON[8:40, 16:40] = True


def room() -> NDArray[np.uint8]:
    """A bright rectangle in a dark room: the model of `add_bright` finds it."""
    return np.where(PERSON[..., None], 230, 20).astype(np.uint8).repeat(3, axis=2)


def find_bright(image: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A model as people write them."""
    return (image.mean(axis=2) / 255).astype(np.float32)


def save_image(file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(room()).save(file)
    return file


def save_mask(file: Path, person: NDArray[np.bool_] = PERSON) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray((person * 255).astype(np.uint8)).save(file, quality=100)
    return file


def save_video(file: Path, *, frames: int, masks: bool = False) -> Path:
    image = (PERSON[..., None] * 255).astype(np.uint8).repeat(3, axis=2) if masks else room()
    return _saved(file, [image] * frames, {})


def save_cut_video(file: Path, **options: str) -> Path:
    """A file that ends after some of its 60 frames, as after an interrupted copy."""
    random = np.random.default_rng(1)
    noise = [random.integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8) for _ in range(60)]
    whole = _saved(file, noise, options).read_bytes()
    file.write_bytes(whole[: int(len(whole) * 0.6)])
    return file


def _saved(file: Path, images: list[NDArray[np.uint8]], options: dict[str, str]) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(file), "w", options=options) as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return file
