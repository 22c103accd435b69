"""A snapshot's contents, in memory and in files."""

from __future__ import annotations

import errno
import zipfile
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    ExistingFileError,
    Frame,
    InvalidOptionError,
    Mask,
    Region,
    Result,
    Segmentation,
    Snapshot,
    Timings,
)
from bodyseg_widgets.segmentation import PackedLevels
from bodyseg_widgets.streaming import StoredResult
from tests.poses import make_pose

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

SELFIE = "Selfie general (tensorflow)"
POSE = "BlazePose full (mediapipe)"
SIZE = (6, 8)

NO_ONE = PackedLevels.of(np.zeros((1, 1), np.uint8))


@pytest.fixture
def frame() -> Frame:
    image = np.random.default_rng(0).integers(0, 256, (*SIZE, 3), np.uint8)
    return Frame(id=12, image=image, timestamp=1700000000.5)


@pytest.fixture
def snapshot(frame: Frame) -> Snapshot:
    levels = np.array([[0, 100], [200, 255]], np.uint8)
    selfie = Result(
        frame, Segmentation(Mask.from_levels(levels, size=SIZE)), Timings(infer=4.5, decode=1 / 3)
    )
    poses = (make_pose(pose_id=4), make_pose(pose_id=None, at=100))
    region = Region(left=1, top=2, width=4, height=3)
    pose = StoredResult(
        PackedLevels.of(np.full((3, 3), 153, np.uint8)), SIZE, region, poses, Timings()
    )
    return Snapshot(frame, {SELFIE: selfie, POSE: pose}, thresholds={SELFIE: 0.25})


def test_it_gives_what_the_panels_show(snapshot: Snapshot, frame: Frame) -> None:
    assert (snapshot.frame_id, snapshot.timestamp) == (12, 1700000000.5)
    assert snapshot.labels == (SELFIE, POSE)
    np.testing.assert_array_equal(snapshot.picture, frame.image)
    np.testing.assert_array_equal(np.asarray(snapshot.to_pil()), frame.image)
    assert snapshot.mask(SELFIE).levels.tolist() == [[0, 100], [200, 255]]
    assert snapshot.probability(POSE).dtype == np.float32
    assert np.count_nonzero(snapshot.probability(POSE)) == 12
    assert [pose.id for pose in snapshot.poses(POSE)] == [4, None]


def test_each_panel_has_its_own_threshold(snapshot: Snapshot) -> None:
    assert (snapshot.threshold(SELFIE), snapshot.threshold(POSE)) == (0.25, 0.5)
    alpha = snapshot.mask(SELFIE).to_image_data()[..., 3]
    np.testing.assert_array_equal(snapshot.person(SELFIE), alpha >= 64)
    assert snapshot.person(POSE).sum() == 12


def test_it_stays_as_it_is(snapshot: Snapshot) -> None:
    image = snapshot.picture.copy()
    frame = Frame(id=12, image=image, timestamp=1700000000.5)
    snapshot = Snapshot(frame, snapshot.results)
    before = image.copy()
    image[:] = 0
    np.testing.assert_array_equal(snapshot.picture, before)
    with pytest.raises(ValueError, match="read-only"):
        snapshot.picture[0, 0] = 0


def test_npz_holds_what_the_notes_say(snapshot: Snapshot, tmp_path: Path) -> None:
    path = snapshot.save(tmp_path / "frame.npz")
    with np.load(path, allow_pickle=False) as saved:
        each_panel = (
            "probability", "person", "levels", "region",
            "keypoints", "keypoints_3d", "pose_ids", "timings",
        )  # fmt: skip
        assert sorted(saved) == sorted(
            ["picture", "frame_id", "timestamp", "labels", "thresholds"]
            + [f"{name}_{at}" for name in each_panel for at in range(2)]
        )
        np.testing.assert_array_equal(saved["picture"], snapshot.picture)
        assert (int(saved["frame_id"]), float(saved["timestamp"])) == (12, 1700000000.5)
        assert saved["labels"].tolist() == [SELFIE, POSE]
        assert saved["thresholds"].tolist() == [0.25, 0.5]
        for at, label in enumerate(snapshot.labels):
            assert saved[f"probability_{at}"].dtype == np.float32
            np.testing.assert_array_equal(saved[f"probability_{at}"], snapshot.probability(label))
            assert saved[f"person_{at}"].dtype == np.bool_
            np.testing.assert_array_equal(saved[f"person_{at}"], snapshot.person(label))
        assert saved["levels_0"].tolist() == [[0, 100], [200, 255]]
        assert saved["region_1"].tolist() == [1, 2, 4, 3]
        assert saved["keypoints_0"].shape == (0, 33, 4)
        assert saved["keypoints_1"].shape == saved["keypoints_3d_1"].shape == (2, 33, 4)
        assert saved["pose_ids_1"].tolist() == [4, 0]
        assert saved["timings_0"][4] == 4.5


