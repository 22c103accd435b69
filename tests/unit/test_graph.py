"""TensorFlow.js's graph models on LiteRT give what the graph says."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets.errors import ModelFileError
from bodyseg_widgets.runtimes.graph import read_graph
from bodyseg_widgets.runtimes.graph_on_litert import graph_to_tflite
from bodyseg_widgets.runtimes.litert import LiteRTNetwork
from tests.graphs import (
    PLACEHOLDER,
    SHARD,
    constant,
    convolution,
    integers,
    node,
    text,
    write_graph,
)

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

IMPULSE = np.zeros((1, 7, 7, 1), np.float32)
IMPULSE[0, 3, 3, 0] = 1


def run(path: Path, image: NDArray[np.float32], *outputs: str) -> list[NDArray[np.float32]]:
    model = graph_to_tflite(read_graph(path), outputs, input_shape=image.shape)
    network = LiteRTNetwork(model, num_threads=1)
    found = network.run(lambda tensor: np.copyto(tensor, image))
    network.dispose()
    return [*found]


def test_a_convolution_has_the_bias_and_the_activation_that_follow_it(tmp_path: Path) -> None:
    nodes = [
        PLACEHOLDER,
        constant("w"),
        constant("b"),
        convolution("conv", "sub_2", "w"),
        node("BiasAdd", "sum", "conv", "b"),
        node("Relu6", "out", "sum"),
    ]
    weights = {
        "w": np.array([2, -1], np.float32).reshape(1, 1, 1, 2),
        "b": np.array([1, -3], np.float32),
    }
    image = np.array([0, 1, 2, 9], np.float32).reshape(1, 2, 2, 1)
    (found,) = run(write_graph(tmp_path, nodes, weights), image, "out")
    assert found[0, ..., 0].tolist() == [[1, 3], [5, 6]]
    assert found[0, ..., 1].tolist() == [[0, 0], [0, 0]]


def test_a_result_that_is_wanted_is_not_merged_into_what_follows(tmp_path: Path) -> None:
    nodes = [
        PLACEHOLDER,
        constant("w"),
        convolution("conv", "sub_2", "w"),
        node("Relu", "out", "conv"),
    ]
    path = write_graph(tmp_path, nodes, {"w": np.full((1, 1, 1, 1), -1, np.float32)})
    conv, out = run(path, IMPULSE, "conv", "out")
    assert (conv.min(), out.max()) == (-1, 0)


def test_outputs_are_in_the_order_in_which_they_are_asked_for(tmp_path: Path) -> None:
    nodes = [
        PLACEHOLDER,
        *(constant(each) for each in "ab"),
        *(node("Add", f"plus_{each}", "sub_2", each) for each in "ab"),
    ]
    path = write_graph(
        tmp_path, nodes, {"a": np.ones(1, np.float32), "b": np.ones(1, np.float32) * 2}
    )
    for order in itertools.permutations(("plus_a", "plus_b")):
        found = run(path, np.zeros((1, 1, 1, 1), np.float32), *order)
        assert [each.item() for each in found] == [
            {"plus_a": 1, "plus_b": 2}[each] for each in order
        ]


def test_nodes_may_come_in_any_order_and_name_results_by_number(tmp_path: Path) -> None:
    nodes = [
        node("Relu", "out", "sum:0", "^sub_2"),
        node("BiasAdd", "sum", "sub_2", "b"),
        constant("b"),
        PLACEHOLDER,
    ]
    path = write_graph(tmp_path, nodes, {"b": np.ones(1, np.float32)})
    (found,) = run(path, IMPULSE, "out")
    np.testing.assert_array_equal(found, IMPULSE + 1)


@pytest.mark.parametrize("dilations", [(2, 2, 1, 1), (1, 2, 2, 1)])
def test_taps_are_as_far_apart_as_either_way_of_writing_it_says(
    tmp_path: Path, dilations: tuple[int, ...]
) -> None:
    nodes = [
        PLACEHOLDER,
        constant("w"),
        convolution("out", "sub_2", "w", op="DepthwiseConv2dNative", dilations=dilations),
    ]
    path = write_graph(tmp_path, nodes, {"w": np.ones((3, 3, 1, 1), np.float32)})
    (found,) = run(path, IMPULSE, "out")
    expected = np.zeros((7, 7))
    expected[1:6:2, 1:6:2] = 1
    np.testing.assert_array_equal(found[0, ..., 0], expected)


@pytest.mark.parametrize(
    ("stored", "quantization", "expected"),
    [
        (np.array([0, 3], np.uint8), {"dtype": "uint8", "scale": 0.5, "min": -1.0}, [-1, 0.5]),
        (np.array([0, 300], np.uint16), {"dtype": "uint16", "scale": 0.5, "min": -1.0}, [-1, 149]),
        (np.array([0.5, -2], np.float16), {"dtype": "float16"}, [0.5, -2]),
    ],
    ids=["uint8", "uint16", "float16"],
)
def test_quantized_weights_are_restored(
    tmp_path: Path, stored: NDArray[Any], quantization: dict[str, Any], expected: list[float]
) -> None:
    path = write_graph(tmp_path, [constant("w")], {"w": stored}, quantizations={"w": quantization})
    weights = read_graph(path).weights["w"]
    assert weights.dtype == np.float32
    assert weights.tolist() == expected


def test_a_residual_network_gives_what_tensorflow_gives(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    rng = np.random.default_rng(5)
    first = rng.normal(size=(3, 3, 3, 4)).astype(np.float32)
    second = rng.normal(size=(3, 3, 4, 4)).astype(np.float32)
    deep = rng.normal(size=(3, 3, 4, 2)).astype(np.float32)
    margins = np.array([[0, 0], [1, 1], [1, 1], [0, 0]], np.int32)
    low, high = np.float32(-1), np.float32(2)
    nodes = [
        PLACEHOLDER,
        *(constant(each) for each in ("first", "second", "deep", "margins", "low", "high")),
        node("Pad", "padded", "sub_2", "margins"),
        convolution("conv", "padded", "first", stride=2, padding="VALID"),
        node("MaxPool", "pool", "conv", ksize=integers(1, 3, 3, 1), strides=integers(1, 2, 2, 1),
             padding=text("SAME")),
        convolution("branch", "pool", "second", dilations=(1, 2, 2, 1)),
        node("AddV2", "sum", "branch", "pool"),
        node("Relu", "active", "sum"),
        convolution("deep_conv", "active", "deep", op="DepthwiseConv2dNative"),
        node("Minimum", "lower", "deep_conv", "high"),
        node("Maximum", "out", "lower", "low"),
    ]  # fmt: skip
    weights = {
        "first": first,
        "second": second,
        "deep": deep,
        "margins": margins,
        "low": low,
        "high": high,
    }
    path = write_graph(tmp_path, nodes, {key: np.asarray(each) for key, each in weights.items()})
    image = rng.normal(size=(1, 21, 30, 3)).astype(np.float32)
    (found,) = run(path, image, "out")

    conv = tf.nn.conv2d(tf.pad(image, margins), first, 2, "VALID")
    pool = tf.nn.max_pool2d(conv, 3, 2, "SAME")
    active = tf.nn.relu(tf.nn.conv2d(pool, second, 1, "SAME", dilations=2) + pool)
    deep_conv = tf.nn.depthwise_conv2d(active, deep, (1, 1, 1, 1), "SAME")
    np.testing.assert_allclose(found, tf.clip_by_value(deep_conv, low, high), atol=1e-4)


# --- what is refused


@pytest.mark.parametrize(
    ("nodes", "outputs", "message"),
    [
        (
            [PLACEHOLDER, node("Softmax", "out", "sub_2")],
            ["out"],
            r"operation Softmax \(out\), which is not translated here. Expect a network of Conv2D",
        ),
        ([PLACEHOLDER, node("Relu", "out", "sub_2")], ["heat"], r"no node 'heat'.*outputs heat"),
        (
            [PLACEHOLDER, PLACEHOLDER | {"name": "two"}, node("Add", "out", "sub_2", "two")],
            ["out"],
            "one placeholder for images, but it has 2",
        ),
        (
            [PLACEHOLDER, convolution("out", "sub_2", "sub_2")],
            ["out"],
            r"Conv2D \(out\) takes its weights from sub_2, which is computed",
        ),
        (
            [PLACEHOLDER, constant("w"), convolution("out", "sub_2", "w", padding="EXPLICIT")],
            ["out"],
            r"padding EXPLICIT and layout NHWC.*Expect SAME or VALID",
        ),
    ],
)
def test_what_is_not_translated_is_named(
    tmp_path: Path, nodes: list[dict[str, Any]], outputs: list[str], message: str
) -> None:
    path = write_graph(tmp_path, nodes, {"w": np.ones((1, 1, 1, 1), np.float32)})
    with pytest.raises(ModelFileError, match=message):
        run(path, IMPULSE, *outputs)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([PLACEHOLDER, constant("other")], "no weights for 'other'"),
        ([node("Relu", "out", "gone")], "the node 'out' needs gone"),
        ([node("Relu", "a", "b"), node("Relu", "b", "a")], "the node 'a' needs b"),
        ([{"op": "Relu"}], "cannot be read"),
        ([{"op": "Relu", "name": ["a"]}], "cannot be read"),
        ([{"op": "Relu", "name": "a", "input": [3]}], "cannot be read"),
        ([{"op": "Relu", "name": "a", "attr": {"strides": 3}}], "cannot be read"),
    ],
)
def test_a_damaged_graph_is_named_with_its_file(
    tmp_path: Path, nodes: list[dict[str, Any]], message: str
) -> None:
    path = write_graph(tmp_path, nodes, {"w": np.ones(1, np.float32)})
    with pytest.raises(ModelFileError, match=rf"{re.escape(str(path))}.*{message}"):
        read_graph(path)


@pytest.mark.parametrize(
    "options",
    [
        {"strides": {}},
        {"strides": {"list": {"i": ["a"]}}},
        {"strides": {"list": {"i": [1, 2**70, 2**70, 1]}}},
        {"padding": {"s": 5}},
        {"padding": {"s": "!"}},
    ],
)
def test_options_that_are_none_are_damage(tmp_path: Path, options: dict[str, Any]) -> None:
    made = convolution("out", "sub_2", "w")
    made["attr"].update(options)
    path = write_graph(
        tmp_path, [PLACEHOLDER, constant("w"), made], {"w": np.ones((1, 1, 1, 1), np.float32)}
    )
    with pytest.raises(ModelFileError, match=r"damaged|padding"):
        graph_to_tflite(read_graph(path), ["out"], input_shape=IMPULSE.shape)


def test_a_shard_that_is_cut_off_is_named(tmp_path: Path) -> None:
    path = write_graph(tmp_path, [constant("w")], {"w": np.ones(4, np.float32)})
    (tmp_path / SHARD).write_bytes(b"123")
    with pytest.raises(
        ModelFileError, match=r"group1-shard1of1\.bin has 3 bytes, but should have 16"
    ):
        read_graph(path)


def test_weights_of_an_unknown_type_are_refused(tmp_path: Path) -> None:
    path = write_graph(tmp_path, [constant("w")], {"w": np.ones(4, np.float32)})
    content = json.loads(path.read_text(encoding="utf-8"))
    content["weightsManifest"][0]["weights"][0]["dtype"] = "complex64"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelFileError, match="not a graph model"):
        read_graph(path)
