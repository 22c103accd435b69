"""The page that runs models itself: what is in it and beside it."""

from __future__ import annotations

import hashlib
import json
import re
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from bodyseg_widgets import Compare, Explorer, Webcam, effect
from bodyseg_widgets.errors import ExistingFileError, InvalidOptionError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAMS = {
    "inference.js.bin",
    "litert.js.bin",
    "litert.wasm.bin",
    "litert_compat.js.bin",
    "litert_compat.wasm.bin",
    "live_page.js",
    "sample.jpg",
}


@pytest.fixture
def compare() -> Iterator[Compare]:
    """Two models that run in the page, and parts that do not."""
    compare = Compare(["general", "lite"], runtime="browser", threshold=0.25, show="difference")
    yield compare
    compare.close()


def described(file: Path) -> dict[str, Any]:
    [text] = re.findall(r'<script[^>]*id="live">(.*?)</script>', file.read_text("utf-8"))
    page: dict[str, Any] = json.loads(text)
    return page


def states(page: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [each["state"] for each in page["widgets"] if each["kind"] == kind]


def shown(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node["children"]:
        yield from shown(child)


def test_beside_the_page_is_what_runs_its_models_and_nothing_else(
    compare: Compare, tmp_path: Path
) -> None:
    file = compare.to_html(tmp_path / "my demo.html", live=True)
    folder = tmp_path / "my demo_files"
    assert {each.name for each in folder.iterdir()} == {
        *PROGRAMS,
        "selfie_general.bin",
        "pose_detector.bin",
        "pose_lite.bin",
    }
    page = described(file)
    for each in page["files"]:
        path = tmp_path / each["path"].replace("%20", " ")
        assert hashlib.sha256(path.read_bytes()).hexdigest() == each["digest"]
        assert path.stat().st_size == each["size"]
    assert page["sample"] == "my%20demo_files/sample.jpg"
    assert '<script type="module" src="my%20demo_files/live_page.js">' in file.read_text("utf-8")


def test_it_asks_its_own_server_alone_and_has_no_frame(compare: Compare, tmp_path: Path) -> None:
    text = compare.to_html(tmp_path / "demo.html", live=True).read_text("utf-8")
    [policy] = re.findall(r'Content-Security-Policy" content="([^"]*)"', text)
    assert "default-src &#x27;none&#x27;" in policy
    assert "://" not in policy
    # Of what a browser loads; names of XML's are no addresses.
    assert set(re.findall(r"""(?:src|href)=["'](?!data:)([^"']*)""", text)) == {
        "demo_files/live_page.js"
    }
    assert len(text) < 150_000


def test_it_has_what_needs_no_python_as_it_is_set(compare: Compare, tmp_path: Path) -> None:
    compare.panels[0].view.threshold = 0.75
    page = described(compare.to_html(tmp_path / "demo.html", live=True))
    nodes = [*shown(page["layout"])]
    kinds = {each["id"]: each["kind"] for each in page["widgets"]}
    assert {kinds[each["widget"]] for each in nodes if each["kind"] == "widget"} == {
        "big_screen_button",
        "color_picker",
        "difference_view",
        "effect_controls",
        "group_mark",
        "labelled_slider",
        "mirror_button",
        "segmentation_view",
        "threshold_slider",
        "timeline",
        "timing_readout",
        "toggle_button",
        "view_tabs",
        "webcam",
    }
    assert [each["threshold"] for each in states(page, "segmentation_view")] == [0.75, 0.25]
    # Its buttons are those that are linked to what they set.
    assert {each["description"] for each in states(page, "toggle_button")} == {
        "Skeleton",
        "Same frame",
    }
    [source] = states(page, "webcam")
    assert source["page_may_open"] == ["camera", "screen", "sample"]
    assert [each["text"] for each in nodes if "bodyseg-chosen" in each["classes"]] == [
        "Selfie · general",
        "BlazePose · lite",
        "Selfie general",
        "BlazePose lite",
    ]
    linked = {end for each in page["links"] for end in (each["source"][0], each["target"][0])}
    assert linked <= kinds.keys()


def test_what_runs_or_is_named_here_does_not_go_along(tmp_path: Path) -> None:
    secret = tmp_path / "a secret name.mp4"
    secret.write_bytes(b"")
    with closing(Explorer(Webcam(source="squats"), runtime="browser")) as explorer:
        explorer.webcam.path = str(secret)
        explorer.webcam.devices = [{"id": "1", "label": "Ada's camera"}]
        explorer.webcam.running = True
        file = explorer.to_html(tmp_path / "demo.html", live=True)
    text = file.read_text("utf-8")
    assert "secret" not in text
    assert "Ada" not in text
    [source] = states(described(file), "webcam")
    assert (source["source"], source["running"], source["state"]) == ("sample", False, "idle")


def test_an_effect_of_the_users_own_is_left_out(compare: Compare, tmp_path: Path) -> None:
    effect(name="at home")(lambda frame, result: frame)  # noqa: ARG005 - as people write them
    compare.panels[0].view.show_effect("at home")
    page = described(compare.to_html(tmp_path / "demo.html", live=True))
    assert all(each["_custom_effects"] == [] for each in states(page, "segmentation_view"))


def test_panels_that_run_in_python_are_refused_by_name(tmp_path: Path) -> None:
    with (
        closing(Compare(["general", ("BlazePose", "lite", "browser")])) as compare,
        pytest.raises(InvalidOptionError) as caught,
    ):
        compare.to_html(tmp_path / "demo.html", live=True)
    assert str(caught.value) == (
        "A live page has no Python, so its models run in it, but 'Selfie general' has another "
        "runtime. Choose runtime='browser'."
    )
    assert [*tmp_path.iterdir()] == []


def test_it_needs_a_place_and_replaces_nothing_unasked(compare: Compare, tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match="path must say where"):
        compare.to_html(live=True)  # type: ignore[call-overload]
    file = compare.to_html(tmp_path / "demo.html", live=True)
    with pytest.raises(ExistingFileError):
        compare.to_html(file, live=True)
    assert compare.to_html(file, live=True, overwrite=True) == file
