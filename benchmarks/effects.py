"""The cost of live effects: masks drawn per second with each, against the plain mask.

    python -m benchmarks.effects

One Explorer shows the mask and each effect in turn, for several rounds, and counts the masks it
draws. Without a GPU, views draw with canvas 2D; WebGL2 is also measured, emulated on the CPU.
Shaders run in WebGL2 both times, Python effects in the kernel.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.live import CLIP_FRAMES, SETTLE_MS, START_JS, own_rate
from tests.browser.clips import write_clips
from tests.browser.explorer_page import CLAIM_A_GRAPHICS_CARD
from tests.browser.lab import Notebook, Server, jupyter_server
from tests.browser.quiet_chromium import QuietPage, quiet_chromium
from tests.data import find_data_folder

EXPLORER = '''
import cv2
import numpy as np
from bodyseg_widgets import Explorer, Range, ShaderEffect, effect

@effect
def dimmed(frame, result, previous=None):
    people = result.mask.levels
    people = cv2.resize(people, (frame.shape[1], frame.shape[0]))
    return np.where(people[..., None] > 127, frame, frame // 2)

ShaderEffect("""
    void main() {
        float away = 1.0 - texture(probability, place).r;
        color = texture(frame, place + strength * away * sin(40.0 * place.yx + 3.0 * time));
    }
""", name="ripple", strength=Range(0, 0.05, 0.01))

explorer = Explorer(mirror=False)
explorer
'''

EFFECTS = ("bokeh", "pixelated", "background", "ripple", "dimmed")
KINDS = {"ripple": "shader", "dimmed": "Python"}
LEAST = 0.9


def measure(page: QuietPage, server: Server, rounds: int, seconds: float, *, webgl: bool) -> None:
    """Print the cost of each effect, for one way of drawing."""
    notebook = Notebook(page, server, [EXPLORER])
    if webgl:
        page.evaluate(f"() => {{ {CLAIM_A_GRAPHICS_CARD}; }}")
    notebook.run_all()
    page.wait_for_function("() => document.querySelector('.bodyseg-note')?.innerText")
    page.evaluate(START_JS)
    page.wait_for_timeout(SETTLE_MS)
    renderer = page.evaluate("() => document.querySelector('.bodyseg-canvas').dataset.renderer")
    rates: dict[str, list[float]] = {name: [] for name in ("mask", *EFFECTS)}
    for _ in range(rounds):
        for name, its in rates.items():
            show = "view = 'mask'" if name == "mask" else f"show_effect({name!r})"
            notebook.execute(f"explorer.view.{show}")
            page.wait_for_timeout(SETTLE_MS)
            its.append(own_rate(page, seconds))
    plain = statistics.median(rates["mask"])
    print(f"Drawn with {renderer}")
    print(f"  {'mask':24}{plain:6.1f} masks/s")
    for name in EFFECTS:
        rate = statistics.median(rates[name])
        share = rate / plain
        kind = KINDS.get(name, renderer)
        met = "met" if share >= LEAST else "MISSED"
        goal = "" if kind == "Python" else f"   goal >= {LEAST}: {met}"
        print(f"  {f'{name} ({kind})':24}{rate:6.1f} masks/s  {share:5.2f} x{goal}")
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    data = find_data_folder()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clip = write_clips([data / "asl" / "book.mkv"], folder / "c.y4m", frames_each=CLIP_FRAMES)
        with jupyter_server(folder / "jupyter") as server:
            for webgl in (False, True):
                with quiet_chromium(camera=clip, size=(1100, 1000)) as page:
                    measure(page, server, options.rounds, options.seconds, webgl=webgl)


if __name__ == "__main__":
    main()
