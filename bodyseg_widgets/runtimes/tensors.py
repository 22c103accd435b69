"""What networks take and return, whatever runs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from bodyseg_widgets.errors import ModelFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["Network", "TensorSpec", "only_input"]


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """One input or output of a network.

    Attributes
    ----------
    name : str
        Its name in the file.
    shape : tuple of int or None
        Its axes; None where any length will do.
    dtype : str
        NumPy's name of its type.
    scale : float
        Of quantized values: a value ``q`` stands for ``scale * (q - zero_point)``. 0 if they are
        not quantized.
    zero_point : int
        See `scale`.

    Examples
    --------
    >>> from bodyseg_widgets.runtimes.tensors import TensorSpec
    >>> str(TensorSpec("image", (None, 3, 256, 256), "float32"))
    "'image' (?, 3, 256, 256) float32"
    """

    name: str
    shape: tuple[int | None, ...]
    dtype: str
    scale: float = 0.0
    zero_point: int = 0

    def __str__(self) -> str:
        """Write it as messages do."""
        axes = ", ".join("?" if axis is None else str(axis) for axis in self.shape)
        return f"{self.name!r} ({axes}) {self.dtype}"


class Network(Protocol):
    """A network with one input.

    Safe to use from several threads: calls wait for each other.
    """

    @property
    def input(self) -> TensorSpec:
        """What it takes."""

    @property
    def outputs(self) -> Sequence[TensorSpec]:
        """What it returns."""

    def resize(self, shape: tuple[int, ...]) -> None:
        """Choose the shape of its input."""

    def run(self, write_input: Callable[[NDArray[Any]], None], /) -> Sequence[NDArray[Any]]:
        """Run it once, after `write_input` has filled the input in place."""

    def dispose(self) -> None:
        """Free it and its threads."""


def only_input(inputs: Sequence[TensorSpec]) -> TensorSpec:
    """Return the one input of a network.

    Raises
    ------
    ModelFileError
        It has none, or several.

    Examples
    --------
    >>> from bodyseg_widgets.runtimes.tensors import TensorSpec, only_input
    >>> only_input([TensorSpec("image", (1, 256, 256, 3), "float32")]).name
    'image'
    """
    if len(inputs) == 1:
        return inputs[0]
    listed = ", ".join(map(str, inputs)) or "none"
    raise ModelFileError(
        f"The network takes {len(inputs)} inputs, {listed}, but expect one: an image. Wrap it in a "
        "function that provides the others: add_model(name, function)."
    )
