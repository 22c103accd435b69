"""The catalog of model files: origin, license, input and outputs, each stated once.

The build hook loads this file by path to fetch, check and describe the models, so it imports
nothing from the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MODELS", "ModelFile"]

_SELFIE_PACKAGE = ("@mediapipe/selfie_segmentation", "0.1.1675465747")
_SELFIE_CARD = (
    "https://storage.googleapis.com/mediapipe-assets/"
    "Model%20Card%20MediaPipe%20Selfie%20Segmentation.pdf"
)
_POSE_PACKAGE = ("@mediapipe/pose", "0.5.1675469404")
_POSE_CARD = (
    "https://storage.googleapis.com/mediapipe-assets/Model%20Card%20BlazePose%20GHUM%203D.pdf"
)
_LANDMARK_OUTPUTS = ("landmarks", "presence", "segmentation", "heatmap", "world_landmarks")


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """One bundled network: its origin, inputs and outputs.

    Attributes
    ----------
    name : str
        Its name, a key of :data:`MODELS`.
    title : str
        A short description.
    filename : str
        Its name in the folder ``bundled``.
    npm_package, npm_version : str
        The npm package that carries it, and that package's exact version.
    npm_path : str
        Its path inside that package.
    sha256 : str
        SHA-256 of the file in the npm package, as 64 hexadecimal digits.
    license : str
        SPDX identifier.
    model_card : str
        URL of the authors' model card: data, limitations, fairness.
    input_width, input_height : int
        Size of its input in pixels; the input tensor is float32 of shape
        ``(1, input_height, input_width, 3)``, RGB.
    mean, std : float
        A pixel value ``x``, 0 to 255, is normalized to ``(x - mean) / std``.
    outputs : tuple of str
        What its output tensors mean, in the file's order.
    probability_output : int or None
        Index of the output that is a person probability in 0 to 1 per pixel;
        None if there is none (the pose models' mask is in logits).
    """

    name: str
    title: str
    filename: str
    npm_package: str
    npm_version: str
    npm_path: str
    sha256: str
    license: str = "Apache-2.0"
    model_card: str
    input_width: int
    input_height: int
    mean: float
    std: float
    outputs: tuple[str, ...]
    probability_output: int | None = None


def _selfie(name: str, title: str, filename: str, sha256: str, height: int) -> ModelFile:
    return ModelFile(
        name=name,
        title=title,
        filename=filename,
        npm_package=_SELFIE_PACKAGE[0],
        npm_version=_SELFIE_PACKAGE[1],
        npm_path=filename,
        sha256=sha256,
        model_card=_SELFIE_CARD,
        input_width=256,
        input_height=height,
        mean=0.0,
        std=255.0,
        outputs=("segmentation",),
        probability_output=0,
    )


def _landmarks(name: str, title: str, filename: str, sha256: str) -> ModelFile:
    return ModelFile(
        name=name,
        title=title,
        filename=filename,
        npm_package=_POSE_PACKAGE[0],
        npm_version=_POSE_PACKAGE[1],
        npm_path=filename,
        sha256=sha256,
        model_card=_POSE_CARD,
        input_width=256,
        input_height=256,
        mean=0.0,
        std=255.0,
        outputs=_LANDMARK_OUTPUTS,
    )


_ALL = (
    _selfie(
        "selfie_general",
        "MediaPipe Selfie Segmentation, general",
        "selfie_segmentation.tflite",
        "8d13b7fae74af625c641226813616a2117bd6bca19eb3b75574621fc08557f27",
        256,
    ),
    _selfie(
        "selfie_landscape",
        "MediaPipe Selfie Segmentation, landscape",
        "selfie_segmentation_landscape.tflite",
        "4aafe6223bb8dac6fac8ca8ed56852870a33051ef3f6238822d282a109962894",
        144,
    ),
    ModelFile(
        name="pose_detector",
        title="MediaPipe pose detector",
        filename="pose_detection.tflite",
        npm_package=_POSE_PACKAGE[0],
        npm_version=_POSE_PACKAGE[1],
        # The package's asset archive consists of this one file.
        npm_path="pose_solution_packed_assets.data",
        sha256="a63c614bef30d35947f13be361820b1e4e3bec9cfeebf4d11216a18373108e85",
        model_card=_POSE_CARD,
        input_width=224,
        input_height=224,
        mean=127.5,
        std=127.5,
        outputs=("boxes", "scores"),
    ),
    _landmarks(
        "pose_lite",
        "BlazePose GHUM lite",
        "pose_landmark_lite.tflite",
        "f17bfbecadb61c3be1baa8b8d851cc6619c870a87167b32848ad20db306b9d61",
    ),
    _landmarks(
        "pose_full",
        "BlazePose GHUM full",
        "pose_landmark_full.tflite",
        "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
    ),
    _landmarks(
        "pose_heavy",
        "BlazePose GHUM heavy",
        "pose_landmark_heavy.tflite",
        "59e42d71bcd44cbdbabc419f0ff76686595fd265419566bd4009ef703ea8e1fe",
    ),
)

MODELS: Mapping[str, ModelFile] = MappingProxyType({model.name: model for model in _ALL})
"""Every bundled model, by name."""
