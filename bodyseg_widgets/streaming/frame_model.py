"""What a stream runs on each frame: a segmenter, a pose detector, or a custom model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np

from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.pose.blazepose.masks import MODEL_PIXELS
from bodyseg_widgets.segmentation import Mask, Region, Segmentation
from bodyseg_widgets.segmentation.sizes import reduced

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.pose import AnyPose, Pose
    from bodyseg_widgets.segmentation import BodyPixSegmenter, Probability, Size

_MILLISECONDS = 1000


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model found in one image.

    Attributes
    ----------
    segmentation : Segmentation
        One mask of all people.
    poses : tuple of Pose or BodyPixPose
        One pose per person found, if the model finds poses.
    """

    segmentation: Segmentation
    poses: tuple[AnyPose, ...] = ()


class FrameModel(Protocol):
    """A model that runs on one frame after another, always on the same thread."""

    def run(self, image: NDArray[np.uint8], timestamp: float | None) -> Seen:
        """Process one frame.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB.
        timestamp : float or None
            When it was taken, in seconds from any starting point; None for a still image, which is
            processed independently of earlier ones.
        """

    def reset(self) -> None:
        """Forget all frames so far: the next one starts a new video."""

    def dispose(self) -> None:
        """Free the model's resources."""


@runtime_checkable
class FrameSegmenter(Protocol):
    """The parts of `BodySegmenter` that streams use."""

    def segment_people(self, image: NDArray[np.uint8], /) -> Sequence[Segmentation]:
        """Find the people in one image."""

    def reset(self) -> None:
        """Forget everything from earlier images of a video."""

    def dispose(self) -> None:
        """Free the network."""


@runtime_checkable
class FrameDetector(Protocol):
    """The parts of `PoseDetector` that streams use."""

    def estimate_poses(
        self, image: NDArray[np.uint8], /, *, max_poses: int, timestamp_ms: float | None
    ) -> list[Pose]:
        """Find the poses in one image."""

    def reset(self) -> None:
        """Start a new video."""

    def dispose(self) -> None:
        """Free the networks."""


class SegmenterModel:
    """A segmenter, which processes every frame independently.

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
        """Find people's mask; `timestamp` is ignored."""
        del timestamp
        return Seen(self._segmenter.segment_people(image)[0])

    def reset(self) -> None:
        """Reset the segmenter."""
        self._segmenter.reset()

    def dispose(self) -> None:
        """Dispose the segmenter."""
        self._segmenter.dispose()


class DetectorModel:
    """A pose detector, which tracks people from frame to frame.

    Parameters
    ----------
    detector : PoseDetector
        Created with ``enable_segmentation=True``. Disposed with this object.
    max_poses : callable
        Called before each frame; returns how many people to look for, so that the number can change
        during tracking.

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
        """Find people's poses, and one mask of all of them."""
        max_poses = self._max_poses()
        poses = self._detector.estimate_poses(
            image,
            max_poses=max_poses,
            timestamp_ms=None if timestamp is None else timestamp * _MILLISECONDS,
        )
        people = [pose.segmentation for pose in poses if pose.has_segmentation]
        size = (image.shape[0], image.shape[1])
        together = all_together(people, size, numbered=max_poses > 1)
        if len(people) == 1 and len(poses) == 1:
            # The mask of all is that person's.
            poses = [replace(poses[0], segmentation=together)]
        return Seen(together, tuple(poses))

    def reset(self) -> None:
        """Stop tracking everyone."""
        self._detector.reset()

    def dispose(self) -> None:
        """Dispose the detector."""
        self._detector.dispose()


class BodyPixModel:
    """BodyPix with people, body parts and poses, all from one run of its network for each frame.

    Parameters
    ----------
    segmenter : BodyPixSegmenter
        Disposed with this object.
    max_poses : callable
        Called before each frame; returns how many people to look for.
    """

    def __init__(self, segmenter: BodyPixSegmenter, *, max_poses: Callable[[], int]) -> None:
        self._segmenter = segmenter
        self._max_poses = max_poses

    def run(self, image: NDArray[np.uint8], timestamp: float | None) -> Seen:
        """Find people; `timestamp` is ignored."""
        del timestamp
        found = self._segmenter.find_all(image, max_detections=self._max_poses())
        return Seen(found, found.poses)

    def reset(self) -> None:
        """Do nothing: every frame is processed independently."""

    def dispose(self) -> None:
        """Dispose the segmenter."""
        self._segmenter.dispose()


