"""Panels side by side, their parts, snapshots and recordings, without a browser."""

from __future__ import annotations

import io
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn

import ipywidgets
import numpy as np
import pytest
from comm import get_comm_manager
from PIL import Image
from traitlets import TraitError

from bodyseg_widgets import (
    BodySegError,
    Compare,
    ExistingFileError,
    Explorer,
    InvalidOptionError,
    RecordingError,
    SegmentationStream,
    Snapshot,
    Webcam,
    add_model,
)
from bodyseg_widgets.streaming import LIVE_MODELS, Choice, choose_like
from bodyseg_widgets.streaming.recording import Recording
from bodyseg_widgets.widgets.explorer import explorer
from bodyseg_widgets.widgets.explorer.explorer import MAX_PANELS
from bodyseg_widgets.widgets.explorer.parts import all_parts
from bodyseg_widgets.widgets.explorer.parts.all_parts import PARTS
from tests.unit.from_page import send_frame_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bodyseg_widgets import ModelPanel
    from bodyseg_widgets.streaming import ModelLike

SIZE = (24, 32)


def _picture(seed: int) -> bytes:
    """Return an arbitrary image, as the page sends it."""
    pixels = np.random.default_rng(seed).integers(0, 256, (*SIZE, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def _left_half(image: np.ndarray) -> np.ndarray:
    probability = np.zeros(image.shape[:2])
    probability[:, : image.shape[1] // 2] = 1
    return probability


def _refuse(_: np.ndarray) -> np.ndarray:
    raise ValueError("too dark to see anything")


@pytest.fixture(autouse=True)
def custom_models() -> None:
    """Models that load and run instantly."""
    add_model("Bright", lambda image: image.mean(axis=2) / 255)
    add_model("Half", _left_half)
    add_model("Refusing", _refuse)


@pytest.fixture
def compare(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Compare]]:
    """Make a `Compare`, by default without any part open; what it sends goes nowhere."""
    made: list[Compare] = []

    def make(*models: str, show: tuple[str, ...] = (), **options: object) -> Compare:
        made.append(Compare(models, Webcam(source="sample"), show=show, **options))
        monkeypatch.setattr(made[-1].webcam.channel, "send", lambda *_: None)
        return made[-1]

    yield make
    for each in made:
        each.close()


def show_frame(compare: Explorer, number: int, *, by: Sequence[ModelPanel] | None = None) -> None:
    """Send the panels a frame, and wait until all, or some, have finished it."""
    panels = compare.panels if by is None else by
    send_frame_to([panel.stream for panel in panels], number, _picture(number))


def names(compare: Explorer) -> list[str]:
    return [panel.name for panel in compare.panels]


def said(compare: Explorer) -> str:
    """Return the record controls' message in the page."""
    return str(compare.record_controls._message.value)


def at_once(act: Callable[[], object], *, threads: int) -> None:
    """Call a function on several threads that switch as often as possible."""
    running = [threading.Thread(target=act) for _ in range(threads)]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for each in running:
            each.start()
        for each in running:
            each.join()
    finally:
        sys.setswitchinterval(interval)


def left() -> tuple[set[str], set[str], int]:
    """Count widgets, threads and comms."""
    threads = {thread.name for thread in threading.enumerate()}
    return set(ipywidgets.widgets.widget._instances), threads, len(get_comm_manager().comms)


# --- panels


def test_panels_of_the_same_model_are_told_apart_by_a_number(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright", "Half", "Half")
    assert names(made) == ["Half", "Bright", "Half 2", "Half 3"]
    made.remove(made.panels[0])
    assert names(made) == ["Bright", "Half", "Half 2"]
    made.panels[0].stream.choose("Half")
    assert names(made) == ["Half", "Half 2", "Half 3"]


def test_panels_are_added_at_the_end_and_look_like_the_others(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", view="contour", threshold=0.3, mirror=False)
    made.opacity_slider.value = 0.2
    panel = made.add("Bright")
    assert names(made) == ["Half", "Bright"]
    assert (panel.view.view, panel.view.threshold) == ("contour", 0.3)
    assert (panel.view.opacity, panel.view.mirror) == (0.2, False)
    other = made.add("Half", view="heatmap", threshold=0.9)
    assert (other.tabs.value, other.threshold_slider.value) == ("heatmap", 0.9)
    show_frame(made, 1)
    assert [each.stream.latest.frame.id for each in made.panels] == [1, 1, 1]


def test_a_panel_may_be_added_with_options_of_its_own(compare: Callable[..., Compare]) -> None:
    made = compare("Half", max_poses=2)
    panel = made.add("lite", runtime="mediapipe", max_poses=3, effect="mask")
    assert (panel.stream.runtime, panel.stream.max_poses) == ("mediapipe", 3)
    assert (panel.view.effect, made.view.effect) == ("mask", "bokeh")
    before = left()
    with pytest.raises(TypeError, match="colour"):
        made.add("Half", colour="red")
    assert (names(made), left()) == (["Half", "BlazePose lite"], before)


def test_six_panels_are_the_most(compare: Callable[..., Compare]) -> None:
    made = compare(*["Half"] * MAX_PANELS)
    assert made.add_menu.disabled
    before = left()
    with pytest.raises(InvalidOptionError, match=r"6 panels already, the most that fit\. Remove"):
        made.add("Bright")
    assert left() == before
    made.remove(made.panels[2])
    assert not made.add_menu.disabled
    made.add("Bright")
    assert names(made)[-1] == "Bright"


@pytest.mark.parametrize("count", [0, 7])
def test_other_numbers_of_panels_are_refused(count: int) -> None:
    before = left()
    with pytest.raises(InvalidOptionError, match=f"1 to 6 models, but got {count}"):
        Compare(["Half"] * count)
    assert left() == before


def test_the_only_panel_stays(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    made.remove(made.panels[0])
    with pytest.raises(InvalidOptionError, match="The only panel cannot be removed"):
        made.remove(made.panels[0])
    assert names(made) == ["Bright"]
    assert made.panels[0].buttons.layout.display == "none"


def test_a_panel_of_another_explorer_is_refused(compare: Callable[..., Compare]) -> None:
    mine, other = compare("Half", "Bright"), compare("Half")
    for act in (mine.remove, lambda panel: mine.move(panel, 0)):
        with pytest.raises(
            InvalidOptionError, match=r"not a panel of this Explorer\. Its panels are 'Half'"
        ):
            act(other.panels[0])
    assert names(mine) == ["Half", "Bright"]


def test_an_unknown_model_is_refused_with_the_names_there_are(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half")
    before = left()
    with pytest.raises(InvalidOptionError, match=r"^Halve is .*'Bright'.*'general'.*mean 'Half'"):
        made.add("Halve")
    assert (names(made), left()) == (["Half"], before)


@pytest.mark.parametrize(
    ("at", "to", "order"), [(0, 1, "bac"), (0, 99, "bca"), (2, -5, "cab"), (1, 1, "abc")]
)
def test_a_panel_is_moved_to_any_place(
    compare: Callable[..., Compare], at: int, to: int, order: str
) -> None:
    made = compare("Half", "Bright", "Refusing")
    panels = dict(zip("abc", made.panels, strict=True))
    made.move(made.panels[at], to)
    assert made.panels == tuple(panels[each] for each in order)


def test_the_buttons_of_a_panel_move_it_and_take_it_away(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright", "Refusing")
    to_left, to_right, away = made.panels[0].buttons.children
    assert (to_left.disabled, to_right.disabled) == (True, False)
    to_right.click()
    assert names(made) == ["Bright", "Half", "Refusing"]
    assert (to_left.disabled, to_right.disabled) == (False, False)
    to_right.click()
    assert (to_left.disabled, to_right.disabled) == (False, True)
    to_left.click()
    away.click()
    assert names(made) == ["Bright", "Refusing"]


def test_buttons_and_groups_say_which_panel_they_belong_to(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Half")
    assert [each.tooltip for each in made.panels[1].buttons.children] == [
        "Move Half 2 to the left",
        "Move Half 2 to the right",
        "Remove Half 2",
    ]
    made.panels[1].stream.choose("Bright")
    assert made.panels[1].buttons.children[2].tooltip == "Remove Bright"
    assert made.panels[1]._group.label == "Bright"


def test_another_model_in_a_panel_leaves_everything_else_as_it_was(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright")
    panel, other = made.panels
    panel.threshold_slider.value = panel.view.threshold = 0.8
    panel.tabs.value = panel.view.view = "heatmap"
    stream = other.stream
    panel.model_picker.label = "Refusing"
    assert names(made) == ["Refusing", "Bright"]
    assert (panel.view.threshold, panel.view.view) == (0.8, "heatmap")
    assert (made.panels, other.stream) == ((panel, other), stream)


def test_a_model_that_fails_says_so_in_its_own_panel(compare: Callable[..., Compare]) -> None:
    made = compare("Refusing", "Half")
    refusing, half = made.panels
    told = threading.Event()
    refusing.stream.observe(lambda _: told.set(), "message")
    show_frame(made, 1, by=[half])
    assert told.wait(10)
    assert refusing.stream.message == "ValueError: too dark to see anything"
    assert (half.stream.state, half.stream.message) == ("ready", "")


def test_the_menu_adds_the_chosen_model(compare: Callable[..., Compare]) -> None:
    made = compare("Half")
    assert made.add_menu.items[:2] == ["Selfie · general", "Selfie · landscape"]
    made.add_menu.choose(made.add_menu.items.index("Bright"))
    assert names(made) == ["Half", "Bright"]


def test_the_menu_adds_the_chosen_model_also_where_another_has_the_same_label() -> None:
    compare = Compare(["Half"], Webcam(source="sample"), show=())
    add_model("Selfie · general", _left_half)
    compare.add_menu.choose(len(compare.add_menu.items) - 1)
    compare.add_menu.choose(0)
    added = [panel.stream.choice.model for panel in compare.panels[1:]]
    compare.close()
    del LIVE_MODELS["Selfie · general"]
    assert added == ["Selfie · general", "MediaPipeSelfieSegmentation"]


@pytest.mark.parametrize(
    "change",
    [
        lambda made: made.add("Half"),
        lambda made: made.remove(made.panels[0]),
        lambda made: made.move(made.panels[0], 1),
        lambda made: made.panels[0].stream.choose("BlazePose", "lite"),
        lambda made: setattr(made.panels[0].stream, "model", "BlazePose"),
        lambda made: setattr(made.panels[0].model_picker, "value", ("BlazePose", "lite")),
        lambda made: setattr(made.panels[1].runtime_picker, "value", "mediapipe"),
    ],
    ids=["add", "remove", "move", "choose", "set the model", "pick a model", "pick a runtime"],
)
def test_each_change_is_shown_once_beside_the_panels(
    compare: Callable[..., Compare],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Compare], object],
) -> None:
    made = compare("Half", "landscape")
    made.link_button.value = True
    shown: Counter[str] = Counter()

    def count(name: str, owner: object, method: str) -> None:
        call = getattr(owner, method)
        monkeypatch.setattr(owner, method, lambda *args: (shown.update([name]), call(*args))[1])

    count("parts", made.parts, "set_panels")
    count("records", made.record_controls, "set_panels")
    count("links", made, "_link_thresholds")
    moves = tuple(made.panels)
    change(made)
    arranged = 0 if made.panels == moves else 1
    assert shown == Counter(parts=1, records=1, links=arranged)


def test_panels_may_be_added_and_removed_on_several_threads_at_once(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright")
    kept = made.panels
    errors: list[Exception] = []

    def change() -> None:
        try:
            for _ in range(5):
                panel = made.add("Half")
                made.move(panel, 0)
                made.remove(panel)
        except Exception as error:  # noqa: BLE001 - raised by the test
            errors.append(error)

    made.link_button.value = True
    at_once(change, threads=4)
    assert errors == []
    assert made.panels == kept
    assert names(made) == ["Half", "Bright"]
    assert links(made) == {(kept[0].stream, kept[1].stream)}


def test_a_custom_model_is_in_every_picker_from_the_next_change_on(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright")
    add_model("New", _left_half)
    made.add("New")
    for panel in made.panels:
        assert ("New", ("New", "")) in panel.model_picker.options
    assert [panel.model_picker.label for panel in made.panels] == ["Half", "Bright", "New"]
    assert "New" in made.add_menu.items
    made.panels[0].model_picker.label = "New"
    assert names(made) == ["New", "Bright", "New 2"]


@pytest.mark.parametrize(
    ("model", "label"),
    [
        ("BlazePose", "BlazePose full (tensorflow)"),
        ("landscape", "Selfie landscape (tensorflow)"),
        (["BlazePose"], "BlazePose full (tensorflow)"),
        (("BlazePose", "lite"), "BlazePose lite (tensorflow)"),
        (("BlazePose", "lite", "mediapipe"), "BlazePose lite (mediapipe)"),
        ("Half", "Half (python)"),
        (("Half", ""), "Half (python)"),
        (choose_like("heavy", "mediapipe"), "BlazePose heavy (mediapipe)"),
        (Choice("Half", "", "python"), "Half (python)"),
    ],
)
def test_a_model_may_be_named_in_several_ways(
    compare: Callable[..., Compare], model: ModelLike, label: str
) -> None:
    assert choose_like(model).label == label
    assert compare(model).panels[0].stream.choice.label == label


@pytest.mark.parametrize("model", ["", "PoseNet", (), ("BlazePose", "lite", "tensorflow", 1), 5])
def test_what_names_no_model_is_refused(model: object) -> None:
    before = left()
    with pytest.raises(InvalidOptionError):
        Compare(["Half", model], Webcam(source="sample"))
    # The webcam was created by this test; everything else is closed.
    assert left()[1] == before[1]


@pytest.mark.parametrize(
    "options",
    [
        {"show": ["plot"]},
        {"view": "x-ray"},
        {"runtime": "onnx"},
        {"threshold": 2},
        {"models": ["Half", "x"]},
    ],
    ids=str,
)
def test_an_option_that_is_refused_leaves_nothing_behind(options: dict[str, Any]) -> None:
    before = left()
    with pytest.raises((InvalidOptionError, TraitError)):
        Compare(**{"models": ["Half", "Bright"], **options})
    assert left() == before


# --- linked thresholds and times


def links(compare: Explorer) -> set[tuple[SegmentationStream, SegmentationStream]]:
    """Return which panels' thresholds are linked in the page, as pairs of streams."""
    sliders = {panel.threshold_slider: panel.stream for panel in compare.panels}
    return {
        (sliders[link.source[0]], sliders[link.target[0]])
        for link in ipywidgets.widgets.widget._instances.values()
        if isinstance(link, ipywidgets.widgets.widget_link.Link)
        and link.source[0] in sliders
        and link.target[0] in sliders
    }


def test_linked_thresholds_are_those_of_the_first_panel(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright", "Half")
    for panel, value in zip(made.panels, (0.2, 0.4, 0.6), strict=True):
        panel.threshold_slider.value = value
    made.link_button.value = True
    assert [panel.threshold_slider.value for panel in made.panels] == [0.2, 0.2, 0.2]
    a, b, c = made.panels
    assert links(made) == {(a.stream, b.stream), (a.stream, c.stream)}


def test_panels_that_come_and_go_are_linked_too(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright", threshold=0.7)
    made.link_button.value = True
    late = made.add("Half", threshold=0.1)
    assert late.threshold_slider.value == 0.7
    made.remove(made.panels[0])
    assert links(made) == {(made.panels[0].stream, late.stream)}
    made.link_button.value = False
    assert links(made) == set()


def test_one_panel_alone_has_nothing_to_link(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    controls = [made.same_frame_button, made.link_button]
    assert [each.layout.display for each in controls] == [None, None]
    made.same_frame_button.value = True
    made.remove(made.panels[0])
    assert [each.layout.display for each in controls] == ["none", "none"]
    assert made.same_frame_button.value is False


def test_times_are_those_of_the_first_panel_whichever_it_is(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright")
    assert made.times.stream is made.panels[0].stream
    made.remove(made.panels[0])
    assert made.times.stream is made.panels[0].stream
    made.add("Half")
    made.move(made.panels[1], 0)
    assert made.times.stream is made.panels[0].stream
    assert "of Half" in made._times_heading.value


# --- what stands beside the panels


def test_parts_are_offered_where_they_suit_the_panels(compare: Callable[..., Compare]) -> None:
    def offered() -> set[str]:
        buttons = made.parts.buttons
        return {name for name, button in buttons.items() if button.layout.display != "none"}

    made = compare("Half")
    assert offered() == {"profile", "thresholds", "correct", "speed"}
    made.add("Bright")
    assert offered() == {"profile", "thresholds", "correct", "speed", "difference", "agreement"}
    made.panels[0].stream.choose("BlazePose", "lite")
    assert offered() == {*PARTS}


def test_parts_open_and_close_with_their_buttons_in_one_order(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright")
    for name in ("thresholds", "profile", "agreement", "difference"):
        made.parts.buttons[name].value = True
    opened = [made.parts.open[name] for name in PARTS if name in made.parts.open]
    assert [type(each).__name__ for each in opened] == [
        "DifferencePart", "AgreementPart", "ProfilePart", "ThresholdSweepPart",
    ]  # fmt: skip
    # The timing readout comes last.
    assert [*made.parts.grid.children[:-1]] == opened
    made.parts.buttons["agreement"].value = False
    assert [*made.parts.grid.children[:-1]] == [opened[0], *opened[2:]]
    assert opened[1].comm is None


def test_a_part_that_no_longer_suits_hides_until_it_does(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright", show=("difference", "agreement"))
    difference = made.parts.open["difference"]
    made.remove(made.panels[1])
    assert difference.layout.display == "none"
    late = made.add("Refusing")
    assert difference.layout.display is None
    assert made.parts.open["difference"] is difference
    assert {difference.view.a, difference.view.b} == {made.panels[0].view, late.view}


def test_the_two_that_are_compared_stay_chosen_while_others_come_and_go(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright", "Refusing", show=("difference",))
    difference = made.parts.open["difference"]
    half, bright, refusing = made.panels
    difference.b_picker.label = "Refusing"
    made.move(refusing, 0)
    assert (difference.view.a, difference.view.b) == (half.view, refusing.view)
    assert difference.view.names == ["Half", "Refusing"]
    assert (difference.a_picker.label, difference.b_picker.label) == ("Half", "Refusing")
    made.remove(half)
    assert (difference.view.a, difference.view.b) == (bright.view, refusing.view)
    assert difference.a_picker.label == "Bright"


def test_the_last_panels_may_be_those_that_are_compared_and_go(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half", "Bright", "Refusing", "Half", show=("difference",))
    difference = made.parts.open["difference"]
    difference.a_picker.label, difference.b_picker.label = "Refusing", "Half 2"
    made.remove(made.panels[0])
    assert difference.view.names == ["Refusing", "Half"]
    made.remove(made.panels[2])
    assert difference.view.names == ["Refusing", "Bright"]
    made.move(made.panels[0], 1)
    assert difference.view.names == ["Refusing", "Bright"]


def test_what_the_table_compares_the_plot_shows(compare: Callable[..., Compare]) -> None:
    part = compare("Half", "Bright", show=("agreement",)).parts.open["agreement"]
    part.table.measure = "difference"
    assert part.plot.measure == "difference"


def test_frame_numbers_come_with_a_second_panel_and_stay_as_a_person_sets_them(
    compare: Callable[..., Compare],
) -> None:
    made = compare("Half")

    def numbered() -> list[bool]:
        return [panel.view.frame_number for panel in made.panels]

    assert numbered() == [False]
    made.add("Bright")
    assert numbered() == [True, True]
    made.panels[0].view.frame_number = False
    made.panels[1].stream.choose("Half")
    made.move(made.panels[1], 0)
    assert numbered() == [True, False]


def test_the_line_is_on_all_panels_while_its_part_is_open(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    assert [panel.view.line for panel in made.panels] == [[], []]
    made.parts.buttons["profile"].value = True
    plot = made.parts.open["profile"].plot
    line = [0.1, 0.2, 0.3, 0.4]
    made.panels[0].view.line = line
    assert plot.line == line
    late = made.add("Half")
    assert late.view.line == line
    gone = made.panels[0]
    made.remove(gone)
    assert [panel.view.line for panel in made.panels] == [line, line]
    made.panels[0].view.line = [0.5, 0, 0.5, 1]
    assert plot.line == [0.5, 0, 0.5, 1]
    made.parts.buttons["profile"].value = False
    assert [panel.view.line for panel in made.panels] == [[], []]


def test_a_reference_is_chosen_by_name_or_none(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright", show=("thresholds",))
    part = made.parts.open["thresholds"]
    assert (part.reference_picker.label, part.plot.reference) == ("none", None)
    part.reference_picker.label = "Bright"
    assert part.plot.reference == "Bright"
    # It stays the reference under its new name.
    made.panels[0].stream.choose("Bright")
    assert (part.reference_picker.label, part.plot.reference) == ("Bright 2", "Bright 2")
    made.move(made.panels[1], 0)
    assert (part.reference_picker.label, part.plot.reference) == ("Bright", "Bright")
    part.reference_picker.label = "none"
    assert part.plot.reference is None
    part.reference_picker.label = "Bright"
    made.remove(made.panels[0])
    assert (part.reference_picker.label, part.plot.reference) == ("none", None)


def test_unknown_parts_are_refused_with_those_there_are() -> None:
    with pytest.raises(InvalidOptionError, match="'correct', 'speed', but got 'plot'"):
        Compare(["Half"], show=["plot"])


def test_without_plotly_parts_with_plots_say_what_to_install(
    compare: Callable[..., Compare], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(all_parts, "find_spec", lambda _: None)
    made = compare("Half", "Bright", show=("difference", "agreement"))
    assert {*made.parts.open} == {"difference"}
    button = made.parts.buttons["agreement"]
    assert button.disabled
    assert "bodyseg-widgets[lab]" in button.tooltip


# --- nothing is left


@pytest.mark.parametrize("model", ["Half", "lite"])
def test_a_closed_comparison_with_all_parts_open_leaves_nothing_behind(model: str) -> None:
    before = left()
    compare = Compare([model, "Bright"], Webcam(source="sample"), show=[*PARTS])
    if model == "Half":
        show_frame(compare, 1)
    compare.close()
    compare.close()
    assert left() == before


def test_what_was_added_removed_moved_and_linked_leaves_nothing_behind() -> None:
    def change(compare: Compare) -> None:
        compare.link_button.value = True
        late = compare.add("Half")
        compare.move(late, 0)
        compare.panels[1].stream.choose("Refusing")
        compare.remove(compare.panels[1])
        for button in compare.parts.buttons.values():
            button.value = not button.value

    before = left()
    compare = Compare(["Half", "Bright", "Half"], Webcam(source="sample"))
    change(compare)
    compare.close()
    assert left() == before


def test_a_removed_panel_leaves_nothing_behind(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright", show=("difference", "agreement", "profile", "thresholds"))
    show_frame(made, 1)
    widgets, threads, comms = left()
    for _ in range(3):
        made.remove(made.add("Half"))
    after = left()
    # The links between the panels were created again.
    assert (len(after[0]), after[1], after[2]) == (len(widgets), threads, comms)


# --- what is kept


def test_a_snapshot_has_what_every_panel_shows(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    made = compare("Half", "Bright", "Half", threshold=0.4)
    made.panels[1].view.threshold = 0.6
    show_frame(made, 7)
    snapshot = made.record_controls.snapshot()
    assert (snapshot.frame_id, snapshot.timestamp) == (7, 7.0)
    assert snapshot.labels == ("Half", "Bright", "Half 2")
    assert [snapshot.threshold(each) for each in snapshot.labels] == [0.4, 0.6, 0.4]
    shown = made.panels[1].stream.latest
    np.testing.assert_array_equal(snapshot.picture, shown.frame.image)
    np.testing.assert_array_equal(snapshot.probability("Bright"), shown.mask.probability)
    assert snapshot.person("Half")[:, : SIZE[1] // 2].all()
    again = Snapshot.load(snapshot.save(tmp_path / "all.npz"))
    np.testing.assert_array_equal(again.person("Half 2"), snapshot.person("Half"))


def test_without_a_frame_a_snapshot_says_what_to_do(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    with pytest.raises(BodySegError, match="Press Start"):
        made.record_controls.snapshot()
    made.record_controls.snapshot_button.click()
    assert "Press Start" in said(made)
    assert 'role="status"' in said(made)


def test_the_snapshot_button_says_that_it_saved_or_what_went_wrong(
    compare: Callable[..., Compare], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = compare("Half")
    show_frame(made, 1)
    made.record_controls.snapshot_button.click()
    assert [*tmp_path.glob("bodyseg-*.npz")] == [*made.record_controls.saved_files.paths]
    assert "Snapshot saved." in said(made)
    (tmp_path / "no folder").touch()
    monkeypatch.setattr(
        "bodyseg_widgets.widgets.record.record_controls._new_name",
        lambda _: tmp_path / "no folder" / "x.npz",
    )
    made.record_controls.snapshot_button.click()
    assert "no folder" in said(made)
    assert "Saved" not in said(made)


def test_a_recording_has_all_frames_and_results(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    made = compare("Half", "Bright")
    path = made.record_controls.record(tmp_path / "stream.bodyseg")
    assert made.record_controls.record_button.value
    assert "Recording to stream.bodyseg." in said(made)
    for number in (1, 2, 3):
        show_frame(made, number)
    levels = made.panels[1].stream.latest.mask.levels
    assert made.record_controls.stop_recording() == path
    assert not made.record_controls.record_button.value
    assert "Recorded 3 frames to stream.bodyseg." in said(made)
    with Recording(path) as recording:
        assert {*recording.labels} == {"Half (python)", "Bright (python)"}
        np.testing.assert_array_equal(recording.read_at(2).known["Bright (python)"].levels, levels)


def test_recording_twice_at_once_is_refused(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    made = compare("Half")
    made.record_controls.record(tmp_path / "one.bodyseg")
    with pytest.raises(InvalidOptionError, match=r"one.bodyseg is being recorded. Stop that"):
        made.record_controls.record(tmp_path / "two.bodyseg")
    assert not (tmp_path / "two.bodyseg").exists()
    made.record_controls.stop_recording()
    assert made.record_controls.stop_recording() is None


def test_a_file_that_is_there_is_kept_unless_told_otherwise(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    made, path = compare("Half"), tmp_path / "mine.bodyseg"
    path.write_text("precious")
    with pytest.raises(ExistingFileError, match=r"mine.bodyseg"):
        made.record_controls.record(path)
    assert path.read_text() == "precious"
    assert (made.record_controls.recording, made.record_controls.record_button.value) == (
        None,
        False,
    )
    made.record_controls.record(path, overwrite=True)
    made.record_controls.stop_recording()


def test_the_record_button_records_and_a_failure_is_told_in_words(
    compare: Callable[..., Compare], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = compare("Half")
    made.record_controls.record_button.value = True
    show_frame(made, 1)
    made.record_controls.record_button.value = False
    [file] = tmp_path.glob("bodyseg-*.bodyseg")
    assert f"Recorded 1 frames to {file.name}." in said(made)
    monkeypatch.setattr(
        "bodyseg_widgets.widgets.record.record_controls._new_name",
        lambda _: tmp_path / "nowhere" / "x.bodyseg",
    )
    made.record_controls.record_button.value = True
    assert made.record_controls.record_button.value is False
    assert made.record_controls.recording is None
    assert "nowhere" in said(made)


def _fill_the_disk(made: Compare) -> None:
    """Send the panels frames until the recording, which can no longer grow, has failed."""
    writer = made.record_controls.recording
    writer._database.execute("PRAGMA max_page_count = 1")
    for number in range(2, 50):
        show_frame(made, number)
        if writer.error is not None:
            break
    writer._thread.join(10)


def _record_one_frame(made: Compare, path: Path) -> None:
    """Send the panels a frame, and wait until it is in the file."""
    show_frame(made, 1)
    for _ in range(1000):
        with Recording(path) as recording:
            if recording.length:
                return
        time.sleep(0.01)
    pytest.fail("The frame was never written.")


def test_a_recording_that_fails_lets_go_of_the_button_and_the_next_press_begins_again(
    compare: Callable[..., Compare], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = compare("Half")
    made.record_controls.record_button.value = True
    [file] = tmp_path.glob("bodyseg-*.bodyseg")
    _record_one_frame(made, file)
    _fill_the_disk(made)
    assert made.record_controls.record_button.value is False
    assert made.record_controls.recording is None
    assert made.webcam.frames._recorded_frames.callbacks == ()
    assert made.webcam.frames._recorded_results.callbacks == ()
    assert "full" in said(made)
    assert "start a new recording" in said(made)
    with Recording(file) as recording:
        assert recording.ids[0] == 1
        assert recording.read_at(0).known
    made.record_controls.record_button.value = True
    show_frame(made, 99)
    made.record_controls.record_button.value = False
    assert "Recorded 1 frames" in said(made)
    [other] = {*tmp_path.glob("bodyseg-*.bodyseg")} - {file}
    with Recording(other) as recording:
        assert recording.ids.tolist() == [99]


def test_the_record_button_pressed_on_several_threads_shows_whether_it_records(
    compare: Callable[..., Compare], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = compare("Half")
    controls = made.record_controls
    button = controls.record_button

    def press() -> None:
        for _ in range(20):
            button.value = not button.value

    at_once(press, threads=4)
    assert button.value == (controls.recording is not None)
    controls.stop_recording()
    assert (button.value, controls.recording) == (False, None)
    assert made.webcam.frames._recorded_frames.callbacks == ()
    assert made.webcam.frames._recorded_results.callbacks == ()


def test_python_is_told_once_that_a_recording_failed(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    made = compare("Half")
    path = made.record_controls.record(tmp_path / "stream.bodyseg")
    _record_one_frame(made, path)
    _fill_the_disk(made)
    with pytest.raises(RecordingError, match=r"stream.bodyseg.*full"):
        made.record_controls.stop_recording()
    assert made.record_controls.stop_recording() is None


def test_a_comparison_that_is_closed_ends_its_recording(tmp_path: Path) -> None:
    compare = Compare(["Half"], Webcam(source="sample"), show=())
    path = compare.record_controls.record(tmp_path / "cut.bodyseg")
    show_frame(compare, 1)
    compare.close()
    with Recording(path) as recording:
        assert recording.length == 1


def test_tables_have_every_result_and_every_comparison(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    noted = threading.Semaphore(0)
    made._monitor.on_agreement(lambda pairs: noted.release() if pairs else None)
    show_frame(made, 4)
    assert noted.acquire(timeout=10)
    timings = made.record_controls.timings_to_dataframe()
    assert sorted(timings["name"]) == ["Bright", "Half"]
    assert timings["frame"].tolist() == [4, 4]
    half = timings[timings["name"] == "Half"]
    assert half["coverage"].item() == pytest.approx(0.5)
    agreement = made.record_controls.agreement_to_dataframe()
    assert (agreement["a"].tolist(), agreement["b"].tolist()) == (["Half"], ["Bright"])
    masks = [panel.stream.latest.mask.probability >= 0.5 for panel in made.panels]
    iou = (masks[0] & masks[1]).sum() / (masks[0] | masks[1]).sum()
    assert agreement["iou"].item() == pytest.approx(iou, abs=1e-6)


def test_a_frame_whose_threshold_changes_is_logged_once(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    noted = threading.Semaphore(0)
    made._monitor.on_agreement(lambda pairs: noted.release() if pairs else None)
    show_frame(made, 1)
    assert noted.acquire(timeout=10)
    made.panels[0].view.threshold = 0.9
    assert noted.acquire(timeout=10)
    assert len(made.record_controls.agreement_to_dataframe()) == 1


def test_logs_follow_panels_that_come_and_go(compare: Callable[..., Compare]) -> None:
    made = compare("Half")
    late: ModelPanel = made.add("Bright")
    show_frame(made, 1)
    made.remove(late)
    show_frame(made, 2)
    rows = made.record_controls.timings_to_dataframe()
    assert sorted(zip(rows["name"], rows["frame"], strict=True)) == [
        ("Bright", 1), ("Half", 1), ("Half", 2),
    ]  # fmt: skip


def test_a_part_that_cannot_be_made_leaves_its_button_up(
    compare: Callable[..., Compare], monkeypatch: pytest.MonkeyPatch
) -> None:
    comparison = compare("Half", "Bright")
    broken = replace(PARTS["difference"], create=lambda panels, _: _refuse(panels))
    monkeypatch.setitem(PARTS, "difference", broken)
    button = comparison.parts.buttons["difference"]
    with pytest.raises(ValueError, match="too dark"):
        button.value = True
    assert not button.value
    assert "difference" not in comparison.parts.open


def test_closed_controls_begin_no_recording(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    comparison = compare("Half")
    comparison.close()
    with pytest.raises(RecordingError, match="closed"):
        comparison.record_controls.record(tmp_path / "late.bodyseg")
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("broken", ["create_controls", "create_parts", "part"])
@pytest.mark.parametrize("given", [False, True])
def test_an_explorer_that_fails_halfway_leaves_nothing_behind_but_the_webcam_it_was_given(
    broken: str,
    given: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object, **__: object) -> NoReturn:
        raise ValueError("too dark to see anything")

    if broken == "create_controls":
        monkeypatch.setattr(explorer, "Timeline", fail)
    elif broken == "create_parts":
        monkeypatch.setattr(explorer, "RecordControls", fail)
    else:
        monkeypatch.setitem(PARTS, "difference", replace(PARTS["difference"], create=fail))
    webcam = Webcam(source="sample")
    try:
        before = left()
        with pytest.raises(ValueError, match="too dark"):
            Compare(["Half", "Bright"], webcam if given else None, show=["difference"])
        assert left() == before
        assert webcam.comm is not None
    finally:
        webcam.close()


def test_a_closed_explorer_takes_no_panel(compare: Callable[..., Compare]) -> None:
    comparison = compare("Half")
    comparison.close()
    before = left()
    with pytest.raises(InvalidOptionError, match="closed"):
        comparison.add("Bright")
    assert left() == before


@pytest.mark.parametrize(
    ("name", "value", "target"),
    [
        ("threshold", 0.3, "view.threshold"),
        ("threshold", 0.3, "threshold_slider.value"),
        ("effect", "pixelated", "view.effect"),
        ("opacity", 0.2, "view.opacity"),
        ("mask_color", "#cc79a7", "view.mask_color"),
        ("mirror", False, "view.mirror"),
        ("skeleton", False, "view.skeleton"),
        ("score_threshold", 0.9, "view.score_threshold"),
        ("runtime", "mediapipe", "stream.runtime"),
        ("max_poses", 3, "stream.max_poses"),
    ],
)
def test_what_is_set_for_all_panels_is_set_in_those_to_come_too(
    compare: Callable[..., Compare], name: str, value: object, target: str
) -> None:
    made = compare("Half", "lite")
    setattr(made, name, value)
    made.add("full")
    assert [attrgetter(target)(panel) for panel in made.panels] == [value] * 3
    assert getattr(made, name) == value


def test_a_control_of_all_panels_shows_what_was_set(compare: Callable[..., Compare]) -> None:
    made = compare("Half")
    made.opacity, made.mirror = 0.1, False
    assert (made.opacity_slider.value, made.mirror_button.value) == (0.1, False)


def test_a_value_that_is_refused_changes_no_panel(compare: Callable[..., Compare]) -> None:
    made = compare("Half", "Bright")
    with pytest.raises(InvalidOptionError, match="threshold must be a number from 0 to 1"):
        made.threshold = 3
    assert [panel.view.threshold for panel in made.panels] == [0.5, 0.5]


# --- saved files


def test_what_is_saved_can_be_downloaded(
    compare: Callable[..., Compare], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    made = compare("Bright")
    controls = made.record_controls
    assert controls.saved_files.paths == ()
    show_frame(made, 1)
    controls.snapshot_button.click()
    controls.record_button.value = True
    assert len(controls.saved_files.paths) == 1
    show_frame(made, 2)
    controls.record_button.value = False
    recorded = controls.record(tmp_path / "lesson.bodyseg")
    controls.stop_recording()
    snapshot, *others = controls.saved_files.paths
    assert snapshot.suffix == ".npz"
    assert [each.suffix for each in others] == [".bodyseg", ".bodyseg"]
    assert others[-1] == recorded
    assert {path.parent for path in controls.saved_files.paths} == {tmp_path}


def test_a_video_of_the_view_can_be_downloaded_when_it_is_complete(
    compare: Callable[..., Compare], tmp_path: Path
) -> None:
    controls = compare("Bright").record_controls
    recorder, file = controls.view_recorder, tmp_path / "talk.webm"
    recorder.message = "No visible page shows this recorder, so nothing was recorded."
    assert controls.saved_files.paths == ()
    file.write_bytes(b"video")
    recorder._file = file
    with recorder.hold_trait_notifications():
        recorder.bytes, recorder.message = 5, "Saved talk.webm."
    assert controls.saved_files.paths == (file,)
