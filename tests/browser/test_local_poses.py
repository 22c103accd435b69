"""BlazePose that runs in the page: Python gets its poses as from any runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.browser.explorer_page import EXPLORER, press_start, wait_for_masks

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook

COLLECT = """
results = []
stop = explorer.stream.on_result(results.append)
"""


def explorer(source: str, *, max_poses: int = 1) -> str:
    options = f"Webcam(source={source!r}), model='full', runtime='browser', max_poses={max_poses}"
    return EXPLORER.format(options=options)


def test_keypoints_and_masks_are_where_the_figure_is(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(explorer("squats"))
    press_start(page)
    wait_for_masks(page)
    notebook.execute(COLLECT)
    notebook.wait_for("len(results) >= 20")
    notebook.execute("""
stop()
import numpy as np
from bodyseg_widgets import create_detector
detector = create_detector("full", enable_segmentation=True)
apart, agreement, meters = [], [], []
for result in results[5:]:
    (pose,) = result.poses
    (still,) = detector.estimate_poses(result.frame.image)
    off = np.abs(pose.keypoint_array - still.keypoint_array)[:, :2]
    apart.append(float(np.median(off)))
    meters.append(float(np.median(np.abs(pose.keypoint_array_3d - still.keypoint_array_3d))))
    both = (result.segmentation, still.segmentation)
    one, other = [each.mask.probability >= 0.5 for each in both]
    agreement.append(float((one & other).sum() / (one | other).sum()))
detector.dispose()
""")
    assert notebook.value("{pose.id for result in results for pose in result.poses} == {1}")
    # A person who is tracked is found in another ROI than in a still.
    assert notebook.value("float(np.median(apart))") < 5
    assert notebook.value("float(np.median(meters))") < 0.03
    assert notebook.value("float(np.median(agreement))") > 0.95
    assert notebook.value("sorted({result.model for result in results})") == [
        "BlazePose full (browser)"
    ]


def test_two_people_keep_their_numbers(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(explorer("crossing", max_poses=2))
    press_start(page)
    wait_for_masks(page)
    notebook.execute(COLLECT)
    notebook.wait_for("sum(len(result.poses) == 2 for result in results) >= 10")
    notebook.execute("stop()")
    ids = "sorted({pose.id for result in results for pose in result.poses})"
    assert notebook.value(ids)[:2] == [1, 2]
    # Each pixel is one person's, as in the view of people.
    two = "next(result for result in results if len(result.poses) == 2)"
    assert notebook.value(f"sorted({{*{two}.mask.people.ravel().tolist()}})") == [0, 1, 2]


def test_where_nothing_moves_keypoints_rest(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(explorer("portrait"))
    press_start(page)
    wait_for_masks(page)
    notebook.execute(COLLECT)
    notebook.wait_for("len(results) >= 25")
    notebook.execute("stop()")
    moved = """
import numpy as np
places = np.array([result.poses[0].keypoint_array[:, :2] for result in results[-5:]])
"""
    notebook.execute(moved)
    assert notebook.value("float(np.ptp(places, axis=0).max())") < 0.2
