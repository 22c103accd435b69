"""What a source opens in the kernel, and what is left of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.streaming.sources import ImageIterator
from bodyseg_widgets.widgets.source import kernel_sources as module
from bodyseg_widgets.widgets.source.kernel_sources import GivenImages, KernelSources
from bodyseg_widgets.widgets.source.playback import OpenRequest
from bodyseg_widgets.widgets.transport.limits import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

IMAGE = np.zeros((4, 6, 3), np.uint8)


def open_request(source: str, path: str = "") -> OpenRequest:
    return OpenRequest(
        progress=lambda _text, _share: None,
        cancelled=lambda: False,
        source=source,
        path=path,
        device=0,
        width=640,
        height=480,
        frame_rate=30,
    )


@pytest.fixture
def folders(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The folders that files were fetched to."""
    folders: list[Path] = []

    def fetch(_url: str, folder: Path, **_: Callable[..., object]) -> Path:
        folders.append(folder)
        file = folder / "pictures.npy"
        file.touch()
        return file

    monkeypatch.setattr(module, "fetch", fetch)
    monkeypatch.setattr(module, "open_source", lambda *_, **__: ImageIterator([IMAGE]))
    return folders


def test_only_the_file_that_was_fetched_last_is_kept_and_none_once_closed(
    folders: list[Path],
) -> None:
    sources = KernelSources(None)
    for _ in range(2):
        sources.open(open_request("file", "https://example.org/clip.mp4"))
    assert [folder.exists() for folder in folders] == [False, True]
    sources.close()
    assert not folders[-1].exists()
    with pytest.raises(SourceError, match="was closed"):
        sources.open(open_request("file", "https://example.org/clip.mp4"))


def test_an_iterator_goes_on_where_it_was_stopped() -> None:
    sources = KernelSources(GivenImages(iter([IMAGE, IMAGE + 1, IMAGE + 2])))
    levels = []
    for _ in range(2):
        source = sources.open(open_request("python"))
        picture = source.read()
        assert picture is not None
        levels.append(int(picture.image[0, 0, 0]))
        source.close()
    assert levels == [0, 1]


@pytest.mark.parametrize(
    ("given", "source", "label"),
    [
        (Path("clip.mp4"), "file", "Python frames"),
        ([IMAGE], "python", "Python frames"),
        (ImageIterator([IMAGE], label="Mine"), "python", "Mine"),
    ],
)
def test_what_python_gives_is_a_file_or_its_own_images(
    given: Path | list[object] | ImageIterator, source: str, label: str
) -> None:
    images = GivenImages(given)
    assert (images.source, images.label) == (source, label)


def test_the_kernels_camera_goes_off_where_no_page_asks_for_its_images(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened: dict[str, object] = {}
    monkeypatch.setattr(module, "KernelCamera", lambda _, **options: opened.update(options))
    KernelSources(None).open(open_request("kernel camera"))
    assert opened["patience"] == PATIENCE_SECONDS
