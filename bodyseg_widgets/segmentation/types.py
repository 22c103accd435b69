"""What a segmenter returns: ``Segmentation`` and ``Mask``, with the same meaning on every runtime.

The names follow the TensorFlow.js body-segmentation API
(https://github.com/tensorflow/tfjs-models/tree/master/body-segmentation), spelled the Python way.
There, the same method returns different values depending on the runtime; here it does not:

- red is the label value; for a model with the single label *person* it is 255 at every pixel, as in
  upstream's single-label BodyPix;
- green and blue are 0;
- alpha is the probability that the pixel shows the label, 0 to 255;
- ``to_tensor`` holds the same integers as ``to_image_data``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import (
    TYPE_CHECKING,
    Any,
    ClassVar,
    Final,
    Literal,
    Protocol,
    Self,
    SupportsIndex,
    TypeAlias,
    cast,
)

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin
from numpy.typing import NDArray
from PIL import Image

from bodyseg_widgets.arguments import ExplainedAttributes, check_choice, listed
from bodyseg_widgets.errors import InvalidImageError, InvalidOptionError
from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.runtimes.native_log import without_native_log
from bodyseg_widgets.segmentation.packed import PackedLevels
from bodyseg_widgets.segmentation.planes import NumberPlane, PackedPlanes
from bodyseg_widgets.shown import Shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from types import TracebackType

    from bodyseg_widgets.images import ImageInput
    from bodyseg_widgets.segmentation.planes import ClassSource

__all__ = [
    "PERSON_LABELS",
    "PERSON_MASK_VALUE",
    "BodySegmenter",
    "Mask",
    "Probability",
    "Region",
    "Segmentation",
    "Size",
    "UnderlyingType",
]

Probability: TypeAlias = NDArray[np.float32]
"""float32, shape (height, width), each pixel's probability, 0 to 1."""

Size: TypeAlias = tuple[int, int]
"""(height, width) in pixels."""

UnderlyingType: TypeAlias = Literal["canvasimagesource", "imagedata", "tensor"]

PERSON_MASK_VALUE = 255
"""The red value for a model with the single label *person*: upstream's foreground id
(body-segmentation/src/body_pix/segmenter.ts)."""


@dataclass(frozen=True, slots=True)
class Region:
    """An upright rectangle of whole pixels in an image.

    Attributes
    ----------
    left, top : int
        Its first column and row.
    width, height : int
        Number of columns and rows; 0 if it is empty.
    """

    left: int
    top: int
    width: int
    height: int

    @property
    def size(self) -> Size:
        """(height, width) in pixels."""
        return self.height, self.width

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an image."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )


