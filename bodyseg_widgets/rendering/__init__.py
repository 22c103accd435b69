"""Draw masks: TensorFlow.js's render utilities as pure functions.

Where upstream has a function (shared/calculators/render_util.ts of tfjs-models), the parameters,
defaults and rules are the same. Additional functions replace the background, draw heatmaps and
skeletons, and stop masks from flickering. Functions return the type you pass in: an array for an
array, a PIL image for a PIL image.

Examples
--------
>>> import numpy as np
>>> from bodyseg_widgets import Mask, Segmentation, draw_mask, to_binary_mask
>>> left = Mask.from_levels(np.array([[255, 0]], np.uint8), size=(1, 2))
>>> matte = to_binary_mask(Segmentation(left))
>>> draw_mask(np.full((1, 2, 3), 200, np.uint8), matte, mask_opacity=1).tolist()
[[[200, 200, 200], [0, 0, 0]]]
"""

from bodyseg_widgets.rendering.background import BackgroundLike, replace_background
from bodyseg_widgets.rendering.blur import gaussian_blur
from bodyseg_widgets.rendering.bokeh import blur_body_part, draw_bokeh_effect
from bodyseg_widgets.rendering.color import (
    Color,
    ColorLike,
    to_color,
)
from bodyseg_widgets.rendering.draw import draw_mask, draw_pixelated_mask
from bodyseg_widgets.rendering.heatmap import draw_heatmap
from bodyseg_widgets.rendering.masks import to_binary_mask, to_colored_mask
from bodyseg_widgets.rendering.matting import estimate_foreground
from bodyseg_widgets.rendering.part_colors import (
    Palette,
    body_pix_mask_value_to_rainbow_color,
    class_colors,
    person_color,
)
from bodyseg_widgets.rendering.parts import draw_parts, draw_people
from bodyseg_widgets.rendering.side_by_side import SideBySide, side_by_side
from bodyseg_widgets.rendering.skeleton import draw_skeleton
from bodyseg_widgets.rendering.smoothing import MaskSmoother

__all__ = [
    "BackgroundLike",
    "Color",
    "ColorLike",
    "MaskSmoother",
    "Palette",
    "SideBySide",
    "blur_body_part",
    "body_pix_mask_value_to_rainbow_color",
    "class_colors",
    "draw_bokeh_effect",
    "draw_heatmap",
    "draw_mask",
    "draw_parts",
    "draw_people",
    "draw_pixelated_mask",
    "draw_skeleton",
    "estimate_foreground",
    "gaussian_blur",
    "person_color",
    "replace_background",
    "side_by_side",
    "to_binary_mask",
    "to_color",
    "to_colored_mask",
]
