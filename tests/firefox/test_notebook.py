"""JupyterLab in Firefox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.explorer_page import wait_for_masks, wait_for_panels
from tests.browser.page_scripts import OPEN_TRACKS

if TYPE_CHECKING:
    from tests.firefox.conftest import OpenNotebook
    from tests.firefox.firefox import FirefoxPage

SIDE_BY_SIDE = """
from bodyseg_widgets import Compare, Webcam
compare = Compare(
    [("MediaPipeSelfieSegmentation", "general", "browser"),
     ("MediaPipeSelfieSegmentation", "general", "tensorflow"),
     ("BlazePose", "lite", "browser")],
    Webcam(source="sample"), show="agreement")
compare
"""

COLLECT = """
results = {}
def collect(result):
    results.setdefault(result.frame.timestamp, {})[result.model] = result
stops = [panel.stream.on_result(collect) for panel in compare.panels[:2]]
def both():
    return [[*each.values()] for each in [*results.values()] if len(each) == 2]
"""

APART = """
apart = []
for one, other in both():
    ours, theirs = one.mask.levels.astype(int), other.mask.levels.astype(int)
    a, b = ours >= 128, theirs >= 128
    near = float((abs(ours - theirs) <= 1).mean())
    apart.append([near, float((a & b).sum() / (a | b).sum()), float(a.mean())])
"""


def test_a_model_in_the_page_finds_what_the_kernels_finds_in_the_same_frames(
    page: FirefoxPage, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(SIDE_BY_SIDE)
    page.wait_for_function("() => document.querySelectorAll('.bodyseg-view').length === 3")
    page.click(".bodyseg-webcam > button", "Start")
    wait_for_panels(page)
    notebook.execute(COLLECT)
    notebook.wait_for("len(both()) >= 10")
    notebook.execute("for stop in stops: stop()")
    notebook.execute(APART)
    for near, iou, share in notebook.value("apart"):
        assert near >= 0.99
        assert iou >= 0.999
        assert share > 0.05


def test_stop_turns_the_camera_off(page: FirefoxPage, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(
        "from bodyseg_widgets import Explorer\nexplorer = Explorer()\nexplorer"
    )
    page.wait_for_function("() => document.querySelectorAll('.bodyseg-view').length === 1")
    page.click(".bodyseg-webcam > button", "Start")
    wait_for_masks(page)
    notebook.wait_for("explorer.latest is not None")
    # It shows a color, and a time.
    assert notebook.value("int(explorer.latest.frame.image.max())") > 100
    assert page.evaluate(OPEN_TRACKS) == 1
    page.click(".bodyseg-webcam > button", "Stop")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    notebook.wait_for("explorer.webcam.state == 'idle'")
