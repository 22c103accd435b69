"""Several models on one stream: changed while it runs, in narrow cells, and kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
from playwright.sync_api import expect

from bodyseg_widgets import Snapshot
from tests.browser.explorer_page import (
    choose_theme,
    clipped_elements,
    collapse_sidebar,
    press_start,
    press_stop,
    seen_when,
    shown_frame,
    timeline_button,
    wait_for_panels,
)
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook, Server

COMPARE = """
from bodyseg_widgets import Compare, Webcam
compare = Compare({models}, Webcam(frame_rate={rate}), show={show}, mirror=False)
compare
"""

NOTE_FRAMES = """
frames = {}

def note(panel):
    frames[panel] = []
    panel.stream.on_result(lambda result: frames[panel].append(result.frame.id))

for panel in compare.panels:
    note(panel)

def in_order(panel):
    return all(a < b for a, b in zip(frames[panel], frames[panel][1:]))
"""
"""Of each panel the frames it has finished."""


def open_compare(
    open_notebook: OpenNotebook,
    page: Page,
    models: list[str],
    show: tuple[str, ...] = (),
    *,
    rate: int = 30,
) -> Notebook:
    notebook = open_notebook(COMPARE.format(models=models, show=show, rate=rate))
    collapse_sidebar(page)
    page.wait_for_selector(".bodyseg-webcam button")
    press_start(page)
    wait_for_panels(page)
    return notebook


def panel(page: Page, name: str) -> Locator:
    """A panel by its name."""
    return page.locator(".bodyseg-panels").get_by_role("group", name=name, exact=True)


def panel_names(page: Page) -> list[str | None]:
    """The panels in the order in which they are seen."""
    found = page.locator(".bodyseg-panels > .bodyseg-panel").all()
    return [each.get_attribute("aria-label") for each in found]


def test_panels_are_added_swapped_moved_and_removed_while_the_others_go_on(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_compare(open_notebook, page, ["general", "landscape"])
    notebook.execute(NOTE_FRAMES)
    notebook.execute("first, second = compare.panels")

    def goes_on(name: str, *, count: int = 5) -> None:
        before = notebook.value(f"len(frames[{name}])")
        notebook.wait_for(f"len(frames[{name}]) >= {before + count}", timeout=30)
        assert notebook.value(f"in_order({name})")

    def names() -> list[str]:
        wait_for_panels(page)
        in_python: list[str] = notebook.value("[each.name for each in compare.panels]")
        # The page hears of it a moment later.
        seen = seen_when(page, lambda: panel_names(page), lambda names: names == in_python)
        assert seen == in_python
        return in_python

    # Each panel has a view and a threshold of its own.
    panel(page, "Selfie general").get_by_role("tab", name="Contour").click()
    panel(page, "Selfie general").get_by_label("Threshold").fill("0.3")
    panel(page, "Selfie landscape").get_by_role("tab", name="Heatmap").click()
    panel(page, "Selfie landscape").get_by_label("Threshold").fill("0.8")
    looks = "[[each.view.view, each.view.threshold] for each in compare.panels]"
    notebook.wait_for(f"{looks} == [['contour', 0.3], ['heatmap', 0.8]]")

    page.get_by_role("button", name="Add model").click()
    page.get_by_role("menuitem", name="BlazePose · lite").click()
    notebook.wait_for("len(compare.panels) == 3")
    notebook.execute("third = compare.panels[2]; note(third)")
    goes_on("first")
    goes_on("third")
    assert names() == ["Selfie general", "Selfie landscape", "BlazePose lite"]
    assert notebook.value(looks) == [["contour", 0.3], ["heatmap", 0.8], ["mask", 0.5]]

    # Another model in the second, and all else as it was.
    panel(page, "Selfie landscape").get_by_label("Model").select_option("Selfie · general")
    notebook.wait_for("second.name == 'Selfie general 2' and second.stream.state == 'ready'")
    for name in ("first", "second", "third"):
        goes_on(name)
    assert names() == ["Selfie general", "Selfie general 2", "BlazePose lite"]
    assert notebook.value("[*second.stream.latest.mask.model_size]") == [256, 256]
    assert notebook.value(looks) == [["contour", 0.3], ["heatmap", 0.8], ["mask", 0.5]]

    panel(page, "BlazePose lite").get_by_title("Move BlazePose lite to the left").click()
    notebook.wait_for("compare.panels == (first, third, second)")
    goes_on("third")
    assert names() == ["Selfie general", "BlazePose lite", "Selfie general 2"]
    panel(page, "Selfie general").get_by_title("Remove Selfie general").click()
    notebook.wait_for("compare.panels == (third, second)")
    goes_on("second")
    goes_on("third")
    # It has the name for itself now.
    assert names() == ["BlazePose lite", "Selfie general"]
    assert notebook.value(looks) == [["mask", 0.5], ["heatmap", 0.8]]
    page.wait_for_function(
        "() => document.querySelector('.bodyseg-times').innerText.includes('ms from camera')"
    )
    expect(page.locator(".bodyseg-parts")).to_contain_text("Time of BlazePose lite")


def test_thresholds_are_linked_in_the_page_and_a_pause_holds_one_frame_in_all_panels(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_compare(open_notebook, page, ["general", "landscape"])
    looks = "[each.view.threshold for each in compare.panels]"
    panel(page, "Selfie landscape").get_by_label("Threshold").fill("0.8")
    notebook.wait_for(f"{looks} == [0.5, 0.8]")
    # Linked, they move at once, without a way through Python.
    page.get_by_role("button", name="Link thresholds").click()
    notebook.wait_for(f"{looks} == [0.5, 0.5]")
    moved = page.evaluate(
        """() => {
          const sliders = [...document.querySelectorAll('.bodyseg-threshold input')];
          sliders[0].value = '0.25';
          sliders[0].dispatchEvent(new Event('input', { bubbles: true }));
          return sliders.map(({ value }) => value);
        }"""
    )
    assert moved == ["0.25", "0.25"]
    notebook.wait_for(f"{looks} == [0.25, 0.25]")
    page.get_by_role("button", name="Link thresholds").click()
    notebook.wait_for("not compare.link_button.value")
    panel(page, "Selfie landscape").get_by_label("Threshold").fill("0.9")
    notebook.wait_for(f"{looks} == [0.25, 0.9]")

    # Paused, all of them show the one frame.
    timeline_button(page, "Pause").click()
    notebook.wait_for(
        "len({each.stream.latest.frame.id for each in compare.panels}) == 1"
        " and not any(each.stream.latest.frame.live for each in compare.panels)"
    )
    assert shown_frame(page) == notebook.value("compare.latest.frame.id")


def test_six_panels_in_a_narrow_cell_are_live_and_whole(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    # High enough that all of them are on the screen: what is not visible is not drawn.
    page.set_viewport_size({"width": 476, "height": 4800})
    models = ["general", "landscape", "lite", "general", "landscape", "landscape"]
    notebook = open_compare(open_notebook, page, models, ("difference", "agreement"))
    assert page.evaluate("() => document.querySelector('.bodyseg-explorer').clientWidth") <= 360
    page.locator(".bodyseg-value").first.wait_for()
    screenshot(page, "compare-narrow", ".bodyseg-explorer")
    assert clipped_elements(page) == []
    places = page.evaluate(
        """() => {
          const explorer = document.querySelector('.bodyseg-explorer').getBoundingClientRect();
          return [...document.querySelectorAll('.bodyseg-explorer button, .bodyseg-explorer select,'
            + '.bodyseg-explorer input, .bodyseg-explorer canvas')]
            .filter((each) => each.checkVisibility() && each.getClientRects().length)
            .map((each) => each.getBoundingClientRect())
            .filter(({ left, right }) => left < explorer.left - 1 || right > explorer.right + 1)
            .length;
        }"""
    )
    assert places == 0
    # One under the other, all six are live: each where it is seen.
    frames = "[each.stream.latest.frame.id for each in compare.panels]"
    before = notebook.value(frames)
    notebook.wait_for(f"all(a > b for a, b in zip({frames}, {before}))", timeout=30)
    expect(page.get_by_role("button", name="Add model")).to_be_disabled()


COLUMNS_JS = """
() => {
  const tops = [...document.querySelectorAll('.bodyseg-panels > *')]
    .map((each) => Math.round(each.getBoundingClientRect().top));
  return tops.filter((top) => top === tops[0]).length;
}
"""

UNEVEN_ROWS_JS = """
() => ['.bodyseg-panels', '.bodyseg-parts'].flatMap((grid) => {
  const rows = new Map();
  for (const each of document.querySelector(grid).children) {
    const { top, height } = each.getBoundingClientRect();
    const row = Math.round(top);
    if (height) rows.set(row, [...(rows.get(row) ?? []), height]);
  }
  return [...rows.values()].filter((row) => Math.max(...row) - Math.min(...row) > 1);
})
"""

COLUMNS = {
    1400: {4: 4, 3: 3, 2: 2, 1: 1},
    1150: {4: 4, 3: 3, 2: 2, 1: 1},
    700: {4: 2, 3: 2, 2: 2, 1: 1},
}
"""How many panels stand side by side, by the window's width and their number."""


