"""What passes through a stream: frames in, results out, and timings."""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, ClassVar

from bodyseg_widgets.arguments import ExplainedAttributes
from bodyseg_widgets.errors import MissingImageError
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.streaming.handed_out import read_only

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.pose import AnyPose
    from bodyseg_widgets.segmentation import Mask, Probability, Segmentation


@dataclass(frozen=True, slots=True)
class Frame(Shown, ExplainedAttributes):
    """One frame of a stream.

    Attributes
    ----------
    id : int
        Frame number, increasing with each frame the page captured; numbers are missing if the
        stream skipped frames. Two pages that show one source count separately.
    image : numpy.ndarray
        uint8 (H, W, 3), RGB, not mirrored: as the camera sees it. It is read-only, because models
        and callbacks share it: paint into a copy.
    timestamp : float
        When the frame was captured, in seconds since 1970 by the clock of the machine that captured
        it (the browser's, for a webcam).
    live : bool
        False if the frame is shown again, or was stepped to, while the source is paused. Such a
        frame keeps its original `id`, and its time is in the past.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame
    >>> Frame(id=1, image=np.zeros((4, 6, 3), np.uint8), timestamp=0.0).size
    (6, 4)
    """

    id: int
    image: NDArray[np.uint8]
    timestamp: float
    live: bool = True

    def __post_init__(self) -> None:
        """Make the image read-only."""
        object.__setattr__(self, "image", read_only(self.image))

    def __repr__(self) -> str:
        """Show the size, not the pixels."""
        live = "" if self.live else ", live=False"
        return f"Frame(id={self.id}, size={self.size}, timestamp={self.timestamp}{live})"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        height, width = self.image.shape[:2]
        return width, height

    @property
    def has_image(self) -> bool:
        """Whether Python has the image. See `FrameInPage`."""
        return True


class FrameInPage(Frame):
    """A frame whose image has stayed in the browser, where a model found a result in it.

    Who subscribes with ``on_result(callback, images=False)`` gets such frames.

    Parameters
    ----------
    id, timestamp, live
        As of :class:`Frame`.
    size : tuple of int
        Width and height in pixels.

    Examples
    --------
    >>> from bodyseg_widgets.streaming import FrameInPage
    >>> frame = FrameInPage(7, (640, 480), timestamp=0.0)
    >>> frame.size, frame.has_image
    ((640, 480), False)
    >>> frame.image
    Traceback (most recent call last):
    bodyseg_widgets.errors.MissingImageError: The image of frame 7 has stayed in the browser. \
Leave out images=False where you subscribe with on_result.
    """

    __slots__ = ("_size",)

    _size: tuple[int, int]

    def __init__(
        self,
        id: int,  # noqa: A002 - the word of Frame
        size: tuple[int, int],
        timestamp: float,
        live: bool = True,  # noqa: FBT001, FBT002 - as Frame has it
    ) -> None:
        for name, value in {"id": id, "_size": size, "timestamp": timestamp, "live": live}.items():
            object.__setattr__(self, name, value)

    # Those of Frame are of all its fields, and one is not there.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __reduce__(self) -> tuple[type[FrameInPage], tuple[object, ...]]:
        """Have what makes another one, for copies and other processes."""
        return FrameInPage, (self.id, self.size, self.timestamp, self.live)

    @property
    def image(self) -> NDArray[np.uint8]:
        """Not there.

        Raises
        ------
        MissingImageError
            Always.
        """
        raise MissingImageError(
            f"The image of frame {self.id} has stayed in the browser. Leave out images=False where "
            "you subscribe with on_result."
        )

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self._size

    @property
    def has_image(self) -> bool:
        """Whether Python has the image: no."""
        return False


@dataclass(frozen=True, slots=True)
class Timings:
    """Where the time between camera and screen went, in milliseconds.

    `capture`, `wait`, `decode` and `infer` are this frame's. `up`, `down` and `draw` are known only
    after a frame has been drawn, so they are those of the frame the browser drew last. A stage that
    has not been measured is NaN.

    Attributes
    ----------
    capture : float
        Grabbing the image and encoding it as JPEG, in the browser.
    up : float
        Transfer from the browser to the kernel.
    wait : float
        Waiting in the kernel for the worker to finish the previous frame.
    decode : float
        JPEG to RGB array.
    infer : float
        Running the model, from RGB array to probability and poses.
    down : float
        Transfer from the kernel to the browser.
    draw : float
        From arrival in the browser until the image and its mask are drawn. With a Python effect,
        this includes running the effect and sending its image to the browser.

    Examples
    --------
    >>> from bodyseg_widgets import Timings
    >>> round(Timings(capture=9, up=4, wait=0, decode=2, infer=5, down=6, draw=2).total)
    28
    """

    capture: float = math.nan
    up: float = math.nan
    wait: float = math.nan
    decode: float = math.nan
    infer: float = math.nan
    down: float = math.nan
    draw: float = math.nan

    @property
    def total(self) -> float:
        """The sum of all stages in milliseconds; NaN while one of them is unknown."""
        return math.fsum(astuple(self))


@dataclass(frozen=True, slots=True)
class Result(Shown, ExplainedAttributes):
    """A model's result for one frame.

    Attributes
    ----------
    frame : Frame
        The frame that mask and poses were computed from.
    segmentation : Segmentation
        One mask of all people in it; 0 everywhere if a pose model found no one.
    timings : Timings
        Duration of each stage, in milliseconds.
    poses : tuple of Pose or BodyPixPose
        The people's poses, in pixels of the frame; empty if no one was found, and always empty for
        models that only find masks.
    model : str
        The label of the model it is from, such as ``"Selfie general (tensorflow)"``; empty if it
        is not known.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
    >>> frame = Frame(id=1, image=np.zeros((4, 6, 3), np.uint8), timestamp=0.0)
    >>> mask = Mask(np.zeros((1, 1), np.float32), size=(4, 6), model_size=(1, 1))
    >>> Result(frame, Segmentation(mask), Timings()).poses
    ()
    """

    _parts: ClassVar[tuple[str, ...]] = ("segmentation", "mask", "frame", "timings")

    frame: Frame
    segmentation: Segmentation
    timings: Timings
    poses: tuple[AnyPose, ...] = ()
    model: str = ""

    def __repr__(self) -> str:
        """Show what it is of, not its pixels."""
        return (
            f"Result(model={self.model!r}, frame={self.frame!r}, mask={self.mask!r}, "
            f"{len(self.poses)} poses)"
        )

    @property
    def mask(self) -> Mask:
        """The mask of `segmentation`, the size of the frame."""
        return self.segmentation.mask

    def class_probability(self, label: str) -> Probability:
        """Return the probability of one class, such as a body part, at each pixel of the frame.

        The result of a model that has just run in Python has all its classes. One of a model in the
        page, or from the history, a recording or a snapshot, has those that were asked for with
        ``SegmentationStream.want_class``.

        Parameters
        ----------
        label : str
            One of ``segmentation.labels``.

        Returns
        -------
        numpy.ndarray
            float32, shape (height, width) of the frame, 0 to 1; see
            :meth:`Segmentation.class_probability`.

        Raises
        ------
        InvalidOptionError
            There is no such label, or the result was stored without this class.
        """
        return self.segmentation.class_probability(label)
