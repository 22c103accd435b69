"""People in, masks out.

Examples
--------
>>> import numpy as np
>>> from bodyseg_widgets.segmentation import create_segmenter
>>> with create_segmenter("general") as segmenter:
...     (people,) = segmenter.segment_people(np.zeros((480, 640, 3), np.uint8))
>>> people.mask.size
(480, 640)
"""

from bodyseg_widgets.options import SelfieModelType
from bodyseg_widgets.segmentation.bodypix import (
    BodyPixKeypoint,
    BodyPixPose,
    BodyPixSegmentation,
    BodyPixSegmenter,
)
from bodyseg_widgets.segmentation.create import create_segmenter
from bodyseg_widgets.segmentation.packed import PackedLevels
from bodyseg_widgets.segmentation.planes import PackedPlanes
from bodyseg_widgets.segmentation.types import (
    PERSON_LABELS,
    PERSON_MASK_VALUE,
    BodySegmenter,
    Mask,
    Probability,
    Region,
    Segmentation,
    Size,
    UnderlyingType,
)

__all__ = [
    "PERSON_LABELS",
    "PERSON_MASK_VALUE",
    "BodyPixKeypoint",
    "BodyPixPose",
    "BodyPixSegmentation",
    "BodyPixSegmenter",
    "BodySegmenter",
    "Mask",
    "PackedLevels",
    "PackedPlanes",
    "Probability",
    "Region",
    "Segmentation",
    "SelfieModelType",
    "Size",
    "UnderlyingType",
    "create_segmenter",
]