class Mask(Shown, NDArrayOperatorsMixin, ExplainedAttributes):
    """The probability that each pixel of one image shows a person.

    In calculations it is `probability`: ``np.asarray(mask)``, ``mask >= 0.5``, ``255 * mask`` and
    ``mask[y, x]`` are those of that array.

    The probability is stored as the runtime returned it, small (`model_size`) or at the image's
    resolution, and is resized (bilinear, pixel centers aligned) when the other size is first
    requested. A stream that sends the small one never computes the large one.

    Parameters
    ----------
    source : numpy.ndarray or PackedLevels
        ``float32``, the size of `region` or `model_size`, 0 to 1. The mask keeps
        it and makes it read-only. Or what a mask has as `levels` or `packed`, see `from_levels` and
        `from_packed`.
    size : tuple of int
        (height, width) of the image, in pixels.
    model_size : tuple of int
        (height, width) of `model_probability`, in pixels: that of the network's output, or, if a
        network sees a rotated part of the image, a size with about as many pixels.
    region : Region, optional
        The part of the image that the network saw; the probability is 0 elsewhere. Default: the
        whole image.
    values : numpy.ndarray or PackedLevels, optional
        ``uint8``, shape `size` or `model_size`: the label value of each pixel, for a model with
        several labels such as body parts. The mask keeps it and makes it read-only. Default: 255
        (*person*) everywhere.
    people : numpy.ndarray or PackedLevels, optional
        ``uint8``, shape `size` or `model_size`: the number of the person that each pixel belongs
        to, 0 for no one. The mask keeps it and makes it read-only. Default: unknown.
    classes : mapping of int to PackedLevels, optional
        The probabilities of some classes, times 255, in the shape `model_size`, by their label
        values.
    class_source : callable, optional
        Takes another label value and returns the probability of its class: ``float32``, shape
        `model_size`, 0 to 1.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation import Mask
    >>> mask = Mask(np.ones((256, 256), np.float32), size=(480, 640), model_size=(256, 256))
    >>> mask.probability.shape
    (480, 640)
    >>> mask.to_image_data()[0, 0].tolist()
    [255, 0, 0, 255]
    >>> int((mask >= 0.5).sum()) == 480 * 640
    True
    """

    _parts: ClassVar[tuple[str, ...]] = ("probability",)
    _instead: ClassVar[dict[str, str]] = {
        "__array_interface__": "Write mask.to_pil() for a PIL image, np.asarray(mask) for an array."
    }

    def __init__(
        self,
        source: Probability | NDArray[np.uint8] | PackedLevels,
        *,
        size: Size,
        model_size: Size,
        region: Region | None = None,
        values: NDArray[np.uint8] | PackedLevels | None = None,
        people: NDArray[np.uint8] | PackedLevels | None = None,
        classes: Mapping[int, PackedLevels] | None = None,
        class_source: ClassSource | None = None,
    ) -> None:
        height, width = size
        region = Region(0, 0, width, height) if region is None else region
        if source.shape not in (region.size, model_size):
            raise ValueError(
                f"Expect a source of shape {region.size} (region) or {model_size} (model_size), "
                f"but got {source.shape}."
            )

        def plane(numbers: NDArray[np.uint8] | PackedLevels | None) -> NumberPlane | None:
            if numbers is None:
                return None
            return NumberPlane(numbers, size=size, model_size=model_size, region=region)

        self._values = plane(values)
        self._people = plane(people)
        self._classes = MappingProxyType({**(classes or {})})
        self._class_source = class_source
        # The first of them that is given; the others are computed when requested. They are not
        # `cached_property`: up to Python 3.11 it has one lock for all masks, and the threads of
        # several streams would wait for each other.
        self._source: Probability | None = None
        self._levels: NDArray[np.uint8] | None = None
        self._packed: PackedLevels | None = None
        if isinstance(source, PackedLevels):
            self._packed = source
        else:
            source.flags.writeable = False
            if source.dtype == np.uint8:
                self._levels = cast("NDArray[np.uint8]", source)
            else:
                self._source = cast("Probability", source)
        self._size = size
        self._model_size = model_size
        self._region = region

    def __repr__(self) -> str:
        """Show the sizes, not the pixels."""
        whole = self._region.size == self._size
        region = "" if whole else f", region={self._region}"
        return f"Mask(size={self._size}, model_size={self._model_size}{region})"

    def __array__(
        self,
        dtype: np.dtype[Any] | type | None = None,
        copy: bool | None = None,  # noqa: FBT001 - NumPy's signature
    ) -> NDArray[Any]:
        """Return `probability`, which is read-only unless it is copied."""
        array = self.probability
        if dtype is not None and array.dtype != dtype:
            if copy is False:
                raise ValueError(f"A mask of {array.dtype} cannot be {dtype} without a copy.")
            return array.astype(dtype)
        return array.copy() if copy else array

    def __array_ufunc__(
        self,
        ufunc: np.ufunc,
        method: Literal["__call__", "reduce", "reduceat", "accumulate", "outer", "at"],
        *inputs: Any,  # noqa: ANN401 - whatever NumPy takes
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Calculate with `probability`, as in ``mask >= 0.5`` and ``255 * mask``."""
        arrays = (each.probability if isinstance(each, Mask) else each for each in inputs)
        if "out" in options:
            raise InvalidOptionError(
                "A mask cannot be changed in place. Take a copy: np.array(mask)."
            )
        return getattr(ufunc, method)(*arrays, **options)

    def __getitem__(self, place: Any) -> Any:  # noqa: ANN401 - whatever NumPy takes and returns
        """Return `probability` at a place, as its array does."""
        return self.probability[place]

    __iter__ = None
    # Of one mask only itself is equal, so that masks can be keys and segmentations be compared.
    __eq__ = object.__eq__
    __hash__ = object.__hash__
    __ne__ = object.__ne__

    @property
    def shape(self) -> Size:
        """(height, width) of the image, as of an array; the same as `size`."""
        return self._size

    @property
    def size(self) -> Size:
        """(height, width) of the image, in pixels."""
        return self._size

    @property
    def model_size(self) -> Size:
        """(height, width) of `model_probability`, in pixels."""
        return self._model_size

    @property
    def region(self) -> Region:
        """The part of the image that the network saw; the probability is 0 elsewhere."""
        return self._region

    @property
    def values(self) -> NDArray[np.uint8] | None:
        """The label value of each pixel, or None if it is 255 (*person*) everywhere.

        ``uint8``, shape (height, width) of the image, read-only. Outside of `region`, where the
        probability is 0, it is 0. A value that has no label is of no class, such as 255 of a person
        among body parts.
        """
        return None if self._values is None else self._values.of_image

    @property
    def model_values(self) -> NDArray[np.uint8] | None:
        """The same label values at the network's resolution, beside `levels`.

        ``uint8``, shape `model_size`, read-only. It covers `region`, stretched to that shape; of
        several pixels the nearest counts, as there is nothing between two labels.
        """
        return None if self._values is None else self._values.of_model

    @property
    def people(self) -> NDArray[np.uint8] | None:
        """The number of the person that each pixel belongs to, or None if they are not told apart.

        ``uint8``, shape (height, width) of the image, read-only: 1, 2 and so on in the order of the
        poses, 0 for no one, as outside of `region`. A pixel has a number however small the
        probability of a person is, unless that is 0 in 8 bits.
        """
        return None if self._people is None else self._people.of_image

    @property
    def model_people(self) -> NDArray[np.uint8] | None:
        """The same numbers of people at the network's resolution, beside `levels`.

        ``uint8``, shape `model_size`, read-only. It covers `region`, stretched to that shape.
        """
        return None if self._people is None else self._people.of_model

    @property
    def class_values(self) -> tuple[int, ...] | None:
        """The label values of which there is a probability, or None if of all the model has."""
        return None if self._class_source is not None else (*self._classes,)

    def of_class(self, value: int) -> Mask:
        """Return the probability of one class as a mask.

        Parameters
        ----------
        value : int
            Its label value, one of `class_values`.

        Returns
        -------
        Mask
            Its sizes and its region are this mask's.

        Raises
        ------
        InvalidOptionError
            The mask has no probability of this class.
        """
        return Mask(
            self._class_at_model_size(value),
            size=self._size,
            model_size=self._model_size,
            region=self._region,
        )

    def class_levels(self, value: int) -> NDArray[np.uint8]:
        """Return the probability of one class in 8 bits, beside `levels`.

        Parameters
        ----------
        value : int
            Its label value, one of `class_values`.

        Returns
        -------
        numpy.ndarray
            ``uint8``, shape `model_size`: the probability times 255, rounded to the nearest
            integer.

        Raises
        ------
        InvalidOptionError
            The mask has no probability of this class.
        """
        packed = self._classes.get(value)
        return packed.unpacked() if packed else _in_levels(self._class_at_model_size(value))

    def _class_at_model_size(self, value: int) -> Probability:
        packed = self._classes.get(value)
        if packed is not None:
            return packed.unpacked().astype(np.float32) / np.float32(MAX_LEVEL)
        if self._class_source is None:
            known = ", ".join(map(str, self._classes)) or "none"
            raise InvalidOptionError(
                f"The mask has the probability of the classes with the values {known}, but not of "
                f"{value}. A result has those that were asked for when it was made: "
                "stream.want_class(label)."
            )
        return self._class_source(value)

    @property
    def source(self) -> Probability:
        """The probability as the runtime returned it, before any resizing.

        ``float32``, the size of `region` or `model_size`, 0 to 1, read-only. It covers `region`.
        """
        if self._source is None:
            source = self.levels.astype(np.float32) / np.float32(MAX_LEVEL)
            source.flags.writeable = False
            self._source = source
        return self._source

    @cached_property
    def probability(self) -> Probability:
        """Probability of a person at each pixel of the image.

        ``float32``, shape (height, width) of the image, 0 to 1, read-only: take
        ``mask.probability.copy()`` to change it. Pixel [y, x] belongs to the image's pixel [y, x]
        (of the mirrored image, if ``flip_horizontal`` was used).
        """
        return self._whole(self.source)

    def _whole(self, source: Probability) -> Probability:
        inside = _resized(source, self._region.size)
        if self._region.size == self._size:
            return inside
        whole = np.zeros(self._size, np.float32)
        whole[self._region.slices] = inside
        whole.flags.writeable = False
        return whole

    @cached_property
    def model_probability(self) -> Probability:
        """The same probability at the network's resolution.

        ``float32``, shape `model_size`, 0 to 1, read-only. It covers `region`,
        stretched to that shape.
        """
        return _resized(self.source, self._model_size)

    @property
    def levels(self) -> NDArray[np.uint8]:
        """`model_probability` in 8 bits, as streams have it.

        ``uint8``, shape `model_size`, read-only: the probability times 255, rounded to the
        nearest integer.
        """
        if self._levels is None:
            if self._packed is None:
                levels = _in_levels(_resized(self.source, self._model_size))
            else:
                levels = self._packed.unpacked()
            self._levels = levels
        return self._levels

    @property
    def packed(self) -> PackedLevels:
        """`levels` without loss in a thirtieth of the bytes, as streams send and store them."""
        if self._packed is None:
            self._packed = PackedLevels.of(self.levels)
        return self._packed

    @property
    def packed_planes(self) -> PackedPlanes:
        """What the mask has beside its `levels`, as streams send and store it."""
        return PackedPlanes(
            None if self._values is None else self._values.packed,
            None if self._people is None else self._people.packed,
            self._classes,
        )

    def in_levels(self, classes: Iterable[int] = ()) -> Self:
        """Return the same mask in 8 bits and at the network's resolution, as streams have it.

        Parameters
        ----------
        classes : iterable of int, optional
            The label values whose probabilities are sent and stored along with it.

        Returns
        -------
        Mask
            Its `levels`, `model_values`, `model_people` and `class_levels` are this mask's, and
            what it has at the size of the image follows from them.
        """
        source = self._class_source
        return type(self)(
            self.levels,
            size=self._size,
            model_size=self._model_size,
            region=self._region,
            values=self.model_values,
            people=self.model_people,
            classes={value: PackedLevels.of(self.class_levels(value)) for value in classes},
            class_source=None if source is None else _rounded(source),
        )

    def with_source(self, source: Probability) -> Self:
        """Return the same mask with another probability.

        Parameters
        ----------
        source : numpy.ndarray
            ``float32``, the size of `region` or `model_size`, 0 to 1. The new mask keeps it and
            makes it read-only.

        Returns
        -------
        Mask
            All else of it is this mask's.

        Examples
        --------
        >>> import numpy as np
        >>> from bodyseg_widgets.segmentation import Mask
        >>> mask = Mask(np.ones((2, 2), np.float32), size=(4, 4), model_size=(2, 2))
        >>> float(mask.with_source(mask.source / 2).probability[0, 0])
        0.5
        """
        return type(self)(
            source,
            size=self._size,
            model_size=self._model_size,
            region=self._region,
            values=None if self._values is None else self._values.source,
            people=None if self._people is None else self._people.source,
            classes=self._classes,
            class_source=self._class_source,
        )

    @classmethod
    def from_levels(
        cls, levels: NDArray[np.uint8], *, size: Size, region: Region | None = None
    ) -> Self:
        """Create a mask from 8-bit probabilities.

        Parameters
        ----------
        levels : numpy.ndarray
            ``uint8``, shape (height, width) of the network's output: the probability times 255. The
            mask keeps it and makes it read-only.
        size : tuple of int
            (height, width) of the image, in pixels.
        region : Region, optional
            The part of the image that `levels` cover. Default: all of it.

        Returns
        -------
        Mask
            Its `model_probability` is ``levels / 255``, and its `levels` are the given ones.

        Examples
        --------
        >>> import numpy as np
        >>> from bodyseg_widgets.segmentation import Mask
        >>> mask = Mask.from_levels(np.full((2, 2), 51, np.uint8), size=(4, 4))
        >>> round(float(mask.probability[0, 0]), 3)
        0.2
        """
        height, width = levels.shape
        return cls(levels, size=size, model_size=(height, width), region=region)

    @classmethod
    def from_packed(
        cls,
        packed: PackedLevels,
        *,
        size: Size,
        region: Region | None = None,
        planes: PackedPlanes | None = None,
    ) -> Self:
        """Create a mask from packed 8-bit probabilities, which are unpacked when requested.

        Parameters
        ----------
        packed : PackedLevels
            The `packed` of a mask.
        size : tuple of int
            (height, width) of the image, in pixels.
        region : Region, optional
            The part of the image that they cover. Default: all of it.
        planes : PackedPlanes, optional
            The `packed_planes` of that mask. Default: none.

        Returns
        -------
        Mask
            Its `levels` equal those of the packed mask.

        Examples
        --------
        >>> import numpy as np
        >>> from bodyseg_widgets.segmentation import Mask
        >>> mask = Mask.from_levels(np.full((2, 2), 51, np.uint8), size=(4, 4))
        >>> int(Mask.from_packed(mask.packed, size=(4, 4)).levels[0, 0])
        51
        """
        planes = PackedPlanes() if planes is None else planes
        return cls(
            packed,
            size=size,
            model_size=packed.shape,
            region=region,
            values=planes.labels,
            people=planes.people,
            classes=planes.classes,
        )

    @classmethod
    def from_image_data(cls, rgba: NDArray[np.uint8]) -> Self:
        """Create a mask from RGBA values, as returned by :meth:`to_image_data`.

        Parameters
        ----------
        rgba : numpy.ndarray
            ``uint8``, shape (height, width, 4). Red: the label value. Alpha: the probability times
            255. Green and blue are ignored.

        Raises
        ------
        InvalidImageError
            `rgba` is a different kind of array.

        Examples
        --------
        >>> import numpy as np
        >>> from bodyseg_widgets.segmentation import Mask
        >>> mask = Mask.from_image_data(np.full((2, 2, 4), 51, np.uint8))
        >>> int(mask.values[0, 0]), round(float(mask.probability[0, 0]), 3)
        (51, 0.2)
        """
        if rgba.dtype != np.uint8 or rgba.ndim != 3 or rgba.shape[2] != 4:  # noqa: PLR2004 - RGBA
            raise InvalidImageError(
                "Expect a mask's image data to be uint8 with shape (height, width, 4), but got "
                f"{rgba.dtype} with shape {rgba.shape}."
            )
        height, width, _ = rgba.shape
        probability = rgba[..., 3].astype(np.float32) / np.float32(MAX_LEVEL)
        size = (height, width)
        return cls(probability, size=size, model_size=size, values=rgba[..., 0].copy())

    def to_image_data(self) -> NDArray[np.uint8]:
        """Return the mask as RGBA values.

        Returns
        -------
        numpy.ndarray
            ``uint8``, shape (height, width, 4), a new array for each call. Red: the label value;
            for a model with one label, 255 (*person*) at every pixel. Green and blue: 0. Alpha: the
            probability times 255, rounded to the nearest integer. Not premultiplied.
        """
        rgba = np.zeros((*self._size, 4), np.uint8)
        rgba[..., 0] = PERSON_MASK_VALUE if self.values is None else self.values
        rgba[..., 3] = np.rint(self.probability * np.float32(255))
        return rgba

    def to_canvas_image_source(self) -> Image.Image:
        """Return the mask as a drawable image.

        Returns
        -------
        PIL.Image.Image
            Mode ``RGBA``, of the image's size, with exactly the values of :meth:`to_image_data`. (A
            browser canvas premultiplies and loses precision; Pillow does not.)
        """
        return Image.fromarray(self.to_image_data())

    def to_pil(self) -> Image.Image:
        """Return the mask as a picture in gray, to look at and to save.

        Returns
        -------
        PIL.Image.Image
            Mode ``L``, of the image's size: the probability times 255, rounded, so white is a
            person.

        Examples
        --------
        >>> import numpy as np
        >>> from bodyseg_widgets.segmentation import Mask
        >>> mask = Mask(np.ones((2, 3), np.float32), size=(2, 3), model_size=(2, 3))
        >>> mask.to_pil().getpixel((0, 0))
        255
        """
        return Image.fromarray(np.rint(self.probability * np.float32(MAX_LEVEL)).astype(np.uint8))

    def to_tensor(self) -> Any:  # noqa: ANN401 - a type of a package that may be absent
        """Return the mask as a TensorFlow tensor.

        Returns
        -------
        tensorflow.Tensor
            ``int32``, shape (height, width, 4), 0 to 255: the values of
            :meth:`to_image_data`, on every runtime.

        Raises
        ------
        MissingDependencyError
            TensorFlow is not installed.
        """
        with without_native_log():
            with needed_for("Mask.to_tensor()"):
                import tensorflow as tf  # noqa: PLC0415 - takes seconds, and few need it
            return tf.constant(self.to_image_data().astype(np.int32))

    def get_underlying_type(self) -> UnderlyingType:
        """Return which of the three forms is cheapest to request.

        Returns
        -------
        str
            ``'imagedata'``: a mask is an array, on every runtime.
        """
        return "imagedata"


def _resized(probability: Probability, size: Size) -> Probability:
    if probability.shape == size:
        return probability
    height, width = size
    resized: Probability = np.asarray(
        cv2.resize(probability, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.float32
    )
    resized.flags.writeable = False
    return resized


def _in_levels(small: Probability) -> NDArray[np.uint8]:
    levels = np.asarray(cv2.convertScaleAbs(small, alpha=MAX_LEVEL), dtype=np.uint8)
    levels.flags.writeable = False
    return levels


def _rounded(source: ClassSource) -> ClassSource:
    """Return the source of what is sent of a class, so that Python and the page have the same."""

    def rounded(value: int) -> Probability:
        return _in_levels(source(value)).astype(np.float32) / np.float32(MAX_LEVEL)

    return rounded


PERSON_LABELS: Final[Mapping[int, str]] = MappingProxyType({PERSON_MASK_VALUE: "person"})
"""The labels of a model that only tells people from background."""


def person_labels() -> Mapping[int, str]:
    """Return `PERSON_LABELS`: the default of fields, which cannot be a mapping itself."""
    return PERSON_LABELS


BACKGROUND: Final = "background"
"""The label of what is no class of people, in lowercase."""


def without_background(labels: Mapping[int, str]) -> Mapping[int, str]:
    """Return the labels without *background*, which is no class of a person.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.types import without_background
    >>> without_background({0: "Background", 1: "hair"})
    {1: 'hair'}
    """
    return {
        value: label for value, label in labels.items() if label.strip().casefold() != BACKGROUND
    }


@dataclass(frozen=True)
class Segmentation(Shown, ExplainedAttributes):
    """A mask, and the meaning of its values.

    Attributes
    ----------
    mask : Mask
        The probability of a person at each pixel, and its label value.
    labels : mapping of int to str
        The labels by their values, in the order in which they are listed; default ``{255:
        'person'}``.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation import Mask, Segmentation
    >>> mask = Mask(np.zeros((2, 2), np.float32), size=(2, 2), model_size=(2, 2))
    >>> Segmentation(mask).mask_value_to_label(255)
    'person'
    >>> Segmentation(mask, {0: "head", 1: "hand"}).mask_value_to_label(1)
    'hand'
    """

    _parts: ClassVar[tuple[str, ...]] = ("mask",)

    mask: Mask
    labels: Mapping[int, str] = field(default_factory=person_labels, repr=False, hash=False)

    def __array__(self, dtype: object = None, copy: object = None) -> NDArray[Any]:
        """Refuse to be an array, which would be one of a single object."""
        raise InvalidImageError(
            "A Segmentation is no array or image. Write np.asarray(segmentation.mask) for its "
            "probability, segmentation.mask.to_pil() for a picture, to_binary_mask(segmentation) "
            "for a mask to draw."
        )

    @property
    def has_classes(self) -> bool:
        """Whether there are other labels than *person*."""
        return self.labels != PERSON_LABELS

    def class_probability(self, label: str) -> Probability:
        """Return the probability of one class, such as a body part, at each pixel of the image.

        Parameters
        ----------
        label : str
            One of `labels`.

        Returns
        -------
        numpy.ndarray
            float32, shape (height, width) of the image, 0 to 1. Of a body part of BodyPix it is the
            probability of a person, times that of the part where there is one; parts do not add up
            to a person. Of a custom model it is what that returns. If *person* is the only label,
            it is that of the mask.

        Raises
        ------
        InvalidOptionError
            There is no such label, or the result was stored without this class.

        Examples
        --------
        >>> import numpy as np
        >>> from bodyseg_widgets import add_model, create_segmenter
        >>> add_model("Bright", lambda image: image[..., :2] / 255, labels=["background", "bright"])
        >>> (found,) = create_segmenter("Bright").segment_people(np.full((2, 3, 3), 51, np.uint8))
        >>> round(float(found.class_probability("bright")[0, 0]), 3)
        0.2
        """
        return self.class_mask(label).probability

    def class_mask(self, label: str) -> Mask:
        """Return the probability of one class as a mask: see `class_probability`.

        Parameters
        ----------
        label : str
            One of `labels`.

        Raises
        ------
        InvalidOptionError
            As with `class_probability`.
        """
        check_choice("label", label, self.labels.values())
        if not self.has_classes:
            return self.mask
        (value,) = (each for each, name in self.labels.items() if name == label)
        available = self.mask.class_values
        if available is not None and value not in available:
            there = listed(self.labels[each] for each in available if each in self.labels)
            raise InvalidOptionError(
                f"This result has the probability of {there}, but not of {label!r}. What is stored "
                f"has the classes that were asked for. Call stream.want_class({label!r}) before."
            )
        return self.mask.of_class(value)

    def mask_value_to_label(self, value: SupportsIndex) -> str:
        """Return the label that a red value of the mask stands for.

        Parameters
        ----------
        value : int
            A red value of :meth:`~bodyseg_widgets.Mask.to_image_data`, 0 to 255.

        Returns
        -------
        str
            One of `labels`. If *person* is the only one, every value is a person.

        Raises
        ------
        InvalidOptionError
            `value` is not an integer, not in [0, 255], or has no label.
        """
        if isinstance(value, bool) or not isinstance(value, SupportsIndex):
            raise InvalidOptionError(f"Mask value must be an integer but got {value}")
        number = value.__index__()
        if not 0 <= number <= MAX_LEVEL:
            raise InvalidOptionError(
                f"Mask value must be in range [0, {MAX_LEVEL}] but got {number}"
            )
        if self.labels == PERSON_LABELS:
            return self.labels[PERSON_MASK_VALUE]
        if number not in self.labels:
            known = ", ".join(f"{each} ({label})" for each, label in self.labels.items())
            raise InvalidOptionError(f"Mask value {number} has no label. Expect one of {known}.")
        return self.labels[number]


class BodySegmenter(Protocol):
    """Finds people in images. Created by :func:`create_segmenter`.

    Every method may be called from any thread; calls wait for each other. Use it as a context
    manager to dispose it automatically.
    """

    def segment_people(
        self, image: ImageInput, *, flip_horizontal: bool = False
    ) -> Sequence[Segmentation]:
        """Find the people in one image.

        Parameters
        ----------
        image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
            See :func:`bodyseg_widgets.images.to_rgb`.
        flip_horizontal : bool, optional
            Mirror the image first. The mask is that of the mirrored image: it matches
            ``np.fliplr(image)``.

        Returns
        -------
        list of Segmentation
            Exactly one, for all people together; if the image shows no one, its probabilities are
            near 0. BodyPix returns one for each person if it is asked to.

        Raises
        ------
        InvalidImageError
            The image cannot be used; the message says why.
        DisposedError
            The segmenter was disposed.
        """

    def reset(self) -> None:
        """Forget everything from earlier images of a video."""

    def dispose(self) -> None:
        """Free the network and its threads. Calling it again does nothing."""

    def __enter__(self) -> Self:
        """Return self."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Dispose the segmenter."""
