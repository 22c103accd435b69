"""One frame in all panels: paused, stepped through, live on the same frame, and replayed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.explorer_page import (
    LOOK_JS,
    PANELS_JS,
    collapse_sidebar,
    press_start,
    press_stop,
    seen_when,
    shown_frame,
    shown_panels,
    timeline_button,
    wait_for_panels,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

PANELS = """
import time
from bodyseg_widgets import Compare, Webcam, add_model
{before}
webcam = Webcam({source})
compare = Compare({models}, webcam, show=(), mirror=False, view="picture")
compare
"""

HELPERS = f"""
import sys; sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import hashlib
from functools import partial
import numpy as np
from tests.browser.clips import read_counter

def latest():
    return [panel.stream.latest for panel in compare.panels]

def ids():
    return [result and result.frame.id for result in latest()]

def digest(result):
    # Of everything a model has found: masks, and the poses' keypoints.
    found = hashlib.sha256(result.mask.levels.tobytes())
    for pose in result.poses:
        found.update(pose.keypoint_array.tobytes() + pose.keypoint_array_3d.tobytes())
    return found.hexdigest()[:16]

def digests():
    return [digest(result) for result in latest()]

# What each panel's model found in each frame that was looked at, every time.
looked_at = [dict() for panel in compare.panels]
def note(found, result):
    if not result.frame.live:
        found.setdefault(result.frame.id, []).append(digest(result))
for found, panel in zip(looked_at, compare.panels):
    panel.stream.on_result(partial(note, found))
"""
"""Not in the notebook's cell: its panels shall be on the screen, where they are drawn."""

SLIDER = ".bodyseg-timeline input[type=range]"

SCRUB_JS = f"""
async (count) => {{
  const read = {PANELS_JS};
  const slider = document.querySelector('{SLIDER}');
  const seen = new Set();
  for (let at = 0; seen.size < count; at = (at + 1) % (Number(slider.max) + 1)) {{
    slider.value = String(at);
    slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
    await new Promise(requestAnimationFrame);
    const [[number, counter]] = read();
    if (number >= 0) seen.add(`${{number}} ${{counter}}`);
  }}
  return [...seen];
}}
"""
"""Moves the slider with every frame of the screen until so many frames were seen."""

SAMPLE_NUMBERS_JS = """
async (count) => {
  const seen = [];
  while (seen.length < count) {
    await new Promise(requestAnimationFrame);
    const numbers = [...document.querySelectorAll('.bodyseg-frame')].map(window.drawnFrame);
    if (numbers.every((each) => each >= 0)) seen.push(numbers);
  }
  return seen;
}
"""


def open_panels(
    open_notebook: OpenNotebook,
    page: Page,
    models: Sequence[str],
    *,
    source: str = "",
    before: str = "",
) -> Notebook:
    cell = PANELS.format(models=list(models), source=source, before=before)
    notebook = open_notebook(cell)
    page.wait_for_selector(".bodyseg-timeline", timeout=30_000)
    collapse_sidebar(page)
    notebook.execute(HELPERS)
    press_start(page)
    return notebook


def shown_picture(page: Page) -> int:
    """Wait until all panels show the frame that the timeline says, and give its number."""
    number = shown_frame(page)
    # The very image, and not just the same number: the counter painted into the camera's film.
    shown = seen_when(page, lambda: {*shown_panels(page)}, lambda shown: len(shown) == 1)
    assert len(shown) == 1
    return number


def held_frame(page: Page, notebook: Notebook) -> int:
    """Wait until Python holds the same frame as the panels, too, and give its number."""
    number = shown_picture(page)
    notebook.wait_for(f"set(ids()) == {{{number}}}")
    counters = notebook.value("[read_counter(result.frame.image) for result in latest()]")
    shown = seen_when(
        page,
        lambda: {panel.counter for panel in shown_panels(page)},
        lambda shown: shown == {*counters},
    )
    assert shown == {*counters}
    return number


def step(page: Page, name: str) -> int:
    timeline_button(page, name).click()
    return shown_picture(page)


def wait_until_live(page: Page, number: int) -> None:
    """Wait until all panels have gone on from this frame."""
    page.wait_for_function(
        f"(number) => ({PANELS_JS})().every(([each]) => each > number)",
        arg=number,
        timeout=30_000,
    )


