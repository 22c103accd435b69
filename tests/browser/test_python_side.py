"""Frames and masks in Python while the stream runs, even while a cell runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.explorer_page import SAMPLE_EXPLORER, press_start, wait_for_masks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook


def test_results_reach_callbacks_and_latest_while_a_cell_runs(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    notebook.execute(
        """
        import time
        seen = []
        unsubscribe = explorer.stream.on_result(lambda result: seen.append(result.frame.id))
        before, end = explorer.latest.frame.id, time.monotonic() + 60
        while (len(seen) <= 10 or explorer.latest.frame.id <= before + 10) \\
                and time.monotonic() < end:
            time.sleep(0.05)
        during, after = len(seen), explorer.latest.frame.id
        unsubscribe()
        """.replace("\n        ", "\n")
    )
    assert notebook.value("during") > 10
    assert notebook.value("after - before") > 10
    assert notebook.value("seen == sorted(set(seen))")
    assert notebook.value("explorer.latest.frame.image.dtype.name") == "uint8"


def test_masks_go_on_while_a_cell_sets_traits_of_every_widget(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    # A comm's next messages go to the shell that last published on it: this publishes on all.
    notebook.execute(
        """
        import time
        came = []
        late = time.monotonic() + 60
        for step in range(30):
            explorer.threshold_slider.value = explorer.view.threshold = step / 30
            explorer.webcam.devices = [{"id": "", "label": f"camera {step}"}]
            explorer.stream.message = f"step {step}"
            before = explorer.latest.frame.id
            while explorer.latest.frame.id == before and time.monotonic() < late:
                time.sleep(0.01)
            came.append(explorer.latest.frame.id > before)
        explorer.stream.message = ""
        """.replace("\n        ", "\n")
    )
    assert notebook.value("all(came)")


def test_async_for_gets_results_in_a_cell(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    notebook.execute(
        """
        numbers = []
        async for result in explorer.stream:
            numbers.append(result.frame.id)
            if len(numbers) == 5:
                break
        """.replace("\n        ", "\n")
    )
    numbers = notebook.value("numbers")
    assert len(numbers) == 5
    assert numbers == sorted(set(numbers))


def test_frames_flow_though_the_cell_that_shows_the_explorer_goes_on(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(
        SAMPLE_EXPLORER.replace("\nexplorer\n", "\nexplorer.start()\ndisplay(explorer)\n")
        + "import time\nend = time.monotonic() + 40\n"
        + "while explorer.latest is None and time.monotonic() < end: time.sleep(0.1)\n"
        + "during = explorer.latest is not None",
        "later = True",
    )
    # Running all cells may have scrolled to the last one.
    page.locator(".bodyseg-view").scroll_into_view_if_needed()
    notebook.wait_for("later", timeout=60)
    assert notebook.value("during")