def test_panels_flow_with_the_width_and_whatever_is_in_a_row_is_equally_high(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1000})
    show = ("difference", "agreement", "profile")
    models = ["general", "landscape", "lite", "landscape"]
    # Few frames, so that the page has time to lay itself out.
    notebook = open_compare(open_notebook, page, models, show, rate=5)
    for count, theme in [(4, "light"), (3, "dark"), (2, "light"), (1, "dark")]:
        notebook.execute(f"while len(compare.panels) > {count}: compare.remove(compare.panels[-1])")
        choose_theme(page, theme)
        for width, columns in COLUMNS.items():
            page.set_viewport_size({"width": width, "height": 1000})
            page.wait_for_function(
                f"() => innerWidth === {width}"
                f" && document.querySelectorAll('.bodyseg-panels > *').length === {count}"
                f" && ({COLUMNS_JS})() === {columns[count]}"
            )
            # Parts that suit no longer go, and plotly follows its place, a moment later.
            wait_until(lambda: page.evaluate(UNEVEN_ROWS_JS) == [])
            wait_until(lambda: clipped_elements(page) == [])
        screenshot(page, f"compare-{count}-{theme}", ".bodyseg-explorer")
    choose_theme(page, "light")


CLASSES = """
import numpy as np
from bodyseg_widgets import Compare, Webcam, add_model

def stripes(count):
    def find(image):
        rows = np.arange(60)[:, None] * count // 60
        return np.broadcast_to(rows + 1, (60, 80)).astype(np.uint8)
    return find

parts = ["head", "upper_body", "lower_body", "feet"]
for count in (3, 4):
    add_model(f"{count} stripes", stripes(count), labels=["background", *parts[:count]])
compare = Compare(["3 stripes", "4 stripes", "general"], Webcam(frame_rate=10), show=["agreement"])
compare.webcam.same_frame = True
compare
"""


