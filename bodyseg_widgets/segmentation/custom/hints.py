"""What a model file says of itself: how its pixels are normalized, and what its classes are.

Of a ``.tflite`` file, `tflite_hints` reads it. Of an ``.onnx`` file, these are the keys that ONNX
defines for images (``docs/MetadataProps.md`` of the ONNX project).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ColorOrder", "Hints", "hints_of_onnx"]

ColorOrder: TypeAlias = Literal["rgb", "bgr"]

_RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {
        "NominalRange_0_255": (0.0, 1.0),
        "Normalized_0_1": (0.0, 255.0),
        "Normalized_1_1": (127.5, 127.5),
    }
)
"""Mean and standard deviation for each ``Image.NominalPixelRange``."""

_ORDERS: Final[Mapping[str, ColorOrder]] = MappingProxyType({"Rgb8": "rgb", "Bgr8": "bgr"})


@dataclass(frozen=True, slots=True)
class Hints:
    """What a file says; None for what it does not say.

    Attributes
    ----------
    mean, std : tuple of float or None
        A pixel value ``x``, 0 to 255, is normalized to ``(x - mean) / std``: one number, or one for
        each channel.
    color_order : {'rgb', 'bgr'} or None
        The order of the channels.
    labels : mapping of int to tuple of str
        The labels of the classes, by output.
    """

    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    color_order: ColorOrder | None = None
    labels: Mapping[int, tuple[str, ...]] = field(default_factory=dict)


def hints_of_onnx(properties: Mapping[str, str]) -> Hints:
    """Return what an .onnx file's ``metadata_props`` say.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.custom.hints import hints_of_onnx
    >>> hints_of_onnx({"Image.NominalPixelRange": "Normalized_0_1"}).std
    (255.0,)
    """
    mean, std = _RANGES.get(properties.get("Image.NominalPixelRange", ""), (None, None))
    return Hints(
        mean=None if mean is None else (mean,),
        std=None if std is None else (std,),
        color_order=_ORDERS.get(properties.get("Image.BitmapPixelFormat", "")),
    )
