"""Live in JupyterLab: frames that reach the screen, and their delay from the camera.

    python -m benchmarks.live [--model blazepose] [--model-type heavy] [--runtime mediapipe]

Counts changed images in the displayed element, by a counter drawn into the fake webcam's clip;
messages and callbacks do not count. The delay is measured from when the browser captures a numbered
frame to when that number is read from the displayed element. ipywebrtc's ImageRecorder loop runs in
the same JupyterLab and the same Chromium.
"""

from __future__ import annotations

import argparse
import math
import statistics
import tempfile
import time
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.browser.clips import COUNTER_BITS, COUNTER_CELL, READ_COUNTER_JS, write_clips
from tests.browser.lab import Notebook, Server, jupyter_server
from tests.browser.quiet_chromium import QuietPage, quiet_chromium
from tests.data import find_data_folder

CLIP_FRAMES = 600
"""20 s of numbered frames, so that each number occurs once per measurement."""

SETTLE_MS = 3000

NOTE_TAKEN_JS = f"""
() => {{
  const taken = window.taken = new Map();
  const Taken = window.VideoFrame;
  let pictures = 0;
  // Each picture on its way to the kernel becomes a VideoFrame: read the number off the corner
  // of every fourth, which is enough for a median and takes little time from the others.
  window.VideoFrame = function (image, options) {{
    const at = performance.now();
    const frame = new Taken(image, options);
    pictures += 1;
    if (pictures % 4) return frame;
    const copy = frame.clone();
    const width = {COUNTER_BITS * COUNTER_CELL};
    const rect = {{ x: 0, y: {COUNTER_CELL // 2}, width, height: 2 }};
    const pixels = new Uint8Array(copy.allocationSize({{ rect }}));
    copy.copyTo(pixels, {{ rect }}).then(() => {{
      let number = 0;
      for (let bit = 0; bit < {COUNTER_BITS}; bit += 1)
        number = number * 2 + (pixels[bit * {COUNTER_CELL} + {COUNTER_CELL // 2}] > 127 ? 1 : 0);
      taken.set(number, at);
      copy.close();
    }});
    return frame;
  }};
}}
"""

WATCH_JS = f"""
async ({{ selector, seconds }}) => {{
  const read = {READ_COUNTER_JS};
  const seen = new Map();
  window.taken?.clear();
  const start = performance.now();
  await new Promise((resolve) => {{
    // Read after all views have drawn for this frame of the screen: what a person then sees.
    const {{ port1, port2 }} = new MessageChannel();
    port1.onmessage = () => {{
      const element = document.querySelector(selector);
      const number = element ? read(element) : null;
      const at = performance.now();
      if (number !== null && !seen.has(number)) seen.set(number, at);
      if (at - start < seconds * 1000) requestAnimationFrame(() => port2.postMessage(0));
      else resolve();
    }};
    requestAnimationFrame(() => port2.postMessage(0));
  }});
  const elapsed = performance.now() - start;
  const delays = [...seen].filter(([number]) => window.taken?.has(number))
    .map(([number, at]) => at - window.taken.get(number));
  return {{ rate: (seen.size * 1000) / elapsed, delays }};
}}
"""

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer(
    model={model!r}, model_type={model_type!r}, runtime={runtime!r}, mirror=False
)
explorer
"""

TOGGLE_PLOT_JS = """
() => {
  const buttons = [...document.querySelectorAll('.bodyseg-explorer button')];
  buttons.find((each) => each.innerText.includes('3D')).click();
}
"""

COUNT_PLOTS_JS = """
() => {
  window.plots = 0;
  document.querySelector('.js-plotly-plot').on('plotly_afterplot', () => { window.plots += 1; });
}
"""

START_JS = """
async () => {
  const start = performance.now();
  document.querySelector('.bodyseg-webcam button').click();
  // The note gives way to the picture with its first mask.
  while (!document.querySelector('.bodyseg-note').hidden)
    await new Promise(requestAnimationFrame);
  return performance.now() - start;
}
"""

IMAGE_RECORDER = """
import io
import ipywidgets
import numpy as np
from ipywebrtc import CameraStream, ImageRecorder
from PIL import Image
from bodyseg_widgets import SupportedModels, create_segmenter

