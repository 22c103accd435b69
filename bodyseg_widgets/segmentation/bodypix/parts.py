"""The body parts and keypoints that BodyPix tells apart."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEYPOINTS", "PART_LABELS", "POSE_EDGES"]

PART_LABELS: Final[Mapping[int, str]] = MappingProxyType(
    dict(
        enumerate(
            (
                "left_face",
                "right_face",
                "left_upper_arm_front",
                "left_upper_arm_back",
                "right_upper_arm_front",
                "right_upper_arm_back",
                "left_lower_arm_front",
                "left_lower_arm_back",
                "right_lower_arm_front",
                "right_lower_arm_back",
                "left_hand",
                "right_hand",
                "torso_front",
                "torso_back",
                "left_upper_leg_front",
                "left_upper_leg_back",
                "right_upper_leg_front",
                "right_upper_leg_back",
                "left_lower_leg_front",
                "left_lower_leg_back",
                "right_lower_leg_front",
                "right_lower_leg_back",
                "left_feet",
                "right_feet",
            )
        )
    )
)
"""The 24 body parts by their label values, named as in upstream's code; its README calls the last
two ``left_foot`` and ``right_foot``."""

KEYPOINTS: Final = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""The 17 keypoints in the order of the network's outputs. All of them are keypoints of BlazePose,
too."""

POSE_EDGES: Final = tuple(
    (KEYPOINTS.index(parent), KEYPOINTS.index(child))
    for parent, child in (
        ("nose", "left_eye"),
        ("left_eye", "left_ear"),
        ("nose", "right_eye"),
        ("right_eye", "right_ear"),
        ("nose", "left_shoulder"),
        ("left_shoulder", "left_elbow"),
        ("left_elbow", "left_wrist"),
        ("left_shoulder", "left_hip"),
        ("left_hip", "left_knee"),
        ("left_knee", "left_ankle"),
        ("nose", "right_shoulder"),
        ("right_shoulder", "right_elbow"),
        ("right_elbow", "right_wrist"),
        ("right_shoulder", "right_hip"),
        ("right_hip", "right_knee"),
        ("right_knee", "right_ankle"),
    )
)
"""(parent, child) of the 16 edges of the tree of keypoints, in the order of the displacements that
the network returns: POSE_CHAIN in body-segmentation/src/body_pix/impl/keypoints.ts."""
