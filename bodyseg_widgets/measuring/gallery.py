"""Images on which a model does badly, to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.streaming.live_models import PortableModel

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.measuring.cases import Case
    from bodyseg_widgets.segmentation import Mask
    from bodyseg_widgets.streaming.live_models import Choice

__all__ = ["Gallery", "GalleryImage", "gallery_image"]


@dataclass(frozen=True, slots=True, eq=False)
class GalleryImage:
    """One image, its reference and what a model found.

    Attributes
    ----------
    name : str
        What it is called, with the number of the frame for one of a video.
    domain : str
        What kind of image it is.
    iou : float
        Intersection over union of reference and prediction, 0 to 1.
    image : numpy.ndarray
        uint8 (H, W, 3), RGB.
    person : numpy.ndarray
        bool (H, W): the reference.
    mask : Mask
        The prediction.
    threshold : float
        Lowest probability that counts as a person, 0 to 1.
    """

    name: str
    domain: str
    iou: float
    image: RgbImage
    person: NDArray[np.bool_]
    mask: Mask
    threshold: float


class Gallery(Shown):
    """Images of one model, the worst first; a notebook shows them.

    Parameters
    ----------
    model : str
        The model's label.
    images : list of GalleryImage
        The images.

    Attributes
    ----------
    model, images
        As above.
    """

    def __init__(self, model: str, images: list[GalleryImage]) -> None:
        self.model = model
        self.images = images

    def __repr__(self) -> str:
        """Show the names and their IoU, not the pixels."""
        shown = ", ".join(f"{each.name!r} {each.iou:.3f}" for each in self.images)
        return f"Gallery({self.model!r}: {shown})"


def gallery_image(
    case: Case, frame: int, choice: Choice, *, threshold: float, iou: float, max_poses: int
) -> GalleryImage:
    """Read an image again and run a model on it again.

    Parameters
    ----------
    case : Case
        What it is from.
    frame : int
        Its number there. A model that follows people sees the frames before it, too.
    choice : Choice
        The model.
    threshold : float
        Lowest probability that counts as a person, 0 to 1.
    iou : float
        What came of it.
    max_poses : int
        How many people a pose detector looks for.

    Raises
    ------
    BodySegError
        It is no longer there.
    """
    model = PortableModel.of(choice).create(max_poses)
    try:
        for each in case.frames():
            each.image.flags.writeable = False
            segmentation = model.run(each.image, each.time).segmentation
            if each.index == frame:
                name = case.name if each.time is None else f"{case.name}, frame {frame}"
                mask = segmentation.mask
                return GalleryImage(
                    name, case.domain, iou, each.image, each.person, mask, threshold
                )
    finally:
        model.dispose()
    raise SourceError(f"Frame {frame} of {case.name!r} is no longer there. Evaluate again.")
