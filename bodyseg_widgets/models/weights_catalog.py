"""The weights that may be downloaded: where they are, and the hashes that they must have."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodyseg_widgets.models.bodypix_variant import BodyPixVariant

__all__ = ["OFFICIAL_ADDRESS", "WEIGHTS_LICENSE", "WeightsFile", "known_files", "rough_size"]

OFFICIAL_ADDRESS: Final = "https://storage.googleapis.com/tfjs-models/savedmodel/bodypix"
"""body-segmentation/src/body_pix/impl/saved_models.ts of tfjs-models."""

WEIGHTS_LICENSE: Final = "Apache-2.0"


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file of BodyPix's weights.

    Attributes
    ----------
    name : str
        Its name, in the folder of its variant.
    size : int
        Bytes.
    sha256 : str
        SHA-256, as 64 hexadecimal digits.
    """

    name: str
    size: int
    sha256: str


_SHARD: Final = "group1-shard1of1.bin"
_STRIDE_8: Final = "model-stride8.json"
_STRIDE_16: Final = "model-stride16.json"

# Of the shards of quant2, independent projects have pinned the same hashes when they downloaded
# them from the official address. Weights of which nobody has are not downloaded.
_KNOWN: Final[Mapping[str, tuple[WeightsFile, ...]]] = MappingProxyType(
    {
        "mobilenet/float/050": (
            WeightsFile(
                _SHARD,
                2_419_840,
                "6066a2082f41602a10f59450754b38000616eadf8c800b07cf25aa895831698d",
            ),
            WeightsFile(
                _STRIDE_8,
                48_459,
                "897721605f9db01309e8d117a25b81f1f386dd29420347de10b1de8b44098a30",
            ),
            WeightsFile(
                _STRIDE_16,
                48_459,
                "753ca143964f579f0f6f4d882b97ca60cbb2b9155ae6077c0a4317e5daf950bd",
            ),
        ),
        "mobilenet/quant2/050": (
            WeightsFile(
                _SHARD,
                1_209_920,
                "76c2be65c09e953a1c6334cd122c3219c60dae9d66d62d575e2599a5b317ebe9",
            ),
            WeightsFile(
                _STRIDE_8,
                54_887,
                "22bc16e86455e13c3292fc846b3a2ea97213c3c4f66a601815a3b7861867904f",
            ),
            WeightsFile(
                _STRIDE_16,
                54_887,
                "aaeddfa9de73c4882598c1779286ed6ce44be80b4d582607808da2d7463b0136",
            ),
        ),
        "mobilenet/quant2/075": (
            WeightsFile(
                _SHARD,
                2_598_784,
                "e215c9546b9db0e1e06c23c759ed48ccaf2aad68c656d0130b5757bc0479ac77",
            ),
            WeightsFile(
                _STRIDE_8,
                54_892,
                "8f6a52989ce92d9419863c1738616865980f762bc12ca237b46b5183b7cad9c8",
            ),
            WeightsFile(
                _STRIDE_16,
                54_892,
                "f7e26cc294524a502dcd873662d152b7c630e1bcb448f69c26ad021f62619da4",
            ),
        ),
    }
)

# Megabytes, from body-pix's README, by the variant's folder.
_ROUGH: Final[Mapping[str, float]] = MappingProxyType(
    {
        "resnet50/float": 90,
        "resnet50/quant2": 45,
        "resnet50/quant1": 22,
        "mobilenet/float/100": 13,
        "mobilenet/quant2/100": 6,
        "mobilenet/quant1/100": 3,
        "mobilenet/float/075": 5,
        "mobilenet/quant2/075": 2,
        "mobilenet/quant1/075": 1,
        "mobilenet/float/050": 2,
        "mobilenet/quant2/050": 1,
        "mobilenet/quant1/050": 0.6,
    }
)


def known_files(variant: BodyPixVariant) -> tuple[WeightsFile, ...]:
    """Return the files of a variant, the JSON last; none if no hashes of them are known.

    Examples
    --------
    >>> from bodyseg_widgets.models import BodyPixVariant
    >>> from bodyseg_widgets.models.weights_catalog import known_files
    >>> [file.name for file in known_files(BodyPixVariant(quant_bytes=2))]
    ['group1-shard1of1.bin', 'model-stride16.json']
    >>> known_files(BodyPixVariant(quant_bytes=1))
    ()
    """
    files = _KNOWN.get(variant.folder, ())
    graphs = [file for file in files if file.name == variant.json_name]
    return (files[0], *graphs) if graphs else ()


def rough_size(variant: BodyPixVariant) -> int:
    """Return about how many bytes a variant's weights have, as upstream says."""
    return round(_ROUGH[variant.folder] * 1e6)
