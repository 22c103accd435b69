"""What a person sees: the pictures that appear in a page, and how old they are.

In each animation frame, every watched element (canvas, video or img) is drawn into a scratch canvas
of 32 x 33 pixels: its number, painted into the corner of the fake camera's clip, and a small copy.
A second track of the same camera tells when each number was taken. That works alike whoever draws,
and wherever: the page, a worker, a video element.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from tests.browser.clips import COUNTER_BITS, COUNTER_CELL, HEIGHT, WIDTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.quiet_chromium import QuietPage

_COPY = 32
"""Side of the small copy, in pixels."""

_CAMERA_WORKER = f"""
const taken = [];
onmessage = async ({{ data }}) => {{
  if (!data.readable) return postMessage(taken);
  const reader = data.readable.getReader();
  const width = {COUNTER_BITS * COUNTER_CELL};
  const rect = {{ x: 0, y: {COUNTER_CELL // 2}, width, height: 2 }};
  for (;;) {{
    const {{ value: frame, done }} = await reader.read();
    if (done) return;
    const arrived = performance.timeOrigin + performance.now();
    const stamp = frame.timestamp / 1000;
    const pixels = new Uint8Array(frame.allocationSize({{ rect }}));
    await frame.copyTo(pixels, {{ rect }});
    frame.close();
    let number = 0;
    for (let bit = 0; bit < {COUNTER_BITS}; bit += 1)
      number = number * 2 + (pixels[bit * {COUNTER_CELL} + {COUNTER_CELL // 2}] > 127 ? 1 : 0);
    if (taken.push({{ number, stamp, arrived }}) === 1) postMessage('begun');
  }}
}};
"""

LOOK_JS = f"""
(() => {{
  const copy = {_COPY};
  const scratch = new OffscreenCanvas(copy, copy + 1);
  const context = scratch.getContext('2d', {{ willReadFrequently: true }});
  context.imageSmoothingEnabled = false;
  return (element) => {{
    const width = element.naturalWidth ?? element.videoWidth ?? element.width;
    const height = element.naturalHeight ?? element.videoHeight ?? element.height;
    if (!width) return null;
    context.clearRect(0, 0, copy, copy + 1);
    context.drawImage(element, 0, 0, width, height, 0, 1, copy, copy);
    // One pixel of the middle of each bit's square, whatever the element's size.
    const cell = {COUNTER_CELL} * width / {WIDTH};
    context.drawImage(element, 0, cell / 4, {COUNTER_BITS} * cell, cell / 2,
      0, 0, {COUNTER_BITS}, 1);
    const {{ data }} = context.getImageData(0, 0, copy, copy + 1);
    let number = 0;
    for (let bit = 0; bit < {COUNTER_BITS}; bit += 1)
      number = number * 2 + (data[4 * bit + 1] > 127 ? 1 : 0);
    return {{ number, pixels: new Uint32Array(data.buffer, 4 * copy) }};
  }};
}})()
"""
"""A JavaScript expression: a function that looks at a canvas, video or img, and returns its number
and the pixels of its small copy; null while it shows nothing."""

FIND_JS = """
((selector) => {
  const find = (root) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll('iframe')]
      .flatMap(({ contentDocument }) => contentDocument ? find(contentDocument) : []),
  ];
  return find(document);
})
"""
"""A JavaScript expression: a function that finds elements in a page and its iframes."""

_WATCH_JS = f"""
async ({{ selector, seconds, cameraWorker }}) => {{
  const find = {FIND_JS};
  const now = () => performance.timeOrigin + performance.now();
  const video = {{ width: {WIDTH}, height: {HEIGHT}, frameRate: 30 }};
  const camera = await navigator.mediaDevices.getUserMedia({{ video }});
  const [track] = camera.getVideoTracks();
  const {{ readable }} = new MediaStreamTrackProcessor({{ track }});
  const url = URL.createObjectURL(new Blob([cameraWorker], {{ type: 'text/javascript' }}));
  const worker = new Worker(url);
  // A busy machine may take seconds to start it.
  const begun = new Promise((resolve) => {{ worker.onmessage = resolve; }});
  worker.postMessage({{ readable }}, [readable]);
  await begun;

  const look = {LOOK_JS};
  const seen = [];
  let probing = 0;
  const start = now();
  const {{ port1, port2 }} = new MessageChannel();
  await new Promise((resolve) => {{
    // Read after all views have drawn for this frame of the screen: what a person then sees.
    port1.onmessage = () => {{
      const began = now();
      find(selector).forEach((element, index) => {{
        const looked = look(element);
        if (!looked) return;
        const its = (seen[index] ??= {{ numbers: [], images: 0, pixels: null }});
        if (its.numbers.at(-1)?.number !== looked.number)
          its.numbers.push({{ number: looked.number, at: began }});
        if (its.pixels && looked.pixels.some((pixel, at) => pixel !== its.pixels[at]))
          its.images += 1;
        its.pixels = looked.pixels;
      }});
      probing += now() - began;
      if (began - start > seconds * 1000) resolve();
      else requestAnimationFrame(() => port2.postMessage(0));
    }};
    requestAnimationFrame(() => port2.postMessage(0));
  }});
  const elapsed = now() - start;
  const taken = await new Promise((resolve) => {{
    worker.onmessage = ({{ data }}) => resolve(data);
    worker.postMessage({{}});
  }});
  worker.terminate();
  track.stop();
  URL.revokeObjectURL(url);
  const elements = [...seen].map((its) =>
    its ? {{ numbers: its.numbers, images: its.images }} : {{ numbers: [], images: 0 }});
  return {{ start, elapsed, probing, taken, elements }};
}}
"""


class TakenPicture(TypedDict):
    """A picture from the camera: its number, its own time stamp, and when it arrived, in ms."""

    number: int
    stamp: float
    arrived: float


class SeenNumber(TypedDict):
    """A number, and when it was first seen, in ms."""

    number: int
    at: float


class SeenElement(TypedDict):
    """What was seen of an element: its numbers, and how often its small copy changed."""

    numbers: list[SeenNumber]
    images: int


class Report(TypedDict):
    """What the page tells; all times in ms."""

    start: float
    elapsed: float
    probing: float
    taken: list[TakenPicture]
    elements: list[SeenElement]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw of one element.

    Attributes
    ----------
    rate : float
        New numbers of the camera per second.
    images : float
        Changed images per second. Unlike `rate` it counts where an effect hides the number.
    delays : tuple of float
        Milliseconds from the camera to the screen, one for each picture.
    """

    rate: float
    images: float
    delays: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Watched:
    """What a person saw of a page.

    Attributes
    ----------
    camera : float
        Pictures per second that the camera gave.
    panels : tuple of Seen
        In the order of the elements.
    probing : float
        The share of the time that the page spent on watching.
    """

    camera: float
    panels: tuple[Seen, ...]
    probing: float

    @property
    def delay(self) -> float:
        """Median milliseconds from the camera to the screen, of all panels together."""
        delays = [delay for panel in self.panels for delay in panel.delays]
        return statistics.median(delays) if delays else float("nan")


def watch(page: QuietPage, selector: str, seconds: float) -> Watched:
    """Watch elements for some seconds, as a person would.

    Parameters
    ----------
    page : QuietPage
        A page that shows the fake camera.
    selector : str
        CSS selector of the canvases, videos or images; also found in iframes.
    seconds : float
        For how long; less than the clip has, so that each number stands for one picture.
    """
    options = {"selector": selector, "seconds": seconds, "cameraWorker": _CAMERA_WORKER}
    return evaluated(page.evaluate(_WATCH_JS, options))


def evaluated(report: Report) -> Watched:
    """Return rates and delays from what the page told.

    A number counts if the camera gave it before it was seen: what an encoder blurred beyond
    recognition does not count.
    """
    taken = taken_at(report["taken"])
    seconds = report["elapsed"] / 1000
    panels = []
    for element in report["elements"]:
        delays = [
            seen["at"] - taken[seen["number"]]
            for seen in element["numbers"]
            if seen["number"] in taken and seen["at"] >= taken[seen["number"]]
        ]
        panels.append(Seen(len(delays) / seconds, element["images"] / seconds, tuple(delays)))
    return Watched(_rate(report["taken"]), tuple(panels), report["probing"] / report["elapsed"])


def taken_at(pictures: Sequence[TakenPicture]) -> dict[int, float]:
    """Return when each number was taken, in ms, by the page's clock.

    The camera's time stamps are exact, but their clock is its own. The picture that arrived
    fastest relates it to the page's clock, so a busy reader makes no picture younger.
    """
    if not pictures:
        return {}
    shift = min(picture["arrived"] - picture["stamp"] for picture in pictures)
    return {picture["number"]: picture["stamp"] + shift for picture in pictures}


def _rate(pictures: Sequence[TakenPicture]) -> float:
    """Pictures per second between the first and the last."""
    if len(pictures) < 2:  # noqa: PLR2004 - an interval has two ends
        return 0.0
    return (len(pictures) - 1) * 1000 / (pictures[-1]["stamp"] - pictures[0]["stamp"])
