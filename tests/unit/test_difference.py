"""DifferenceView, and what a SegmentationView has for comparing, without a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import pytest
from traitlets import TraitError

from bodyseg_widgets import DifferenceView, SegmentationStream, SegmentationView, Webcam
from bodyseg_widgets.errors import InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Iterator


def _instances() -> set[str]:
    return set(ipywidgets.widgets.widget._instances)


@pytest.fixture
def views(webcam: Webcam) -> Iterator[list[SegmentationView]]:
    """Three views of one source, each of a stream of its own."""
    streams = [SegmentationStream(webcam) for _ in range(3)]
    yield [
        SegmentationView(stream, threshold=threshold)
        for stream, threshold in zip(streams, (0.2, 0.5, 0.8), strict=True)
    ]
    for stream in streams:
        stream.close()


def test_it_tells_the_page_which_views_it_compares(views: list[SegmentationView]) -> None:
    first, second, third = views
    difference = DifferenceView(first, second, view="difference")
    difference.a, difference.b = second, third
    state = difference.get_state(["a", "b", "names", "view"])
    assert state == {
        "a": f"anywidget:{second.model_id}",
        "b": f"anywidget:{third.model_id}",
        "names": [],
        "view": "difference",
    }
    difference.close()


def test_closed_it_leaves_the_two_views_as_they_are(views: list[SegmentationView]) -> None:
    before = _instances()
    difference = DifferenceView(views[0], views[1])
    difference.close()
    assert _instances() == before
    assert views[0].threshold == 0.2


def test_views_of_two_sources_are_refused_and_nothing_is_left_behind(
    views: list[SegmentationView],
) -> None:
    other = Webcam(source="sample")
    stream = SegmentationStream(other)
    stranger = SegmentationView(stream)
    before = _instances()
    with pytest.raises(InvalidOptionError, match="same Webcam, but the Webcam of b is another"):
        DifferenceView(views[0], stranger)
    assert _instances() == before
    difference = DifferenceView(views[0], views[1])
    with pytest.raises(InvalidOptionError, match="the Webcam of a is another"):
        difference.a = stranger
    assert difference.a is views[0]
    difference.close()
    stream.close()
    other.close()


def test_names_are_two_or_none(views: list[SegmentationView]) -> None:
    difference = DifferenceView(views[0], views[1], names=("general", "landscape"))
    assert difference.names == ["general", "landscape"]
    with pytest.raises(InvalidOptionError, match=r"names must be two.*but got 1: \['general'\]"):
        difference.names = ["general"]
    difference.names = []
    difference.close()


@pytest.mark.parametrize("line", [[0.1, 0.2], [0.1, 0.2, 0.3, 0.4, 0.5]])
def test_a_line_has_two_ends(webcam: Webcam, line: list[float]) -> None:
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream, line=(0.25, 0.5, 0.75, 0.5))
    assert view.line == [0.25, 0.5, 0.75, 0.5]
    with pytest.raises(InvalidOptionError, match=f"line must be four numbers.*{len(line)} numbers"):
        view.line = line
    view.line = []
    stream.close()


def test_a_line_stays_in_the_picture(webcam: Webcam) -> None:
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    with pytest.raises(TraitError, match="line"):
        view.line = [0.0, 0.5, 1.5, 0.5]
    stream.close()
