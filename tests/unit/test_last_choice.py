"""Whatever is chosen last holds, in whichever order and on whichever threads it arrives."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import Compare, ModelPanel, Webcam, add_model
from bodyseg_widgets.widgets.explorer.parts.difference_part import DifferencePart
from bodyseg_widgets.widgets.stream import segmentation_stream
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets.streaming import Choice
    from bodyseg_widgets.widgets.kit.controls import Picker

SELFIE = "MediaPipeSelfieSegmentation"
RUNTIMES = ("tensorflow", "mediapipe", "browser")


@pytest.fixture
def panel() -> Iterator[ModelPanel]:
    webcam = Webcam(source="sample")
    made = ModelPanel(webcam, "general")
    yield made
    made.close()
    webcam.close()


@pytest.fixture
def often_switching() -> Iterator[None]:
    """Threads that switch as often as possible."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def pick(picker: Picker, value: object) -> None:
    """Choose an entry as the page does."""
    picker.set_state({"index": [each for _, each in picker._options_full].index(value)})


def all_at_once(*acts: Callable[[], object]) -> None:
    """Call functions at the same time, each on a thread of its own."""
    start = threading.Barrier(len(acts))
    threads = [threading.Thread(target=lambda act=act: (start.wait(), act())) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def chosen(panel: ModelPanel) -> tuple[tuple[str, str, str], ...]:
    """Return what the pickers say, what the stream's traits say, and what it runs."""
    stream, choice = panel.stream, panel.stream.choice
    return (
        (*panel.model_picker.value, panel.runtime_picker.value),
        (stream.model, stream.model_type, stream.runtime),
        (choice.model, choice.model_type, choice.runtime),
    )


def test_a_runtime_that_is_picked_while_a_model_is_being_chosen_holds(
    panel: ModelPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up, go_on = threading.Event(), threading.Event()
    choose_like = segmentation_stream.choose_like

    def slowly(*arguments: object, **options: object) -> Choice:
        choice = choose_like(*arguments, **options)
        if threading.current_thread() is picking:
            looked_up.set()
            go_on.wait()
        return choice

    monkeypatch.setattr(segmentation_stream, "choose_like", slowly)
    picking = threading.Thread(target=pick, args=(panel.model_picker, (SELFIE, "landscape")))
    picking.start()
    looked_up.wait()
    pick(panel.runtime_picker, "mediapipe")
    go_on.set()
    picking.join()
    assert {*chosen(panel)} == {(SELFIE, "landscape", "mediapipe")}


@pytest.mark.usefixtures("often_switching")
def test_a_model_and_a_runtime_that_are_picked_at_once_both_hold(panel: ModelPanel) -> None:
    for turn in range(60):
        model, runtime = (SELFIE, ("landscape", "general")[turn % 2]), RUNTIMES[turn % 3]
        all_at_once(
            lambda model=model: pick(panel.model_picker, model),
            lambda runtime=runtime: pick(panel.runtime_picker, runtime),
        )
        assert {*chosen(panel)} == {(*model, runtime)}


@pytest.mark.usefixtures("often_switching")
def test_what_a_cell_and_the_page_choose_at_once_is_shown_and_run(panel: ModelPanel) -> None:
    for turn in range(60):
        cells, pages = (RUNTIMES[turn % 3], RUNTIMES[(turn + 1) % 3])
        all_at_once(
            lambda cells=cells: setattr(panel.stream, "runtime", cells),
            lambda pages=pages: pick(panel.runtime_picker, pages),
        )
        (said,) = {*chosen(panel)}
        assert said[2] in (cells, pages)


def test_a_runtime_that_is_picked_before_the_page_hides_it_is_for_the_next_model(
    panel: ModelPanel,
) -> None:
    pick(panel.model_picker, ("BodyPix", "MobileNetV1 0.75 quant2"))
    pick(panel.runtime_picker, "mediapipe")
    assert panel.stream.choice.runtime == "tensorflow"
    pick(panel.model_picker, (SELFIE, "landscape"))
    assert {*chosen(panel)} == {(SELFIE, "landscape", "mediapipe")}


def test_an_accelerator_that_is_picked_when_the_model_has_left_the_page_is_nobodys(
    panel: ModelPanel,
) -> None:
    pick(panel.runtime_picker, "browser")
    pick(panel.accelerator_picker, "wasm")
    assert panel.stream.accelerator == "wasm"
    pick(panel.runtime_picker, "tensorflow")
    pick(panel.accelerator_picker, "webgpu")
    assert (panel.accelerator_picker.value, panel.stream.accelerator) == ("auto", "auto")


def test_a_model_that_is_picked_while_models_are_added_holds(panel: ModelPanel) -> None:
    picking = threading.Thread(target=pick, args=(panel.model_picker, (SELFIE, "landscape")))

    def pick_now(_: object) -> None:
        picking.start()
        wait_until(lambda: panel.stream.model_type == "landscape")

    add_model("Late", lambda image: image.mean(axis=2) / 255)
    panel.model_picker.observe(pick_now, "options")
    panel.offer_models()
    picking.join()
    assert panel.model_picker.options[-1] == ("Late", ("Late", ""))
    assert {*chosen(panel)} == {(SELFIE, "landscape", "tensorflow")}


def test_a_panel_that_is_picked_while_panels_are_renamed_is_compared() -> None:
    compare = Compare(["general", "landscape", "lite"], Webcam(source="sample"), show="difference")
    part = compare.parts.open["difference"]
    assert isinstance(part, DifferencePart)
    part.b_picker.observe(lambda _: all_at_once(lambda: pick(part.a_picker, 2)), "options")
    compare.panels[1].stream.choose("full")
    assert (part.a_picker.value, part.view.names[0]) == (2, "BlazePose lite")
    compare.close()