def test_a_loaded_snapshot_is_the_same(snapshot: Snapshot, tmp_path: Path) -> None:
    loaded = Snapshot.load(snapshot.save(tmp_path / "frame.npz"))
    assert (loaded.frame_id, loaded.timestamp) == (snapshot.frame_id, snapshot.timestamp)
    assert loaded.labels == snapshot.labels
    np.testing.assert_array_equal(loaded.picture, snapshot.picture)
    for label in snapshot.labels:
        assert loaded.threshold(label) == snapshot.threshold(label)
        assert loaded.probability(label).tobytes() == snapshot.probability(label).tobytes()
        assert repr(loaded.results[label].timings) == repr(snapshot.results[label].timings)
        for found, pose in zip(loaded.poses(label), snapshot.poses(label), strict=True):
            assert found.id == pose.id
            assert found.keypoint_array.tobytes() == pose.keypoint_array.tobytes()
            assert found.keypoint_array_3d.tobytes() == pose.keypoint_array_3d.tobytes()


@pytest.fixture
def parts(frame: Frame) -> Snapshot:
    """Of a model that tells classes and people apart."""
    values = np.array([[10, 3], [3, 10]], np.uint8)
    mask = Mask(
        np.ones((2, 2), np.float32),
        size=SIZE,
        model_size=(2, 2),
        values=values,
        people=np.array([[0, 1], [2, 2]], np.uint8),
        classes={10: PackedLevels.of(np.array([[9, 8], [7, 6]], np.uint8))},
    )
    segmentation = Segmentation(mask, {3: "hair", 10: "left_hand"})
    return Snapshot(frame, {"parts": Result(frame, segmentation, Timings())})


def test_classes_and_people_are_saved_and_loaded(parts: Snapshot, tmp_path: Path) -> None:
    path = parts.save(tmp_path / "frame.npz")
    with np.load(path, allow_pickle=False) as saved:
        assert saved["values_0"].tolist() == [[10, 3], [3, 10]]
        assert saved["people_0"].tolist() == [[0, 1], [2, 2]]
        assert saved["class_10_0"].tolist() == [[9, 8], [7, 6]]
        assert saved["label_values_0"].tolist() == [3, 10]
        assert saved["label_names_0"].tolist() == ["hair", "left_hand"]
    loaded = Snapshot.load(path)
    assert [*loaded.results["parts"].planes] == [*parts.results["parts"].planes]
    assert loaded.results["parts"].labels == {3: "hair", 10: "left_hand"}
    people = loaded.mask("parts").people
    assert people is not None
    assert people[-1].tolist() == [2] * 8


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("values_0", np.zeros((2, 3), np.uint8)),
        ("people_0", np.zeros((2, 2), np.float32)),
        ("class_10_0", np.zeros(4, np.uint8)),
        ("label_values_0", np.array([3, 256])),
        ("label_values_0", np.array([3, 3])),
        ("label_names_0", np.array(["hair"])),
    ],
)
def test_planes_that_do_not_fit_are_no_snapshot(
    parts: Snapshot, tmp_path: Path, name: str, value: np.ndarray
) -> None:
    path = parts.save(tmp_path / "frame.npz")
    with np.load(path) as saved:
        arrays = dict(saved)
    np.savez(path, **(arrays | {name: value}))
    with pytest.raises(InvalidOptionError, match="is not a snapshot, or is damaged"):
        Snapshot.load(path)


