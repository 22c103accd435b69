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
    UnknownAttributeError,
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
        "Counted takes no argument 'amuont', 'colour'. It takes 'closed', 'amount'. "
        "Did you mean 'amount'?"
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


class Marked(Webcam):
    """A widget of a user, with attributes of its own."""

    def __init__(self) -> None:
        super().__init__(source="sample")
        self.mark = 1


def test_an_attribute_that_is_not_declared_cannot_be_set() -> None:
    webcam = Webcam(source="sample")
    with pytest.raises(UnknownAttributeError, match=r"A Webcam has no .*mean 'frame_rate'"):
        webcam.framerate = 10  # type: ignore[attr-defined]
    with pytest.raises(UnknownAttributeError, match="'frames' of a Webcam cannot be set"):
        webcam.frames = None  # type: ignore[assignment]
    webcam._own = 1  # type: ignore[attr-defined]
    webcam.add_traits(amount=traitlets.Int())
    webcam.amount = 3  # type: ignore[attr-defined]
    webcam.close()


def test_a_widget_that_users_derive_has_whatever_attributes_they_give_it() -> None:
    webcam = Marked()
    webcam.mark = 2
    webcam.other = 3  # type: ignore[attr-defined]
    assert (webcam.mark, webcam.other) == (2, 3)  # type: ignore[attr-defined]
    webcam.close()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("frame_rate", 0, "frame_rate must be a whole number from 1 to 120, but got 0."),
        ("frame_rate", "10", "frame_rate must be .*, but got '10'. Write it without quotes."),
        ("running", "yes", "running must be True or False, but got 'yes'"),
        ("state", "alive", "state must be one of 'idle', .*, but got 'alive'. Did you mean 'live'"),
        ("path", 5, "path must be a text, but got 5."),
        ("stream", 5, "stream must be a Widget, but got 5."),
    ],
)
def test_a_trait_says_what_it_takes(name: str, value: object, message: str) -> None:
    webcam = Webcam(source="sample")
    with pytest.raises(traitlets.TraitError, match=message) as caught:
        setattr(webcam, name, value)
    assert isinstance(caught.value, BodySegError)
    webcam.close()


def test_an_error_of_what_is_set_in_turn_stays_as_it_is() -> None:
    webcam = Webcam(source="sample")
    webcam.observe(lambda _: webcam.set_trait("width", 1), "loop")
    with pytest.raises(traitlets.TraitError, match="width must be a whole number from 16 to 4096"):
        webcam.loop = False
    webcam.close()
