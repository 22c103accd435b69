"""How good models are on images with a known reference, on one machine or many.

- :func:`evaluate` measures; :class:`Evaluation` is what comes of it;
- ``datasets`` finds images and their reference in folders, tables and files, ``cases`` reads them;
- ``scores`` is what runs in other processes;
- ``results``, ``charts`` and ``gallery`` show it.
"""

from bodyseg_widgets.measuring.datasets import (
    Dataset,
    DatasetLike,
    coco_people,
    open_dataset,
    pairs_in_folder,
    pairs_in_table,
    recorded_frames,
    video_with_masks,
)
from bodyseg_widgets.measuring.evaluate import evaluate
from bodyseg_widgets.measuring.gallery import Gallery, GalleryImage
from bodyseg_widgets.measuring.results import METRICS, Comparison, Evaluation, Failure
from bodyseg_widgets.measuring.scores import SHARES, TOLERANCES

__all__ = [
    "METRICS",
    "SHARES",
    "TOLERANCES",
    "Comparison",
    "Dataset",
    "DatasetLike",
    "Evaluation",
    "Failure",
    "Gallery",
    "GalleryImage",
    "coco_people",
    "evaluate",
    "open_dataset",
    "pairs_in_folder",
    "pairs_in_table",
    "recorded_frames",
    "video_with_masks",
]
