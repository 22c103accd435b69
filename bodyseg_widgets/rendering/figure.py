"""Draw people as simple figures, from their keypoints alone.

Limbs, body and head are filled outlines whose sizes are those of a body, in meters, scaled as the
pose is. The networks find such a figure as they find a person.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

from bodyseg_widgets.images import MAX_LEVEL
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.pose import get_keypoint_index_by_name
from bodyseg_widgets.rendering.strokes import paint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation import Size

__all__ = ["CLOTHES", "Clothes", "draw_figures", "silhouettes"]

Rgb: TypeAlias = tuple[int, int, int]
"""Red, green and blue, 0 to 255."""

_WHITE: Rgb = (MAX_LEVEL, MAX_LEVEL, MAX_LEVEL)
_PUPIL: Rgb = (40, 30, 30)
_LIPS: Rgb = (150, 60, 60)
_SHADE = 0.6
"""How bright the line around a part is, compared with the part."""
_LINE = 0.006
"""Width of that line, in meters."""

_AT = get_keypoint_index_by_name()
_CIRCLE = np.linspace(0, 2 * math.pi, 24, endpoint=False)
_CIRCLE = np.stack([np.cos(_CIRCLE), np.sin(_CIRCLE)], axis=1)
_SIZED_BY = [_AT[f"{side}_{name}"] for side in ("left", "right") for name in ("shoulder", "hip")]
_SIZED_BY += [_AT[f"{side}_{name}"] for side in ("left", "right") for name in ("elbow", "knee")]


@dataclass(frozen=True, slots=True)
class Clothes:
    """The colors of a figure, each as red, green and blue, 0 to 255."""

    shirt: Rgb
    trousers: Rgb
    shoes: Rgb = (235, 235, 235)
    skin: Rgb = (224, 172, 140)
    hair: Rgb = (70, 45, 35)


CLOTHES: Final = (
    Clothes(shirt=(196, 60, 92), trousers=(44, 52, 84)),
    Clothes(shirt=(44, 132, 120), trousers=(72, 60, 52), skin=(150, 104, 78), hair=(32, 26, 24)),
)
"""What the first and the second person wear; the third is dressed like the first, and so on."""


@dataclass(frozen=True, slots=True)
class _Part:
    depth: float
    outline: NDArray[np.float64]
    color: Rgb


def draw_figures(image: RgbImage, poses: Sequence[Pose]) -> RgbImage:
    """Draw people as simple figures.

    Parameters
    ----------
    image : numpy.ndarray
        uint8 (H, W, 3), RGB: what is behind them.
    poses : sequence of Pose
        The people, the farthest first. All keypoints are drawn, whatever their score.

    Returns
    -------
    numpy.ndarray
        A new image. The same poses give the same pixels.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.rendering.figure import draw_figures
    >>> from bodyseg_widgets.streaming.samples import sample
    >>> squats = sample("squats")
    >>> draw_figures(np.zeros((480, 640, 3), np.uint8), squats.poses[0].poses).any()
    np.True_
    """
    drawn = image.copy()
    for at, pose in enumerate(poses):
        for part in _parts(pose, CLOTHES[at % len(CLOTHES)]):
            paint(drawn, part.outline[None], [part.color], [1.0])
    return drawn


def silhouettes(size: Size, poses: Sequence[Pose]) -> NDArray[np.uint8]:
    """Return the pixels that `draw_figures` covers.

    Parameters
    ----------
    size : tuple of int
        (height, width) of the image, in pixels.
    poses : sequence of Pose
        The people.

    Returns
    -------
    numpy.ndarray
        uint8 (H, W): 255 where a figure is, and less where its edge covers a part of the pixel.

    Examples
    --------
    >>> from bodyseg_widgets.rendering.figure import silhouettes
    >>> silhouettes((480, 640), []).max()
    np.uint8(0)
    """
    covered = np.zeros((*size, 3), np.uint8)
    for pose in poses:
        for part in _parts(pose, CLOTHES[0]):
            paint(covered, part.outline[None], [_WHITE], [1.0])
    return np.ascontiguousarray(covered[..., 0])


class _Body:
    """A pose whose sizes are asked for in meters."""

    def __init__(self, pose: Pose) -> None:
        self._places = pose.keypoint_array[:, :2].astype(np.float64)
        self._depth = pose.keypoint_array_3d[:, 2].astype(np.float64)
        space = pose.keypoint_array_3d[_SIZED_BY, :2]
        pixels = self._places[_SIZED_BY]
        spread = [float(np.square(each - each.mean(axis=0)).sum()) for each in (pixels, space)]
        self._scale = math.sqrt(spread[0] / spread[1]) if spread[1] else 0.0

    def at(self, *names: str) -> NDArray[np.float64]:
        """Return the middle of keypoints, in pixels."""
        return np.asarray(self._places[[_AT[name] for name in names]].mean(axis=0))

    def depth(self, *names: str) -> float:
        """Return how far the middle of keypoints is behind the hips, in meters."""
        return float(self._depth[[_AT[name] for name in names]].mean())

    def pixels(self, meters: float) -> float:
        """Return a length in pixels."""
        return meters * self._scale

    def around(
        self, *circles: tuple[NDArray[np.float64], float], by: float = 0.0
    ) -> NDArray[np.float64]:
        """Return the outline around circles, given by center and radius in meters."""
        points = [at + self.pixels(max(radius + by, 0)) * _CIRCLE for at, radius in circles]
        hull = cv2.convexHull(np.concatenate(points).astype(np.float32))
        return np.asarray(hull[:, 0], np.float64)


def _parts(pose: Pose, clothes: Clothes) -> list[_Part]:
    body = _Body(pose)
    parts = [*_trunk(body, clothes), *_head(body, clothes)]
    for side in ("left", "right"):
        parts += _limbs(body, clothes, side)
    # Stable, so that the line around a part stays under it.
    return sorted(parts, key=lambda part: -part.depth)


def _lined(
    body: _Body, depth: float, color: Rgb, *circles: tuple[NDArray[np.float64], float]
) -> Iterator[_Part]:
    """Yield a part and the darker line around it, which shows it in front of its own color."""
    red, green, blue = (round(each * _SHADE) for each in color)
    yield _Part(depth, body.around(*circles), (red, green, blue))
    yield _Part(depth, body.around(*circles, by=-_LINE), color)


def _trunk(body: _Body, clothes: Clothes) -> Iterator[_Part]:
    shoulders, hips = ("left_shoulder", "right_shoulder"), ("left_hip", "right_hip")
    hip_circles = [(body.at(hip), 0.10) for hip in hips]
    yield from _lined(body, body.depth(*hips) + 0.06, clothes.trousers, *hip_circles)
    corners = [(body.at(shoulder), 0.07) for shoulder in shoulders]
    corners += [(body.at(hip), 0.095) for hip in hips]
    yield from _lined(body, body.depth(*shoulders, *hips), clothes.shirt, *corners)
    throat, head = body.at(*shoulders), body.at("left_ear", "right_ear")
    # Behind the head, also of someone seen from behind.
    depth = max(body.depth(*shoulders) - 0.02, body.depth("left_ear", "right_ear") + 0.01)
    yield from _lined(body, depth, clothes.skin, (throat, 0.06), (head, 0.055))


def _limbs(body: _Body, clothes: Clothes, side: str) -> Iterator[_Part]:
    def names(*joints: str) -> list[str]:
        return [f"{side}_{joint}" for joint in joints]

    def limb(
        color: Rgb, *joints: str, radii: Sequence[float], behind: float = 0.0
    ) -> Iterator[_Part]:
        named = names(*joints)
        circles = zip(map(body.at, named), radii, strict=True)
        return _lined(body, body.depth(*named) + behind, color, *circles)

    # A thigh is behind the shirt, unless the knee is well in front of the hips.
    yield from limb(clothes.trousers, "hip", "knee", radii=(0.095, 0.065), behind=0.08)
    yield from limb(clothes.trousers, "knee", "ankle", radii=(0.065, 0.045))
    yield from limb(clothes.shoes, "ankle", "heel", "foot_index", radii=(0.04, 0.035, 0.035))
    yield from limb(clothes.shirt, "shoulder", "elbow", radii=(0.065, 0.05), behind=-0.03)
    yield from limb(clothes.skin, "elbow", "wrist", radii=(0.045, 0.032), behind=-0.04)
    yield from limb(
        clothes.skin, "wrist", "pinky", "index", radii=(0.03, 0.025, 0.025), behind=-0.05
    )
    yield from limb(clothes.skin, "wrist", "thumb", radii=(0.02, 0.015), behind=-0.06)


def _head(body: _Body, clothes: Clothes) -> Iterator[_Part]:
    ears, eyes = body.at("left_ear", "right_ear"), body.at("left_eye", "right_eye")
    mouth = body.at("mouth_left", "mouth_right")
    down = mouth - eyes
    down /= max(float(np.hypot(*down)), 1e-6)
    depth = body.depth("left_ear", "right_ear")
    middle = (eyes + ears) / 2
    hair = _Part(
        depth, _ellipse(body, middle - body.pixels(0.035) * down, down, 0.125, 0.098), clothes.hair
    )
    center = 0.6 * middle + 0.4 * eyes + body.pixels(0.025) * down
    face = _Part(depth, _ellipse(body, center, down, 0.105, 0.078), clothes.skin)
    if body.depth("nose") > depth:
        # Seen from behind.
        yield face
        yield hair
        return
    yield hair
    yield face
    for side in ("left", "right"):
        yield from _eye(body, clothes, side, down, depth)
    red, green, blue = (round(each * 0.86) for each in clothes.skin)
    nose = _ellipse(body, body.at("nose"), down, 0.016, 0.012)
    yield _Part(depth, nose, (red, green, blue))
    lips = [(body.at(f"mouth_{side}"), 0.006) for side in ("left", "right")]
    yield _Part(depth, body.around(*lips), _LIPS)


def _eye(
    body: _Body, clothes: Clothes, side: str, down: NDArray[np.float64], depth: float
) -> Iterator[_Part]:
    eye = body.at(f"{side}_eye")
    inner, outer = body.at(f"{side}_eye_inner"), body.at(f"{side}_eye_outer")
    half = float(np.hypot(*(outer - inner))) / 2
    across = np.array([down[1], -down[0]]) * half
    white = eye + _CIRCLE[:, :1] * across + _CIRCLE[:, 1:] * down * half * 0.6
    yield _Part(depth, white, _WHITE)
    yield _Part(depth, eye + 0.5 * half * _CIRCLE, _PUPIL)
    brow = eye - body.pixels(0.022) * down
    yield _Part(depth, body.around((brow - across, 0.004), (brow + across, 0.004)), clothes.hair)


def _ellipse(
    body: _Body, center: NDArray[np.float64], down: NDArray[np.float64], height: float, width: float
) -> NDArray[np.float64]:
    """Return an ellipse with half axes in meters, along `down` and across it."""
    across = np.array([down[1], -down[0]])
    axes = np.stack([down * body.pixels(height), across * body.pixels(width)])
    return np.asarray(center + _CIRCLE @ axes)
