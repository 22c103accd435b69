"""Sources in the browser: any ipywebrtc stream, and the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    EXPLORER,
    press_start,
    press_stop,
    wait_for_masks,
    wait_for_panels,
)
from tests.browser.page_scripts import OPEN_TRACKS

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Server

STREAMS = {
    "camera": 'CameraStream(constraints={"audio": False, "video": {"width": 640}})',
    "video": 'VideoStream.from_file("pose_1.mp4")',
    "image": 'ImageStream(image=Image.from_file("portrait.jpg"))',
    "widget": "WidgetStream(widget=VideoStream.from_file('pose_1.mp4'))",
}


@pytest.fixture
def media(server: Server, data_folder: Path) -> None:
    """Files beside the notebook."""
    for name in ("pose-detection/pose_1.mp4", "body-segmentation/portrait.jpg"):
        source = data_folder / "tfjs-models" / name
        target = server.root / source.name
        target.write_bytes(source.read_bytes())


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize("kind", STREAMS)
def test_any_ipywebrtc_stream_is_segmented(
    page: Page, open_notebook: OpenNotebook, kind: str
) -> None:
    shown = "display(stream.widget)" if kind == "widget" else ""
    notebook = open_notebook(
        "from ipywidgets import Image\n"
        "from ipywebrtc import CameraStream, VideoStream, ImageStream, WidgetStream\n"
        f"stream = {STREAMS[kind]}\n{shown}",
        EXPLORER.format(options="Webcam(stream=stream)"),
    )
    page.wait_for_selector(".bodyseg-view", timeout=30_000)
    expect(page.locator(".bodyseg-webcam select >> nth=0")).to_contain_text("ipywebrtc stream")
    for _ in range(2):
        press_start(page)
        wait_for_masks(page)
        assert notebook.value("float((explorer.latest.mask.probability >= 0.5).mean())") > 0.02
        press_stop(page)
        notebook.wait_for("explorer.webcam.state == 'idle'")
        # The light goes off with Stop, though the camera is ipywebrtc's.
        page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")


def test_a_widget_that_is_no_stream_is_told(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(
        "import ipywidgets; slider = ipywidgets.IntSlider()",
        EXPLORER.format(options="Webcam(stream=slider)"),
    )
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    notebook.wait_for("explorer.webcam.state == 'failed'")
    assert "has no video to capture" in notebook.value("explorer.webcam.message")
    page.get_by_role("button", name="Use the sample image").click()
    wait_for_masks(page)


def test_another_source_is_chosen_while_it_streams(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = open_notebook(EXPLORER.format(options=""))
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_masks(page)
    page.locator(".bodyseg-webcam select >> nth=0").select_option(label="Sample image")
    notebook.wait_for("explorer.webcam.source == 'sample' and explorer.webcam.state == 'live'")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
    first = notebook.value("explorer.latest.frame.id")
    notebook.wait_for(f"explorer.latest.frame.id > {first + 5}")


REFUSE_SCREEN = """
(() => {
  const devices = navigator.mediaDevices;
  const share = devices.getDisplayMedia.bind(devices);
  window.refuse = true;
  devices.getDisplayMedia = async (constraints) => {
    if (window.refuse) throw new DOMException("Permission denied", "NotAllowedError");
    const stream = await share(constraints);
    window.tracks = stream.getTracks();
    return stream;
  };
})()
"""
"""A script for the page: the person shares no screen while `window.refuse` is true. The browser's
own dialog cannot be made to refuse in a test; what it shares here is a fake screen."""


def test_a_screen_is_shown_once_it_is_shared(page: Page, open_notebook: OpenNotebook) -> None:
    page.evaluate(REFUSE_SCREEN)
    notebook = open_notebook(
        "from bodyseg_widgets import Compare, Webcam\n"
        'compare = Compare(["landscape", "general"], Webcam(source="screen"), show=())\n'
        "webcam = compare.webcam\n"
        "compare"
    )
    page.wait_for_selector(".bodyseg-timeline")
    press_start(page)
    page.wait_for_function(
        """() => [...document.querySelectorAll('.bodyseg-panel .bodyseg-note p')]
          .filter((each) => each.innerText.startsWith('No screen or window was shared.'))
          .length === 2""",
        timeout=15_000,
    )
    notebook.wait_for("webcam.state == 'failed' and not webcam.running")
    # The other sources are not touched by it.
    page.get_by_role("button", name="Use the sample image").first.click()
    wait_for_panels(page)
    page.evaluate("() => { window.refuse = false; }")
    press_stop(page)
    page.get_by_label("Video source").select_option("screen")
    press_start(page)
    notebook.wait_for("webcam.source == 'screen' and webcam.state == 'live'")
    wait_for_panels(page)
    first = notebook.value("compare.latest.frame.id")
    notebook.wait_for(f"compare.latest.frame.id > {first + 3}")
    # Sharing can also be ended in the browser; this is the event it fires then.
    page.evaluate("() => window.tracks[0].dispatchEvent(new Event('ended'))")
    notebook.wait_for("webcam.state == 'failed'")
    assert "Sharing has ended" in notebook.value("webcam.message")
    page.wait_for_function(f"() => ({OPEN_TRACKS})() === 0")
