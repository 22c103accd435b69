"""Networks on ONNX Runtime: models of one's own in .onnx files."""

from __future__ import annotations

import re
import threading
from importlib import import_module, metadata
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.errors import (
    DisposedError,
    IncompatibleDependencyError,
    ModelFileError,
)
from bodyseg_widgets.extras import missing, needed_for
from bodyseg_widgets.runtimes.tensors import TensorSpec, only_input
from bodyseg_widgets.runtimes.threads import checked_threads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["OnnxNetwork", "check_onnxruntime"]

_PURPOSE = "A model in an .onnx file"
_QUIET = ((1, 24), (1, 28))
"""The first and the last version that were checked: they read weights from the model's folder only,
and those from 1.29 on contain libcurl and a client of Microsoft's telemetry service."""

_NOTHING_LOGGED = 4
"""Only what ends the process. All else is raised, too."""

_TYPES = {"float": "float32", "double": "float64"}
"""ONNX Runtime's names of types that differ from NumPy's."""

_PREFIX = re.compile(r"^\[ONNXRuntimeError\] : \d+ : \w+ : ")


def check_onnxruntime() -> None:
    """Raise an error unless a version of ONNX Runtime is installed that sends nothing to anyone.

    Raises
    ------
    MissingDependencyError
        onnxruntime is not installed.
    IncompatibleDependencyError
        The installed version can report usage over the network (1.29 and later), or has not been
        checked.
    """
    try:
        version = metadata.version("onnxruntime")
    except metadata.PackageNotFoundError as error:
        raise missing("onnxruntime", _PURPOSE) from error
    release = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    first, last = _QUIET
    if not first <= release <= last:
        raise IncompatibleDependencyError(
            f"onnxruntime {version} is installed, but expect {_written(first)} to "
            f"{_written(last)}: later releases contain an HTTP client and can report usage, which "
            'a camera tool must not. Install it with: pip install "bodyseg-widgets[onnx]"'
        )


def _written(release: tuple[int, ...]) -> str:
    return ".".join(map(str, release))


class OnnxNetwork:
    """One .onnx network with one input, on the processor. See :class:`.Network`.

    Parameters
    ----------
    model : bytes
        The content of an .onnx file.
    folder : Path
        Where the file is. Those of its weights that are in files of their own must be there, too.
    num_threads : int or None, optional
        Threads for one run, at least 1; None uses the measured optimum, see :mod:`.threads`.

    Raises
    ------
    MissingDependencyError, IncompatibleDependencyError
        See :func:`check_onnxruntime`.
    InvalidOptionError
        `num_threads` is not an integer of at least 1.
    ModelFileError
        The bytes are not a network that ONNX Runtime can run, or it has not one input.
    """

    def __init__(self, model: bytes, *, folder: Path, num_threads: int | None = None) -> None:
        check_onnxruntime()
        with needed_for(_PURPOSE):
            onnxruntime: Any = import_module("onnxruntime")
        # On Windows, the system collects what it notes.
        onnxruntime.disable_telemetry_events()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = checked_threads(num_threads)
        options.inter_op_num_threads = 1
        options.log_severity_level = _NOTHING_LOGGED
        # Its threads would otherwise keep a core busy while they wait for the next frame.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(folder)
        )
        try:
            session: Any = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:  # its errors have no base of their own
            raise ModelFileError(
                f"ONNX Runtime cannot run this model of {len(model)} bytes: {_said(error)} Expect "
                "the content of an .onnx file."
            ) from error
        self._lock = threading.Lock()
        self._session: Any = session
        self._input = only_input([_spec(each) for each in session.get_inputs()])
        self._outputs = tuple(_spec(each) for each in session.get_outputs())
        self._metadata: dict[str, str] = {**session.get_modelmeta().custom_metadata_map}
        self._tensor: NDArray[Any] | None = None
        if None not in self._input.shape:
            self.resize(tuple(axis or 0 for axis in self._input.shape))

    @property
    def input(self) -> TensorSpec:
        """What it takes."""
        return self._input

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        """What it returns."""
        return self._outputs

    @property
    def metadata(self) -> Mapping[str, str]:
        """The file's ``metadata_props``."""
        return self._metadata

    def resize(self, shape: tuple[int, ...]) -> None:
        """Choose the shape of its input; a shape that it cannot have is noticed by `run`."""
        with self._lock:
            self._tensor = np.zeros(shape, self._input.dtype)

    def run(self, write_input: Callable[[NDArray[Any]], None]) -> tuple[NDArray[Any], ...]:
        """Run the network once.

        Parameters
        ----------
        write_input : callable
            Receives the input tensor and fills it in place; it must not keep a reference.

        Returns
        -------
        tuple of numpy.ndarray
            The outputs in the model's order, of the model's own types.

        Raises
        ------
        DisposedError
            The network was disposed.
        ModelFileError
            ONNX Runtime reports an error.
        """
        with self._lock:
            if self._session is None or self._tensor is None:
                raise DisposedError("It was used after dispose(). Create a new one.")
            write_input(self._tensor)
            try:
                outputs = self._session.run(None, {self._input.name: self._tensor})
            except Exception as error:  # as above
                raise ModelFileError(
                    f"ONNX Runtime cannot run this model on an input of {self._tensor.shape}: "
                    f"{_said(error)}"
                ) from error
            return tuple(outputs)

    def dispose(self) -> None:
        """Free the network and its threads, after any running call. Idempotent."""
        with self._lock:
            self._session = self._tensor = None


def _said(error: Exception) -> str:
    """Return what is said for people, on one line."""
    text = " ".join(_PREFIX.sub("", str(error)).split())
    return text if text.endswith(".") else f"{text}."


def _spec(described: Any) -> TensorSpec:  # noqa: ANN401 - onnxruntime has no types
    kind = re.fullmatch(r"tensor\((\w+)\)", described.type)
    name = kind[1] if kind else described.type
    # An axis of any length has a name, or none.
    shape = tuple(axis if isinstance(axis, int) else None for axis in described.shape or ())
    return TensorSpec(described.name, shape, _TYPES.get(name, name))
