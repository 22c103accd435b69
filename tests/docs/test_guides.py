"""The code of guides runs as it is written."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

PARTS = Path(__file__).parents[2] / "docs" / "guide" / "parts.md"


def run(languages: str) -> dict[str, Any]:
    """Run what is marked as one of these languages from top to bottom; return what it has made."""
    text = PARTS.read_text(encoding="utf-8")
    blocks = re.findall(rf"^```(?:{languages})\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    made: dict[str, Any] = {}
    for block in blocks:
        exec(block, made)  # noqa: S102 - the guide's own code
    made["explorer"].close()
    return made


def test_the_code_on_parts_needs_no_weights() -> None:
    made = run("python")
    # What comments say of results.
    assert made["result"].segmentation.labels[12] == "torso_front"
    assert 0 < made["shares"]["torso_front"] < 1
    agreement = made["agreement"]
    assert (agreement.iou["torso_front"], agreement.same_class) == (1.0, 1.0)


def test_with_weights_all_of_it_runs(bodypix_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BODYSEG_MODELS", str(bodypix_folder))
    assert len(run("python|py")["people"]) == 1
