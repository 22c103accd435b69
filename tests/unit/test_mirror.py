"""Images are mirrored where people see themselves, and nowhere else, unless it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets
import numpy as np
import pytest
from ipywebrtc import CameraStream, ImageStream
from traitlets import TraitError

from bodyseg_widgets import (
    Compare,
    DifferenceView,
    Explorer,
    InvalidOptionError,
    LandmarkPlot3D,
    ModelPanel,
    SegmentationStream,
    SegmentationView,
    Webcam,
)
from bodyseg_widgets.widgets import MirrorButton
from bodyseg_widgets.widgets.source.webcam import SOURCES
from tests.poses import HandStream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def webcam() -> Iterator[Webcam]:
    webcam = Webcam()
    yield webcam
    webcam.close()


@pytest.mark.parametrize("source", [each for each in SOURCES if each != "stream"])
def test_a_camera_of_the_page_is_mirrored_and_nothing_else(webcam: Webcam, source: str) -> None:
    webcam.source = source
    assert webcam.is_mirror is (source == "camera")


@pytest.mark.parametrize(
    ("make", "mirrored"),
    [
        (CameraStream, True),
        (CameraStream.facing_user, True),
        (CameraStream.facing_environment, False),
        (lambda: ImageStream(image=ipywidgets.Image()), False),
    ],
)
def test_of_streams_cameras_are_mirrored_that_face_people(
    make: Callable[[], ipywidgets.Widget], *, mirrored: bool
) -> None:
    webcam = Webcam(stream=make())
    assert webcam.is_mirror is mirrored
    webcam.source = "sample"
    assert not webcam.is_mirror
    webcam.close()


def test_what_draws_follows_the_source(webcam: Webcam) -> None:
    streams = [SegmentationStream(webcam, model=each) for each in ("general", "lite")]
    a, b = (SegmentationView(stream) for stream in streams)
    drawn = [a, b, DifferenceView(a, b), LandmarkPlot3D(streams[1])]
    assert [each.mirror for each in drawn] == ["auto"] * 4
    for source, mirrored in (("camera", True), ("file", False), ("sample", False)):
        webcam.source = source
        assert [each.mirrored for each in drawn] == [mirrored] * 4
    for choice in (True, False):
        for each in drawn:
            each.mirror = choice
        for source in ("camera", "screen"):
            webcam.source = source
            assert [each.mirrored for each in drawn] == [choice] * 4
    assert a.look.mirror is False
    for each in reversed(drawn):
        each.close()
    a.mirror = "auto"
    for stream in streams:
        stream.close()


def test_a_plot_of_another_source_of_results_is_not_mirrored() -> None:
    plot = LandmarkPlot3D(HandStream())
    assert not plot.mirrored
    plot.mirror = True
    assert plot.mirrored
    plot.close()


def test_whether_it_is_mirrored_is_read_not_set(webcam: Webcam) -> None:
    view = SegmentationView(SegmentationStream(webcam))
    with pytest.raises(TraitError, match="read-only"):
        view.mirrored = False


@pytest.mark.parametrize("choice", ["yes", 1, None])
def test_another_choice_is_refused(webcam: Webcam, choice: object) -> None:
    button = MirrorButton(webcam)
    with pytest.raises(InvalidOptionError, match="value must be True, False or 'auto', but got"):
        button.value = choice
    button.value = np.True_
    assert button.value is True


@pytest.mark.parametrize("kind", [Explorer, Compare])
def test_an_explorer_mirrors_as_suits_the_source_with_panels_to_come(kind: type[Explorer]) -> None:
    made = kind(webcam=Webcam())
    made.add("landscape")
    assert made.mirror == made.mirror_button.value == "auto"
    assert {panel.view.mirrored for panel in made.panels} == {True}
    made.webcam.load(np.zeros((4, 6, 3), np.uint8))
    assert {panel.view.mirrored for panel in made.panels} == {False}
    made.mirror = True
    assert made.mirror_button.value is True
    assert made.add("lite").view.mirrored
    made.close()


def test_a_panel_of_its_own_does_too(webcam: Webcam) -> None:
    panel = ModelPanel(webcam, mirror=False)
    assert not panel.view.mirrored
    panel.view.mirror = "auto"
    assert panel.view.mirrored
    panel.close()


def test_the_profile_begins_on_the_left_as_it_is_seen() -> None:
    made = Compare(["general", "landscape"], Webcam(), show="profile")
    plot = made.parts.open["profile"].plot

    def lines() -> list[list[float]]:
        return [plot.line, *(panel.view.line for panel in made.panels)]

    assert lines() == [[0.94, 0.5, 0.06, 0.5]] * 3
    made.webcam.source = "sample"
    for panel in made.panels:
        panel.view.mirror = "auto"
    assert lines() == [[0.06, 0.5, 0.94, 0.5]] * 3
    # A line that was drawn from the right to the left stays one.
    made.panels[0].view.line = [0.8, 0.1, 0.2, 0.9]
    made.panels[0].view.mirror = True
    assert lines() == [[0.2, 0.9, 0.8, 0.1]] * 3
    made.close()
