"""A bar that says how far a long work is."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

__all__ = ["Bar", "progress_bar"]


class Bar(Protocol):
    """What shows how far a work is."""

    def update(self) -> object:
        """Count one more as done."""


class _NoBar:
    def update(self) -> None:
        """Count nothing."""


def progress_bar(
    total: int | None, label: str, *, unit: str, shown: bool
) -> AbstractContextManager[Bar]:
    """Return a bar, in a notebook or a terminal.

    Parameters
    ----------
    total : int or None
        How many there are, if that is known.
    label : str
        What is worked on.
    unit : str
        What is counted, in the plural.
    shown : bool
        Whether there is one to see.

    Examples
    --------
    >>> from bodyseg_widgets.progress import progress_bar
    >>> with progress_bar(2, "photos", unit="files", shown=False) as bar:
    ...     bar.update()
    """
    if not shown:
        return nullcontext(_NoBar())
    from tqdm import auto  # noqa: PLC0415 - rarely needed

    bar: AbstractContextManager[Bar] = auto.tqdm(
        total=total, desc=label, unit=f" {unit}", dynamic_ncols=True
    )
    return bar
