"""The colors of classes: upstream's, and some that color-blind people can tell apart."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, class_colors
from bodyseg_widgets.rendering.part_colors import COLORBLIND, PALETTES, RAINBOW
from bodyseg_widgets.segmentation.bodypix import PART_LABELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets import Color

VISIONS = {
    "normal": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}
"""Of linear RGB: Machado, Oliveira and Fernandes (2009), severity 1."""

TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1, 1.089])


def _lab(color: Color, vision: NDArray[np.float64]) -> NDArray[np.float64]:
    """A color in CIELAB, as it is seen with this vision."""
    rgb = np.array(color[:3]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    x, y, z = TO_XYZ @ np.clip(vision @ linear, 0, 1) / WHITE
    x, y, z = (np.cbrt(each) if each > 0.008856 else 7.787 * each + 16 / 116 for each in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def _least_apart(colors: tuple[Color, ...], vision: str) -> float:
    seen = [_lab(color, VISIONS[vision]) for color in colors]
    return min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2))


@pytest.mark.parametrize("vision", VISIONS)
def test_color_blind_people_see_24_different_colors(vision: str) -> None:
    assert _least_apart(COLORBLIND, vision) > 6


def test_they_do_not_in_the_rainbow() -> None:
    assert min(_least_apart(RAINBOW, vision) for vision in VISIONS) < 2


@pytest.mark.parametrize("palette", PALETTES)
def test_each_body_part_has_the_color_of_its_number(palette: str) -> None:
    colors = class_colors(PART_LABELS, palette)  # type: ignore[arg-type]
    assert tuple(colors.values()) == PALETTES[palette]
    assert [*colors] == [*PART_LABELS]


def test_few_classes_get_colors_from_all_of_the_palette_and_many_share_some() -> None:
    few = class_colors({4: "hair", 7: "skin"})
    assert few == {4: RAINBOW[0], 7: RAINBOW[12]}
    many = class_colors(dict.fromkeys(range(30), "a class"))
    assert many[25] == many[1] == RAINBOW[1]


def test_an_unknown_palette_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(
        InvalidOptionError, match=r"'rainbow', 'colorblind', but got .*mean 'colorblind'"
    ):
        class_colors(PART_LABELS, "colourblind")  # type: ignore[arg-type]
