"""Masks that people or programs have drawn: which pixels of an image file are a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.images import MAX_LEVEL, opened_file

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray
    from PIL import Image

__all__ = [
    "WHITE_FROM",
    "PersonValue",
    "check_person_value",
    "person_in_file",
    "person_in_values",
    "values_of",
]

PersonValue: TypeAlias = "int | tuple[int, int, int] | None"
"""What stands for a person in a mask file: a gray level or a palette's index, 0 to 255, or a color;
None where the file says so itself, see `person_in_file`."""

WHITE_FROM: Final = 128
"""The lowest gray level that is a person where white is."""

_COLOR_PARTS: Final = 3
_MOST_LISTED: Final = 8


def check_person_value(person: object) -> PersonValue:
    """Return what may stand for a person.

    Raises
    ------
    InvalidOptionError
        It may not.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.reference_files import check_person_value
    >>> check_person_value([0, 0, 255])
    (0, 0, 255)
    """
    if person is None or (_is_level(person)):
        return person  # type: ignore[return-value]  # a level
    if isinstance(person, list | tuple) and len(person) == _COLOR_PARTS:
        parts = [*person]
        if all(map(_is_level, parts)):
            return (int(parts[0]), int(parts[1]), int(parts[2]))
    raise InvalidOptionError(
        "person must be the value that stands for a person in the masks, a number from 0 to "
        f"{MAX_LEVEL}, or a color such as (0, 0, 255), but got {in_short(person)}. Leave it out "
        "where a person is white."
    )


def _is_level(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_LEVEL


def person_in_file(path: str | os.PathLike[str], person: PersonValue = None) -> NDArray[np.bool_]:
    """Read which pixels of a mask file are a person.

    Parameters
    ----------
    path : str or os.PathLike
        An image file.
    person : int, tuple of int or None
        The value, or color, of a person. None: of a cut-out, what is at least half opaque; of a
        gray image, what is at least 128, or, where nothing is above 1, what is 1.

    Returns
    -------
    numpy.ndarray
        bool (H, W).

    Raises
    ------
    InvalidImageError
        The file is no image, or it does not say by itself what a person is.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import numpy as np
    >>> from PIL import Image
    >>> from bodyseg_widgets.measuring.reference_files import person_in_file
    >>> with TemporaryDirectory() as folder:
    ...     file = Path(folder) / "mask.png"
    ...     Image.fromarray(np.array([[0, 255]], np.uint8)).save(file)
    ...     person_in_file(file).tolist()
    [[False, True]]
    """
    return person_in_values(values_of(path), person, f"The mask {str(path)!r}")


def values_of(path: str | os.PathLike[str]) -> NDArray[np.uint8]:
    """Read the values of a mask file as they are, without its colors.

    Returns
    -------
    numpy.ndarray
        uint8: (H, W) gray levels or a palette's indexes, (H, W, 3) colors, (H, W, 4) with opacity.

    Raises
    ------
    InvalidImageError
        The file is no image.
    """
    file = existing_file(path, refusal=InvalidImageError)
    with opened_file(file, f"The mask {str(file)!r}") as image:
        return _values(image)


def _values(image: Image.Image) -> NDArray[np.uint8]:
    match image.mode:
        case "1":
            return np.asarray(image, np.uint8)
        case "L" | "P":
            return np.asarray(image)
        case "LA" | "PA" | "RGBA" | "La" | "RGBa":
            return np.asarray(image.convert("RGBA"))
        case "I;16" | "I;16B" | "I;16L" | "I":
            wide = np.asarray(image.convert("I"))
            # 16 bits of gray, or numbers of classes.
            return np.asarray(wide >> 8 if wide.max(initial=0) > MAX_LEVEL else wide, np.uint8)
        case _:
            return np.asarray(image.convert("RGB"))


def person_in_values(
    values: NDArray[np.uint8], person: PersonValue, name: str
) -> NDArray[np.bool_]:
    """Return which values of a mask are a person; see `person_in_file`.

    Raises
    ------
    InvalidImageError
        They do not say by themselves what a person is.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.measuring.reference_files import person_in_values
    >>> person_in_values(np.array([[0, 15, 2]], np.uint8), 15, "This mask").tolist()
    [[False, True, False]]
    """
    is_gray = values.ndim == 2  # noqa: PLR2004 - two sides
    if isinstance(person, tuple):
        colors = np.repeat(values[..., None], _COLOR_PARTS, axis=2) if is_gray else values
        return np.asarray((colors[..., :_COLOR_PARTS] == person).all(axis=2))
    if not is_gray:
        if values.shape[2] > _COLOR_PARTS and int(values[..., 3].min()) < MAX_LEVEL:
            return np.asarray(values[..., 3] >= WHITE_FROM)
        gray = values[..., 0]
        if (values[..., :_COLOR_PARTS] != gray[..., None]).any():
            raise InvalidImageError(
                f"{name} has colors. Say which one is a person, such as person=(0, 0, 255)."
            )
        values = gray
    if person is not None:
        return np.asarray(values == person)
    highest = int(values.max())
    if highest <= 1:
        return np.asarray(values == 1)
    if highest < WHITE_FROM:
        found = np.unique(values)
        shown = ", ".join(map(str, found[:_MOST_LISTED])) + (", …" * (len(found) > _MOST_LISTED))
        raise InvalidImageError(
            f"{name} has the values {shown}, so it seems to have several classes. Say which one is "
            f"a person, such as person={highest}."
        )
    return np.asarray(values >= WHITE_FROM)
