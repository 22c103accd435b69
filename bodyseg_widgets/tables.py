"""What all tables share: importing pandas, and saving files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.extras import needed_for
from bodyseg_widgets.files import given_path, written_whole

if TYPE_CHECKING:
    import os
    from pathlib import Path
    from types import ModuleType

    import pandas as pd

__all__ = ["import_pandas", "save_table"]


def import_pandas(purpose: str) -> ModuleType:
    """Import pandas, which is slow to import and may not be installed.

    Parameters
    ----------
    purpose : str
        What needs it, as the start of a sentence, for example ``"A table of poses"``.

    Raises
    ------
    MissingDependencyError
        pandas is not installed.
    """
    with needed_for(purpose):
        import pandas  # noqa: ICN001, PLC0415 - an extra, and slow to import
    return pandas  # type: ignore[no-any-return]  # pandas has no type information


def save_table(
    table: pd.DataFrame, path: str | os.PathLike[str], *, content: str, overwrite: bool = False
) -> Path:
    """Save a table as CSV or Parquet, without its index.

    Parameters
    ----------
    table : pandas.DataFrame
        The table.
    path : str or os.PathLike
        Where to save it; ends in ``.csv`` or ``.parquet``.
    content : str
        What the table contains, as the start of a sentence, for example ``"Poses"``.
    overwrite : bool
        Whether to replace an existing file.

    Returns
    -------
    pathlib.Path
        `path`, as an absolute one.

    Raises
    ------
    InvalidOptionError
        `path` has a different ending, or its folder does not exist or cannot be written to.
    ExistingFileError
        `path` exists and `overwrite` is False.
    UnwritableFileError
        It cannot be written, for example because the disk is full.
    MissingDependencyError
        pyarrow, which writes Parquet, is not installed.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> from bodyseg_widgets.tables import save_table
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save_table(pd.DataFrame({"a": [1]}), folder + "/a.csv", content="Numbers")
    ...     path.read_text().split()
    ['a', '1']
    """
    path = given_path(path, refusal=InvalidOptionError)
    suffix = path.suffix.lower()
    if suffix not in {".csv", ".parquet"}:
        raise InvalidOptionError(
            f"{content} can be saved as '.csv' or '.parquet', but got the path {str(path)!r}. "
            "Use one of these extensions."
        )
    with written_whole(path, overwrite=overwrite) as part:
        if suffix == ".csv":
            table.to_csv(part, index=False)
        else:
            with needed_for(f"Saving {content[0].lower()}{content[1:]} as Parquet"):
                import pyarrow  # noqa: F401, ICN001, PLC0415 - an extra, and slow to import
            table.to_parquet(part, index=False, engine="pyarrow")
    return path
