"""How good models are on images with a known reference, on one machine or many, and how fast.

- :func:`evaluate` measures how good; :class:`Evaluation` is what comes of it;
- :func:`benchmark` measures how fast; :class:`Benchmark` is what comes of it: a ``speed`` for each
  model, and the ``machine``;
- ``datasets`` finds images and their reference in folders, tables and files, ``cases`` reads them,
  ``pairs`` writes them;
- ``scores`` is what runs in other processes;
- ``results``, ``charts`` and ``gallery`` show it.
"""

from bodyseg_widgets.measuring.benchmark import benchmark
from bodyseg_widgets.measuring.benchmarked import Benchmark
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
from bodyseg_widgets.measuring.machine import Machine
from bodyseg_widgets.measuring.pairs import SavedPair, save_pair
from bodyseg_widgets.measuring.results import METRICS, Comparison, Evaluation, Failure
from bodyseg_widgets.measuring.scores import SHARES, TOLERANCES
from bodyseg_widgets.measuring.speed import Latency, Speed, speed_cells

__all__ = [
    "METRICS",
    "SHARES",
    "TOLERANCES",
    "Benchmark",
    "Comparison",
    "Dataset",
    "DatasetLike",
    "Evaluation",
    "Failure",
    "Gallery",
    "GalleryImage",
    "Latency",
    "Machine",
    "SavedPair",
    "Speed",
    "benchmark",
    "coco_people",
    "evaluate",
    "open_dataset",
    "pairs_in_folder",
    "pairs_in_table",
    "recorded_frames",
    "save_pair",
    "speed_cells",
    "video_with_masks",
]
