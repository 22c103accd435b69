"""Closing a widget gives back all that it holds, though what it was made of lives on."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

import ipywidgets
import pytest

import bodyseg_widgets
from bodyseg_widgets import Compare, Webcam
from tests.unit.every_widget import MAKERS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def compare() -> Iterator[Compare]:
    compare = Compare(["general", "lite"], Webcam(source="sample"))
    yield compare
    compare.close()


def test_every_public_widget_is_among_these() -> None:
    public = {
        name
        for name in dir(bodyseg_widgets)
        if isinstance(getattr(bodyseg_widgets, name), type)
        and issubclass(getattr(bodyseg_widgets, name), ipywidgets.Widget)
    }
    assert public == {*MAKERS}


@pytest.mark.parametrize("name", MAKERS)
def test_a_closed_widget_is_kept_by_nothing(name: str, compare: Compare) -> None:
    widget = MAKERS[name](compare)
    given_back = weakref.ref(widget)
    widget.close()
    del widget
    gc.collect()
    assert given_back() is None
