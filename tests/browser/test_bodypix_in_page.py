"""BodyPix in the page finds what runtime 'tensorflow' finds, with its real networks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest

from bodyseg_widgets.models import BodyPixVariant, find_weights
from bodyseg_widgets.segmentation.bodypix import BodyPixSegmenter
from bodyseg_widgets.segmentation.bodypix.network import BodyPixNetwork, network_file
from tests.browser.pose_page import PAGE, ask, litert
from tests.browser.watched_page import watched_page
from tests.browser.worker_program import bundled
from tests.file_server import serving
from tests.pictures import read_rgb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Browser, Page

    from bodyseg_widgets.images import RgbImage
    from bodyseg_widgets.segmentation.bodypix.network import Outputs
    from tests.file_server import FileServer

WORKER = "test/inference/bodypix/whole_path.ts"
NAMES = ("MobileNetV1 0.75 quant2", "MobileNetV1 0.5 quant2 stride 8")
# A camera's, one that is padded at the sides, and one that is padded above and below.
SIZES = ((640, 480), (301, 410), (500, 333))
TORSO = 12


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return bundled(WORKER, tmp_path_factory.mktemp("worker"))


@pytest.fixture(scope="module")
def served(browser: Browser, worker: bytes) -> Iterator[tuple[FileServer, Page]]:
    with serving() as server, watched_page(browser) as page:
        page.set_default_timeout(120_000)
        server.files |= {"/page": PAGE, "/worker.js": worker, **litert()}
        yield server, page


@pytest.fixture(scope="module")
def people(bodypix_folder: Path) -> RgbImage:
    return read_rgb(bodypix_folder / "reference/inputs/three_people.png")


@pytest.mark.parametrize("name", NAMES)
def test_stills_of_several_sizes(
    served: tuple[FileServer, Page], bodypix_folder: Path, people: RgbImage, name: str
) -> None:
    server, page = served
    variant = BodyPixVariant.of_name(name)
    weights = find_weights(variant, folders=[bodypix_folder])
    server.files["/network"] = network_file(weights, variant)
    page.goto(f"{server.address}/page")
    files = {"program": "/litert.js", "wasm": "/litert.wasm", "files": ["/network"]}
    ask(page, "start", files, modelType=name)
    network = BodyPixNetwork(weights, variant)
    returned: list[Outputs] = []

    def run(image: RgbImage) -> Outputs:
        returned.append(network.run(image))
        return returned[-1]

    segmenter = BodyPixSegmenter(
        run, output_stride=variant.output_stride, dispose=network.dispose, settings={}
    )
    for size in SIZES:
        image = np.asarray(cv2.resize(people, size, interpolation=cv2.INTER_AREA), np.uint8)
        own = segmenter.find_all(image, max_detections=5)
        rgba = np.dstack([image, np.full(image.shape[:2], 255, np.uint8)])
        server.files["/image"] = rgba.tobytes()
        width, height = size
        wanted = {"width": width, "height": height, "maxPoses": 5, "classes": [TORSO]}
        found = ask(page, "run", {"pixels": "/image"}, **wanted)
        mask = own.mask
        # Each output to 1e-4 of its own range.
        for ours, theirs in zip(vars(returned[-1]).values(), found["outputs"], strict=True):
            assert np.abs(ours.ravel() - theirs).max() <= 1e-4 * np.ptp(ours)

        def plane(at: int, found: dict[str, Any] = found) -> NDArray[np.uint8]:
            return np.array(found["planes"][at]["numbers"], np.uint8).reshape(found["shape"])

        levels = np.array(found["levels"], np.uint8).reshape(found["shape"])
        assert levels.shape == mask.levels.shape
        assert (np.abs(levels.astype(int) - mask.levels) <= 1).mean() >= 0.99
        ours, theirs = mask.levels >= 128, levels >= 128
        assert (ours & theirs).sum() >= 0.999 * (ours | theirs).sum()
        assert (plane(0) == mask.model_values).mean() >= 0.99
        assert (plane(1) == mask.model_people).mean() >= 0.99
        assert (np.abs(plane(2).astype(int) - mask.class_levels(TORSO)) <= 1).mean() >= 0.99
        assert len(found["poses"]) == len(own.poses) >= 2
        for one, other in zip(own.poses, found["poses"], strict=True):
            keypoints = np.array(other["keypoints"], np.float64).reshape(17, 7)
            off = one.keypoint_array[:, :2] - keypoints[:, :2]
            assert np.hypot(off[:, 0], off[:, 1]).max() <= 0.05
            assert one.score == pytest.approx(other["score"], abs=1e-4)
    segmenter.dispose()
