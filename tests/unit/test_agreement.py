"""How far panels agree: the numbers, when they are made, the table that shows them."""

from __future__ import annotations

import queue
import threading
import time
from typing import TYPE_CHECKING, Any

import ipywidgets
import numpy as np
import pytest
from traitlets import TraitError

from bodyseg_widgets import (
    AgreementTable,
    InvalidOptionError,
    Mask,
    intersection_over_union,
    mean_absolute_difference,
)
from bodyseg_widgets.evaluation import class_agreement
from bodyseg_widgets.widgets.compare import agreement_monitor
from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
from tests.panels import HandPanel, made, random_levels, with_parts
from tests.waiting import SECONDS, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bodyseg_widgets.streaming import SameFrame
    from bodyseg_widgets.widgets.compare.agreement_monitor import FrameAgreement


Pairs = tuple["FrameAgreement", ...]


@pytest.fixture
def panels() -> list[HandPanel]:
    return [HandPanel("landscape"), HandPanel("general"), HandPanel("BlazePose")]


@pytest.fixture
def monitor(panels: list[HandPanel]) -> Iterator[AgreementMonitor]:
    monitor = AgreementMonitor(panels)
    yield monitor
    monitor.close()


@pytest.fixture
def heard(monitor: AgreementMonitor) -> queue.Queue[Pairs]:
    """What a subscriber receives after the first, empty comparison."""
    heard: queue.Queue[Pairs] = queue.Queue()
    monitor.on_agreement(heard.put)
    assert heard.get(timeout=SECONDS) == ()
    return heard


@pytest.fixture
def heard_at_once(monitor: AgreementMonitor) -> queue.Queue[Pairs]:
    """What a subscriber receives that waits an hour for whatever need not be compared at once."""
    heard: queue.Queue[Pairs] = queue.Queue()
    monitor.on_agreement(heard.put, period=3600)
    assert heard.get(timeout=SECONDS) == ()
    return heard


def wait_for(heard: queue.Queue[Pairs], wanted: Callable[[Pairs], bool]) -> Pairs:
    """Return the first complete comparison; earlier ones may cover only half of the panels."""
    end = time.monotonic() + SECONDS
    while True:
        pairs = heard.get(timeout=max(0.0, end - time.monotonic()))
        if wanted(pairs):
            return pairs


def put_all(panels: list[HandPanel], frame: int, *, live: bool = True) -> list[Mask]:
    return [
        panel.put(frame, random_levels(10 * frame + each), live=live)
        for each, panel in enumerate(panels)
    ]


def test_each_pair_has_the_numbers_of_its_masks_and_thresholds(
    panels: list[HandPanel], monitor: AgreementMonitor, heard: queue.Queue[Pairs]
) -> None:
    panels[2].view.threshold = 0.8
    masks = dict(zip([panel.name for panel in panels], put_all(panels, 4), strict=True))
    pairs = wait_for(heard, lambda pairs: len(pairs) == 3)
    assert pairs == monitor.latest
    names = [("landscape", "general"), ("landscape", "BlazePose"), ("general", "BlazePose")]
    assert [(pair.a, pair.b) for pair in pairs] == names
    for pair in pairs:
        a, b = masks[pair.a], masks[pair.b]
        threshold_b = 0.8 if pair.b == "BlazePose" else 0.5
        expected = intersection_over_union(a, b, threshold_a=0.5, threshold_b=threshold_b)
        assert pair.iou == pytest.approx(expected, abs=1e-6)
        assert pair.mean_absolute_difference == pytest.approx(mean_absolute_difference(a, b))
        assert (pair.frame, pair.timestamp, pair.live) == (4, 4.0, True)


def random_parts(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 3, (6, 8), dtype=np.uint8)


def test_models_that_tell_the_same_classes_apart_have_numbers_of_them(
    panels: list[HandPanel], heard: queue.Queue[Pairs]
) -> None:
    other = {0: "hand", 1: "hat", 2: "background"}
    panels[1].view.threshold = 0.3
    results = [
        with_parts(made(4, random_levels(1)), random_parts(1)),
        with_parts(made(4, random_levels(2)), random_parts(2), other),
        made(4, random_levels(3)),
    ]
    for panel, result in zip(panels, results, strict=True):
        panel.stream.put(result)
    first, second, third = wait_for(heard, lambda pairs: len(pairs) == 3)
    a, b = (result.segmentation for result in results[:2])
    assert first.classes == class_agreement(a, b, threshold_b=0.3)
    assert [*first.classes.iou] == ["hand"]
    assert (second.classes, third.classes) == (None, None)


def test_a_threshold_counts_at_once_also_on_a_frozen_frame(
    panels: list[HandPanel], heard_at_once: queue.Queue[Pairs]
) -> None:
    a, b, _ = put_all(panels, 4, live=False)
    wait_for(heard_at_once, lambda pairs: len(pairs) == 3)
    panels[0].view.threshold = 0.9
    expected = intersection_over_union(a, b, threshold_a=0.9)
    pairs = wait_for(heard_at_once, lambda pairs: pairs[0].iou == pytest.approx(expected))
    assert not pairs[0].live


