"""How the front end gets to a page: once, and small in a saved notebook."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import ipywidgets
import pytest

from bodyseg_widgets import Compare, Explorer, Webcam
from bodyseg_widgets.widgets import ToggleButton
from bodyseg_widgets.widgets.kit.front_end import FrontEnd
from bodyseg_widgets.widgets.kit.traits import InvalidTraitError

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = 100_000
"""Bytes of what a notebook saves of one Explorer or Compare."""


_INSTANCES = ipywidgets.widgets.widget._instances


@pytest.fixture(autouse=True)
def none_carried_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other tests may have left widgets open."""
    monkeypatch.setattr(FrontEnd, "_of_thread", {})


def _front_end(widget: ipywidgets.Widget) -> ipywidgets.Widget:
    return widget._front_end


@pytest.mark.parametrize(
    "make",
    [
        lambda: Explorer(Webcam(source="sample")),
        lambda: Compare(["general", "lite"], Webcam(source="sample")),
    ],
    ids=["Explorer", "Compare"],
)
def test_a_notebook_saves_little_of_its_widgets(make: Callable[[], Explorer]) -> None:
    before = {*_INSTANCES}
    widget = make()
    widgets = [each for key, each in _INSTANCES.items() if key not in before]
    saved = ipywidgets.Widget.get_manager_state(drop_defaults=True, widgets=widgets)["state"]
    (carrier,) = [each for each in saved.values() if "_program" in json.dumps(each)]
    # `tests/browser/test_lifetime.py` holds that the page forgets it.
    (program,) = carrier.pop("buffers")
    assert program["path"] == ["_program"]
    assert sum(len(json.dumps(each)) for each in saved.values()) < LARGEST
    widget.close()


def test_all_widgets_share_one_front_end_which_is_closed_with_the_last() -> None:
    before = {*_INSTANCES}
    first, second = ToggleButton("A"), ToggleButton("B")
    front_end = _front_end(first)
    assert _front_end(second) is front_end
    first.close()
    assert front_end.comm is not None
    second.close()
    assert front_end.comm is None
    assert {*_INSTANCES} == before
    third = ToggleButton("C")
    assert _front_end(third).comm is not None
    third.close()


def test_a_widget_that_is_refused_leaves_no_front_end_behind() -> None:
    before = {*_INSTANCES}
    with pytest.raises(InvalidTraitError):
        ToggleButton("A", value="often")  # type: ignore[arg-type]
    assert {*_INSTANCES} == before


def test_a_front_end_that_the_host_has_closed_is_replaced() -> None:
    old = ToggleButton("A")
    _front_end(old).comm.close()
    new = ToggleButton("B")
    assert _front_end(new) is not _front_end(old)
    for each in (old, new):
        each.close()


def test_what_another_thread_makes_has_a_front_end_of_its_own() -> None:
    """A host may serve a visitor in each."""
    made: list[ToggleButton] = []
    thread = threading.Thread(target=lambda: made.append(ToggleButton("A")))
    thread.start()
    thread.join()
    made.append(ToggleButton("B"))
    assert len({*map(_front_end, made)}) == 2
    for each in made:
        each.close()


def test_a_page_cannot_take_the_program_away() -> None:
    button = ToggleButton("A")
    front_end = _front_end(button)
    program = front_end._program
    front_end.set_state({"_program": b""})
    button.set_state({"_front_end": None})
    assert front_end._program == program
    assert _front_end(button) is front_end
    button.close()
