"""Weights of TensorFlow.js: damaged graph models, and graphs of which any value is another."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.runtimes.graph import read_graph
from bodyseg_widgets.runtimes.graph_on_litert import graph_to_tflite
from tests.fuzz.datasets import make_odd
from tests.graphs import PLACEHOLDER, SHARD, constant, convolution, node, write_graph

if TYPE_CHECKING:
    from tests.fuzz.case import Case


def try_one(case: Case) -> str:
    """Read a graph model, and translate it."""
    nodes = [
        PLACEHOLDER,
        constant("w"),
        constant("b"),
        convolution("conv", "sub_2", "w"),
        node("BiasAdd", "sum", "conv", "b"),
        node("Relu6", "out", "sum"),
    ]
    weights = {"w": np.ones((1, 1, 1, 2), np.float32), "b": np.ones(2, np.float32)}
    path = write_graph(case.folder, copy.deepcopy(nodes), weights)
    match case.random.randrange(3):
        case 0:
            path.write_bytes(case.damaged(path.read_bytes()))
        case 1:
            content: dict[str, Any] = json.loads(path.read_bytes())
            for _ in range(case.random.choice((1, 1, 2, 4))):
                make_odd(case, content)
            path.write_text(json.dumps(content))
        case _:
            (case.folder / SHARD).write_bytes(case.damaged((case.folder / SHARD).read_bytes()))
    try:
        graph_to_tflite(read_graph(path), ["out"], input_shape=(1, 4, 4, 1))
    except BodySegError:
        return "refused"
    return "read"
