"""Datasets: where images and their references are, in the forms that people have them."""

from __future__ import annotations

import contextlib
import csv
import mimetypes
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import check_choice, in_short, listed, named_arguments
from bodyseg_widgets.errors import InvalidOptionError, SourceError
from bodyseg_widgets.files import existing_file, given_path
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.measuring.cases import (
    ArrayCase,
    Case,
    CocoCase,
    ImageCase,
    MissingCase,
    RecordingCase,
    VideoCase,
)
from bodyseg_widgets.measuring.coco import people_of
from bodyseg_widgets.measuring.reference_files import check_person_value
from bodyseg_widgets.streaming.recording import RECORDING_SUFFIX, Recording

if TYPE_CHECKING:
    from bodyseg_widgets.measuring.reference_files import PersonValue

__all__ = [
    "IMAGE_FOLDERS",
    "MASK_FOLDERS",
    "Dataset",
    "DatasetLike",
    "coco_people",
    "open_dataset",
    "pairs_in_folder",
    "pairs_in_table",
    "recorded_frames",
    "video_with_masks",
]

IMAGE_FOLDERS: Final = (
    "images", "image", "imgs", "img", "pictures", "photos", "input", "inputs", "jpegimages", "fgr",
)  # fmt: skip
MASK_FOLDERS: Final = (
    "masks", "mask", "annotations", "labels", "segmentations", "segmentation", "segmentationclass",
    "segmentationclasspng", "gt", "groundtruth", "ground_truth", "reference", "matte", "mattes",
    "matting", "alpha", "pha",
)  # fmt: skip
_MASK_ENDINGS: Final = (
    "mask", "masks", "person", "seg", "segmentation", "gt", "reference", "matte", "alpha", "label",
    "annotation",
)  # fmt: skip
"""Names that published datasets give to the two halves of a pair."""

_IMAGE_SUFFIXES: Final = frozenset(
    (".jpg", ".jpeg", ".png", ".webp", ".avif", ".bmp", ".tif", ".tiff", ".gif", ".ppm", ".tga")
)
_SEPARATORS: Final = "_-. "
_TABLES: Final = {".tsv": "\t", ".csv": ","}
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class Dataset:
    """Images and videos with their reference, to measure models on.

    Two datasets add up to one: ``pairs_in_folder("mine") + coco_people("person.json")``.

    Attributes
    ----------
    label : str
        What it is called.
    cases : sequence of Case
        Its images and videos. Their pixels are read when they are measured.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.measuring import open_dataset
    >>> dataset = open_dataset([(np.zeros((4, 6, 3), np.uint8), np.zeros((4, 6), bool), "empty")])
    >>> len(dataset), dataset.domains
    (1, ['empty'])
    """

    label: str
    cases: Sequence[Case]

    def __len__(self) -> int:
        """Return how many images and videos it has."""
        return len(self.cases)

    def __add__(self, other: Dataset) -> Dataset:
        """Return a dataset with the cases of both."""
        if not isinstance(other, Dataset):
            return NotImplemented
        return Dataset(f"{self.label} + {other.label}", [*self.cases, *other.cases])

    def __repr__(self) -> str:
        """Show how much there is."""
        domains = f", domains={self.domains}" if any(self.domains) else ""
        return f"Dataset({self.label!r}, {len(self)} cases{domains})"

    @property
    def domains(self) -> list[str]:
        """Its domains, in order of appearance."""
        return [*dict.fromkeys(case.domain for case in self.cases)]


DatasetLike: TypeAlias = "Dataset | str | os.PathLike[str] | Iterable[Sequence[Any]]"
"""What `open_dataset` takes."""


@named_arguments
def open_dataset(what: DatasetLike) -> Dataset:
    """Open a dataset of any kind, by what it is; the functions for each kind have options.

    Parameters
    ----------
    what : Dataset, str, os.PathLike or iterable
        - a folder: see `pairs_in_folder`;
        - a ``.tsv`` or ``.csv`` file: see `pairs_in_table`;
        - a ``.json`` file: see `coco_people`;
        - a recording: see `recorded_frames`;
        - pairs in memory: ``(image, reference)`` or ``(image, reference, domain)``, with an image
          of any kind that `to_rgb` takes, and bool (H, W) where a person is;
        - a dataset is returned unchanged.

    Raises
    ------
    SourceError
        There is no such file, or it has nothing to measure on.
    InvalidOptionError
        It is something else.

    Examples
    --------
    >>> from bodyseg_widgets import portrait_reference, sample
    >>> from bodyseg_widgets.measuring import open_dataset
    >>> open_dataset([(sample("portrait"), portrait_reference().person)])
    Dataset('pairs in memory', 1 cases)
    """
    if isinstance(what, Dataset):
        return what
    if isinstance(what, str | os.PathLike):
        return _of_path(what)
    if isinstance(what, Iterable):
        return Dataset("pairs in memory", [_in_memory(n, pair) for n, pair in enumerate(what)])
    raise InvalidOptionError(
        "dataset must be a folder, a table (.tsv, .csv), a COCO file (.json), a recording, a "
        f"Dataset, or pairs of image and reference, but got {in_short(what)}."
    )


