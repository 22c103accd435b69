"""The documentation's sources: every public name and every page can be reached. No build."""

from __future__ import annotations

import re
from pathlib import Path

import bodyseg_widgets

DOCS = Path(__file__).parents[2] / "docs"
MADE = ("_build", "_templates", "notebooks", "api/generated")


def pages() -> dict[str, str]:
    """Sources by the name that Sphinx gives them."""
    found = (path for kind in ("*.md", "*.rst") for path in DOCS.rglob(kind))
    names = {path.relative_to(DOCS).with_suffix("").as_posix(): path for path in found}
    return {
        name: path.read_text(encoding="utf-8")
        for name, path in names.items()
        if not name.startswith(MADE)
    }


def listed(text: str, directive: str) -> list[str]:
    """What stands in the directives of this name, a line each, in both markups."""
    fenced = re.findall(rf"^```\{{{directive}\}}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    indented = re.findall(rf"^\.\. {directive}::\n((?:[ ]+\S.*\n|\n)+)", text, re.MULTILINE)
    lines = [line.strip() for block in fenced + indented for line in block.splitlines()]
    lines = [line for line in lines if line and not line.startswith(":")]
    return [line.rpartition("<")[2].rstrip(">") for line in lines]  # "title <page>"


def test_every_public_name_is_in_the_reference_once() -> None:
    topics = [text for name, text in pages().items() if name.startswith("api/")]
    names = [name for text in topics for name in listed(text, "autosummary")]
    assert sorted(set(bodyseg_widgets.__all__) - set(names)) == []
    assert len(names) == len(set(names))


def test_every_page_is_reached_from_the_first() -> None:
    sources = pages()
    reached: set[str] = set()
    to_visit = ["index"]
    while to_visit:
        page = to_visit.pop()
        if page in reached or page not in sources:
            continue
        reached.add(page)
        folder = (DOCS / page).parent
        to_visit += [
            (folder / each).resolve().relative_to(DOCS.resolve()).as_posix()
            for each in listed(sources[page], "toctree")
        ]
    assert reached == set(sources)
