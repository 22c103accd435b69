"""Recorded movement, replayed by a drawn figure."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import InvalidOptionError, SourceError
from bodyseg_widgets.files import given_path, written_whole
from bodyseg_widgets.pose import Pose, TimedPoses
from bodyseg_widgets.rendering.figure import draw_figures, silhouettes
from bodyseg_widgets.segmentation import Mask
from bodyseg_widgets.shown import Shown
from bodyseg_widgets.streaming.samples.film import write_film
from bodyseg_widgets.streaming.sources.types import SourceFrame

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming.samples.tracks import Track

__all__ = ["Movement"]

RATE = 30.0
"""Frames per second, like a webcam's."""

SIZE: Size = (480, 640)
"""Height and width of the frames, in pixels."""

_WALL = (214, 220, 226)


class Movement(Shown):
    """People's recorded movement, drawn as simple figures: a source whose poses are known.

    Models find the figures as they find people, so it can be used in place of a camera. Unlike with
    a camera, the truth is known: `poses` has the landmarks that the figures are drawn from, and
    `mask_at` the pixels that they cover.

    The landmarks were measured in videos by BlazePose heavy. So `poses` is the truth about the
    figures, not about the people in those videos.

    Parameters
    ----------
    label : str
        Its label.
    tracks : sequence of Track
        The people, the farthest first. They get the ids 1, 2, and so on.

    Attributes
    ----------
    label : str
        Its label.
    rate : float
        30 frames per second. Where fewer were measured, positions between two measurements are on
        the straight line from one to the other.
    length : int
        Number of frames.
    poses : tuple of TimedPoses
        The poses of each frame, as they were measured.

    Examples
    --------
    >>> from bodyseg_widgets import joint_angle, sample
    >>> squats = sample("squats")
    >>> lowest = min(joint_angle(moment.poses[0], "left_knee") for moment in squats.poses)
    >>> lowest < 100, squats.read_at(0).image.shape, squats.mask_at(0).shape
    (True, (480, 640, 3), (480, 640))
    """

    rate = RATE

    def __init__(self, label: str, tracks: Sequence[Track]) -> None:
        self.label = label
        at_rate = [track.at_rate(RATE) for track in tracks]
        self.length = min(len(track.keypoints) for track in at_rate)
        self.poses = tuple(
            TimedPoses(
                index / RATE,
                tuple(
                    Pose(track.keypoints[index], track.keypoints_3d[index], id=number)
                    for number, track in enumerate(at_rate, start=1)
                ),
                frame=index,
            )
            for index in range(self.length)
        )
        self._lock = threading.Lock()
        self._next = 0

    def __repr__(self) -> str:
        """Show how long it is."""
        people = len(self.poses[0].poses)
        return (
            f"Movement({self.label!r}, {self.length} frames, {self.length / RATE:.1f} s, "
            f"{people} {'person' if people == 1 else 'people'})"
        )

    def read(self) -> SourceFrame | None:
        """Draw the next frame; None at the end."""
        with self._lock:
            if self._next >= self.length:
                return None
            index = self._next
            self._next = index + 1
        return self.frame_at(index)

    def read_at(self, index: int) -> SourceFrame:
        """Draw the frame with this number; `read` continues after it.

        Raises
        ------
        SourceError
            There is no frame with this number.
        """
        frame = self.frame_at(index)
        with self._lock:
            self._next = index + 1
        return frame

    def frame_at(self, index: int) -> SourceFrame:
        """Draw the frame with this number, without going there.

        Raises
        ------
        SourceError
            There is no frame with this number.
        """
        self._check(index)
        wall: NDArray[np.uint8] = np.full((*SIZE, 3), _WALL, np.uint8)
        image = draw_figures(wall, self.poses[index].poses)
        return SourceFrame(image, index, index / RATE)

    def mask_at(self, index: int) -> Mask:
        """Return which pixels of a frame the figures cover: the truth that models can be held to.

        Raises
        ------
        SourceError
            There is no frame with this number.
        """
        self._check(index)
        return Mask.from_levels(silhouettes(SIZE, self.poses[index].poses), size=SIZE)

    @named_arguments
    def save_video(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Path:
        """Save it as a video file, from beginning to end: something to try `apply_effect` on.

        Parameters
        ----------
        path : str or os.PathLike
            Where to save it; ends in ``.mp4``.
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
        MissingDependencyError
            PyAV is not installed.
        """
        path = given_path(path, refusal=InvalidOptionError)
        if path.suffix.lower() != ".mp4":
            raise InvalidOptionError(
                f"A movement is saved as '.mp4', but got the path {str(path)!r}. Use this "
                "extension."
            )
        with written_whole(path, overwrite=overwrite) as part:
            images = (self.frame_at(index).image for index in range(self.length))
            write_film(part, images, size=SIZE, rate=round(self.rate))
        return path

    def close(self) -> None:
        """Start over: nothing is open, so it can be played again."""
        with self._lock:
            self._next = 0

    def _check(self, index: int) -> None:
        if not 0 <= index < self.length:
            raise SourceError(
                f"There is no frame {index} in {self.label!r}: it has {self.length}, "
                f"numbered from 0 to {self.length - 1}."
            )
