"""A page without Jupyter whose inference worker has a clock at each network."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bodyseg_widgets.models import read_model
from bodyseg_widgets.widgets.kit.assets import asset_path
from bodyseg_widgets.widgets.transport.assets import models_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.file_server import FileServer

PROGRAM = "test/inference/timed_worker.ts"
"""The worker's, in ``frontend``."""

_PAGE = b"""<!doctype html><meta charset="utf-8"><title>Networks</title><script>
const blob = async (path) => (await fetch(path)).blob();
const bytes = async (path) => (await fetch(path)).arrayBuffer();
let worker;
let outputs;
function ask(job, answer) {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => {
      if (data.kind === 'failed') reject(new Error(data.message));
      if (data.kind === answer) resolve(data);
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(job);
  });
}
async function load({ files, ...model }) {
  worker = new Worker('/worker.js');
  await ask({
    kind: 'load', model, accelerator: 'wasm', program: await blob('/litert.js'),
    wasm: await bytes('/litert.wasm'), files: await Promise.all(files.map(bytes)),
  }, 'loaded');
}
async function alone({ network, runs }) {
  const input = new Float32Array(await bytes('/input'));
  const answer = await ask({ kind: 'alone', network, input, runs }, 'ran');
  outputs = answer.outputs;
  return answer.times;
}
async function video(paths) {
  const looks = [];
  for (const [number, path] of paths.entries()) {
    const jpeg = await blob(path);
    const wanted = { maxPoses: 1, classes: [] };
    const job = { kind: 'run', number, jpeg, timestamp: number / 30, video: 'clip', wanted };
    const { timings, bitmapTime, networkTime } = await ask(job, 'found');
    const read = timings.decode - bitmapTime;
    looks.push([bitmapTime, read, timings.infer - networkTime, networkTime]);
  }
  return looks;
}
</script>"""


class Look(NamedTuple):
    """How long an image took in the worker, ms."""

    decode: float
    """From JPEG to bitmap."""
    read: float
    """From bitmap to pixels."""
    around: float
    """From pixels to a result, without its networks."""
    network: float


class TimedPage:
    """A page with one model in a worker.

    Parameters
    ----------
    page : Page
        An empty one.
    server : FileServer
        Where it finds programs, networks and images.
    worker : bytes
        `PROGRAM`, bundled.
    model, model_type : str
        What the worker runs.
    """

    def __init__(
        self, page: Page, server: FileServer, worker: bytes, model: str, model_type: str
    ) -> None:
        self._page, self._server = page, server
        names = models_of(model, model_type)
        server.files |= {f"/{name}": read_model(name) for name in names} | {
            "/page": _PAGE,
            "/worker.js": worker,
            "/litert.js": gzip.decompress(asset_path("litert.js.gz").read_bytes()),
            "/litert.wasm": gzip.decompress(asset_path("litert.wasm.gz").read_bytes()),
        }
        page.goto(f"{server.address}/page")
        files = [f"/{name}" for name in names]
        self._call("load", model=model, model_type=model_type, files=files)

    def run(self, network: int, values: NDArray[np.float32], runs: int) -> list[float]:
        """Run one of the model's networks on the same input, and return the times, ms."""
        self._server.files["/input"] = values.tobytes()
        times: list[float] = self._call("alone", network=network, runs=runs)
        return times

    def outputs(self) -> list[NDArray[np.float32]]:
        """Return what the network returned that ran last."""
        found = self._page.evaluate("() => outputs.map((each) => [...each])")
        return [np.array(each, np.float32) for each in found]

    def video(self, jpegs: Sequence[bytes]) -> list[Look]:
        """Run the model on a video of 30 frames a second."""
        paths = [f"/{number}.jpg" for number in range(len(jpegs))]
        self._server.files |= dict(zip(paths, jpegs, strict=True))
        looks = self._page.evaluate("(paths) => video(paths)", paths)
        return [Look(*each) for each in looks]

    def _call(self, function: str, **options: object) -> Any:  # noqa: ANN401 - JSON
        return self._page.evaluate(f"(options) => {function}(options)", options)
