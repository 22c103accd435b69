"""What all panels show of one frame, for analysis and saving."""

from __future__ import annotations

import re
import zipfile
from dataclasses import astuple, fields
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import numpy as np
from PIL import Image

from bodyseg_widgets.arguments import check_choice, named_arguments
from bodyseg_widgets.errors import ExistingFileError, InvalidOptionError
from bodyseg_widgets.evaluation import cutoff, is_person
from bodyseg_widgets.files import (
    check_free,
    check_target,
    existing_file,
    given_path,
    shortened,
    why_unwritten,
    written_whole,
)
from bodyseg_widgets.images import MAX_PIXELS
from bodyseg_widgets.images.arrays import check_size
from bodyseg_widgets.pose import BODYPIX_BODY, KEYPOINT_NAMES, poses_in_3d
from bodyseg_widgets.segmentation import PERSON_LABELS, BodyPixPose, PackedLevels
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.npz import NpzReader
from bodyseg_widgets.streaming.stored import StoredResult, bodypix_pose_of, labels_of, pose_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import AnyPose
    from bodyseg_widgets.segmentation import Mask, Probability, Size

DEFAULT_THRESHOLD = 0.5
"""Threshold of panels without one."""

_MAX_SMALL = 2**20
"""Bytes of an array that is none of pixels: some thousand numbers."""

_LABEL_BYTES = 200
"""Of a label, in the name of a file: a name may have 255 in all."""


