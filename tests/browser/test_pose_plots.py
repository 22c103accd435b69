"""The live plots of poses in JupyterLab: seen, turned, hovered, resized, shown twice, closed."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from tests.browser.explorer_page import choose_theme, press_start

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook

ROOT = Path(__file__).parents[2]

STREAM = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import time, numpy as np
from tests.poses import WavingStream, make_pose, make_result
stream = WavingStream()
"""
PLOT = STREAM + "from bodyseg_widgets import LandmarkPlot3D\nplot = LandmarkPlot3D(stream)\nplot"

EYE = """() => {
  const { eye } = document.querySelector('.js-plotly-plot')._fullLayout.scene._scene.getCamera();
  return [eye.x, eye.y, eye.z];
}"""
COUNT_UPDATES = """() => {
  window.updates = [...document.querySelectorAll('.js-plotly-plot')].map((figure) => {
    const counted = { count: 0 };
    figure.on('plotly_afterplot', () => { counted.count += 1; });
    return counted;
  });
}"""

COUNT_PROGRAMS = """() => {
  window.programs = 0;
  for (const { prototype } of [WebGLRenderingContext, WebGL2RenderingContext]) {
    const { createProgram } = prototype;
    prototype.createProgram = function () {
      window.programs += 1;
      return createProgram.call(this);
    };
  }
}"""


def wait_for_plots(page: Page, count: int = 1) -> None:
    """Wait until plots are drawn and looked after."""
    page.wait_for_function(
        """(count) => document.querySelectorAll('[data-bodyseg-drawn]').length === count""",
        arg=count,
        timeout=60_000,
    )


def wait_for_updates(page: Page, least: int) -> None:
    """Wait until every plot in the page has been updated so often from now on."""
    page.evaluate(COUNT_UPDATES)
    page.wait_for_function(
        "(least) => window.updates.every(({ count }) => count >= least)",
        arg=least,
        timeout=30_000,
    )


def drag(page: Page, right: int, steps: int = 12) -> None:
    """Drag the plot to the right, slowly, so that updates come meanwhile."""
    box = page.locator(".bodyseg-plot").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, steps + 1):
        page.mouse.move(x + right * step / steps, y)
        page.wait_for_timeout(60)
    page.mouse.up()


def seen(page: Page) -> NDArray[np.int16]:
    """The pixels of the 3D plot as they are on the screen: int16 (H, W, 3)."""
    picture = page.locator(".bodyseg-plot").first.screenshot()
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")).astype(np.int16)