def test_a_snapshot_without_panels_can_be_saved(frame: Frame, tmp_path: Path) -> None:
    loaded = Snapshot.load(Snapshot(frame, {}).save(tmp_path / "frame.npz"))
    assert loaded.labels == ()
    assert loaded.save_masks(tmp_path / "masks") == ()


def test_png_is_the_picture(snapshot: Snapshot, tmp_path: Path) -> None:
    with Image.open(snapshot.save(tmp_path / "frame.png")) as saved:
        np.testing.assert_array_equal(np.asarray(saved), snapshot.picture)


def test_masks_are_saved_with_the_probability_as_alpha(snapshot: Snapshot, tmp_path: Path) -> None:
    paths = snapshot.save_masks(tmp_path / "masks")
    assert [path.name for path in paths] == [
        "0-selfie-general-tensorflow.png",
        "1-blazepose-full-mediapipe.png",
    ]
    for path, label in zip(paths, snapshot.labels, strict=True):
        with Image.open(path) as saved:
            expected = snapshot.mask(label).to_image_data()
            np.testing.assert_array_equal(np.asarray(saved), expected)


def test_labels_of_any_kind_become_names_of_files(frame: Frame, tmp_path: Path) -> None:
    stored = StoredResult(
        PackedLevels.of(np.zeros((1, 1), np.uint8)), SIZE, Region(0, 0, 8, 6), (), Timings()
    )
    labels = ("../../etc", "Ägypten/2", "???")
    paths = Snapshot(frame, dict.fromkeys(labels, stored)).save_masks(tmp_path / "masks")
    assert [path.name for path in paths] == ["0-etc.png", "1-ägypten-2.png", "2-panel.png"]
    assert {path.parent for path in paths} == {tmp_path / "masks"}


def test_a_file_that_is_there_is_replaced_only_when_asked_to(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    for name in ("frame.npz", "frame.png"):
        snapshot.save(tmp_path / name)
        with pytest.raises(ExistingFileError, match=rf"{name}' exists already.*overwrite=True"):
            snapshot.save(tmp_path / name)
        snapshot.save(tmp_path / name, overwrite=True)
    snapshot.save_masks(tmp_path)
    with pytest.raises(ExistingFileError, match="exists already"):
        snapshot.save_masks(tmp_path)
    snapshot.save_masks(tmp_path, overwrite=True)


def _fill_the_disk(file: BinaryIO, *_: object, **__: object) -> None:
    file.write(b"half of it")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = [snapshot.save(tmp_path / name) for name in ("frame.npz", "frame.png")]
    before = {path: path.read_bytes() for path in paths}
    monkeypatch.setattr(np, "savez_compressed", _fill_the_disk)
    monkeypatch.setattr(Image.Image, "save", lambda _, file, **__: _fill_the_disk(file))
    for path in paths:
        with pytest.raises(OSError, match="No space left"):
            snapshot.save(path, overwrite=True)
        with pytest.raises(OSError, match="No space left"):
            snapshot.save(path.with_stem("new"))
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_masks_that_cannot_be_written_leave_the_old_ones(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path: path.read_bytes() for path in snapshot.save_masks(tmp_path)}
    monkeypatch.setattr(Image.Image, "save", lambda _, file, **__: _fill_the_disk(file))
    with pytest.raises(OSError, match="No space left"):
        snapshot.save_masks(tmp_path, overwrite=True)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_numpy_that_takes_every_keyword_for_an_array_is_given_no_other(
    snapshot: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, object] = {}

    # As numpy had it before 2.2.
    def savez_compressed(_: BinaryIO, **arrays: object) -> None:
        given.update(arrays)

    monkeypatch.setattr(np, "savez_compressed", savez_compressed)
    snapshot.save(tmp_path / "frame.npz")
    assert "picture" in given
    assert {type(array) for array in given.values()} == {np.ndarray}


@pytest.mark.parametrize("ask", ["mask", "probability", "person", "poses", "threshold"])
def test_an_unknown_panel_says_which_there_are(snapshot: Snapshot, ask: str) -> None:
    with pytest.raises(InvalidOptionError, match=r"one of 'Selfie general \(tensor"):
        getattr(snapshot, ask)("Selfie")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("frame.jpg", r"as '.npz' \(everything\) or '.png'"),
        ("later/frame.npz", r"folder '.*later' of 'frame\.npz' does not exist"),
    ],
)
def test_an_impossible_path_is_refused(
    snapshot: Snapshot, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(InvalidOptionError, match=message):
        snapshot.save(tmp_path / name)


def test_masks_need_a_folder(snapshot: Snapshot, tmp_path: Path) -> None:
    (tmp_path / "masks").write_text("not a folder")
    with pytest.raises(InvalidOptionError, match="is a file, not a folder"):
        snapshot.save_masks(tmp_path / "masks")
    with pytest.raises(InvalidOptionError, match="does not exist"):
        snapshot.save_masks(tmp_path / "later" / "masks")


def test_a_threshold_of_no_panel_or_out_of_range_is_refused(frame: Frame) -> None:
    stored = StoredResult(
        PackedLevels.of(np.zeros((1, 1), np.uint8)), SIZE, Region(0, 0, 8, 6), (), Timings()
    )
    with pytest.raises(InvalidOptionError, match="but got 'B'"):
        Snapshot(frame, {"A": stored}, thresholds={"B": 0.5})
    with pytest.raises(InvalidOptionError, match=r"0 to 1, but got 1\.5"):
        Snapshot(frame, {"A": stored}, thresholds={"A": 1.5})


def test_a_result_of_another_picture_is_refused(frame: Frame) -> None:
    stored = StoredResult(
        PackedLevels.of(np.zeros((1, 1), np.uint8)), (9, 9), Region(0, 0, 9, 9), (), Timings()
    )
    with pytest.raises(InvalidOptionError, match=r"'A' is for an image .*\(9, 9\).*\(6, 8\)"):
        Snapshot(frame, {"A": stored})


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidOptionError, match="There is no file"):
        Snapshot.load(tmp_path / "frame.npz")


