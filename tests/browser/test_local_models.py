"""Models that run in the page: what is drawn, what is sent, and what goes on without the kernel."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    EXPLORER,
    LOOK_JS,
    frame_workers,
    freeze,
    press_start,
    press_stop,
    shown_frame,
    timeline_button,
    wait_for_masks,
    wait_for_no_worker,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

IN_PAGE = EXPLORER.format(options='Webcam(source="sample"), runtime="browser"')

COUNT_MESSAGES = """
from collections import Counter
received, bytes_sent = Counter(), Counter()
channel = explorer.webcam.channel
receive, post = channel._receive, channel.post
def count_received(message, buffers):
    received[message["kind"]] += 1
    receive(message, buffers)
def count_sent(message, buffers=()):
    bytes_sent[message["kind"]] += sum(len(each) for each in buffers)
    post(message, buffers)
channel._receive, channel.post = count_received, count_sent
"""

AGAINST_PYTHON = """
import numpy as np
from bodyseg_widgets import create_segmenter
agreement = []
with create_segmenter("general") as segmenter:
    for result in results[::4]:
        (own,) = segmenter.segment_people(result.frame.image)
        ours, theirs = own.mask.levels.astype(int), result.mask.levels.astype(int)
        a, b = ours >= 128, theirs >= 128
        iou = (a & b).sum() / (a | b).sum()
        agreement.append([float((abs(ours - theirs) <= 1).mean()), float(iou)])
"""

SHUT_DOWN = "() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()"

STATUS = ".bodyseg-webcam .bodyseg-status"


def _wait_until_it_moves(page: Page) -> None:
    page.wait_for_function(
        f"(before) => ({LOOK_JS})() !== before", arg=page.evaluate(f"({LOOK_JS})()"), timeout=10_000
    )


def _wait_for_no_model(page: Page) -> None:
    """Wait until the frame worker is alone: the models' have ended."""
    end = time.monotonic() + 10
    while (running := frame_workers(page)) > 1:
        assert time.monotonic() < end, f"{running} workers run, and not the frame worker alone"
        page.wait_for_timeout(50)


def test_masks_are_drawn_and_nothing_of_the_video_is_sent(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[[Page, str], None]
) -> None:
    notebook = open_notebook(IN_PAGE)
    notebook.execute(COUNT_MESSAGES)
    press_start(page)
    wait_for_masks(page)
    expect(page.locator(STATUS)).to_have_text("Pictures stay in this browser.")
    notebook.wait_for("explorer.stream.state == 'ready'")
    received = notebook.value("received")
    assert set(received) <= {"sample", "asset", "local_state", "ping"}
    # Paused, stepped through and played on, from the page's own memory.
    last = freeze(page)
    timeline_button(page, "Previous frame").click()
    assert shown_frame(page) < last
    screenshot(page, "local-model")
    timeline_button(page, "Play").click()
    wait_for_masks(page)
    assert set(notebook.value("received")) <= {"sample", "asset", "local_state", "ping"}
    # This browser has no graphics card.
    running_on = page.locator(".bodyseg-rate .bodyseg-running-on")
    expect(running_on).to_have_text("processor")
    page.get_by_label("Accelerator").select_option("graphics card")
    expect(page.locator(".bodyseg-note").first).to_have_text(
        "This browser gives pages no graphics card (WebGPU). The processor runs the model instead."
    )
    notebook.wait_for(
        "(explorer.stream.accelerator, explorer.stream.running_on) == ('webgpu', 'wasm')"
    )
    expect(running_on).to_have_attribute(
        "title", "This browser gives pages no graphics card (WebGPU)."
    )
    screenshot(page, "local-model-without-graphics-card")
    press_stop(page)
    _wait_for_no_model(page)