def _of_path(path: str | os.PathLike[str]) -> Dataset:
    where = given_path(path)
    if where.is_dir():
        return pairs_in_folder(where)
    suffix = where.suffix.lower()
    if suffix in _TABLES:
        return pairs_in_table(where)
    if suffix == ".json":
        return coco_people(where)
    if suffix == RECORDING_SUFFIX:
        return recorded_frames(where)
    existing_file(where)
    raise SourceError(
        f"{str(where)!r} is no dataset. Expect a folder of pairs, a table (.tsv, .csv), a COCO "
        f"file (.json) or a recording ({RECORDING_SUFFIX}). For a video, use "
        "video_with_masks(video, masks)."
    )


def _in_memory(number: int, pair: object) -> Case:
    parts = [*pair] if isinstance(pair, Sequence) and not isinstance(pair, str) else []
    if not _PAIR <= len(parts) <= _PAIR + 1:
        raise InvalidOptionError(
            "Pairs in memory are (image, reference) or (image, reference, domain), but number "
            f"{number} is {in_short(pair)}."
        )
    reference = np.asarray(parts[1])
    if reference.dtype != np.bool_ or reference.ndim != 2:  # noqa: PLR2004 - two sides
        raise InvalidOptionError(
            "The reference of a pair must be an array of bool of shape (height, width), but that "
            f"of number {number} is of {reference.dtype} with shape {reference.shape}. Write "
            "mask >= 128."
        )
    domain = str(parts[2]) if len(parts) > _PAIR else ""
    return ArrayCase(str(number), domain, to_rgb(parts[0]), reference)


@named_arguments
def pairs_in_folder(
    folder: str | os.PathLike[str],
    masks: str | os.PathLike[str] | None = None,
    *,
    person: PersonValue = None,
    classes: Mapping[int, str] | None = None,
) -> Dataset:
    """Find the images of a folder and their masks.

    They belong together where they have one name, in one of these ways, at any depth:

    - in two folders, ``images/yoga/1.jpg`` and ``masks/yoga/1.png``, or ``yoga/images/1.jpg`` and
      ``yoga/masks/1.png``; they may also be called *img*, *input*, *JPEGImages*, *annotations*,
      *labels*, *SegmentationClass*, *gt*, *matte*, *alpha* and the like;
    - next to each other, ``yoga/1.jpg`` and ``yoga/1_mask.png``; the ending may also be *person*,
      *seg*, *segmentation*, *gt*, *reference*, *matte*, *alpha* and the like, after ``_``, ``-`` or
      ``.``;
    - in two folders that you name.

    The other folders that an image is in are its domain, here *yoga*.

    Parameters
    ----------
    folder : str or os.PathLike
        Where the images are.
    masks : str or os.PathLike, optional
        Where the masks are, if not in `folder`, in folders of the same names.
    person : int, tuple of int or None
        The value, or color, of a person in the masks; see `person_in_file`.
    classes : mapping of int to str, optional
        The labels of the masks' values, where they have classes, for scores of each class. All but
        *background* are a person.

    Returns
    -------
    Dataset
        An image without a mask is in it, and will be reported.

    Raises
    ------
    SourceError
        There is no such folder, or no pair in it.
    InvalidOptionError
        `person` or `classes` are not what they should be.
    """
    check_person_value(person)
    named = _checked_classes(classes)
    root = _existing_folder(folder)
    if masks is None:
        images, references = _halves(root)
    else:
        mask_root = _existing_folder(masks)
        images = {_pair_name(each, root, ""): each for each in _images_in(root)}
        references = {}
        for each in _images_in(mask_root):
            references[_pair_name(each, mask_root, "")] = each
            references.setdefault(_pair_name(each, mask_root, _ending(each)), each)
    cases: list[Case] = []
    for key, image in images.items():
        domain, mask = key[0], references.get(key)
        name = image.relative_to(root).as_posix()
        cases.append(
            MissingCase(name, domain, f"There is no mask for {str(image)!r}.")
            if mask is None
            else ImageCase(name, domain, image, mask, check_person_value(person), named)
        )
    if all(isinstance(case, MissingCase) for case in cases):
        raise SourceError(
            f"{str(root)!r} has {len(images)} images, but no mask for any of them. Put them in "
            "the folders 'images' and 'masks' with the same names, or beside each other as '1.jpg' "
            "and '1_mask.png', or name the folder of masks: pairs_in_folder(images, masks)."
        )
    return Dataset(root.name, cases)


