"""How fast models are in an open page, with frames as from one, and a page that answers."""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import Explorer, Webcam
from bodyseg_widgets.errors import BodySegError, InvalidOptionError
from bodyseg_widgets.widgets.explorer import speed
from bodyseg_widgets.widgets.explorer.speed import ways_of
from tests.unit.pretend_page import NO_CARD, PretendPage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bodyseg_widgets.widgets.explorer.parts.speed_part import SpeedPart


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    with closing(Explorer(Webcam(source="sample"), runtime="browser")) as explorer:
        yield explorer


@pytest.fixture
def page(explorer: Explorer) -> Iterator[PretendPage]:
    explorer.webcam.running = True
    page = PretendPage(explorer.webcam)
    page.start()
    yield page
    page.ends.set()
    page.join()


def test_a_model_runs_in_every_way_there_is() -> None:
    assert [way.label for way in ways_of(["lite"])] == [
        "BlazePose lite (tensorflow, processor)",
        "BlazePose lite (mediapipe, processor)",
        "BlazePose lite (browser, processor)",
        "BlazePose lite (browser, graphics card)",
    ]
    assert len(ways_of(None)) == 5 * 4
    assert ways_of(["lite", ("BlazePose", "lite")]) == ways_of("lite")
    with pytest.raises(InvalidOptionError, match="at least one"):
        ways_of([])


@pytest.mark.usefixtures("page")
def test_each_way_is_a_row_and_what_is_not_there_says_why(explorer: Explorer) -> None:
    measured = explorer.measure_speed("general", 0.1, progress=False)
    assert [each.way for each in measured.speeds] == [
        "tensorflow, processor",
        "mediapipe, processor",
        "browser, processor",
    ]
    in_page = measured.speeds[-1]
    assert in_page.fps == in_page.fps_high == pytest.approx(250)
    assert {*in_page.latency} == {"infer", "total"}
    assert all(each.frames > 0 for each in measured.speeds)
    (missing,) = measured.failed
    assert (missing.name, missing.reason) == ("Selfie general (browser, graphics card)", NO_CARD)
    assert measured.size == (48, 64)
    assert [*measured.summary["accelerator"]] == ["processor"] * 3


@pytest.mark.usefixtures("page")
def test_panels_wait_meanwhile_and_go_on(explorer: Explorer) -> None:
    (own,) = explorer.webcam._local_streams
    with explorer.stream.resting():
        assert explorer.webcam._local_streams == []
        # A model that is chosen meanwhile waits, too.
        explorer.stream.choose("landscape")
        assert explorer.webcam._local_streams == []
    (again,) = explorer.webcam._local_streams
    assert (again["stream"], again["model_type"]) == (own["stream"], "landscape")
    explorer.measure_speed("general", 0.05, progress=False)
    assert explorer.webcam._local_streams == [again]


def test_results_come_to_python_while_it_measures_and_no_longer(
    explorer: Explorer, page: PretendPage
) -> None:
    assert explorer.webcam._results_wanted == "none"
    explorer.measure_speed("general", 0.05, progress=False)
    # Its numbers need no pictures.
    assert {*page.wanted} - {"none"} == {"alone"}
    assert explorer.webcam._results_wanted == "none"


def test_it_needs_a_source_that_runs(explorer: Explorer) -> None:
    with pytest.raises(InvalidOptionError, match="press Start"):
        explorer.measure_speed("general")
    explorer.webcam.running = True
    for wrong in (0, -1, True, "2", float("nan"), float("inf")):
        with pytest.raises(InvalidOptionError, match="seconds must be"):
            explorer.measure_speed("general", wrong)  # type: ignore[arg-type]


def test_a_model_that_finds_nothing_is_given_up(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speed, "_PATIENCE", 0.0)
    explorer.webcam.running = True
    with pytest.raises(BodySegError, match=r"Selfie general \(tensorflow.* found nothing"):
        explorer.measure_speed("general", progress=False)


def test_a_pause_ends_it_at_once(explorer: Explorer) -> None:
    explorer.webcam.running = True
    threading.Timer(0.2, setattr, [explorer.webcam, "paused", True]).start()
    with pytest.raises(InvalidOptionError, match="paused"):
        explorer.measure_speed("general", progress=False)


def _wait(part: SpeedPart, label: str) -> None:
    end = time.monotonic() + 30
    while part.button.description != label:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.mark.usefixtures("page")
def test_the_part_measures_shows_how_far_it_is_and_can_be_cancelled(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    explorer.parts.buttons["speed"].value = True
    part: SpeedPart = explorer.parts.open["speed"]  # type: ignore[assignment]
    part.button.click()
    _wait(part, "Cancel")
    assert part.progress.layout.display is None
    assert part.progress.max == 20
    part.button.click()
    _wait(part, "Measure")
    assert (part.said.value, part.latest) == ("Cancelled.", None)
    assert len(explorer.webcam._local_streams) == 1
    ways = ways_of("general")[2:]
    monkeypatch.setattr("bodyseg_widgets.widgets.explorer.parts.speed_part.ways_of", lambda _: ways)
    monkeypatch.setattr("bodyseg_widgets.widgets.explorer.parts.speed_part._SECONDS", 0.05)
    part.button.click()
    _wait(part, "Cancel")
    _wait(part, "Measure")
    assert part.latest is not None
    assert part.progress.layout.display == "none"
    assert "250.0" in part.table.value
    assert NO_CARD in part.table.value


def test_the_part_says_that_the_source_must_run(explorer: Explorer) -> None:
    explorer.parts.buttons["speed"].value = True
    part: SpeedPart = explorer.parts.open["speed"]  # type: ignore[assignment]
    part.button.click()
    assert "press Start" in part.said.value
    assert part.button.description == "Measure"


@pytest.mark.usefixtures("page")
def test_closing_the_part_ends_its_measurement(explorer: Explorer) -> None:
    explorer.parts.buttons["speed"].value = True
    part: SpeedPart = explorer.parts.open["speed"]  # type: ignore[assignment]
    part.button.click()
    _wait(part, "Cancel")
    explorer.parts.buttons["speed"].value = False
    end = time.monotonic() + 30
    while any(each.name == "bodyseg-speed" for each in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)
    assert len(explorer.webcam._local_streams) == 1
