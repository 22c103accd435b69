"""Gives a sample by its name."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal, TypeAlias, overload

import numpy as np

from bodyseg_widgets.arguments import check_choice, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.streaming.encoded import decode_image
from bodyseg_widgets.streaming.samples.catalog import BUNDLED_SAMPLES, REMOTE_SAMPLES
from bodyseg_widgets.streaming.samples.movement import RATE, Movement
from bodyseg_widgets.streaming.samples.remote import remote_file
from bodyseg_widgets.streaming.samples.tracks import DATA, Track, read_track
from bodyseg_widgets.streaming.sources import VideoFile

if TYPE_CHECKING:
    import os

    from bodyseg_widgets.images import RgbImage

__all__ = ["portrait_jpeg", "sample"]

_Movements: TypeAlias = Literal["squats", "yoga", "signing", "crossing"]

_CLIPS = ("squats clip",)

# Of the two who pass each other: where they start, in pixels from the middle, and how large they
# are, compared with their own samples.
_FARTHER, _NEARER = (-180.0, 0.9), (180.0, 1.0)
_WIDTH = 640
_FLOOR = 455.0


@overload
def sample(name: Literal["portrait"]) -> RgbImage: ...
@overload
def sample(name: _Movements) -> Movement: ...
@overload
def sample(
    name: Literal["yoga picture", "three people"], *, folder: str | os.PathLike[str]
) -> RgbImage: ...
@overload
def sample(name: Literal["squats clip"], *, folder: str | os.PathLike[str]) -> VideoFile: ...
@overload
def sample(
    name: str, *, folder: str | os.PathLike[str] | None = None
) -> RgbImage | Movement | VideoFile: ...
@named_arguments
def sample(
    name: str, *, folder: str | os.PathLike[str] | None = None
) -> RgbImage | Movement | VideoFile:
    """Return something to try models on, without a camera.

    ==================  ==============================================================
    ``"portrait"``      the astronaut Eileen Collins: an image, 512 × 512 pixels
    ``"squats"``        a `Movement`: two squats
    ``"yoga"``          a `Movement`: balancing on one leg
    ``"signing"``       a `Movement`: the sign for "walk" in American Sign Language
    ``"crossing"``      a `Movement`: two people who pass each other, composed of two
                        recorded movements
    ``"yoga picture"``  an image of a yoga pose; downloaded, 44 kB
    ``"squats clip"``   a video of squats; downloaded, 508 kB
    ``"three people"``  an image of three people; downloaded, 108 kB
    ==================  ==============================================================

    The first five are part of the package. A `Movement` is recorded landmarks, drawn as a figure
    that models find as they find people; its poses are known. The last three are TensorFlow.js's
    own test files. They are downloaded only into a folder that you name, once, and compared with
    the hash that this package has of them.

    Parameters
    ----------
    name : str
        One of these names.
    folder : str or os.PathLike, optional
        Where to keep the downloaded file. If it is there already, nothing is downloaded.

    Returns
    -------
    numpy.ndarray, Movement or VideoFile
        An image (uint8 RGB, (H, W, 3)), or a source of frames; each can be given to `Webcam`,
        ``Explorer`` and ``Compare``.

    Raises
    ------
    InvalidOptionError
        There is no such sample; or it would have to be downloaded, and no folder was given.
    SourceError
        The download failed, or the file is not what it should be.
    MissingDependencyError
        A package of the extra ``video`` is missing, which downloads and reads videos.

    Examples
    --------
    >>> from bodyseg_widgets import sample
    >>> sample("portrait").shape
    (512, 512, 3)
    >>> sample("squats")
    Movement('squats', 277 frames, 9.2 s, 1 person)
    >>> sample("squat")
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: The name of a sample must be one of 'portrait', \
'squats', 'yoga', 'signing', 'crossing', 'yoga picture', 'squats clip', 'three people', but got \
'squat'. Did you mean 'squats'?
    """
    check_choice("The name of a sample", name, [*BUNDLED_SAMPLES, *REMOTE_SAMPLES])
    if name in REMOTE_SAMPLES:
        remote = REMOTE_SAMPLES[name]
        if folder is None:
            raise InvalidOptionError(
                f"The sample {name!r} is not part of this package. It would be downloaded: "
                f"{remote}. Say where to keep it: sample({name!r}, folder='samples')."
            )
        file = remote_file(remote, folder)
        return VideoFile(file) if name in _CLIPS else to_rgb(file)
    if name == "portrait":
        return decode_image(portrait_jpeg())
    if name == "crossing":
        return Movement(name, _crossing())
    return Movement(name, [_track(name)])


def portrait_jpeg() -> bytes:
    """Return the bundled portrait as a JPEG."""
    return (DATA / "astronaut.jpg").read_bytes()


@cache
def _track(name: str) -> Track:
    return read_track(DATA / f"{name}.npz")


def _crossing() -> list[Track]:
    """Move two people across each other, the farther one first. Neither of them walked."""
    tracks = [_track(name).at_rate(RATE) for name in ("yoga", "squats")]
    count = min(len(track.keypoints) for track in tracks)
    way = np.linspace(1, -1, count)
    return [
        _moved(track.first(count), scale, _WIDTH / 2 + start * way)
        for track, (start, scale) in zip(tracks, (_FARTHER, _NEARER), strict=True)
    ]


def _moved(track: Track, scale: float, x: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Track:
    """Put a person's body around x, with the lower foot on the floor at the beginning."""
    body, feet = track.keypoints[..., 0].mean(), track.keypoints[0, :, 1].max()
    return track.placed(scale=scale, x=x - scale * body, y=_FLOOR - scale * feet)
