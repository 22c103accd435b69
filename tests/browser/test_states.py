"""If there is nothing to show, one sentence and one action say so, and the next start works."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    EXPLORER,
    LOOK_JS,
    SAMPLE_EXPLORER,
    note,
    press_start,
    wait_for_masks,
)
from tests.browser.lab import KERNEL_IS_IDLE, Notebook, Server, chromium, jupyter_server
from tests.browser.page_scripts import OPEN_TRACKS
from tests.browser.watched_page import INSECURE_HOST, watched_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Playwright

    from tests.browser.conftest import OpenNotebook

CAMERA_EXPLORER = EXPLORER.format(options="")


@contextlib.contextmanager
def _another_image(page: Page) -> Iterator[None]:
    """Hold that the image changes by what is done here."""
    before = page.evaluate(f"() => ({LOOK_JS})()")
    yield
    page.wait_for_function(f"(before) => ({LOOK_JS})() !== before", arg=before, timeout=10_000)


def _wait_for_note(page: Page, words: str) -> None:
    page.wait_for_function(
        "(words) => document.querySelector('.bodyseg-note')?.innerText.includes(words)",
        arg=words,
        timeout=15_000,
    )


DENIED = ["--use-fake-device-for-media-stream", "--deny-permission-prompts"]
NO_CAMERA = ["--use-fake-ui-for-media-stream"]


@pytest.mark.parametrize(
    ("flags", "words"),
    [(DENIED, "blocked the camera"), (NO_CAMERA, "No camera was found")],
    ids=["denied", "no camera"],
)
def test_without_a_camera_it_says_why_and_offers_the_sample(
    playwright: Playwright,
    server: Server,
    screenshot: Callable[..., None],
    flags: list[str],
    words: str,
) -> None:
    with chromium(playwright, flags=flags) as browser, watched_page(browser) as page:
        notebook = Notebook(page, server, [CAMERA_EXPLORER])
        notebook.run_all()
        page.wait_for_selector(".bodyseg-view")
        press_start(page)
        _wait_for_note(page, words)
        screenshot(page, f"state-{words.partition(' ')[0].lower()}")
        notebook.wait_for("explorer.webcam.state == 'failed'")
        assert words in notebook.value("explorer.webcam.message")
        page.get_by_role("button", name="Use the sample image").click()
        wait_for_masks(page)
        notebook.wait_for("explorer.webcam.source == 'sample'")
        notebook.close()


@pytest.mark.own_page
def test_a_kernel_restart_switches_the_camera_off_and_the_cell_runs_again(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = open_notebook(CAMERA_EXPLORER)
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_masks(page)
    page.evaluate(
        """async () => {
          const { sessionContext } = window.jupyterapp.shell.currentWidget;
          await sessionContext.session.kernel.restart();
        }"""
    )
    _wait_for_note(page, "The kernel was restarted")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    screenshot(page, "state-restarted")
    # Nothing can be pressed that needs Python, and no file is spoken of: nothing was recorded.
    for name in ("Start", "Pause", "Snapshot", "Record stream", "Record view", "Add model"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_disabled()
    for name in ("Video source", "Model", "Runtime"):
        expect(page.get_by_label(name, exact=True)).to_be_disabled()
    expect(page.locator(".bodyseg-recorder")).to_have_text("Record view", use_inner_text=True)
    # The last image is there, and what changes it in the page still does.
    for name in ("Threshold", "opacity"):
        expect(page.get_by_role("slider", name=name)).to_be_enabled()
    expect(page.get_by_role("button", name="Mirror")).to_be_enabled()
    with _another_image(page):
        page.get_by_role("tab", name="Heatmap").click()
    notebook.run_all()
    page.wait_for_function("() => !document.querySelector('.bodyseg-webcam button')?.disabled")
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_masks(page)


DIES = (
    "sessionContext.session.kernel.requestExecute("
    "{ code: 'import os, signal; os.kill(os.getpid(), signal.SIGKILL)' })"
)
IS_EXCHANGED = "sessionContext.changeKernel({ name: 'python3' })"
IS_SHUT_DOWN = "sessionContext.shutdown()"
ENDS = (DIES, IS_EXCHANGED, IS_SHUT_DOWN)
"""What JupyterLab does; after the last, there is no kernel."""


def test_the_camera_goes_off_when_the_kernel_ends(browser: Browser, server: Server) -> None:
    # JupyterLab's own complaint about requests that are never answered.
    with watched_page(browser, known_errors=("Canceled future",)) as page:
        notebook = Notebook(page, server, [CAMERA_EXPLORER])
        for end in ENDS:
            page.wait_for_function(KERNEL_IS_IDLE, timeout=60_000)
            notebook.run_all()
            page.locator(".bodyseg-webcam > button:enabled", has_text="Start").wait_for()
            press_start(page)
            wait_for_masks(page)
            page.evaluate(
                "() => { const { sessionContext } = window.jupyterapp.shell.currentWidget; "
                f"{end}; }}"
            )
            page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0", timeout=15_000)
            _wait_for_note(page, "The kernel was restarted or shut down")
            if end == DIES:
                # JupyterLab's word about it.
                page.locator(".jp-Dialog .jp-mod-accept").click()


@pytest.mark.own_page
def test_a_reloaded_page_does_not_switch_the_camera_on_by_itself(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(CAMERA_EXPLORER)
    page.wait_for_selector(".bodyseg-view")

    def start_in_python() -> None:
        notebook.execute("explorer.start()")

    for start in (partial(press_start, page), start_in_python):
        start()
        wait_for_masks(page)
        notebook.save()
        page.goto(f"{notebook.server.url}/lab/tree/{notebook.name}")
        page.wait_for_selector(".bodyseg-note", timeout=60_000)
        _wait_for_note(page, "The camera starts when you press Start")
        notebook.wait_for("[explorer.webcam.running, explorer.webcam.state] == [False, 'idle']")
        page.wait_for_timeout(500)
        assert "The camera starts when you press Start" in note(page)
        # None was ever opened since the page was loaded.
        assert page.evaluate("() => window.tracks.length") == 0
    press_start(page)
    wait_for_masks(page)


BUSY_UNTIL_TOLD = """
import time
from pathlib import Path
while not Path({word!r}).exists():
    time.sleep(0.05)
