"""What BodyPix has found in samples: its weights are not part of the package, its results are."""

from __future__ import annotations

from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from bodyseg_widgets.arguments import check_choice, named_arguments
from bodyseg_widgets.segmentation import PackedLevels, PackedPlanes, Region
from bodyseg_widgets.segmentation.bodypix import PART_LABELS
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.samples.movement import Movement
from bodyseg_widgets.streaming.samples.opening import sample
from bodyseg_widgets.streaming.samples.tracks import DATA
from bodyseg_widgets.streaming.stored import StoredResult, bodypix_pose_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["RESULTS", "RESULTS_FILE", "arrays_of", "frames_with_results", "sample_results"]

RESULTS_FILE: Final = DATA / "bodypix.npz"
"""The file with the results; `tools/record_bodypix.py` writes it."""

RESULTS: Final[Mapping[str, tuple[int, ...]]] = MappingProxyType(
    {"portrait": (0,), "crossing": (0, 15, 30, 45, 60, 75, 90, 105)}
)
"""The samples that BodyPix's results are stored of, and the numbers of their frames."""

_KINDS = ("levels", "labels", "people")


@named_arguments
def sample_results(name: str) -> list[Result]:
    """Return what BodyPix has found in a sample: body parts and people, without its weights.

    They are a stream's results of its variant ``"MobileNetV1 0.75 quant2"`` with ``max_poses=2``,
    stored once, because the weights are not part of the package.

    Parameters
    ----------
    name : {"portrait", "crossing"}
        The sample: one frame of the portrait, or eight of the two people who pass each other, half
        a second apart.

    Returns
    -------
    list of Result
        With their frames, whose `id` and `timestamp` are those of the sample. Each has the mask of
        all people, whose `values` are body parts, whose `people` say whose each pixel is, and the
        poses. Timings are unknown, and so are the probabilities of parts.

    Raises
    ------
    InvalidOptionError
        There are no results of this sample.

    Examples
    --------
    >>> from bodyseg_widgets import sample_results
    >>> (result,) = sample_results("portrait")
    >>> int(result.mask.people.max()), result.segmentation.labels[12]
    (1, 'torso_front')
    """
    check_choice("The name of a sample with results", name, RESULTS)
    with RESULTS_FILE.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
        model = str(arrays["model"])
        levels, labels, people = (arrays[f"{name}_{kind}"] for kind in _KINDS)
        # Those of all frames after one another.
        found = zip(arrays[f"{name}_keypoints"], arrays[f"{name}_scores"], strict=True)
        poses = iter([bodypix_pose_of(*each) for each in found])
        counts = arrays[f"{name}_poses"].tolist()
    results = []
    for at, frame in enumerate(frames_with_results(name)):
        height, width = frame.image.shape[:2]
        seen = StoredResult(
            PackedLevels.of(levels[at]),
            (height, width),
            Region(0, 0, width, height),
            (*islice(poses, counts[at]),),
            Timings(),
            PackedPlanes(PackedLevels.of(labels[at]), PackedLevels.of(people[at])),
            PART_LABELS,
        ).seen()
        results.append(Result(frame, seen.segmentation, Timings(), seen.poses, model))
    return results


def frames_with_results(name: str) -> list[Frame]:
    """Return the frames of a sample whose results are stored."""
    opened = sample(name)
    if not isinstance(opened, Movement):
        return [Frame(0, np.asarray(opened), timestamp=0.0)]
    return [
        Frame(number, opened.frame_at(number).image, opened.poses[number].time)
        for number in RESULTS[name]
    ]


def arrays_of(name: str, results: Sequence[Result]) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a sample's results, as they are stored.

    Parameters
    ----------
    name : str
        The sample.
    results : sequence of Result
        What BodyPix has found in each of `frames_with_results`.
    """
    masks = [result.mask for result in results]
    poses = [pose for result in results for pose in result.poses]
    planes = {
        "levels": [mask.levels for mask in masks],
        "labels": [mask.model_values for mask in masks],
        "people": [mask.model_people for mask in masks],
        "keypoints": [pose.keypoint_array for pose in poses],
        "scores": [pose.score for pose in poses],
        "poses": [len(result.poses) for result in results],
    }
    return {f"{name}_{kind}": np.array(values) for kind, values in planes.items()}
