"""Scrub through the last ten seconds with four models, and measure the memory they take.

    python -m benchmarks.scrub

The slider is moved back and forth in the page, with each screen refresh. Counted are the different
images that appear in the first panel, by the counter drawn into the fake webcam's clip, and the
frames that all panels show at once, by the numbers next to them. The kernel's memory is its
resident memory while the four models run: with no history, and with ten seconds of 640 x 480.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from benchmarks.live import CLIP_FRAMES, at_least, at_most
from tests.browser.clips import READ_COUNTER_JS, write_clips
from tests.browser.lab import Notebook, jupyter_server
from tests.browser.quiet_chromium import quiet_chromium
from tests.data import find_data_folder

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
  const read = {READ_COUNTER_JS};
  const canvas = document.querySelector('.bodyseg-panel .bodyseg-canvas');
  const numbers = [...document.querySelectorAll('.bodyseg-panel .bodyseg-frame-number')];
  const slider = document.querySelector('.bodyseg-timeline input[type=range]');
  const last = Number(slider.max);
  let [at, direction, inputs] = [last, -1, 0];
  const seen = {{ first: 0, all: 0 }};
  let [first, number, all] = [null, null, null];
  const {{ port1, port2 }} = new MessageChannel();
  const start = performance.now();
  const end = start + seconds * 1000;
  await new Promise((resolve) => {{
    // Read after all views have drawn for this frame of the screen: what a person then sees.
    port1.onmessage = () => {{
      const shown = numbers.map((each) => each.textContent);
      // Reading a picture back takes long, so it is done where the number beside it changed.
      if (shown[0] !== number) {{
        number = shown[0];
        const counter = read(canvas);
        if (counter !== first) seen.first += 1;
        first = counter;
      }}
      if (shown.every((each) => each === number) && number !== all) {{
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
    data = find_data_folder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = write_clips([data / "asl" / "book.mkv"], folder / "c.y4m", frames_each=CLIP_FRAMES)
        with (
            jupyter_server(folder / "jupyter") as server,
            quiet_chromium(camera=clip, size=WINDOW) as page,
        ):
            notebook = Notebook(page, server, [COMPARE])
            page.evaluate(
                "() => { if (!window.jupyterapp.shell.leftCollapsed)"
                " window.jupyterapp.shell.collapseLeft(); }"
            )
            notebook.run_all()
            page.wait_for_function("() => document.querySelector('.bodyseg-timeline') !== null")
            page.evaluate("() => document.querySelector('.bodyseg-webcam > button').click()")
            page.wait_for_function(
                "() => [...document.querySelectorAll('.bodyseg-panel .bodyseg-note')]"
                ".every((note) => note.hidden)",
                timeout=60_000,
            )
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
        print(f"  {'slider moved, times/s':31}{moved['inputs']:8.1f}")
        at_least("pictures/s, first panel", moved["first"], MIN_STEPS)
        print(f"  {'the same in all panels, /s':31}{moved['all']:8.1f}")
    print("Kernel's memory")
    print(f"  {'nothing kept, MiB':31}{before:8.1f}")
    at_most(f"more with {KEPT_SECONDS} s kept, MiB", kept - before, MAX_GROWTH)
    at_most("more after scrubbing, MiB", after - before, MAX_GROWTH)
    print(f"  {'by its own count, MiB':31}{own:8.1f}")


if __name__ == "__main__":
    main()
