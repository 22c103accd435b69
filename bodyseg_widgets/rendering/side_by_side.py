"""Images next to each other, to compare them by eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.images import ImageInput, RgbImage

__all__ = ["SideBySide", "side_by_side"]

MOST_IN_A_ROW = 4
"""Images in a row, unless someone asks for more: of more, none would be large enough."""


class SideBySide(Shown):
    """Images with captions, made by `side_by_side`: a notebook shows them in rows.

    Parameters
    ----------
    images : sequence of numpy.ndarray
        uint8 (H, W, 3), RGB.
    captions : sequence of str
        One for each image; may be empty texts.
    columns : int
        How many of them are in a row.

    Attributes
    ----------
    images, captions, columns
        As given.
    """

    def __init__(self, images: Sequence[RgbImage], captions: Sequence[str], columns: int) -> None:
        self.images = tuple(images)
        self.captions = tuple(captions)
        self.columns = columns

    def __repr__(self) -> str:
        """Show how many there are."""
        return f"<{len(self.images)} images side by side>"


@named_arguments
def side_by_side(
    *images: ImageInput, captions: Sequence[str] | None = None, columns: int | None = None
) -> SideBySide:
    """Show images next to each other: end a cell with it.

    All images are equally wide, whatever their sizes are.

    Parameters
    ----------
    *images : numpy.ndarray, PIL.Image.Image, str, os.PathLike or Frame
        The images: whatever `to_rgb` accepts.
    captions : sequence of str, optional
        What to write under each.
    columns : int, optional
        How many to put in a row; default: all, but at most four.

    Returns
    -------
    SideBySide
        Shown by notebooks as HTML, and as one image in documents without HTML.

    Raises
    ------
    InvalidOptionError
        There is no image, a list in place of images, more or fewer captions than images, or
        `columns` is less than 1.
    InvalidImageError
        One of them is not an image.

    Examples
    --------
    >>> from bodyseg_widgets import sample, side_by_side
    >>> portrait = sample("portrait")
    >>> side_by_side(portrait, 255 - portrait, captions=["positive", "negative"])
    <2 images side by side>
    """
    if not images:
        raise InvalidOptionError("side_by_side needs at least one image, but got none.")
    if isinstance(images[0], list | tuple):
        raise InvalidOptionError(
            f"side_by_side takes the images one by one, but got {in_short(images[0])}. Put a star "
            "before the list: side_by_side(*images)."
        )
    written = [""] * len(images) if captions is None else captions
    if isinstance(written, str) or len(written) != len(images):
        raise InvalidOptionError(
            f"captions must be a list with one text for each of the {len(images)} images, but got "
            f"{in_short(written)}."
        )
    wide = min(len(images), MOST_IN_A_ROW) if columns is None else columns
    if wide < 1:
        raise InvalidOptionError(f"columns must be at least 1, but got {columns!r}.")
    return SideBySide([to_rgb(image) for image in images], written, wide)
