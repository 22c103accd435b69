"""Translate TensorFlow.js's graph models to LiteRT's format.

BodyPix's graphs consist of a few operations that both have, so neither TensorFlow nor its converter
is needed, which would be 700 MB for a network of 5. On LiteRT the network also runs in about three
quarters of the time that it takes as a compiled TensorFlow function (benchmarks/bodypix.py).
"""

from __future__ import annotations

import struct
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import flatbuffers
import numpy as np

from bodyseg_widgets.errors import ModelFileError
from bodyseg_widgets.extras import needed_for

with needed_for("BodyPix"):
    from ai_edge_litert import schema_py_generated as schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.runtimes.graph import Graph, GraphNode

__all__ = ["graph_to_tflite"]

_VERSION: Final = 3
_IDENTIFIER: Final = b"TFL3"

_ACTIVATIONS: Final = {
    "Relu": schema.ActivationFunctionType.RELU,
    "Relu6": schema.ActivationFunctionType.RELU6,
}
_PADDINGS: Final = {"SAME": schema.Padding.SAME, "VALID": schema.Padding.VALID}
_TYPES: Final = {"float32": schema.TensorType.FLOAT32, "int32": schema.TensorType.INT32}


Shape: TypeAlias = tuple[int, ...]


def graph_to_tflite(graph: Graph, outputs: Sequence[str], *, input_shape: Shape) -> bytes:
    """Translate a graph model for images of one size.

    LiteRT's fast kernels (XNNPACK) take no network whose size is not in its file: it would run ten
    times as long.

    Parameters
    ----------
    graph : Graph
        With one placeholder, float32, for images.
    outputs : sequence of str
        The nodes whose results are wanted.
    input_shape : tuple of int
        (1, height, width, channels) of the images.

    Returns
    -------
    bytes
        The content of a .tflite file. Its outputs are in the order of `outputs`.

    Raises
    ------
    ModelFileError
        The graph has no such node, or not one placeholder, or an operation or option that is not
        translated; the message names it.
    """
    unknown = [name for name in outputs if name not in graph.nodes]
    if unknown:
        raise ModelFileError(
            f"The graph has no node {unknown[0]!r}, so it is not the expected model. Expect the "
            f"outputs {', '.join(outputs)}."
        )
    try:
        return _Translation(graph, outputs).bytes(input_shape)
    except ModelFileError:
        raise
    # Options and weights of a file may be anything.
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        struct.error,
    ) as problem:
        raise ModelFileError(
            f"The graph model is damaged: options or weights of an operation are none ({problem}). "
            "Copy or download it again."
        ) from problem


