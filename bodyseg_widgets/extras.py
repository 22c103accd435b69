"""Optional packages, and the error if one is missing."""

from __future__ import annotations

from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.errors import MissingDependencyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["EXTRAS", "missing", "needed_for"]

EXTRAS: Final[Mapping[str, str | None]] = MappingProxyType(
    {
        "ai_edge_litert": None,
        "av": "video",
        "distributed": "cluster",
        "jupyterlab": "lab",
        "mediapipe": "mediapipe",
        "onnxruntime": "onnx",
        "pandas": "tables",
        "plotly": "lab",
        "pyarrow": "tables",
        "tensorflow": "tensorflow",
    }
)
"""The extra of bodyseg-widgets that installs a package, by import name; None if bodyseg-widgets
itself does."""


@contextmanager
def needed_for(purpose: str) -> Iterator[None]:
    """Report what to install if an import in this context fails.

    Parameters
    ----------
    purpose : str
        What needs the package, as the start of a sentence, for example ``"A live plot"``.

    Raises
    ------
    MissingDependencyError
        One of `EXTRAS` is not installed. If another package is missing, such as a dependency of an
        installed package, its own error is raised.

    Examples
    --------
    >>> from bodyseg_widgets.extras import needed_for
    >>> with needed_for("Reading video files"):
    ...     import av
    """
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name is None or error.name not in EXTRAS:
            raise
        raise missing(error.name, purpose) from error


def missing(package: str, purpose: str) -> MissingDependencyError:
    """Return the error that says how to install one of `EXTRAS`."""
    return MissingDependencyError(package, extra=EXTRAS[package], purpose=purpose)
