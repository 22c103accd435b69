"""`Explorer.to_html`: a page that stands alone. What it draws is tested in a browser."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from bodyseg_widgets import BodySegError, Compare, ExistingFileError, Explorer, Webcam, add_model
from bodyseg_widgets.segmentation import PackedLevels
from tests.unit.test_saved_pictures import GREEN, from_the_page, jpeg

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    explorer = Compare(["general", "lite"], Webcam(source="sample"), show=(), threshold=0.3)
    yield explorer
    explorer.close()


def saved(page: str) -> dict[str, Any]:
    """What the page shows, as its program reads it."""
    (found,) = re.findall(r'<script type="application/json" id="saved">(.*?)</script>', page)
    return dict(json.loads(found))


def _halves(image: np.ndarray) -> np.ndarray:
    return np.full((*image.shape[:2], 2), 0.5, np.float32)


def test_the_page_has_the_frame_and_each_models_mask_and_poses(explorer: Explorer) -> None:
    panels = saved(explorer.to_html())["panels"]
    assert [panel["name"] for panel in panels] == ["Selfie general", "BlazePose lite"]
    assert [panel["threshold"] for panel in panels] == [0.3, 0.3]
    assert [len(panel["result"]["poses"]) for panel in panels] == [0, 1]
    assert all(panel["result"]["mask"] for panel in panels)


def test_the_page_has_the_planes_of_a_model_with_classes() -> None:
    add_model("Halves", _halves, labels=["background", "hair"])
    explorer = Compare(["Halves"], Webcam(source="sample"), show=())
    release = explorer.panels[0].stream.want_class("hair")
    (panel,) = saved(explorer.to_html())["panels"]
    release()
    explorer.close()
    result = panel["result"]
    assert result["planes"] == [
        {"kind": "labels", "meaning": 1772417011},
        {"kind": "class", "value": 1},
    ]
    data = b64decode(result["packed_planes"][1])
    assert PackedLevels(data, tuple(result["shape"])).unpacked().max() == 128


def test_the_page_has_what_its_views_of_classes_need() -> None:
    add_model("Halves", _halves, labels=["background", "hair"])
    options = {"view": "heatmap", "heatmap_of": "hair", "palette": "colorblind"}
    explorer = Compare(["Halves", "general"], Webcam(source="sample"), show=(), **options)
    halves, selfie = saved(explorer.to_html())["panels"]
    explorer.close()
    assert {name: halves[name] for name in options} == options
    assert halves["classes"] == [
        {"value": 0, "name": "background"},
        {"value": 1, "name": "hair"},
    ]
    assert [each["kind"] for each in halves["result"]["planes"]] == ["labels", "class"]
    assert (selfie["classes"], selfie["result"]["planes"]) == ([], [])


def test_the_page_loads_nothing_and_forbids_it(explorer: Explorer) -> None:
    page = explorer.to_html()
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert re.findall(r"https?://|\bsrc=|<link|@import|url\(", page) == []


def test_the_page_is_small(explorer: Explorer) -> None:
    assert len(explorer.to_html()) < 200_000


def test_a_name_cannot_break_out_of_the_page() -> None:
    name = "</script><script>alert(1)</script>"
    add_model(name, lambda image: image.mean(axis=2) / 255)
    explorer = Compare([name], Webcam(source="sample"), show=())
    page = explorer.to_html()
    explorer.close()
    assert "<script>alert" not in page
    assert saved(page)["panels"][0]["name"] == name


def test_the_page_is_written_whole_and_replaces_nothing(
    explorer: Explorer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "lesson.html"
    assert explorer.to_html(path) == path
    assert path.read_text("utf-8").endswith("</html>\n")
    with pytest.raises(ExistingFileError):
        explorer.to_html(path)
    before = path.read_bytes()

    def fail(file: Path, *_: object) -> int:
        file.write_bytes(b"<!doctype")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_text", fail)
        with pytest.raises(BodySegError, match="No space left"):
            explorer.to_html(path, overwrite=True)
    assert path.read_bytes() == before
    assert [*tmp_path.iterdir()] == [path]


def test_of_a_camera_it_is_what_is_seen_because_the_page_was_asked_for() -> None:
    explorer = Explorer()
    with pytest.raises(BodySegError, match=r"no picture to save yet.*Press Start"):
        explorer.to_html()
    from_the_page(explorer, 1, GREEN)
    page = saved(explorer.to_html())
    explorer.close()
    assert len(page["frame"]) < len(jpeg(GREEN)) * 2
    assert page["panels"][0]["result"] is not None
