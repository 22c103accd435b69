"""Networks on LiteRT, the new name of TensorFlow Lite: the 'tensorflow' runtime."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bodyseg_widgets.errors import (
    DisposedError,
    InvalidOptionError,
    ModelFileError,
)
from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.runtimes.native_log import without_native_log

if TYPE_CHECKING:
    from collections.abc import Callable

with needed_for("runtime='tensorflow'"):
    from ai_edge_litert.interpreter import Interpreter

__all__ = ["DEFAULT_THREADS", "LiteRTNetwork", "Tensor"]

Tensor: TypeAlias = NDArray[np.float32]

DEFAULT_THREADS = min(2, os.cpu_count() or 1)
"""Measured with benchmarks/selfie.py: a second thread saves a quarter of the time of a selfie
frame."""


class LiteRTNetwork:
    """One .tflite network with one float32 input, ready to run.

    Safe to use from several threads: an interpreter has one set of tensors, so a lock admits one
    call at a time. LiteRT releases the GIL while it runs.

    Parameters
    ----------
    model : bytes
        The content of a .tflite file.
    num_threads : int or None, optional
        Threads for one run, at least 1; None uses `DEFAULT_THREADS`.

    Raises
    ------
    InvalidOptionError
        `num_threads` is not an integer of at least 1.
    ModelFileError
        The bytes are not a .tflite network that LiteRT can run.

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
        threads = _threads(num_threads)
        try:
            with without_native_log():
                interpreter: Any = Interpreter(model_content=model, num_threads=threads)
                interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise ModelFileError(
                f"LiteRT cannot run this model of {len(model)} bytes: {error} "
                "Expect the content of a .tflite file."
            ) from error
        self._lock = threading.Lock()
        self._interpreter: Any = interpreter
        (details,) = interpreter.get_input_details()
        self._input_index = int(details["index"])
        self._output_indices = [int(each["index"]) for each in interpreter.get_output_details()]

    def run(self, write_input: Callable[[Tensor], None]) -> tuple[Tensor, ...]:
        """Run the network once.

        Parameters
        ----------
        write_input : callable
            Receives the input tensor, ``float32`` of the model's own shape, and fills it in place;
            it must not keep a reference.

        Returns
        -------
        tuple of numpy.ndarray
            The outputs in the model's order, ``float32``, copied.

        Raises
        ------
        DisposedError
            The network was disposed.
        """
        with self._lock:
            if self._interpreter is None:
                raise DisposedError("It was used after dispose(). Create a new one.")
            write_input(self._interpreter.tensor(self._input_index)())
            self._interpreter.invoke()
            return tuple(self._interpreter.get_tensor(index) for index in self._output_indices)

    def dispose(self) -> None:
        """Free the network and its threads, after any running call. Idempotent."""
        with self._lock:
            self._interpreter = None


def _threads(num_threads: object) -> int:
    if num_threads is None:
        return DEFAULT_THREADS
    if type(num_threads) is not int or num_threads < 1:
        raise InvalidOptionError(
            f"Expect num_threads to be an integer of at least 1, or None for {DEFAULT_THREADS}, "
            f"but got {num_threads!r}."
        )
    return num_threads