def test_a_file_of_another_kind_says_so(snapshot: Snapshot, tmp_path: Path) -> None:
    other, array, half = (tmp_path / name for name in ("other.npz", "array.npz", "half.npz"))
    other.write_bytes(b"GIF89a")
    np.savez(array, numbers=np.arange(3))
    whole = snapshot.save(tmp_path / "frame.npz").read_bytes()
    half.write_bytes(whole[: len(whole) // 2])
    for path in (other, array, half):
        with pytest.raises(InvalidOptionError, match="is not a snapshot, or is damaged"):
            Snapshot.load(path)


def test_arrays_that_do_not_belong_together_are_no_snapshot(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    path = snapshot.save(tmp_path / "frame.npz")
    with np.load(path) as saved:
        arrays = dict(saved)
    for name, value in (
        ("thresholds", np.array([0.5])),
        ("pose_ids_1", np.array([1])),
        ("keypoints_1", np.zeros((2, 32, 4), np.float32)),
        ("labels", np.array([SELFIE, POSE, "a third"])),
        ("labels", np.array([SELFIE, SELFIE])),
        ("picture", np.zeros((0, 8, 3), np.uint8)),
        ("picture", np.zeros((6, 8, 3), np.float64)),
        ("region_0", np.array([5, 0, 8, 6])),
        ("keypoints_1", np.full((1, 33, 4), np.nan, np.float32)),
    ):
        np.savez(path, **(arrays | {name: value}))
        with pytest.raises(InvalidOptionError, match="is not a snapshot, or is damaged"):
            Snapshot.load(path)


def test_what_a_file_declares_takes_no_memory_before_it_is_checked(
    snapshot: Snapshot, tmp_path: Path
) -> None:
    path = snapshot.save(tmp_path / "frame.npz")
    header = b"{'descr': '|u1', 'fortran_order': False, 'shape': (400000, 400000, 3), }\n"
    with zipfile.ZipFile(path) as whole:
        files = {name: whole.read(name) for name in whole.namelist()}
    files["picture.npy"] = b"\x93NUMPY\x01\0" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(path, "w") as declaring:
        for name, data in files.items():
            declaring.writestr(name, data)
    with pytest.raises(InvalidOptionError, match=r"'picture' has the shape \(400000, 400000, 3\)"):
        Snapshot.load(path)
