"""What a person does with an Explorer, and what they see of it."""

from __future__ import annotations

import base64
import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from tests.browser.clips import READ_COUNTER_JS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Locator, Page

EXPLORER = """
from bodyseg_widgets import Explorer, Webcam
explorer = Explorer({options})
explorer
"""

SAMPLE_EXPLORER = EXPLORER.format(options='Webcam(source="sample")')

LOOK_JS = """
(() => {
  const { width, height } = document.querySelector('.bodyseg-canvas');
  const copy = new OffscreenCanvas(width, height);
  const context = copy.getContext('2d', { willReadFrequently: true });
  return () => {
    context.clearRect(0, 0, width, height);
    context.drawImage(document.querySelector('.bodyseg-canvas'), 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    return new Uint32Array(data.buffer).reduce((sum, pixel) => Math.imul(sum, 31) + pixel | 0, 0);
  };
})()
"""
"""A JavaScript expression: a function that gives a number of the first image, to compare it by.
It is of each pixel: a threshold's small step may move an edge by less than one."""


def wait_for_no_worker(page: Page) -> None:
    """Wait until the page runs no frame worker any more."""
    end = time.monotonic() + 10
    while running := frame_workers(page):
        assert time.monotonic() < end, f"{running} frame workers still run"
        page.wait_for_timeout(50)


def frame_workers(page: Page) -> int:
    """How many frame workers run; JupyterLab's own workers have an address."""
    return sum(worker.url.startswith("blob:") for worker in page.workers)


def claim_a_graphics_card(page: Page) -> None:
    """Let views of sources that are made from now on draw with WebGL2."""
    page.evaluate("() => { window.claimGraphicsCard = true; }")


REST_JS = f"""
async () => {{
  await window.drawnCanvas('.bodyseg-canvas');
  const look = {LOOK_JS};
  const end = performance.now() + 10_000;
  let seen = look();
  for (let same = 0; same < 5; ) {{
    if (performance.now() > end) throw new Error('The image does not rest.');
    await new Promise(requestAnimationFrame);
    const now = look();
    same = now === seen ? same + 1 : 0;
    seen = now;
  }}
  return seen;
}}
"""
"""A JavaScript function: it waits until the first image is drawn and does not change any more, as
it does where nothing moves, and gives what `LOOK_JS` gives. A busy browser shows an image of a
worker some frames after the worker has drawn it."""


@contextlib.contextmanager
def without_the_kernel(page: Page) -> Iterator[None]:
    """Hold that the held image changes by what is done here before the kernel hears of it."""
    before = page.evaluate(REST_JS)
    page.evaluate("() => window.holdMessages()")
    yield
    page.wait_for_function(f"(before) => ({LOOK_JS})() !== before", arg=before, timeout=10_000)
    page.evaluate("() => window.releaseMessages()")


def press_start(page: Page) -> None:
    """Press the toolbar's Start."""
    page.locator(".bodyseg-webcam > button").click()


def press_stop(page: Page) -> None:
    """Press the toolbar's Stop."""
    page.locator(".bodyseg-webcam > button", has_text="Stop").click()


def freeze(page: Page) -> int:
    """Press Pause; give the number of the frame that all panels show, once the first one rests."""
    timeline_button(page, "Pause").click()
    number = shown_frame(page)
    page.evaluate(REST_JS)
    return number


def wait_for_masks(page: Page, *, timeout: float = 30_000) -> None:
    """Wait until masks are drawn and nothing has to be said any more."""
    page.wait_for_function(
        """() => {
          const note = document.querySelector('.bodyseg-note');
          const rate = document.querySelector('.bodyseg-rate b');
          return note && note.hidden && parseFloat(rate.textContent) > 1;
        }""",
        timeout=timeout,
    )


def choose_view(page: Page, view: str) -> None:
    """Choose one of the tabs."""
    page.get_by_role("tab", name=view, exact=True).click()


def choose_model(page: Page, label: str) -> None:
    """Choose an entry of the model picker."""
    page.locator(".bodyseg-model select").select_option(label=label)


def choose_theme(page: Page, theme: str) -> None:
    """Choose JupyterLab's theme: light or dark."""
    name = f"JupyterLab {theme.capitalize()}"
    page.evaluate(
        "(theme) => window.jupyterapp.commands.execute('apputils:change-theme', { theme })", name
    )
    page.wait_for_function("(name) => document.body.dataset.jpThemeName === name", arg=name)


def collapse_sidebar(page: Page) -> None:
    """Leave the notebook the whole width of the window."""
    page.evaluate(
        "() => { if (window.jupyterapp.shell.leftCollapsed === false)"
        " window.jupyterapp.shell.collapseLeft(); }"
    )


