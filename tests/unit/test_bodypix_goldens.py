"""What the page's BodyPix is held to is what Python's does."""

from __future__ import annotations

import json
from typing import Any

from tests.unit.test_pose_goldens import differences
from tools.bodypix_goldens import BODYPIX, bodypix_goldens

STORED: dict[str, Any] = json.loads(BODYPIX.read_text("utf-8"))


def test_every_stage_returns_what_the_pages_stages_are_held_to() -> None:
    """If it is on purpose: ``python -m tools.goldens``."""
    apart = [*differences(STORED, bodypix_goldens())]
    assert not apart, f"{len(apart)} differ: {apart[:5]}"


def test_people_parts_and_poses_are_among_what_is_compared() -> None:
    several = max(STORED["cases"], key=lambda case: len(case["poses"]))
    assert len(several["poses"]) >= 3
    assert {1, 2, 3} <= {*several["people"]}
    assert len({*several["labels"]}) >= 10
