"""What BodyPix takes besides its network: ``python benchmarks/bodypix.py FOLDER``.

FOLDER has the weights, as for `add_weights`, and in ``reference/inputs`` the pictures of one person
and of three. Each is measured as a 640x480 frame at medium resolution, on one thread and on two,
and the network beside it on the same input, frame by frame, so that other load on the
machine affects both; the ratio of their medians counts, not the milliseconds. Where TensorFlow is
installed, its compiled function of the same network is a third competitor.
"""

from __future__ import annotations

import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from bodyseg_widgets import add_weights, create_segmenter
from bodyseg_widgets.models import BodyPixVariant, find_weights
from bodyseg_widgets.runtimes.graph import read_graph
from bodyseg_widgets.segmentation.bodypix.layout import layout_of
from bodyseg_widgets.segmentation.bodypix.network import BodyPixNetwork

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from bodyseg_widgets.runtimes.graph import Graph
    from bodyseg_widgets.segmentation.bodypix.network import Outputs

WIDTH, HEIGHT = 640, 480
VARIANT = BodyPixVariant(quant_bytes=2)
THREADS = (1, 2)
WARM_UP_FRAMES = 10
FRAMES = 200
GOALS = {"portrait": 0.25, "three_people": 0.40}
"""The highest acceptable shares of everything but the network: of people in one mask, and of three
with a mask each and body parts."""


def main(folder: Path) -> None:
    """Print every figure."""
    add_weights(folder)
    for threads in THREADS:
        print(f"\n{threads} thread{'s'[: threads - 1]}: ms per frame, medians of {FRAMES}")
        for name, goal in GOALS.items():
            image = picture(folder, name)
            measure(name, image, threads, goal)
    against_tensorflow(picture(folder, "portrait"))


def picture(folder: Path, name: str) -> NDArray[np.uint8]:
    """Return one of the pictures as a frame."""
    file = folder / "reference" / "inputs" / f"{name}.png"
    return np.asarray(Image.open(file).convert("RGB").resize((WIDTH, HEIGHT)))


def measure(name: str, image: NDArray[np.uint8], threads: int, goal: float) -> None:
    """Print how much of the time of a frame is not the network's."""
    several = name == "three_people"
    network = BodyPixNetwork(find_weights(VARIANT), VARIANT, num_threads=threads)
    fitted = layout_of((HEIGHT, WIDTH), 0.5, VARIANT.output_stride).fit(image)
    with create_segmenter("BodyPix", quant_bytes=2, num_threads=threads) as segmenter:
        people = segmenter.segment_people(image, multi_segmentation=True)
        whole = partial(
            segmenter.segment_people,
            image,
            multi_segmentation=several,
            segment_body_parts=several,
        )
        times = medians({"whole": whole, "network": partial(network.run, fitted)})
    network.dispose()
    share = 1 - times["network"] / times["whole"]
    print(
        f"  {name:<14} {len(people)} found: {times['whole']:6.2f}, network "
        f"{times['network']:6.2f}, the rest {share:.0%}; goal at most {goal:.0%}: "
        f"{'met' if share <= goal else 'MISSED'}"
    )


def against_tensorflow(image: NDArray[np.uint8]) -> None:
    """Print how long the network takes on LiteRT and as a compiled function of TensorFlow."""
    try:
        compiled = compiled_by_tensorflow(read_graph(find_weights(VARIANT)))
    except ModuleNotFoundError:
        print("\nTensorFlow is not installed.")
        return
    fitted = layout_of((HEIGHT, WIDTH), 0.5, VARIANT.output_stride).fit(image)
    network = BodyPixNetwork(find_weights(VARIANT), VARIANT, num_threads=2)
    times = medians({"LiteRT": lambda: network.run(fitted), "TensorFlow": lambda: compiled(fitted)})
    network.dispose()
    print("\nThe network alone, 2 threads")
    for name, median in times.items():
        print(f"  {name:<12} {median:6.2f} {median / times['TensorFlow']:6.2f}")


def compiled_by_tensorflow(graph: Graph) -> Callable[[NDArray[np.uint8]], list[Outputs]]:
    """Return the graph as a function of TensorFlow, compiled for the input's size."""
    import tensorflow as tf  # noqa: PLC0415 - only where it is installed

    tf.config.threading.set_intra_op_parallelism_threads(2)

    @tf.function
    def run(image: object) -> list[object]:
        results: dict[str, object] = {}
        for node in graph.nodes.values():
            inputs = [results[each] for each in node.inputs]
            match node.op:
                case "Placeholder":
                    results[node.name] = image
                case "Const":
                    results[node.name] = tf.constant(graph.weights[node.name])
                case "Conv2D":
                    results[node.name] = tf.nn.conv2d(
                        *inputs, node.integers("strides"), node.text("padding")
                    )
                case "DepthwiseConv2dNative":
                    results[node.name] = tf.nn.depthwise_conv2d(
                        *inputs, node.integers("strides"), node.text("padding")
                    )
                case other:
                    results[node.name] = getattr(tf.raw_ops, other)(
                        **dict(zip(_ARGUMENTS[other], inputs, strict=True))
                    )
        used = {each for node in graph.nodes.values() for each in node.inputs}
        return [result for name, result in results.items() if name not in used]

    return lambda image: [
        each.numpy() for each in run(tf.constant(image[None] / np.float32(127.5) - 1))
    ]


_ARGUMENTS = {
    "BiasAdd": ("value", "bias"),
    "Relu6": ("features",),
    "Minimum": ("x", "y"),
    "Maximum": ("x", "y"),
}


def medians(functions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Return each function's median in milliseconds, taking turns."""
    times: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(WARM_UP_FRAMES + FRAMES):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            times[name].append((time.perf_counter() - start) * 1e3)
    return {name: statistics.median(each[WARM_UP_FRAMES:]) for name, each in times.items()}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
