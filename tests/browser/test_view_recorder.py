"""Recording what the panels show to a video file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.clips import HEIGHT, WIDTH, read_counter
from tests.browser.explorer_page import (
    canvas_pixels,
    drawn_counter,
    press_start,
    wait_for_masks,
)
from tests.browser.lab import Notebook
from tests.browser.watched_page import watched_page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Server

    OpenRecorder = Callable[..., Notebook]

RECORDED_EXPLORER = """
import threading
from bodyseg_widgets import Explorer, Webcam
explorer = Explorer({options})
go_on = threading.Event()
recorder = explorer.record_controls.view_recorder
{then}
explorer
"""

STATUS = "document.querySelector('.bodyseg-recorder [role=status]')"

REMEMBER_RECORDERS = """
(() => {
  window.recorders = [];
  window.MediaRecorder = class extends MediaRecorder {
    constructor(...options) {
      super(...options);
      window.recorders.push(this);
    }
  };
  // Timers of 15 times a second.
  window.ticks = new Set();
  const { setInterval, clearInterval } = window;
  window.setInterval = (act, interval, ...rest) => {
    const timer = setInterval.call(window, act, interval, ...rest);
    if (Math.round(interval) === 67) window.ticks.add(timer);
    return timer;
  };
  window.clearInterval = (timer) => {
    window.ticks.delete(timer);
    clearInterval.call(window, timer);
  };
})()
"""
"""A script for the page: it keeps all recorders and the timers that draw for them."""

FAT_PARTS = """
(() => {
  window.parts = 0;
  window.MediaRecorder = class extends MediaRecorder {
    set ondataavailable(listener) {
      this.addEventListener('dataavailable', () => {
        window.parts += 1;
        listener({ data: new Blob([new Uint8Array(3 * 2 ** 20)]) });
      });
    }
  };
})()
"""
"""A script for the page: each part of a video has 3 MB."""

TITLE_HEIGHT, GAP = 26, 8
"""Of the composed image; see `compose.ts`."""


@pytest.fixture
def open_recorder(page: Page, open_notebook: OpenNotebook) -> OpenRecorder:
    """Open a notebook with an Explorer that streams; it has a recorder."""

    def open_it(options: str = 'Webcam(source="sample")', then: str = "") -> Notebook:
        notebook = open_notebook(RECORDED_EXPLORER.format(options=options, then=then))
        page.wait_for_selector(".bodyseg-recorder button")
        press_start(page)
        wait_for_masks(page)
        return notebook

    return open_it


def _record(page: Page, notebook: Notebook, seconds: float) -> None:
    button = page.get_by_role("button", name="Record view")
    button.focus()
    page.keyboard.press("Enter")
    # The last recording's length stays until this one begins.
    notebook.wait_for(f"recorder.state == 'recording' and recorder.seconds >= {seconds}")


def _stop(page: Page, notebook: Notebook) -> None:
    page.get_by_role("button", name="Stop recording").focus()
    page.keyboard.press("Space")
    notebook.wait_for("recorder.state in ('idle', 'failed')")
    notebook.execute("go_on.set()")


def _thaw(notebook: Notebook) -> None:
    """Be as patient as before `_freeze`."""
    notebook.execute("overdue.LATE_SECONDS = patience")


def _freeze(notebook: Notebook) -> None:
    """Let no more results come until `_stop`: the image that is drawn stays."""
    notebook.execute(
        # A message that the function is late would be in the video, too.
        "from bodyseg_widgets.streaming import overdue\n"
        "patience, overdue.LATE_SECONDS = overdue.LATE_SECONDS, 600\n"
        "frozen = threading.Event()\n"
        "explorer.stream.on_result(lambda _: (frozen.set(), go_on.wait()))"
    )
    notebook.wait_for("frozen.is_set()")
    # Until it is drawn, and that recorded.
    notebook.execute("before = recorder.seconds")
    notebook.wait_for("recorder.seconds > before + 1.5")


def _pictures(path: Path) -> list[NDArray[np.uint8]]:
    """All images of a video, RGB."""
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def _assert_rate(pictures: list[NDArray[np.uint8]], asked: float) -> None:
    """Hold that a video has as many images as were asked for, or fewer by what a busy page drops.

    Beside much other work, a browser drew and encoded 70 % of them.
    """
    assert 0.5 * asked < len(pictures) < 1.25 * asked


def _number_of_frames(y4m: Path) -> int:
    return y4m.stat().st_size // (WIDTH * HEIGHT * 3 // 2)


def _panel(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The first panel's part of a composed image."""
    top = GAP + TITLE_HEIGHT
    return picture[top : top + 480, GAP : GAP + 640]