class FunctionModel(SegmenterModel):
    """A user's function as a model: code that may never return.

    Parameters
    ----------
    segmenter : BodySegmenter
        It calls the function. Disposed with this object.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import add_model, create_segmenter
    >>> from bodyseg_widgets.streaming import FunctionModel
    >>> add_model("Bright", lambda image: image.mean(axis=2) / 255)
    >>> model = FunctionModel(create_segmenter("Bright"))
    >>> seen = model.run(np.full((4, 6, 3), 255, np.uint8), timestamp=None)
    >>> float(seen.segmentation.mask.probability.min())
    1.0
    """


def all_together(
    people: Sequence[Segmentation], size: Size, *, numbered: bool = False
) -> Segmentation:
    """Merge the masks of several people: each pixel takes the highest probability.

    Parameters
    ----------
    people : sequence of Segmentation
        Masks of one image, one per person.
    size : tuple of int
        (height, width) of the frame, in pixels.
    numbered : bool, optional
        Whether the mask also says whose each pixel is, see ``Mask.people``: of the person with the
        highest probability there.

    Returns
    -------
    Segmentation
        For one person, that person's mask; for no one, a mask of 0 everywhere. For several people,
        its region contains all of theirs, at the finest of their resolutions, or the finest that
        takes at most as many pixels per person as BlazePose's network returns for one.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.frame_model import all_together
    >>> float(all_together([], (480, 640)).mask.probability.max())
    0.0
    """
    if not people:
        nowhere = np.zeros((1, 1), np.uint8) if numbered else None
        mask = Mask(np.zeros((1, 1), np.float32), size=size, model_size=(1, 1), people=nowhere)
        return Segmentation(mask)
    if len(people) == 1:
        return _numbered(people[0]) if numbered else people[0]
    masks = [person.mask for person in people]
    region = _around([mask.region for mask in masks])
    planes = [mask.probability[region.slices] for mask in masks]
    highest = np.maximum.reduce(planes)
    finest = (
        _fine_enough([(mask.model_size[0], mask.region.height) for mask in masks], region.height),
        _fine_enough([(mask.model_size[1], mask.region.width) for mask in masks], region.width),
    )
    model_size = reduced(finest, MODEL_PIXELS * len(people))
    whose = _whose(planes, highest, model_size) if numbered else None
    return Segmentation(
        Mask(highest, size=size, model_size=model_size, region=region, people=whose)
    )


def _numbered(person: Segmentation) -> Segmentation:
    """Return the same with the number of the only person."""
    mask = person.mask
    whose = (mask.levels > 0).astype(np.uint8)
    return Segmentation(
        Mask(
            mask.source,
            size=mask.size,
            model_size=mask.model_size,
            region=mask.region,
            people=whose,
        ),
        person.labels,
    )


def _whose(
    planes: Sequence[Probability], highest: Probability, model_size: Size
) -> NDArray[np.uint8]:
    """Return the number of the person with the highest probability: uint8 of `model_size`."""
    height, width = model_size
    numbers = np.zeros(highest.shape, np.uint8)
    # Backward, so that of equals the first counts. What is 0 in 8 bits is no one's.
    is_someone = highest >= np.float32(0.5 / MAX_LEVEL)
    for number, plane in reversed([*enumerate(planes, start=1)]):
        numbers[(plane == highest) & is_someone] = number
    return np.asarray(
        cv2.resize(numbers, (width, height), interpolation=cv2.INTER_NEAREST_EXACT), np.uint8
    )


def _around(regions: Sequence[Region]) -> Region:
    left = min(region.left for region in regions)
    top = min(region.top for region in regions)
    right = max(region.left + region.width for region in regions)
    bottom = max(region.top + region.height for region in regions)
    return Region(left, top, right - left, bottom - top)


def _fine_enough(steps: Sequence[tuple[int, int]], length: int) -> int:
    """Return how many values `length` pixels need, from the values and pixels of each mask."""
    finest = max(values / pixels for values, pixels in steps)
    return max(1, round(length * min(finest, 1)))
