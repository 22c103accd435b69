"""The images of cards: pure functions from results to small images, and these as files."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bodyseg_widgets.evaluation import levels_at_image_size
from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.pose import SEEN, Pose, id_of
from bodyseg_widgets.rendering import (
    Color,
    class_colors,
    draw_mask,
    draw_parts,
    draw_people,
    draw_skeleton,
    to_binary_mask,
    to_colored_mask,
)
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.rendering.heatmap import inferno

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose import AnyPose
    from bodyseg_widgets.segmentation import Mask, Segmentation, Size

__all__ = [
    "LARGEST",
    "ImageFile",
    "colors_of_labels",
    "colors_of_result",
    "drawing",
    "heat",
    "matte",
    "numbers_of",
    "overlaid",
    "photograph",
    "ramp",
    "sheet",
    "skeletons",
    "smaller",
]

LARGEST: Final = 360
"""The largest width and height of an image, in pixels."""

_SMALLEST = 96
"""A tiny image, as of an example, is enlarged in whole steps to about this many pixels."""

_JPEG_QUALITY = 80
_COLORS = 64
"""Colors of a drawing: enough for its smooth edges, in a fifth of the bytes."""
_MASK_OPACITY = 0.6
_CLEAR = Color(0, 0, 0, 0)

# Skeletons alone
_SLATE = (38, 43, 50)
"""Behind a skeleton: dark enough for its white, blue and orange, and at home in both themes."""
_PIXEL_RATIO = 2
"""Drawings have twice the pixels at which they are shown: lines are sharp on sharp screens."""
_DRAWING = 240
"""Longer side of a drawing as it is shown, in pixels."""
_ROOM = 0.12
"""Room around the keypoints, as a share of the drawing: the head extends beyond its keypoints."""
_NARROWEST = 0.35
"""Shorter side of a drawing at least, as a share of the longer one."""
_FARTHEST = 1e5
_EDGES = (96, 104, 114)
"""Of the image, in a drawing."""
_NUMBER = 26
"""Height of the numbers of poses, in pixels."""
_FACE = slice(0, 11)
"""The keypoints of the face: nose, eyes, ears, mouth."""

ImageKind: TypeAlias = Literal["image/png", "image/jpeg"]


@dataclass(frozen=True, slots=True)
class ImageFile:
    """An image as a file.

    Attributes
    ----------
    data : bytes
        The file.
    kind : str
        Its MIME type.
    width, height : int
        The size at which it is shown, in pixels of CSS.
    """

    data: bytes
    kind: ImageKind
    width: int
    height: int


def photograph(image: RgbImage) -> ImageFile:
    """Return an image as JPEG: uint8 (H, W, 3), RGB."""
    return _file(Image.fromarray(image), "image/jpeg")


def drawing(image: Image.Image, *, pixel_ratio: int = 1) -> ImageFile:
    """Return an image as PNG, shown at a whole fraction of its size."""
    return _file(image, "image/png", pixel_ratio)


def _file(image: Image.Image, kind: ImageKind, pixel_ratio: int = 1) -> ImageFile:
    file = io.BytesIO()
    if kind == "image/jpeg":
        image.save(file, "JPEG", quality=_JPEG_QUALITY)
    else:
        few = image.quantize(_COLORS, dither=Image.Dither.NONE) if image.mode == "RGB" else image
        few.save(file, "PNG", optimize=True)
    return ImageFile(file.getvalue(), kind, image.width // pixel_ratio, image.height // pixel_ratio)


def smaller(image: Image.Image, largest: int = LARGEST) -> Image.Image:
    """Return an image with no side longer than `largest` pixels, and not too small to be seen."""
    longest = max(image.size)
    if longest > largest:
        to = [max(1, round(side * largest / longest)) for side in image.size]
        return image.resize((to[0], to[1]), Image.Resampling.HAMMING)
    times = _SMALLEST // longest
    if times > 1:
        width, height = image.size
        return image.resize((width * times, height * times), Image.Resampling.NEAREST)
    return image


def heat(mask: Mask) -> Image.Image:
    """Return a mask's probability in the colors of *inferno*."""
    levels = smaller(Image.fromarray(levels_at_image_size(mask)))
    levels.putpalette(inferno().tobytes())
    return levels