@pytest.mark.parametrize("suffix", ["webm", "mp4"])
def test_what_the_panel_shows_is_in_a_video_that_can_be_sought_in(
    page: Page, open_recorder: OpenRecorder, server: Server, suffix: str
) -> None:
    notebook = open_recorder(then=f"recorder.path = '{suffix}-view.{suffix}'")
    _record(page, notebook, 3)
    _freeze(notebook)
    shown = canvas_pixels(page)[..., :3].astype(int)
    _stop(page, notebook)
    _thaw(notebook)

    assert notebook.value("recorder.message") == f"Saved {suffix}-view.{suffix}."
    # The page hears of it a moment later.
    status = page.locator(".bodyseg-recorder").get_by_role("status")
    expect(status).to_have_text(f"Saved {suffix}-view.{suffix}.")
    path = server.root / f"{suffix}-view.{suffix}"
    assert notebook.value("str(recorder.file)") == str(path)
    assert [each.name for each in server.root.glob(f"*{suffix}-view*")] == [path.name]
    assert path.stat().st_size == notebook.value("recorder.bytes")

    pictures = _pictures(path)
    _assert_rate(pictures, 15 * notebook.value("recorder.seconds"))
    last = _panel(pictures[-1]).astype(int)
    assert np.abs(last - shown).mean() < 4
    # The mask's teal is in it: most of the person is far from the image without a mask.
    person = np.array(notebook.value("(explorer.latest.mask.probability >= 0.5).tolist()"))
    assert np.abs(last - shown)[person].mean() < 6
    teal = last[person].mean(axis=0)
    assert teal[1] > teal[0] + 40

    with av.open(str(path)) as container:
        assert container.duration / 1e6 == pytest.approx(
            notebook.value("recorder.seconds"), abs=1.0
        )
        container.seek(3_000_000)
        first = next(container.decode(video=0))
        assert 0 < first.time <= 3


def test_the_skeleton_and_the_title_are_recorded(
    page: Page, open_recorder: OpenRecorder, server: Server
) -> None:
    notebook = open_recorder(
        options="model='BlazePose', model_type='lite', view='picture'",
        then="recorder.path = 'bones.webm'",
    )
    page.wait_for_selector(".bodyseg-overlay:not([hidden])")
    _record(page, notebook, 1)
    _freeze(notebook)
    bones = canvas_pixels(page, ".bodyseg-overlay")
    _stop(page, notebook)
    _thaw(notebook)
    last = _pictures(server.root / "bones.webm")[-1]
    # Only where it is opaque and not at an edge, which the encoder blurs.
    clear = bones[..., 3] > 250
    difference = np.abs(_panel(last).astype(int) - bones[..., :3].astype(int))[clear]
    assert clear.sum() > 500
    assert difference.mean() < 25
    title = last[GAP : GAP + TITLE_HEIGHT, GAP : GAP + 640]
    assert np.ptp(title.astype(int)) > 100


def test_panels_are_recorded_in_the_grid_of_the_page(
    page: Page, open_recorder: OpenRecorder, server: Server
) -> None:
    notebook = open_recorder(
        options="Webcam(source='sample'), models=['general', 'landscape', 'general']",
        then="recorder.path = 'grid.webm'",
    )
    frames = page.evaluate(
        "() => [...document.querySelectorAll('.bodyseg-frame')].map((frame) => {"
        "const { left, top, width, height } = frame.getBoundingClientRect();"
        "return [left, top, Math.round(width), Math.round(height)]; })"
    )
    _record(page, notebook, 1.5)
    _stop(page, notebook)
    rows: dict[float, list[list[float]]] = {}
    for frame in frames:
        rows.setdefault(frame[1], []).append(frame)
    assert len(frames) == 3
    widths = [sum(each[2] + GAP for each in row) + GAP for row in rows.values()]
    heights = [TITLE_HEIGHT + row[0][3] + GAP for row in rows.values()]
    height, width, _ = _pictures(server.root / "grid.webm")[-1].shape
    # Even, as encoders want it.
    assert width == pytest.approx(max(widths), abs=1)
    assert height == pytest.approx(sum(heights) + GAP, abs=1)


