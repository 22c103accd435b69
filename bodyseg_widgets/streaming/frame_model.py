"""What a stream runs on each frame, be it a segmenter or a pose detector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.pose.blazepose.masks import MODEL_PIXELS
from bodyseg_widgets.segmentation import Mask, Region, Segmentation
from bodyseg_widgets.segmentation.sizes import reduced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation import Size

_MILLISECONDS = 1000
_PLANE = 2


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model saw in one picture.

    Attributes
    ----------
    segmentation : Segmentation
        All people in one mask.
    poses : tuple of Pose
        A pose for each person found, where the model finds poses.
    """

    segmentation: Segmentation
    poses: tuple[Pose, ...] = ()


class FrameModel(Protocol):
    """A model that is run on one frame after the other, always on the same thread."""

    def run(self, image: NDArray[np.uint8], timestamp: float | None) -> Seen:
        """Look at one frame.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB.
        timestamp : float or None
            When it was taken, in seconds from any start; None for a picture by itself, which
            owes nothing to those before.
        """

    def reset(self) -> None:
        """Forget the frames so far: the next one begins another video."""

    def dispose(self) -> None:
        """Free what the model holds."""


@runtime_checkable
class FrameSegmenter(Protocol):
    """What frames need of a `BodySegmenter`."""

    def segment_people(self, image: NDArray[np.uint8], /) -> list[Segmentation]:
        """Find the people of one picture."""

    def reset(self) -> None:
        """Forget what was learned from earlier pictures of a video."""

    def dispose(self) -> None:
        """Free the network."""


@runtime_checkable
class FrameDetector(Protocol):
    """What frames need of a `PoseDetector`."""

    def estimate_poses(
        self, image: NDArray[np.uint8], /, *, max_poses: int, timestamp_ms: float | None
    ) -> list[Pose]:
        """Find the poses in one picture."""

    def reset(self) -> None:
        """Forget the video."""

    def dispose(self) -> None:
        """Free the networks."""


class SegmenterModel:
    """A segmenter, which looks at every frame by itself.

    Parameters
    ----------
    segmenter : BodySegmenter
        Disposed with this object.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import SupportedModels, create_segmenter
    >>> from bodyseg_widgets.streaming import SegmenterModel
    >>> selfie = SupportedModels.MediaPipeSelfieSegmentation
    >>> model = SegmenterModel(create_segmenter(selfie, runtime="tensorflow"))
    >>> model.run(np.zeros((480, 640, 3), np.uint8), timestamp=0).segmentation.mask.size
    (480, 640)
    >>> model.dispose()
    """

    def __init__(self, segmenter: FrameSegmenter) -> None:
        self._segmenter = segmenter

    def run(self, image: NDArray[np.uint8], timestamp: float | None) -> Seen:
        """Find the people's mask; `timestamp` does not matter."""
        del timestamp
        return Seen(self._segmenter.segment_people(image)[0])

    def reset(self) -> None:
        """Reset the segmenter."""
        self._segmenter.reset()

    def dispose(self) -> None:
        """Dispose the segmenter."""
        self._segmenter.dispose()


class DetectorModel:
    """A pose detector, which follows people from frame to frame.

    Parameters
    ----------
    detector : PoseDetector
        Made with ``enable_segmentation=True``. Disposed with this object.
    max_poses : callable
        Asked before each frame how many people to look for, so that the number can change
        while people are followed.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import SupportedModels, create_detector
    >>> from bodyseg_widgets.streaming import DetectorModel
    >>> detector = create_detector(
    ...     SupportedModels.BlazePose, runtime="tensorflow", enable_segmentation=True
    ... )
    >>> model = DetectorModel(detector, max_poses=lambda: 2)
    >>> seen = model.run(np.zeros((480, 640, 3), np.uint8), timestamp=0)
    >>> seen.poses, float(seen.segmentation.mask.probability.max())
    ((), 0.0)
    >>> model.dispose()
    """

    def __init__(self, detector: FrameDetector, *, max_poses: Callable[[], int]) -> None:
        self._detector = detector
        self._max_poses = max_poses

    def run(self, image: NDArray[np.uint8], timestamp: float | None) -> Seen:
        """Find the people's poses, and the mask of all of them."""
        poses = self._detector.estimate_poses(
            image,
            max_poses=self._max_poses(),
            timestamp_ms=None if timestamp is None else timestamp * _MILLISECONDS,
        )
        people = [pose.segmentation for pose in poses if pose.segmentation is not None]
        return Seen(all_together(people, (image.shape[0], image.shape[1])), tuple(poses))

    def reset(self) -> None:
        """Follow nobody any more."""
        self._detector.reset()

    def dispose(self) -> None:
        """Dispose the detector."""
        self._detector.dispose()