class _Translation:
    """A .tflite model while it is made of a graph's nodes, one after the other."""

    def __init__(self, graph: Graph, outputs: Sequence[str]) -> None:
        self._graph = graph
        self._outputs = outputs
        self._codes: dict[int, int] = {}
        # The format has the empty buffer first.
        self._buffers = [schema.BufferT()]
        self._tensors: list[Any] = []
        self._operators: list[Any] = []
        self._place_of: dict[str, int] = {}
        self._consumers = Counter(each for node in graph.nodes.values() for each in node.inputs)
        self._sole_consumer = {
            each: node
            for node in graph.nodes.values()
            for each in node.inputs
            if self._consumers[each] == 1 and each not in outputs
        }

    def bytes(self, input_shape: Shape) -> bytes:
        placeholders = []
        for node in self._graph.nodes.values():
            if node.name in self._place_of or node.op == "Const":
                continue
            if node.op == "Placeholder":
                self._add_tensor(node.name, input_shape)
                placeholders.append(node)
            else:
                self._translator_of(node)(node)
        if len(placeholders) != 1:
            raise ModelFileError(
                f"Expect a graph with one placeholder for images, but it has {len(placeholders)}."
            )
        subgraph = schema.SubGraphT()
        subgraph.tensors = self._tensors
        subgraph.operators = self._operators
        subgraph.inputs = [self._place_of[placeholders[0].name]]
        subgraph.outputs = [self._place_of[name] for name in self._outputs]
        model = schema.ModelT()
        model.version = _VERSION
        model.description = "translated from a TensorFlow.js graph model"
        model.operatorCodes = [_operator_code(code) for code in self._codes]
        model.subgraphs = [subgraph]
        model.buffers = self._buffers
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), _IDENTIFIER)
        return bytes(builder.Output())

    def _translator_of(self, node: GraphNode) -> Callable[[GraphNode], None]:
        translators: dict[str, Callable[[GraphNode], None]] = {
            "Conv2D": self._convolution,
            "DepthwiseConv2dNative": self._depthwise_convolution,
            "MaxPool": self._max_pool,
            "Pad": self._pad,
            "BiasAdd": self._addition,
            "Add": self._addition,
            "AddV2": self._addition,
            "Relu": self._relu,
            "Relu6": self._relu6,
            "Minimum": self._minimum,
            "Maximum": self._maximum,
        }
        if node.op not in translators:
            raise ModelFileError(
                f"The graph has the operation {node.op} ({node.name}), which is not translated "
                f"here. Expect a network of {', '.join(translators)}, as BodyPix's are."
            )
        return translators[node.op]

    def _convolution(self, node: GraphNode) -> None:
        options = schema.Conv2DOptionsT()
        # TensorFlow has (height, width, in, out), LiteRT (out, height, width, in).
        weights = self._constant(node, 1).transpose(3, 0, 1, 2)
        self._window(
            node,
            schema.BuiltinOperator.CONV_2D,
            (schema.BuiltinOptions.Conv2DOptions, options),
            weights,
            channels=weights.shape[0],
        )

    def _depthwise_convolution(self, node: GraphNode) -> None:
        options = schema.DepthwiseConv2DOptionsT()
        height, width, channels, options.depthMultiplier = self._constant(node, 1).shape
        count = channels * options.depthMultiplier
        self._window(
            node,
            schema.BuiltinOperator.DEPTHWISE_CONV_2D,
            (schema.BuiltinOptions.DepthwiseConv2DOptions, options),
            self._constant(node, 1).reshape(1, height, width, count),
            channels=count,
        )

    def _window(
        self,
        node: GraphNode,
        code: int,
        typed_options: tuple[int, Any],
        weights: NDArray[np.float32],
        *,
        channels: int,
    ) -> None:
        """Add a convolution with the bias and the activation that follow it in the graph."""
        _, options = typed_options
        _set_window(node, options)
        options.dilationHFactor, options.dilationWFactor = _dilations(node)
        place = self._place(node.inputs[0])
        shape = _after_window(node, self._shape(place), options, weights.shape[1:3], channels)
        bias, last = np.zeros(channels, np.float32), node
        following = self._sole_consumer.get(node.name)
        if following is not None and following.op == "BiasAdd":
            bias, last = self._constant(following, 1), following
            following = self._sole_consumer.get(following.name)
        if following is not None and following.op in _ACTIVATIONS:
            options.fusedActivationFunction = _ACTIVATIONS[following.op]
            last = following
        inputs = [
            place,
            self._add_constant(f"{node.name}/weights", weights),
            self._add_constant(f"{node.name}/bias", bias),
        ]
        self._add_operator(code, inputs, last.name, shape, typed_options)
        # The graph's order is no matter: what was merged is not translated again.
        for name in self._names_between(node, last):
            self._place_of[name] = self._place_of[last.name]

    def _names_between(self, first: GraphNode, last: GraphNode) -> list[str]:
        names, node = [first.name], first
        while node is not last:
            node = self._sole_consumer[node.name]
            names.append(node.name)
        return names

    def _max_pool(self, node: GraphNode) -> None:
        options = schema.Pool2DOptionsT()
        _set_window(node, options)
        _, *taps, _ = node.integers("ksize")
        options.filterHeight, options.filterWidth = taps
        place = self._place(node.inputs[0])
        shape = self._shape(place)
        self._add_operator(
            schema.BuiltinOperator.MAX_POOL_2D,
            [place],
            node.name,
            _after_window(node, shape, options, taps, shape[-1]),
            (schema.BuiltinOptions.Pool2DOptions, options),
        )

    def _pad(self, node: GraphNode) -> None:
        place = self._place(node.inputs[0])
        margins = self._constant(node, 1).astype(np.int32)
        self._add_operator(
            schema.BuiltinOperator.PAD,
            [place, self._add_constant(node.inputs[1], margins)],
            node.name,
            tuple(int(each) for each in self._shape(place) + margins.sum(axis=1)),
            (schema.BuiltinOptions.PadOptions, schema.PadOptionsT()),
        )

    def _addition(self, node: GraphNode) -> None:
        options = schema.AddOptionsT()
        self._simple(node, schema.BuiltinOperator.ADD, schema.BuiltinOptions.AddOptions, options)

    def _relu(self, node: GraphNode) -> None:
        self._simple(node, schema.BuiltinOperator.RELU)

    def _relu6(self, node: GraphNode) -> None:
        self._simple(node, schema.BuiltinOperator.RELU6)

    def _minimum(self, node: GraphNode) -> None:
        self._extreme(node, schema.BuiltinOperator.MINIMUM)

    def _maximum(self, node: GraphNode) -> None:
        self._extreme(node, schema.BuiltinOperator.MAXIMUM)

    def _extreme(self, node: GraphNode, code: int) -> None:
        options = schema.MaximumMinimumOptionsT()
        self._simple(node, code, schema.BuiltinOptions.MaximumMinimumOptions, options)

    def _simple(
        self,
        node: GraphNode,
        code: int,
        options_type: int = schema.BuiltinOptions.NONE,
        options: Any = None,  # noqa: ANN401 - the schema has no types
    ) -> None:
        inputs = [self._place(each) for each in node.inputs]
        shape = np.broadcast_shapes(*(self._shape(each) for each in inputs))
        self._add_operator(code, inputs, node.name, shape, (options_type, options))

    def _constant(self, node: GraphNode, index: int) -> NDArray[np.float32]:
        name = node.inputs[index]
        if name not in self._graph.weights:
            raise ModelFileError(
                f"{node.op} ({node.name}) takes its weights from {name}, which is computed. Expect "
                "a graph whose weights are constants."
            )
        return np.asarray(self._graph.weights[name], dtype=np.float32)

    def _place(self, name: str) -> int:
        """Return the number of the tensor that holds a node's result."""
        if name not in self._place_of:
            self._place_of[name] = self._add_constant(name, self._graph.weights[name])
        return self._place_of[name]

    def _add_operator(
        self,
        code: int,
        inputs: list[int],
        output: str,
        shape: Shape,
        typed_options: tuple[int, Any],
    ) -> None:
        operator = schema.OperatorT()
        operator.opcodeIndex = self._codes.setdefault(code, len(self._codes))
        operator.inputs = inputs
        operator.outputs = [self._add_tensor(output, shape)]
        operator.builtinOptionsType, operator.builtinOptions = typed_options
        self._operators.append(operator)

    def _add_constant(self, name: str, values: NDArray[Any]) -> int:
        buffer = schema.BufferT()
        little_endian = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
        buffer.data = np.frombuffer(little_endian.tobytes(), np.uint8)
        self._buffers.append(buffer)
        return self._add_tensor(
            name, values.shape, buffer=len(self._buffers) - 1, dtype=values.dtype.name
        )

    def _shape(self, place: int) -> Shape:
        return tuple(self._tensors[place].shape)

    def _add_tensor(
        self, name: str, shape: Shape, *, buffer: int = 0, dtype: str = "float32"
    ) -> int:
        tensor = schema.TensorT()
        tensor.name = name
        tensor.shape = [*shape]
        tensor.type = _TYPES[dtype]
        tensor.buffer = buffer
        self._tensors.append(tensor)
        self._place_of[name] = len(self._tensors) - 1
        return self._place_of[name]