def test_a_kernel_that_is_killed_loses_less_than_a_second(
    browser: Browser, server: Server, webcam_clip: Path
) -> None:
    # The error is JupyterLab's own: it says what it was still waiting for.
    with watched_page(browser, known_errors=("Canceled future",)) as page:
        notebook = Notebook(
            page,
            server,
            [
                RECORDED_EXPLORER.format(
                    options="view='picture', mirror=False", then="recorder.path = 'killed.webm'"
                )
            ],
        )
        notebook.run_all()
        page.wait_for_selector(".bodyseg-recorder button")
        press_start(page)
        wait_for_masks(page)
        _record(page, notebook, 3)
        notebook.start_executing("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
        page.wait_for_function(f"() => {STATUS}.textContent.includes('The kernel was restarted')")
        assert page.locator(".bodyseg-recorder button").is_disabled()
        # The fake webcam numbers its frames, 30 a second; none comes back without the kernel.
        drawn = drawn_counter(page)
        notebook.close()
    pictures = _pictures(server.root / "killed.recording.webm")
    assert len(pictures) > 15
    lost = (drawn - read_counter(_panel(pictures[-1]))) % _number_of_frames(webcam_clip)
    assert lost <= 30


@pytest.mark.own_page
def test_a_page_that_is_reloaded_leaves_a_finished_file(
    page: Page, open_recorder: OpenRecorder, server: Server
) -> None:
    notebook = open_recorder(then="recorder.path = 'reloaded.webm'")
    _record(page, notebook, 2)
    page.reload()
    page.wait_for_function("() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session")
    notebook.wait_for("recorder.state == 'failed'")
    message = notebook.value("recorder.message")
    assert message.startswith("The page was closed or reloaded")
    assert message.endswith("Saved reloaded.webm.")
    assert notebook.value("recorder.recording") is False
    # It is the thread that says so.
    notebook.wait_for("not any('recorder' in each.name for each in threading.enumerate())")
    with av.open(str(server.root / "reloaded.webm")) as container:
        assert container.duration / 1e6 > 1


def test_a_cell_starts_and_stops_a_recording_while_it_runs(
    open_recorder: OpenRecorder, server: Server
) -> None:
    notebook = open_recorder(then="recorder.rate = 10")
    # It is written while the cell runs: the page is handled beside it.
    notebook.execute(
        "import time\n"
        "recorder.start('cell.webm')\n"
        "end = time.monotonic() + 20\n"
        "while recorder.seconds < 2 and time.monotonic() < end: time.sleep(0.05)\n"
        "during = recorder.seconds\n"
        "recorder.stop()\n"
        "while recorder.state != 'idle' and time.monotonic() < end: time.sleep(0.05)\n"
    )
    assert notebook.value("during") >= 2
    assert notebook.value("recorder.message") == "Saved cell.webm."
    _assert_rate(_pictures(server.root / "cell.webm"), 10 * notebook.value("recorder.seconds"))


def test_nothing_runs_on_in_the_page_after_the_end(page: Page, open_recorder: OpenRecorder) -> None:
    page.evaluate(REMEMBER_RECORDERS)
    notebook = open_recorder()
    for _ in range(2):
        _record(page, notebook, 1)
        # 15 images a second are asked for.
        page.wait_for_function("() => window.ticks.size === 1")
        _stop(page, notebook)
    assert (
        page.evaluate(
            "() => window.recorders.map(({ state, stream }) => "
            "[state, stream.getTracks().map((track) => track.readyState)])"
        )
        == [["inactive", ["ended"]]] * 2
    )
    page.wait_for_function("() => window.ticks.size === 0")


def test_a_hidden_page_pauses_the_recording(page: Page, open_recorder: OpenRecorder) -> None:
    notebook = open_recorder(then="recorder.path = 'paused.webm'")
    _record(page, notebook, 1)
    # A headless browser has no tabs to hide; this is what a page is told then.
    hide = """(state) => {
      Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
      document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.evaluate(hide, "hidden")
    notebook.wait_for("recorder.state == 'paused'")
    before = notebook.value("recorder.seconds")
    page.wait_for_timeout(2000)
    assert notebook.value("recorder.seconds") <= before + 0.6
    page.evaluate(hide, "visible")
    notebook.wait_for("recorder.state == 'recording'")
    notebook.wait_for(f"recorder.seconds > {before} + 1")
    _stop(page, notebook)
    with av.open(str(notebook.value("str(recorder.file)"))) as container:
        assert container.duration / 1e6 == pytest.approx(
            notebook.value("recorder.seconds"), abs=1.0
        )


def test_a_recorder_without_panels_says_so(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(
        "from bodyseg_widgets import ViewRecorder\nrecorder = ViewRecorder()\nrecorder"
    )
    page.get_by_role("button", name="Record view").click()
    notebook.wait_for("recorder.state == 'failed'")
    assert "There is nothing to record" in notebook.value("recorder.message")
    assert notebook.value("recorder.recording") is False


def test_a_browser_that_cannot_record_says_so(page: Page, open_recorder: OpenRecorder) -> None:
    page.evaluate("() => { delete window.MediaRecorder; }")
    notebook = open_recorder()
    page.get_by_role("button", name="Record view").click()
    notebook.wait_for("recorder.state == 'failed'")
    assert "it has no MediaRecorder" in notebook.value("recorder.message")


def test_a_kernel_that_writes_nothing_ends_the_recording_before_the_page_is_full(
    page: Page, open_recorder: OpenRecorder
) -> None:
    page.evaluate(FAT_PARTS)
    notebook = open_recorder(then="recorder.path = 'busy.webm'")
    # No answer reaches the page, as from a kernel that is busy.
    notebook.execute(
        "answer = recorder._channel.answer\n"
        "recorder._channel.answer = lambda content: "
        "answer(content) if content['kind'] == 'begin' else None"
    )
    page.get_by_role("button", name="Record view").click()
    page.wait_for_function(f"() => {STATUS}.textContent.startsWith('Python was busy')")
    notebook.wait_for("recorder.state == 'failed'")
    assert notebook.value("recorder.message").startswith("Python was busy with a cell")
    # Three parts of 3 MB are too many, and the last one was under way.
    assert 3 <= page.evaluate("() => window.parts") <= 5