def _halves(root: Path) -> tuple[dict[tuple[str, str], Path], dict[tuple[str, str], Path]]:
    """Return images and masks, each by domain and name."""
    images: dict[tuple[str, str], Path] = {}
    references: dict[tuple[str, str], Path] = {}
    beside: list[Path] = []
    for file in _images_in(root):
        folders = [each.lower() for each in file.relative_to(root).parts[:-1]]
        if any(each in MASK_FOLDERS for each in folders):
            references[_pair_name(file, root, "")] = file
            references.setdefault(_pair_name(file, root, _ending(file)), file)
        elif any(each in IMAGE_FOLDERS for each in folders):
            images[_pair_name(file, root, "")] = file
        else:
            beside.append(file)
    names = {_pair_name(file, root, "") for file in beside}
    for file in beside:
        ending = _ending(file)
        if ending and _pair_name(file, root, ending) in names:
            references[_pair_name(file, root, ending)] = file
        else:
            images[_pair_name(file, root, "")] = file
    return images, references


def _pair_name(file: Path, root: Path, ending: str) -> tuple[str, str]:
    halves = (*IMAGE_FOLDERS, *MASK_FOLDERS)
    folders = file.relative_to(root).parts[:-1]
    domain = "/".join(each for each in folders if each.lower() not in halves)
    return domain, file.stem.removesuffix(ending)


def _ending(file: Path) -> str:
    """Return what makes a name that of a mask, such as ``_mask``; empty if nothing does."""
    for ending in _MASK_ENDINGS:
        stem = file.stem
        if stem.lower().endswith(ending) and stem[: -len(ending)][-1:] in {*_SEPARATORS}:
            return stem[-len(ending) - 1 :]
    return ""


def _images_in(root: Path) -> list[Path]:
    found = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    images = (each for each in found if each.suffix.lower() in _IMAGE_SUFFIXES)
    return sorted(each for each in images if not each.name.startswith("."))


def _existing_folder(folder: str | os.PathLike[str]) -> Path:
    root = given_path(folder)
    if not root.is_dir():
        raise SourceError(f"There is no folder {str(root)!r}. Check the path.")
    return root


def _checked_classes(classes: object) -> dict[int, str] | None:
    if classes is None:
        return None
    if isinstance(classes, Mapping) and classes:
        pairs = [*classes.items()]
        if all(isinstance(k, int) and 0 <= k < 256 and isinstance(v, str) for k, v in pairs):  # noqa: PLR2004
            return dict(pairs)
    raise InvalidOptionError(
        "classes must be the labels of the masks' values from 0 to 255, such as {0: 'background', "
        f"1: 'hair', 2: 'skin'}}, but got {in_short(classes)}."
    )


@named_arguments
def pairs_in_table(path: str | os.PathLike[str], *, person: PersonValue = None) -> Dataset:
    r"""Read a table of images or videos and their masks.

    Parameters
    ----------
    path : str or os.PathLike
        A ``.tsv`` (tabs) or ``.csv`` (commas) file whose first row names the columns: ``image`` and
        ``mask``, paths from the table's folder, and perhaps ``domain`` and ``name``. Where the
        image is a video, the mask is a video or a folder, see `video_with_masks`.
    person : int, tuple of int or None
        The value, or color, of a person in the masks; see `person_in_file`.

    Raises
    ------
    SourceError
        There is no such file, or it is no such table.
    InvalidOptionError
        `person` is not what it should be.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from bodyseg_widgets import pairs_in_table
    >>> with TemporaryDirectory() as folder:
    ...     table = Path(folder) / "pairs.csv"
    ...     _ = table.write_text("image,mask,domain\na.jpg,a.png,yoga\n")
    ...     pairs_in_table(table)
    Dataset('pairs.csv', 1 cases, domains=['yoga'])
    """
    value = check_person_value(person)
    file = existing_file(path)
    delimiter = _TABLES.get(file.suffix.lower())
    if delimiter is None:
        raise SourceError(f"A table ends in {listed(_TABLES)}, but got {str(file)!r}.")
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            table = csv.DictReader(lines, delimiter=delimiter)
            columns = [*(table.fieldnames or ())]
            rows = [row for row in table if any(row.values())]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SourceError(
            f"{str(file)!r} is no table of text: {error}. Save it as UTF-8."
        ) from error
    if not {"image", "mask"} <= {*columns}:
        raise SourceError(
            f"{str(file)!r} must have the columns 'image' and 'mask', and may have 'domain' and "
            f"'name', but its first row is {columns}."
        )
    if not rows:
        raise SourceError(f"{str(file)!r} has no rows below its first one.")
    return Dataset(file.name, [_row(row, file.parent, value) for row in rows])


