"""The widgets and their peers in one run: the same model, clip, counting and machine.

    python -m benchmarks.peers [--model-type landscape] [--only fastrtc] [--seconds 10]

Each peer gets an environment of its own under the user's cache folder when it is first measured,
which needs pip and its index. Nothing but loopback is used after that.
"""

from __future__ import annotations

import argparse
import sys
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

from benchmarks.measuring.laboratory import Laboratory, laboratory
from benchmarks.measuring.printing import figure, print_cores
from benchmarks.measuring.processes import Cores, cores_during
from benchmarks.measuring.watching import FIND_JS, watch
from benchmarks.measuring.widgets import CANVAS, SETTLE_MS, start
from benchmarks.peers.peer import PEERS, Peer, serve
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from tests.browser.quiet_chromium import QuietPage

WINDOW = (1100, 1000)
FLAGS = ("--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns")
"""WebRTC then stays on loopback."""
START_TIMEOUT_MS = 60_000
RAMP_UP_MS = 8000
"""WebRTC needs some seconds to find the bit rate that it may use."""

EXPLORER = """
from bodyseg_widgets import Explorer
explorer = Explorer(model_type={model_type!r}, mirror=False)
explorer
"""

CLICK_JS = f"""
async (label) => {{
  const find = {FIND_JS};
  const said = (each) => `${{each.innerText}} ${{each.ariaLabel ?? ''}} ${{each.title}}`;
  for (let tries = 0; tries < 100; tries += 1) {{
    const button = find('button').find((each) => said(each).includes(label));
    if (button) return button.click();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }}
  throw new Error(`no button says ${{label}}`);
}}
"""

SHOWN_JS = f"""
(selector) => {FIND_JS}(selector).some((each) => each.videoWidth || each.naturalWidth)
"""

MASKED_JS = f"""
(selector) => {FIND_JS}(selector).some((each) => {{
  const context = new OffscreenCanvas(1, 1).getContext('2d');
  const width = each.naturalWidth ?? each.videoWidth;
  const height = each.naturalHeight ?? each.videoHeight;
  // The signer's orange sweater is green under a mask.
  context.drawImage(each, width / 2, height * 0.85, 1, 1, 0, 0, 1, 1);
  const [red, green] = context.getImageData(0, 0, 1, 1).data;
  return green > red;
}})
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What a person gets, and what it costs."""

    name: str
    rate: float
    delay: float
    cores: Cores


def measured(name: str, page: QuietPage, selector: str, seconds: float) -> Result:
    """Measure the CPU while nobody watches, then what is seen."""
    cores = cores_during(lambda: page.wait_for_timeout(seconds * 1000))
    watched = watch(page, selector, seconds)
    seen = max(watched.panels, key=lambda panel: panel.rate)
    result = Result(name, seen.rate, watched.delay, cores)
    print(name)
    figure("pictures/s", result.rate)
    figure("camera to screen, median ms", result.delay)
    print_cores(cores, result.rate)
    return result


def wait_until_shown(page: QuietPage, selector: str) -> None:
    """Wait until an element shows something."""
    page.wait_for_function(f"() => ({SHOWN_JS})({selector!r})", timeout=START_TIMEOUT_MS)


def measure_widgets(lab: Laboratory, model_type: str, seconds: float) -> Result:
    """Measure one Explorer."""
    with lab.browser(WINDOW) as page:
        notebook = Notebook(page, lab.server, [EXPLORER.format(model_type=model_type)])
        notebook.run_all()
        start(page)
        page.wait_for_timeout(SETTLE_MS)
        result = measured("bodyseg_widgets", page, CANVAS, seconds)
        notebook.close()
    return result


def measure_peer(lab: Laboratory, peer: Peer, model_type: str, seconds: float) -> Result:
    """Measure one peer."""
    with serve(peer, model_type) as url, lab.browser(WINDOW, flags=FLAGS) as page:
        page.goto(url)
        page.wait_for_function("() => document.readyState === 'complete'")
        if peer.access:
            page.evaluate(CLICK_JS, peer.access)
        if peer.start:
            # As a person would. fastrtc sends its page's input only if it is started after that.
            wait_until_shown(page, "video")
            page.evaluate(CLICK_JS, peer.start)
        wait_until_shown(page, peer.result)
        page.wait_for_timeout(RAMP_UP_MS)
        if not page.evaluate(MASKED_JS, peer.result):
            raise RuntimeError(f"{peer.name} shows no mask")
        return measured(peer.name, page, peer.result, seconds)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model-type", choices=["general", "landscape"], default="landscape")
    parser.add_argument("--only", choices=[peer.app for peer in PEERS], help="one library")
    parser.add_argument("--seconds", type=float, default=10, help="of each measurement, below 20")
    options = parser.parse_args()
    peers = [peer for peer in PEERS if options.only in {None, peer.app}]
    with laboratory() as lab:
        own = measure_widgets(lab, options.model_type, options.seconds)
        others, failures = [], []
        for peer in peers:
            # One that does not start must not take the figures of the others along.
            try:
                others.append(measure_peer(lab, peer, options.model_type, options.seconds))
            except (RuntimeError, TimeoutError) as error:
                failures.append((peer.name, error))
    print(f"{'':26}{'pictures/s':>12}{'ms to screen':>14}{'cores':>8}")
    for each in (own, *others):
        print(f"  {each.name:24}{each.rate:12.1f}{each.delay:14.0f}{each.cores.total:8.2f}")
    for name, error in failures:
        print(f"{name} could not be measured:", file=sys.stderr)
        traceback.print_exception(error)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
