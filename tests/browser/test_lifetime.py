"""Nothing runs while hidden, and nothing is left of closed widgets."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import nbformat
import pytest
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    EXPLORER,
    SAMPLE_EXPLORER,
    frame_workers,
    press_start,
    seen_when,
    wait_for_masks,
    wait_for_no_worker,
)
from tests.browser.lab import Notebook
from tests.browser.page_scripts import OPEN_TRACKS
from tests.browser.watched_page import watched_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Server


# Asking for the latest result would make frames come.
_NEWEST = "explorer.stream.overheard.frame.id"


def _wait_for_frames(notebook: Notebook) -> None:
    """Wait until more frames have come than can have been under way."""
    notebook.wait_for(f"{_NEWEST} > {notebook.value(_NEWEST)} + 5")


def _more_frames(notebook: Notebook, page: Page) -> int:
    """How many frames come within half a second."""
    before = notebook.value(_NEWEST)
    page.wait_for_timeout(500)
    more: int = notebook.value(_NEWEST) - before
    return more


def _command(page: Page, command: str) -> None:
    page.evaluate(
        """(command) => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = content.widgets.findIndex(({ model }) =>
            model.sharedModel.source.includes('Explorer('));
          return window.jupyterapp.commands.execute(command);
        }""",
        f"notebook:{command}",
    )


def test_a_hidden_output_switches_the_camera_off_until_it_is_shown_and_a_moved_cell_does_not(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options=""), "1 + 1")
    press_start(page)
    wait_for_masks(page)
    # Python asks, but nobody could press Stop.
    notebook.execute("unsubscribe = explorer.stream.on_result(lambda result: None)")
    _command(page, "hide-cell-outputs")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    notebook.wait_for("explorer.webcam.state == 'on hold' and explorer.webcam.running")
    _command(page, "show-cell-outputs")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 1")
    notebook.wait_for("explorer.webcam.state == 'live'")
    opened = page.evaluate("() => window.tracks.length")
    _command(page, "move-cell-down")
    _wait_for_frames(notebook)
    assert page.evaluate("() => window.tracks.length") == opened
    notebook.wait_for("explorer.webcam.state == 'live'")


FAR_BELOW = """
from IPython.display import HTML
from bodyseg_widgets import LandmarkPlot3D
plot = LandmarkPlot3D(explorer.stream)
display(HTML('<div style="height: 3000px"></div>'), plot)
"""


def test_who_can_be_seen_or_asks_gets_frames_though_the_explorer_is_scrolled_away(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options='model="lite"'), FAR_BELOW)
    press_start(page)
    wait_for_masks(page)
    page.locator(".bodyseg-figure").scroll_into_view_if_needed()
    notebook.execute("updates = plot._last_update")
    notebook.wait_for("plot._last_update > updates + 5")
    notebook.execute("plot.close()")
    notebook.wait_for("explorer.webcam.state == 'on hold'")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    notebook.execute("file = explorer.record_controls.record(overwrite=True)")
    notebook.wait_for("explorer.record_controls.recording.frames > 5")
    notebook.execute("explorer.record_controls.stop_recording(); file.unlink()")


def test_no_frame_is_sent_while_the_tab_is_hidden(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    # A headless browser has no tabs to hide; this is what a page is told then.
    hide = """(state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, "hidden")
    notebook.wait_for("explorer.webcam.state == 'on hold'")
    # Those that were under way have come once no other comes for a while.
    seen_when(page, lambda: _more_frames(notebook, page), lambda more: more == 0)
    assert _more_frames(notebook, page) == 0
    page.evaluate(hide, "visible")
    _wait_for_frames(notebook)


