"""How masks compare: agreement, profiles, thresholds.

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
from bodyseg_widgets.evaluation.profile import Point, Profile, Profiles, profile, profile_all
from bodyseg_widgets.evaluation.sweep import Sweep, Sweeps, sweep, sweep_all

__all__ = [
    "BOTH",
    "NEITHER",
    "ONLY_A",
    "ONLY_B",
    "MaskLike",
    "PairAgreement",
    "Point",
    "Profile",
    "Profiles",
    "Sweep",
    "Sweeps",
    "agreement",
    "compare_all",
    "coverage",
    "cutoff",
    "intersection_over_union",
    "is_person",
    "levels_at_image_size",
    "mean_absolute_difference",
    "profile",
    "profile_all",
    "sweep",
    "sweep_all",
]
