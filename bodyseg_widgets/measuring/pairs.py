"""Write pairs of image and mask, as `pairs_in_folder` finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError, UnwritableFileError
from bodyseg_widgets.files import given_path, why_unwritten, written_whole
from bodyseg_widgets.images import MAX_LEVEL, to_rgb
from bodyseg_widgets.measuring.datasets import IMAGE_FOLDERS, MASK_FOLDERS

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.images import ImageInput

__all__ = ["SavedPair", "pair_paths", "save_pair"]

_NOT_IN_NAMES: Final = frozenset('/\\:*?"<>|')
"""What some system takes for more than a part of a name."""


class SavedPair(NamedTuple):
    """Where an image and its mask were written."""

    image: Path
    """The image."""
    mask: Path
    """Its mask: white where a person is."""


@named_arguments
def save_pair(
    folder: str | os.PathLike[str],
    name: str,
    image: ImageInput,
    person: NDArray[np.bool_],
    *,
    domain: str = "",
    overwrite: bool = False,
) -> SavedPair:
    """Save an image and its mask as a pair of the dataset in a folder.

    They become ``images/name.png`` and ``masks/name.png``, without loss, so `evaluate` of the
    folder compares models with just this mask. Each file is written whole or not at all, the mask
    first: without its image, no dataset takes it for a pair.

    Parameters
    ----------
    folder : str or os.PathLike
        The dataset's folder. It is made where there is none.
    name : str
        What the pair is called, without a suffix.
    image : str, path, array or image
        Any image that `to_rgb` takes.
    person : numpy.ndarray
        bool (H, W), of the image's size: which pixels are a person.
    domain : str
        What kind of image it is: a folder within *images* and *masks*; empty for none.
    overwrite : bool
        Whether to replace a pair of this name.

    Returns
    -------
    SavedPair
        The two files.

    Raises
    ------
    InvalidOptionError
        `name` or `domain` is no name of a file.
    InvalidImageError
        `person` is not bool, or not of the image's size.
    ExistingFileError
        There is such a pair, and `overwrite` is False.
    UnwritableFileError
        The system did not write it; the message says why.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from bodyseg_widgets import evaluate, portrait_reference, sample, save_pair
    >>> with TemporaryDirectory() as folder:
    ...     pair = save_pair(folder, "anna", sample("portrait"), portrait_reference().person)
    ...     evaluation = evaluate(folder, "general", progress=False)
    >>> pair.mask.parent.name, pair.mask.name
    ('masks', 'anna.png')
    >>> len(evaluation.images)
    1
    """
    paths = pair_paths(folder, name, domain)
    picture = to_rgb(image)
    if getattr(person, "dtype", None) != np.bool_:
        raise InvalidImageError(
            f"person must be an array of bool, but got {in_short(person)}. Write mask >= 0.5."
        )
    if person.shape != picture.shape[:2]:
        height, width = picture.shape[:2]
        raise InvalidImageError(
            f"person must be of the image's shape, {(height, width)}, but has the shape "
            f"{person.shape}."
        )
    for each in paths:
        try:
            each.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UnwritableFileError(
                f"The folder {str(each.parent)!r} could not be made: {why_unwritten(error)}."
            ) from error
    # The inner one is placed first.
    with (
        written_whole(paths.image, overwrite=overwrite) as image_part,
        written_whole(paths.mask, overwrite=overwrite) as mask_part,
    ):
        Image.fromarray(picture).save(image_part, "PNG")
        levels = np.where(person, MAX_LEVEL, 0).astype(np.uint8)
        Image.fromarray(levels).save(mask_part, "PNG")
    return paths


def pair_paths(folder: str | os.PathLike[str], name: str, domain: str = "") -> SavedPair:
    """Return where a pair of a folder's dataset is.

    Raises
    ------
    InvalidOptionError
        `name` or `domain` is no name of a file.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.pairs import pair_paths
    >>> "/".join(pair_paths("truth", "anna", "yoga").mask.parts[-4:])
    'truth/masks/yoga/anna.png'
    """
    root = given_path(folder, refusal=InvalidOptionError)
    file = f"{_checked_name('name', name)}.png"
    within = _checked_name("domain", domain) if domain else ""
    if within.lower() in (*IMAGE_FOLDERS, *MASK_FOLDERS):
        raise InvalidOptionError(
            f"domain {domain!r} would be taken for one half of the pairs. Choose another name."
        )
    return SavedPair(root / "images" / within / file, root / "masks" / within / file)


def _checked_name(argument: str, name: object) -> str:
    fine = (
        isinstance(name, str)
        and name.isprintable()
        and name == name.strip()
        and not name.startswith(".")
        and not _NOT_IN_NAMES & {*name}
    )
    if not fine or not name:
        raise InvalidOptionError(
            f"{argument} must be the name of a file, without a folder and not beginning with a "
            f"dot, such as 'anna', but got {in_short(name)}."
        )
    return str(name)
