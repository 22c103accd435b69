from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import bodyseg_widgets


def test_every_public_name_can_be_had() -> None:
    for name in bodyseg_widgets.__all__:
        assert getattr(bodyseg_widgets, name) is getattr(bodyseg_widgets, name)


def test_completion_sees_every_public_name() -> None:
    assert set(bodyseg_widgets.__all__) <= set(dir(bodyseg_widgets))


def test_the_table_of_homes_is_the_public_list() -> None:
    assert sorted(bodyseg_widgets._HOME_OF) == sorted(bodyseg_widgets.__all__)


def test_the_version_is_that_of_pyproject() -> None:
    content = Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8")
    assert bodyseg_widgets.__version__ == tomllib.loads(content)["project"]["version"]
    assert "__version__" in dir(bodyseg_widgets)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Explore'"):
        bodyseg_widgets.Explore  # noqa: B018


def test_its_names_are_the_public_ones() -> None:
    assert dir(bodyseg_widgets) == sorted([*bodyseg_widgets.__all__, "__version__"])
