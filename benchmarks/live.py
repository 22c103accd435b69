"""One panel live in JupyterLab: pictures that reach the screen, their delay, and the CPU they take.

    python -m benchmarks.live [--model blazepose] [--model-type heavy] [--no-link]

For BodyPix, the environment variable BODYSEG_MODELS names a folder with its weights.

Counts changed images in the displayed element, by a counter drawn into the fake webcam's clip;
messages and callbacks do not count. The delay is measured from when the camera takes a numbered
frame to when that number is read from the displayed element. CPU is measured while nobody watches.
ipywebrtc's ImageRecorder loop runs in the same JupyterLab and the same Chromium.
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.measuring.bare_loop import bare_loop
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, at_most, figure, print_cores
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, WAY_JS, own_figures, own_rates, start
from bodyseg_widgets.streaming import choose
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer(
    model={model!r}, model_type={model_type!r}, runtime={runtime!r}, mirror=False
)
explorer
"""
LAST_FRAME = "explorer.latest.frame.id"

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


@dataclass(frozen=True)
class Subject:
    """What the Explorer runs, and its goals."""

    model: str
    model_type: str | None
    runtime: str
    min_rate: float
    """Pictures per second."""
    max_delay: float
    """Milliseconds from the camera to the screen, by the readout."""
    max_cores: float
    """CPU of all processes together."""
    window: tuple[int, int]
    """Size of the browser window, wide enough for everything shown."""


SELFIE = partial(
    Subject, "MediaPipeSelfieSegmentation",
    min_rate=29, max_delay=35, max_cores=0.6, window=(1100, 1000),
)  # fmt: skip
BLAZEPOSE = partial(
    Subject, "BlazePose",
    min_rate=28, max_delay=math.inf, max_cores=math.inf, window=(1500, 1000),
)  # fmt: skip
BODYPIX = partial(
    Subject, "BodyPix",
    min_rate=8, max_delay=math.inf, max_cores=math.inf, window=(1100, 1000),
)  # fmt: skip
SUBJECTS = {"selfie": SELFIE, "blazepose": BLAZEPOSE, "bodypix": BODYPIX}
MAX_START_MS = 2000
MIN_RATE_WITH_PLOT = 24
MIN_PLOTS = 8


def measure_explorer(page: QuietPage, server: Server, seconds: float, subject: Subject) -> None:
    """Print the Explorer's rate, delay and CPU, and its rate next to a 3D plot."""
    choice = choose(subject.model, subject.model_type, subject.runtime)
    (alone,) = bare_loop([choice], seconds).rates
    notebook = Notebook(page, server, [EXPLORER.format(**asdict(subject))])
    notebook.run_all()
    first = start(page)
    page.wait_for_timeout(SETTLE_MS)
    own = own_figures(notebook, seconds, last_frame=LAST_FRAME)
    watched = watch(page, CANVAS, seconds)
    rate = watched.panels[0].rate
    beside = watch_with_plot(page, seconds) if subject.model == "BlazePose" else None
    readout = page.evaluate("() => document.querySelector('.bodyseg-times').innerText")
    print(f"Explorer, {choice.label}. {page.evaluate(WAY_JS)}")
    at_most("start to first mask, ms", first, MAX_START_MS)
    at_least("pictures/s", rate, subject.min_rate)
    figure("  share of the bare loop", rate / alone, digits=2)
    figure("masks/s, its own count", own.rates[0])
    figure("pictures/s from the camera to the model", own.pictures)
    figure("messages of Jupyter per picture", own.messages, digits=2)
    figure("camera to screen, median ms", watched.delay)
    at_most("camera to drawn, its own readout, ms", own.delay, subject.max_delay)
    print(f"  its own readout: {' '.join(readout.split())}")
    print_cores(own.cores, own.rates[0], most=subject.max_cores)
    figure("watching took this share of the page", watched.probing, digits=3)
    if beside is not None:
        print("With the 3D plot open")
        at_least("pictures/s", beside.pictures, MIN_RATE_WITH_PLOT)
        figure("masks/s, its own count", beside.masks)
        at_least("plots/s", beside.plots, MIN_PLOTS)
    notebook.close()


@dataclass(frozen=True)
class BesidePlot:
    """What is drawn per second while the 3D plot is open."""

    masks: float
    plots: float
    pictures: float


def watch_with_plot(page: QuietPage, seconds: float) -> BesidePlot:
    """Open the 3D plot, measure the image next to it for some seconds, and close it again."""
    page.evaluate(TOGGLE_PLOT_JS)
    page.wait_for_function("() => document.querySelector('[data-bodyseg-drawn]') !== null")
    page.wait_for_timeout(SETTLE_MS)
    page.evaluate(COUNT_PLOTS_JS)
    began = time.monotonic()
    (masks,) = own_rates(page, seconds)
    plots = page.evaluate("() => window.plots") / (time.monotonic() - began)
    seen = watch(page, CANVAS, seconds)
    page.evaluate(TOGGLE_PLOT_JS)
    page.wait_for_timeout(SETTLE_MS)
    return BesidePlot(masks=masks, plots=plots, pictures=seen.panels[0].rate)


def measure_image_recorder(page: QuietPage, server: Server, seconds: float) -> None:
    """Print the rate of ipywebrtc's ImageRecorder loop."""
    notebook = Notebook(page, server, [IMAGE_RECORDER])
    notebook.run_all()
    page.wait_for_function("() => document.querySelector('.jp-OutputArea img')?.naturalWidth > 0")
    page.wait_for_timeout(SETTLE_MS)
    watched = watch(page, ".jp-OutputArea img", seconds)
    print("ipywebrtc ImageRecorder loop, the same model")
    figure("pictures/s", watched.panels[0].rate)
    figure("camera to screen, median ms", watched.delay)
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement, below 20")
    parser.add_argument("--no-link", action="store_true", help="frames go through Jupyter")
    parser.add_argument("--model", choices=[*SUBJECTS], default="selfie")
    parser.add_argument("--model-type", help="default: the model's own")
    parser.add_argument("--runtime", choices=["tensorflow", "mediapipe"], default="tensorflow")
    options = parser.parse_args()
    subject = SUBJECTS[options.model](options.model_type, options.runtime)
    with laboratory(link=not options.no_link) as lab, lab.browser(subject.window) as page:
        measure_explorer(page, lab.server, options.seconds, subject)
        if options.model == "selfie":
            measure_image_recorder(page, lab.server, options.seconds)


if __name__ == "__main__":
    main()
