"""Half an hour of everything that can come between a page and its kernel; memory must stay level.

    python -m benchmarks.soak [--minutes 30]

Three models side by side, the pose in 3D and a recording run all the time. Once a minute one thing
happens, one after the other: the kernel stands still for 5 s, the page stands still for 5 s, every
connection breaks, nothing gets through for 20 s, another window shows the notebook and runs the
source for a while. After each, the panels have to go on. The first sixth of the time is warm-up, in
which every one of these happens once if the time is half an hour.

Prints once a minute what kernel and page take (the median of some samples, taken after what
happened was over), and how many frames were not answered from one sample to the next. At the end it
compares the first and the last sixth after the warm-up, and fails if memory is not level, if a
frame is unanswered, or if panels stand still.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import astuple, dataclass
from itertools import cycle
from typing import TYPE_CHECKING

import psutil

from benchmarks.measuring.footprint import Footprint, footprint, page_process
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.shaping import Link, ShapedServer, shaped
from benchmarks.measuring.watching import LOOK_JS
from benchmarks.measuring.widgets import CANVAS, start
from tests.browser.lab import Notebook, Server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.browser.quiet_chromium import QuietPage

WINDOW = (1700, 1400)
INTERVAL = 5
"""Seconds between two samples."""
PAUSE = 5
OFFLINE = 20
ELSEWHERE = 10
"""Seconds that the other window runs the source."""
PATIENCE = 150
"""Seconds within which panels have to go on: JupyterLab itself waits ever longer to connect."""
LEVEL = 0.03
WARM_UP_SHARE = 1 / 6

COMPARE = """
from bodyseg_widgets import Compare, Webcam
webcam = Webcam()
compare = Compare(("general", "landscape", "full"), webcam, show=("pose",), mirror=False)
compare.record_controls.record("soak.bodyseg")
compare
"""
OWED = "[[page, *frames] for page, frames in webcam.channel._owed._frames.items() if frames]"
LAST_FRAME = "max(panel.stream.latest.frame.id for panel in compare.panels)"

GO_ON_JS = f"""
async ({{ selector, images, seconds }}) => {{
  const look = {LOOK_JS};
  const canvases = [...document.querySelectorAll(selector)];
  const changes = canvases.map(() => 0);
  const numbers = canvases.map(() => null);
  const end = performance.now() + seconds * 1000;
  while (!changes.every((count) => count > images)) {{
    if (performance.now() > end) return changes;
    canvases.forEach((canvas, index) => {{
      const number = look(canvas)?.number;
      if (number === numbers[index]) return;
      numbers[index] = number;
      changes[index] += 1;
    }});
    await new Promise((resolve) => setTimeout(resolve, 100));
  }}
  return null;
}}
"""
IMAGES = 10
"""More than were on their way when something happened."""


class SoakError(Exception):
    """Something did not go on."""


@dataclass(frozen=True, slots=True)
class Room:
    """What things happen to."""

    page: QuietPage
    notebook: Notebook
    server: Server
    link: ShapedServer
    kernel: psutil.Process
    renderer: psutil.Process


def pause_kernel(room: Room) -> None:
    """Let the kernel stand still."""
    _pause(room.kernel)


def pause_page(room: Room) -> None:
    """Let the page stand still, its frame worker too."""
    _pause(room.renderer)


def cut(room: Room) -> None:
    """Break all connections, Jupyter's and the direct one."""
    room.link.cut()


def go_offline(room: Room) -> None:
    """Break all connections, and let nothing through for a while."""
    with room.link.offline():
        time.sleep(OFFLINE)


def open_elsewhere(room: Room) -> None:
    """Run the source in another window, and then here again."""
    with room.page.second_window() as other:
        other.goto(f"{room.server.url}/lab/workspaces/other/tree/{room.notebook.name}?reset")
        other.wait_for_function(
            f"() => document.querySelectorAll({CANVAS!r}).length === 3", timeout=60_000
        )
        start(other)
        other.wait_for_timeout(ELSEWHERE * 1000)
    # Once the kernel knows that the other window is gone.
    room.page.wait_for_function(
        "() => document.querySelector('.bodyseg-webcam button').innerText.trim() === 'Start'"
    )
    start(room.page)


def _pause(process: psutil.Process) -> None:
    process.suspend()
    try:
        time.sleep(PAUSE)
    finally:
        process.resume()


EVENTS: dict[str, Callable[[Room], None]] = {
    f"kernel paused {PAUSE} s": pause_kernel,
    f"page paused {PAUSE} s": pause_page,
    "connections cut": cut,
    f"offline {OFFLINE} s": go_offline,
    "another window": open_elsewhere,
}


