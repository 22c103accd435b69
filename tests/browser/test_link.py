"""Frames go directly to the kernel where they can, and through Jupyter where they cannot."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from tests.browser.explorer_page import SAMPLE_EXPLORER, press_start, wait_for_masks
from tests.browser.lab import KERNEL_IS_IDLE, Notebook, jupyter_server
from tests.browser.watched_page import watched_page

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Server

DIRECT = "Frames go directly to the kernel."

NOTE_ANSWERS = """
answers = []
channel = explorer.webcam.channel
post = channel.post

def noted(message, buffers=()):
    if message["kind"] in {"result", "skipped", "failed"}:
        way = "comm" if channel._linked_page(message) is None else "link"
        answers.append((message["page"], message["frame"], message["stream"], way))
    post(message, buffers)

channel.post = noted
explorer.webcam.frames._post = noted
"""
"""Notes each answer and the way that it goes."""

CUT = "for peer in {*explorer.webcam.channel._linked.values()}: peer.end()"


def wait_for_way(page: Page, words: str) -> None:
    page.wait_for_function(
        "(words) => document.querySelector('.bodyseg-times-way')?.textContent.includes(words)",
        arg=words,
        timeout=30_000,
    )


def sockets(server: Server) -> list[str]:
    """The sockets of links that are beside the connection files of this server's kernels."""
    return [each.name for each in (server.root.parent / "runtime").glob("bodyseg-*")]


def test_frames_go_directly_and_cost_no_message_of_jupyter(
    page: Page, open_notebook: OpenNotebook
) -> None:
    open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    wait_for_way(page, DIRECT)
    counted: list[str] = page.evaluate(
        """async () => {
          const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
          const frame = document.querySelector('.bodyseg-frame');
          const drawn = async (last) => {
            while (!(window.drawnFrame(frame) > last)) await new Promise(requestAnimationFrame);
            return window.drawnFrame(frame);
          };
          // The answer to what was asked last may not be complete yet.
          const first = await drawn(await drawn(0) + 20);
          const seen = [];
          const note = (_, { direction, msg }) =>
            seen.push(`${direction} ${msg.header.msg_type} ${JSON.stringify(msg.content)}`);
          kernel.anyMessage.connect(note);
          await drawn(first + 60);
          kernel.anyMessage.disconnect(note);
          return seen;
        }"""
    )
    assert counted == []


def test_a_cut_link_is_replaced_at_once_and_opened_again_and_no_frame_is_answered_twice(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    wait_for_way(page, DIRECT)
    notebook.execute(NOTE_ANSWERS)
    notebook.wait_for("len(answers) > 10")
    by_comm = "sum(way == 'comm' for *_, way in answers)"
    # While it is opened again, masks go on: for a second, in which a busy machine makes few.
    while (before := notebook.value(by_comm)) <= 5:
        notebook.execute(CUT)
        wait_for_way(page, "Frames go through Jupyter: the direct link was cut.")
        notebook.wait_for(f"{by_comm} > {before}")
        wait_for_way(page, DIRECT)
    notebook.wait_for("answers[-1][-1] == 'link'")
    notebook.execute("explorer.webcam.pause()")
    answers = [tuple(each) for each in notebook.value("answers")]
    ways = [way for *_, way in answers]
    assert (ways[0], ways[-1]) == ("link", "link")
    assert max(Counter(each[:3] for each in answers).values()) == 1


RUN_FOR_FRAMES = """
import time
first, end = explorer.latest.frame.id, time.monotonic() + 60
while explorer.latest.frame.id <= first + 50:
    assert time.monotonic() < end, explorer.latest.frame.id - first
    time.sleep(0.05)
"""
"""A cell that runs until many masks have come."""


def test_masks_go_on_while_a_cell_runs_although_comms_would_wait_for_it(
    browser: Browser, tmp_path: Path
) -> None:
    settings = {
        "@jupyterlab/apputils-extension:kernels-settings": {"commsOverSubshells": "disabled"}
    }
    with (
        jupyter_server(tmp_path / "server", settings=settings) as server,
        watched_page(browser) as page,
    ):
        notebook = Notebook(page, server, [SAMPLE_EXPLORER])
        notebook.run_all()
        page.wait_for_selector(".bodyseg-view")
        wait_for_way(page, DIRECT)
        press_start(page)
        wait_for_masks(page)
        notebook.execute(RUN_FOR_FRAMES)
        notebook.close()


def test_after_the_kernel_was_killed_its_socket_is_removed_and_the_cell_runs_again(
    browser: Browser, server: Server
) -> None:
    # JupyterLab's own complaint about requests that are never answered.
    with watched_page(browser, known_errors=("Canceled future",)) as page:
        notebook = Notebook(page, server, [SAMPLE_EXPLORER])
        notebook.run_all()
        page.wait_for_selector(".bodyseg-view")
        wait_for_way(page, DIRECT)
        (before,) = sockets(server)
        notebook.start_executing("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        page.locator(".bodyseg-times-way", has_text=re.compile(r"^$")).wait_for(state="attached")
        page.wait_for_function(KERNEL_IS_IDLE, timeout=60_000)
        assert sockets(server) == [before]
        # JupyterLab's word about it.
        page.locator(".jp-Dialog .jp-mod-accept").click()
        notebook.run_all()
        wait_for_way(page, DIRECT)
        press_start(page)
        wait_for_masks(page)
        (after,) = sockets(server)
        assert after != before
        notebook.execute("explorer.webcam.close()")
        assert sockets(server) == []
        notebook.close()


def test_each_of_two_pages_gets_the_frames_that_it_asked_for(
    browser: Browser, page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SAMPLE_EXPLORER)
    press_start(page)
    wait_for_masks(page)
    wait_for_way(page, DIRECT)
    notebook.save()
    notebook.execute(NOTE_ANSWERS)
    with watched_page(browser) as other:
        other.goto(f"{notebook.server.url}/lab/tree/{notebook.name}")
        wait_for_way(other, DIRECT)
        notebook.wait_for("len(answers) > 30")
        assert len({page for page, *_ in notebook.value("answers")}) == 1
        press_start(other)
        wait_for_masks(other)
        notebook.wait_for("len({page for page, *_ in answers}) == 2")
        assert {way for *_, way in notebook.value("answers")} == {"link"}
        # The first one has stopped.
        page.locator(".bodyseg-webcam > button", has_text="Start").wait_for()
