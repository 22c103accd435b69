"""Datasets to evaluate models on: damaged COCO files, tables and masks, and made-up outlines."""

from __future__ import annotations

import copy
import io
import json
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PIL import Image

from bodyseg_widgets import coco_people, pairs_in_folder, pairs_in_table
from bodyseg_widgets.errors import BodySegError
from tests.fuzz.open_files import none_left_open

if TYPE_CHECKING:
    from bodyseg_widgets.measuring import Dataset
    from tests.fuzz.case import Case

_SIZE: Final = (6, 8)
_SQUARE: Final = [1, 1, 5, 1, 5, 4, 1, 4]
_ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**70,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x" * 5000,
    "a\0b",
    "\ud800",
    [],
    [[]],
    [1],
    {},
    {"size": [6, 8], "counts": [48]},
    {"size": [6, 8], "counts": "P" * 3000},
    {"size": [6, 8], "counts": []},
    {"size": [6, 8], "counts": [2**70]},
    {"size": [6, 8], "counts": [2**62, 2**62, 2**62, 2**62, 48]},
    {"counts": [48]},
)


def try_one(case: Case) -> str:
    """Read a dataset, and each image and mask of it."""
    (case.folder / "a.png").write_bytes(_png("image"))
    match case.random.randrange(4):
        case 0:
            file = case.folder / "people.json"
            file.write_bytes(case.damaged(_coco()))
            read = coco_people
        case 1:
            content = json.loads(_coco())
            for _ in range(case.random.choice((1, 1, 2, 4))):
                make_odd(case, content)
            file = case.folder / "people.json"
            file.write_text(json.dumps(content))
            read = coco_people
        case 2:
            (case.folder / "m.png").write_bytes(_png("mask"))
            file = case.folder / "pairs.csv"
            file.write_bytes(case.damaged(b"image,mask,domain\na.png,m.png,yoga\na.png,m.png,\n"))
            read = pairs_in_table
        case _:
            kind = case.random.choice(("mask", "image", "cut-out", "palette"))
            (case.folder / "masks").mkdir()
            (case.folder / "images").mkdir()
            (case.folder / "a.png").rename(case.folder / "images" / "a.png")
            (case.folder / "masks" / "a.png").write_bytes(case.damaged(_png(kind)))
            file, read = case.folder, pairs_in_folder
    with none_left_open():
        try:
            dataset: Dataset = read(file)
        except BodySegError:
            return "refused"
        whole = True
        for each in dataset.cases:
            try:
                for frame in each.frames():
                    assert frame.person.dtype == np.bool_
                    assert frame.person.shape == _SIZE
            except BodySegError:
                whole = False
    return "read" if whole else "read in part"


def make_odd(case: Case, content: dict[str, Any]) -> None:
    """Put something else in place of any value."""
    chance = case.random
    place: Any = content
    while True:
        key = chance.choice([*place] if isinstance(place, dict) else range(len(place)))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or chance.random() < 0.2:
            place[key] = copy.deepcopy(chance.choice(_ODD))
            return
        place = inner


@cache
def _coco() -> bytes:
    runs = {"size": [*_SIZE], "counts": [10, 5, 33]}
    packed = {"size": [*_SIZE], "counts": ":5Q1"}
    return json.dumps(
        {
            "images": [
                {"id": each, "file_name": "a.png", "height": _SIZE[0], "width": _SIZE[1]}
                for each in (1, 2)
            ],
            "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "dog"}],
            "annotations": [
                {"image_id": 1, "category_id": 1, "segmentation": [_SQUARE]},
                {"image_id": 1, "category_id": 1, "segmentation": runs},
                {"image_id": 2, "category_id": 1, "segmentation": packed},
                {"image_id": 2, "category_id": 2, "segmentation": [_SQUARE]},
            ],
        }
    ).encode()


@cache
def _png(kind: str) -> bytes:
    levels = np.zeros(_SIZE, np.uint8)
    levels[2:5, 2:6] = 255
    made = {
        "mask": Image.fromarray(levels),
        "image": Image.fromarray(np.dstack([levels, levels // 2, 255 - levels])),
        "cut-out": Image.fromarray(np.dstack([levels, levels, levels, levels])),
        "palette": Image.fromarray(levels // 255).convert("P"),
    }[kind]
    buffer = io.BytesIO()
    made.save(buffer, "PNG")
    return buffer.getvalue()
