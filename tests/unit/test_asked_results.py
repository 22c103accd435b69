"""What panels show whose models run in the page, when Python has to have it."""

from __future__ import annotations

import threading
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

import pytest

from bodyseg_widgets import Explorer, Snapshot, Webcam
from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.widgets.explorer.parts.correct_part import CorrectPart
from bodyseg_widgets.widgets.record import record_controls
from bodyseg_widgets.widgets.stream import asked
from bodyseg_widgets.widgets.view import still
from tests.unit.pretend_page import PretendPage
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def explorer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Explorer]:
    monkeypatch.chdir(tmp_path)
    webcam = Webcam(source="camera")
    with closing(Explorer(webcam, models=["general", "landscape"], runtime="browser")) as explorer:
        webcam.running = True
        yield explorer


@pytest.fixture
def page(explorer: Explorer) -> Iterator[PretendPage]:
    page = PretendPage(explorer.webcam)
    page.start()
    explorer.webcam.state = "live"
    wait_until(lambda: all(panel.stream.state == "ready" for panel in explorer.panels))
    yield page
    page.ends.set()
    page.join()


@pytest.mark.usefixtures("page")
def test_a_snapshot_is_of_the_next_frame_that_all_panels_finish(explorer: Explorer) -> None:
    names = ("Selfie general", "Selfie landscape")
    first = explorer.record_controls.snapshot()
    second = explorer.record_controls.snapshot()
    assert first.labels == second.labels == names
    assert second.frame_id > first.frame_id
    assert second.picture.shape == (48, 64, 3)
    assert explorer.webcam._results_wanted == "none"


def test_the_button_saves_what_comes_and_asks_no_longer(
    explorer: Explorer, page: PretendPage, tmp_path: Path
) -> None:
    explorer.record_controls.snapshot_button.click()
    wait_until(lambda: any(tmp_path.glob("*.npz")))
    (file,) = tmp_path.glob("*.npz")
    assert Snapshot.load(file).labels == ("Selfie general", "Selfie landscape")
    assert explorer.webcam._results_wanted == "none"
    assert "with_images" in page.wanted


