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
"""Metres need no scaling by the body's size."""


class LandmarkSmoother:
    """Smooths one person's landmarks, those in space too, and their visibility.

    Upstream filters the visibility twice in each frame, by a filter that both kinds of
    landmarks share; here it is filtered once.
    """

    def __init__(self) -> None:
        self._visibility = LowPass()
        self._body = OneEuro(BODY_SETTINGS)
        self._world = OneEuro(WORLD_SETTINGS)

    def __call__(self, estimate: Estimate, seconds: float) -> Estimate:
        """Give the estimate of a frame taken at `seconds` with its landmarks smoothed."""
        visibility = self._visibility(estimate.body[:, 3:], VISIBILITY_ALPHA)
        body = self._body(estimate.body[:, :3], seconds=seconds, object_scale=estimate.object_scale)
        world = self._world(estimate.world[:, :3], seconds=seconds, object_scale=WORLD_SCALE)
        return replace(
            estimate,
            body=np.concatenate([body, visibility], axis=1),
            world=np.concatenate([world, visibility], axis=1),
        )
