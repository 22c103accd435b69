"""Which samples there are: bundled ones, and files of others that are downloaded on request."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BUNDLED_SAMPLES", "REMOTE_SAMPLES", "RemoteSample"]

BUNDLED_SAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "portrait": "the astronaut Eileen Collins: a photo (NASA)",
        "squats": "two squats: recorded movement",
        "yoga": "balancing on one leg: recorded movement",
        "signing": "the sign for “walk” in American Sign Language: recorded movement",
        "crossing": "two people who pass each other: composed of recorded movements",
    }
)
"""What each bundled sample shows, by name."""

_TFJS_MODELS = "https://raw.githubusercontent.com/tensorflow/tfjs-models"


@dataclass(frozen=True, slots=True)
class RemoteSample:
    """A file of someone else's that this package does not include.

    Attributes
    ----------
    shows : str
        What it shows.
    url : str
        Its official address, at a commit, so that it stays the same.
    sha256 : str
        SHA-256 of the file, as 64 hexadecimal digits.
    size : int
        Bytes.
    license : str
        SPDX identifier.
    """

    shows: str
    url: str
    sha256: str
    size: int
    license: str = "Apache-2.0"

    @property
    def filename(self) -> str:
        """The file's name."""
        return self.url.rpartition("/")[2]

    def __str__(self) -> str:
        """Say what would be downloaded, how large, from where, and under which license."""
        return f"{self.shows} ({self.size / 1000:.0f} kB, {self.license}) from {self.url}"


REMOTE_SAMPLES: Final[Mapping[str, RemoteSample]] = MappingProxyType(
    {
        "yoga picture": RemoteSample(
            "a photo of a yoga pose, 1000 × 667 pixels",
            f"{_TFJS_MODELS}/a8eb71135ad3257774daa991db9dfabb3f473b75/pose-detection/test_data/pose.jpg",
            "c8a830ed683c0276d713dd5aeda28f415f10cd6291972084a40d0d8b934ed62b",
            44_100,
        ),
        "squats clip": RemoteSample(
            "a video of squats, 65 frames",
            f"{_TFJS_MODELS}/f7e86d612969c0412a4a044c8d82d181bbc1ae5b/pose-detection/test_data/"
            "pose_squats.mp4",
            "ea9151e447b301985d5d65666551ef863b369a2e0f3a71ddd58abef2e722f96a",
            508_341,
        ),
        "three people": RemoteSample(
            "a photo of three people",
            f"{_TFJS_MODELS}/b87e5f306d89c91938b8a7f0664afcb9299fe602/shared/test_data/"
            "three_people.jpg",
            "ba96d5420ebab4b0637e0f6b1978b71d01376ed9fc246a6b4d2768d984080ba4",
            107_668,
        ),
    }
)
"""TensorFlow.js's own test images and video, by name."""
