from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

import bodyseg_widgets


def test_every_public_name_can_be_had() -> None:
    for name in bodyseg_widgets.__all__:
        assert getattr(bodyseg_widgets, name) is getattr(bodyseg_widgets, name)


def test_completion_sees_the_public_names_and_no_others() -> None:
    assert dir(bodyseg_widgets) == sorted([*bodyseg_widgets.__all__, "__version__"])


def test_the_table_of_homes_is_the_public_list() -> None:
    assert sorted(bodyseg_widgets._HOME_OF) == sorted(bodyseg_widgets.__all__)


def test_the_version_is_that_of_pyproject() -> None:
    content = Path(__file__).parents[2].joinpath("pyproject.toml").read_text(encoding="utf-8")
    assert bodyseg_widgets.__version__ == tomllib.loads(content)["project"]["version"]
    assert "__version__" in dir(bodyseg_widgets)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Explore'"):
        bodyseg_widgets.Explore  # noqa: B018


def test_an_unknown_name_is_an_import_error_that_says_which_was_meant() -> None:
    with pytest.raises(ImportError, match=r"no .drawMask. to import\..*mean .draw_mask"):
        from bodyseg_widgets import drawMask  # type: ignore[attr-defined]  # noqa: F401, PLC0415


def test_what_python_itself_asks_for_is_simply_not_there() -> None:
    assert not hasattr(bodyseg_widgets, "__wrapped__")
    assert not hasattr(bodyseg_widgets, "createSegmenter")
