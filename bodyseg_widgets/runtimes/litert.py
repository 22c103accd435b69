"""Networks on LiteRT, the new name of TensorFlow Lite: the 'tensorflow' runtime."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bodyseg_widgets.errors import (
    BodySegError,
    DisposedError,
    ModelFileError,
)
from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.runtimes.native_log import without_native_log
from bodyseg_widgets.runtimes.tensors import TensorSpec, only_input
from bodyseg_widgets.runtimes.threads import checked_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

with needed_for("runtime='tensorflow'"):
    from ai_edge_litert.interpreter import Interpreter

__all__ = ["LiteRTNetwork", "Tensor"]

Tensor: TypeAlias = NDArray[np.float32]


class LiteRTNetwork:
    """One .tflite network with one input, ready to run unless its input has axes of any length.

    Safe to use from several threads: an interpreter has one set of tensors, so a lock admits one
    call at a time. LiteRT releases the GIL while it runs.

    Parameters
    ----------
    model : bytes
        The content of a .tflite file.
    num_threads : int or None, optional
        Threads for one run, at least 1; None uses the measured optimum, see :mod:`.threads`.

    Raises
    ------
    InvalidOptionError
        `num_threads` is not an integer of at least 1.
    ModelFileError
        The bytes are not a .tflite network that LiteRT can run, or it has not one input.

    Examples
    --------
    >>> from bodyseg_widgets.models import read_model
    >>> from bodyseg_widgets.runtimes.litert import LiteRTNetwork
    >>> network = LiteRTNetwork(read_model("selfie_general"))
    >>> (probability,) = network.run(lambda tensor: tensor.fill(1.0))
    >>> probability.shape
    (1, 256, 256, 1)
    >>> network.dispose()
    """

    def __init__(self, model: bytes, *, num_threads: int | None = None) -> None:
        threads = checked_threads(num_threads)
        self._lock = threading.Lock()
        with _explained(len(model)), without_native_log():
            interpreter: Any = Interpreter(model_content=model, num_threads=threads)
            inputs, outputs = interpreter.get_input_details(), interpreter.get_output_details()
            self._interpreter: Any = interpreter
            self._size = len(model)
            self._input = only_input([_spec(each) for each in inputs])
            self._outputs = tuple(_spec(each) for each in outputs)
            self._input_index = int(inputs[0]["index"])
            self._output_indices = [int(each["index"]) for each in outputs]
            if None not in self._input.shape:
                interpreter.allocate_tensors()

    @property
    def input(self) -> TensorSpec:
        """What it takes."""
        return self._input

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What it returns."""
        return self._outputs

    def resize(self, shape: tuple[int, ...]) -> None:
        """Choose the shape of its input.

        Raises
        ------
        DisposedError
            The network was disposed.
        ModelFileError
            It cannot have that shape.
        """
        with self._lock, _explained(self._size), without_native_log():
            interpreter = self._undisposed()
            interpreter.resize_tensor_input(self._input_index, shape)
            interpreter.allocate_tensors()

    def run(self, write_input: Callable[[Tensor], None]) -> tuple[Tensor, ...]:
        """Run the network once.

        Parameters
        ----------
        write_input : callable
            Receives the input tensor, of the model's own shape and type, ``float32`` unless it is
            quantized, and fills it in place; it must not keep a reference.

        Returns
        -------
        tuple of numpy.ndarray
            The outputs in the model's order, of the model's own types, copied.

        Raises
        ------
        DisposedError
            The network was disposed.
        ModelFileError
            LiteRT reports an error.
        """
        with self._lock:
            interpreter = self._undisposed()
            write_input(interpreter.tensor(self._input_index)())
            with _explained(self._size):
                interpreter.invoke()
            return tuple(interpreter.get_tensor(index) for index in self._output_indices)

    def dispose(self) -> None:
        """Free the network and its threads, after any running call. Idempotent."""
        with self._lock:
            self._interpreter = None

    def _undisposed(self) -> Any:  # noqa: ANN401 - LiteRT has no types
        if self._interpreter is None:
            raise DisposedError("It was used after dispose(). Create a new one.")
        return self._interpreter


@contextmanager
def _explained(size: int) -> Iterator[None]:
    try:
        yield
    except (ValueError, RuntimeError) as error:
        if isinstance(error, BodySegError):
            raise
        raise ModelFileError(
            f"LiteRT cannot run this model of {size} bytes: {error} "
            "Expect the content of a .tflite file."
        ) from error


def _spec(details: dict[str, Any]) -> TensorSpec:
    # Of an axis of any length, the shape is 1 and the signature -1.
    signature = details["shape_signature"]
    axes = signature if len(signature) else details["shape"]
    scale, zero_point = details["quantization"]
    return TensorSpec(
        details["name"],
        tuple(None if axis < 0 else int(axis) for axis in axes),
        np.dtype(details["dtype"]).name,
        float(scale),
        int(zero_point),
    )