class Snapshot(Shown):
    """One frame, with the result of each panel's model. It never changes.

    Parameters
    ----------
    frame : Frame
        The frame that all results are for.
    results : mapping
        The models' results, by panel label.
    thresholds : mapping, optional
        Thresholds, 0 to 1, by panel label; 0.5 for panels left out.

    Raises
    ------
    InvalidOptionError
        A threshold is for an unknown panel or not between 0 and 1, or a result is for an image of a
        different size.

    Notes
    -----
    The ``.npz`` file of :meth:`save` can be read with ``numpy.load(path)``. It contains, for an
    image of H x W pixels,

    - ``picture``: uint8 (H, W, 3), RGB,
    - ``frame_id``, ``timestamp``: int64 and float64, as in :class:`Frame`,
    - ``labels``: the panels' labels, and ``thresholds``: float64, one for each,

    and for the first panel (``_1`` for the second, and so on)

    - ``probability_0``: float32 (H, W), 0 to 1,
    - ``person_0``: bool (H, W), the pixels at or above the panel's threshold,
    - ``levels_0``: uint8, the probability as the model returned it, times 255,
    - ``region_0``: int64 (4,), left, top, width and height of the part that `levels` cover, in
      pixels,
    - ``keypoints_0``, ``keypoints_3d_0``: float32 (people, 33, 4), ``Pose.keypoint_array``
      and ``Pose.keypoint_array_3d``,
    - ``pose_ids_0``: int64 (people,), ``Pose.id``, 0 for poses without one,
    - if BodyPix has found people, ``bodypix_keypoints_0``: float32 (people, 17, 3), and
      ``bodypix_scores_0``: float64 (people,), ``keypoint_array`` and ``score`` of
      :class:`~bodyseg_widgets.segmentation.BodyPixPose`,
    - ``timings_0``: float64 (7,), the stages of :class:`Timings` in order.

    For a model that tells classes or people apart, also, of the shape of ``levels_0``,

    - ``values_0``: uint8, the label value of each pixel, ``Mask.model_values``,
    - ``people_0``: uint8, the number of the person each pixel belongs to, ``Mask.model_people``,
    - ``class_7_0``: uint8, the probability times 255 of the class with the label value 7, if it was
      asked for,

    and ``label_values_0`` and ``label_names_0``: int64 and text, the labels of all classes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame, Mask, Result, Segmentation, Snapshot, Timings
    >>> frame = Frame(1, np.zeros((4, 6, 3), np.uint8), timestamp=0.0)
    >>> mask = Mask.from_levels(np.full((2, 3), 102, np.uint8), size=(4, 6))
    >>> result = Result(frame, Segmentation(mask), Timings())
    >>> snapshot = Snapshot(frame, {"mine": result}, thresholds={"mine": 0.3})
    >>> snapshot.labels, snapshot.probability("mine").shape
    (('mine',), (4, 6))
    >>> bool(snapshot.person("mine").all())
    True
    """

    @named_arguments
    def __init__(
        self,
        frame: Frame,
        results: Mapping[str, StoredResult | Result],
        *,
        thresholds: Mapping[str, float] | None = None,
    ) -> None:
        self._frame_id = frame.id
        self._timestamp = frame.timestamp
        self._picture = frame.image.copy()
        self._picture.flags.writeable = False
        self._results = MappingProxyType(
            {
                label: StoredResult.of(result) if isinstance(result, Result) else result
                for label, result in results.items()
            }
        )
        given = {} if thresholds is None else thresholds
        for label, threshold in given.items():
            self._result(label)
            cutoff(threshold)
        self._thresholds = {
            label: float(given.get(label, DEFAULT_THRESHOLD)) for label in self._results
        }
        for label, stored in self._results.items():
            if stored.size != self._picture.shape[:2]:
                raise InvalidOptionError(
                    f"The result {label!r} is for an image of (height, width) {stored.size}, but "
                    f"the frame has {self._picture.shape[:2]}. All results must be for "
                    "the frame."
                )

    def __repr__(self) -> str:
        """Show what it is of, not its pixels."""
        height, width = self._picture.shape[:2]
        return f"Snapshot(frame_id={self._frame_id}, size={(width, height)}, labels={self.labels})"

    @property
    def frame_id(self) -> int:
        """Number of the frame, ``Frame.id``."""
        return self._frame_id

    @property
    def timestamp(self) -> float:
        """When the frame was taken, in seconds, ``Frame.timestamp``."""
        return self._timestamp

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The frame's image: uint8 (H, W, 3), RGB, read-only."""
        return self._picture

    @property
    def labels(self) -> tuple[str, ...]:
        """The panels' labels, in order."""
        return tuple(self._results)

    @property
    def results(self) -> Mapping[str, StoredResult]:
        """The models' results, by panel label."""
        return self._results

    def threshold(self, label: str) -> float:
        """Return the threshold of a panel, 0 to 1.

        Raises
        ------
        InvalidOptionError
            There is no such panel.
        """
        self._result(label)
        return self._thresholds[label]

    def mask(self, label: str) -> Mask:
        """Return the mask of a panel, a new one for each call.

        Raises
        ------
        InvalidOptionError
            There is no such panel.
        """
        return self._result(label).seen().segmentation.mask

    def probability(self, label: str) -> Probability:
        """Return the probability of a panel: float32 (H, W), 0 to 1, read-only.

        Raises
        ------
        InvalidOptionError
            There is no such panel.
        """
        return self.mask(label).probability

    def person(self, label: str) -> NDArray[np.bool_]:
        """Return which pixels are a person at the panel's threshold: bool (H, W).

        Raises
        ------
        InvalidOptionError
            There is no such panel.
        """
        return is_person(self.mask(label), self.threshold(label))

    def poses(self, label: str) -> tuple[AnyPose, ...]:
        """Return the poses of a panel, without individual masks.

        Raises
        ------
        InvalidOptionError
            There is no such panel.
        """
        return self._result(label).poses

    def to_pil(self) -> Image.Image:
        """Return the frame as a Pillow image, mode ``RGB``."""
        return Image.fromarray(self._picture)

    @named_arguments
    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Save everything as ``.npz``, or only the image as ``.png``.

        Parameters
        ----------
        path : str or os.PathLike
            Where to save it; ends in ``.npz`` or ``.png``. The notes of this class describe the
            contents of a ``.npz`` file.
        overwrite : bool
            Whether to replace an existing file.

        Returns
        -------
        pathlib.Path
            `path`, as an absolute one.

        Raises
        ------
        InvalidOptionError
            `path` has a different ending, or its folder does not exist or cannot be written to.
        ExistingFileError
            `path` exists and `overwrite` is False.
        UnwritableFileError
            It cannot be written, for example because the disk is full. An existing file is
            unchanged.
        """
        path = given_path(path, refusal=InvalidOptionError)
        suffix = path.suffix.lower()
        if suffix not in {".npz", ".png"}:
            raise InvalidOptionError(
                "A snapshot can be saved as '.npz' (everything) or '.png' (the image), but got "
                f"the path {str(path)!r}. Use one of these extensions; save_masks() writes the "
                "masks as images."
            )
        with written_whole(path, overwrite=overwrite) as part, part.open("wb") as file:
            if suffix == ".png":
                self.to_pil().save(file, format="PNG")
            else:
                # Without allow_pickle=False, which numpy before 2.2 treats as another array. None
                # of these arrays contain objects, so nothing is pickled; mypy thinks one could have
                # that name.
                np.savez_compressed(file, **self._arrays())  # type: ignore[arg-type]
        return path

    @named_arguments
    def save_masks(
        self, folder: str | os.PathLike[str], *, overwrite: bool = False
    ) -> tuple[Path, ...]:
        """Save the mask of each panel as an image, for use in other programs.

        Parameters
        ----------
        folder : str or os.PathLike
            Where to save them. The folder is created, but not its parents.
        overwrite : bool
            Whether to replace existing files.

        Returns
        -------
        tuple of pathlib.Path
            A PNG file for each panel, named by its position and label, such as
            ``0-selfie-general-tensorflow.png``. Its alpha is the probability, as in
            :meth:`Mask.to_canvas_image_source`.

        Raises
        ------
        InvalidOptionError
            The folder cannot be made.
        ExistingFileError
            One of the files exists and `overwrite` is False.
        UnwritableFileError
            A file cannot be written, for example because the disk is full. Files written before it
            remain, and an existing file is unchanged.
        """
        folder = given_path(folder, refusal=InvalidOptionError)
        if not folder.is_dir():
            try:
                check_target(folder, overwrite=False)
            except ExistingFileError as error:
                raise InvalidOptionError(
                    f"{str(folder)!r} is a file, not a folder. Choose another path."
                ) from error
        paths = [
            folder / f"{at}-{_as_file_name(label)}.png" for at, label in enumerate(self.labels)
        ]
        for path in paths:
            check_free(path, overwrite=overwrite)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise InvalidOptionError(
                f"The folder {str(folder)!r} could not be made: {why_unwritten(error)}."
            ) from error
        for label, path in zip(self.labels, paths, strict=True):
            with written_whole(path, overwrite=overwrite) as part, part.open("wb") as file:
                self.mask(label).to_canvas_image_source().save(file, format="PNG")
        return tuple(paths)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a ``.npz`` file that :meth:`save` wrote.

        Raises
        ------
        InvalidOptionError
            The file does not exist, or is not a snapshot.

        Examples
        --------
        >>> import tempfile
        >>> import numpy as np
        >>> from bodyseg_widgets import Frame, Snapshot
        >>> snapshot = Snapshot(Frame(7, np.zeros((4, 6, 3), np.uint8), timestamp=0.0), {})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = snapshot.save(folder + "/frame.npz")
        ...     Snapshot.load(path).frame_id
        7
        """
        path = existing_file(path, refusal=InvalidOptionError)
        try:
            with NpzReader(zipfile.ZipFile(path)) as reader:
                return cls._of_arrays(reader)
        # A damaged file may be anything, for which zipfile, zlib and numpy have many errors.
        except Exception as error:
            raise InvalidOptionError(
                f"{str(path)!r} is not a snapshot, or is damaged: {error}. Snapshot.load() reads "
                "the '.npz' files of Snapshot.save()."
            ) from error

    def _result(self, label: str) -> StoredResult:
        return self._results[check_choice("The label of a panel", label, self._results)]

    def _arrays(self) -> dict[str, NDArray[np.generic]]:
        arrays: dict[str, NDArray[np.generic]] = {
            "picture": self._picture,
            "frame_id": np.array(self._frame_id, np.int64),
            "timestamp": np.array(self._timestamp, np.float64),
            "labels": np.array(self.labels, np.str_),
            "thresholds": np.array([*self._thresholds.values()], np.float64),
        }
        for at, (label, stored) in enumerate(self._results.items()):
            region, poses = stored.region, poses_in_3d(stored.poses)
            arrays |= {
                f"probability_{at}": self.probability(label),
                f"person_{at}": self.person(label),
                f"levels_{at}": stored.levels,
                f"region_{at}": np.array(
                    [region.left, region.top, region.width, region.height], np.int64
                ),
                f"keypoints_{at}": _stacked(pose.keypoint_array for pose in poses),
                f"keypoints_3d_{at}": _stacked(pose.keypoint_array_3d for pose in poses),
                f"pose_ids_{at}": np.array([pose.id or 0 for pose in poses], np.int64),
                f"timings_{at}": np.array(astuple(stored.timings), np.float64),
                **_bodypix_arrays(stored, at),
                **_plane_arrays(stored, at),
            }
        return arrays

    @classmethod
    def _of_arrays(cls, reader: NpzReader) -> Self:
        picture = reader.array("picture", "u1", (None, None, 3), most=3 * MAX_PIXELS)
        size = (picture.shape[0], picture.shape[1])
        check_size(*size)
        frame_id = reader.array("frame_id", "i8", (), most=8)
        timestamp = reader.array("timestamp", "f8", (), most=8)
        frame = Frame(int(frame_id), picture, float(timestamp))
        labels = [str(each) for each in reader.array("labels", "U", (None,), most=_MAX_SMALL)]
        if len(set(labels)) < len(labels):
            raise InvalidOptionError("two of its panels have one label")
        thresholds = reader.array("thresholds", "f8", (len(labels),), most=_MAX_SMALL)
        results = {label: _stored(reader, at, size) for at, label in enumerate(labels)}
        given = (float(threshold) for threshold in thresholds)
        return cls(frame, results, thresholds=dict(zip(labels, given, strict=True)))


