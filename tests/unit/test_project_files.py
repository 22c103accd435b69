"""The project's metadata files are consistent."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from tools.draw_moving_picture import FRAMES, GAP, PATH, TILE, TILES, TIMES

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/bodyseg-widgets/bodyseg-widgets"


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    content = tomllib.loads(ROOT.joinpath("pyproject.toml").read_text(encoding="utf-8"))
    return content["project"]


def read_yaml(path: str) -> dict[str, Any]:
    return yaml.safe_load(ROOT.joinpath(path).read_text(encoding="utf-8"))


def test_the_citation_has_the_version_license_and_address_of_the_project(
    project: dict[str, Any],
) -> None:
    citation = read_yaml("CITATION.cff")
    assert citation["version"] == project["version"]
    assert citation["license"] == project["license"]
    assert citation["repository-code"] == project["urls"]["Source"] == REPOSITORY


def test_every_address_of_the_repository_is_the_same() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob(".github/**/*.*")]
    named = {
        address
        for page in pages
        for address in re.findall(
            r"https://github\.com/bodyseg[\w-]*/[\w-]+", page.read_text(encoding="utf-8")
        )
    }
    assert named == {REPOSITORY}


def test_the_changelog_begins_with_what_is_not_released_yet() -> None:
    text = ROOT.joinpath("CHANGELOG.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert sections[0] == "[Unreleased]"
    kinds = set(re.findall(r"^### (.+)$", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_workflows_test_every_python_that_the_classifiers_name(
    project: dict[str, Any],
) -> None:
    prefix = "Programming Language :: Python :: 3."
    named = {each.removeprefix(prefix) for each in project["classifiers"] if prefix in each}
    (tested,) = [
        job["strategy"]["matrix"]["python"]
        for job in read_yaml(".github/workflows/test.yml")["jobs"].values()
    ]
    assert {f"3.{minor}" for minor in named} == set(tested)


@pytest.mark.parametrize(
    "path",
    [p.relative_to(ROOT).as_posix() for p in sorted(ROOT.glob(".github/workflows/*.yml"))],
)
def test_a_workflow_may_only_read_unless_a_job_says_more(path: str) -> None:
    workflow = read_yaml(path)
    assert workflow["permissions"] == {"contents": "read"}
    actions = [
        step["uses"] for job in workflow["jobs"].values() for step in job["steps"] if "uses" in step
    ]
    assert all(re.search(r"@(v\d+|release/v\d+)$", action) for action in actions)


def test_issue_forms_ask_for_host_and_browser() -> None:
    form = read_yaml(".github/ISSUE_TEMPLATE/bug.yml")
    asked = {part["id"] for part in form["body"] if "id" in part}
    assert {"host", "browser", "versions"} <= asked


def test_the_moving_picture_is_small_and_comes_to_rest() -> None:
    assert f"]({PATH.relative_to(ROOT)})" in ROOT.joinpath("README.md").read_text("utf-8")
    assert PATH.stat().st_size < 1_000_000
    with Image.open(PATH) as picture:
        assert picture.n_frames == FRAMES
        assert picture.info["loop"] == TIMES > 0


def test_the_moving_picture_shows_what_its_script_draws() -> None:
    with Image.open(PATH) as picture:
        first = np.asarray(picture.convert("RGB")).astype(int)
    width, height = TILE
    for column, draw in enumerate(TILES.values()):
        tile = np.asarray(Image.fromarray(next(draw())).resize(TILE)).astype(int)
        left = column * (width + GAP)
        assert np.abs(first[:height, left : left + width] - tile).mean() < 8