def _row(row: Mapping[str, str | None], folder: Path, person: PersonValue) -> Case:
    image, mask = (row["image"] or "").strip(), (row["mask"] or "").strip()
    domain = (row.get("domain") or "").strip()
    name = (row.get("name") or "").strip() or image
    if not image or not mask:
        return MissingCase(name or "?", domain, f"A row lacks its image or mask: {dict(row)}.")
    files = folder / image, folder / mask
    kind, _ = mimetypes.guess_type(image)
    if kind is not None and kind.startswith("video/"):
        return VideoCase(name, domain, *files, person)
    return ImageCase(name, domain, *files, person)


@named_arguments
def coco_people(
    path: str | os.PathLike[str], images: str | os.PathLike[str] | None = None, *, domain: str = ""
) -> Dataset:
    """Read the people of a COCO file, polygons and run lengths, crowds included.

    Images without people belong to it, because finding no one there is right.

    Parameters
    ----------
    path : str or os.PathLike
        A JSON file of instances with the category *person*.
    images : str or os.PathLike, optional
        The folder of its images. Default: the file's own folder, or ``images`` in it, or beside it,
        or ``../val2017`` for ``instances_val2017.json``: the first that has the first image.
    domain : str
        What kind of images they are.

    Raises
    ------
    SourceError
        It is no such file, or its images are not found.
    """
    file = existing_file(path)
    found = people_of(file)
    if not found:
        raise SourceError(f"{str(file)!r} lists no images.")
    folder = _coco_folder(file, found[0].file_name) if images is None else _existing_folder(images)
    cases = [
        CocoCase(each.file_name, domain, folder / each.file_name, each.size, each.outlines)
        for each in found
    ]
    return Dataset(file.name, cases)


def _coco_folder(file: Path, first: str) -> Path:
    split = file.stem.rpartition("_")[2]
    tried = (file.parent, file.parent / "images", file.parent.parent / "images")
    for folder in (*tried, file.parent.parent / split, file.parent.parent / "images" / split):
        # OSError: a name that no file can have.
        with contextlib.suppress(OSError):
            if (folder / first).is_file():
                return folder
    raise SourceError(
        f"The image {first!r} of {file.name!r} is in none of the usual folders beside it. Name the "
        "folder of the images: coco_people(file, images)."
    )


@named_arguments
def video_with_masks(
    video: str | os.PathLike[str],
    masks: str | os.PathLike[str],
    *,
    domain: str = "",
    person: PersonValue = None,
) -> Dataset:
    """Take a video and its masks; add up several such datasets.

    Parameters
    ----------
    video : str or os.PathLike
        A video file.
    masks : str or os.PathLike
        A video with as many frames, where a person is white and all else black; or a folder of mask
        files, one for each frame in the order of their names, or some whose names end in the number
        of their frame, from 0.
    domain : str
        What kind of video it is.
    person : int, tuple of int or None
        The value, or color, of a person in mask files; see `person_in_file`.

    Raises
    ------
    SourceError
        There is no such file or folder.
    InvalidOptionError
        `person` is not what it should be.
    """
    value = check_person_value(person)
    file, reference = existing_file(video), given_path(masks)
    if not reference.is_dir():
        existing_file(reference)
    return Dataset(file.name, [VideoCase(file.name, domain, file, reference, value)])


@named_arguments
def recorded_frames(
    path: str | os.PathLike[str], reference: str | None = None, *, domain: str = ""
) -> Dataset:
    """Take the frames of a recording, and the masks of one of its models for the reference.

    So smaller models are measured against the best one, where there is no other reference.

    Parameters
    ----------
    path : str or os.PathLike
        A recording.
    reference : str, optional
        The label of the model, one of `Recording.labels`. Default: the only one.
    domain : str
        What kind of images they are.

    Raises
    ------
    RecordingError
        It is no recording.
    InvalidOptionError
        It has no results of `reference`, or of several models and none is named.
    """
    file = existing_file(path)
    with closing(Recording(file)) as recording:
        labels = recording.labels
    if reference is None and len(labels) != 1:
        raise InvalidOptionError(
            f"{file.name!r} has results of {listed(labels) or 'no model'}. Say whose masks count "
            "as the reference: recorded_frames(path, reference)."
        )
    chosen = labels[0] if reference is None else str(check_choice("reference", reference, labels))
    return Dataset(file.name, [RecordingCase(file.name, domain, file, chosen)])