def ramp() -> Image.Image:
    """Return the colors of the probabilities from 0 to 1, left to right."""
    colors = Image.fromarray(np.arange(0, MAX_LEVEL + 1, 3, dtype=np.uint8)[None])
    colors.putpalette(inferno().tobytes())
    return colors


def colors_of_labels(segmentation: Segmentation) -> Callable[[int], Color]:
    """Return what gives a label's color: one of the rainbow for each class, teal for a person.

    What is no class of people, such as the background, is transparent.
    """
    if not segmentation.has_classes:
        return lambda _: TEAL
    colors = class_colors(segmentation.labels)
    return lambda value: colors.get(value, _CLEAR)


def matte(segmentation: Segmentation) -> Image.Image:
    """Return a mask over nothing: each label in its color, as opaque as it is probable."""
    mask = segmentation.mask
    # The smallest threshold that is not "everywhere": a single step of 255.
    colors = colors_of_labels(segmentation)
    colored = to_colored_mask(segmentation, colors, _CLEAR, 1 / MAX_LEVEL)
    rgba = np.zeros((*mask.size, 4), np.uint8) if colored is None else colored
    rgba[..., 3] = np.where(rgba[..., 3] > 0, levels_at_image_size(mask), 0)
    return smaller(Image.fromarray(rgba))


def colors_of_result(
    segmentation: Segmentation, poses: Sequence[AnyPose]
) -> Literal["parts", "people", "mask"]:
    """Return what has colors of its own: classes, else several people, else all people together."""
    if segmentation.has_classes:
        return "parts"
    several = segmentation.mask.people is not None and len(poses) > 1
    return "people" if several else "mask"


def numbers_of(poses: Sequence[AnyPose]) -> list[int]:
    """Return the number that each person's color is chosen by: the id, or else the place."""
    ids = map(id_of, poses)
    return [place if known is None else known for place, known in enumerate(ids, start=1)]


def overlaid(
    image: RgbImage,
    segmentation: Segmentation,
    poses: Sequence[AnyPose],
    *,
    threshold: float,
    largest: int = LARGEST,
) -> RgbImage:
    """Return an image with what was found over it in `colors_of_result`, and skeletons."""
    drawn: RgbImage
    match colors_of_result(segmentation, poses):
        case "parts":
            drawn = draw_parts(image, segmentation, _MASK_OPACITY, foreground_threshold=threshold)
        case "people":
            drawn = draw_people(
                image,
                segmentation,
                _MASK_OPACITY,
                foreground_threshold=threshold,
                numbers=numbers_of(poses),
            )
        case "mask":
            person = to_binary_mask(segmentation, TEAL, _CLEAR, foreground_threshold=threshold)
            drawn = draw_mask(image, person, _MASK_OPACITY)
    small = np.asarray(smaller(Image.fromarray(drawn), largest))
    scale = small.shape[1] / image.shape[1]
    return draw_skeleton(small, [_placed(pose, np.zeros(2), scale) for pose in poses], SEEN)


def sheet(images: Sequence[RgbImage], columns: int = 2, gap: int = 8) -> RgbImage:
    """Return images on a white sheet, row by row."""
    width = max(each.shape[1] for each in images)
    rows = [images[at : at + columns] for at in range(0, len(images), columns)]
    heights = [max(each.shape[0] for each in row) for row in rows]
    wide = min(columns, len(images)) * (width + gap) - gap
    paper = np.full((sum(heights) + gap * (len(rows) - 1), wide, 3), MAX_LEVEL, np.uint8)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, each in enumerate(row):
            left = column * (width + gap)
            paper[top : top + each.shape[0], left : left + each.shape[1]] = each
        top += height + gap
    return paper


