"""Weights that are not bundled: found in a folder, downloaded on request, and used whole only."""

from __future__ import annotations

import hashlib
import json
import socket
import threading
import warnings
from typing import TYPE_CHECKING

import pytest

from bodyseg_widgets import (
    InvalidOptionError,
    MissingWeightsError,
    ModelFileError,
    add_weights,
    fetch_weights,
)
from bodyseg_widgets.models import (
    BodyPixVariant,
    find_weights,
    on_new_weights,
    weights_catalog,
    weights_folders,
)
from bodyseg_widgets.models import weights as module
from bodyseg_widgets.models.weights_catalog import WeightsFile, known_files
from tests.file_server import FileServer, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VARIANT = BodyPixVariant(quant_bytes=2)
OTHER_STRIDE = BodyPixVariant(output_stride=8, quant_bytes=2)
UNKNOWN = BodyPixVariant(multiplier=1.0, quant_bytes=2)
POOR = BodyPixVariant(quant_bytes=1)

SHARD = b"\x07" * 40_000
WEIGHT = {
    "name": "w",
    "shape": [1, 2, 10_000],
    "dtype": "float32",
    "quantization": {"min": -1, "scale": 0.1, "dtype": "uint16"},
}


def graph(*, shards: tuple[str, ...] = ("group1-shard1of1.bin",), note: str = "") -> bytes:
    model = {
        "format": "graph-model",
        "note": note,
        "modelTopology": {"node": []},
        "weightsManifest": [{"paths": [*shards], "weights": [WEIGHT]}],
    }
    return json.dumps(model).encode()


FILES = {
    "group1-shard1of1.bin": SHARD,
    "model-stride16.json": graph(note="16"),
    "model-stride8.json": graph(note="8"),
}


