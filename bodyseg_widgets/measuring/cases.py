"""What models are measured on: images and videos, each with its reference.

A case is small and can go to another process; its pixels are read there, when they are needed.
"""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from bodyseg_widgets.errors import InvalidImageError, SourceError
from bodyseg_widgets.evaluation import is_person
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.measuring.coco import Outline, mask_of_outlines
from bodyseg_widgets.measuring.reference_files import (
    WHITE_FROM,
    PersonValue,
    person_in_values,
    values_of,
)
from bodyseg_widgets.streaming.recording import Recording
from bodyseg_widgets.streaming.sources import open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming.sources import FrameSource

__all__ = [
    "ArrayCase",
    "Case",
    "CocoCase",
    "ImageCase",
    "LabelledFrame",
    "MissingCase",
    "RecordingCase",
    "VideoCase",
]

_NUMBER = re.compile(r"\d+")
_RECORDED_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class LabelledFrame:
    """One image and its reference.

    Attributes
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    person : numpy.ndarray
        bool (H, W): which pixels are a person.
    index : int
        Its number in its video, from 0.
    time : float or None
        When it is shown in its video, in seconds; None for an image by itself.
    values : numpy.ndarray or None
        uint8 (H, W): the class of each pixel, where the reference has classes.
    labels : mapping of int to str or None
        The labels of these values.
    """

    image: RgbImage
    person: NDArray[np.bool_]
    index: int = 0
    time: float | None = None
    values: NDArray[np.uint8] | None = None
    labels: Mapping[int, str] | None = None


class Case(Protocol):
    """An image or video with its reference.

    Attributes
    ----------
    name : str
        What it is called in tables.
    domain : str
        What kind of image it is; empty if that is not known.
    """

    @property
    def name(self) -> str:
        """What it is called in tables."""

    @property
    def domain(self) -> str:
        """What kind of image it is."""

    def frames(self) -> Iterator[LabelledFrame]:
        """Read its frames, one after the other; an image has one.

        Raises
        ------
        BodySegError
            It cannot be read, or image and reference do not belong together.
        """


@dataclass(frozen=True, slots=True)
class ImageCase:
    """An image file and a mask file.

    Attributes
    ----------
    name, domain : str
        See `Case`.
    image, mask : Path
        The files.
    person : int, tuple of int or None
        What stands for a person in the mask.
    classes : mapping of int to str or None
        The labels of the mask's values, where it has classes; all but *background* are a person.
    """

    name: str
    domain: str
    image: Path
    mask: Path
    person: PersonValue = None
    classes: Mapping[int, str] | None = None

    def frames(self) -> Iterator[LabelledFrame]:
        """Read image and mask."""
        image, values = to_rgb(self.image), values_of(self.mask)
        if values.shape[:2] != image.shape[:2]:
            raise InvalidImageError(
                f"The mask {str(self.mask)!r} has {_pixels(values)} pixels, but its image "
                f"{_pixels(image)}. They must be of one size."
            )
        if self.classes is None:
            yield LabelledFrame(image, person_in_values(values, self.person, self._of_mask()))
            return
        if values.ndim > 2:  # noqa: PLR2004 - two sides
            raise InvalidImageError(
                f"{self._of_mask()} has colors, but classes need a number for each pixel: a gray "
                "image, or one with a palette."
            )
        known = [value for value, label in self.classes.items() if label != "background"]
        yield LabelledFrame(image, np.isin(values, known), values=values, labels=self.classes)

    def _of_mask(self) -> str:
        return f"The mask {str(self.mask)!r}"


@dataclass(frozen=True, slots=True, eq=False)
class ArrayCase:
    """An image and its reference in memory.

    Attributes
    ----------
    name, domain : str
        See `Case`.
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    person : numpy.ndarray
        bool (H, W).
    """

    name: str
    domain: str
    image: RgbImage
    person: NDArray[np.bool_]

    def frames(self) -> Iterator[LabelledFrame]:
        """Return image and reference."""
        if self.image.shape[:2] != self.person.shape:
            raise InvalidImageError(
                f"The reference of {self.name!r} has {_pixels(self.person)} pixels, but its image "
                f"{_pixels(self.image)}. They must be of one size."
            )
        yield LabelledFrame(self.image, self.person)


@dataclass(frozen=True, slots=True)
class CocoCase:
    """An image file and the outlines of its people.

    Attributes
    ----------
    name, domain : str
        See `Case`.
    image : Path
        The file.
    size : tuple of int
        (height, width) that the outlines are for, in pixels.
    outlines : tuple of Outline
        One for each person.
    """

    name: str
    domain: str
    image: Path
    size: Size
    outlines: tuple[Outline, ...]

    def frames(self) -> Iterator[LabelledFrame]:
        """Read the image and fill the outlines."""
        image = to_rgb(self.image)
        if image.shape[:2] != self.size:
            height, width = self.size
            raise InvalidImageError(
                f"{str(self.image)!r} has {_pixels(image)} pixels, but the outlines are for "
                f"{width}x{height}. Is it the right file?"
            )
        yield LabelledFrame(image, mask_of_outlines(self.outlines, self.size))


