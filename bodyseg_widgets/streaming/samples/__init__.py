"""Samples: pictures and recorded movement to try models on, without a camera.

- ``sample`` gives one by its name; ``catalog`` lists them;
- ``portrait_reference`` says which pixels of the portrait are the person;
- ``sample_results`` has what BodyPix finds in some;
- ``Movement`` replays measured landmarks as a drawn figure; ``tracks`` has them as numbers.
"""

from bodyseg_widgets.streaming.samples.catalog import (
    BUNDLED_SAMPLES,
    REMOTE_SAMPLES,
    RemoteSample,
)
from bodyseg_widgets.streaming.samples.movement import Movement
from bodyseg_widgets.streaming.samples.opening import portrait_jpeg, sample
from bodyseg_widgets.streaming.samples.portrait import PortraitReference, portrait_reference
from bodyseg_widgets.streaming.samples.results import sample_results

__all__ = [
    "BUNDLED_SAMPLES",
    "REMOTE_SAMPLES",
    "Movement",
    "PortraitReference",
    "RemoteSample",
    "portrait_jpeg",
    "portrait_reference",
    "sample",
    "sample_results",
]