"""


def test_without_link_and_subshells_a_running_cell_is_told_and_waited_for(
    browser: Browser, tmp_path: Path, screenshot: Callable[..., None]
) -> None:
    settings = {
        "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"}
    }
    with (
        jupyter_server(tmp_path / "server", settings=settings, extension=False) as server,
        watched_page(browser) as page,
    ):
        notebook = Notebook(page, server, [SAMPLE_EXPLORER])
        notebook.run_all()
        page.wait_for_selector(".bodyseg-view")
        press_start(page)
        wait_for_masks(page)
        # The page asks the server why its link was refused, while masks come already.
        why = "^Frames go through Jupyter: the Jupyter server does not have the extension"
        expect(page.locator(".bodyseg-times-way")).to_have_text(re.compile(why))
        notebook.start_executing(BUSY_UNTIL_TOLD.format(word="done"))
        _wait_for_note(page, "Python is busy running a cell")
        screenshot(page, "state-busy")
        (server.root / "done").touch()
        # The cell is done, and the stream goes on by itself.
        wait_for_masks(page)
        notebook.wait_for("explorer.webcam.state == 'live'")
        notebook.close()


def test_a_source_that_python_closed_says_so(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("explorer.webcam.close()")
    _wait_for_note(page, "This source was closed")


def test_a_failing_callback_is_shown_over_the_running_picture(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    notebook.execute("def my_effect(result): return 1 / 0\nexplorer.stream.on_result(my_effect)")
    _wait_for_note(page, "my_effect raised ZeroDivisionError")
    screenshot(page, "state-callback")
    first = notebook.value("explorer.latest.frame.id")
    notebook.wait_for(f"explorer.latest.frame.id > {first}")


def test_a_page_without_https_says_why_it_gets_no_camera_and_shows_the_sample(
    browser: Browser, server: Server
) -> None:
    insecure = replace(server, url=server.url.replace("127.0.0.1", INSECURE_HOST))
    with watched_page(browser) as page:
        notebook = Notebook(page, insecure, [CAMERA_EXPLORER])
        notebook.run_all()
        page.wait_for_selector(".bodyseg-view")
        _wait_for_note(page, f"Video is sent to this notebook's server, {INSECURE_HOST}")
        press_start(page)
        _wait_for_note(page, "was not loaded over HTTPS")
        page.get_by_role("button", name="Use the sample image").click()
        wait_for_masks(page)
        notebook.close()