def test_a_source_has_one_worker_which_ends_with_it(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    assert frame_workers(page) == 1
    notebook.execute("explorer.close()")
    wait_for_no_worker(page)


FORBID_WORKERS = """() => {
  const policy = document.createElement('meta');
  policy.httpEquiv = 'Content-Security-Policy';
  policy.content = "worker-src 'none'";
  document.head.append(policy);
}"""


@pytest.mark.own_page
def test_where_a_page_may_not_start_workers_it_does_their_work(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook("")
    page.evaluate(FORBID_WORKERS)
    notebook.replace_cells([EXPLORER.format(options="")])
    notebook.run_all()
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_masks(page)
    assert frame_workers(page) == 0
    _wait_for_frames(notebook)
    notebook.execute("explorer.close()")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")


def test_the_camera_goes_off_when_its_view_is_closed(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options=""))
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_masks(page)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    notebook.wait_for("explorer.webcam.state == 'idle' and not explorer.webcam.running")


MEASURE = """
import gc, os, threading, time
import ipywidgets
from comm import get_comm_manager
from IPython.display import clear_output
from jupyter_core.paths import jupyter_runtime_dir
from pathlib import Path
from bodyseg_widgets import Compare, Explorer, Webcam

def left():
    gc.collect()
    return {
        "threads": sorted(t.name for t in threading.enumerate() if "bodyseg" in t.name),
        "native threads": sorted(
            open(f"/proc/self/task/{task}/comm").read().strip()
            for task in os.listdir("/proc/self/task")
        ),
        # Kernels of other tests may live, and have theirs in the same folder.
        "sockets": sorted(each.name for each in Path(jupyter_runtime_dir()).glob("bodyseg-*")),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "comms": len(get_comm_manager().comms),
        "widgets": len(ipywidgets.widgets.widget._instances),
    }

def wait_until_seen():
    # In the kernel: asking it from the page again and again takes longer than what is waited for.
    end = time.monotonic() + 20
    while any(panel.stream.latest is None for panel in shown.panels):
        assert time.monotonic() < end
        time.sleep(0.02)
"""

CYCLES = 30
COMPARISONS = 3


def make_and_close(notebook: Notebook, *steps: str, times: int) -> None:
    """Run these steps repeatedly; assert that nothing is left of what they created."""
    page = notebook.page
    opened = page.evaluate("() => window.tracks.length")

    def cycle() -> None:
        for step in steps:
            notebook.execute(step)
            notebook.execute("wait_until_seen()")
        notebook.execute("shown.close()\nwith output:\n    clear_output()\ndel shown")

    # What is loaded once: the runtime's thread pool, the decoder, a subshell.
    for _ in range(3):
        cycle()
    before = notebook.value("left()")
    for _ in range(times):
        cycle()
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    wait_for_no_worker(page)
    # ipykernel keeps a socket for each thread that sent something, and collects those of ended
    # threads every ten seconds.
    notebook.wait_for(f"left()['descriptors'] <= {before['descriptors']}", timeout=45)
    after = notebook.value("left()")
    assert page.evaluate("() => window.tracks.length") >= opened + times
    assert after["threads"] == []
    assert after["sockets"] == before["sockets"]
    assert after["comms"] == before["comms"]
    assert after["widgets"] == before["widgets"]
    assert after["native threads"] == before["native threads"]


DISPLAY = "shown.start()\nwith output:\n    clear_output(); display(shown)"


@pytest.fixture(scope="module")
def measured(browser: Browser, server: Server) -> Iterator[Notebook]:
    """A notebook that can say what is left, and has a place to show things in.

    Its kernel has run nothing else: what tests before leave to end later would be counted.
    """
    with watched_page(browser) as page:
        notebook = Notebook(page, server, [MEASURE, "output = ipywidgets.Output(); output"])
        notebook.run_all()
        notebook.wait_for("'output' in globals()")
        yield notebook
        notebook.close()


def test_thirty_times_created_streamed_and_closed_leave_nothing(measured: Notebook) -> None:
    make_and_close(measured, f"shown = Explorer(); {DISPLAY}", times=CYCLES)


def test_comparisons_with_all_parts_that_were_streamed_and_changed_leave_nothing(
    measured: Notebook,
) -> None:
    parts = ["pose", "difference", "agreement", "profile", "thresholds"]
    make_and_close(
        measured,
        # Few frames, so that the page has time for the kernel's commands.
        f"shown = Compare(['landscape', 'lite'], Webcam(frame_rate=5), show={parts}); {DISPLAY}",
        "shown.add('general'); shown.move(shown.panels[2], 0)",
        "shown.remove(shown.panels[1])",
        times=COMPARISONS,
    )


COMPARE = """
from bodyseg_widgets import Compare, Webcam
explorer = Compare(["general", "lite"], Webcam(source="sample"))
explorer
"""
LARGEST = 100_000
"""Bytes of what a notebook saves of these widgets."""


@contextlib.contextmanager
def _saving_widgets(page: Page) -> Iterator[None]:
    toggle = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
    switch = f"""async (on) => {{
      const {{ commands }} = window.jupyterapp;
      if (commands.isToggled('{toggle}') !== on) await commands.execute('{toggle}');
    }}"""
    page.evaluate(switch, arg=True)
    page.wait_for_function(f"() => window.jupyterapp.commands.isToggled('{toggle}')")
    try:
        yield
    finally:
        page.evaluate(switch, arg=False)


@pytest.mark.own_page
def test_a_notebook_saves_little_of_its_widgets_and_without_its_kernel_they_say_so_once(
    page: Page, open_notebook: OpenNotebook, server: Server
) -> None:
    notebook = open_notebook(COMPARE)
    expect(page.locator(".bodyseg-view")).to_have_count(3)
    # Each widget is asked for its state, also those that are made late.
    expect(page.locator(".bodyseg-agreement")).to_be_visible()
    path = server.root / notebook.name
    with _saving_widgets(page):
        notebook.save()
        (saved,) = nbformat.read(path, 4).metadata.widgets.values()
        assert len(saved.state) > 200
        assert sum(len(json.dumps(each)) for each in saved.state.values()) < LARGEST
        kernel = "window.jupyterapp.shell.currentWidget.sessionContext"
        page.evaluate(f"() => {kernel}.shutdown()")
        page.reload()
        output = page.locator(".jp-OutputArea-output").first
        expect(output.get_by_text("saved without its kernel").first).to_be_visible(timeout=60_000)
        expect(
            output.get_by_text("saved without its kernel").locator("visible=true")
        ).to_have_count(1)
        expect(output.get_by_role("button")).to_have_count(0)
        expect(output.get_by_role("combobox")).to_have_count(0)
