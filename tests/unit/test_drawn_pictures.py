"""How the drawing functions beyond upstream's treat the image they are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import Frame, InvalidImageError, Mask, Segmentation
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.rendering.background import replace_background
from bodyseg_widgets.rendering.heatmap import draw_heatmap
from bodyseg_widgets.rendering.matting import estimate_foreground
from bodyseg_widgets.rendering.mirror import mirrored
from bodyseg_widgets.rendering.skeleton import draw_skeleton
from tests.poses import make_pose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEIGHT, WIDTH = 24, 32
IMAGE = np.random.default_rng(5).integers(0, 256, (HEIGHT, WIDTH, 3), np.uint8)
LEVELS = np.linspace(0, 255, HEIGHT * WIDTH).astype(np.uint8).reshape(HEIGHT, WIDTH)
PEOPLE = Segmentation(Mask.from_levels(LEVELS, size=(HEIGHT, WIDTH)))
POSE = make_pose(segmentation=PEOPLE, at=16)
POSE = type(POSE)(
    POSE.keypoint_array * np.float32([0.1, 0.1, 1, 1]) + np.float32([14, -12, 0, 0]),
    POSE.keypoint_array_3d,
    PEOPLE,
)

DRAWING: dict[str, Callable[..., Any]] = {
    "replace_background": lambda image, **options: replace_background(
        image, PEOPLE, IMAGE[::-1], **options
    ),
    "draw_heatmap": lambda image, **options: draw_heatmap(image, PEOPLE, **options),
    "draw_skeleton": lambda image, **options: draw_skeleton(image, POSE, **options),
}
ALL = DRAWING | {"estimate_foreground": lambda image: estimate_foreground(image, LEVELS)}


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
class TestAPicture:
    def test_of_arrays_is_a_new_array(self, draw: Callable[..., Any]) -> None:
        before = IMAGE.copy()
        drawn = draw(IMAGE)
        assert (drawn.dtype, drawn.shape) == (np.uint8, IMAGE.shape)
        assert (drawn != IMAGE).any()
        assert not np.shares_memory(drawn, IMAGE)
        assert (before == IMAGE).all()

    def test_of_pil_is_pil(self, draw: Callable[..., Any]) -> None:
        drawn = draw(Image.fromarray(IMAGE))
        assert isinstance(drawn, Image.Image)
        assert drawn.mode == "RGB"
        assert (np.asarray(drawn) == draw(IMAGE)).all()

    def test_keeps_its_alpha_unless_its_background_is_replaced(
        self, draw: Callable[..., Any]
    ) -> None:
        rgba = np.dstack([IMAGE, LEVELS])
        drawn = draw(rgba)
        opaque = draw is ALL["replace_background"]
        assert (drawn[..., 3] == (255 if opaque else LEVELS)).all()
        solid = LEVELS == 255
        assert (drawn[solid, :3] == draw(to_rgb(rgba))[solid]).all()
        of_pil = draw(Image.fromarray(rgba))
        assert of_pil.mode == "RGBA"
        assert (np.asarray(of_pil) == drawn).all()

    def test_may_be_gray_a_frame_or_a_file(self, draw: Callable[..., Any], tmp_path: Path) -> None:
        assert draw(IMAGE[..., 0]).shape == IMAGE.shape
        assert (draw(Frame(1, IMAGE, 0.0)) == draw(IMAGE)).all()
        Image.fromarray(IMAGE).save(tmp_path / "picture.png")
        assert (draw(tmp_path / "picture.png") == draw(IMAGE)).all()

    def test_of_another_size_is_refused(self, draw: Callable[..., Any]) -> None:
        with pytest.raises(InvalidImageError, match=r"dimensions 31x24, the .* dimensions 32x24"):
            draw(IMAGE[:, :31])


@pytest.mark.parametrize("draw", DRAWING.values(), ids=DRAWING)
def test_what_is_drawn_is_mirrored_with_its_alpha(draw: Callable[..., Any]) -> None:
    rgba = np.dstack([IMAGE, LEVELS])
    for picture in (IMAGE, rgba, Image.fromarray(rgba)):
        drawn = np.asarray(draw(picture))
        assert (np.asarray(draw(picture, flip_horizontal=True)) == drawn[:, ::-1]).all()


def test_a_picture_that_is_not_mirrored_is_the_same_object() -> None:
    assert mirrored(IMAGE, flip_horizontal=False) is IMAGE
