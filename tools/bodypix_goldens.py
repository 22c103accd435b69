"""What each stage of BodyPix returns for inputs that both languages can compute.

``python -m tools.goldens`` writes them to ``frontend/test/inference/bodypix/goldens.json``. Python
is held to them by `tests/unit/test_bodypix_goldens.py`, and the stages in TypeScript by the tests
beside that file.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bodyseg_widgets.runtimes.graph import Graph, GraphNode
from bodyseg_widgets.runtimes.graph_on_litert import graph_to_tflite
from bodyseg_widgets.segmentation.bodypix import BodyPixSegmenter
from bodyseg_widgets.segmentation.bodypix.layout import layout_of
from bodyseg_widgets.segmentation.bodypix.network import FILE_SIZE, Outputs
from tools.pose_goldens import listed, numbers, picture

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.segmentation.bodypix.layout import Axis, Layout

    Numbers = NDArray[np.float32]

BODYPIX: Final = Path(__file__).parents[1] / "frontend/test/inference/bodypix/goldens.json"
SHARE: Final = 0.5
STEP: Final = 13
"""Of a plane, every so many numbers are compared; a prime, to meet every column."""
CLASS: Final = 12
"""The part whose probability is stored."""


@dataclass(frozen=True, slots=True)
class Case:
    """An image, and how many people to look for in it."""

    width: int
    height: int
    stride: int
    max_poses: int


CASES: Final = (
    # Padded at the left and right, above and below, and not at all.
    Case(205, 256, 16, 5),
    Case(261, 215, 8, 5),
    Case(192, 128, 16, 1),
    Case(390, 250, 32, 2),
    # As small as can be: one cell.
    Case(9, 9, 16, 1),
)
SIZES: Final[tuple[Size, ...]] = ((241, 321), (33, 65), (1, 1))
"""(height, width) that the network's file is written for."""


def outputs_of(layout: Layout) -> Outputs:
    """Return what a network could return for an image: something else in each cell."""
    rows, columns = layout.rows.output, layout.columns.output

    def field(channels: int, seed: int, low: float, high: float) -> Numbers:
        values = numbers(rows * columns * channels, seed) * np.float32(high - low) + np.float32(low)
        return values.reshape(rows, columns, channels)

    return Outputs(
        segments=field(1, 1, -9, 9),
        parts=field(24, 2, -6, 6),
        heatmaps=field(17, 3, -3, 5),
        offsets=field(34, 4, -20, 20),
        long_offsets=field(34, 5, -40, 40),
        forward=field(32, 6, -50, 50),
        backward=field(32, 7, -50, 50),
    )


def bodypix_goldens() -> dict[str, Any]:
    """Return what is in the file."""
    return {
        "cases": [_case(case) for case in CASES],
        "networks": {"mobilenet": _network(pools=False), "resnet": _network(pools=True)},
    }


def _case(case: Case) -> dict[str, Any]:
    image = picture(case.width, case.height)
    layout = layout_of((case.height, case.width), SHARE, case.stride)
    fitted: list[NDArray[np.uint8]] = []

    def run(seen: NDArray[np.uint8]) -> Outputs:
        fitted.append(seen)
        return outputs_of(layout)

    segmenter = BodyPixSegmenter(run, output_stride=case.stride, dispose=lambda: None, settings={})
    found = segmenter.find_all(image, max_detections=case.max_poses)
    mask = found.mask.in_levels([CLASS])
    return {
        "width": case.width,
        "height": case.height,
        "stride": case.stride,
        "max_poses": case.max_poses,
        "rows": _axis(layout.rows),
        "columns": _axis(layout.columns),
        "input": hashlib.sha256(fitted[0].tobytes()).hexdigest(),
        "levels": _some(mask.levels),
        "labels": _some(mask.model_values),
        "people": _some(mask.model_people),
        "class": _some(mask.class_levels(CLASS)),
        "poses": [
            {"score": float(f"{pose.score:.7g}"), "keypoints": listed(pose.keypoint_array)}
            for pose in found.poses
        ],
    }


def _axis(axis: Axis) -> dict[str, Any]:
    before, after = axis.samples
    return {
        "padding": axis.padding,
        "input": axis.input,
        "output": axis.output,
        "model": axis.model,
        "before": before[::STEP].tolist(),
        "after": listed(after[::STEP]),
    }


def _some(plane: NDArray[np.uint8] | None) -> list[int]:
    if plane is None:
        raise ValueError("BodyPix has found no such plane")
    some: list[int] = plane.ravel()[::STEP].tolist()
    return some


def _network(*, pools: bool) -> dict[str, Any]:
    """Return a network of every kind of layer that BodyPix's have, and what other sizes make.

    Parameters
    ----------
    pools : bool
        Whether it begins as ResNet50, with padding and a pool, or as MobileNetV1.
    """
    return {
        "file": base64.b64encode(zlib.compress(_file(FILE_SIZE, pools=pools), 9)).decode(),
        "resized": [
            {
                "height": height,
                "width": width,
                "digest": hashlib.sha256(_file((height, width), pools=pools)).hexdigest(),
            }
            for height, width in SIZES
        ],
    }


def _file(size: Size, *, pools: bool) -> bytes:
    nodes: list[GraphNode] = [GraphNode("image", "Placeholder", ())]
    weights: dict[str, NDArray[Any]] = {}

    def constant(name: str, values: NDArray[Any]) -> str:
        nodes.append(GraphNode(name, "Const", ()))
        weights[name] = values
        return name

    def pad(name: str, image: str, margin: int) -> str:
        margins = np.array([[0, 0], [margin, margin], [margin, margin], [0, 0]], np.int32)
        nodes.append(GraphNode(name, "Pad", (image, constant(f"{name}/margins", margins))))
        return name

    def window(name: str, op: str, image: str, *, stride: int, padding: str, **more: Any) -> str:  # noqa: ANN401
        taps: tuple[int, ...] = more.pop("taps", ())
        inputs: tuple[str, ...] = (image,)
        if taps:
            values = numbers(int(np.prod(taps)), len(nodes)).reshape(taps) - np.float32(0.5)
            inputs += (constant(f"{name}/weights", values),)
        attributes = {
            "strides": _integers(1, stride, stride, 1),
            "padding": {"s": base64.b64encode(padding.encode()).decode()},
            **more,
        }
        nodes.append(GraphNode(name, op, inputs, attributes))
        return name

    if pools:
        here = pad("pad", "image", 3)
        here = window("first", "Conv2D", here, stride=2, padding="VALID", taps=(7, 7, 3, 4))
        here = pad("again", here, 1)
        taps = _integers(1, 3, 3, 1)
        here = window("pool", "MaxPool", here, stride=2, padding="VALID", ksize=taps)
    else:
        here = window("first", "Conv2D", "image", stride=2, padding="SAME", taps=(3, 3, 3, 4))
        here = window("pool", "Conv2D", here, stride=2, padding="SAME", taps=(3, 3, 4, 4))
    here = window(
        "deep", "DepthwiseConv2dNative", here, stride=2, padding="SAME", taps=(3, 3, 4, 1)
    )
    nodes.append(GraphNode("relu", "Relu6", (here,)))
    here = window("last", "Conv2D", "relu", stride=2, padding="SAME", taps=(3, 3, 4, 6))
    graph = Graph({node.name: node for node in nodes}, weights)
    return graph_to_tflite(graph, [here], input_shape=(1, *size, 3))


def _integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [*values]}}
