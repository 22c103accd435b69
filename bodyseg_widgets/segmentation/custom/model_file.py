"""A model file: which kind it is, what is in it, and whether it is still the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from bodyseg_widgets.arguments import in_short
from bodyseg_widgets.errors import InvalidOptionError, ModelFileError, reason
from bodyseg_widgets.files import existing_file, given_path
from bodyseg_widgets.segmentation.custom.hints import hints_of_onnx

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from bodyseg_widgets.runtimes.tensors import Network
    from bodyseg_widgets.segmentation.custom.hints import Hints

__all__ = ["CustomFile", "FileRuntime"]

FileRuntime = Literal["tensorflow", "onnx"]

_RUNTIMES: Final[dict[str, FileRuntime]] = {".tflite": "tensorflow", ".onnx": "onnx"}

_KERAS = (
    "A Keras model goes into a function, see the guide's 'Models of your own', or into a .tflite "
    "file by tf.lite.TFLiteConverter."
)
_TORCH = (
    "A PyTorch module goes into a function, see the guide's 'Models of your own', or into an .onnx "
    "file by torch.onnx.export."
)
_ADVICE: Final[dict[str, str]] = {
    ".keras": _KERAS,
    ".h5": _KERAS,
    ".hdf5": _KERAS,
    ".pb": _KERAS,
    ".pt": _TORCH,
    ".pth": _TORCH,
    ".ckpt": _TORCH,
    ".safetensors": _TORCH,
    ".task": "A .task file is a ZIP archive with the .tflite file in it: unpack it.",
}
_TFLITE, _TFLITE_AT = b"TFL3", slice(4, 8)


@dataclass(frozen=True, slots=True)
class CustomFile:
    """A model file of the user's, as it was when it was found.

    Attributes
    ----------
    path : Path
        Where it is.
    runtime : {'tensorflow', 'onnx'}
        What runs it.
    sha256 : str
        SHA-256 of what is in it, as 64 hexadecimal digits.
    """

    path: Path
    runtime: FileRuntime
    sha256: str

    @classmethod
    def find(cls, path: str | os.PathLike[str]) -> Self:
        """Find a model file.

        Raises
        ------
        InvalidOptionError
            Files of that kind are not read; the message says what to do with them.
        ModelFileError
            There is no such file, or it cannot be read.
        """
        named = given_path(path, refusal=ModelFileError)
        runtime = _RUNTIMES.get(named.suffix.lower())
        if runtime is None:
            advice = _ADVICE.get(named.suffix.lower(), "")
            raise InvalidOptionError(
                "A model's file must end in '.tflite' or '.onnx', but got "
                f"{in_short(named.name)}.{f' {advice}' if advice else ''}"
            )
        file = existing_file(path, refusal=ModelFileError)
        try:
            with file.open("rb") as opened:
                return cls(file, runtime, hashlib.file_digest(opened, "sha256").hexdigest())
        except OSError as error:
            raise ModelFileError(
                f"The model's file {str(file)!r} cannot be read: {reason(error)}. Copy it again."
            ) from error

    def read(self) -> bytes:
        """Return what is in it.

        Raises
        ------
        ModelFileError
            It cannot be read, has been changed, or is of another kind than its name says.
        """
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ModelFileError(
                f"The model's file {str(self.path)!r} cannot be read any more: {reason(error)}. "
                "Put it back, or call add_model with another one."
            ) from error
        if hashlib.sha256(data).hexdigest() != self.sha256:
            raise ModelFileError(
                f"The model's file {str(self.path)!r} was changed after add_model had read it, or "
                "it was registered. Add it again, so that results of the two are not mixed up."
            )
        is_tflite = data[_TFLITE_AT] == _TFLITE
        if is_tflite != (self.runtime == "tensorflow"):
            kind = (
                "is a TensorFlow Lite model: name it '.tflite'."
                if is_tflite
                else (
                    "is no TensorFlow Lite model: it does not begin like one. Was it copied whole?"
                )
            )
            raise ModelFileError(f"{self.path.name!r} {kind}")
        return data

    def load(self, data: bytes, *, num_threads: int | None) -> tuple[Network, Hints]:
        """Load the network of what `read` returned, and what the file says of it.

        Raises
        ------
        MissingDependencyError, IncompatibleDependencyError
            The runtime's package is not installed, or in another version.
        ModelFileError
            The runtime cannot run it.
        """
        network: Any
        if self.runtime == "tensorflow":
            from bodyseg_widgets.runtimes.litert import LiteRTNetwork  # noqa: PLC0415 - lazy
            from bodyseg_widgets.segmentation.custom.tflite_hints import (  # noqa: PLC0415 - lazy
                hints_of_tflite,
            )

            network = LiteRTNetwork(data, num_threads=num_threads)
            return network, hints_of_tflite(data)
        from bodyseg_widgets.runtimes.onnx import OnnxNetwork  # noqa: PLC0415 - lazy

        network = OnnxNetwork(data, folder=self.path.parent, num_threads=num_threads)
        return network, hints_of_onnx(network.metadata)
