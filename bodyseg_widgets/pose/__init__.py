"""People in, poses out.

Examples
--------
>>> import numpy as np
>>> from bodyseg_widgets.pose import create_detector
>>> with create_detector("full") as detector:
...     detector.estimate_poses(np.zeros((480, 640, 3), np.uint8))
[]
"""

from bodyseg_widgets.options import BlazePoseModelType
from bodyseg_widgets.pose.angles import (
    STANDARD_ANGLES,
    AngleSpace,
    KeypointTriple,
    angle_keypoints,
    angles_between,
    joint_angle,
    joint_angles,
)
from bodyseg_widgets.pose.create import create_detector
from bodyseg_widgets.pose.table import (
    TimedPoses,
    angles_to_dataframe,
    poses_to_dataframe,
    save_poses,
)
from bodyseg_widgets.pose.topology import (
    ADJACENT_PAIRS,
    BLAZEPOSE_BODY,
    BODYPIX_BODY,
    KEYPOINT_NAMES,
    KEYPOINT_SIDES,
    PAIR_SIDES,
    Body,
    get_adjacent_pairs,
    get_keypoint_index_by_name,
    get_keypoint_index_by_side,
)
from bodyseg_widgets.pose.types import (
    SEEN,
    AnyPose,
    Box,
    Keypoint,
    KeypointArray,
    Pose,
    PoseDetector,
    Poses,
    body_of,
    id_of,
    poses_in_3d,
    without_mask,
)

__all__ = [
    "ADJACENT_PAIRS",
    "BLAZEPOSE_BODY",
    "BODYPIX_BODY",
    "KEYPOINT_NAMES",
    "KEYPOINT_SIDES",
    "PAIR_SIDES",
    "SEEN",
    "STANDARD_ANGLES",
    "AngleSpace",
    "AnyPose",
    "BlazePoseModelType",
    "Body",
    "Box",
    "Keypoint",
    "KeypointArray",
    "KeypointTriple",
    "Pose",
    "PoseDetector",
    "Poses",
    "TimedPoses",
    "angle_keypoints",
    "angles_between",
    "angles_to_dataframe",
    "body_of",
    "create_detector",
    "get_adjacent_pairs",
    "get_keypoint_index_by_name",
    "get_keypoint_index_by_side",
    "id_of",
    "joint_angle",
    "joint_angles",
    "poses_in_3d",
    "poses_to_dataframe",
    "save_poses",
    "without_mask",
]
