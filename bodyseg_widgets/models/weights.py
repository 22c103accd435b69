"""Weights that are not part of this package: found on this computer, downloaded only on request."""

from __future__ import annotations

import hashlib
import os
import re
import threading
import urllib.parse
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.downloads import DownloadError, fetch_known
from bodyseg_widgets.errors import MissingWeightsError, ModelFileError, reason
from bodyseg_widgets.files import given_path, without_credentials
from bodyseg_widgets.models.bodypix_variant import BodyPixVariant
from bodyseg_widgets.models.graph_model import shards_of
from bodyseg_widgets.models.weights_catalog import (
    OFFICIAL_ADDRESS,
    WEIGHTS_LICENSE,
    WeightsFile,
    known_files,
    rough_size,
)
from bodyseg_widgets.models.weights_folders import fetched_folder, new_weights, own_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bodyseg_widgets.models.bodypix_variant import BodyPixArchitecture

__all__ = ["available_variants", "fetch_weights", "find_weights"]

# Variants share shards, so that two downloads in this process may be of the same file.
_one_at_a_time = threading.Lock()
_SECONDS_BETWEEN_LOOKS: Final = 0.1

_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)
_KNOWN_ONES: Final = (
    "architecture='MobileNetV1' and output_stride=8 or 16, with multiplier=0.5 or 0.75 and "
    "quant_bytes=2, or with multiplier=0.5 and quant_bytes=4"
)


def find_weights(
    variant: BodyPixVariant,
    model_url: str | os.PathLike[str] | None = None,
    *,
    folders: Sequence[Path] = (),
) -> Path:
    """Return a variant's weights on this computer, whole and checked. Nothing is downloaded.

    Parameters
    ----------
    variant : BodyPixVariant
        Which ones.
    model_url : str or os.PathLike, optional
        A model file of one's own, or the folder that it is in; its hash is not checked. Or a URL
        that begins with ``http://`` or ``https://``: another place to download the variant's
        official weights from.
    folders : sequence of Path, optional
        Further folders to look into, after those that were added in this process.

    Returns
    -------
    Path
        The ``model….json``; its shards are beside it.

    Raises
    ------
    MissingWeightsError
        They are not there; the message says what would be downloaded, from where, how large it is,
        and how.
    ModelFileError
        They are damaged: not a graph model, a shard is missing, has another size or is in another
        folder, or a hash is wrong.

    Examples
    --------
    >>> from bodyseg_widgets.models import BodyPixVariant, find_weights
    >>> find_weights(BodyPixVariant(quant_bytes=2), "/no/model.json")
    Traceback (most recent call last):
    bodyseg_widgets.errors.ModelFileError: The model '/no/model.json' cannot be read: No such file \
or directory. Check its path and its permissions.
    """
    if variant.quant_bytes == 1:
        _warn_of_poor_masks()
    if model_url is not None and not _is_address(model_url):
        file = given_path(model_url, refusal=ModelFileError)
        if file.is_dir():
            file /= variant.json_name
        shards_of(file)
        return file
    wanted = _Wanted(variant, None if model_url is None else os.fspath(model_url))
    if model_url is not None and not wanted.files:
        raise wanted.missing()
    for folder in [*own_folders(), *folders]:
        file = folder / variant.path
        if file.exists():
            wanted.check(file)
            return file
    fetched = wanted.fetched
    if not fetched.exists():
        raise wanted.missing()
    try:
        wanted.check(fetched)
    except ModelFileError as error:
        raise wanted.missing(damage=error) from error
    return fetched


def available_variants() -> tuple[BodyPixVariant, ...]:
    """Return the variants whose weights are on this computer, or can be downloaded.

    Whether they are whole is checked when they are used.

    Examples
    --------
    >>> from bodyseg_widgets.models import BodyPixVariant, available_variants
    >>> BodyPixVariant(quant_bytes=2) in available_variants()
    True
    """
    try:
        folders = own_folders()
    except ModelFileError:
        # Said where the weights are used.
        folders = []
    folders.append(fetched_folder())
    return tuple(
        variant
        for variant in BodyPixVariant.all()
        if known_files(variant) or any((folder / variant.path).exists() for folder in folders)
    )


