"""How masks compare: agreement, profiles, thresholds; with a reference, how good they are.

Examples
--------
>>> import numpy as np
>>> from bodyseg_widgets.evaluation import coverage, intersection_over_union
>>> a, b = np.eye(2, dtype=np.float32), np.ones((2, 2), np.float32)
>>> coverage(a, 0.5), intersection_over_union(a, b)
(0.5, 0.5)
"""

from bodyseg_widgets.evaluation.agreement import (
    BOTH,
    NEITHER,
    ONLY_A,
    ONLY_B,
    MaskLike,
    PairAgreement,
    agreement,
    compare_all,
    coverage,
    cutoff,
    intersection_over_union,
    is_person,
    levels_at_image_size,
    mean_absolute_difference,
)
from bodyseg_widgets.evaluation.bootstrap import Interval, mean_interval
from bodyseg_widgets.evaluation.boundary import boundary, boundary_f_scores
from bodyseg_widgets.evaluation.calibration import Calibration, calibration
from bodyseg_widgets.evaluation.classes import (
    ClassAgreement,
    class_agreement,
    class_coverage,
    class_coverage_at_model_size,
    common_classes,
)
from bodyseg_widgets.evaluation.level_counts import LevelCounts, count_levels
from bodyseg_widgets.evaluation.motion import change_along_motion, flicker, motion, still_pixels
from bodyseg_widgets.evaluation.profile import Point, Profile, Profiles, profile, profile_all
from bodyseg_widgets.evaluation.sweep import Sweep, Sweeps, sweep, sweep_all

__all__ = [
    "BOTH",
    "NEITHER",
    "ONLY_A",
    "ONLY_B",
    "Calibration",
    "ClassAgreement",
    "Interval",
    "LevelCounts",
    "MaskLike",
    "PairAgreement",
    "Point",
    "Profile",
    "Profiles",
    "Sweep",
    "Sweeps",
    "agreement",
    "boundary",
    "boundary_f_scores",
    "calibration",
    "change_along_motion",
    "class_agreement",
    "class_coverage",
    "class_coverage_at_model_size",
    "common_classes",
    "compare_all",
    "count_levels",
    "coverage",
    "cutoff",
    "flicker",
    "intersection_over_union",
    "is_person",
    "levels_at_image_size",
    "mean_absolute_difference",
    "mean_interval",
    "motion",
    "profile",
    "profile_all",
    "still_pixels",
    "sweep",
    "sweep_all",
]