def test_models_with_the_same_classes_are_compared_class_by_class(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    page.set_viewport_size({"width": 1400, "height": 1000})
    notebook = open_notebook(CLASSES)
    collapse_sidebar(page)
    press_start(page)
    wait_for_panels(page)
    table = page.locator(".bodyseg-agreement")
    # Out of sight, nothing is compared.
    table.scroll_into_view_if_needed()
    table.locator(".bodyseg-value").first.wait_for()
    assert page.locator(".bodyseg-class-agreement").is_hidden()
    table.get_by_role("radio", name="Classes").check()
    by_class = page.locator(".bodyseg-class-agreement")
    by_class.wait_for()
    assert by_class.get_by_role("row").all_inner_texts() == [
        "\t3 stripes – 4 stripes",
        "head\t0.750",
        "upper body\t0.400",
        "lower body\t0.167",
    ]
    notebook.wait_for("compare.parts.open['agreement'].plot.measure == 'classes'")
    for theme in ("light", "dark"):
        choose_theme(page, theme)
        screenshot(page, f"agreement-classes-{theme}", ".bodyseg-explorer")
    page.set_viewport_size({"width": 600, "height": 1000})
    wait_until(lambda: clipped_elements(page) == [])
    screenshot(page, "agreement-classes-narrow", ".bodyseg-agreement")
    notebook.execute("logged = compare.record_controls.agreement_to_dataframe()")
    assert notebook.value("[*logged.columns[-4:]]") == [
        "same_class",
        "iou_head",
        "iou_upper_body",
        "iou_lower_body",
    ]


def test_buttons_keep_a_snapshot_and_a_recording_that_is_a_source_again(
    page: Page, open_notebook: OpenNotebook, server: Server
) -> None:
    notebook = open_compare(open_notebook, page, ["general", "landscape"], ("agreement",))
    said = page.locator(".bodyseg-record-message")

    page.get_by_role("button", name="Record stream").click()
    notebook.wait_for(
        "compare.record_controls.recording and compare.record_controls.recording.frames >= 10"
    )
    page.get_by_role("button", name="Record stream").click()
    said.get_by_text("Recorded ").wait_for()
    recorded = said.inner_text().rstrip(".").split(" to ")[1]

    # Of the very frame that is held.
    timeline_button(page, "Pause").click()
    notebook.wait_for("not any(each.stream.latest.frame.live for each in compare.panels)")
    page.get_by_role("button", name="Snapshot").click()
    said.get_by_text("Snapshot saved.").wait_for()
    saved = page.get_by_role("button", name=re.compile(r"Download bodyseg-.*\.npz")).inner_text()
    snapshot = Snapshot.load(server.root / saved)
    assert snapshot.labels == ("Selfie general", "Selfie landscape")
    assert snapshot.frame_id == notebook.value("compare.latest.frame.id")
    coverage = notebook.value(
        "[float((each.stream.latest.mask.probability >= 0.5).mean()) for each in compare.panels]"
    )
    people = [snapshot.person(label).mean() for label in snapshot.labels]
    np.testing.assert_allclose(people, coverage, atol=1e-6)

    # The tables have what was shown.
    notebook.execute("timings = compare.record_controls.timings_to_dataframe()")
    assert notebook.value("sorted(set(timings['name']))") == ["Selfie general", "Selfie landscape"]
    notebook.execute("agreement = compare.record_controls.agreement_to_dataframe()")
    assert notebook.value("len(agreement) > 0 and agreement['iou'].between(0, 1).all().item()")

    # The file is a source, and what it has of a frame is shown again bit for bit.
    press_stop(page)
    notebook.wait_for("compare.webcam.state == 'idle'")
    notebook.execute(f"compare.webcam.load({recorded!r}); compare.webcam.start()")
    page.wait_for_function(
        "() => document.querySelector('.bodyseg-place').innerText.startsWith('frame ')"
    )
    notebook.wait_for("compare.webcam.state == 'live'")
    timeline_button(page, "Pause").click()
    notebook.wait_for("not any(each.stream.latest.frame.live for each in compare.panels)")
    # Of one that a model has finished: on a busy machine they skip most.
    notebook.execute(
        "from bodyseg_widgets.streaming.recording import Recording\n"
        f"with Recording({recorded!r}) as recording:\n"
        "    found = [recording.read_at(number).known for number in range(recording.length)]\n"
        "number = next(number for number, known in enumerate(found) if known)"
    )
    page.get_by_label("Frame", exact=True).fill(str(notebook.value("number")))
    notebook.wait_for("{each.stream.latest.frame.id for each in compare.panels} == {number}")
    notebook.execute(
        "same = [(each.stream.latest.mask.levels == found[number][each.stream.choice.label].levels)"
        ".all() for each in compare.panels if each.stream.choice.label in found[number]]"
    )
    assert notebook.value("len(same) > 0 and bool(all(same))")
