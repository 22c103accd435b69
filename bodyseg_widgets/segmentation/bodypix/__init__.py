"""BodyPix: people, each person, and 24 body parts.

====================  =============================================================
:mod:`.segmenter`     an image in, segmentations out
:mod:`.options`       upstream's options, ranges and errors
:mod:`.layout`        how an image lies in the network's input and outputs
:mod:`.network`       the network, with its weights
:mod:`.poses`         people's keypoints
:mod:`.people`        whose keypoints each pixel leads to
:mod:`.parts`         the names of body parts and keypoints
====================  =============================================================

Networks are in :class:`bodyseg_widgets.models.BodyPixVariant`. Upstream:
https://github.com/tensorflow/tfjs-models/tree/master/body-segmentation/src/body_pix
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.options import SupportedModels
from bodyseg_widgets.segmentation.bodypix.parts import PART_LABELS
from bodyseg_widgets.segmentation.bodypix.poses import BodyPixKeypoint, BodyPixPose
from bodyseg_widgets.segmentation.bodypix.segmenter import BodyPixSegmentation, BodyPixSegmenter

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from bodyseg_widgets.models import BodyPixVariant

__all__ = [
    "PART_LABELS",
    "BodyPixKeypoint",
    "BodyPixPose",
    "BodyPixSegmentation",
    "BodyPixSegmenter",
    "from_file",
]


def from_file(
    path: Path,
    variant: BodyPixVariant,
    *,
    num_threads: int | None = None,
    model_url: str | os.PathLike[str] | None = None,
) -> BodyPixSegmenter:
    """Create a segmenter with the weights of a file.

    Parameters
    ----------
    path : pathlib.Path
        The JSON file of a graph model; its shards are beside it.
    variant : BodyPixVariant
        Which network it is.
    num_threads : int or None, optional
        Threads of the network, at least 1; None uses the default.
    model_url : str or os.PathLike, optional
        What `path` was asked for as, for :attr:`BodyPixSegmenter.settings`.

    Raises
    ------
    ModelFileError
        The file or a shard is missing, damaged, or not such a network.
    InvalidOptionError
        `num_threads` is invalid.
    """
    from bodyseg_widgets.segmentation.bodypix.network import BodyPixNetwork  # noqa: PLC0415 - lazy

    network = BodyPixNetwork(path, variant, num_threads=num_threads)
    return BodyPixSegmenter(
        network.run,
        output_stride=variant.output_stride,
        dispose=network.dispose,
        settings={
            "model": SupportedModels.BodyPix,
            "architecture": variant.architecture,
            "output_stride": variant.output_stride,
            "multiplier": variant.multiplier,
            "quant_bytes": variant.quant_bytes,
            "model_url": model_url,
            "num_threads": num_threads,
        },
    )
