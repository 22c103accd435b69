"""Draws the moving picture of the README: ``python -m tools.draw_moving_picture``.

Only what the package has is in it: the portrait, and figures drawn from recorded movement. The
models find people in each frame, and the package's own functions draw what they find.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from bodyseg_widgets import (
    Movement,
    create_detector,
    create_segmenter,
    draw_mask,
    draw_skeleton,
    joint_angle,
    replace_background,
    sample,
    to_binary_mask,
)
from bodyseg_widgets.rendering.color import PANEL_COLORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.images import RgbImage

PATH = Path(__file__).parents[1] / "docs" / "images" / "moving.webp"

FRAMES = 92
MILLISECONDS = 100
"""Of a frame: together as long as the two squats."""

TIMES = 3
"""How often it plays before it rests: what moves for ever next to text distracts."""

TILE = (300, 225)
GAP, CAPTION = 12, 30

_EVERY = 3
"""Frames of a movement for each frame of the picture: 30 a second become 10."""

_SHIFT, _ZOOM = 0.06, 0.05
_DOWN, _UP = 100, 150
_LABEL = 34
_QUALITY = 58
_SLATE = "#262b32"
"""Behind the images: at home in light and dark pages."""
_NIGHT, _EVENING = (20, 40, 110), (255, 150, 90)


def poses_and_counts() -> Iterator[RgbImage]:
    """Yield someone who squats, with mask, skeleton, the knee's angle and a count."""
    squats = sample("squats")
    count, is_down = 0, False
    with create_detector("full", enable_segmentation=True) as detector:
        for number in range(FRAMES):
            image = squats.frame_at(number * _EVERY).image
            (pose,) = detector.estimate_poses(image, timestamp_ms=number * MILLISECONDS)
            knee = joint_angle(pose, "left_knee")
            if knee < _DOWN:
                is_down = True
            elif knee > _UP and is_down:
                count, is_down = count + 1, False
            teal = to_binary_mask(pose.segmentation, "teal", (0, 0, 0, 0))
            drawn = draw_skeleton(draw_mask(image, teal, 0.5), pose)
            yield _labeled(drawn, [((20, 16), f"knee {knee:.0f}°"), ((20, 58), f"squats {count}")])


def masks_and_effects() -> Iterator[RgbImage]:
    """Yield the portrait, slowly moving, in front of an evening sky."""
    portrait = sample("portrait")
    side = len(portrait)
    width, height = side, side * 3 // 4
    down = np.linspace(0, 1, height)[:, None, None]
    sky = ((1 - down) * _NIGHT + down * _EVENING).astype(np.uint8).repeat(width, axis=1)
    with create_segmenter("general") as segmenter:
        for number in range(FRAMES):
            turn = 2 * np.pi * number / FRAMES
            scale = 1 + _ZOOM * (1 + np.sin(turn))
            x = (width - scale * side) / 2 + _SHIFT * side * np.cos(turn)
            move = np.array([[scale, 0, x], [0, scale, 0]])
            image = np.asarray(
                cv2.warpAffine(portrait, move, (width, height), borderMode=cv2.BORDER_REPLICATE),
                np.uint8,
            )
            (people,) = segmenter.segment_people(image)
            yield replace_background(image, people, sky)


def people_and_ids() -> Iterator[RgbImage]:
    """Yield two people who pass each other, there and back, with the ids that a model gives."""
    crossing = sample("crossing")
    there = list(_with_ids(crossing))
    rest = (FRAMES - 2 * len(there)) // 2
    yield from there
    yield from [there[-1]] * rest
    yield from reversed(there)
    yield from [there[0]] * (FRAMES - 2 * len(there) - rest)


def _with_ids(crossing: Movement) -> Iterator[RgbImage]:
    with create_detector("full", enable_segmentation=True) as detector:
        for index in range(0, crossing.length, _EVERY):
            frame = crossing.frame_at(index)
            image = frame.image
            poses = detector.estimate_poses(image, max_poses=2, timestamp_ms=1000 * frame.time)
            for pose in poses:
                color = PANEL_COLORS[(pose.id or 0) - 1]
                person = to_binary_mask(pose.segmentation, color, (0, 0, 0, 0))
                image = draw_mask(image, person, 0.55)
            names = [
                ((pose.keypoints[0].x - 8, max(pose.box.y_min - 60, 0)), str(pose.id))
                for pose in poses
            ]
            yield _labeled(image, names)


def _labeled(image: RgbImage, texts: list[tuple[tuple[float, float], str]]) -> RgbImage:
    labeled = Image.fromarray(image)
    pen, font = ImageDraw.Draw(labeled), ImageFont.load_default(_LABEL)
    for place, text in texts:
        pen.text(place, text, "#222", font, stroke_width=3, stroke_fill="white")
    return np.asarray(labeled)


TILES = {
    "poses: angles and counts": poses_and_counts,
    "masks: effects": masks_and_effects,
    "several people: ids": people_and_ids,
}


def main() -> None:
    """Draw all frames, and write the file."""
    width, height = TILE
    font = ImageFont.load_default(15)
    frames = []
    for images in zip(*(draw() for draw in TILES.values()), strict=True):
        frame = Image.new("RGB", (len(TILES) * (width + GAP) - GAP, height + CAPTION), _SLATE)
        pen = ImageDraw.Draw(frame)
        for column, (caption, image) in enumerate(zip(TILES, images, strict=True)):
            left = column * (width + GAP)
            frame.paste(Image.fromarray(image).resize(TILE, Image.Resampling.LANCZOS), (left, 0))
            pen.text((left + 2, height + 8), caption, "white", font)
        frames.append(frame)
    first, *others = frames
    first.save(
        PATH,
        save_all=True,
        append_images=others,
        duration=MILLISECONDS,
        loop=TIMES,
        quality=_QUALITY,
        method=6,
    )


if __name__ == "__main__":
    main()