def _stored(reader: NpzReader, at: int, size: Size) -> StoredResult:
    levels = reader.array(f"levels_{at}", "u1", (None, None), most=MAX_PIXELS)
    labels = _read_labels(reader, at)
    ids = reader.array(f"pose_ids_{at}", "i8", (None,), most=_MAX_SMALL)
    keypoints, keypoints_3d = (
        reader.array(f"{name}_{at}", "f4", (len(ids), len(KEYPOINT_NAMES), 4), most=_MAX_SMALL)
        for name in ("keypoints", "keypoints_3d")
    )
    return StoredResult.of_parts(
        PackedLevels.of(levels),
        size,
        reader.array(f"region_{at}", "i8", (4,), most=32),
        [
            *(
                pose_of(pixels, meters, int(number) or None)
                for pixels, meters, number in zip(keypoints, keypoints_3d, ids, strict=True)
            ),
            *_read_bodypix_poses(reader, at),
        ],
        reader.array(f"timings_{at}", "f8", (len(fields(Timings)),), most=_MAX_SMALL),
        planes=_read_planes(reader, at, (levels.shape[0], levels.shape[1]), labels),
        labels=labels,
    )


def _bodypix_arrays(stored: StoredResult, at: int) -> dict[str, NDArray[np.generic]]:
    poses = [pose for pose in stored.poses if isinstance(pose, BodyPixPose)]
    if not poses:
        return {}
    return {
        f"bodypix_keypoints_{at}": np.stack([pose.keypoint_array for pose in poses]),
        f"bodypix_scores_{at}": np.array([pose.score for pose in poses], np.float64),
    }