def test_pausing_holds_one_frame_and_all_that_is_done_is_done_to_it(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_panels(open_notebook, page, ["landscape", "lite"])
    wait_for_panels(page)
    # As many frames as there will be steps.
    notebook.wait_for("min(ids()) > 40")
    timeline_button(page, "Pause").click()
    newest = held_frame(page, notebook)
    notebook.wait_for("webcam.paused")
    numbers = _step_back_and_on(page, notebook, newest)
    _seek_and_press_keys(page, numbers)
    held = held_frame(page, notebook)
    _scrub(page)
    page.locator(SLIDER).fill(str(len(_kept_frames(page)) - 11))
    assert held_frame(page, notebook) == held
    _change_views(page, notebook)
    _change_models(page, notebook, held)
    _go_on(page, notebook, newest)
    _start_again(page, notebook)


def _step_back_and_on(page: Page, notebook: Notebook, newest: int) -> list[int]:
    """Every mask and every pose is the same the second time; gives the numbers stepped through."""
    back = [newest, *(step(page, "Previous frame") for _ in range(20))]
    assert back == sorted(set(back), reverse=True)
    assert held_frame(page, notebook) == back[-1]
    expect(page.locator(".bodyseg-place")).to_contain_text("s kept")
    numbers = back[::-1]
    forth = [step(page, "Next frame") for _ in range(20)]
    assert forth == numbers[1:]
    # There is nothing after the newest.
    assert step(page, "Next frame") == newest
    assert held_frame(page, notebook) == newest
    times = notebook.value("[[len(each) for each in found.values()] for found in looked_at]")
    assert [len(each) for each in times] == [21, 21]
    assert all(sorted(each)[1] >= 2 for each in times)
    found = "[max(len(set(each)) for each in found.values()) for found in looked_at]"
    assert notebook.value(found) == [1, 1]
    return numbers


def _kept_frames(page: Page) -> range:
    return range(int(page.locator(SLIDER).get_attribute("max") or 0) + 1)


def _seek_and_press_keys(page: Page, numbers: list[int]) -> None:
    """The slider seeks, and keys step: on it, on an image, and on the timeline's buttons."""
    slider = page.locator(SLIDER)
    slider.fill(str(len(_kept_frames(page)) - 11))
    assert shown_picture(page) == numbers[-11]
    picture = page.locator(".bodyseg-panel .bodyseg-canvas").first
    for element, key, to in [
        (slider, "ArrowLeft", numbers[-12]),
        (slider, ".", numbers[-11]),
        (picture, ",", numbers[-12]),
        (picture, ".", numbers[-11]),
        (timeline_button(page, "Previous frame"), ".", numbers[-10]),
        (timeline_button(page, "Previous frame"), " ", numbers[-11]),
    ]:
        element.focus()
        page.keyboard.press(key)
        assert shown_picture(page) == to


def _scrub(page: Page) -> None:
    """While the slider is moved without a rest, frames on the way come to be seen."""
    assert len(page.evaluate(SCRUB_JS, 8)) == 8
    shown_picture(page)


def _change_views(page: Page, notebook: Notebook) -> None:
    """Views and thresholds change what is drawn of the frame, and nothing else."""
    before = notebook.value("digests()")
    look = f"({LOOK_JS})()"
    for change in ("view = 'mask'", "threshold = 0.95", "view = 'heatmap'", "view = 'picture'"):
        drawn = page.evaluate(f"() => {look}")
        notebook.execute(f"compare.view.{change}")
        page.wait_for_function(f"(drawn) => {look} !== drawn", arg=drawn)
    notebook.execute("compare.view.threshold = 0.5")
    assert notebook.value("digests()") == before


def _change_models(page: Page, notebook: Notebook, held: int) -> None:
    """Another model looks at this very frame, and so does the model of a panel that is added."""
    before = notebook.value("digests()")
    notebook.execute("compare.panels[1].stream.choose('MediaPipeSelfieSegmentation', 'general')")
    notebook.wait_for("compare.panels[1].stream.state == 'ready'")
    assert held_frame(page, notebook) == held
    assert notebook.value("latest()[1].mask.levels.shape") == [256, 256]
    assert notebook.value("digests()[0]") == before[0]
    notebook.execute("added = compare.add('landscape', view='picture')")
    notebook.wait_for("added.stream.latest is not None")
    page.wait_for_function(f"() => ({PANELS_JS})().length === 3")
    assert held_frame(page, notebook) == held
    # Of the same frame, the same model makes the same mask.
    assert notebook.value("digests()")[2] == before[0]
    notebook.execute("compare.remove(added)")
    # And back again: what was found before is still known.
    notebook.execute("compare.panels[1].stream.choose('BlazePose', 'lite')")
    notebook.wait_for("compare.panels[1].stream.state == 'ready'")
    assert held_frame(page, notebook) == held
    assert notebook.value("digests()") == before


def _go_on(page: Page, notebook: Notebook, newest: int) -> None:
    """With space on an image it goes on, live, and is held again; Python steps, too."""
    page.locator(".bodyseg-panel .bodyseg-canvas").first.focus()
    page.keyboard.press(" ")
    wait_until_live(page, newest)
    notebook.wait_for("not webcam.paused")
    expect(page.locator(".bodyseg-place")).to_contain_text("live ·")
    page.keyboard.press(" ")
    timeline_button(page, "Play").wait_for()
    held = held_frame(page, notebook)
    notebook.execute("webcam.step(-5)")
    page.wait_for_function(f"(held) => ({PANELS_JS})()[0][0] < held", arg=held)
    assert held_frame(page, notebook) < held
    notebook.execute(f"webcam.show({held})")
    page.wait_for_function(f"(held) => ({PANELS_JS})()[0][0] === held", arg=held)
    # Of a frame that is not kept, it shows the nearest that is.
    notebook.execute("webcam.show(0)")
    page.wait_for_function(f"() => document.querySelector('{SLIDER}').value === '0'")
    assert held_frame(page, notebook) < held


def _start_again(page: Page, notebook: Notebook) -> None:
    """Stopped and started again there is nothing of before."""
    before = notebook.value("max(ids())")
    press_stop(page)
    notebook.wait_for("webcam.state == 'idle'")
    press_start(page)
    wait_until_live(page, before)
    timeline_button(page, "Pause").click()
    newest = held_frame(page, notebook)
    page.locator(SLIDER).fill("0")
    assert before < held_frame(page, notebook) <= newest


SLOW = """
def slowly(image):
    time.sleep(0.3)
    return image[::4, ::4].mean(axis=2) / 255
add_model("Slow", slowly)
"""


def test_with_same_frame_all_panels_show_the_same_one_however_slow_a_model_is(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_panels(open_notebook, page, ["general", "Slow"], before=SLOW)
    wait_for_panels(page)
    # By itself the fast one runs ahead.
    apart = page.evaluate(SAMPLE_NUMBERS_JS, 50)
    assert any(fast > slow + 2 for fast, slow in apart)
    page.get_by_role("button", name="Same frame").click()
    notebook.wait_for("webcam.same_frame")
    # What was on its way before is through once both have gone on together.
    for _ in range(3):
        _wait_for_another(page)
    together = page.evaluate(SAMPLE_NUMBERS_JS, 100)
    assert all(fast == slow for fast, slow in together)
    assert len({fast for fast, _ in together}) >= 3
    # The images, too, carry the same number.
    for _ in range(3):
        shown = seen_when(page, lambda: {*shown_panels(page)}, lambda shown: len(shown) == 1)
        assert len(shown) == 1
        _wait_for_another(page)
    # Paused it is the frame that both show.
    timeline_button(page, "Pause").click()
    held = held_frame(page, notebook)
    timeline_button(page, "Play").click()
    wait_until_live(page, held)
    page.get_by_role("button", name="Same frame").click()
    notebook.wait_for("not webcam.same_frame")
    for _ in range(3):
        _wait_for_another(page)
    apart = page.evaluate(SAMPLE_NUMBERS_JS, 50)
    assert any(fast > slow + 2 for fast, slow in apart)


def _wait_for_another(page: Page) -> None:
    """Wait until the second panel, whose model is slow, shows another frame."""
    before = shown_panels(page)[1].number
    page.wait_for_function(f"(before) => ({PANELS_JS})()[1][0] > before", arg=before)


BROKEN = """
from dataclasses import replace
from bodyseg_widgets.streaming import LIVE_MODELS
def refuse(image):
    raise ValueError("not today")
add_model("Raises", refuse)
add_model("Missing", refuse)
def load(*_):
    raise OSError("the file of this model is gone")
LIVE_MODELS["Missing"] = replace(LIVE_MODELS["Missing"], create=load)
"""


def test_models_that_fail_say_so_in_their_own_panels_and_the_others_run(
    page: Page, open_notebook: OpenNotebook
) -> None:
    models = ["landscape", "Raises", "Missing"]
    notebook = open_panels(open_notebook, page, models, source='source="sample"', before=BROKEN)
    notes = page.locator(".bodyseg-panel .bodyseg-note")
    page.wait_for_function(
        """() => {
          const [runs, raises, missing] = document.querySelectorAll('.bodyseg-panel .bodyseg-note');
          return runs.hidden && raises.innerText.includes('ValueError: not today')
            && missing.innerText.includes('OSError: the file of this model is gone');
        }""",
        timeout=30_000,
    )
    first = notebook.value("ids()[0]")
    notebook.wait_for(f"ids()[0] > {first + 10}")
    assert notebook.value("ids()[1:]") == [None, None]
    assert notebook.value("webcam.state") == "live"
    # With all on the same frame, one that fails holds no one up.
    page.get_by_role("button", name="Same frame").click()
    notebook.wait_for("webcam.same_frame")
    first = notebook.value("ids()[0]")
    notebook.wait_for(f"ids()[0] > {first + 10}")
    # Nor is it looked at for ever: another model in its panel works.
    notebook.execute("compare.panels[2].stream.choose('MediaPipeSelfieSegmentation', 'landscape')")
    page.wait_for_function(
        "() => document.querySelectorAll('.bodyseg-panel .bodyseg-note')[2].hidden"
    )
    expect(notes.nth(1)).to_contain_text("not today")
    timeline_button(page, "Pause").click()
    notebook.wait_for("webcam.paused and len(set(ids()) - {None}) == 1")


FIGURES = """
PLOTS = ("pose", "profile", "thresholds")
for name in (*PLOTS, "difference", "agreement"):
    compare.parts.show(name)

def figures():
    # What each plot beside the panels shows.
    parts = compare.parts.open
    plots = [compare.pose_panel.plot, parts["profile"].plot, parts["thresholds"].plot]
    return [digest_of(plot.figure.data) for plot in plots]

def digest_of(traces):
    # Not of their text, which leaves out the middle of long arrays.
    values = [trace[axis] for trace in traces for axis in "xyz" if axis in trace]
    numbers = [np.asarray(each, float).tobytes() for each in values if each is not None]
    return hashlib.sha256(b"".join(numbers)).hexdigest()

def coverages():
    # As a panel's legend has it: of the pixels that the network gave.
    def share(mask):
        part = mask.region.height * mask.region.width / (mask.size[0] * mask.size[1])
        return (mask.levels >= 128).mean() * part
    return [f"person {100 * share(result.mask):.1f} % of the image" for result in latest()]
"""


def test_all_that_stands_beside_the_panels_is_of_the_frame_that_is_held(
    page: Page, open_notebook: OpenNotebook
) -> None:
    # So high that all of it is on the screen.
    page.set_viewport_size({"width": 1300, "height": 2600})
    notebook = open_panels(open_notebook, page, ["landscape", "lite"])
    notebook.execute(FIGURES)
    wait_for_panels(page)
    notebook.wait_for("min(ids()) > 20")
    timeline_button(page, "Pause").click()
    newest = held_frame(page, notebook)
    _wait_until_all_is_of(page, notebook, newest)
    # Figures are drawn a few times a second: once they rest, they are of this frame.
    first = _resting_figures(page, notebook)
    for _ in range(8):
        number = step(page, "Previous frame")
    _wait_until_all_is_of(page, notebook, number)
    notebook.wait_for(f"not {{*figures()}} & {{*{first}}}")
    for _ in range(8):
        number = step(page, "Next frame")
    assert number == newest
    _wait_until_all_is_of(page, notebook, newest)
    notebook.wait_for(f"figures() == {first}")


def _resting_figures(page: Page, notebook: Notebook) -> list[str]:
    """The figures, once they are the same for a second."""
    figures: list[str] = notebook.value("figures()")
    for _ in range(20):
        before = figures
        page.wait_for_timeout(1000)
        figures = notebook.value("figures()")
        if figures == before:
            return figures
    raise AssertionError("The figures do not rest.")


def _wait_until_all_is_of(page: Page, notebook: Notebook, number: int) -> None:
    """Wait until difference, table and the panels' legends are of the frame of this number."""
    page.wait_for_function(
        """([number, coverages]) => {
          const text = (selector) => document.querySelector(selector)?.textContent ?? '';
          const legends = [...document.querySelectorAll('.bodyseg-threshold .bodyseg-legend')];
          const difference = document.querySelector('.bodyseg-difference .bodyseg-frame');
          return window.drawnFrame(difference) === number
            && text('.bodyseg-agreement caption').endsWith(`frame ${number}`)
            && legends.every((each, at) => each.textContent.endsWith(coverages[at]));
        }""",
        arg=[number, notebook.value("coverages()")],
        timeout=15_000,
    )


RECORDING = """
path = "take.bodyseg"
recorded = {}
def note(name):
    def keep(result):
        recorded.setdefault((name, result.frame.timestamp), result.mask.levels.copy())
    return keep
for panel in compare.panels:
    panel.stream.on_result(note(panel.stream.choice.label))
"""

REPLAY = """
from bodyseg_widgets.streaming.recording import Recording
# A model that left a frame out has no result of it, and runs on it now.
with Recording(path) as recording:
    labels, stamps = sorted(recording.labels), recording.timestamps
    known = dict(
        ((label, index), stored.levels)
        for index in range(recording.length)
        for label, stored in recording.read_at(index).known.items()
    )
replayed = {}
def again(name):
    def keep(result):
        if webcam.source == "file":
            replayed[name, result.frame.id] = result.mask.levels.copy()
    return keep
for panel in compare.panels:
    panel.stream.on_result(again(panel.stream.choice.label))

def matched():
    return [each for each in list(replayed) if each in known]

def same():
    return all(
        np.array_equal(replayed[label, index], known[label, index])
        and np.array_equal(replayed[label, index], recorded[label, stamps[index]])
        for label, index in matched()
    )

webcam.load(path)
webcam.start()
"""


def test_a_recording_gives_the_same_masks_bit_for_bit(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_panels(open_notebook, page, ["landscape", "lite"])
    wait_for_panels(page)
    notebook.execute(RECORDING)
    notebook.execute("compare.record_controls.record(path, overwrite=True)")
    for model in ("Selfie", "BlazePose"):
        counted = f"sum(label.startswith({model!r}) for label, _ in recorded)"
        notebook.wait_for(f"{counted} > 20", timeout=60)
    notebook.execute("compare.record_controls.stop_recording()")
    press_stop(page)
    notebook.wait_for("webcam.state == 'idle'")
    notebook.execute(REPLAY)
    page.wait_for_function(
        "() => / of \\d+ · /.test(document.querySelector('.bodyseg-place').innerText)",
        timeout=15_000,
    )
    for model in ("Selfie", "BlazePose"):
        counted = f"sum(label.startswith({model!r}) for label, _ in matched())"
        notebook.wait_for(f"{counted} > 10", timeout=60)
    assert notebook.value("same()")
    assert notebook.value("labels") == [
        "BlazePose lite (tensorflow)",
        "Selfie landscape (tensorflow)",
    ]
    # Its images are those that were recorded, and one steps through them.
    timeline_button(page, "Pause").click()
    page.locator(SLIDER).fill("7")
    assert held_frame(page, notebook) == 7
    first = notebook.value("digests()")
    assert step(page, "Next frame") == 8
    assert step(page, "Previous frame") == 7
    assert held_frame(page, notebook) == 7
    assert notebook.value("digests()") == first
    # A model that was not recorded runs on its images.
    notebook.execute("added = compare.add('general', view='picture')")
    notebook.wait_for("added.stream.latest is not None and added.stream.latest.frame.id == 7")
    assert notebook.value("digests()")[:2] == first
    timeline_button(page, "Play").click()
    notebook.wait_for("added.stream.latest.frame.live")
    assert notebook.value("same()")
