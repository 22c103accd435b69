"""Which pixels of the bundled portrait are the person: a reference, drawn by hand."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.streaming.samples.tracks import DATA

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PortraitReference", "portrait_reference"]

_SIDE = 512
"""Width and height of the portrait, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class PortraitReference:
    """Which pixels of ``sample("portrait")`` are what, as a person has outlined them.

    Attributes
    ----------
    person : numpy.ndarray
        bool (512, 512): the astronaut, without her helmet.
    helmet : numpy.ndarray
        bool (512, 512): the helmet that she holds. No pixel is both.
    """

    person: NDArray[np.bool_]
    helmet: NDArray[np.bool_]


@named_arguments
def portrait_reference() -> PortraitReference:
    """Return which pixels of the bundled portrait are the person, and which the helmet.

    The outlines were drawn by hand, point by point, and are accurate to about two pixels. Whether
    the helmet is part of the person is for whoever compares to decide, so it is separate.

    Returns
    -------
    PortraitReference
        Two masks of bool (512, 512).

    Examples
    --------
    >>> from bodyseg_widgets import create_segmenter, intersection_over_union
    >>> from bodyseg_widgets import portrait_reference, sample
    >>> reference = portrait_reference()
    >>> with create_segmenter("general") as segmenter:
    ...     (people,) = segmenter.segment_people(sample("portrait"))
    >>> intersection_over_union(people.mask, reference.person | reference.helmet) > 0.9
    True
    """
    outlines = json.loads((DATA / "astronaut_outlines.json").read_text(encoding="utf-8"))
    # The seam is where the helmet hides her arm: it ends the one and begins the other.
    person = _filled(outlines["person"] + outlines["seam"])
    return PortraitReference(person, _filled(outlines["seam"] + outlines["helmet"]) & ~person)


def _filled(corners: list[list[int]]) -> NDArray[np.bool_]:
    plane = np.zeros((_SIDE, _SIDE), np.uint8)
    return cv2.fillPoly(plane, [np.array(corners)], (1,)).astype(bool)