FindPeople: TypeAlias = "Callable[[NDArray[np.uint8]], NDArray[np.floating[Any]]]"
"""A person's own model: a picture, uint8 (H, W, 3) RGB, to probabilities (h, w), 0 to 1."""


class FunctionModel:
    """A person's own function, as a model.

    Parameters
    ----------
    name : str
        What it is called in errors.
    find_people : callable
        ``(image) -> probability``; see `add_model`.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming import FunctionModel
    >>> model = FunctionModel("Bright", lambda image: image.mean(axis=2) / 255)
    >>> seen = model.run(np.full((4, 6, 3), 255, np.uint8), timestamp=None)
    >>> float(seen.segmentation.mask.probability.min())
    1.0
    """

    def __init__(self, name: str, find_people: FindPeople) -> None:
        self._name = name
        self._find_people = find_people

    def run(self, image: NDArray[np.uint8], timestamp: float | None) -> Seen:
        """Call the function with the picture.

        Raises
        ------
        InvalidOptionError
            What it returned is no probability.
        """
        del timestamp
        probability = np.asarray(self._find_people(image))
        is_plane = probability.ndim == _PLANE and probability.size > 0
        if not is_plane or probability.dtype.kind not in "fb":
            raise InvalidOptionError(
                f"{self._name} must return probabilities: float of shape (height, width), 0 to 1, "
                f"but got {probability.dtype} of shape {probability.shape}."
            )
        probability = probability.astype(np.float32)
        if not (probability.min() >= 0 and probability.max() <= 1):
            raise InvalidOptionError(
                f"{self._name} must return probabilities from 0 to 1, but they go from "
                f"{probability.min()} to {probability.max()}."
            )
        height, width = probability.shape
        size = (image.shape[0], image.shape[1])
        return Seen(Segmentation(Mask(probability, size=size, model_size=(height, width))))

    def reset(self) -> None:
        """Do nothing: a function keeps nothing that this object knows of."""

    def dispose(self) -> None:
        """Do nothing, likewise."""


def all_together(people: Sequence[Segmentation], size: Size) -> Segmentation:
    """Put the masks of several people into one: at each pixel the highest probability.

    Parameters
    ----------
    people : sequence of Segmentation
        Of one picture, one for each person.
    size : tuple of int
        (height, width) of the picture, in pixels.

    Returns
    -------
    Segmentation
        For one person that person's own, for nobody one that is 0 everywhere. For several,
        its region holds all of theirs, at the finest of their resolutions, or the finest that
        takes no more pixels for each than BlazePose's
        network gives for one.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.frame_model import all_together
    >>> float(all_together([], (480, 640)).mask.probability.max())
    0.0
    """
    if not people:
        return Segmentation(Mask(np.zeros((1, 1), np.float32), size=size, model_size=(1, 1)))
    if len(people) == 1:
        return people[0]
    masks = [person.mask for person in people]
    region = _around([mask.region for mask in masks])
    highest = np.maximum.reduce([mask.probability[region.slices] for mask in masks])
    finest = (
        _fine_enough([(mask.model_size[0], mask.region.height) for mask in masks], region.height),
        _fine_enough([(mask.model_size[1], mask.region.width) for mask in masks], region.width),
    )
    model_size = reduced(finest, MODEL_PIXELS * len(people))
    return Segmentation(Mask(highest, size=size, model_size=model_size, region=region))


def _around(regions: Sequence[Region]) -> Region:
    left = min(region.left for region in regions)
    top = min(region.top for region in regions)
    right = max(region.left + region.width for region in regions)
    bottom = max(region.top + region.height for region in regions)
    return Region(left, top, right - left, bottom - top)


def _fine_enough(steps: Sequence[tuple[int, int]], length: int) -> int:
    """How many values `length` pixels need, given the values and pixels of each mask's side."""
    finest = max(values / pixels for values, pixels in steps)
    return max(1, round(length * min(finest, 1)))
