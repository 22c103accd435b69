"""Live in JupyterLab: pictures a person sees, and their way from camera to screen.

    python -m benchmarks.live [--seconds 10] [--runtime tensorflow]

Counts changed pictures in the displayed element, by a counter painted into the fake webcam's
clip; messages and callbacks do not count. ipywebrtc's ImageRecorder loop is measured in the
same run, in the same JupyterLab and the same Chromium.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.clips import READ_COUNTER_JS, write_webcam_clip
from tests.browser.lab import Notebook, Server, chromium, jupyter_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CLIP_FRAMES = 600

WATCH_JS = f"""
async ({{ selector, seconds, camera }}) => {{
  const read = {READ_COUNTER_JS};
  const taken = new Map();
  const seen = new Map();
  let stream = null;
  const video = document.createElement('video');
  if (camera) {{
    // A second look at the same camera tells when each numbered picture came out of it.
    stream = await navigator.mediaDevices.getUserMedia({{ video: {{ width: 640, height: 480 }} }});
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    const note = (at) => {{
      taken.set(read(video), at);
      if (stream) video.requestVideoFrameCallback(note);
    }};
    video.requestVideoFrameCallback(note);
  }}
  const start = performance.now();
  await new Promise((resolve) => {{
    const look = (at) => {{
      const element = document.querySelector(selector);
      const counter = element ? read(element) : null;
      if (counter !== null && !seen.has(counter)) seen.set(counter, performance.now());
      if (at - start < seconds * 1000) requestAnimationFrame(look);
      else resolve();
    }};
    requestAnimationFrame(look);
  }});
  const elapsed = performance.now() - start;
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  const delays = [...seen].filter(([counter]) => taken.has(counter))
    .map(([counter, at]) => at - taken.get(counter));
  return {{ rate: (seen.size * 1000) / elapsed, delays }};
}}
"""

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer(runtime={runtime!r}, model_type={model_type!r}, mirror=False)
explorer.start()
explorer
"""

IMAGE_RECORDER = """
import io
import numpy as np
from PIL import Image
from ipywebrtc import CameraStream, ImageRecorder
import ipywidgets
from bodyseg_widgets import SupportedModels, create_segmenter

segmenter = create_segmenter(SupportedModels.MediaPipeSelfieSegmentation, runtime="tensorflow")
camera = CameraStream(constraints={"audio": False, "video": {"width": 640, "height": 480}})
recorder = ImageRecorder(stream=camera)
shown = ipywidgets.Image(format="png")

def segment(change):
    picture = Image.open(io.BytesIO(change["new"])).convert("RGB")
    mask = segmenter.segment_people(picture)[0].mask.probability >= 0.5
    array = np.array(picture)
    array[mask] = array[mask] // 3 + np.array([0, 109, 109], np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "png")
    shown.value = buffer.getvalue()
    recorder.recording = True

recorder.image.observe(segment, "value")
display(shown)
recorder.recording = True
"""


def explorer_canvas(page: Page) -> None:
    """Wait until the Explorer shows masks and has settled."""
    page.wait_for_function(
        "() => parseFloat(document.querySelector('.bodyseg-rate b')?.textContent) > 5",
        timeout=60_000,
    )
    page.wait_for_timeout(3000)


def watch(page: Page, selector: str, seconds: float, *, camera: bool) -> dict[str, Any]:
    """Look at an element for some seconds, as a person would."""
    result: dict[str, Any] = page.evaluate(
        WATCH_JS, {"selector": selector, "seconds": seconds, "camera": camera}
    )
    return result


def measure_explorer(
    browser: Browser, server: Server, seconds: float, runtime: str, model_type: str
) -> None:
    """Print the Explorer's rates and delay."""
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    code = EXPLORER.format(runtime=runtime, model_type=model_type)
    notebook = Notebook(page, server, [code])
    notebook.run_all()
    explorer_canvas(page)
    free = watch(page, ".bodyseg-canvas", seconds, camera=False)
    timed = watch(page, ".bodyseg-canvas", seconds, camera=True)
    notebook.start_executing("import time; time.sleep(5)")
    busy = watch(page, ".bodyseg-canvas", 4.5, camera=False)
    name = f"Explorer, {runtime} {model_type}"
    print(f"{name:38} {free['rate']:6.1f} pictures/s")
    delay = statistics.median(timed["delays"])
    print(f"{'  camera to screen, median':38} {delay:6.1f} ms   ({timed['rate']:.1f}/s meanwhile)")
    print(f"{'  while a cell sleeps':38} {busy['rate']:6.1f} pictures/s")
    print(f"{'  as its own readout has it':38} {page.text_content('.bodyseg-times')}")
    notebook.close()


def measure_image_recorder(browser: Browser, server: Server, seconds: float) -> None:
    """Print the rate of ipywebrtc's ImageRecorder loop."""
    page = browser.new_page(viewport={"width": 1100, "height": 1000})
    notebook = Notebook(page, server, [IMAGE_RECORDER])
    notebook.run_all()
    page.wait_for_selector(".jp-OutputArea img", timeout=60_000)
    page.wait_for_timeout(3000)
    result = watch(page, ".jp-OutputArea img", seconds, camera=False)
    print(f"{'ipywebrtc ImageRecorder loop':38} {result['rate']:6.1f} pictures/s")
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--runtime", choices=["tensorflow", "mediapipe"], default="tensorflow")
    parser.add_argument("--model-type", choices=["general", "landscape"], default="general")
    options = parser.parse_args()
    data = Path(os.environ.get("BODYSEG_TEST_DATA", "../shared/data"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = write_webcam_clip(data / "asl" / "book.mkv", folder / "c.y4m", count=CLIP_FRAMES)
        with jupyter_server(folder / "jupyter") as server, chromium(camera=clip) as browser:
            measure_explorer(browser, server, options.seconds, options.runtime, options.model_type)
            measure_image_recorder(browser, server, options.seconds)


if __name__ == "__main__":
    main()