def _read_bodypix_poses(reader: NpzReader, at: int) -> list[BodyPixPose]:
    if not reader.has(f"bodypix_keypoints_{at}"):
        return []
    scores = reader.array(f"bodypix_scores_{at}", "f8", (None,), most=_MAX_SMALL)
    shape = (len(scores), len(BODYPIX_BODY.names), 3)
    keypoints = reader.array(f"bodypix_keypoints_{at}", "f4", shape, most=_MAX_SMALL)
    return [bodypix_pose_of(*each) for each in zip(keypoints, scores, strict=True)]


def _plane_arrays(stored: StoredResult, at: int) -> dict[str, NDArray[np.generic]]:
    arrays: dict[str, NDArray[np.generic]] = {}
    planes = stored.planes
    if planes.labels is not None:
        arrays[f"values_{at}"] = planes.labels.unpacked()
    if planes.people is not None:
        arrays[f"people_{at}"] = planes.people.unpacked()
    for value, plane in planes.classes.items():
        arrays[f"class_{value}_{at}"] = plane.unpacked()
    if stored.labels != PERSON_LABELS:
        arrays[f"label_values_{at}"] = np.array([*stored.labels], np.int64)
        arrays[f"label_names_{at}"] = np.array([*stored.labels.values()], np.str_)
    return arrays


def _read_planes(
    reader: NpzReader, at: int, shape: Size, labels: Mapping[int, str]
) -> Iterator[tuple[str, int | None, bytes]]:
    names = [("labels", None, f"values_{at}"), ("people", None, f"people_{at}")]
    classes = [("class", value, f"class_{value}_{at}") for value in labels]
    for kind, value, name in [*names, *classes]:
        if reader.has(name):
            plane = reader.array(name, "u1", shape, most=MAX_PIXELS)
            yield kind, value, PackedLevels.of(plane).data


def _read_labels(reader: NpzReader, at: int) -> Mapping[int, str]:
    if not reader.has(f"label_values_{at}"):
        return PERSON_LABELS
    values = reader.array(f"label_values_{at}", "i8", (None,), most=_MAX_SMALL)
    names = reader.array(f"label_names_{at}", "U", (len(values),), most=_MAX_SMALL)
    return labels_of(zip(values.tolist(), names.tolist(), strict=True))


def _stacked(arrays: Iterable[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.array([*arrays], np.float32).reshape(-1, len(KEYPOINT_NAMES), 4)


def _as_file_name(label: str) -> str:
    """Keep letters and digits, which every system accepts, with hyphens between them."""
    return shortened(re.sub(r"[\W_]+", "-", label.lower()).strip("-"), _LABEL_BYTES) or "panel"
