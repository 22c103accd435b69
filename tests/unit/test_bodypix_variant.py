"""BodyPix's networks: which there are, and where their files are."""

from __future__ import annotations

import re

import pytest

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.models import BodyPixVariant


def test_without_options_it_is_upstreams_network_without_options() -> None:
    variant = BodyPixVariant()
    assert (variant.architecture, variant.output_stride) == ("MobileNetV1", 16)
    assert (variant.multiplier, variant.quant_bytes) == (0.75, 4)


def test_resnet_has_one_multiplier_which_is_its_default() -> None:
    assert BodyPixVariant("ResNet50").multiplier == 1.0


@pytest.mark.parametrize(
    ("variant", "path"),
    [
        (BodyPixVariant(), "mobilenet/float/075/model-stride16.json"),
        (BodyPixVariant(multiplier=1), "mobilenet/float/100/model-stride16.json"),
        (
            BodyPixVariant(output_stride=8, multiplier=0.5, quant_bytes=2),
            "mobilenet/quant2/050/model-stride8.json",
        ),
        (BodyPixVariant("ResNet50", quant_bytes=1), "resnet50/quant1/model-stride16.json"),
    ],
)
def test_its_path_is_that_below_the_official_address(variant: BodyPixVariant, path: str) -> None:
    assert variant.path == path


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"architecture": "resnet50"},
            "Invalid architecture 'resnet50'. Should be one of 'MobileNetV1', 'ResNet50'.",
        ),
        ({"architecture": "resnet50"}, "Did you mean 'ResNet50'?"),
        ({"architecture": ["ResNet50"]}, "Invalid architecture ['ResNet50']."),
        (
            {"output_stride": 12},
            "Invalid output_stride 12. Should be one of 8, 16, 32 for architecture 'MobileNetV1'.",
        ),
        (
            {"architecture": "ResNet50", "output_stride": 8},
            "Invalid output_stride 8. Should be one of 16, 32 for architecture 'ResNet50'.",
        ),
        (
            {"architecture": "ResNet50", "multiplier": 0.75},
            "Invalid multiplier 0.75. Should be one of 1 for architecture 'ResNet50'.",
        ),
        ({"quant_bytes": 3}, "Invalid quant_bytes 3. Should be one of 1, 2, 4."),
        ({"quant_bytes": True}, "Invalid quant_bytes True."),
        ({"output_stride": "16"}, "Invalid output_stride '16'."),
    ],
)
def test_what_upstream_refuses_is_refused_with_what_is_allowed(
    options: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidOptionError, match=re.escape(message)):
        BodyPixVariant(**options)  # type: ignore[arg-type]


def test_equal_options_make_an_equal_variant() -> None:
    assert {BodyPixVariant(): 1}[BodyPixVariant(multiplier=0.75)] == 1
    assert BodyPixVariant() != BodyPixVariant(quant_bytes=2)
