"""What all widgets of this package have in common."""

from __future__ import annotations

import gc

import pytest
import traitlets
from ipywidgets.widgets.widget import _instances

from bodyseg_widgets import (
    BodySegError,
    Compare,
    Explorer,
    LandmarkPlot3D,
    ModelPanel,
    PosePanel3D,
    ProfilePlot,
    SegmentationStream,
    SegmentationView,
    Timeline,
    UnknownArgumentError,
    ViewRecorder,
    Webcam,
)
from bodyseg_widgets.widgets import ToggleButton
from bodyseg_widgets.widgets.kit.widget import Widget


class Counted(Widget):
    """A widget that creates something, and closes it."""

    amount = traitlets.Int(0, min=0)

    def __init__(self, closed: list[str], *, amount: int = 0) -> None:
        self._closing.callback(closed.append, "first made")
        self._closing.callback(closed.append, "then made")
        super().__init__(amount=amount)


def test_an_argument_it_does_not_know_is_refused_with_those_that_it_knows() -> None:
    with pytest.raises(UnknownArgumentError) as caught:
        Counted([], amuont=3, colour="red")
    assert str(caught.value) == (
        "Counted takes no argument 'amuont', 'colour'. It takes 'closed', 'amount'."
    )
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, BodySegError)


def test_so_it_is_for_the_widgets_of_the_package() -> None:
    webcam = Webcam(source="sample")
    with pytest.raises(UnknownArgumentError, match=r"no argument 'treshold.\. It takes 'stream', "):
        SegmentationView(SegmentationStream(webcam), treshold=0.3)
    with pytest.raises(UnknownArgumentError, match=r"no argument 'url.\. It takes 'images', "):
        Webcam(url="a.mp4")
    with pytest.raises(UnknownArgumentError, match=r"Explorer .*'modles'\. It takes 'webcam'"):
        Explorer(modles=["general"])
    with pytest.raises(UnknownArgumentError, match=r"'opactiy'\. It takes 'models'.*'opacity'"):
        Compare(opactiy=0.3)
    with pytest.raises(UnknownArgumentError, match=r"ModelPanel .*'opactiy'.*'opacity'"):
        ModelPanel(webcam, opactiy=0.3)
    with pytest.raises(UnknownArgumentError, match=r"'trial'\. It takes 'stream', 'mirror'"):
        PosePanel3D(SegmentationStream(webcam), trial="nose")
    with pytest.raises(UnknownArgumentError, match=r"'trial'\. It takes 'stream'.*'trail'"):
        LandmarkPlot3D(SegmentationStream(webcam), trial="nose")
    with pytest.raises(UnknownArgumentError, match=r"'lines'\. It takes 'panels', 'line'"):
        ProfilePlot(lines=[])


def test_what_it_made_is_closed_once_the_last_first() -> None:
    closed: list[str] = []
    widget = Counted(closed)
    assert closed == []
    widget.close()
    widget.close()
    assert closed == ["then made", "first made"]
    assert widget.comm is None


def test_what_it_made_is_closed_at_once_where_a_value_is_refused() -> None:
    closed: list[str] = []
    with pytest.raises(traitlets.TraitError):
        Counted(closed, amount=-1)
    assert closed == ["then made", "first made"]


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (Webcam, {"frame_rate": 0}),
        (Webcam, {"source": "nowhere"}),
        (ViewRecorder, {"rate": 0}),
        (ViewRecorder, {"path": "film.avi"}),
        (ToggleButton, {"description": "A", "value": "no boolean"}),
    ],
)
def test_a_widget_that_is_refused_leaves_no_widget_behind(
    kind: type[Widget], arguments: dict[str, object]
) -> None:
    before = {*_instances}
    with pytest.raises((BodySegError, traitlets.TraitError)):
        kind(**arguments)
    gc.collect()
    assert {*_instances} == before


def test_a_closed_widget_leaves_no_widget_behind() -> None:
    webcam = Webcam(source="sample")
    before = {*_instances}
    widgets: list[Widget] = [Timeline(webcam), ToggleButton("A"), ViewRecorder()]
    assert {*_instances} > before
    for widget in widgets:
        widget.close()
    assert {*_instances} == before