def test_while_paused_it_is_the_frame_that_is_shown(
    explorer: Explorer, page: PretendPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[Any] = []
    monkeypatch.setattr(explorer.webcam.channel, "post", lambda message, *_: posted.append(message))
    explorer.webcam.paused = True
    explorer.record_controls.snapshot()
    assert {"kind": "command", "command": "again"} in posted
    assert "with_images" in page.wanted


def test_what_was_on_its_way_when_a_pause_began_is_not_what_it_shows(
    explorer: Explorer, page: PretendPage
) -> None:
    page.late = 20
    explorer.webcam.paused = True
    taken = explorer.record_controls.snapshot()
    assert page.late == 0
    assert taken.frame_id not in page.late_frames


@pytest.mark.usefixtures("page")
def test_a_callback_may_take_a_snapshot_although_its_stream_waits_for_it(
    explorer: Explorer,
) -> None:
    taken: list[Snapshot] = []

    def take(_: object) -> None:
        # The first frames are none that both panels have finished.
        with suppress(BodySegError):
            taken.append(explorer.record_controls.snapshot())

    unsubscribe = explorer.stream.on_result(take)
    wait_until(lambda: bool(taken))
    unsubscribe()
    assert taken[0].labels == ("Selfie general", "Selfie landscape")


@pytest.mark.parametrize("change", ["add", "remove"])
def test_a_snapshot_that_waits_is_of_the_panels_that_are_there_then(
    explorer: Explorer, tmp_path: Path, change: str
) -> None:
    explorer.record_controls.snapshot_button.click()
    if change == "add":
        explorer.add("lite")
    else:
        explorer.remove(explorer.panels[0])
    names = tuple(panel.name for panel in explorer.panels)
    page = PretendPage(explorer.webcam)
    page.start()
    wait_until(lambda: any(tmp_path.glob("*.npz")))
    page.ends.set()
    page.join()
    (file,) = tmp_path.glob("*.npz")
    assert Snapshot.load(file).labels == names
    assert explorer.webcam._results_wanted == "none"


def test_a_page_that_does_not_answer_is_not_waited_for_for_ever(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "ASKED_SECONDS", 0.05)
    with pytest.raises(BodySegError, match="No common frame yet"):
        explorer.record_controls.snapshot()
    assert explorer.webcam._results_wanted == "none"


def test_the_button_waits_for_some_seconds(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(record_controls, "ASKED_SECONDS", 0.05)
    controls = explorer.record_controls
    controls.snapshot_button.click()
    wait_until(lambda: "No common frame yet" in controls._message.value)
    assert explorer.webcam._results_wanted == "none"
    assert not any(tmp_path.iterdir())


def test_stop_ends_the_waiting_for_a_frame(explorer: Explorer, tmp_path: Path) -> None:
    controls = explorer.record_controls
    controls.snapshot_button.click()
    assert explorer.webcam._results_wanted == "with_images"
    assert "Waiting for a frame" in controls._message.value
    explorer.webcam.running = False
    assert explorer.webcam._results_wanted == "none"
    assert "No common frame yet" in controls._message.value
    assert not any(tmp_path.iterdir())


@pytest.mark.usefixtures("page")
def test_what_a_page_or_a_notebook_keeps_is_the_newest_frame(explorer: Explorer) -> None:
    assert '"note":""' in explorer.to_html().replace(" ", "")
    explorer.webcam.keep_picture = True
    page_result = explorer.stream.keepable(asked=True)
    assert page_result is not None
    explorer._repr_mimebundle_()
    notebook_result = explorer.stream.keepable(asked=True)
    assert notebook_result is not None
    assert notebook_result.frame.id > page_result.frame.id
    assert explorer.webcam._results_wanted == "none"


@pytest.mark.usefixtures("page")
def test_correcting_a_mask_takes_the_frame_that_is_shown(explorer: Explorer) -> None:
    explorer.parts.show("correct")
    part = explorer.parts.open["correct"]
    assert isinstance(part, CorrectPart)
    wait_until(lambda: part.editor is not None)
    assert explorer.webcam.paused
    assert explorer.webcam._results_wanted == "none"


@pytest.mark.parametrize("state", ["idle", "starting", "live"])
def test_where_no_page_has_begun_none_is_waited_for_to_display_it(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(still, "asked_results", lambda _: pytest.fail("it waits in vain"))
    explorer.webcam.state = state
    assert explorer.panels[0].stream.state == "loading"
    with pytest.raises(BodySegError, match="There is no picture to save yet"):
        explorer.to_html()


def test_where_messages_of_the_page_wait_for_the_cell_it_does_not_wait_for_them(
    explorer: Explorer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked, "Asked", lambda *_: pytest.fail("it waits in vain"))
    # As without a link and a subshell: on the thread of the cell.
    ping = {"kind": "ping", "page": "p", "asked": 1.0}
    explorer.webcam.channel._handle_custom_msg(ping, [])
    with pytest.raises(BodySegError, match="Press Snapshot in place of this call"):
        explorer.record_controls.snapshot()


@pytest.mark.usefixtures("page")
def test_who_asks_gets_one_answer(explorer: Explorer) -> None:
    came: list[float] = []
    answered = threading.Event()

    def note(results: list[Any]) -> None:
        times = {result.frame.timestamp for result in results}
        came.extend(times)
        answered.set()

    streams = [panel.stream for panel in explorer.panels]
    with closing(asked.Asked(streams, note)):
        assert answered.wait(10)
        before = explorer.stream.overheard
        explorer.stream.on_result(lambda _: None)
        wait_until(lambda: explorer.stream.overheard is not before)
    assert len(came) == 1
