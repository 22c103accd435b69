"""Scrub through the last ten seconds with four models, and measure the memory they take.

    python -m benchmarks.scrub

The slider is moved back and forth in the page, with each screen refresh. Counted are the different
images that appear in the first panel, and the frames that all panels show at once, by the counter
drawn into the fake webcam's clip. The kernel's memory is its
resident memory while the four models run: with no history, and with ten seconds of 640 x 480.
"""

from __future__ import annotations

import argparse
import statistics
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.printing import at_least, at_most, figure
from benchmarks.measuring.watching import LOOK_JS
from benchmarks.measuring.widgets import start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.quiet_chromium import QuietPage

MODELS = ("general", "landscape", "lite", "full")
WINDOW = (1500, 1400)
"""Size of the browser window, large enough for all four panels."""
KEPT_SECONDS = 10
MEBIBYTE = 2**20

MIN_STEPS = 20
"""Frames per second while scrubbing."""
MAX_GROWTH = 300
"""MiB."""

COMPARE = f"""
from bodyseg_widgets import Compare, Webcam
webcam = Webcam(history=0)
compare = Compare({list(MODELS)!r}, webcam, show=(), mirror=False)
compare
"""

SCRUB_JS = f"""
async (seconds) => {{
  const look = {LOOK_JS};
  const canvases = [...document.querySelectorAll('.bodyseg-panel .bodyseg-canvas')];
  const slider = document.querySelector('.bodyseg-timeline input[type=range]');
  const last = Number(slider.max);
  let [at, direction, inputs] = [last, -1, 0];
  const seen = {{ first: 0, all: 0 }};
  let [first, all] = [null, null];
  const {{ port1, port2 }} = new MessageChannel();
  const start = performance.now();
  const end = start + seconds * 1000;
  await new Promise((resolve) => {{
    // Read after all views have drawn for this frame of the screen: what a person then sees.
    port1.onmessage = () => {{
      const [number, ...others] = canvases.map((canvas) => look(canvas).number);
      if (number !== first) seen.first += 1;
      first = number;
      if (number !== all && others.every((each) => each === number)) {{
        seen.all += 1;
        all = number;
      }}
      if (performance.now() > end) return resolve();
      if (at + direction < 0 || at + direction > last) direction = -direction;
      at += direction;
      slider.value = String(at);
      slider.dispatchEvent(new Event('input', {{ bubbles: true }}));
      inputs += 1;
      requestAnimationFrame(() => port2.postMessage(0));
    }};
    requestAnimationFrame(() => port2.postMessage(0));
  }});
  const elapsed = (performance.now() - start) / 1000;
  return {{
    frames: last + 1, inputs: inputs / elapsed, first: seen.first / elapsed,
    all: seen.all / elapsed,
  }};
}}
"""


def resident(page: QuietPage, kernel: psutil.Process) -> float:
    """Return the kernel's resident memory while streaming, in MiB (median of some seconds)."""
    samples = []
    for _ in range(10):
        page.wait_for_timeout(300)
        samples.append(kernel.memory_info().rss / MEBIBYTE)
    return statistics.median(samples)


def scrub(page: QuietPage, notebook: Notebook, seconds: float) -> dict[str, Any]:
    """Pause, and move the slider for some seconds."""
    notebook.execute("webcam.pause()")
    page.wait_for_timeout(1000)
    moved: dict[str, Any] = page.evaluate(SCRUB_JS, seconds)
    return moved


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with laboratory() as lab, lab.browser(WINDOW) as page:
        notebook = Notebook(page, lab.server, [COMPARE])
        page.evaluate(
            "() => { if (!window.jupyterapp.shell.leftCollapsed)"
            " window.jupyterapp.shell.collapseLeft(); }"
        )
        notebook.run_all()
        page.wait_for_function("() => document.querySelector('.bodyseg-timeline') !== null")
        start(page)
        kernel = psutil.Process(notebook.value("__import__('os').getpid()"))
        # Networks and allocators need time to settle.
        page.wait_for_timeout(KEPT_SECONDS * 1000)
        before = resident(page, kernel)
        notebook.execute(f"webcam.history = {KEPT_SECONDS}")
        page.wait_for_timeout((KEPT_SECONDS + 2) * 1000)
        kept = resident(page, kernel)
        own = notebook.value("webcam.frames.history.nbytes") / MEBIBYTE
        # Frames that a model skipped are processed when they are first viewed.
        first = scrub(page, notebook, options.seconds)
        again = scrub(page, notebook, options.seconds)
        after = resident(page, kernel)
        notebook.close()
    print(f"{first['frames']} frames of the last {KEPT_SECONDS} s, {len(MODELS)} models")
    for label, moved in (("first", first), ("again", again)):
        print(f"Scrubbing for {options.seconds:g} s, {label}")
        figure("slider moved, times/s", moved["inputs"])
        at_least("pictures/s, first panel", moved["first"], MIN_STEPS)
        figure("the same in all panels, /s", moved["all"])
    print("Kernel's memory")
    figure("nothing kept, MiB", before)
    at_most(f"more with {KEPT_SECONDS} s kept, MiB", kept - before, MAX_GROWTH)
    at_most("more after scrubbing, MiB", after - before, MAX_GROWTH)
    figure("by its own count, MiB", own)


if __name__ == "__main__":
    main()