@dataclass(frozen=True, slots=True)
class VideoCase:
    """A video, and its masks as another video or a folder of mask files.

    Attributes
    ----------
    name, domain : str
        See `Case`.
    video, masks : Path
        A folder has a file for each frame, in the order of their names, or for some of them, with
        the frame's number, from 0, at the end of its name. In a video, a person is white.
    person : int, tuple of int or None
        What stands for a person in the masks.
    """

    name: str
    domain: str
    video: Path
    masks: Path
    person: PersonValue = None

    def frames(self) -> Iterator[LabelledFrame]:
        """Read frames and masks together."""
        with closing(open_source(self.video)) as video:
            if self.masks.is_dir():
                yield from self._with_files(video)
            else:
                yield from self._with_video(video)

    def _with_files(self, video: FrameSource) -> Iterator[LabelledFrame]:
        files = sorted(each for each in self.masks.iterdir() if not each.name.startswith("."))
        by_number = self._numbered(files, video)
        while by_number and (frame := video.read()) is not None:
            file = by_number.pop(frame.index, None)
            if file is not None:
                name = f"The mask {str(file)!r}"
                person = person_in_values(values_of(file), self.person, name)
                yield self._labelled(frame.image, person, frame.index, frame.time)

    def _numbered(self, files: list[Path], video: FrameSource) -> dict[int, Path]:
        if len(files) == video.length:
            return dict(enumerate(files))
        numbers = [int(found[-1]) if (found := _NUMBER.findall(f.stem)) else -1 for f in files]
        fits = len({*numbers}) == len(numbers) and all(
            0 <= each < (video.length or 0) for each in numbers
        )
        if not files or not fits:
            raise SourceError(
                f"{video.label!r} has {video.length} frames, but {str(self.masks)!r} {len(files)} "
                "files, whose names do not end in numbers of frames, from 0. Expect a mask for "
                "each frame, or such names."
            )
        return dict(zip(numbers, files, strict=True))

    def _with_video(self, video: FrameSource) -> Iterator[LabelledFrame]:
        if self.person is not None:
            raise SourceError(
                "The colors of a video are not exact, so in a video of masks a person is white and "
                f"all else black; person={self.person!r} is for mask files. Leave it out."
            )
        with closing(open_source(self.masks)) as masks:
            if masks.length != video.length:
                raise SourceError(
                    f"{video.label!r} has {video.length} frames, but {masks.label!r} has "
                    f"{masks.length}. They must have as many."
                )
            while (frame := video.read()) is not None and (mask := masks.read()) is not None:
                if mask.index != frame.index:
                    raise SourceError(
                        f"Frame {min(mask.index, frame.index)} of {video.label!r} or "
                        f"{masks.label!r} is damaged, so they no longer go together."
                    )
                # Compression changes black and white a little.
                person = np.asarray(mask.image[..., 1] >= WHITE_FROM)
                yield self._labelled(frame.image, person, frame.index, frame.time)

    def _labelled(
        self, image: RgbImage, person: NDArray[np.bool_], index: int, time: float
    ) -> LabelledFrame:
        if person.shape != image.shape[:2]:
            raise InvalidImageError(
                f"The mask of frame {index} of {self.name!r} has {_pixels(person)} pixels, but the "
                f"frame {_pixels(image)}. They must be of one size."
            )
        return LabelledFrame(image, person, index, time)


@dataclass(frozen=True, slots=True)
class RecordingCase:
    """A recording, with the masks of one of its models as reference.

    Attributes
    ----------
    name, domain : str
        See `Case`.
    path : Path
        The file.
    reference : str
        The label of the model, one of `Recording.labels`.
    """

    name: str
    domain: str
    path: Path
    reference: str

    def frames(self) -> Iterator[LabelledFrame]:
        """Read the frames of which the reference has a mask."""
        with closing(Recording(self.path)) as recording:
            while (frame := recording.read()) is not None:
                known = frame.known.get(self.reference)
                if known is not None:
                    person = is_person(known.seen().segmentation.mask, _RECORDED_THRESHOLD)
                    yield LabelledFrame(frame.image, person, frame.index, frame.time)


@dataclass(frozen=True, slots=True)
class MissingCase:
    """An image without a mask: to be told, not left out.

    Attributes
    ----------
    name, domain : str
        See `Case`.
    reason : str
        What is missing.
    """

    name: str
    domain: str
    reason: str

    def frames(self) -> Iterator[LabelledFrame]:
        """Say what is missing.

        Raises
        ------
        SourceError
            Always.
        """
        raise SourceError(self.reason)


def _pixels(array: NDArray[np.generic]) -> str:
    return f"{array.shape[1]}x{array.shape[0]}"
