"""What a mask knows of each pixel beside the probability of a person: labels, people, classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.segmentation.packed import PackedLevels

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.segmentation.types import Region, Size

__all__ = ["ClassSource", "NumberPlane", "PackedPlanes", "PlaneKind"]

ClassSource: TypeAlias = Callable[[int], NDArray[np.float32]]
"""Takes the value of a label, and returns the probability of its class: float32, 0 to 1, at the
resolution of the network."""

PlaneKind: TypeAlias = Literal["labels", "people", "class"]
"""What the numbers of a plane are."""


def _no_classes() -> Mapping[int, PackedLevels]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PackedPlanes:
    """The planes of a mask as they are sent, kept and recorded. Each has the shape of its levels.

    Attributes
    ----------
    labels : PackedLevels or None
        See ``Mask.model_values``.
    people : PackedLevels or None
        See ``Mask.model_people``.
    classes : mapping of int to PackedLevels
        The probabilities of the classes that were asked for, times 255, by their label values.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.segmentation import PackedLevels, PackedPlanes
    >>> labels = PackedLevels.of(np.full((2, 3), 12, np.uint8))
    >>> [(kind, value) for kind, value, _ in PackedPlanes(labels, classes={12: labels})]
    [('labels', None), ('class', 12)]
    """

    labels: PackedLevels | None = None
    people: PackedLevels | None = None
    classes: Mapping[int, PackedLevels] = field(default_factory=_no_classes, hash=False)

    def __iter__(self) -> Iterator[tuple[PlaneKind, int | None, PackedLevels]]:
        """Yield the kind of each plane, the label value of a class, and the plane."""
        if self.labels is not None:
            yield "labels", None, self.labels
        if self.people is not None:
            yield "people", None, self.people
        for value, plane in self.classes.items():
            yield "class", value, plane

    @property
    def nbytes(self) -> int:
        """Their size in bytes."""
        return sum(len(plane.data) for _, _, plane in self)


class NumberPlane:
    """A number for each pixel, between two of which there is nothing: resized to the nearest.

    Parameters
    ----------
    source : numpy.ndarray or PackedLevels
        ``uint8``, shape `size` or `model_size`. It is kept and made read-only.
    size, model_size : tuple of int
        (height, width) of the image and of the network's output, in pixels.
    region : Region
        The part of the image that the network saw. The number is 0 elsewhere.

    Raises
    ------
    ValueError
        `source` has another shape.
    """

    def __init__(
        self,
        source: NDArray[np.uint8] | PackedLevels,
        *,
        size: Size,
        model_size: Size,
        region: Region,
    ) -> None:
        if source.shape not in (size, model_size):
            raise ValueError(
                f"Expect values of shape {size} (size) or {model_size} (model_size), but got "
                f"{source.shape}."
            )
        if isinstance(source, PackedLevels):
            self._packed: PackedLevels | None = source
        else:
            self._packed = None
            source.flags.writeable = False
        self._source = source
        self._image: NDArray[np.uint8] | None = None
        self._size = size
        self._model_size = model_size
        self._region = region

    @property
    def source(self) -> NDArray[np.uint8]:
        """The numbers as they were given: ``uint8``, shape `size` or `model_size`, read-only."""
        if isinstance(self._source, PackedLevels):
            self._source = self._source.unpacked()
        return self._source

    @property
    def of_image(self) -> NDArray[np.uint8]:
        """``uint8``, shape `size`, read-only."""
        if self._image is None:
            self._image = self._enlarged()
        return self._image

    @property
    def of_model(self) -> NDArray[np.uint8]:
        """``uint8``, shape `model_size`, read-only. It covers the region."""
        source = self.source
        if source.shape == self._model_size:
            return source
        return _nearest(source[self._region.slices], self._model_size)

    @property
    def packed(self) -> PackedLevels:
        """`of_model`, packed."""
        if self._packed is None:
            self._packed = PackedLevels.of(self.of_model)
        return self._packed

    def _enlarged(self) -> NDArray[np.uint8]:
        source = self.source
        if source.shape == self._size:
            return source
        inside = _nearest(source, self._region.size)
        if self._region.size == self._size:
            return inside
        whole = np.zeros(self._size, np.uint8)
        whole[self._region.slices] = inside
        whole.flags.writeable = False
        return whole


def _nearest(values: NDArray[np.uint8], size: Size) -> NDArray[np.uint8]:
    height, width = size
    resized = cv2.resize(values, (width, height), interpolation=cv2.INTER_NEAREST_EXACT)
    resized.flags.writeable = False
    return np.asarray(resized, np.uint8)
