"""Numbers that can be counted are the same in README, documents, notebooks and code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bodyseg_widgets import KEYPOINT_NAMES, STANDARD_ANGLES, Webcam, get_adjacent_pairs
from bodyseg_widgets.rendering.color import PANEL_COLORS
from bodyseg_widgets.widgets.view.segmentation_view import VIEWS

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(ROOT.glob("notebooks/*.ipynb"))
PAGES = [
    *ROOT.glob("*.md"),
    *(path for path in ROOT.glob("docs/**/*.md") if "_build" not in path.parts),
    *NOTEBOOKS,
]
WORDS = [
    *("zero", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
]

COUNTED = {
    # The lesson's model tells neither classes nor people apart.
    r"image are (\w+) \*\*views\*\*": len({*VIEWS} - {"parts", "people"}),
    r"[Uu]p to (\w+)(?: models|\n)": len(PANEL_COLORS),
    r"(\d+) (?:named points|keypoints in the image)": len(KEYPOINT_NAMES),
    r"her (\w+) angles": len(STANDARD_ANGLES),
    r"(\w+) pairs: upstream's": len(get_adjacent_pairs()),
    r"(\w+) lessons(?:,| with)": len(NOTEBOOKS),
    r"Lesson \d of (\w+)": len(NOTEBOOKS),
    r"scrub through the last (\w+) seconds": Webcam.history.default_value,
}


def number(word: str) -> int:
    return WORDS.index(word.lower()) if word.lower() in WORDS else int(word)


@pytest.mark.parametrize("phrase", COUNTED)
def test_a_number_is_what_the_code_has(phrase: str) -> None:
    said = {
        path.name: number(word)
        for path in PAGES
        for word in re.findall(phrase, path.read_text(encoding="utf-8"))
    }
    assert said, "nothing says it any more"
    assert said == dict.fromkeys(said, COUNTED[phrase])


def test_the_readme_says_of_browsers_what_the_page_says() -> None:
    readme = ROOT.joinpath("README.md").read_text(encoding="utf-8").replace("*", "")
    page = ROOT.joinpath("frontend/src/kit/browser.ts").read_text(encoding="utf-8")
    wanted = re.findall(r'^  "([\w.]+)",$', page, re.MULTILINE)
    assert wanted
    for name in wanted:
        assert f"`{name.replace('.prototype', '')}`" in readme
    ((chromium, firefox, safari),) = re.findall(
        r'Chrome or . \+\s+"Edge (\d+), Firefox (\d+), Safari ([\d.]+),', page
    )
    assert f"Chrome or Edge {chromium}, Firefox {firefox}, Safari {safari}" in readme
