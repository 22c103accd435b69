"""The cost of live effects: masks drawn per second with each, against the plain mask.

    python -m benchmarks.effects

One Explorer shows the mask and each effect in turn, for several rounds, and the images that appear
are counted. Without a GPU, views draw with canvas 2D. Shaders run in WebGL2, then emulated on the
CPU, and Python effects in the kernel.
"""

from __future__ import annotations

import argparse
import statistics
from typing import TYPE_CHECKING

from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, start
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

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
WINDOW = (1100, 1000)


def measure(page: QuietPage, server: Server, rounds: int, seconds: float) -> None:
    """Print the cost of each effect."""
    notebook = Notebook(page, server, [EXPLORER])
    notebook.run_all()
    start(page)
    page.wait_for_timeout(SETTLE_MS)
    rates: dict[str, list[float]] = {name: [] for name in ("mask", *EFFECTS)}
    for _ in range(rounds):
        for name, its in rates.items():
            show = "view = 'mask'" if name == "mask" else f"show_effect({name!r})"
            notebook.execute(f"explorer.view.{show}")
            page.wait_for_timeout(SETTLE_MS)
            # Changed images, because effects paint over the number in the corner.
            its.append(watch(page, CANVAS, seconds).panels[0].images)
    plain = statistics.median(rates["mask"])
    print(f"  {'mask':24}{plain:6.1f} images/s")
    for name in EFFECTS:
        rate = statistics.median(rates[name])
        share = rate / plain
        kind = KINDS.get(name, "built in")
        met = "met" if share >= LEAST else "MISSED"
        goal = "" if kind == "Python" else f"   goal >= {LEAST}: {met}"
        print(f"  {f'{name} ({kind})':24}{rate:6.1f} images/s  {share:5.2f} x{goal}")
    notebook.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    with laboratory() as lab, lab.browser(WINDOW) as page:
        measure(page, lab.server, options.rounds, options.seconds)


if __name__ == "__main__":
    main()