def go_on(page: QuietPage) -> None:
    """Wait until every panel shows new images again."""
    options = {"selector": CANVAS, "images": IMAGES, "seconds": PATIENCE}
    changes = page.evaluate(GO_ON_JS, options)
    if changes is not None:
        raise SoakError(
            f"After {PATIENCE} s some panels still stand: they have shown {changes} new images."
        )


def owed(notebook: Notebook) -> set[tuple[str, int]]:
    """Return the frames that the kernel owes an answer, with their pages."""
    return {(page, frame) for page, *frames in notebook.value(OWED) for frame in frames}


def watch(room: Room, until: float) -> tuple[Footprint, int]:
    """Take samples, at least two of them, and at most until a time.

    Returns
    -------
    Footprint
        The median of what kernel and page take.
    int
        Frames that were not answered from one sample to the next.
    """
    samples, unanswered = [], 0
    before: set[tuple[str, int]] = set()
    while len(samples) < 2 or time.monotonic() + INTERVAL < until:  # noqa: PLR2004 - to compare
        time.sleep(INTERVAL)
        samples.append(footprint(room.page, room.renderer, room.kernel))
        now = owed(room.notebook)
        unanswered += len(before & now)
        before = now
    columns = zip(*(astuple(each) for each in samples), strict=True)
    return Footprint(*(statistics.median(column) for column in columns)), unanswered


def soak(room: Room, minutes: float) -> tuple[list[Footprint], int]:
    """Let things happen, and print what kernel and page take."""
    footprints, unanswered = [], 0
    began = time.monotonic()
    rows = max(len(EVENTS), round(minutes))
    print(f"{'minute':>6} {'kernel MiB':>11} {'page MiB':>9} {'heap MiB':>9} {'unanswered':>11}")
    for row, name in zip(range(rows), cycle(EVENTS), strict=False):
        happened = time.monotonic()
        EVENTS[name](room)
        go_on(room.page)
        took = time.monotonic() - happened
        taken, left = watch(room, began + (row + 1) * minutes * 60 / rows)
        footprints.append(taken)
        unanswered += left
        print(
            f"{(time.monotonic() - began) / 60:6.1f} {taken.kernel:11.1f} {taken.page:9.1f} "
            f"{taken.heap:9.1f} {left:11d}   {name}, over after {took:.0f} s",
            flush=True,
        )
    return footprints, unanswered


def judge(footprints: Sequence[Footprint]) -> list[str]:
    """Compare the first and the last sixth after the warm-up; return what is not level."""
    part = max(1, round(len(footprints) * WARM_UP_SHARE))
    early, late = footprints[part : 2 * part], footprints[-part:]
    missed = []
    for name in ("kernel", "page", "heap"):
        first, last = (statistics.median(getattr(each, name) for each in some)
                       for some in (early, late))  # fmt: skip
        growth = last / first - 1
        # V8 drops code that has not run for minutes, so a heap that gets smaller has lost nothing.
        level = growth <= LEVEL if name == "heap" else abs(growth) <= LEVEL
        print(f"  {name:8} {last - first:+8.1f} MiB ({growth * 100:+.1f} %): "
              f"{'level' if level else 'NOT LEVEL'}")  # fmt: skip
        if not level:
            missed.append(f"the memory of the {name} is not level")
    return missed


def run(minutes: float) -> list[str]:
    """Measure and print; return what was missed."""
    with (
        laboratory() as lab,
        shaped(lab.server.url, Link(mbit=1000, delay=0)) as link,
        lab.browser(WINDOW) as page,
    ):
        server = Server(link.url, lab.server.root, lab.server.network_log)
        notebook = Notebook(page, server, [COMPARE])
        notebook.run_all()
        start(page)
        # Another window shows what was saved.
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        kernel = psutil.Process(notebook.value("__import__('os').getpid()"))
        room = Room(page, notebook, server, link, kernel, page_process())
        footprints, unanswered = soak(room, minutes)
        frames = notebook.value(LAST_FRAME)
        notebook.execute("webcam.pause()")
        try:
            notebook.wait_for(f"not {OWED}")
        except TimeoutError:
            unanswered += len(owed(notebook))
        notebook.close()
    print(f"{frames} frames in the last session; growth after the warm-up:")
    missed = judge(footprints)
    if unanswered:
        missed.append(f"{unanswered} frames were not answered")
    return missed


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=30, help="at least 4")
    options = parser.parse_args()
    if options.minutes < 4:  # noqa: PLR2004 - for all that happens
        parser.error(f"--minutes must be at least 4, but got {options.minutes:g}")
    missed = run(options.minutes)
    if missed:
        raise SystemExit(f"Missed: {'; '.join(missed)}.")
    print("Nothing missed.")


if __name__ == "__main__":
    main()
