"""Measure the recorded movements that the package includes: ``python -m tools.measure_movements``.

The clips are those of the test data (CONTRIBUTING.md says where they are from). Of each, BlazePose
heavy's landmarks are kept, as numbers, and nothing of its images.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bodyseg_widgets.pose import Pose, create_detector
from bodyseg_widgets.streaming.samples.tracks import Track
from bodyseg_widgets.streaming.sources import VideoFile
from tests.data import find_data_folder

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "bodyseg_widgets/streaming/samples/data"


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip, and where its person is put in a frame of 640 × 480 pixels.

    Attributes
    ----------
    path : str
        Its file in the folder of test data.
    frames : int
        How many of its frames are used, from the first one.
    scale : float
        Factor of the clip's pixels.
    x, y : float
        Then moved to the right and down, in pixels.
    """

    path: str
    frames: int
    scale: float = 1.0
    x: float = 0.0
    y: float = 0.0


CLIPS: Final = {
    # Two squats, standing at both ends; the clip ends in the middle of a third.
    "squats": Clip("tfjs-models/pose-detection/pose_squats.mp4", 47, scale=0.5, x=126, y=-50),
    "yoga": Clip("tfjs-models/pose-detection/pose_1.mp4", 120, scale=1.25, x=-18, y=-112),
    # The sign for "walk" in American Sign Language.
    "signing": Clip("asl/walk.mkv", 89),
}


def measure(clip: Clip, folder: Path) -> Track:
    """Return the landmarks of the person in a clip.

    Raises
    ------
    SourceError
        The clip cannot be read.
    """
    poses: list[Pose] = []
    video = VideoFile(folder / clip.path)
    with create_detector("heavy") as detector:
        for index in range(clip.frames):
            frame = video.read_at(index)
            poses += detector.estimate_poses(frame.image, timestamp_ms=1000 * frame.time)
    video.close()
    track = Track.of(poses, video.rate)
    return track.placed(scale=clip.scale, x=clip.x, y=clip.y)


def main() -> None:
    """Write the files."""
    folder = find_data_folder()
    for name, clip in CLIPS.items():
        measure(clip, folder).save(TARGET / f"{name}.npz")


if __name__ == "__main__":
    main()