def skeletons(poses: Sequence[Pose]) -> Image.Image | None:
    """Return the skeletons of people on slate, over their masks if they have some.

    It shows the part of the image where they are, at 2 pixels per pixel of CSS. None if there is no
    one, or no keypoint has a position.
    """
    where = [_corners(pose) for pose in poses]
    corners = np.concatenate([np.empty((0, 2)), *where])
    if not len(corners):
        return None
    low, high = corners.min(axis=0), corners.max(axis=0)
    longest = max(float((high - low).max()), 1.0)
    sides = np.maximum(high - low, _NARROWEST * longest) + 2 * _ROOM * longest
    origin = (low + high - sides) / 2
    scale = _PIXEL_RATIO * _DRAWING / float(sides.max())
    width, height = (int(side) for side in np.rint(sides * scale))
    canvas = np.full((height, width, 3), _SLATE, np.uint8)
    for pose in poses:
        if pose.has_segmentation:
            _paint_mask(canvas, pose.segmentation.mask, origin, scale)
            _outline_image(canvas, pose.segmentation.mask.size, origin, scale)
    placed = [_placed(pose, origin, scale) for pose in poses]
    thick = 1 if len(poses) == 1 else 0.75
    drawn = draw_skeleton(
        canvas, placed, _threshold(poses), line_width=6 * thick, keypoint_radius=8 * thick
    )
    image = Image.fromarray(drawn)
    if len(poses) > 1:
        _number(image, placed)
    return image


def _number(image: Image.Image, placed: Sequence[AnyPose]) -> None:
    """Write each pose's place in the list over its face."""
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(_NUMBER)
    for at, pose in enumerate(placed):
        face = pose.keypoint_array[_FACE, :2]
        middle, top = float(face[:, 0].mean()), float(face[:, 1].min())
        place = (middle, max(top - _NUMBER / 2, _NUMBER))
        pen.text(place, f"[{at}]", "white", font, "mb", stroke_width=3, stroke_fill=_SLATE)


def _outline_image(canvas: RgbImage, size: Size, origin: NDArray[np.float64], scale: float) -> None:
    """Draw the image's edges: whatever is outside, the model has guessed."""
    height, width = size
    left, top, right, bottom = np.rint(
        scale * (np.array([0, 0, width, height]) - np.tile(origin, 2))
    ).astype(int)
    cv2.rectangle(canvas, (int(left), int(top)), (int(right), int(bottom)), _EDGES, _PIXEL_RATIO)


def _threshold(poses: Sequence[Pose]) -> float:
    """Return the score from which on keypoints are drawn: guesses only if nothing is seen."""
    return SEEN if any((pose.keypoint_array[:, 3] >= SEEN).any() for pose in poses) else 0


def _corners(pose: Pose) -> NDArray[np.float64]:
    """Return places that a drawing has to include: seen keypoints, the ends of the mask."""
    places = pose.keypoint_array[:, :2].astype(np.float64)
    somewhere = np.abs(places).max(axis=1) < _FARTHEST
    seen = somewhere & (pose.keypoint_array[:, 3] >= SEEN)
    found: NDArray[np.float64] = places[seen if seen.any() else somewhere]
    if not pose.has_segmentation:
        return found
    rows, columns = np.nonzero(levels_at_image_size(pose.segmentation.mask) > MAX_LEVEL // 2)
    if not len(rows):
        return found
    ends = [[columns.min(), rows.min()], [columns.max() + 1, rows.max() + 1]]
    return np.vstack([found, np.array(ends, np.float64)])


def _paint_mask(canvas: RgbImage, mask: Mask, origin: NDArray[np.float64], scale: float) -> None:
    height, width = canvas.shape[:2]
    # Pixel centers are at halves here, and at whole numbers in OpenCV.
    shift = scale * (0.5 - origin) - 0.5
    move = np.array([[scale, 0, shift[0]], [0, scale, shift[1]]])
    probability = cv2.warpAffine(mask.probability, move, (width, height), flags=cv2.INTER_LINEAR)
    opacity = _MASK_OPACITY * np.asarray(probability)[..., None]
    canvas[:] = np.rint(canvas + opacity * (np.array(TEAL[:3]) - canvas)).astype(np.uint8)


def _placed(pose: AnyPose, origin: NDArray[np.float64], scale: float) -> AnyPose:
    """Return a pose in another part of the image, at another scale, without its mask."""
    keypoints = pose.keypoint_array.copy()
    keypoints[:, :2] -= origin
    # All but the score: x, y, and depth where there is one.
    keypoints[:, :-1] *= scale
    if isinstance(pose, Pose):
        return replace(pose, keypoint_array=keypoints, segmentation=None)
    return replace(pose, keypoint_array=keypoints)