def clipped_elements(page: Page) -> list[str]:
    """What in the explorer is wider than its place, and so would be scrolled sideways or cut."""
    clipped: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.bodyseg-explorer, .bodyseg-explorer *')]
          .filter((each) => {
            const { clipPath, display, overflowX } = getComputedStyle(each);
            // What is for screen readers only is cut on purpose.
            return clipPath === 'none' && display !== 'inline' && overflowX !== 'visible'
              && each.scrollWidth > each.clientWidth + 1 && each.tagName !== 'SELECT';
          })
          .map((each) => each.className)"""
    )
    return clipped


AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


def load_axe(page: Page) -> None:
    """Put axe-core into the page, as ``axe``."""
    page.evaluate(f"{AXE.read_text()}; 0")


def serious_violations(page: Page) -> list[str]:
    """What axe-core finds in the explorer that keeps people from using it."""
    found: list[str] = page.evaluate(
        """async () => {
          const { violations } = await axe.run(
            '.bodyseg-explorer', { resultTypes: ['violations'] });
          return violations.filter(({ impact }) => ['serious', 'critical'].includes(impact))
            .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
        }"""
    )
    return found


def note(page: Page) -> str:
    """What the view says in place of its image, or over it."""
    element = page.locator(".bodyseg-note")
    return element.inner_text() if element.is_visible() else ""


def canvas_pixels(page: Page, selector: str = ".bodyseg-canvas") -> NDArray[np.uint8]:
    """What is drawn on a canvas, at full size: uint8 (H, W, 4), RGBA."""
    result: dict[str, Any] = page.evaluate(
        """async (selector) => {
          const canvas = await window.drawnCanvas(selector);
          const { width, height } = canvas;
          const copy = new OffscreenCanvas(width, height);
          const context = copy.getContext('2d', { willReadFrequently: true });
          context.drawImage(canvas, 0, 0);
          const { data } = context.getImageData(0, 0, width, height);
          let text = '';
          for (let at = 0; at < data.length; at += 32768)
            text += String.fromCharCode(...data.subarray(at, at + 32768));
          return { width, height, data: btoa(text) };
        }""",
        selector,
    )
    pixels = np.frombuffer(base64.b64decode(result["data"]), np.uint8)
    return pixels.reshape(result["height"], result["width"], 4)


_Seen = TypeVar("_Seen")


def seen_when(
    page: Page, look: Callable[[], _Seen], matches: Callable[[_Seen], bool | np.bool_]
) -> _Seen:
    """What is seen once it matches, or else after ten seconds."""
    end = time.monotonic() + 10
    while not matches(seen := look()) and time.monotonic() < end:
        page.wait_for_timeout(50)
    return seen


def pixels_when(
    page: Page,
    matches: Callable[[NDArray[np.uint8]], bool | np.bool_],
    selector: str = ".bodyseg-canvas",
) -> NDArray[np.uint8]:
    """What is drawn on a canvas, at full size, once it matches, or else after ten seconds.

    A busy browser shows an image of a worker some frames after the worker has drawn it.
    """
    return seen_when(page, lambda: canvas_pixels(page, selector), matches)


def drawn_counter(page: Page) -> int:
    """The number in the corner of the image that is drawn."""
    number: int = page.evaluate(
        f"async () => ({READ_COUNTER_JS})(await window.drawnCanvas('.bodyseg-canvas'))"
    )
    return number


class Shown(NamedTuple):
    """What a panel shows: the number of its frame, and the one painted into the image."""

    number: int
    counter: int


PANELS_JS = f"""
(() => {{
  const read = {READ_COUNTER_JS};
  return () => [...document.querySelectorAll('.bodyseg-panels > .bodyseg-panel')].map((panel) => {{
    const number = window.drawnFrame(panel.querySelector('.bodyseg-frame'));
    return [number, number >= 0 ? read(panel.querySelector('.bodyseg-canvas')) : NaN];
  }});
}})()
"""
"""A JavaScript expression: a function that gives what every panel shows, as `Shown` has it.

Two NaN of a panel that is being drawn.
"""


def shown_panels(page: Page) -> list[Shown]:
    """What the panels show, all at one moment, as soon as none is being drawn."""
    shown = page.wait_for_function(
        f"""() => {{
          const panels = ({PANELS_JS})();
          return panels.every(([number]) => number >= 0) && panels;
        }}"""
    )
    return [Shown(*each) for each in shown.json_value()]


def wait_for_panels(page: Page, *, timeout: float = 60_000) -> None:
    """Wait until every panel draws masks and has nothing to say any more."""
    page.wait_for_function(
        """() => {
          const panels = [...document.querySelectorAll('.bodyseg-panels > .bodyseg-panel')];
          return panels.length > 0 && panels.every((panel) =>
            panel.querySelector('.bodyseg-note')?.hidden
            && parseFloat(panel.querySelector('.bodyseg-rate b')?.textContent) > 0);
        }""",
        timeout=timeout,
    )


def timeline_button(page: Page, name: str) -> Locator:
    """A button of the timeline: Pause, Play, Previous frame, Next frame."""
    return page.locator(".bodyseg-timeline").get_by_role("button", name=name, exact=True)


def place(page: Page) -> str:
    """Where one is, as the timeline says it."""
    return page.locator(".bodyseg-place").inner_text()


def shown_frame(page: Page) -> int:
    """Wait until all panels show the frame at which the timeline is held; give its number.

    That they show one and the same is not enough: they may have met by chance just before the
    frame came that is held.
    """
    page.wait_for_function(
        f"""() => {{
          const panels = ({PANELS_JS})();
          const said = document.querySelector('.bodyseg-place').innerText.match(/^frame (\\d+)/);
          return said && panels.every(([number]) => number === Number(said[1]));
        }}""",
        timeout=30_000,
    )
    return shown_panels(page)[0].number


def intersection_over_union(a: NDArray[np.bool_], b: NDArray[np.bool_]) -> float:
    """IoU of two masks."""
    return float((a & b).sum() / max((a | b).sum(), 1))
