"""BlazePose in a page, with its real networks, and without Jupyter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from bodyseg_widgets.models import read_model
from tests.browser.worker_program import FRONTEND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from bodyseg_widgets.pose.blazepose.roi import Roi
    from tests.file_server import FileServer

    Picture = NDArray[np.uint8]

PROGRAM = "test/inference/pose/whole_path.ts"
"""The worker's, in ``frontend``."""
_WASM = FRONTEND / "node_modules/@litertjs/core/wasm"
PAGE = b"""<!doctype html><meta charset="utf-8"><title>A model</title><script>
const bytes = async (path) => (await fetch(path)).arrayBuffer();
const worker = new Promise(async (resolve) => {
  const program = new Blob([await bytes("/worker.js")], { type: "text/javascript" });
  resolve(new Worker(URL.createObjectURL(program)));
});
async function ask({ files, ...job }) {
  const contents = {};
  for (const [name, path] of Object.entries(files))
    contents[name] = Array.isArray(path) ? await Promise.all(path.map(bytes)) : await bytes(path);
  const asked = await worker;
  const answer = new Promise((resolve) => {
    asked.onmessage = ({ data }) => resolve(data);
    asked.onerror = ({ message }) => resolve({ error: message });
  });
  asked.postMessage({ ...job, ...contents });
  return await answer;
}
</script>"""


class Found(NamedTuple):
    """What the page found in an image."""

    levels: NDArray[np.uint8]
    region: list[int]
    ids: list[int | None]
    keypoints: NDArray[np.float64]
    """(n, 33, 7): x, y, z, score, and x, y, z in meters."""
    people: NDArray[np.uint8] | None
    """Whose each of `levels` is."""


class PosePage:
    """A page with BlazePose in a worker.

    Parameters
    ----------
    page : Page
        An empty one.
    server : FileServer
        Where it finds programs, networks and images.
    worker : bytes
        `PROGRAM`, bundled.
    model_type : str
        Which landmark network.
    """

    def __init__(self, page: Page, server: FileServer, worker: bytes, model_type: str) -> None:
        self._page, self._server = page, server
        self._server.files |= {
            "/page": PAGE,
            "/worker.js": worker,
            **litert(),
            "/detector": read_model("pose_detector"),
            "/landmarks": read_model(f"pose_{model_type}"),
        }
        page.goto(f"{server.address}/page")
        networks = ["/detector", "/landmarks"]
        files = {"program": "/litert.js", "wasm": "/litert.wasm", "files": networks}
        self._ask("start", files)

    def stills(self, images: Sequence[Picture], *, max_poses: int = 1) -> list[Found]:
        """Find people in images of one size, each by itself."""
        return self._run(images, [None] * len(images), max_poses)

    def video(self, images: Sequence[Picture], *, max_poses: int = 1) -> list[Found]:
        """Find people in a video of 30 frames a second."""
        return self._run(images, [at / 30 for at in range(len(images))], max_poses)

    def look(self, images: Sequence[Picture], rois: Sequence[Roi]) -> NDArray[np.float64]:
        """Find the landmarks in a ROI of each image: (n, 2, 33, 4), in pixels and in meters."""
        asked = [
            {
                "xCenter": roi.x_center,
                "yCenter": roi.y_center,
                "width": roi.width,
                "height": roi.height,
                "rotation": roi.rotation,
            }
            for roi in rois
        ]
        found = self._ask("look", self._images(images), rois=asked, **_size(images))
        return np.array([[each["body"], each["world"]] for each in found]).reshape(-1, 2, 33, 4)

    def _run(
        self, images: Sequence[Picture], timestamps: Sequence[float | None], max_poses: int
    ) -> list[Found]:
        files = self._images(images)
        found = self._ask("run", files, timestamps=timestamps, maxPoses=max_poses, **_size(images))
        return [
            Found(
                np.array(each["levels"], np.uint8).reshape(each["shape"]),
                each["region"],
                [pose["id"] for pose in each["poses"]],
                np.array([pose["keypoints"] for pose in each["poses"]]).reshape(-1, 33, 7),
                _people(each),
            )
            for each in found
        ]

    def _images(self, images: Sequence[Picture]) -> dict[str, str]:
        rgba = [np.dstack([each, np.full(each.shape[:2], 255, np.uint8)]) for each in images]
        self._server.files["/images"] = np.stack(rgba).tobytes()
        return {"pixels": "/images"}

    def _ask(self, kind: str, files: dict[str, Any], **job: object) -> Any:  # noqa: ANN401 - JSON
        return ask(self._page, kind, files, **job)


def ask(page: Page, kind: str, files: dict[str, Any], **job: object) -> Any:  # noqa: ANN401 - JSON
    """Return what the worker of a page answers.

    Parameters
    ----------
    page : Page
        With `PAGE`.
    kind : str
        What the worker is to do.
    files : dict
        Addresses, or lists of them, in place of whose names the worker gets their contents.
    job : object
        What else it gets.
    """
    answer = page.evaluate("job => ask(job)", {"kind": kind, "files": files, **job})
    if "error" in answer:
        raise AssertionError(answer["error"])
    return answer["found"]


def litert() -> dict[str, bytes]:
    """Return LiteRT.js by the addresses that the page has it at."""
    return {
        "/litert.js": (_WASM / "litert_wasm_internal.js").read_bytes(),
        "/litert.wasm": (_WASM / "litert_wasm_internal.wasm").read_bytes(),
    }


def _people(found: dict[str, Any]) -> NDArray[np.uint8] | None:
    for plane in found["planes"]:
        if plane["kind"] == "people":
            return np.array(plane["numbers"], np.uint8).reshape(found["shape"])
    return None


def _size(images: Sequence[Picture]) -> dict[str, int]:
    height, width = images[0].shape[:2]
    return {"width": width, "height": height}
