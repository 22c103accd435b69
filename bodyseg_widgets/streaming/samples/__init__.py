"""Samples: pictures and recorded movement to try models on, without a camera.

- ``sample`` gives one by its name; ``catalog`` lists them;
- ``Movement`` replays measured landmarks as a drawn figure; ``tracks`` has them as numbers.
"""

from bodyseg_widgets.streaming.samples.catalog import (
    BUNDLED_SAMPLES,
    REMOTE_SAMPLES,
    RemoteSample,
)
from bodyseg_widgets.streaming.samples.movement import Movement
from bodyseg_widgets.streaming.samples.opening import portrait_jpeg, sample

__all__ = [
    "BUNDLED_SAMPLES",
    "REMOTE_SAMPLES",
    "Movement",
    "RemoteSample",
    "portrait_jpeg",
    "sample",
]
