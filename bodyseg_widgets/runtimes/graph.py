"""Networks as TensorFlow.js has them: a graph of operations, and the weights of its constants.

Source of the format: tfjs-converter/src/data/compiled_api.ts and tfjs-core/src/io/types.ts of tfjs.
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.errors import ModelFileError
from bodyseg_widgets.models.graph_model import shards_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["Graph", "GraphNode", "read_graph"]


@dataclass(frozen=True)
class GraphNode:
    """One operation of a graph.

    Attributes
    ----------
    name, op : str
        Its name, and what it computes, such as ``"Conv2D"``.
    inputs : tuple of str
        The names of the nodes whose results it takes.
    attributes : mapping of str to Any
        Its options, as the file has them.
    """

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)

    def integers(self, name: str) -> tuple[int, ...]:
        """Return an option that is a list of integers; empty if it is not given."""
        return tuple(
            int(each) for each in self.attributes.get(name, {}).get("list", {}).get("i", [])
        )

    def text(self, name: str, default: str = "") -> str:
        """Return an option that is a text."""
        encoded = self.attributes.get(name, {}).get("s")
        return default if encoded is None else base64.b64decode(encoded).decode("ascii")


@dataclass(frozen=True)
class Graph:
    """A graph and its weights.

    Attributes
    ----------
    nodes : mapping of str to GraphNode
        Its operations by name, each after those that it takes results of.
    weights : mapping of str to numpy.ndarray
        The values of the nodes with ``op == "Const"``; quantized ones are restored to float32.
    """

    nodes: Mapping[str, GraphNode]
    weights: Mapping[str, NDArray[Any]]


def read_graph(path: Path) -> Graph:
    """Read a graph model.

    Parameters
    ----------
    path : pathlib.Path
        Its JSON file; the shards that it names are beside it.

    Returns
    -------
    Graph
        Complete: every constant has its value.

    Raises
    ------
    ModelFileError
        The file or a shard is missing, has another size, or is not a graph model; the message names
        it.
    """
    shards = shards_of(path)
    try:
        data = b"".join(shard.read_bytes() for shard in shards)
        top = json.loads(path.read_bytes())
        nodes = [_node(each) for each in top["modelTopology"]["node"]]
        weights = _weights(
            data, [each for group in top["weightsManifest"] for each in group["weights"]]
        )
    except (
        OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError
    ) as error:  # fmt: skip
        raise ModelFileError(
            f"The graph model {str(path)!r} cannot be read: {error!r}. Copy or download it and its "
            "shards again."
        ) from error
    missing = [node.name for node in nodes if node.op == "Const" and node.name not in weights]
    if missing:
        raise _damaged(path, f"it has no weights for {missing[0]!r}")
    return Graph(_in_order(nodes, path), weights)


def _node(given: Mapping[str, Any]) -> GraphNode:
    # "^name" is an order of execution, and ":0" the first of a node's results.
    inputs = (each for each in given.get("input", ()) if not each.startswith("^"))
    name, op, options = given["name"], given["op"], given.get("attr", {})
    if not isinstance(name, str) or not isinstance(op, str):
        raise TypeError(f"a node has the name {name!r} and the operation {op!r}")
    if not isinstance(options, dict) or not all(isinstance(x, dict) for x in options.values()):
        raise TypeError(f"the node {name!r} has the options {options!r}")
    return GraphNode(name, op, tuple(each.removesuffix(":0") for each in inputs), options)


def _in_order(nodes: Sequence[GraphNode], path: Path) -> dict[str, GraphNode]:
    """Return the nodes, each after its inputs."""
    waiting = {node.name: node for node in nodes}
    done: dict[str, GraphNode] = {}
    while waiting:
        ready = [node for node in waiting.values() if all(each in done for each in node.inputs)]
        if not ready:
            name, node = next(iter(waiting.items()))
            raise _damaged(path, f"the node {name!r} needs {', '.join(node.inputs)}")
        for node in ready:
            done[node.name] = waiting.pop(node.name)
    return done


def _damaged(path: Path, problem: str) -> ModelFileError:
    return ModelFileError(
        f"The graph model {str(path)!r} is damaged: {problem}. Copy or download it again."
    )


def _weights(data: bytes, entries: Sequence[Mapping[str, Any]]) -> dict[str, NDArray[Any]]:
    weights = {}
    position = 0
    for entry in entries:
        quantization = entry.get("quantization")
        stored = np.dtype(entry["dtype"] if quantization is None else quantization["dtype"])
        count = math.prod(entry["shape"])
        values = np.frombuffer(data, stored.newbyteorder("<"), count, position)
        if quantization is not None and "scale" in quantization:
            # In double precision, as in JavaScript: offsets differ by 0.02 pixels otherwise.
            values = values.astype(np.float64) * quantization["scale"] + quantization["min"]
        weights[entry["name"]] = values.astype(entry["dtype"]).reshape(entry["shape"])
        position += count * stored.itemsize
    return weights
