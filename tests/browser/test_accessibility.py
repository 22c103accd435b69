"""Fully operable by keyboard, named for screen readers, and checked with axe-core."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import expect

from tests.browser.explorer_page import (
    choose_theme,
    collapse_sidebar,
    load_axe,
    press_start,
    serious_violations,
    timeline_button,
    wait_for_panels,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

COMPARE = """
from bodyseg_widgets import Compare, Webcam
compare = Compare({models}, Webcam(frame_rate=5), show={show})
compare
"""
"""At a rate that leaves the page time for axe-core, and for the keys."""

ALL_PARTS = ["pose", "difference", "agreement", "profile", "thresholds", "speed"]

FOCUSED_JS = """
() => {
  const focused = document.activeElement;
  const explorer = focused.closest('.bodyseg-explorer');
  if (!explorer) return null;
  const { outlineStyle, outlineWidth } = getComputedStyle(focused);
  // All that names it is there, and JupyterLab around it is large.
  axe.setup(explorer);
  const name = axe.commons.text.accessibleText(focused);
  axe.teardown();
  return {
    name,
    // What surrounds it tells alike names apart.
    group: focused.closest('[role=group]')?.ariaLabel ?? '',
    ring: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth),
    html: focused.outerHTML.slice(0, 200),
  };
}
"""

CELLS_JS = """
() => {
  const { content } = window.jupyterapp.shell.currentWidget;
  return [content.widgets.length, content.mode, content.activeCellIndex];
}
"""


class Focused(NamedTuple):
    """What has the focus: its name, and that of the group around it."""

    name: str
    group: str


def focused(page: Page) -> Focused | None:
    """What has the focus in the explorer; it must be named and seen to have it."""
    found = page.evaluate(FOCUSED_JS)
    if found is None:
        return None
    assert found["name"].strip(), f"has no name: {found['html']}"
    assert found["ring"] >= 2, f"has no ring: {found['html']}"
    return Focused(found["name"], found["group"])


def tab_to(page: Page, name: str, group: str | None = None, *, back: bool = False) -> None:
    """Press Tab until what is called `name` has the focus, in a group of that name."""
    seen = []
    for _ in range(90):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        found = focused(page)
        if found and found.name.startswith(name) and group in {None, found.group}:
            return
        seen.append(found)
    raise AssertionError(f"Tab comes to no {name!r} in {group!r}, but to {seen}")


def open_compare(
    open_notebook: OpenNotebook, page: Page, models: list[str], show: list[str]
) -> Notebook:
    notebook = open_notebook(COMPARE.format(models=models, show=show))
    collapse_sidebar(page)
    page.wait_for_selector(".bodyseg-timeline button", timeout=60_000)
    load_axe(page)
    return notebook


def test_axe_finds_nothing_serious(page: Page, open_notebook: OpenNotebook) -> None:
    open_compare(open_notebook, page, ["general", "landscape", "lite"], ALL_PARTS)
    assert serious_violations(page) == []
    press_start(page)
    wait_for_panels(page)
    # Of the last part that is laid out.
    page.locator(".bodyseg-parts .legendtext").last.wait_for()
    for theme in ("light", "dark"):
        choose_theme(page, theme)
        assert serious_violations(page) == []
        timeline_button(page, "Pause").click()
        page.get_by_role("button", name="Add model").click()
        page.get_by_role("menuitem").first.wait_for()
        assert serious_violations(page) == []
        page.keyboard.press("Escape")
        page.get_by_role("tab", name="Heatmap").first.click()
        page.get_by_role("tab", name="Difference").click()
        assert serious_violations(page) == []
        timeline_button(page, "Play").click()
    choose_theme(page, "light")


def test_everything_is_named_and_says_what_it_is(page: Page, open_notebook: OpenNotebook) -> None:
    open_compare(open_notebook, page, ["general", "general"], ["difference"])
    group = page.get_by_role("group", name="Selfie general 2", exact=True)
    for role, name in [
        ("combobox", "Model"),
        ("combobox", "Runtime"),
        ("button", "Move Selfie general 2 to the left"),
        ("button", "Remove Selfie general 2"),
        ("application", "No image yet"),
        ("tablist", "View"),
        ("slider", "Threshold"),
    ]:
        expect(group.get_by_role(role, name=name, exact=True)).to_have_count(1)
    pressed = {
        button.inner_text(): button.get_attribute("aria-pressed")
        for button in page.locator(".bodyseg-toggle button:visible").all()
    }
    assert pressed == {
        "Mirror": "true",
        "Same frame": "false",
        "Link thresholds": "false",
        "Big screen": "false",
        "Difference": "true",
        "Agreement": "false",
        "Profile": "false",
        "Threshold sweep": "false",
        "Correct mask": "false",
        "Speed": "false",
        "Record stream": "false",
    }
    page.get_by_role("button", name="Agreement", exact=True).click()
    page.locator(".bodyseg-toggle button[aria-pressed=true]", has_text="Agreement").wait_for()
    headings = page.locator(".bodyseg-parts").get_by_role("heading")
    page.get_by_role("heading", name="Agreement").wait_for()
    assert headings.all_inner_texts() == ["Difference", "Agreement", "Time"]
    # The first menu entry gets the focus, letters go to entries, and nothing is added before.
    page.get_by_role("button", name="Add model").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("() => document.activeElement.innerText === 'Selfie · general'")
    page.keyboard.press("b")
    page.wait_for_function("() => document.activeElement.innerText === 'BlazePose · lite'")
    page.keyboard.press("Escape")
    page.wait_for_function("() => document.activeElement.innerText === 'Add model'")
    assert page.locator(".bodyseg-panels > .bodyseg-panel").count() == 2


def test_all_of_it_is_driven_from_the_keyboard(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_compare(open_notebook, page, ["general", "landscape"], [])
    page.evaluate("() => window.jupyterapp.shell.currentWidget.content.activeCell.node.focus()")
    cells = page.evaluate(CELLS_JS)
    tab_to(page, "Start")
    page.keyboard.press("Enter")
    wait_for_panels(page)
    change_a_panel(page, notebook)
    look_at_one_frame(page, notebook)
    move_add_and_remove_panels(page, notebook)
    open_parts_and_draw_a_line(page, notebook)
    tab_to(page, "Snapshot")
    page.keyboard.press("Enter")
    page.get_by_text("Snapshot saved.").wait_for()
    tab_to(page, "Stop", back=True)
    page.keyboard.press("Enter")
    notebook.wait_for("compare.webcam.state == 'idle'")
    # JupyterLab took none of the keys.
    assert page.evaluate(CELLS_JS) == cells


def change_a_panel(page: Page, notebook: Notebook) -> None:
    """Model, image, views and threshold, in the order of the page."""
    press = page.keyboard.press
    tab_to(page, "Model", "Selfie landscape")
    press("ArrowUp")
    notebook.wait_for("compare.panels[1].stream.model_type == 'general'")
    press("ArrowDown")
    notebook.wait_for("compare.panels[1].stream.model_type == 'landscape'")
    # Letters are looked up in the picker. JupyterLab would insert, cut and change cells.
    for key in ("x", "y", "m", "a"):
        press(key)
    tab_to(page, "Image with the mask", "Selfie landscape")
    press("ArrowDown")
    press("Shift+ArrowRight")
    probe = page.locator(".bodyseg-panel").nth(1).locator(".bodyseg-probe")
    expect(probe).to_have_text(re.compile("^p = "))
    tab_to(page, "Mask", "Selfie landscape")
    press("ArrowRight")
    notebook.wait_for("compare.panels[1].view.view == 'heatmap'")
    tab_to(page, "Threshold", "Selfie landscape")
    for key in ("ArrowRight", "ArrowRight", "PageUp"):
        press(key)
    notebook.wait_for("compare.panels[1].view.threshold == 0.62")
    other = notebook.value("[compare.panels[0].view.view, compare.panels[0].view.threshold]")
    assert other == ["mask", 0.5]


def look_at_one_frame(page: Page, notebook: Notebook) -> None:
    """Space pauses; comma and period step, and so do the arrow keys on the timeline."""
    press = page.keyboard.press
    shown = "[panel.stream.latest.frame.id for panel in compare.panels]"
    tab_to(page, "Image with the heatmap", "Selfie landscape", back=True)
    press(" ")
    notebook.wait_for("compare.webcam.paused and not compare.latest.frame.live")
    held = notebook.value("compare.latest.frame.id")
    press(",")
    notebook.wait_for(f"max({shown}) < {held}")
    press(".")
    notebook.wait_for(f"{shown} == [{held}, {held}]")
    tab_to(page, "Frame")
    press("ArrowLeft")
    notebook.wait_for(f"max({shown}) < {held}")
    tab_to(page, "Previous frame", back=True)
    press("ArrowRight")
    notebook.wait_for(f"{shown} == [{held}, {held}]")
    press("ArrowLeft")
    notebook.wait_for(f"max({shown}) < {held}")
    tab_to(page, "Play", back=True)
    press("Enter")
    notebook.wait_for("not compare.webcam.paused")


def move_add_and_remove_panels(page: Page, notebook: Notebook) -> None:
    """The focus stays in place, although panels are created again."""
    press = page.keyboard.press
    names = "[panel.name for panel in compare.panels]"
    tab_to(page, "Move Selfie landscape to the left", back=True)
    press("Enter")
    notebook.wait_for(f"{names} == ['Selfie landscape', 'Selfie general']")
    # There it cannot be moved further to the left.
    page.wait_for_function(
        "() => document.activeElement.title === 'Move Selfie landscape to the right'"
    )
    tab_to(page, "Add model", back=True)
    press("Enter")
    page.wait_for_function("() => document.activeElement.role === 'menuitem'")
    assert focused(page) == Focused("Selfie · general", "")
    press("ArrowDown")
    press("ArrowDown")
    assert focused(page) == Focused("BlazePose · lite", "")
    press("Enter")
    notebook.wait_for("len(compare.panels) == 3 and compare.panels[2].name == 'BlazePose lite'")
    assert focused(page) == Focused("Add model", "")
    wait_for_panels(page)
    tab_to(page, "Remove Selfie landscape")
    press("Enter")
    notebook.wait_for(f"{names} == ['Selfie general', 'BlazePose lite']")
    page.wait_for_function("() => document.activeElement.closest('.bodyseg-model')")
    assert focused(page) == Focused("Model", "Selfie general")
    wait_for_panels(page)


def open_parts_and_draw_a_line(page: Page, notebook: Notebook) -> None:
    """What stands beside the panels."""
    press = page.keyboard.press
    for name, key in [("Difference", "Enter"), ("Agreement", "Enter"), ("Profile", " ")]:
        tab_to(page, name)
        press(key)
    notebook.wait_for("[*compare.parts.open] == ['difference', 'agreement', 'profile']")
    page.locator(".bodyseg-difference .bodyseg-canvas").wait_for()
    page.locator(".bodyseg-measures input").first.wait_for()
    tab_to(page, "Second panel")
    press("ArrowUp")
    notebook.wait_for("compare.parts.open['difference'].view.b == compare.panels[0].view")
    tab_to(page, "Agreement of")
    tab_to(page, "Agreement")
    press("ArrowRight")
    notebook.wait_for("compare.parts.open['difference'].view.view == 'difference'")
    tab_to(page, "IoU")
    press("ArrowRight")
    notebook.wait_for("compare.parts.open['agreement'].table.measure == 'difference'")
    notebook.wait_for("compare.parts.open['agreement'].plot.measure == 'difference'")
    tab_to(page, "Image with the mask", "BlazePose lite", back=True)
    press("ArrowDown")
    press("a")
    notebook.wait_for("0.5 < compare.parts.open['profile'].plot.line[1] < 0.6")
    notebook.wait_for("compare.panels[0].view.line == compare.panels[1].view.line")