@pytest.fixture(autouse=True)
def _own_places(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give each test folders and known files of its own."""
    monkeypatch.setattr(
        "platformdirs.user_cache_path", lambda *_args, **_options: tmp_path / "cache"
    )
    monkeypatch.delenv("BODYSEG_MODELS", raising=False)
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(weights_folders, "_added", [])
    known = tuple(
        WeightsFile(name, len(content), hashlib.sha256(content).hexdigest())
        for name, content in FILES.items()
    )
    monkeypatch.setattr(weights_catalog, "_KNOWN", {VARIANT.folder: known})


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    """The official address."""
    with serving() as server:
        server.files |= {f"/{VARIANT.folder}/{name}": data for name, data in FILES.items()}
        monkeypatch.setattr(module, "OFFICIAL_ADDRESS", server.address)
        yield server


def put_weights(folder: Path, variant: BodyPixVariant = VARIANT, **changed: bytes | None) -> Path:
    """Write a variant's files as below the official address; return its JSON."""
    place = folder / variant.folder
    place.mkdir(parents=True)
    for name, content in {**FILES, **changed}.items():
        if content is not None:
            (place / name).write_bytes(content)
    return place / variant.json_name


# --- in a folder of the user's own


def test_weights_are_found_in_a_folder_that_was_added(tmp_path: Path) -> None:
    file = put_weights(tmp_path / "mine")
    add_weights(tmp_path / "mine")
    assert find_weights(VARIANT) == file


def test_weights_are_found_in_the_folder_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put_weights(tmp_path / "shared" / "bodypix")
    monkeypatch.setenv("BODYSEG_MODELS", str(tmp_path / "shared"))
    assert find_weights(VARIANT) == file


def test_the_folder_that_was_added_last_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [put_weights(tmp_path / name) for name in ("first", "second", "shared")]
    monkeypatch.setenv("BODYSEG_MODELS", str(tmp_path / "shared"))
    add_weights(tmp_path / "first")
    add_weights(tmp_path / "second")
    assert find_weights(VARIANT) == files[1]
    add_weights(tmp_path / "first")
    assert find_weights(VARIANT) == files[0]


def test_weights_of_which_no_hash_is_known_are_used_from_a_folder(tmp_path: Path) -> None:
    file = put_weights(tmp_path, UNKNOWN)
    add_weights(tmp_path)
    assert find_weights(UNKNOWN) == file


def test_a_folder_without_weights_is_refused_with_what_should_be_in_it(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no weights .*mobilenet/quant2/075/model-stride16"):
        add_weights(tmp_path)


def test_a_folder_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelFileError, match="There is no folder"):
        add_weights(tmp_path / "none")
    monkeypatch.setenv("BODYSEG_MODELS", str(tmp_path / "none"))
    with pytest.raises(
        ModelFileError, match=r"BODYSEG_MODELS names .*none', which is not a folder"
    ):
        find_weights(VARIANT)


def test_who_waits_for_weights_hears_of_new_ones(tmp_path: Path, server: FileServer) -> None:
    told: list[int] = []
    unsubscribe = on_new_weights(lambda: told.append(len(server.asked)))
    fetch_weights(quant_bytes=2)
    add_weights(tmp_path / "cache")
    unsubscribe()
    add_weights(tmp_path / "cache")
    assert told == [2, 2]


def test_the_official_weights_are_those_that_are_known(
    bodypix_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("BODYSEG_MODELS", str(bodypix_folder.parent))
    for multiplier, quant_bytes in ((0.5, 4), (0.5, 2), (0.75, 2)):
        for output_stride in (8, 16):
            variant = BodyPixVariant("MobileNetV1", output_stride, multiplier, quant_bytes)
            assert find_weights(variant) == bodypix_folder / variant.path
            assert [file.name for file in known_files(variant)] == [
                "group1-shard1of1.bin",
                variant.json_name,
            ]


# --- damaged


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("group1-shard1of1.bin", None, "no weights: its shard 'group1-shard1of1.bin' is not"),
        ("group1-shard1of1.bin", SHARD[:-1], "has 39999 bytes, but should have 40000"),
        ("group1-shard1of1.bin", b"", "has 0 bytes, but should have 40000"),
        ("group1-shard1of1.bin", SHARD[:-1] + b"!", r"shard1of1.bin differs .*\(by SHA-256\)"),
        ("model-stride16.json", graph(note="61"), r"model-stride16.json differs .*\(by SHA-256\)"),
        ("model-stride16.json", graph(shards=("../../etc/passwd",)), "'../../etc/passwd' as a sh"),
        ("model-stride16.json", graph(shards=("/etc/passwd",)), "shards have to be files beside"),
        ("model-stride16.json", graph(shards=("..\\a.bin",)), "shards have to be files beside"),
        ("model-stride16.json", graph(shards=("C:a.bin",)), "shards have to be files beside"),
        ("model-stride16.json", graph(shards=("x" * 5000,)), "has no weights: its shard"),
        ("model-stride16.json", graph(shards=(3,)), "names 3 as a shard"),  # type: ignore[arg-type]
        ("model-stride16.json", b"", "is not a graph model of TensorFlow.js"),
        ("model-stride16.json", b"\xff\xfe{", "is not a graph model"),
        ("model-stride16.json", b"[" * 100_000, "is not a graph model"),
        ("model-stride16.json", b"[]", "is not a graph model"),
        ("model-stride16.json", b"<!DOCTYPE html>", "is not a graph model"),
        ("model-stride16.json", b" " * (16 * 2**20 + 1), "is not a graph model"),
        (
            "model-stride16.json",
            b'{"format": "layers-model", "modelTopology": {"model_config": {}}}',
            "is not a graph model",
        ),
        (
            "model-stride16.json",
            graph().replace(b'"shape": [', b'"shape": [Infinity, ', 1),
            "is not a graph model",
        ),
        (
            "model-stride16.json",
            graph().replace(b"uint16", b"string"),
            "is not a graph model",
        ),
        (
            "model-stride16.json",
            b'{"modelTopology": {"node": []}, "weightsManifest": []}',
            "is not",
        ),
    ],
)
def test_damaged_weights_are_not_used_and_what_is_wrong_is_said(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    put_weights(tmp_path, **{name: content})
    add_weights(tmp_path)
    with pytest.raises(ModelFileError, match=message) as caught:
        find_weights(VARIANT)
    assert not isinstance(caught.value, MissingWeightsError)


def test_downloaded_weights_that_were_damaged_since_are_downloaded_anew(
    tmp_path: Path, server: FileServer
) -> None:
    file = fetch_weights(quant_bytes=2)
    file.with_name("group1-shard1of1.bin").write_bytes(b"")
    server.asked.clear()
    with pytest.raises(MissingWeightsError, match=r"damaged.*0 bytes.* fetch_weights\("):
        find_weights(VARIANT)
    assert fetch_weights(quant_bytes=2) == file
    assert server.asked == [(f"/{VARIANT.folder}/group1-shard1of1.bin", 0)]
    assert file.is_relative_to(tmp_path / "cache")


# --- downloaded on request


def test_where_they_are_missing_it_is_said_what_would_be_downloaded(server: FileServer) -> None:
    with pytest.raises(MissingWeightsError) as caught:
        find_weights(VARIANT)
    size = len(SHARD) + len(FILES["model-stride16.json"])
    url = f"{server.address}/mobilenet/quant2/075/model-stride16.json"
    options = "'MobileNetV1', output_stride=16, multiplier=0.75, quant_bytes=2"
    assert str(caught.value) == (
        f"BodyPix ({options}) needs weights that are not part of this package. "
        f"fetch_weights({options}) downloads them: 0.0 MB (Apache-2.0) from {url}. Without a "
        "network, copy them from elsewhere and call add_weights(folder)."
    )
    assert (caught.value.url, caught.value.size) == (url, size)
    assert server.asked == [], "nothing is downloaded silently"


def test_the_way_to_get_them_that_is_said_works(server: FileServer) -> None:
    with pytest.raises(MissingWeightsError) as caught:
        find_weights(OTHER_STRIDE)
    code = str(caught.value).partition("package. ")[2].partition(" downloads")[0]
    eval(code, {"fetch_weights": fetch_weights})  # noqa: S307 - what a person copies
    assert find_weights(OTHER_STRIDE).read_bytes() == FILES["model-stride8.json"]
    assert len(server.asked) == 2


def test_weights_are_downloaded_once_and_found_then(tmp_path: Path, server: FileServer) -> None:
    file = fetch_weights(quant_bytes=2)
    assert fetch_weights(quant_bytes=2) == file == find_weights(VARIANT)
    assert file == tmp_path / "cache" / "bodypix" / VARIANT.path
    assert sorted(path.name for path in file.parent.iterdir()) == [
        "group1-shard1of1.bin",
        "model-stride16.json",
    ]
    # The JSON last: where it is, the others are.
    assert [path.rpartition("/")[2] for path, _ in server.asked] == [
        "group1-shard1of1.bin",
        "model-stride16.json",
    ]


def test_of_another_stride_only_the_graph_is_missing(server: FileServer) -> None:
    fetch_weights(quant_bytes=2)
    server.asked.clear()
    with pytest.raises(MissingWeightsError) as caught:
        find_weights(OTHER_STRIDE)
    assert caught.value.size == len(FILES["model-stride8.json"])
    fetch_weights(output_stride=8, quant_bytes=2)
    assert server.asked == [(f"/{OTHER_STRIDE.path}", 0)]


def test_the_progress_is_told_over_all_files(server: FileServer) -> None:
    with pytest.raises(MissingWeightsError) as caught:
        find_weights(VARIANT)
    told: list[int] = []
    assert caught.value.fetch is not None
    caught.value.fetch(told.append, lambda: False)
    assert told == sorted(told)
    assert told[-1] == caught.value.size
    assert len(server.asked) == 2


def test_an_interrupted_download_is_no_model_and_goes_on_the_next_time(
    server: FileServer,
) -> None:
    server.breaks_after = 30_000
    with pytest.raises(ModelFileError, match=r"broke after 30000 of 40000 bytes\. Try again"):
        fetch_weights(quant_bytes=2)
    with pytest.raises(MissingWeightsError):
        find_weights(VARIANT)
    server.breaks_after = None
    fetch_weights(quant_bytes=2)
    assert server.asked[1] == (f"/{VARIANT.folder}/group1-shard1of1.bin", 30_000)


def test_two_downloads_that_share_a_shard_get_it_once(server: FileServer) -> None:
    threads = [
        threading.Thread(target=fetch_weights, kwargs={"output_stride": stride, "quant_bytes": 2})
        for stride in (8, 16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert find_weights(VARIANT) != find_weights(OTHER_STRIDE)
    assert sorted(path for path, _ in server.asked) == [
        f"/{VARIANT.folder}/{name}" for name in FILES
    ]


def test_a_download_that_waits_for_another_one_can_be_canceled() -> None:
    with pytest.raises(MissingWeightsError) as caught:
        find_weights(VARIANT)
    assert caught.value.fetch is not None
    with module._one_at_a_time, pytest.raises(ModelFileError, match="was canceled"):
        caught.value.fetch(lambda _: None, lambda: True)


def test_wrong_contents_are_not_kept(server: FileServer) -> None:
    server.files[f"/{VARIANT.folder}/group1-shard1of1.bin"] = bytes(len(SHARD))
    with pytest.raises(ModelFileError, match=r"were not downloaded.*differs from what is kn"):
        fetch_weights(quant_bytes=2)
    with pytest.raises(MissingWeightsError):
        find_weights(VARIANT)


def test_offline_it_says_so_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(module, "OFFICIAL_ADDRESS", f"http://127.0.0.1:{port}")
    expected = (
        r"could not be reached \(.*refused.*\)\. Is this computer offline\? Try again, or copy "
        r"them from elsewhere and call add_weights\(folder\)\."
    )
    with pytest.raises(ModelFileError, match=expected):
        fetch_weights(quant_bytes=2)


def test_weights_of_which_no_hash_is_known_are_not_downloaded(server: FileServer) -> None:
    server.files |= {f"/{UNKNOWN.folder}/{name}": data for name, data in FILES.items()}
    expected = (
        r"no hash of them is known.*Download http.*/mobilenet/quant2/100/model-stride16\.json .*"
        r"\(about 6 MB\) yourself into 'weights/mobilenet/quant2/100', and call add_weights"
    )
    with pytest.raises(MissingWeightsError, match=expected) as caught:
        fetch_weights(multiplier=1.0, quant_bytes=2)
    assert caught.value.fetch is None
    assert server.asked == []


def test_options_that_no_network_has_are_refused() -> None:
    with pytest.raises(InvalidOptionError, match="Should be one of 1, 2, 4"):
        fetch_weights(quant_bytes=3)


# --- an address or a file of the user's own


def test_the_same_files_are_downloaded_from_another_address_and_found_for_all(
    server: FileServer,
) -> None:
    mirror = f"{server.address}/school/m.json"
    server.files = {
        "/school/m.json": FILES["model-stride16.json"],
        "/school/group1-shard1of1.bin": SHARD,
    }
    with pytest.raises(MissingWeightsError, match=r"model_url='.*/school/m\.json\?…'"):
        find_weights(VARIANT, f"{mirror}?key=42")
    fetch_weights(quant_bytes=2, model_url=f"{mirror}?key=42")
    assert [path for path, _ in server.asked] == [
        "/school/group1-shard1of1.bin?key=42",
        "/school/m.json?key=42",
    ]
    assert find_weights(VARIANT, f"{mirror}?key=42") == find_weights(VARIANT)


def test_from_another_address_comes_nothing_without_a_known_hash(
    tmp_path: Path, server: FileServer
) -> None:
    put_weights(tmp_path, UNKNOWN)
    add_weights(tmp_path)
    with pytest.raises(MissingWeightsError, match=r"pass model_url='folder/model-stride16\.json'"):
        fetch_weights(
            multiplier=1.0, quant_bytes=2, model_url=f"{server.address}/school/model.json"
        )
    assert server.asked == []


def test_a_file_of_the_users_own_need_not_have_the_known_hash(tmp_path: Path) -> None:
    (tmp_path / "model-stride16.json").write_bytes(graph(note="trained yesterday"))
    (tmp_path / "group1-shard1of1.bin").write_bytes(SHARD)
    for given in (tmp_path / "model-stride16.json", tmp_path, str(tmp_path)):
        assert find_weights(VARIANT, given) == tmp_path / "model-stride16.json"
    (tmp_path / "group1-shard1of1.bin").write_bytes(b"")
    with pytest.raises(ModelFileError, match="has 0 bytes, but should have 40000"):
        find_weights(VARIANT, tmp_path)


# --- poor masks


def test_that_masks_will_be_poor_is_said_once(tmp_path: Path) -> None:
    put_weights(tmp_path, POOR)
    add_weights(tmp_path)
    module._warn_of_poor_masks.cache_clear()
    with pytest.warns(UserWarning, match=r"quant_bytes=1 are poor .*Use quant_bytes=2"):
        find_weights(POOR)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        find_weights(POOR)
