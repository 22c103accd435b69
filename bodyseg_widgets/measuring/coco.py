"""Outlines of people as COCO's JSON files have them: polygons and run lengths."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from bodyseg_widgets.errors import SourceError, reason
from bodyseg_widgets.files import existing_file

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Size

__all__ = ["CocoImage", "Outline", "inside_polygon", "mask_of_outlines", "people_of", "run_lengths"]

Outline: TypeAlias = "Sequence[Sequence[float]] | Mapping[str, Any]"
"""COCO's *segmentation*: polygons ``[x, y, x, y, …]``, or run lengths, ``{"size": [height, width],
"counts": …}``."""

_FIRST_CHARACTER: Final = 48
_BITS: Final = 5
_MORE: Final = 0x20
_SIGN: Final = 0x10


@dataclass(frozen=True, slots=True)
class CocoImage:
    """One image of a COCO file.

    Attributes
    ----------
    file_name : str
        Its file, in the images' folder.
    size : tuple of int
        (height, width) in pixels.
    outlines : tuple of Outline
        Of its people.
    """

    file_name: str
    size: Size
    outlines: tuple[Outline, ...]


def people_of(path: str | os.PathLike[str]) -> list[CocoImage]:
    """Read the images of a COCO file, each with the outlines of its people.

    Raises
    ------
    SourceError
        It is no such file, or has no category *person*.
    """
    file = existing_file(path)
    try:
        content = json.loads(file.read_bytes())
        people = {
            each["id"] for each in content["categories"] if str(each["name"]).lower() == "person"
        }
        outlines: dict[Any, list[Outline]] = {each["id"]: [] for each in content["images"]}
        for each in content["annotations"]:
            if each["category_id"] in people:
                outlines[each["image_id"]].append(each["segmentation"])
        images = [
            CocoImage(
                str(each["file_name"]),
                (int(each["height"]), int(each["width"])),
                tuple(outlines[each["id"]]),
            )
            for each in content["images"]
        ]
    # OverflowError: an infinite size. RecursionError: brackets in brackets.
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        said = f"it lacks {error}" if isinstance(error, KeyError) else reason(error)
        raise SourceError(
            f"{str(file)!r} is no COCO file of instances: {said}. It needs 'images', 'annotations' "
            "and 'categories'."
        ) from error
    if not people:
        names = ", ".join(repr(str(each["name"])) for each in content["categories"])
        raise SourceError(f"{str(file)!r} has no category 'person', only {names or 'none at all'}.")
    return images


def mask_of_outlines(outlines: Sequence[Outline], size: Size) -> NDArray[np.bool_]:
    """Return which pixels are in at least one outline: bool (H, W).

    Parameters
    ----------
    outlines : sequence of Outline
        Of each person.
    size : tuple of int
        (height, width) in pixels.

    Raises
    ------
    SourceError
        An outline is damaged, or of another size.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.coco import mask_of_outlines
    >>> square = [[1, 0, 3, 0, 3, 2, 1, 2]]
    >>> runs = {"size": [2, 4], "counts": [6, 2]}
    >>> mask_of_outlines([square, runs], (2, 4)).astype(int).tolist()
    [[0, 1, 1, 1], [0, 1, 1, 1]]
    """
    mask = np.zeros(size, np.bool_)
    for outline in outlines:
        try:
            for part in _parts(outline, size):
                mask |= part
        except SourceError:
            raise
        # What stands in a file of somebody else.
        except (ValueError, LookupError, TypeError, OverflowError) as error:
            raise SourceError(
                f"An outline is neither polygons nor run lengths: {str(outline)[:80]}. Leave its "
                "image out, or get the file again."
            ) from error
    return mask


def _parts(outline: Outline, size: Size) -> Iterator[NDArray[np.bool_]]:
    if isinstance(outline, Mapping):
        yield _of_runs(outline, size)
    else:
        for polygon in outline:
            yield inside_polygon(polygon, size)


def inside_polygon(polygon: Sequence[float], size: Size) -> NDArray[np.bool_]:
    """Return which pixels have their center in a polygon, by the even-odd rule: bool (H, W).

    Parameters
    ----------
    polygon : sequence of float
        ``[x, y, x, y, …]``; (0, 0) is the upper left corner of the first pixel.
    size : tuple of int
        (height, width) in pixels.

    Raises
    ------
    SourceError
        It has fewer than three corners, an odd number of values, or one that is no number.

    Examples
    --------
    >>> from bodyseg_widgets.measuring.coco import inside_polygon
    >>> inside_polygon([0, 0, 4, 0, 0, 4], (3, 4)).astype(int).tolist()
    [[1, 1, 1, 0], [1, 1, 0, 0], [1, 0, 0, 0]]
    """
    height, width = size
    if len(polygon) < 6 or len(polygon) % 2:  # noqa: PLR2004 - three corners
        raise SourceError(
            f"A polygon needs at least three corners, x and y each, but one has {len(polygon)} "
            "values."
        )
    start = np.asarray(polygon, np.float64).reshape(-1, 2)
    if not np.isfinite(start).all():
        raise SourceError("A corner of a polygon is not finite.")
    end = np.roll(start, -1, axis=0)
    # Where each edge crosses the middle of a row, all to the right changes sides.
    crossings = np.zeros((height, width + 1), np.int32)
    middles = np.arange(height) + 0.5
    for (x, y), (to_x, to_y) in zip(start.tolist(), end.tolist(), strict=True):
        rows = np.flatnonzero((min(y, to_y) <= middles) & (middles < max(y, to_y)))
        if rows.size:
            at = x + (middles[rows] - y) / (to_y - y) * (to_x - x)
            crossings[rows, np.clip(np.ceil(at - 0.5), 0, width).astype(int)] += 1
    return np.asarray(crossings.cumsum(axis=1)[:, :width] % 2, np.bool_)


def _of_runs(outline: Mapping[str, Any], size: Size) -> NDArray[np.bool_]:
    height, width = size
    counts = outline["counts"]
    runs = np.asarray(run_lengths(counts) if isinstance(counts, str | bytes) else counts, np.int64)
    fits = [*outline["size"]] == [height, width] and runs.sum() == height * width
    if not fits or runs.min() < 0 or runs.max() > height * width:
        raise SourceError(
            f"Run lengths of size {[*outline['size']]} with {int(runs.sum())} pixels do not fit an "
            f"image of {height} rows and {width} columns."
        )
    inside = np.repeat(np.arange(len(runs)) % 2, runs).astype(np.bool_)
    # COCO counts down the columns.
    return inside.reshape(width, height).T


def run_lengths(packed: str | bytes) -> list[int]:
    """Unpack COCO's compressed run lengths.

    Each is a number in groups of five bits, lowest first, one character each; from the fourth on
    it is the difference to the one before the last (``rleFrString`` of cocoapi).

    Examples
    --------
    >>> from bodyseg_widgets.measuring.coco import run_lengths
    >>> run_lengths("6141")
    [6, 1, 4, 2]
    """
    text = packed.decode("ascii") if isinstance(packed, bytes) else packed
    runs: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - _FIRST_CHARACTER
        value |= (bits & ~_MORE) << shift
        shift += _BITS
        if bits & _MORE:
            continue
        if bits & _SIGN:
            value -= 1 << shift
        runs.append(value + runs[-2] if len(runs) > 2 else value)  # noqa: PLR2004 - see above
        value = shift = 0
    return runs
