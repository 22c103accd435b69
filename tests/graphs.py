"""Graph models of TensorFlow.js, written by tests."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

SHARD = "group1-shard1of1.bin"
PLACEHOLDER = {"name": "sub_2", "op": "Placeholder"}


def integers(*values: int) -> dict[str, Any]:
    return {"list": {"i": [str(each) for each in values]}}


def text(value: str) -> dict[str, Any]:
    return {"s": base64.b64encode(value.encode()).decode()}


def constant(name: str) -> dict[str, Any]:
    return {"name": name, "op": "Const"}


def node(op: str, name: str, *inputs: str, **attributes: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"name": name, "op": op, "input": [*inputs], "attr": attributes}


def convolution(
    name: str,
    image: str,
    weights: str,
    *,
    stride: int = 1,
    padding: str = "SAME",
    op: str = "Conv2D",
    dilations: tuple[int, ...] = (1, 1, 1, 1),
) -> dict[str, Any]:
    return node(
        op,
        name,
        image,
        weights,
        strides=integers(1, stride, stride, 1),
        padding=text(padding),
        data_format=text("NHWC"),
        dilations=integers(*dilations),
    )


def write_graph(
    folder: Path,
    nodes: list[dict[str, Any]],
    weights: Mapping[str, NDArray[Any]],
    *,
    name: str = "model-stride16.json",
    quantizations: Mapping[str, dict[str, Any]] | None = None,
) -> Path:
    """Write a graph model and its shard; return the path of its JSON file."""
    entries = []
    for each, values in weights.items():
        entry: dict[str, Any] = {"name": each, "shape": [*values.shape], "dtype": values.dtype.name}
        if quantizations is not None and each in quantizations:
            entry |= {"dtype": "float32", "quantization": quantizations[each]}
        entries.append(entry)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SHARD).write_bytes(b"".join(each.tobytes() for each in weights.values()))
    content = {
        "format": "graph-model",
        "modelTopology": {"node": nodes},
        "weightsManifest": [{"paths": [SHARD], "weights": entries}],
    }
    path = folder / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


CHANNELS = {
    "float_segments": 1,
    "float_part_heatmaps": 24,
    "float_heatmaps": 17,
    "float_short_offsets": 34,
    "float_long_offsets": 34,
    "MobilenetV1/displacement_fwd_2/BiasAdd": 32,
    "MobilenetV1/displacement_bwd_2/BiasAdd": 32,
}


def write_bodypix(folder: Path, *, stride: int = 16) -> Path:
    """Write a network with BodyPix's outputs, to which bright pixels are people.

    Their left half, so to say, is the torso: red ones are a left face, others a front of a torso.
    """
    nodes: list[dict[str, Any]] = [PLACEHOLDER]
    weights: dict[str, NDArray[Any]] = {}
    for name, channels in CHANNELS.items():
        kernel = np.zeros((1, 1, 3, channels), np.float32)
        bias = np.zeros(channels, np.float32)
        if name == "float_segments":
            kernel[..., 0] = 4
        elif name == "float_part_heatmaps":
            kernel[0, 0, :, 0] = (9, -9, -9)
            bias[12] = 1
        elif name == "float_heatmaps":
            bias[:] = -9
        weights |= {f"{name}/weights": kernel, f"{name}/bias": bias}
        nodes += [
            constant(f"{name}/weights"),
            constant(f"{name}/bias"),
            convolution(f"{name}/conv", "sub_2", f"{name}/weights", stride=stride),
            node("BiasAdd", name, f"{name}/conv", f"{name}/bias"),
        ]
    return write_graph(folder, nodes, weights, name=f"model-stride{stride}.json")
