"""Build pose ``.task`` bundles for MediaPipe Tasks in memory.

The package includes each network once; a bundle is the detector and one landmark network in an
uncompressed zip.
"""

from __future__ import annotations

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.models.aligned_zip import aligned_zip
from bodyseg_widgets.models.files import read_model

__all__ = ["POSE_MODEL_TYPES", "pose_task"]

POSE_MODEL_TYPES = ("lite", "full", "heavy")
"""The landmark networks a pose bundle can contain, from fast to accurate."""


def pose_task(model_type: str) -> bytes:
    """Build the MediaPipe bundle of one pose model.

    Parameters
    ----------
    model_type : {"lite", "full", "heavy"}
        The landmark network to bundle with the detector.

    Returns
    -------
    bytes
        For ``BaseOptions(model_asset_buffer=...)``: 6, 10 or 31 MB.

    Raises
    ------
    InvalidOptionError
        `model_type` is not one of the three.
    ModelFileError
        A model file is missing or damaged.
    """
    if model_type not in POSE_MODEL_TYPES:
        choices = ", ".join(repr(known) for known in POSE_MODEL_TYPES)
        raise InvalidOptionError(
            f"Unknown pose model type {model_type!r}. Choose one of {choices}."
        )
    return aligned_zip(
        {
            "pose_detector.tflite": read_model("pose_detector"),
            "pose_landmarks_detector.tflite": read_model(f"pose_{model_type}"),
        }
    )
