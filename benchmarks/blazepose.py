"""BlazePose against bare MediaPipe Tasks, in one run: ``python -m benchmarks.blazepose``.

This measures the time from one 640x480 RGB frame in memory to landmarks and, if requested, the
full-size float32 probability, while tracking a person through a webcam-like clip. The competitors
take turns frame by frame, so that other load on the machine affects all of them equally; the ratio
of their medians counts, not the milliseconds.
"""

from __future__ import annotations

import argparse
import statistics
import time
from typing import TYPE_CHECKING

import mediapipe as mp

from bodyseg_widgets import SupportedModels, create_detector
from bodyseg_widgets.models import pose_task
from tests.clip_frames import clip_frames
from tests.data import find_data_folder

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from bodyseg_widgets.options import Runtime
    from bodyseg_widgets.pose import BlazePoseModelType

    Estimate = Callable[[NDArray[np.uint8], float], object]

PEER = "MediaPipe Tasks VIDEO, bare"
OURS = "'tensorflow'"
NO_MASK = "'tensorflow', no mask"
WARM_UP_FRAMES = 20
FRAMES = 250
FRAME_MS = 1000 / 30
GOALS: dict[BlazePoseModelType, float] = {"lite": 0.85, "full": 0.80, "heavy": 0.70}


def main() -> None:
    """Print every figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=FRAMES)
    options = parser.parse_args()
    clip = find_data_folder() / "asl" / "book.mkv"
    frames = clip_frames(clip)
    print(f"One frame of {clip.name}, tracking, with mask, {options.frames} frames each\n")
    for model_type in GOALS:
        print_table(model_type, medians(competitors(model_type), frames, options.frames))


def competitors(model_type: BlazePoseModelType) -> dict[str, Estimate]:
    """Return the competitors for one network."""
    return {
        PEER: bare_mediapipe(model_type),
        "'mediapipe'": ours(model_type, "mediapipe"),
        OURS: ours(model_type, "tensorflow"),
        NO_MASK: ours(model_type, "tensorflow", with_mask=False),
        "'tensorflow', 1 thread": ours(model_type, "tensorflow", num_threads=1),
    }


def bare_mediapipe(model_type: BlazePoseModelType) -> Estimate:
    """Find a pose and its mask with MediaPipe's own Python API and nothing else."""
    vision = mp.tasks.vision
    task = vision.PoseLandmarker.create_from_options(
        vision.PoseLandmarkerOptions(
            base_options=mp.tasks.BaseOptions(model_asset_buffer=pose_task(model_type)),
            running_mode=vision.RunningMode.VIDEO,
            output_segmentation_masks=True,
        )
    )

    def estimate(frame: NDArray[np.uint8], timestamp_ms: float) -> object:
        result = task.detect_for_video(mp.Image(mp.ImageFormat.SRGB, frame), round(timestamp_ms))
        return [mask.numpy_view()[..., 0].copy() for mask in result.segmentation_masks or ()]

    return estimate


def ours(
    model_type: BlazePoseModelType,
    runtime: Runtime,
    *,
    with_mask: bool = True,
    num_threads: int | None = None,
) -> Estimate:
    """Find a pose and its mask with this package."""
    detector = create_detector(
        SupportedModels.BlazePose,
        runtime=runtime,
        model_type=model_type,
        enable_segmentation=with_mask,
        num_threads=num_threads,
    )

    def estimate(frame: NDArray[np.uint8], timestamp_ms: float) -> object:
        poses = detector.estimate_poses(frame, timestamp_ms=timestamp_ms)
        return [pose.has_segmentation and pose.segmentation.mask.probability for pose in poses]

    return estimate


def medians(
    estimates: dict[str, Estimate], frames: list[NDArray[np.uint8]], count: int
) -> dict[str, float]:
    """Return each competitor's median in milliseconds per frame, taking turns."""
    times: dict[str, list[float]] = {name: [] for name in estimates}
    for index in range(WARM_UP_FRAMES + count):
        # Back and forth, so that the person never jumps.
        turn = index % (2 * len(frames) - 2)
        frame = frames[min(turn, 2 * len(frames) - 2 - turn)]
        for name, estimate in estimates.items():
            start = time.perf_counter()
            found = estimate(frame, index * FRAME_MS)
            times[name].append((time.perf_counter() - start) * 1e3)
            if not found:
                raise SystemExit(f"{name} lost the person at frame {index}.")
    return {name: statistics.median(each[WARM_UP_FRAMES:]) for name, each in times.items()}


def print_table(model_type: BlazePoseModelType, milliseconds: dict[str, float]) -> None:
    """Print the medians and their ratios to bare MediaPipe."""
    print(f"{model_type:<30} {'ms':>6} {'ratio':>6}")
    for name, median in milliseconds.items():
        print(f"  {name:<28} {median:6.2f} {median / milliseconds[PEER]:6.2f}")
    goal = GOALS[model_type]
    met = milliseconds[OURS] <= goal * milliseconds[PEER]
    print(f"  goal: {OURS} at most {goal}: {'met' if met else 'MISSED'}")
    met = milliseconds[NO_MASK] <= milliseconds[OURS]
    print(f"  goal: without the mask no slower: {'met' if met else 'MISSED'}\n")


if __name__ == "__main__":
    main()
