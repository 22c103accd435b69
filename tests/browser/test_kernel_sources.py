"""Kernel sources: videos, images, iterators, cameras on the kernel's computer, uploads."""

from __future__ import annotations

import base64
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest
from playwright.sync_api import expect

from bodyseg_widgets.streaming.samples import BUNDLED_SAMPLES
from tests.browser.clips import frames, paint_counter, write_pictures
from tests.browser.explorer_page import (
    PANELS_JS,
    Shown,
    press_start,
    shown_panels,
    timeline_button,
    wait_for_panels,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook, Server

FILM_FRAMES = 60

EXPLORER = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import numpy as np
from bodyseg_widgets import Explorer, Webcam
from bodyseg_widgets.streaming.sources import KernelCamera
from tests.browser.clips import read_counter
webcam = Webcam({{pictures}})
explorer = Explorer(webcam, models=["landscape"], view="picture", mirror=False)
latest = lambda: explorer.latest.frame
explorer
"""

WATCH_PANELS_JS = f"""
async (count) => {{
  const read = {PANELS_JS};
  const seen = [];
  for (;;) {{
    const [panel] = read();
    if (panel[0] >= 0 && panel[0] !== seen.at(-1)?.[0]) seen.push(panel);
    if (seen.length === count) return seen;
    await new Promise(requestAnimationFrame);
  }}
}}
"""
"""Collect a number of different frames that the first panel shows, from now on."""


def write_film(pictures: Iterator[NDArray[np.uint8]], target: Path, codec: str) -> Path:
    """Write numbered images, 30 a second, of which most depend on those before and after."""
    with av.open(str(target), "w") as container:
        stream = container.add_stream(codec, rate=30)
        stream.width, stream.height, stream.pix_fmt = 640, 480, "yuv420p"
        stream.codec_context.gop_size = 12
        stream.codec_context.max_b_frames = 2
        stream.bit_rate = 4_000_000
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(paint_counter(picture, number), format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return target


@pytest.fixture(scope="module")
def signer(data_folder: Path) -> list[NDArray[np.uint8]]:
    """A person signing, as planar YUV."""
    return list(islice(frames(data_folder / "asl" / "again.mkv"), 30))


@pytest.fixture(scope="module")
def films(server: Server, signer: list[NDArray[np.uint8]]) -> dict[str, Path]:
    """The same numbered frames as videos next to the notebook."""
    pictures = signer + signer[::-1]
    return {
        name: write_film(iter(pictures), server.root / name, codec)
        for name, codec in [("film.mp4", "mpeg4"), ("film.mkv", "mpeg4")]
    }


def wait_for_frame(page: Page, number: int) -> None:
    """Wait until the first panel shows the frame of this number; its image must be that one."""
    wait_for_panel(page, Shown(number, number))


def wait_for_panel(page: Page, shown: Shown) -> None:
    """Wait until the first panel shows the frame of this number; its image must be that one."""
    page.wait_for_function(
        f"""([number, counter]) => {{
          const [panel] = ({PANELS_JS})();
          return panel[0] === number && panel[1] === counter;
        }}""",
        arg=[*shown],
        timeout=15_000,
    )


def wait_for_failure(page: Page, words: str) -> None:
    """Wait until the view shows this message instead of its image, with the possible actions."""
    page.wait_for_function(
        """(words) => {
          const note = document.querySelector('.bodyseg-note');
          return !note.hidden && note.innerText.includes(words) && note.querySelector('button');
        }""",
        arg=words,
        timeout=15_000,
    )


def load(notebook: Notebook, pictures: str) -> None:
    notebook.execute(f"webcam.load({pictures}); webcam.start()")


def wait_for_place(page: Page, words: str) -> None:
    """Wait until the timeline says so, and the panels have nothing to say."""
    page.wait_for_function(
        "(words) => document.querySelector('.bodyseg-place').innerText.includes(words)",
        arg=words,
        timeout=15_000,
    )
    wait_for_panels(page)


@pytest.mark.usefixtures("films")
def test_a_film_plays_loops_and_is_stepped_to_the_very_frame(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(pictures='"film.mp4"'))
    page.wait_for_selector(".bodyseg-view")
    expect(page.locator(".bodyseg-webcam select").first).to_have_value("file")
    press_start(page)
    for name in ("film.mp4", "film.mkv"):
        if name != "film.mp4":
            load(notebook, repr(name))
            page.wait_for_function(
                "() => document.querySelector('.bodyseg-webcam select')"
                ".selectedOptions[0].text === 'File: film.mkv'"
            )
        wait_for_panels(page)
        # It plays and loops, and always shows the frame whose number it displays.
        seen = page.evaluate(WATCH_PANELS_JS, 40)
        assert all(number == counter for number, counter in seen)
        page.wait_for_function(f"() => ({PANELS_JS})()[0][0] < 10")
        expect(page.locator(".bodyseg-place")).to_contain_text(f"of {FILM_FRAMES - 1} · 2.0 s")

        timeline_button(page, "Pause").click()
        notebook.wait_for("webcam.paused and not latest().live")
        slider = page.locator(".bodyseg-timeline input[type=range]")
        for sought in (37, 5, 59, 0, 24):
            slider.fill(str(sought))
            wait_for_frame(page, sought)
        for step in range(25, 31):
            timeline_button(page, "Next frame").click()
            wait_for_frame(page, step)
            expect(page.locator(".bodyseg-place")).to_contain_text(f"frame {step} of 59")
        for step in range(29, 19, -1):
            timeline_button(page, "Previous frame").click()
            wait_for_frame(page, step)
        notebook.wait_for("latest().id == 20")
        assert notebook.value("read_counter(latest().image)") == 20
        # From Python, too, and beyond the end is the end.
        notebook.execute("webcam.step(-17)")
        wait_for_frame(page, 3)
        notebook.execute("webcam.show(1000)")
        wait_for_frame(page, 59)
        notebook.execute("webcam.show(31)")
        wait_for_frame(page, 31)
        # Played on, it goes on from there.
        following = page.evaluate(
            f"""async () => {{
              const seen = ({WATCH_PANELS_JS})(3);
              document.querySelector('.bodyseg-timeline [aria-label=Play]').click();
              return seen;
            }}"""
        )
        assert following[0] == [31, 31]
        assert all(31 < number < 45 and number == counter for number, counter in following[1:])

    # Without looping it stays at its last image, and plays again from the first.
    page.get_by_label("loop").uncheck()
    timeline_button(page, "Play").wait_for(timeout=15_000)
    wait_for_frame(page, 59)
    notebook.wait_for("[webcam.paused, webcam.loop] == [True, False]")
    timeline_button(page, "Play").click()
    page.wait_for_function(f"() => ({PANELS_JS})()[0][0] < 20")


def test_pictures_iterators_and_sources_of_python_are_shown(
    page: Page,
    open_notebook: OpenNotebook,
    signer: list[NDArray[np.uint8]],
    films: dict[str, Path],
    server: Server,
) -> None:
    painted = [paint_counter(signer[number], 100 + number) for number in range(20)]
    rgb = [
        av.VideoFrame.from_ndarray(each, format="yuv420p").to_ndarray(format="rgb24")
        for each in painted
    ]
    np.save(server.root / "pictures.npy", np.stack(rgb))
    av.VideoFrame.from_ndarray(painted[5], format="yuv420p").to_image().save(
        server.root / "picture.jpg", quality=95
    )
    notebook = open_notebook(EXPLORER.format(pictures='"picture.jpg"'))
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_panels(page)
    wait_for_panel(page, Shown(0, 105))

    # A list is played like a video.
    load(notebook, 'list(np.load("pictures.npy"))')
    wait_for_place(page, "of 19 · 0.7 s")
    page.wait_for_function(f"() => ({PANELS_JS})().every(([, counter]) => counter < 105)")
    seen = page.evaluate(WATCH_PANELS_JS, 25)
    assert all(counter == 100 + number for number, counter in seen)
    notebook.execute("webcam.show(12)")
    wait_for_panel(page, Shown(12, 112))

    # An iterator plays as its images arrive, and shown frames can be viewed again.
    load(notebook, '(each for _ in range(50) for each in np.load("pictures.npy"))')
    wait_for_place(page, "s kept")
    seen = page.evaluate(WATCH_PANELS_JS, 25)
    assert all(counter == 100 + number % 20 for number, counter in seen)
    timeline_button(page, "Pause").click()
    notebook.wait_for("webcam.paused and not latest().live")
    before = shown_panels(page)[0].number
    notebook.execute("webcam.step(-3)")
    page.wait_for_function(f"(before) => ({PANELS_JS})()[0][0] < before", arg=before)
    [earlier] = shown_panels(page)
    assert earlier.counter == 100 + earlier.number % 20

    # A camera on the kernel's computer, replaced here by a video.
    load(notebook, f"KernelCamera({str(films['film.mp4'])!r})")
    page.wait_for_function(f"() => ({PANELS_JS})()[0][1] < 100", timeout=15_000)
    seen = page.evaluate(WATCH_PANELS_JS, 10)
    assert all(number == counter for number, counter in seen)
    # It ends, and says so.
    wait_for_failure(page, "The frames from Python have ended")
    notebook.wait_for("webcam.state == 'failed' and not webcam.running")

    # Without the video there is no camera on this machine, and the message says so.
    page.get_by_label("Video source").select_option("kernel camera")
    press_start(page)
    wait_for_failure(page, "There is no camera number 0 on the kernel's computer")
    page.get_by_role("button", name="Use the sample image").click()
    wait_for_panels(page)


RAISING = """
def raising():
    yield from np.zeros((2, 48, 64, 3), np.uint8)
    raise RuntimeError("the well is dry")
"""

BAD = {
    "unsupported": ('"notes.mp4"', "'notes.mp4' is not a supported video or image"),
    "truncated": ('"cut.mp4"', "cut.mp4"),
    "no server": ('"http://127.0.0.1:9/clip.mp4"', "http://127.0.0.1:9/clip.mp4"),
    "raises": ("raising()", "Frame 2 of 'Python frames' could not be read: RuntimeError"),
    "shape": ("iter([np.zeros((4, 4, 7))])", "Frame 0 of 'Python frames' is not a usable image"),
    "empty list": ("[]", "has no images"),
}


@pytest.mark.usefixtures("films")
def test_what_cannot_be_shown_is_said_in_words_and_the_next_source_works(
    page: Page, open_notebook: OpenNotebook, server: Server
) -> None:
    (server.root / "notes.mp4").write_text("These are notes and no film.\n" * 50)
    whole = (server.root / "film.mp4").read_bytes()
    (server.root / "cut.mp4").write_bytes(whole[: len(whole) // 2])
    notebook = open_notebook(EXPLORER.format(pictures=""), RAISING)
    page.wait_for_selector(".bodyseg-view")
    for pictures, words in BAD.values():
        load(notebook, pictures)
        wait_for_failure(page, words)
        notebook.wait_for("webcam.state == 'failed' and not webcam.running")
        message = notebook.value("webcam.message")
        expect(page.locator(".bodyseg-note p")).to_have_text(message, use_inner_text=True)
        page.get_by_role("button", name="Use the sample image").click()
        wait_for_panels(page)

    # Typed in by hand.
    page.get_by_label("Video source").select_option(label="Path or URL…")
    page.get_by_label("Path on the kernel's computer").fill("not/there.mp4")
    page.keyboard.press("Enter")
    wait_for_failure(page, "not/there.mp4")
    page.get_by_label("Video source").select_option(label="Path or URL…")
    page.get_by_label("Path on the kernel's computer").fill("film.mp4")
    page.keyboard.press("Enter")
    wait_for_panels(page)
    notebook.wait_for("[webcam.source, webcam.path] == ['file', 'film.mp4']")


NOTE_PROGRESS_JS = """
() => {
  window.told = [];
  const status = document.querySelector('.bodyseg-webcam .bodyseg-status');
  new MutationObserver(() => window.told.push(status.textContent))
    .observe(status, { childList: true, characterData: true, subtree: true });
}
"""

DROP_JS = """
({ name, data }) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name));
  const view = document.querySelector('.bodyseg-view .bodyseg-canvas');
  const over = new DragEvent('dragover', { dataTransfer, bubbles: true, cancelable: true });
  view.dispatchEvent(over);
  const invited = document.querySelector('.bodyseg-view').matches('.bodyseg-drop');
  view.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  return invited && over.defaultPrevented
    && !document.querySelector('.bodyseg-view').matches('.bodyseg-drop');
}
"""


def test_files_are_chosen_and_dropped(
    page: Page,
    open_notebook: OpenNotebook,
    signer: list[NDArray[np.uint8]],
    films: dict[str, Path],
    tmp_path: Path,
) -> None:
    # Larger than what Jupyter's websocket takes in one message, which is 10 MB.
    large = write_pictures(signer, tmp_path / "large.y4m")
    assert large.stat().st_size > 12e6
    notebook = open_notebook(EXPLORER.format(pictures=""))
    page.wait_for_selector(".bodyseg-view")
    page.evaluate(NOTE_PROGRESS_JS)
    with page.expect_file_chooser() as chooser:
        page.get_by_label("Video source").select_option(label="File on this computer…")
    chooser.value.set_files(large)
    wait_for_panels(page)
    told = [each for each in page.evaluate("() => window.told") if "Storing large.y4m" in each]
    assert len(told) >= 10
    assert told[0] == "Storing large.y4m: 0.0 of 14 MB."
    assert told[-1] == "Storing large.y4m: 14 of 14 MB."
    seen = page.evaluate(WATCH_PANELS_JS, 10)
    assert all(number == counter for number, counter in seen)
    notebook.execute("webcam.show(17)")
    wait_for_frame(page, 17)
    assert notebook.value(f"open(webcam.path, 'rb').read() == open({str(large)!r}, 'rb').read()")
    expect(page.get_by_label("Video source")).to_have_value("file")

    # Another takes its place while it plays, and its copy is gone.
    first = notebook.value("webcam.path")
    data = base64.b64encode(films["film.mp4"].read_bytes()).decode()
    assert page.evaluate(DROP_JS, {"name": "dropped.mp4", "data": data})
    notebook.wait_for("webcam.path.endswith('dropped.mp4') and webcam.state == 'live'")
    wait_for_panels(page)
    expect(page.locator(".bodyseg-place")).to_contain_text("of 59 ·")
    assert not Path(first).exists()

    # The same file again plays again, though the path has not changed much.
    assert page.evaluate(DROP_JS, {"name": "dropped.mp4", "data": data})
    page.wait_for_function("() => window.told.at(-1) === ''")
    wait_for_panels(page)

    # Nothing in it, and nothing to see in it.
    page.evaluate(DROP_JS, {"name": "empty.mp4", "data": ""})
    wait_for_failure(page, "empty.mp4 is empty. Choose another file.")
    page.get_by_role("button", name="Use the sample image").click()
    wait_for_panels(page)
    notes = base64.b64encode(b"no film at all\n" * 40).decode()
    page.evaluate(DROP_JS, {"name": "notes.txt", "data": notes})
    wait_for_failure(page, "'notes.txt' is not a supported video or image")
    page.get_by_role("button", name="Use the sample image").click()
    wait_for_panels(page)
    kept = notebook.value("webcam.path")
    notebook.execute("webcam.close()")
    assert not Path(kept).exists()


def test_recorded_movement_is_chosen_in_the_picker_and_its_figure_is_found(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook("""
from bodyseg_widgets import Explorer
explorer = Explorer(model="BlazePose", model_type="lite")
explorer
""")
    picker = page.get_by_label("Video source")
    picker.select_option("Sample: squats")
    offered = picker.locator("option").all_inner_texts()
    assert [each for each in offered if each.startswith("Sample")] == [
        "Sample image",
        *(f"Sample: {name}" for name in BUNDLED_SAMPLES),
    ]
    press_start(page)
    notebook.wait_for("explorer.webcam.source == 'squats'")
    notebook.wait_for("explorer.latest is not None and len(explorer.latest.poses) == 1")
