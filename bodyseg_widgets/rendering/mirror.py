"""Mirror a drawn image, with everything that belongs to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
from PIL import Image, ImageOps

if TYPE_CHECKING:
    from bodyseg_widgets.rendering.any_image import AnyImage

__all__ = ["mirrored"]


def mirrored(image: AnyImage, flip_horizontal: bool) -> AnyImage:
    """Mirror a drawn image, or return it unchanged.

    Parameters
    ----------
    image : numpy.ndarray or PIL.Image.Image
        uint8 (H, W, C), or a PIL image; with its alpha channel, if it has one.
    flip_horizontal : bool
        Whether to mirror it.

    Returns
    -------
    numpy.ndarray or PIL.Image.Image
        The same type, with left and right exchanged.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.rendering.mirror import mirrored
    >>> mirrored(np.uint8([[[1, 1, 1], [2, 2, 2]]]), flip_horizontal=True)[0, :, 0].tolist()
    [2, 1]
    """
    if not flip_horizontal:
        return image
    if isinstance(image, Image.Image):
        return cast("AnyImage", ImageOps.mirror(image))
    return cast("AnyImage", np.ascontiguousarray(cast("np.ndarray", image)[:, ::-1]))