def contrast(picture: NDArray[np.int16]) -> float:
    """How much a skeleton stands out from its ground, where it is drawn; 0 to 255."""
    middle = picture[20:200, picture.shape[1] // 4 : -picture.shape[1] // 4]
    distance = np.abs(middle - picture[5, 5]).max(axis=2)
    # The upper body has a thousand pixels and more; the floor does not reach up to it.
    return float(np.sort(distance, axis=None)[-1000:].mean())


def test_a_pose_is_drawn_and_updated(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    assert page.locator(".annotation-text", has_text="No pose yet").count() == 1
    assert page.locator(".annotation-text", has_text="floor squares 0.5 m").count() == 1
    notebook.execute("stream.start()")
    wait_for_updates(page, 8)
    assert contrast(seen(page)) > 60
    assert page.locator(".annotation-text", has_text="No pose").count() == 0
    notebook.execute("stream.people = 0")
    page.locator(".annotation-text", has_text="No pose found").wait_for()
    notebook.execute("stream.stop()")


def test_an_update_compiles_no_shaders(page: Page, open_notebook: OpenNotebook) -> None:
    page.evaluate(COUNT_PROGRAMS)
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    notebook.execute("stream.start()")
    wait_for_updates(page, 8)
    before = page.evaluate("() => window.programs")
    wait_for_updates(page, 16)
    # The plot is drawn with some.
    assert page.evaluate("() => window.programs") == before > 0
    notebook.execute("stream.stop()")


def test_a_plot_that_cannot_be_seen_is_not_updated_and_is_current_again_once_it_can(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    notebook.execute("stream.start()")
    wait_for_updates(page, 3)
    page.evaluate("() => { document.querySelector('.bodyseg-plot').style.display = 'none' }")
    notebook.wait_for("not plot.is_displayed")
    last = notebook.value("plot._last_update")
    page.wait_for_timeout(1500)
    # One may have been under way.
    assert notebook.value("plot._last_update") <= last + 1
    page.evaluate("() => { document.querySelector('.bodyseg-plot').style.display = '' }")
    wait_for_updates(page, 3)
    assert notebook.value("plot.is_displayed")
    notebook.execute("stream.stop()")


def test_the_viewer_turns_the_plot_while_it_is_updated(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    notebook.execute("stream.start()")
    wait_for_updates(page, 3)
    before = page.evaluate(EYE)
    drag(page, right=80)
    turned = page.evaluate(EYE)
    assert np.linalg.norm(np.subtract(turned, before)) > 0.5
    wait_for_updates(page, 8)
    np.testing.assert_allclose(page.evaluate(EYE), turned, atol=1e-3)
    eye = "[*plot.figure.layout.scene.camera.eye.to_plotly_json().values()]"
    notebook.wait_for(f"np.allclose({eye}, {turned}, atol=1e-3)")
    up = "() => document.querySelector('.js-plotly-plot')._fullLayout.scene.camera.up"
    assert page.evaluate(up) == {"x": 0, "y": 0, "z": 1}

    page.mouse.wheel(0, -300)
    wait_for_updates(page, 8)
    assert np.linalg.norm(page.evaluate(EYE)) < np.linalg.norm(turned)
    notebook.execute("stream.stop()")


def test_a_joint_is_named_under_the_pointer(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    notebook.execute("stream.put(make_result(0, make_pose()))")
    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot')._fullData[3].x?.length === 33"
    )
    picture = seen(page)
    box = page.locator(".bodyseg-plot").bounding_box()
    assert box is not None
    # The orange of the right side; somewhere down one of its lines there is a joint.
    orange = np.argwhere(np.abs(picture - (230, 159, 0)).max(axis=2) < 20)
    assert len(orange)
    places = orange[:: max(1, len(orange) // 60)].tolist()
    # A busy page takes longer to name what is under the pointer.
    for (y, x), pause in [(place, pause) for pause in (100, 500) for place in places]:
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.wait_for_timeout(pause)
        if page.locator(".hovertext").count():
            break
    said = page.locator(".hovertext").text_content() or ""
    assert "right" in said
    assert "score 0.90" in said
    assert " m" in said
    screenshot(page, "pose-plot-hover", ".bodyseg-plot")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_uncertain_joints_are_faint_on_every_ground(
    page: Page, open_notebook: OpenNotebook, theme: str
) -> None:
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    choose_theme(page, theme)
    notebook.execute("stream.start()")
    wait_for_updates(page, 3)
    certain = contrast(seen(page))
    notebook.execute("stream.score = 0.3")
    wait_for_updates(page, 3)
    uncertain = contrast(seen(page))
    notebook.execute("stream.stop()")
    choose_theme(page, "light")
    assert certain > 60
    assert 0.15 * certain < uncertain < 0.6 * certain


def test_updates_go_on_while_a_cell_runs(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(PLOT)
    wait_for_plots(page)
    notebook.execute("stream.start()")
    wait_for_updates(page, 3)
    # A page that does not answer is waited for, a second each time: it would get nine.
    notebook.execute(
        "before, end = plot._last_answer, time.monotonic() + 9\n"
        "while plot._last_answer <= before + 10 and time.monotonic() < end: time.sleep(0.05)\n"
        "answers = plot._last_answer - before"
    )
    assert notebook.value("answers") > 10
    notebook.execute("stream.stop()")


def test_a_second_display_shows_everything_and_outlives_the_first(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(PLOT, "plot")
    wait_for_plots(page, 2)
    notebook.execute("stream.start(); plot.trail = 'left_wrist'")
    wait_for_updates(page, 5)
    page.evaluate(
        """async () => {
          const { content } = window.jupyterapp.shell.currentWidget;
          content.activeCellIndex = 0;
          content.deselectAll();
          await window.jupyterapp.commands.execute('notebook:clear-cell-output');
        }"""
    )
    wait_for_plots(page, 1)
    wait_for_updates(page, 5)
    notebook.execute("stream.stop()")
    # Displayed again while nothing moves: it is as it was, not as it began.
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:move-cursor-down')")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    wait_for_plots(page, 1)
    page.wait_for_function(
        """() => {
          const { _fullData: data } = document.querySelector('.js-plotly-plot');
          return data[1].visible && data[2].x?.length === 105 && data[3].text?.length === 33;
        }"""
    )


def test_the_plot_is_as_wide_as_its_cell_also_when_that_changes(
    page: Page, open_notebook: OpenNotebook
) -> None:
    open_notebook(PLOT)
    wait_for_plots(page)
    fits = """() => {
      const figure = document.querySelector('.js-plotly-plot');
      const { width } = figure.getBoundingClientRect();
      return Math.abs(figure._fullLayout.width - width) < 2 && width;
    }"""
    wide = page.wait_for_function(fits).json_value()
    page.evaluate("() => window.jupyterapp.commands.execute('application:toggle-left-area')")
    page.wait_for_function(f"() => ({fits})() > {wide} + 50")
    page.set_viewport_size({"width": 700, "height": 1100})
    page.wait_for_function(f"() => ({fits})() && ({fits})() < {wide}")


def test_the_panel_and_the_time_plot_in_both_themes_and_a_narrow_cell(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = open_notebook(
        STREAM
        + """
from bodyseg_widgets import PosePanel3D, PoseTimePlot
panel = PosePanel3D(stream)
times = PoseTimePlot(stream, ["left_elbow", "right_elbow"], seconds=5)
display(panel, times)
"""
    )
    wait_for_plots(page, 2)
    notebook.execute("stream.start(); times.series = [*times.series, 'left_wrist.y']")
    page.get_by_role("button", name="Trail").click()
    notebook.wait_for("panel.plot.trail == 'left_wrist'")
    page.locator(".widget-dropdown select").select_option(label="left thumb")
    notebook.wait_for("panel.plot.trail == 'left_thumb'")
    wait_for_updates(page, 8)
    assert page.locator(".legendtext").all_text_contents() == [
        "left elbow",
        "right elbow",
        "left wrist y (down)",
    ]
    screenshot(page, "pose-plots-light", ".jp-OutputArea")
    notebook.execute("stream.people = 2")
    page.set_viewport_size({"width": 760, "height": 1100})
    choose_theme(page, "dark")
    wait_for_updates(page, 8)
    screenshot(page, "pose-plots-narrow-dark", ".jp-OutputArea")
    choose_theme(page, "light")
    overflow = page.evaluate(
        """() => [...document.querySelectorAll('.jp-OutputArea-output')]
          .map((output) => output.scrollWidth - output.clientWidth)"""
    )
    assert max(overflow) <= 0
    # The page's errors are looked at in the end: closing must not raise any, also at full speed.
    notebook.execute("panel.close(); times.close(); stream.stop()")
    page.wait_for_function("() => !document.querySelector('.js-plotly-plot')")
    page.wait_for_timeout(500)


def test_plotlys_program_comes_once_and_what_is_styled_is_seen(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(
        STREAM
        + """
from bodyseg_widgets import LandmarkPlot3D, PoseTimePlot
from bodyseg_widgets.widgets.kit.live_figure import LiveFigure

sent = []
send_program = LiveFigure._send_program
LiveFigure._send_program = lambda plot, request: (sent.append(1), send_program(plot, request))
plot, times = LandmarkPlot3D(stream), PoseTimePlot(stream)
display(plot, times)
"""
    )
    wait_for_plots(page, 2)
    # None, where an earlier test of this page has had it already.
    assert notebook.value("len(sent)") <= 1
    notebook.execute("LiveFigure._send_program = send_program")
    notebook.execute("plot.figure.update_layout(title='My hand', scene_camera_eye_y=-3)")
    page.locator(".gtitle", has_text="My hand").wait_for()
    page.wait_for_function(f"() => Math.abs(({EYE})()[1] + 3) < 0.01")
    notebook.execute("stream.start()")
    wait_for_updates(page, 3)
    assert page.locator(".gtitle", has_text="My hand").count() == 1
    assert page.evaluate(EYE)[1] == pytest.approx(-3, abs=0.01)
    notebook.execute("stream.stop()")


def test_poses_of_a_stream_are_plotted_and_recorded(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = open_notebook(
        """
from bodyseg_widgets import PosePanel3D, PoseRecorder, SegmentationStream, Webcam
webcam = Webcam(source="sample")
stream = SegmentationStream(webcam, model="BlazePose", model_type="lite")
panel, recorder = PosePanel3D(stream), PoseRecorder(stream)
display(webcam, panel)
"""
    )
    wait_for_plots(page)
    press_start(page)
    wait_for_updates(page, 8)
    notebook.wait_for("len(recorder.moments) > 8 and recorder.moments[-1].poses")
    screenshot(page, "pose-panel", ".jp-OutputArea")
    assert notebook.value("recorder.to_dataframe()['keypoint'].nunique()") == 33
    notebook.execute("recorder.stop(); panel.close(); stream.close(); webcam.close()")
