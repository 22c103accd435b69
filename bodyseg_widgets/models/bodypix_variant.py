"""Which of BodyPix's networks: the architecture and what it was made smaller with."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from bodyseg_widgets.arguments import check_choice, did_you_mean, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BodyPixArchitecture", "BodyPixVariant"]

BodyPixArchitecture: TypeAlias = Literal["MobileNetV1", "ResNet50"]

# body-segmentation/src/body_pix/impl/body_pix_model.ts of tfjs-models.
_OUTPUT_STRIDES: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {"MobileNetV1": (8, 16, 32), "ResNet50": (16, 32)}
)
_MULTIPLIERS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {"MobileNetV1": (0.5, 0.75, 1.0), "ResNet50": (1.0,)}
)
_QUANT_BYTES: Final = (1, 2, 4)
_FLOAT_BYTES: Final = 4
_USUAL_STRIDE: Final = 16

_DEFAULT_MULTIPLIERS: Final[Mapping[str, float]] = MappingProxyType(
    {"MobileNetV1": 0.75, "ResNet50": 1.0}
)


@dataclass(frozen=True, slots=True, init=False)
class BodyPixVariant:
    """One of BodyPix's networks.

    Parameters
    ----------
    architecture : {'MobileNetV1', 'ResNet50'}, optional
        What finds features: 'MobileNetV1' is small and fast, 'ResNet50' accurate and about ten
        times as slow.
    output_stride : int, optional
        Pixels of the network's input per pixel of its output: 8, 16 or 32 for 'MobileNetV1', 16 or
        32 for 'ResNet50'. Smaller is more accurate and slower.
    multiplier : float or None, optional
        Share of the channels that each layer kept: 0.5, 0.75 or 1.0 for 'MobileNetV1', 1.0 for
        'ResNet50'. None is 0.75 for 'MobileNetV1', as in upstream's README and in its code where no
        options are given at all; where some are given, its code takes 1.0.
    quant_bytes : int, optional
        Bytes per weight in the files: 4 (float), 2 or 1. Masks made with 1 are poor.

    Raises
    ------
    InvalidOptionError
        A value is not one of these, or not with this architecture.

    Examples
    --------
    >>> from bodyseg_widgets.models import BodyPixVariant
    >>> BodyPixVariant(quant_bytes=2).path
    'mobilenet/quant2/075/model-stride16.json'
    >>> BodyPixVariant("ResNet50", output_stride=32).path
    'resnet50/float/model-stride32.json'
    >>> BodyPixVariant(quant_bytes=2).name, BodyPixVariant("ResNet50", output_stride=32).name
    ('MobileNetV1 0.75 quant2', 'ResNet50 float stride 32')
    """

    architecture: BodyPixArchitecture
    output_stride: int
    multiplier: float
    quant_bytes: int

    def __init__(
        self,
        architecture: BodyPixArchitecture = "MobileNetV1",
        output_stride: int = 16,
        multiplier: float | None = None,
        quant_bytes: int = 4,
    ) -> None:
        if architecture not in tuple(_OUTPUT_STRIDES):
            raise InvalidOptionError(
                f"Invalid architecture {in_short(architecture)}. Should be one of "
                f"{listed(_OUTPUT_STRIDES)}.{did_you_mean(architecture, _OUTPUT_STRIDES)}"
            )
        with_it = f" for architecture {architecture!r}"
        if multiplier is None:
            multiplier = _DEFAULT_MULTIPLIERS[architecture]
        chosen = {
            "architecture": architecture,
            "output_stride": _one_of(
                "output_stride", output_stride, _OUTPUT_STRIDES[architecture], with_it
            ),
            "multiplier": _one_of("multiplier", multiplier, _MULTIPLIERS[architecture], with_it),
            "quant_bytes": _one_of("quant_bytes", quant_bytes, _QUANT_BYTES),
        }
        for name, value in chosen.items():
            object.__setattr__(self, name, value)

    @classmethod
    def all(cls) -> tuple[BodyPixVariant, ...]:
        """Return all of them: the small architecture first, and the usual stride of the output."""
        return tuple(
            cls(architecture, stride, multiplier, quant_bytes)  # type: ignore[arg-type]
            for architecture, multipliers in _MULTIPLIERS.items()
            for stride in sorted(
                _OUTPUT_STRIDES[architecture], key=lambda each: each != _USUAL_STRIDE
            )
            for multiplier in multipliers
            for quant_bytes in reversed(_QUANT_BYTES)
        )

    @classmethod
    def of_name(cls, name: str) -> BodyPixVariant:
        """Return the one of a `name`.

        Raises
        ------
        InvalidOptionError
            None is called that; the message lists the names.
        """
        known = {each.name: each for each in cls.all()}
        return known[check_choice("model_type of BodyPix", name, known)]

    @property
    def name(self) -> str:
        """What it is called where models have variants: all that is not usual of it."""
        parts: list[str] = [self.architecture]
        if len(_MULTIPLIERS[self.architecture]) > 1:
            parts.append(f"{self.multiplier}")
        parts.append(self._precision)
        if self.output_stride != _USUAL_STRIDE:
            parts.append(f"stride {self.output_stride}")
        return " ".join(parts)

    @property
    def _precision(self) -> str:
        return "float" if self.quant_bytes == _FLOAT_BYTES else f"quant{self.quant_bytes}"

    @property
    def folder(self) -> str:
        """The folder of its files, with slashes, as below the official address."""
        if self.architecture == "ResNet50":
            return f"resnet50/{self._precision}"
        return f"mobilenet/{self._precision}/{round(100 * self.multiplier):03d}"

    @property
    def json_name(self) -> str:
        """The name of the file that describes its graph and names its shards."""
        return f"model-stride{self.output_stride}.json"

    @property
    def path(self) -> str:
        """`json_name` in `folder`, with slashes, as below the official address."""
        return f"{self.folder}/{self.json_name}"


def _one_of(name: str, given: object, allowed: tuple[float, ...], with_it: str = "") -> float:
    for each in allowed:
        if isinstance(given, int | float) and not isinstance(given, bool) and given == each:
            return each
    choices = ", ".join(f"{each:g}" for each in allowed)
    raise InvalidOptionError(
        f"Invalid {name} {in_short(given)}. Should be one of {choices}{with_it}."
    )
