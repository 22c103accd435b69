"""Samples that are files of others: downloaded on request, and checked."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.files import given_path
from bodyseg_widgets.streaming.sources import fetch

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from bodyseg_widgets.streaming.samples.catalog import RemoteSample

__all__ = ["remote_file"]


def remote_file(remote: RemoteSample, folder: str | os.PathLike[str]) -> Path:
    """Return a sample's file in a folder, downloaded if it is not there, with a progress bar.

    Parameters
    ----------
    remote : RemoteSample
        The sample.
    folder : str or os.PathLike
        Where it is kept; created if necessary.

    Raises
    ------
    SourceError
        It cannot be downloaded; the message says what, from where and how large. Or its contents
        differ from those that this package knows: it is left in place if it was there before, and
        removed if it was just downloaded.
    """
    file = given_path(folder) / remote.filename
    if file.is_file():
        if not _is_right(file, remote):
            raise SourceError(
                f"The file {str(file)!r} is not {remote.shows}: its contents are not those of "
                f"{remote.url}. Move it away, or choose another folder."
            )
        return file
    from tqdm import auto  # noqa: PLC0415 - rarely needed

    with auto.tqdm(total=remote.size, desc=remote.filename, unit="B", unit_scale=True) as bar:
        try:
            fetched = fetch(
                remote.url,
                file.parent,
                progress=lambda done, _: bar.update(done - bar.n),
                cancelled=lambda: False,
            )
        except SourceError as error:
            raise SourceError(f"Could not download {remote}. {error}") from error
    if not _is_right(fetched, remote):
        fetched.unlink()
        raise SourceError(
            f"What was downloaded is not {remote.shows}: its contents differ from what is known of "
            f"{remote.url}. Does a proxy change downloads here? Nothing was kept."
        )
    return fetched


def _is_right(file: Path, remote: RemoteSample) -> bool:
    return hashlib.sha256(file.read_bytes()).hexdigest() == remote.sha256
