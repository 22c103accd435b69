"""The package's requirements: one OpenCV, and the same ranges for pip and conda."""

from __future__ import annotations

import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def ranges() -> dict[str, str]:
    """Return the version ranges in pyproject.toml, by package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = (project["dependencies"], *project["optional-dependencies"].values())
    requirements = [Requirement(line) for each in lists for line in each]
    return {each.name: str(each.specifier) for each in requirements}


def test_no_second_opencv_comes_with_the_extras() -> None:
    assert packages_distributions()["cv2"] == ["opencv-python-headless"]


@pytest.mark.parametrize(
    "package",
    [
        "jupyterlab",
        "jupyter_server",
        "ipykernel",
        "ipywidgets",
        "ipywebrtc",
        "mediapipe",
        "tensorflow",
        "onnxruntime",
        "plotly",
        "pandas",
        "pyarrow",
        "av",
    ],
)
def test_conda_gets_the_ranges_that_pip_gets(package: str, ranges: dict[str, str]) -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *of_conda, of_pip = content["dependencies"]
    lines = [line for line in (*of_conda, *of_pip["pip"]) if not line.startswith("-e")]
    requirements = {Requirement(line).name: Requirement(line) for line in lines}
    assert str(requirements[package].specifier) == ranges[package]


def test_conda_installs_this_package_from_the_checkout() -> None:
    content = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    assert "-e ." in content["dependencies"][-1]["pip"]
