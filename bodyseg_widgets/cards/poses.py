"""The cards of one pose and of several."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import Html, beside, caption, folded, image, table, whole
from bodyseg_widgets.cards.images import ImageFile, drawing, skeletons
from bodyseg_widgets.cards.masks import THRESHOLD
from bodyseg_widgets.cards.words import count, share
from bodyseg_widgets.evaluation import coverage
from bodyseg_widgets.pose import KEYPOINT_NAMES, SEEN, Pose, Poses, joint_angle
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__: list[str] = []

_JOINTS = ("shoulder", "elbow", "hip", "knee")
_UNSEEN = "–"


@card_of.register(Pose)
def _(pose: Pose) -> Card:
    """Show the skeleton, a few numbers, and on request all keypoints."""
    title = "Pose" if pose.id is None else f"Pose of person {pose.id}"
    facts = [
        caption(title, f"score {pose.score:.2f}", f"{_seen(pose)} keypoints seen"),
        _angles(pose),
    ]
    folded_keypoints = folded(f"All {len(KEYPOINT_NAMES)} keypoints", _keypoints(pose))
    text = Html("".join([*facts, _where(pose), folded_keypoints]))
    return _card([pose], text, "The skeleton of the pose")


@card_of.register(Poses)
def _(poses: Poses) -> Card:
    """Show all skeletons where they are, and a line for each."""
    if not poses:
        return Card(whole(caption("No poses", "no one was found")))
    rows = [
        (
            f"[{at}]",
            _UNSEEN if pose.id is None else str(pose.id),
            f"{pose.score:.2f}",
            _seen(pose),
            _box(pose),
        )
        for at, pose in enumerate(poses)
    ]
    people = table(("", "id", "score", "keypoints seen", "box in pixels"), rows)
    text = Html(f"{caption(count(len(poses), 'pose', 'poses'))}{people}")
    return _card(poses, text, f"The skeletons of {count(len(poses), 'person', 'people')}")


def _card(poses: Sequence[Pose], text: Html, alt: str) -> Card:
    drawn = skeletons(poses)
    if drawn is None:
        return Card(whole(text))
    file: ImageFile = drawing(drawn, pixel_ratio=2)
    return Card(whole(beside(image(file, alt), text)), {file.kind: file.data})


def _seen(pose: Pose) -> str:
    return f"{(pose.keypoint_array[:, 3] >= SEEN).sum()} of {len(KEYPOINT_NAMES)}"


def _box(pose: Pose) -> str:
    box = pose.box
    return f"{box.width:.0f} × {box.height:.0f} at ({box.x_min:.0f}, {box.y_min:.0f})"


def _angles(pose: Pose) -> Html:
    """Return the angles of the large joints, as far as their keypoints are seen."""

    def angle(side: str, joint: str) -> str:
        degrees = joint_angle(pose, f"{side}_{joint}", min_score=SEEN)
        return _UNSEEN if math.isnan(degrees) else f"{degrees:.0f}°"

    rows = [(joint, angle("left", joint), angle("right", joint)) for joint in _JOINTS]
    known = [row for row in rows if {*row[1:]} != {_UNSEEN}]
    return table(("angle", "left", "right"), known) if known else Html("")


def _where(pose: Pose) -> Html:
    mask = "without mask"
    if pose.has_segmentation:
        mask = f"mask covers {share(coverage(pose.segmentation.mask, THRESHOLD))} of the image"
    return Html(f'<div style="margin-top:6px">box {_box(pose)} pixels · {mask}</div>')


def _keypoints(pose: Pose) -> Html:
    rows = [
        (
            f"{at} {name}",
            f"{score:.2f}",
            *(f"{pixels:.0f}" for pixels in place),
            *(f"{meters:.2f}" for meters in place_3d),
        )
        for at, (name, (*place, score), (*place_3d, _)) in enumerate(
            zip(
                KEYPOINT_NAMES,
                pose.keypoint_array.tolist(),
                pose.keypoint_array_3d.tolist(),
                strict=True,
            )
        )
    ]
    return table(
        ("keypoint", "score", "x (px)", "y (px)", "z (px)", "x (m)", "y (m)", "z (m)"), rows
    )