segmenter = create_segmenter(SupportedModels.MediaPipeSelfieSegmentation, runtime="tensorflow")
camera = CameraStream(constraints={"audio": False, "video": {"width": 640, "height": 480}})
recorder = ImageRecorder(stream=camera)
shown = ipywidgets.Image(format="png")

def segment(change):
    if change["new"]:
        return
    picture = Image.open(io.BytesIO(recorder.image.value)).convert("RGB")
    mask = segmenter.segment_people(picture)[0].mask.probability >= 0.5
    array = np.array(picture)
    array[mask] = array[mask] // 3 + np.array([0, 109, 109], np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, "png")
    shown.value = buffer.getvalue()
    recorder.recording = True

recorder.observe(segment, "recording")
display(shown)
recorder.recording = True
"""


def watch(page: QuietPage, selector: str, seconds: float) -> dict[str, Any]:
    """Watch an element for some seconds, as a person would."""
    result: dict[str, Any] = page.evaluate(WATCH_JS, {"selector": selector, "seconds": seconds})
    return result


@dataclass(frozen=True)
class Subject:
    """What the Explorer runs, and its goals."""

    model: str
    model_type: str | None
    runtime: str
    min_rate: float
    """Frames per second."""
    max_delay: float
    """Milliseconds from capture to screen."""
    window: tuple[int, int]
    """Size of the browser window, wide enough for everything shown."""


SELFIE = partial(
    Subject, "MediaPipeSelfieSegmentation", min_rate=27, max_delay=60, window=(1100, 1000)
)
BLAZEPOSE = partial(Subject, "BlazePose", min_rate=20, max_delay=math.inf, window=(1500, 1000))
SUBJECTS = {"selfie": SELFIE, "blazepose": BLAZEPOSE}
MAX_START_MS = 2000
MIN_RATE_WHILE_BUSY = 20
MIN_RATE_WITH_PLOT = 16
MIN_PLOTS = 8


def measure_explorer(page: QuietPage, server: Server, seconds: float, subject: Subject) -> None:
    """Print the Explorer's rate and delay, and its rate while a cell runs and next to a 3D plot."""
    code = EXPLORER.format(**asdict(subject))
    notebook = Notebook(page, server, [code])
    notebook.run_all()
    page.wait_for_function("() => document.querySelector('.bodyseg-note')?.innerText")
    first = page.evaluate(START_JS)
    page.wait_for_timeout(SETTLE_MS)
    free = watch(page, ".bodyseg-canvas", seconds)
    notebook.start_executing("import time; time.sleep(5)")
    busy = watch(page, ".bodyseg-canvas", 4.5)
    drawn = own_rate(page, seconds)
    beside = watch_with_plot(page, seconds) if subject.model == "BlazePose" else None
    # Last, because reading the number from each captured frame takes time itself.
    page.evaluate(NOTE_TAKEN_JS)
    timed = watch(page, ".bodyseg-canvas", seconds)
    readout = page.evaluate("() => document.querySelector('.bodyseg-times').innerText")
    renderer = page.evaluate("() => document.querySelector('.bodyseg-canvas').dataset.renderer")
    label = notebook.value("explorer.model_picker.label")
    print(f"Explorer, {label}, {subject.runtime}, drawn with {renderer}")
    delay = statistics.median(timed["delays"])
    at_most("start to first mask, ms", first, MAX_START_MS)
    at_least("pictures/s", free["rate"], subject.min_rate)
    print(f"  {'masks/s, its own count':31}{drawn:8.1f}")
    at_most("taken to seen, median ms", delay, subject.max_delay)
    at_least("pictures/s while a cell sleeps", busy["rate"], MIN_RATE_WHILE_BUSY)
    print(f"  {'its own readout':31} {' '.join(readout.split())}")
    if beside is not None:
        print("With the 3D plot open, masks drawn as the widget counts them")
        at_least("masks/s", beside.masks, MIN_RATE_WITH_PLOT)
        at_least("plots/s", beside.plots, MIN_PLOTS)
        print(
            f"  {'pictures/s, read off the screen':31}{beside.pictures:8.1f}   (reading slows it)"
        )
    notebook.close()


