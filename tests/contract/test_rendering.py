"""Every upstream renderer reproduces upstream's own images of three people.

The calls are those of tfjs-models, shared/calculators/render_util_test.ts.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image, ImageCms

from bodyseg_widgets import (
    Mask,
    Segmentation,
    blur_body_part,
    body_pix_mask_value_to_rainbow_color,
    draw_bokeh_effect,
    draw_mask,
    draw_pixelated_mask,
    to_binary_mask,
    to_colored_mask,
)
from tests.ssim import structural_similarity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    Golden = Callable[[str], NDArray[np.uint8]]

MAX_DIFFERENT = 0.005
"""Share of channels that differ by more than 2 of 255 where nothing is blurred."""
LEAST_ALIKE = 0.99

WHITE = (255, 255, 255, 255)
BLACK = (0, 0, 0, 255)


@pytest.fixture(scope="module")
def golden(data_folder: Path) -> Golden:
    def read(name: str) -> NDArray[np.uint8]:
        file = data_folder / "tfjs-models" / "shared" / f"three_people_{name}.png"
        return np.asarray(Image.open(file).convert("RGBA"))

    return read


@pytest.fixture(scope="module")
def image(data_folder: Path) -> NDArray[np.uint8]:
    """The image as a browser shows it, with its color profile applied."""
    opened = Image.open(data_folder / "tfjs-models" / "shared" / "three_people.jpg")
    own = ImageCms.ImageCmsProfile(io.BytesIO(opened.info["icc_profile"]))
    return np.asarray(ImageCms.profileToProfile(opened, own, ImageCms.createProfile("sRGB")))


@pytest.fixture(scope="module")
def people(golden: Golden) -> list[Segmentation]:
    return [Segmentation(Mask.from_image_data(golden("binary_segmentation")))]


@pytest.fixture(scope="module")
def parts(golden: Golden) -> list[Segmentation]:
    return [Segmentation(Mask.from_image_data(golden("colored_segmentation")))]


def binary_mask(people: list[Segmentation]) -> NDArray[np.uint8]:
    mask = to_binary_mask(people, WHITE, BLACK)
    assert mask is not None
    return mask


def colored_mask(parts: list[Segmentation]) -> NDArray[np.uint8]:
    mask = to_colored_mask(parts, body_pix_mask_value_to_rainbow_color, WHITE)
    assert mask is not None
    return mask


def share_that_differs(made: NDArray[np.uint8], expected: NDArray[np.uint8]) -> float:
    difference = np.abs(made.astype(int) - expected[..., : made.shape[2]])
    return float((difference > 2).mean())


def alike(made: NDArray[np.uint8], expected: NDArray[np.uint8]) -> float:
    # Upstream's canvas fades at its edges, in alpha only: the colors are the same.
    return structural_similarity(made, np.ascontiguousarray(expected[..., :3]))


def test_the_binary_mask(people: list[Segmentation], golden: Golden) -> None:
    assert share_that_differs(binary_mask(people), golden("binary_mask")) == 0


def test_the_colored_mask(parts: list[Segmentation], golden: Golden) -> None:
    assert share_that_differs(colored_mask(parts), golden("colored_mask")) == 0


def test_the_mask_over_the_picture(
    image: NDArray[np.uint8], people: list[Segmentation], golden: Golden
) -> None:
    drawn = draw_mask(image, binary_mask(people), 0.7, 3)
    assert alike(drawn, golden("draw_mask")) >= LEAST_ALIKE


def test_the_pixelated_mask(
    image: NDArray[np.uint8], parts: list[Segmentation], golden: Golden
) -> None:
    drawn = draw_pixelated_mask(image, colored_mask(parts))
    assert share_that_differs(drawn, golden("pixelated_mask")) <= MAX_DIFFERENT


def test_the_bokeh_effect(
    image: NDArray[np.uint8], people: list[Segmentation], golden: Golden
) -> None:
    assert alike(draw_bokeh_effect(image, people), golden("bokeh_effect")) >= LEAST_ALIKE


def test_blurred_faces(image: NDArray[np.uint8], parts: list[Segmentation], golden: Golden) -> None:
    drawn = blur_body_part(image, parts, [0, 1])
    assert alike(drawn, golden("blur_body_parts")) >= LEAST_ALIKE
    # And not just because nothing was blurred.
    assert alike(drawn, golden("blur_body_parts")) > alike(image, golden("blur_body_parts"))