def test_every_step_counts_at_once_and_with_all_panels(
    panels: list[HandPanel],
    heard_at_once: queue.Queue[Pairs],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(agreement_monitor, "SLOWER_MODELS_WAIT", 3600)
    put_all(panels, 1, live=False)
    wait_for(heard_at_once, lambda pairs: len(pairs) == 3)
    for step in (2, 3, 2):
        put_all(panels, step, live=False)
        pairs = wait_for(heard_at_once, lambda pairs, step=step: pairs[0].frame == step)
        assert [pair.frame for pair in pairs] == [step] * 3


def test_the_most_demanding_subscriber_says_how_often_it_compares(
    panels: list[HandPanel], monitor: AgreementMonitor, heard_at_once: queue.Queue[Pairs]
) -> None:
    unsubscribe = monitor.on_agreement(lambda _: None, period=0)
    for frame in range(1, 4):
        put_all(panels, frame)
        wait_for(
            heard_at_once,
            lambda pairs, frame=frame: (
                len(pairs) == 3 == len([pair for pair in pairs if pair.frame == frame])
            ),
        )
    unsubscribe()
    unsubscribe()
    assert [wish.period for wish in monitor._wishes.values()] == [3600]


def test_numbers_of_panels_that_were_replaced_meanwhile_are_not_reported(
    panels: list[HandPanel],
    monitor: AgreementMonitor,
    heard: queue.Queue[Pairs],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    on_frame, replaced = agreement_monitor._on_frame, threading.Event()

    def replace_while_comparing(frame: SameFrame, thresholds: Mapping[str, float]) -> Pairs:
        if not replaced.is_set():
            replaced.set()
            monitor.panels = panels[::-1]
        return on_frame(frame, thresholds)

    monkeypatch.setattr(agreement_monitor, "_on_frame", replace_while_comparing)
    put_all(panels, 1)
    pairs = heard.get(timeout=SECONDS)
    while not pairs:
        pairs = heard.get(timeout=SECONDS)
    names = [panel.name for panel in panels[::-1]]
    assert all(names.index(pair.a) < names.index(pair.b) for pair in pairs)


def test_a_panel_that_fails_does_not_keep_the_others_waiting(
    panels: list[HandPanel], heard: queue.Queue[Pairs]
) -> None:
    put_all(panels, 1)
    put_all(panels[:2], 2, live=False)
    (pair,) = wait_for(heard, lambda pairs: len(pairs) == 1)
    assert (pair.a, pair.b, pair.frame) == ("landscape", "general", 2)


def test_where_not_all_share_a_frame_each_pair_has_its_own(
    panels: list[HandPanel], heard: queue.Queue[Pairs]
) -> None:
    landscape, general, blazepose = panels
    for each in (landscape, general):
        each.put(8, 200)
    for each in (general, blazepose):
        each.put(9, 200)
    pairs = wait_for(heard, lambda pairs: len(pairs) == 2)
    assert [(pair.a, pair.b, pair.frame) for pair in pairs] == [
        ("landscape", "general", 8),
        ("general", "BlazePose", 9),
    ]


def test_nothing_is_compared_without_a_subscriber(
    panels: list[HandPanel], monitor: AgreementMonitor
) -> None:
    put_all(panels, 1)
    panels[0].view.threshold = 0.2
    assert monitor.latest == ()
    assert monitor._worker._thread is None


def test_a_late_subscriber_hears_of_what_is_there_and_no_more_after_unsubscribing(
    panels: list[HandPanel], monitor: AgreementMonitor
) -> None:
    put_all(panels, 1)
    heard: queue.Queue[Pairs] = queue.Queue()
    unsubscribe = monitor.on_agreement(heard.put)
    assert len(heard.get(timeout=SECONDS)) == 3
    unsubscribe()
    unsubscribe()
    panels[0].view.threshold = 0.2
    assert monitor._listeners.callbacks == ()


def test_panels_come_go_and_are_renamed_while_it_runs(
    panels: list[HandPanel], monitor: AgreementMonitor, heard: queue.Queue[Pairs]
) -> None:
    put_all(panels, 1)
    panels[0].name = "selfie"
    monitor.panels = [panels[2], panels[0]]
    (pair,) = wait_for(heard, lambda pairs: len(pairs) == 1)
    assert (pair.a, pair.b) == ("BlazePose", "selfie")
    assert monitor.names == ["BlazePose", "selfie"]
    assert panels[1].stream.callbacks == []
    panels[1].view.threshold = 0.1
    monitor.panels = []
    assert wait_for(heard, lambda pairs: not pairs) == ()


def test_a_callback_that_fails_does_not_end_it(
    panels: list[HandPanel], monitor: AgreementMonitor, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(pairs: Pairs) -> None:
        raise RuntimeError(str(pairs))

    monitor.on_agreement(fail)
    heard: queue.Queue[Pairs] = queue.Queue()
    monitor.on_agreement(heard.put)
    put_all(panels, 1)
    wait_for(heard, lambda pairs: len(pairs) == 3)
    assert "on_agreement callback" in caplog.text


@pytest.mark.parametrize("names", [["a", "a"], [*"abcdefg"]])
def test_two_panels_of_one_name_and_more_than_six_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidOptionError, match="at most 6 panels of different names, but got"):
        AgreementMonitor([HandPanel(name) for name in names])


def test_a_closed_monitor_leaves_no_thread_and_no_callback_behind(
    panels: list[HandPanel], monitor: AgreementMonitor, heard: queue.Queue[Pairs]
) -> None:
    put_all(panels, 1, live=False)
    wait_for(heard, lambda pairs: len(pairs) == 3)
    monitor.close()
    monitor.close()
    assert all(panel.stream.callbacks == [] for panel in panels)
    assert all(observed(panel) == [] for panel in panels)
    assert not any("AgreementMonitor" in thread.name for thread in threading.enumerate())


def observed(panel: HandPanel) -> list[Any]:
    """Return the observers of a panel's threshold."""
    return [*panel.view._trait_notifiers.get("threshold", {}).get("change", [])]


@pytest.fixture
def table(panels: list[HandPanel]) -> Iterator[AgreementTable]:
    table = AgreementTable(panels)
    yield table
    table.close()


def test_the_table_has_numbers_while_it_is_displayed_only(
    panels: list[HandPanel], table: AgreementTable
) -> None:
    a, b, _ = put_all(panels, 4)
    assert table._agreement == {
        "names": ["landscape", "general", "BlazePose"],
        "started": False,
        "pairs": [],
        "classes": [],
    }
    table._view_count = 1
    wait_until(lambda: len(table._agreement["pairs"]) == 3)
    assert table._agreement["started"]
    row, column, iou, difference, frame = table._agreement["pairs"][0]
    assert (row, column, frame) == (0, 1, 4)
    assert iou == pytest.approx(intersection_over_union(a, b), abs=1e-4)
    assert difference == pytest.approx(mean_absolute_difference(a, b), abs=1e-4)
    table._view_count = 0
    assert table.monitor._listeners.callbacks == ()
    table._view_count = 2
    assert len(table.monitor._listeners) == 1
    table._hidden = True
    assert table.monitor._listeners.callbacks == ()


def test_the_table_has_classes_of_models_that_tell_the_same_ones_apart(
    panels: list[HandPanel], table: AgreementTable
) -> None:
    table._view_count = 1
    put_all(panels, 1)
    wait_until(lambda: len(table._agreement["pairs"]) == 3)
    assert table._agreement["classes"] == []
    panels[1].put(2, random_levels(3))
    results = [with_parts(made(2, random_levels(seed)), random_parts(seed)) for seed in (1, 2)]
    for panel, result in zip(panels[::2], results, strict=True):
        panel.stream.put(result)
    wait_until(lambda: table._agreement["classes"])
    ((a, b, same_class, iou),) = table._agreement["classes"]
    expected = class_agreement(*(result.segmentation for result in results))
    assert (a, b) == (0, 2)
    assert same_class == pytest.approx(expected.same_class, abs=1e-4)
    assert iou == pytest.approx(dict(expected.iou), abs=1e-4)


def test_panels_of_the_table_can_be_replaced(
    panels: list[HandPanel], table: AgreementTable
) -> None:
    table._view_count = 1
    table.panels = panels[:2]
    wait_until(lambda: table._agreement["names"] == ["landscape", "general"])
    assert table.panels == panels[:2]


def test_the_table_refuses_an_unknown_measure(table: AgreementTable) -> None:
    table.measure = "difference"
    with pytest.raises(TraitError, match="iou"):
        table.measure = "dice"


def test_several_widgets_can_share_a_monitor(
    panels: list[HandPanel], monitor: AgreementMonitor
) -> None:
    table = AgreementTable(monitor)
    assert table.panels == panels
    table._view_count = 1
    table.close()
    assert monitor._listeners.callbacks == ()
    assert len(panels[0].stream.callbacks) == 1, "the monitor goes on"


def test_a_closed_table_leaves_nothing_behind(panels: list[HandPanel]) -> None:
    before = {*ipywidgets.widgets.widget._instances}
    table = AgreementTable(panels)
    table._view_count = 1
    put_all(panels, 1)
    wait_until(lambda: len(table._agreement["pairs"]) == 3)
    table.close()
    table.close()
    assert {*ipywidgets.widgets.widget._instances} == before
    assert all(panel.stream.callbacks == [] for panel in panels)
    assert all(observed(panel) == [] for panel in panels)
    assert not any("AgreementMonitor" in thread.name for thread in threading.enumerate())


def test_numbers_are_plain_json(panels: list[HandPanel], table: AgreementTable) -> None:
    table._view_count = 1
    put_all(panels, 1)
    wait_until(lambda: len(table._agreement["pairs"]) == 3)
    for pair in table._agreement["pairs"]:
        assert [type(each) for each in pair] == [int, int, float, float, int]
        assert not np.isnan(pair[2:4]).any()
