"""Fake panels, with streams that return whatever a test puts in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import traitlets

from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
from tests.poses import HandStream

SIZE = (12, 16)


class HandView(traitlets.HasTraits):
    """The parts of a `SegmentationView` that are compared."""

    threshold = traitlets.Float(0.5)


@dataclass
class HandPanel:
    """A panel with a stream that a test feeds results to."""

    name: str
    stream: HandStream = field(default_factory=HandStream)
    view: HandView = field(default_factory=HandView)

    def put(
        self,
        frame: int,
        levels: np.ndarray | int = 0,
        *,
        live: bool = True,
        taken: float | None = None,
        size: tuple[int, int] = SIZE,
    ) -> Mask:
        """Finish a frame with these 8-bit probabilities; return their mask."""
        result = made(frame, levels, live=live, taken=taken, size=size)
        self.stream.put(result)
        return result.mask


PARTS = {0: "head", 1: "hand", 2: "foot"}


def with_parts(result: Result, values: np.ndarray, labels: dict[int, str] | None = None) -> Result:
    """Return the result of a model that tells these classes apart; `values` are of the network."""
    mask = Mask(
        result.mask.source.copy(),
        size=result.mask.size,
        model_size=result.mask.model_size,
        values=values,
    )
    return replace(result, segmentation=Segmentation(mask, PARTS if labels is None else labels))


def made(
    frame: int,
    levels: np.ndarray | int = 0,
    *,
    live: bool = True,
    taken: float | None = None,
    size: tuple[int, int] = SIZE,
) -> Result:
    """Return a stream's result for a frame; by default its time equals its number."""
    image = np.zeros((*size, 3), np.uint8)
    values = np.full((2, 2), levels, np.uint8) if isinstance(levels, int) else levels
    mask = Mask.from_levels(values, size=size)
    timestamp = float(frame) if taken is None else taken
    return Result(Frame(frame, image, timestamp, live=live), Segmentation(mask), Timings())


def random_levels(seed: int) -> np.ndarray:
    """Probabilities of a network that sees anything anywhere: uint8 (6, 8)."""
    return np.random.default_rng(seed).integers(0, 256, (6, 8), dtype=np.uint8)