def test_results_that_python_asks_for_are_what_python_computes(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(IN_PAGE)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("results = []; stop = explorer.stream.on_result(results.append)")
    expect(page.locator(STATUS)).to_have_text("Pictures go to Python, which asks for results.")
    notebook.wait_for("len(results) > 20")
    notebook.execute("stop()")
    expect(page.locator(STATUS)).to_have_text("Pictures stay in this browser.")
    notebook.execute(AGAINST_PYTHON)
    for within_one_level, iou in notebook.value("agreement"):
        assert within_one_level >= 0.99
        assert iou >= 0.999
    assert notebook.value("results[-1].model") == "Selfie general (browser)"
    # A page that asks `latest` once gets results for some seconds.
    notebook.wait_for("explorer.latest.frame.id > results[-1].frame.id")


def test_a_table_gets_masks_alone_and_pictures_stay(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(IN_PAGE)
    notebook.execute(COUNT_MESSAGES)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("heard = []; stop = explorer.stream.on_result(heard.append, images=False)")
    expect(page.locator(STATUS)).to_have_text(
        "Pictures stay in this browser. Python gets only masks and poses."
    )
    notebook.wait_for("len(heard) > 20")
    assert not notebook.value("any(each.frame.has_image for each in heard)")
    assert notebook.value("received['frame']") == 0
    # A snapshot takes the picture of its one frame, while it runs and while it is paused.
    notebook.execute("taken = explorer.record_controls.snapshot()")
    assert notebook.value("taken.picture.shape == (*heard[-1].frame.size[::-1], 3)")
    notebook.execute("explorer.webcam.pause()")
    notebook.wait_for("not heard[-1].frame.live")
    notebook.execute("taken = explorer.record_controls.snapshot()")
    assert notebook.value(
        "(taken.frame_id, *taken.labels) == (heard[-1].frame.id, 'Selfie general')"
    )
    notebook.execute("stop()")


def test_a_second_model_takes_nothing_again_that_the_browser_has(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(IN_PAGE)
    notebook.execute(COUNT_MESSAGES)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("bytes_sent.clear(); second = explorer.add('general')")
    page.wait_for_function("() => document.querySelectorAll('.bodyseg-view').length === 2")
    notebook.wait_for("second.stream.state == 'ready'")
    assert notebook.value("bytes_sent.get('asset', 0)") == 0


def test_models_in_the_page_and_in_the_kernel_agree_on_the_same_frame(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(
        """
from bodyseg_widgets import Compare, Webcam
compare = Compare([("MediaPipeSelfieSegmentation", "general", "browser"),
                   ("MediaPipeSelfieSegmentation", "general", "tensorflow")],
                  Webcam(source="sample"), show="agreement")
compare
"""
    )
    press_start(page)
    wait_for_masks(page)
    pair = page.locator(".bodyseg-agreement tbody td")
    expect(pair.first).to_have_text("1.000", timeout=30_000)
    for _ in range(5):
        timeline_button(page, "Pause").click()
        shown_frame(page)
        timeline_button(page, "Play").click()
        _wait_until_it_moves(page)
    notebook.execute("compare.webcam.same_frame = True")
    expect(pair.first).to_have_text("1.000")
    _wait_until_it_moves(page)
    timeline_button(page, "Pause").click()
    shown = shown_frame(page)
    notebook.execute("taken = compare.record_controls.snapshot()")
    assert notebook.value("[taken.frame_id, len(taken.labels)]") == [shown, 2]


@pytest.mark.own_page
def test_panels_go_on_without_the_kernel_and_say_so(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[[Page, str], None]
) -> None:
    open_notebook(IN_PAGE)
    press_start(page)
    wait_for_masks(page)
    page.evaluate(SHUT_DOWN)
    expect(page.locator(STATUS)).to_contain_text("Models that run in this browser go on")
    _wait_until_it_moves(page)
    _wait_until_it_moves(page)
    screenshot(page, "local-model-without-kernel")
    expect(page.get_by_role("button", name="Snapshot")).to_be_disabled()
    timeline_button(page, "Pause").click()
    timeline_button(page, "Play").click()
    _wait_until_it_moves(page)
    press_stop(page)
    expect(page.locator(".bodyseg-note").first).to_contain_text("Run the cell again")
    _wait_for_no_model(page)


def test_closing_ends_all_workers(page: Page, open_notebook: OpenNotebook) -> None:
    notebook: Notebook = open_notebook(IN_PAGE)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("explorer.close()")
    wait_for_no_worker(page)


def test_speed_is_measured_in_python_and_in_the_page_while_the_panels_wait(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[[Page, str], None]
) -> None:
    notebook = open_notebook(IN_PAGE)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("measured = explorer.measure_speed('general', 0.3, progress=False)")
    assert notebook.value("[each.way for each in measured.speeds]") == [
        "tensorflow, processor",
        "mediapipe, processor",
        "browser, processor",
    ]
    # This browser has no graphics card.
    assert notebook.value("[each.reason for each in measured.failed]") == [
        "This browser gives pages no graphics card (WebGPU)."
    ]
    expect(page.locator(STATUS)).to_have_text("Pictures stay in this browser.")
    _wait_until_it_moves(page)
    page.get_by_role("button", name="Speed").click()
    part = page.locator(".bodyseg-speed")
    part.get_by_role("button", name="Measure").click()
    expect(part).to_contain_text("1 of 20: Selfie general (tensorflow, processor)")
    screenshot(page, "speed-at-work")
    part.get_by_role("button", name="Cancel").click()
    expect(part).to_contain_text("Cancelled.")
    _wait_until_it_moves(page)
