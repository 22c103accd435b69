"""Packages that come with an extra, and what is said where one is missing."""

from __future__ import annotations

import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from bodyseg_widgets import MissingDependencyError
from bodyseg_widgets.extras import EXTRAS, needed_for

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("package", EXTRAS)
def test_a_package_that_is_missing_is_named_with_what_installs_it(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingDependencyError) as caught, needed_for("This"):
        import_module(package)
    extra = EXTRAS[package]
    target = "bodyseg-widgets" if extra is None else f'"bodyseg-widgets[{extra}]"'
    assert str(caught.value) == (
        f"This needs the package '{package}', which is not installed. "
        f"Install it with: pip install {target}"
    )


@pytest.mark.parametrize(("package", "extra"), EXTRAS.items())
def test_the_extra_that_is_named_does_install_it(package: str, extra: str | None) -> None:
    requirements = (
        PROJECT["dependencies"] if extra is None else PROJECT["optional-dependencies"][extra]
    )
    assert package.replace("_", "-") in [Requirement(each).name for each in requirements]


@pytest.mark.parametrize("module", ["nowhere_to_be_found", "plotly.nowhere_to_be_found"])
def test_another_module_that_is_missing_raises_its_own_error(module: str) -> None:
    with pytest.raises(ModuleNotFoundError, match=module) as caught, needed_for("This"):
        import_module(module)
    assert not isinstance(caught.value, MissingDependencyError)
