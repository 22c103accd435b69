"""What the page's BlazePose is held to is what Python's does."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tools.pose_goldens import POSE, pose_goldens

STORED: dict[str, Any] = json.loads(POSE.read_text("utf-8"))


def test_every_stage_returns_what_the_pages_stages_are_held_to() -> None:
    """If it is on purpose: ``python -m tools.goldens``."""
    apart = [*differences(STORED, pose_goldens())]
    assert not apart, f"{len(apart)} differ: {apart[:5]}"


def differences(stored: Any, now: Any, place: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """Return where two structures differ; numbers in the last digits of a float32 do not."""
    if isinstance(stored, dict) and isinstance(now, dict) and stored.keys() == now.keys():
        return [
            each for key in stored for each in differences(stored[key], now[key], f"{place}.{key}")
        ]
    if (
        isinstance(stored, list | tuple)
        and isinstance(now, list | tuple)
        and len(stored) == len(now)
    ):
        return [
            each
            for index, (one, other) in enumerate(zip(stored, now, strict=True))
            for each in differences(one, other, f"{place}[{index}]")
        ]
    if isinstance(stored, float) or isinstance(now, float):
        return (
            [] if now == pytest.approx(stored, rel=1e-5, abs=1e-6) else [f"{place}: {stored} {now}"]
        )
    # Another processor may round a level the other way.
    if ".levels[" in place and abs(stored - now) <= 1:
        return []
    return [] if stored == now else [f"{place}: {stored} {now}"]
