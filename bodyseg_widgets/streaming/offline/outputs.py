"""What is made of an image or a frame: a mask, a cut-out, an effect, and how it is stored."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import (
    check_choice,
    check_function,
    listed,
    unknown_arguments,
)
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.evaluation import cutoff, is_person, levels_at_image_size
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.rendering import estimate_foreground
from bodyseg_widgets.streaming.effects import DrawnEffect, EffectRun, ShaderEffect
from bodyseg_widgets.streaming.effects.builtin_effects import BUILTIN_EFFECTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.streaming.effects import Effect
    from bodyseg_widgets.streaming.frame import Result

__all__ = ["OUTPUTS", "Output", "checked_output", "image_file"]

OUTPUTS: Final = MappingProxyType(
    {
        "mask": "white where a person is, black elsewhere",
        "probabilities": "the probability of a person in gray, 255 for 1",
        "cutout": "people alone, on nothing",
        "labels": "the number of each pixel's label",
        "landmarks": "the keypoints of poses, as a Parquet table",
        "effect": "the image with an effect",
    }
)
"""What can be made, and what it is."""

_OF_IMAGES_ONLY: Final = MappingProxyType(
    {
        "cutout": "has no transparency. Choose the effect 'background', which puts people "
        "before another one",
        "labels": "changes numbers a little when it is compressed. Choose 'mask'",
    }
)
_FORMATS: Final = MappingProxyType({".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"})
_QUALITY: Final = 92


@dataclass(frozen=True, slots=True)
class Output:
    """What to make; can go to another process.

    Attributes
    ----------
    kind : str
        One of `OUTPUTS`.
    threshold : float
        Lowest probability that counts as a person, 0 to 1.
    effect : str or callable
        For ``"effect"``: the name of a built-in one, or a function ``(frame, result, **params)``.
    params : mapping
        The effect's.
    """

    kind: str
    threshold: float = 0.5
    effect: str | Effect = ""
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The extensions of image files it can be stored in; the first is the usual one."""
        if self.kind == "landmarks":
            return (".parquet",)
        return (".png", *_FORMATS) if self.kind == "effect" else (".png",)

    @property
    def not_of_videos(self) -> str:
        """Why it cannot be made of videos; empty if it can."""
        return _OF_IMAGES_ONLY.get(self.kind, "")

    def painter(self) -> Effect:
        """Return it as an effect for `apply_effect`."""
        if callable(self.effect):
            return self.effect

        def paint(frame: RgbImage, result: Result) -> RgbImage:
            del frame
            return self.image(result)

        return paint

    def image(self, result: Result) -> NDArray[np.uint8]:
        """Make it of a result.

        Parameters
        ----------
        result : Result
            The image, and what a model found in it.

        Returns
        -------
        numpy.ndarray
            uint8, of the image's size: (H, W) for labels, (H, W, 4) for cut-outs, otherwise RGB
            (H, W, 3).

        Raises
        ------
        BodySegError
            The effect failed.
        """
        mask, image = result.mask, result.frame.image
        match self.kind:
            case "mask":
                return _gray(is_person(mask, self.threshold) * np.uint8(MAX_LEVEL))
            case "probabilities":
                return _gray(levels_at_image_size(mask))
            case "cutout":
                alpha = levels_at_image_size(mask)
                return np.dstack([np.asarray(estimate_foreground(image, alpha))[..., :3], alpha])
            case "labels":
                person = is_person(mask, self.threshold) * np.uint8(MAX_LEVEL)
                return person if mask.values is None else mask.values
        if isinstance(self.effect, str):
            settings = {**self.params, "threshold": self.threshold}
            return DrawnEffect(self.effect, settings)(image, result)
        return EffectRun(self.effect).image(result, self.params, "this image")


def checked_output(
    output: str, effect: object, threshold: float, params: Mapping[str, Any]
) -> Output:
    """Return what to make, checked before any work begins.

    Parameters
    ----------
    output : str
        One of `OUTPUTS`.
    effect : str, callable or None
        An effect; then `output` is ``"effect"``.
    threshold : float
        0 to 1.
    params : mapping
        The effect's.

    Raises
    ------
    InvalidOptionError
        One of them is unknown or out of range.
    UnknownArgumentError
        The effect has no such parameter.
    """
    kind = str(check_choice("output", "effect" if effect is not None else output, OUTPUTS))
    cutoff(threshold)
    if kind != "effect":
        if params:
            raise InvalidOptionError(
                f"{listed(params)} is for effects, but the output is {kind!r}. Name an effect, or "
                "leave it out."
            )
        return Output(kind, threshold)
    if effect is None:
        raise InvalidOptionError(f"Which effect? Choose effect={listed(BUILTIN_EFFECTS)}.")
    if isinstance(effect, ShaderEffect):
        raise InvalidOptionError(
            f"The shader {effect.name!r} runs only in a browser. Write it as a function with "
            "@effect."
        )
    if isinstance(effect, str):
        check_choice("effect", effect, BUILTIN_EFFECTS)
        _check_params(effect, params)
        return Output(kind, threshold, effect, params)
    function: Any = effect
    check_function("effect", function, "(frame, result, **params) -> image")
    return Output(kind, threshold, function, params)


def _check_params(effect: str, params: Mapping[str, Any]) -> None:
    known = BUILTIN_EFFECTS[effect].parameters
    unknown = [name for name in params if name not in known]
    if unknown:
        raise unknown_arguments(f"The effect {effect!r}", unknown, known)
    for name, value in params.items():
        known[name].checked(value)


def _gray(levels: NDArray[np.uint8]) -> RgbImage:
    return np.repeat(levels[..., None], 3, axis=2)


def image_file(image: NDArray[np.uint8], suffix: str = ".png") -> bytes:
    """Return an image as a file.

    Parameters
    ----------
    image : numpy.ndarray
        Of `Output.image`.
    suffix : str
        The extension: ``.png``, ``.jpg``, ``.jpeg`` or ``.webp``.
    """
    file = io.BytesIO()
    kind = _FORMATS.get(suffix.lower(), "PNG")
    is_gray = image.shape[2:] == (3,) and (image[..., :1] == image).all()
    # A third of the bytes, and masks are read as what they are.
    shown = Image.fromarray(np.ascontiguousarray(image[..., 0]) if is_gray else image)
    shown.save(file, kind, quality=_QUALITY)
    return file.getvalue()
