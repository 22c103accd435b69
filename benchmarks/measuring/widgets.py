"""The widgets in a page: start them, and read what they say about themselves."""

from __future__ import annotations

import re
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from benchmarks.measuring.processes import Cores, cores_between, spent

if TYPE_CHECKING:
    from tests.browser.lab import Notebook
    from tests.browser.quiet_chromium import QuietPage

CANVAS = ".bodyseg-view .bodyseg-canvas"
"""CSS selector of the images of views."""
SETTLE_MS = 4000

_START_JS = """
async () => {
  const start = performance.now();
  document.querySelector('.bodyseg-webcam button').click();
  // A note gives way to the picture with its first mask.
  const notes = [...document.querySelectorAll('.bodyseg-view .bodyseg-note')];
  while (!notes.every((note) => note.hidden)) await new Promise(requestAnimationFrame);
  return performance.now() - start;
}
"""

WAY_JS = "() => document.querySelector('.bodyseg-times-way').textContent"
"""Which way frames go, as the readout says it."""

_MESSAGES_JS = "() => window.messages"

_OWN_JS = """
() => ({
  rates: [...document.querySelectorAll('.bodyseg-rate')]
    .map((each) => parseFloat(each.querySelector('b').textContent) || 0),
  times: [...document.querySelectorAll('.bodyseg-times-total')]
    .map((each) => each.textContent),
})
"""


def start(page: QuietPage) -> float:
    """Press Start, and return the milliseconds until every panel has its first mask."""
    page.wait_for_function("() => document.querySelector('.bodyseg-note')?.innerText")
    first: float = page.evaluate(_START_JS)
    return first


class _Sample(TypedDict):
    rates: list[float]
    times: list[str]


@dataclass(frozen=True, slots=True)
class Own:
    """What the widgets say about themselves, while nobody watches.

    Attributes
    ----------
    rates : tuple of float
        Masks drawn per second of each panel.
    pictures : float
        Pictures per second that the page sent to the kernel.
    delay : float
        Milliseconds from the camera to the screen; NaN if no readout is displayed.
    messages : float
        Messages between the page and Jupyter per picture, in both directions.
    cores : Cores
        CPU in use.
    """

    rates: tuple[float, ...]
    pictures: float
    delay: float
    messages: float
    cores: Cores


def own_figures(notebook: Notebook, seconds: float, *, last_frame: str) -> Own:
    """Return what the widgets say about themselves for some seconds.

    Parameters
    ----------
    notebook : Notebook
        The notebook that displays them.
    seconds : float
        For how long.
    last_frame : str
        A Python expression for the number of the newest frame that was processed.
    """
    page = notebook.page
    frame, at = notebook.value(last_frame), time.monotonic()
    messages, before = page.evaluate(_MESSAGES_JS), spent()
    samples = _samples(page, seconds)
    cores = cores_between(before, spent())
    messages = (page.evaluate(_MESSAGES_JS) - messages) / (time.monotonic() - before.at)
    pictures = (notebook.value(last_frame) - frame) / (time.monotonic() - at)
    rates = zip(*(sample["rates"] for sample in samples), strict=True)
    delays = [
        float(found[1])
        for sample in samples
        for text in sample["times"]
        if (found := re.match(r"(\d+) ms", text))
    ]
    return Own(
        tuple(statistics.fmean(each) for each in rates),
        pictures,
        statistics.median(delays) if delays else float("nan"),
        messages / pictures,
        cores,
    )


def own_rates(page: QuietPage, seconds: float) -> tuple[float, ...]:
    """Return the mean masks per second of each panel, as counted by the panels."""
    rates = zip(*(sample["rates"] for sample in _samples(page, seconds)), strict=True)
    return tuple(statistics.fmean(each) for each in rates)


def _samples(page: QuietPage, seconds: float) -> list[_Sample]:
    samples = []
    for _ in range(round(seconds)):
        page.wait_for_timeout(1000)
        samples.append(page.evaluate(_OWN_JS))
    return samples
