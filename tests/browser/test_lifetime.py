"""Nothing runs that nobody sees, and nothing is left of what was closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.explorer_page import (
    EXPLORER,
    OPEN_TRACKS,
    REMEMBER_TRACKS,
    SAMPLE_EXPLORER,
    press_start,
    wait_for_masks,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook


def _frames_go_on(notebook: Notebook, page: Page) -> bool:
    page.wait_for_timeout(700)
    before = notebook.value("explorer.latest.frame.id")
    page.wait_for_timeout(1000)
    return bool(notebook.value("explorer.latest.frame.id") > before)


def test_no_frame_is_sent_while_no_view_is_visible(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    assert _frames_go_on(notebook, page)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:hide-cell-outputs')")
    assert not _frames_go_on(notebook, page)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:show-cell-outputs')")
    assert _frames_go_on(notebook, page)


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
    assert not _frames_go_on(notebook, page)
    page.evaluate(hide, "visible")
    assert _frames_go_on(notebook, page)


def test_the_camera_goes_off_when_its_view_is_closed(
    page: Page, open_notebook: OpenNotebook
) -> None:
    page.add_init_script(REMEMBER_TRACKS)
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
from bodyseg_widgets import Explorer

def left():
    gc.collect()
    return {
        "threads": sorted(t.name for t in threading.enumerate() if "bodyseg" in t.name),
        "native threads": sorted(
            open(f"/proc/self/task/{task}/comm").read().strip()
            for task in os.listdir("/proc/self/task")
        ),
        "descriptors": len(os.listdir("/proc/self/fd")),
        "comms": len(get_comm_manager().comms),
        "widgets": len(ipywidgets.widgets.widget._instances),
    }
"""

CYCLES = 30


def test_thirty_times_created_streamed_and_closed_leave_nothing(
    page: Page, open_notebook: OpenNotebook
) -> None:
    page.add_init_script(REMEMBER_TRACKS)
    notebook = open_notebook(MEASURE, "output = ipywidgets.Output(); output")
    notebook.wait_for("'output' in globals()")

    def cycle() -> None:
        notebook.execute(
            "explorer = Explorer(); explorer.start()\n"
            "with output:\n    clear_output(); display(explorer)"
        )
        notebook.wait_for("explorer.latest is not None")
        notebook.execute("explorer.close()\nwith output:\n    clear_output()\ndel explorer")

    # What is loaded once: the runtime's thread pool, the decoder, a subshell.
    for _ in range(3):
        cycle()
    before = notebook.value("left()")
    for _ in range(CYCLES):
        cycle()
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    # ipykernel keeps a socket for each thread that sent something, and collects those of ended
    # threads every ten seconds.
    notebook.wait_for(f"left()['descriptors'] <= {before['descriptors']}", timeout=45)
    after = notebook.value("left()")
    assert page.evaluate("() => window.tracks.length") >= CYCLES
    assert after["threads"] == []
    assert after["comms"] == before["comms"]
    assert after["widgets"] == before["widgets"]
    assert after["native threads"] == before["native threads"]


COMPARISONS = 5


def test_comparisons_with_all_parts_that_were_streamed_and_changed_leave_nothing(
    page: Page, open_notebook: OpenNotebook
) -> None:
    page.add_init_script(REMEMBER_TRACKS)
    notebook = open_notebook(MEASURE, "output = ipywidgets.Output(); output")
    notebook.wait_for("'output' in globals()")

    def cycle() -> None:
        notebook.execute(
            "from bodyseg_widgets import Compare\n"
            "parts = ['pose', 'difference', 'agreement', 'profile', 'thresholds']\n"
            "compare = Compare(['landscape', 'lite'], show=parts); compare.start()\n"
            "with output:\n    clear_output(); display(compare)"
        )
        seen = "all(panel.stream.latest is not None for panel in compare.panels)"
        notebook.wait_for(seen)
        notebook.execute("compare.add('general'); compare.move(compare.panels[2], 0)")
        notebook.wait_for(seen)
        notebook.execute("compare.remove(compare.panels[1])")
        notebook.execute("compare.close()\nwith output:\n    clear_output()\ndel compare")

    for _ in range(2):
        cycle()
    before = notebook.value("left()")
    for _ in range(COMPARISONS):
        cycle()
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    notebook.wait_for(f"left()['descriptors'] <= {before['descriptors']}", timeout=45)
    after = notebook.value("left()")
    assert after["threads"] == []
    assert after["comms"] == before["comms"]
    assert after["widgets"] == before["widgets"]
    assert after["native threads"] == before["native threads"]
