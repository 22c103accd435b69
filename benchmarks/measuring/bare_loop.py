"""The models alone: what the same networks reach on this machine with nothing around them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from itertools import cycle, islice
from typing import TYPE_CHECKING

import av

from benchmarks.measuring.laboratory import clip_path
from bodyseg_widgets.streaming import LatestWorker, choose_like

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming import ModelLike

    Picture = NDArray[np.uint8]

CAMERA_RATE = 30
_PICTURES = 60


@dataclass(frozen=True, slots=True)
class BareLoop:
    """What models reach in a bare loop.

    Attributes
    ----------
    rates : tuple of float
        Results per second of each model.
    cores : float
        CPU in use.
    """

    rates: tuple[float, ...]
    cores: float


def clip_pictures() -> list[Picture]:
    """Return the first images of the clip, uint8 (480, 640, 3), RGB."""
    with av.open(str(clip_path())) as container:
        frames = (frame.reformat(640, 480, "rgb24") for frame in container.decode(video=0))
        return [frame.to_ndarray() for frame in islice(frames, _PICTURES)]


def bare_loop(models: Sequence[ModelLike], seconds: float) -> BareLoop:
    """Run models in parallel in this process: one thread each, with the threads that streams use.

    Each takes the newest image of a source with 30 images per second.
    """
    pictures = clip_pictures()
    counts = [0] * len(models)
    workers, running = [], []
    for index, name in enumerate(models):
        model = choose_like(name).to_run(lambda: 1).create()
        model.run(pictures[0], 0.0)

        def work(item: tuple[Picture, float], index: int = index, model: object = model) -> None:
            model.run(*item).segmentation.mask.levels  # type: ignore[attr-defined]  # noqa: B018
            counts[index] += 1

        running.append(model)
        workers.append(LatestWorker(work, on_skipped=lambda _: None, name=f"{name} {index}"))
    used = time.process_time()
    _play(pictures, workers, seconds)
    used = time.process_time() - used
    for worker in workers:
        worker.close()
    for model in running:
        model.dispose()
    return BareLoop(tuple(count / seconds for count in counts), used / seconds)


def _play(
    pictures: Sequence[Picture],
    workers: Sequence[LatestWorker[tuple[Picture, float]]],
    seconds: float,
) -> None:
    """Offer images at the camera's rate; late readers get the newest."""
    due = time.monotonic()
    end = due + seconds
    for picture in cycle(pictures):
        if due >= end:
            return
        for worker in workers:
            worker.offer((picture, due))
        due += 1 / CAMERA_RATE
        time.sleep(max(0.0, due - time.monotonic()))