@named_arguments
def fetch_weights(
    architecture: BodyPixArchitecture = "MobileNetV1",
    *,
    output_stride: int = 16,
    multiplier: float | None = None,
    quant_bytes: int = 4,
    model_url: str | None = None,
) -> Path:
    """Download the weights of a BodyPix network, with a progress bar, unless they are there.

    They go to the cache folder of this user, where `create_segmenter` and streams find them. Only
    weights whose hash this package knows are downloaded: of ``"MobileNetV1"`` with `output_stride`
    8 or 16, `multiplier` 0.5 or 0.75 with `quant_bytes` 2, and `multiplier` 0.5 with `quant_bytes`
    4; 1 to 3 MB. For others, see `add_weights`. A download that was interrupted goes on where it
    ended.

    Parameters
    ----------
    architecture, output_stride, multiplier, quant_bytes
        As for `create_segmenter`, with the same defaults.
    model_url : str, optional
        Another place that has the same files; its ``model….json``. Default: the official address.

    Returns
    -------
    Path
        The ``model….json``; its shards are beside it.

    Raises
    ------
    InvalidOptionError
        There is no such network.
    MissingWeightsError
        No hash of these weights is known, so they are not downloaded; the message says where they
        are.
    ModelFileError
        The download failed, or weights that are on this computer are damaged.

    Examples
    --------
    >>> from bodyseg_widgets import fetch_weights
    >>> fetch_weights(quant_bytes=2)  # doctest: +SKIP
    PosixPath('…/bodyseg_widgets/bodypix/mobilenet/quant2/075/model-stride16.json')
    """
    variant = BodyPixVariant(architecture, output_stride, multiplier, quant_bytes)
    try:
        return find_weights(variant, model_url)
    except MissingWeightsError as missing:
        if missing.fetch is None:
            raise
        from tqdm import auto  # noqa: PLC0415 - rarely needed

        with auto.tqdm(total=missing.size, desc=variant.folder, unit="B", unit_scale=True) as bar:
            missing.fetch(lambda done: bar.update(done - bar.n), lambda: False)
    return find_weights(variant, model_url)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Weights to look for.

    Attributes
    ----------
    variant : BodyPixVariant
        Which ones.
    mirror : str or None
        The URL of the user's own, in place of the official one.
    """

    variant: BodyPixVariant
    mirror: str | None

    @property
    def files(self) -> tuple[WeightsFile, ...]:
        """Those that may be downloaded; none where no hashes are known."""
        return known_files(self.variant)

    @property
    def url(self) -> str:
        """Of the JSON."""
        return self.mirror or f"{OFFICIAL_ADDRESS}/{self.variant.path}"

    @property
    def fetched(self) -> Path:
        """Where the JSON is once it was downloaded."""
        return fetched_folder() / self.variant.path

    def check(self, file: Path) -> None:
        """Raise an error unless the files are whole, and those of which hashes are known right."""
        shards_of(file)
        for each in self.files:
            path = file.with_name(each.name)
            if not _is_right(path, each):
                raise ModelFileError(
                    f"The weights beside {str(file)!r} are damaged: {path.name} differs from what "
                    "is known of it (by SHA-256). Copy or download it again."
                )

    def missing(self, *, damage: ModelFileError | None = None) -> MissingWeightsError:
        """Return the error that says what would be downloaded, or that nothing is."""
        shown = without_credentials(self.url)
        options = (
            f"{self.variant.architecture!r}, output_stride={self.variant.output_stride}, "
            f"multiplier={self.variant.multiplier:g}, quant_bytes={self.variant.quant_bytes}"
        )
        begins = (
            f"BodyPix ({options}) needs weights that are not part of this package. "
            if damage is None
            else f"{damage} "
        )
        if not self.files:
            size = rough_size(self.variant)
            where = (
                f"into 'weights/{self.variant.folder}', and call add_weights('weights')"
                if self.mirror is None
                else f"into a folder, and pass model_url='folder/{self.variant.json_name}'"
            )
            return MissingWeightsError(
                f"{begins}They are not downloaded, because no hash of them is known by which their "
                f"origin could be checked. Download {shown} and the shards that it names (about "
                f"{size / 1e6:g} MB) yourself {where}. Hashes are known for {_KNOWN_ONES}.",
                url=shown,
                size=size,
                fetch=None,
            )
        size = sum(file.size for file in self._absent())
        more = "" if self.mirror is None else f", model_url={shown!r}"
        return MissingWeightsError(
            f"{begins}fetch_weights({options}{more}) downloads them: {size / 1e6:.1f} MB "
            f"({WEIGHTS_LICENSE}) from {shown}. Without a network, copy them from elsewhere and "
            "call add_weights(folder).",
            url=shown,
            size=size,
            fetch=self._fetch,
        )

    def _absent(self) -> list[WeightsFile]:
        return [
            file for file in self.files if not _is_right(self.fetched.with_name(file.name), file)
        ]

    def _fetch(self, progress: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        with _turn(cancelled):
            self._fetch_absent(progress, cancelled)
        new_weights()

    def _fetch_absent(self, progress: Callable[[int], None], cancelled: Callable[[], bool]) -> None:
        before = 0
        for file in self._absent():
            is_graph = file.name == self.variant.json_name
            so_far = before
            try:
                fetch_known(
                    self.url if is_graph else _beside(self.url, file.name),
                    self.fetched.with_name(file.name),
                    size=file.size,
                    sha256=file.sha256,
                    progress=lambda done, so_far=so_far: progress(so_far + done),  # type: ignore[misc]
                    cancelled=cancelled,
                )
            except DownloadError as error:
                raise ModelFileError(
                    f"The weights of BodyPix were not downloaded. {error.problem} Try again, or "
                    "copy them from elsewhere and call add_weights(folder)."
                ) from error
            before += file.size


@contextmanager
def _turn(cancelled: Callable[[], bool]) -> Iterator[None]:
    """Wait for the other downloads of this process."""
    while not _one_at_a_time.acquire(timeout=_SECONDS_BETWEEN_LOOKS):
        if cancelled():
            raise ModelFileError("The download of the weights of BodyPix was canceled.")
    try:
        yield
    finally:
        _one_at_a_time.release()


@cache
def _warn_of_poor_masks() -> None:
    warnings.warn(
        "Masks of BodyPix with quant_bytes=1 are poor (intersection over union 0.62 to 0.84). Use "
        "quant_bytes=2 or 4.",
        stacklevel=3,
    )


def _is_address(model_url: str | os.PathLike[str]) -> bool:
    return isinstance(model_url, str) and _ADDRESS.match(model_url) is not None


def _beside(url: str, name: str) -> str:
    """Return the URL of a file beside another one; as in TensorFlow.js, with the same query."""
    parts = urllib.parse.urlsplit(url)
    folder = parts.path.rpartition("/")[0]
    return urllib.parse.urlunsplit(parts._replace(path=f"{folder}/{name}"))


def _is_right(path: Path, known: WeightsFile) -> bool:
    try:
        if not path.is_file() or path.stat().st_size != known.size:
            return False
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == known.sha256
    except OSError as error:
        raise ModelFileError(
            f"{str(path)!r} cannot be read: {reason(error)}. Check its permissions."
        ) from error
