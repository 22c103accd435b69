"""Snapshots: damaged files, and archives of arrays that are none."""

from __future__ import annotations

import io
import struct
import zipfile
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bodyseg_widgets import Frame, Pose, Result, Snapshot, Timings
from bodyseg_widgets.errors import BodySegError
from tests.fuzz.open_files import none_left_open
from tests.fuzz.planes import made_up_classes, use_all

if TYPE_CHECKING:
    from tests.fuzz.case import Case

_SIZE: Final = (24, 32)
_DTYPES: Final = ("|u1", "<f8", "<i8", "|O", "<U1000000000", "<U5", "|V16", "<c16", "<M8[s]", "|b1")
_SHAPES: Final = ("()", "(0,)", "(3,)", "(24, 32, 3)", "(100000, 100000, 3)", "(-1,)", "(2, 33, 4)")
_SHAPES_AS_ARRAYS: Final[tuple[tuple[int, ...], ...]] = ((), (0,), (3,), (24, 32), (1, 33, 4), (7,))
_NUMBERS: Final = (0, 1, -1, 7, 255, 2**31, float("nan"), float("inf"), 1e300)


def try_one(case: Case) -> str:
    """Load a snapshot, and use all of it."""
    file = case.folder / "a.npz"
    match case.random.randrange(10):
        case 0:
            data = _snapshot()
        case 1 | 2 | 3 | 4 | 5:
            data = _archive(_changed(case))
        case _:
            data = case.damaged(_snapshot())
    file.write_bytes(data)
    with none_left_open():
        try:
            snapshot = Snapshot.load(file)
        except BodySegError:
            if data == _snapshot():
                raise
            return "refused"
    size = snapshot.picture.shape[:2]
    assert snapshot.picture.dtype == np.uint8
    for label in snapshot.labels:
        assert snapshot.probability(label).shape == size
        use_all(snapshot.results[label].seen().segmentation)
        assert snapshot.person(label).shape == size
        assert all(np.isfinite(pose.keypoint_array).all() for pose in snapshot.poses(label))
    snapshot.save(case.folder / "b.npz")
    return "read"


def _changed(case: Case) -> dict[str, bytes]:
    """Return the files of a snapshot, of which some are other arrays, or none."""
    chance = case.random
    with zipfile.ZipFile(io.BytesIO(_snapshot())) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(chance.choice((1, 1, 2, 3))):
        name = chance.choice([*files])
        match chance.randrange(6):
            case 0:
                del files[name]
            case 1:
                files[name] = case.damaged(files[name])
            case 2:
                # What is declared, and not there.
                files[name] = _header(chance.choice(_DTYPES), chance.choice(_SHAPES)) + bytes(64)
            case 3:
                array = np.full(chance.choice(_SHAPES_AS_ARRAYS), chance.choice(_NUMBERS))
                files[name] = _npy(array)
            case 4:
                files[name] = _npy(np.zeros(20_000_000, np.uint8))
            case _:
                files[name] = files[chance.choice([*files])]
    return files


def _header(dtype: str, shape: str) -> bytes:
    text = f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def _npy(array: Any) -> bytes:  # noqa: ANN401 - of any kind
    buffer = io.BytesIO()
    np.save(buffer, array)
    return buffer.getvalue()


def _archive(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


@cache
def _snapshot() -> bytes:
    chance = np.random.default_rng(0)
    frame = Frame(1, chance.integers(0, 255, (*_SIZE, 3), np.uint8), 0.5)
    points = chance.random((2, 33, 4), np.float32)
    pose = Pose(points[0], points[1], id=1)
    result = Result(frame, made_up_classes(chance), Timings(infer=2.0), (pose,))
    snapshot = Snapshot(frame, {"one": result, "another": result}, thresholds={"one": 0.3})
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **snapshot._arrays())  # type: ignore[arg-type]
    return buffer.getvalue()
