"""The render utilities on one core: ``python -m benchmarks.rendering``.

A 640x480 image of a person, with a mask as a 256x256 network returns it. Utilities with a blur take
turns with the same effect written the usual way: masks and images blurred by OpenCV at full size,
and blended in floating point.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.selfie import sample_frame
from bodyseg_widgets import (
    Mask,
    Segmentation,
    SupportedModels,
    blur_body_part,
    body_pix_mask_value_to_rainbow_color,
    create_segmenter,
    draw_bokeh_effect,
    draw_heatmap,
    draw_mask,
    draw_pixelated_mask,
    replace_background,
    to_binary_mask,
    to_colored_mask,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

TURNS = 100
MAX_MS = 10.0
MAX_SHARE_OF_USUAL = 0.7

BACKGROUND_BLUR, EDGE_BLUR = 3.0, 3.0


class Subject:
    """An image and its segmentation, fresh from the segmenter."""

    def __init__(self) -> None:
        self.image = sample_frame()
        model = SupportedModels.MediaPipeSelfieSegmentation
        with create_segmenter(model, runtime="tensorflow") as segmenter:
            (found,) = segmenter.segment_people(self.image)
        self._levels = found.mask.levels
        self._size = found.mask.size
        parts = np.zeros((*self._size, 4), np.uint8)
        parts[..., 0] = np.arange(self._size[0])[:, None] // 20
        parts[..., 3] = np.where(found.mask.probability >= 0.5, 255, 0)  # noqa: PLR2004 - the middle
        self.parts = Segmentation(Mask.from_image_data(parts))
        self.matte = to_binary_mask(self.people)

    @property
    def people(self) -> Segmentation:
        """Return a mask that has not been enlarged yet."""
        return Segmentation(Mask.from_levels(self._levels, size=self._size))


def usual_bokeh(image: NDArray[np.uint8], shape: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Blur the background, the usual way."""
    alpha = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), EDGE_BLUR)[..., None]
    blurred = cv2.GaussianBlur(image, (0, 0), BACKGROUND_BLUR)
    return np.asarray(image * alpha + blurred * (1 - alpha)).astype(np.uint8)


def usual_draw_mask(image: NDArray[np.uint8], matte: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Draw a blurred mask over an image, the usual way."""
    blurred = cv2.GaussianBlur(matte, (0, 0), EDGE_BLUR).astype(np.float32)
    alpha = blurred[..., 3:] / 255 * 0.7
    return np.asarray(image * (1 - alpha) + blurred[..., :3] * alpha).astype(np.uint8)


def medians(calls: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return the milliseconds of each call; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(TURNS):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(each) for name, each in times.items()}


def main() -> None:
    """Measure and print."""
    cv2.setNumThreads(1)
    subject = Subject()
    image, parts, matte = subject.image, subject.parts, subject.matte
    heads = [0, 1, 2, 3, 4, 5]
    rainbow = body_pix_mask_value_to_rainbow_color
    utilities: dict[str, Callable[[], object]] = {
        "to_binary_mask": lambda: to_binary_mask(subject.people),
        "to_binary_mask, contour": lambda: to_binary_mask(subject.people, draw_contour=True),
        "to_colored_mask": lambda: to_colored_mask(parts, rainbow),
        "draw_mask": lambda: draw_mask(image, matte),
        "draw_mask, blurred": lambda: draw_mask(image, matte, 0.7, EDGE_BLUR),
        "draw_pixelated_mask": lambda: draw_pixelated_mask(image, matte),
        "draw_bokeh_effect": lambda: draw_bokeh_effect(image, subject.people),
        "draw_bokeh_effect, 20 px": lambda: draw_bokeh_effect(image, subject.people, 0.5, 20),
        "blur_body_part": lambda: blur_body_part(image, parts, heads),
        "replace_background": lambda: replace_background(image, subject.people, "teal"),
        "draw_heatmap": lambda: draw_heatmap(image, subject.people),
    }
    usual: dict[str, Callable[[], object]] = {
        "draw_mask, blurred": lambda: usual_draw_mask(image, matte),
        "draw_bokeh_effect": lambda: usual_bokeh(image, subject.people.mask.probability >= 0.5),  # noqa: PLR2004
        "blur_body_part": lambda: usual_bokeh(
            image,
            ~(np.isin(parts.mask.values, heads) & (parts.mask.probability >= 0.5)),  # noqa: PLR2004
        ),
    }
    found = medians(utilities | {f"{name}, usual": call for name, call in usual.items()})
    print(f"One picture of 640 x 480 on one core, medians of {TURNS}; goal <= {MAX_MS:g} ms")
    for name in utilities:
        verdict = "met" if found[name] <= MAX_MS else "MISSED"
        line = f"  {name:28}{found[name]:6.2f} ms: {verdict}"
        if name in usual:
            share = found[name] / found[f"{name}, usual"]
            better = "met" if share <= MAX_SHARE_OF_USUAL else "MISSED"
            line += f"   {share:.2f} x the usual way, goal <= {MAX_SHARE_OF_USUAL}: {better}"
        print(line)


if __name__ == "__main__":
    main()