def _operator_code(code: int) -> Any:  # noqa: ANN401 - the schema has no types
    made = schema.OperatorCodeT()
    # Readers that are older than the field builtinCode look at the first one; all of these fit.
    made.builtinCode = made.deprecatedBuiltinCode = code
    made.version = 2 if code == schema.BuiltinOperator.DEPTHWISE_CONV_2D else 1
    return made


def _set_window(node: GraphNode, options: Any) -> None:  # noqa: ANN401 - the schema has no types
    padding, layout = node.text("padding"), node.text("data_format", "NHWC")
    if padding not in _PADDINGS or layout != "NHWC":
        raise ModelFileError(
            f"{node.op} ({node.name}) has padding {padding} and layout {layout}, which are not "
            f"translated here. Expect {' or '.join(_PADDINGS)}, and NHWC."
        )
    options.padding = _PADDINGS[padding]
    _, options.strideH, options.strideW, _ = node.integers("strides")


def _after_window(
    node: GraphNode,
    shape: Shape,
    options: Any,  # noqa: ANN401 - the schema has no types
    taps: Sequence[int],
    channels: int,
) -> Shape:
    """Return the shape of what a convolution or pool makes of a shape."""
    sizes = []
    steps = (options.strideH, options.strideW)
    for length, step, count, apart in zip(shape[1:3], steps, taps, _dilations(node), strict=True):
        seen = 1 if options.padding == schema.Padding.SAME else 1 + (count - 1) * apart
        sizes.append((length - seen) // step + 1)
    return (shape[0], *sizes, channels)


def _dilations(node: GraphNode) -> tuple[int, int]:
    """Return the distances of a convolution's taps: of rows, of columns.

    The files of BodyPix with an output stride of 8 have them as (rows, columns, 1, 1), not as (1,
    rows, columns, 1). TensorFlow.js takes the second and third of either, hence of these the
    columns' for rows, and none for columns; TensorFlow refuses them.
    """
    first, second, third, _ = node.integers("dilations") or (1, 1, 1, 1)
    return (second, third) if first == 1 else (first, second)
