"""Convert any accepted image to one kind of array.

Everything below this package works on one kind of image: ``uint8`` sRGB of shape (height, width,
3), rows from top to bottom, C-contiguous.

- ``arrays`` checks and converts arrays;
- ``files`` opens image files: the formats and sizes that are allowed;
- ``meaning`` is what an image's file means: orientation, colors, transparency, depth;
- ``reading`` chooses between them.
"""

from bodyseg_widgets.images.arrays import (
    MAX_LEVEL,
    MAX_SIDE,
    WHITE,
    ArrayLike,
    HasImage,
    ImageInput,
    RgbImage,
)
from bodyseg_widgets.images.files import (
    FORMATS,
    MAX_PIXELS,
    NotAnImageError,
    image_errors,
    open_image,
    opened_file,
)
from bodyseg_widgets.images.meaning import ReadImage, has_srgb_colors, in_profile, read_pil
from bodyseg_widgets.images.reading import read_image, to_rgb

__all__ = [
    "FORMATS",
    "MAX_LEVEL",
    "MAX_PIXELS",
    "MAX_SIDE",
    "WHITE",
    "ArrayLike",
    "HasImage",
    "ImageInput",
    "NotAnImageError",
    "ReadImage",
    "RgbImage",
    "has_srgb_colors",
    "image_errors",
    "in_profile",
    "open_image",
    "opened_file",
    "read_image",
    "read_pil",
    "to_rgb",
]