def own_rate(page: QuietPage, seconds: float) -> float:
    """Return masks drawn per second by the widget's own count, without reading the screen."""
    rates = []
    for _ in range(round(seconds)):
        page.wait_for_timeout(1000)
        text = page.evaluate("() => document.querySelector('.bodyseg-rate b').innerText")
        rates.append(float(text))
    return statistics.fmean(rates)


@dataclass(frozen=True)
class BesidePlot:
    """What is drawn per second while the 3D plot is open."""

    masks: float
    plots: float
    pictures: float


def watch_with_plot(page: QuietPage, seconds: float) -> BesidePlot:
    """Open the 3D plot, measure the image next to it for some seconds, and close it again."""
    page.evaluate(TOGGLE_PLOT_JS)
    page.wait_for_function("() => document.querySelector('[data-bodyseg-attended]') !== null")
    page.wait_for_timeout(SETTLE_MS)
    page.evaluate(COUNT_PLOTS_JS)
    start = time.monotonic()
    masks = own_rate(page, seconds)
    plots = page.evaluate("() => window.plots") / (time.monotonic() - start)
    seen = watch(page, ".bodyseg-canvas", seconds)
    page.evaluate(TOGGLE_PLOT_JS)
    page.wait_for_timeout(SETTLE_MS)
    return BesidePlot(masks=masks, plots=plots, pictures=seen["rate"])


def at_least(label: str, value: float, goal: float) -> None:
    """Print a figure that should be high."""
    print(f"  {label:31}{value:8.1f}   goal >= {goal:g}: {'met' if value >= goal else 'MISSED'}")


def at_most(label: str, value: float, goal: float) -> None:
    """Print a figure that should be low."""
    asked = (
        "" if math.isinf(goal) else f"   goal <= {goal:g}: {'met' if value <= goal else 'MISSED'}"
    )
    print(f"  {label:31}{value:8.1f}{asked}")


def measure_image_recorder(page: QuietPage, server: Server, seconds: float) -> None:
    """Print the rate of ipywebrtc's ImageRecorder loop."""
    notebook = Notebook(page, server, [IMAGE_RECORDER])
    notebook.run_all()
    page.wait_for_function("() => document.querySelector('.jp-OutputArea img')?.naturalWidth > 0")
    page.wait_for_timeout(SETTLE_MS)
    result = watch(page, ".jp-OutputArea img", seconds)
    print("ipywebrtc ImageRecorder loop, the same model")
    print(f"  pictures/s                      {result['rate']:8.1f}")
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--model", choices=[*SUBJECTS], default="selfie")
    parser.add_argument("--model-type", help="default: the model's own")
    parser.add_argument("--runtime", choices=["tensorflow", "mediapipe"], default="tensorflow")
    options = parser.parse_args()
    subject = SUBJECTS[options.model](options.model_type, options.runtime)
    data = find_data_folder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = write_clips([data / "asl" / "book.mkv"], folder / "c.y4m", frames_each=CLIP_FRAMES)
        with (
            jupyter_server(folder / "jupyter") as server,
            quiet_chromium(camera=clip, size=subject.window) as page,
        ):
            measure_explorer(page, server, options.seconds, subject)
            if options.model == "selfie":
                measure_image_recorder(page, server, options.seconds)


if __name__ == "__main__":
    main()
