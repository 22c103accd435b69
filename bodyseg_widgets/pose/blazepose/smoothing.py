"""One person's landmarks, smoothed over the frames of a video."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.pose.blazepose.filters import LowPass, OneEuro, OneEuroSettings

if TYPE_CHECKING:
    from bodyseg_widgets.pose.blazepose.estimate import Estimate

__all__ = ["LandmarkSmoother"]

# pose-detection/src/blazepose_tfjs/constants.ts of tfjs-models.
VISIBILITY_ALPHA = 0.1
BODY_SETTINGS = OneEuroSettings(min_cutoff=0.05, beta=80)
WORLD_SETTINGS = OneEuroSettings(min_cutoff=0.1, beta=40)
WORLD_SCALE = 1.0
"""Meters need not be scaled by the body's size."""


class LandmarkSmoother:
    """Smooths one person's landmarks, in the image and in 3D, and their visibility.

    Upstream filters the visibility twice per frame, with one filter shared by both kinds of
    landmarks; here it is filtered once.
    """

    def __init__(self) -> None:
        self._visibility = LowPass()
        self._body = OneEuro(BODY_SETTINGS)
        self._world = OneEuro(WORLD_SETTINGS)

    def __call__(self, estimate: Estimate, seconds: float) -> Estimate:
        """Return the estimate for a frame taken at `seconds`, with smoothed landmarks."""
        visibility = self._visibility(estimate.body[:, 3:], VISIBILITY_ALPHA)
        body = self._body(estimate.body[:, :3], seconds=seconds, object_scale=estimate.object_scale)
        world = self._world(estimate.world[:, :3], seconds=seconds, object_scale=WORLD_SCALE)
        return replace(
            estimate,
            body=np.concatenate([body, visibility], axis=1),
            world=np.concatenate([world, visibility], axis=1),
        )
