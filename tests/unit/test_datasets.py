"""Datasets as people have them: folders, tables, COCO files, videos and recordings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    InvalidImageError,
    InvalidOptionError,
    Mask,
    RecordingWriter,
    SourceError,
    coco_people,
    open_dataset,
    pairs_in_folder,
    pairs_in_table,
    recorded_frames,
    video_with_masks,
)
from bodyseg_widgets.measuring.cases import ImageCase, LabelledFrame, VideoCase
from bodyseg_widgets.measuring.coco import inside_polygon, mask_of_outlines, run_lengths
from bodyseg_widgets.measuring.reference_files import person_in_file
from bodyseg_widgets.segmentation import Segmentation
from bodyseg_widgets.streaming import StoredResult, Timings, encode_image
from bodyseg_widgets.streaming.frame import Frame, Result
from tests.unit.labelled import PERSON, save_image, save_mask, save_video

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets import Dataset


def only(dataset: Dataset) -> LabelledFrame:
    (case,) = dataset.cases
    (frame,) = case.frames()
    return frame


# --- folders -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "mask", "domain"),
    [
        ("images/1.jpg", "masks/1.png", ""),
        ("images/yoga/1.jpg", "masks/yoga/1.png", "yoga"),
        ("yoga/images/1.jpg", "yoga/masks/1.png", "yoga"),
        ("JPEGImages/1.jpg", "SegmentationClass/1.png", ""),
        ("img/1.jpg", "gt/1_mask.png", ""),
        ("fgr/0001/a.jpg", "pha/0001/a.jpg", "0001"),
        ("1.jpg", "1_mask.png", ""),
        ("dance/hiit/1.png", "dance/hiit/1-person.png", "dance/hiit"),
        ("1.jpg", "1.mask.png", ""),
        ("portrait.jpg", "portrait_segmentation.png", ""),
    ],
)
def test_a_picture_finds_its_mask_by_its_name(
    tmp_path: Path, image: str, mask: str, domain: str
) -> None:
    save_image(tmp_path / image)
    save_mask(tmp_path / mask)
    dataset = pairs_in_folder(tmp_path)
    assert dataset.domains == [domain]
    np.testing.assert_array_equal(only(dataset).person, PERSON)


def test_masks_may_be_in_a_folder_of_their_own(tmp_path: Path) -> None:
    save_image(tmp_path / "here" / "yoga" / "1.jpg")
    save_mask(tmp_path / "there" / "yoga" / "1.png")
    dataset = pairs_in_folder(tmp_path / "here", tmp_path / "there")
    assert dataset.domains == ["yoga"]
    np.testing.assert_array_equal(only(dataset).person, PERSON)


def test_a_picture_whose_name_ends_like_a_mask_is_one_where_no_other_has_its_name(
    tmp_path: Path,
) -> None:
    save_image(tmp_path / "images" / "third_person.jpg")
    save_mask(tmp_path / "masks" / "third_person.png")
    np.testing.assert_array_equal(only(pairs_in_folder(tmp_path)).person, PERSON)


def test_a_picture_without_a_mask_is_told_when_it_is_measured(tmp_path: Path) -> None:
    save_image(tmp_path / "a.jpg")
    save_mask(tmp_path / "a_mask.png")
    save_image(tmp_path / "b.jpg")
    _, missing = pairs_in_folder(tmp_path).cases
    with pytest.raises(SourceError, match=r"no mask for '.*b\.jpg'"):
        next(missing.frames())


def test_a_folder_without_pairs_says_how_they_would_be_found(tmp_path: Path) -> None:
    save_image(tmp_path / "a.jpg")
    with pytest.raises(SourceError, match=r"1 images, but no mask.*'1_mask\.png'"):
        pairs_in_folder(tmp_path)
    with pytest.raises(SourceError, match="There is no folder"):
        pairs_in_folder(tmp_path / "absent")


def test_masks_may_have_classes(tmp_path: Path) -> None:
    values = np.where(PERSON, 2, 0).astype(np.uint8)
    values[0] = 1
    save_image(tmp_path / "a.png")
    Image.fromarray(values).save(tmp_path / "a_mask.png")
    frame = only(pairs_in_folder(tmp_path, classes={0: "background", 1: "hair", 2: "skin"}))
    np.testing.assert_array_equal(frame.person, values > 0)
    np.testing.assert_array_equal(frame.values, values)
    with pytest.raises(InvalidOptionError, match="labels of the masks' values"):
        pairs_in_folder(tmp_path, classes={"hair": 1})  # type: ignore[dict-item]


# --- masks ---------------------------------------------------------------------------------


def as_mode(mode: str) -> Image.Image:
    white = Image.fromarray((PERSON * 255).astype(np.uint8))
    match mode:
        case "cut-out":
            rgba = np.full((*PERSON.shape, 4), 200, np.uint8)
            rgba[..., 3] = PERSON * 255
            return Image.fromarray(rgba)
        case "0 and 1":
            return Image.fromarray(PERSON.astype(np.uint8))
        case "16 bits":
            return Image.fromarray((PERSON * 65535).astype(np.uint16))
        case _:
            return white.convert(mode)


@pytest.mark.parametrize("mode", ["L", "1", "RGB", "RGBA", "cut-out", "0 and 1", "16 bits"])
def test_a_mask_is_read_whatever_its_kind(tmp_path: Path, mode: str) -> None:
    as_mode(mode).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(person_in_file(tmp_path / "mask.png"), PERSON)


def test_a_palette_and_a_color_say_who_is_a_person_when_told(tmp_path: Path) -> None:
    file = tmp_path / "mask.png"
    indexes = Image.fromarray(np.where(PERSON, 15, 3).astype(np.uint8), "P")
    indexes.putpalette([*range(256)] * 3)
    indexes.save(file)
    np.testing.assert_array_equal(person_in_file(file, 15), PERSON)
    with pytest.raises(InvalidImageError, match=r"values 3, 15.*person=15"):
        person_in_file(file)
    colors = np.where(PERSON[..., None], (0, 0, 255), (255, 0, 0)).astype(np.uint8)
    Image.fromarray(colors).save(file)
    np.testing.assert_array_equal(person_in_file(file, (0, 0, 255)), PERSON)
    with pytest.raises(InvalidImageError, match=r"has colors.*person=\(0, 0, 255\)"):
        person_in_file(file)


@pytest.mark.parametrize("person", [256, -1, "white", (0, 0), True])
def test_what_cannot_be_a_person_is_refused(tmp_path: Path, person: Any) -> None:  # noqa: ANN401
    with pytest.raises(InvalidOptionError, match="value that stands for a person"):
        pairs_in_folder(tmp_path, person=person)


def test_a_mask_of_another_size_is_refused(tmp_path: Path) -> None:
    save_image(tmp_path / "a.jpg")
    Image.new("L", (5, 5), 255).save(tmp_path / "a_mask.png")
    (case,) = pairs_in_folder(tmp_path).cases
    with pytest.raises(InvalidImageError, match=r"has 5x5 pixels, but its image 64x48"):
        next(case.frames())


# --- tables --------------------------------------------------------------------------------


@pytest.mark.parametrize(("suffix", "delimiter"), [(".tsv", "\t"), (".csv", ",")])
def test_a_table_names_pairs_and_their_domains(tmp_path: Path, suffix: str, delimiter: str) -> None:
    save_image(tmp_path / "images" / "a.jpg")
    save_mask(tmp_path / "a.png")
    table = tmp_path / f"pairs{suffix}"
    rows = [("domain", "image", "mask"), ("yoga", "images/a.jpg", "a.png"), ("", "b.mp4", "b")]
    # As Excel saves it
    table.write_text("\n".join(map(delimiter.join, rows)), encoding="utf-8-sig")
    first, second = pairs_in_table(table).cases
    assert (first.name, first.domain) == ("images/a.jpg", "yoga")
    np.testing.assert_array_equal(next(first.frames()).person, PERSON)
    assert isinstance(first, ImageCase)
    assert isinstance(second, VideoCase)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a\tb\n1\t2\n", r"columns 'image' and 'mask'.*\['a', 'b'\]"),
        ("image\tmask\n", "no rows"),
        ("\xff\xfe", "Save it as UTF-8"),
    ],
)
def test_a_table_that_is_none_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "a.tsv").write_bytes(content.encode("latin-1"))
    with pytest.raises(SourceError, match=message):
        pairs_in_table(tmp_path / "a.tsv")


# --- COCO ----------------------------------------------------------------------------------


def coco(tmp_path: Path, segmentation: object, *, category: str = "person") -> Path:
    save_image(tmp_path / "val" / "1.jpg")
    save_image(tmp_path / "val" / "2.jpg")
    height, width = PERSON.shape
    content = {
        "images": [
            {"id": n, "file_name": f"{n}.jpg", "height": height, "width": width} for n in (1, 2)
        ],
        "categories": [{"id": 7, "name": category}, {"id": 8, "name": "dog"}],
        "annotations": [
            {"image_id": 1, "category_id": 7, "segmentation": segmentation},
            {"image_id": 1, "category_id": 8, "segmentation": [[0, 0, 64, 0, 64, 48]]},
        ],
    }
    file = tmp_path / "annotations" / "instances_val.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def packed(runs: list[int]) -> str:
    """Compress run lengths as cocoapi's ``rleToString`` does."""
    text = ""
    for at, run in enumerate(runs):
        value, more = run - runs[at - 2] if at > 2 else run, True
        while more:
            bits, value = value & 0x1F, value >> 5
            more = value != (-1 if bits & 0x10 else 0)
            text += chr((bits | 0x20 if more else bits) + 48)
    return text


def runs_of(person: np.ndarray) -> list[int]:
    column_by_column = person.T.ravel().astype(int)
    changes = np.flatnonzero(np.diff(np.concatenate([[0], column_by_column]))).tolist()
    return np.diff([0, *changes, person.size]).tolist()


# The corners of the rectangle of tests.unit.labelled.
POLYGON = [[16, 8, 40, 8, 40, 40, 16, 40]]


@pytest.mark.parametrize(
    "segmentation",
    [
        POLYGON,
        {"size": [*PERSON.shape], "counts": runs_of(PERSON)},
        {"size": [*PERSON.shape], "counts": packed(runs_of(PERSON))},
    ],
    ids=["polygon", "run lengths", "compressed"],
)
def test_people_of_a_coco_file_are_what_their_outlines_say(
    tmp_path: Path, segmentation: object
) -> None:
    first, second = coco_people(coco(tmp_path, segmentation), domain="street").cases
    assert (first.name, first.domain) == ("1.jpg", "street")
    np.testing.assert_array_equal(next(first.frames()).person, PERSON)
    assert not next(second.frames()).person.any()


def test_run_lengths_are_unpacked_as_they_were_packed() -> None:
    random = np.random.default_rng(1)
    for _ in range(50):
        runs = random.integers(0, 10 ** int(random.integers(1, 6)), 20).tolist()
        assert run_lengths(packed(runs)) == runs


def test_a_polygon_has_the_pixels_whose_centers_are_inside() -> None:
    random = np.random.default_rng(2)
    for _ in range(20):
        corners = random.uniform(-3, 15, (5, 2))
        inside = inside_polygon(corners.ravel().tolist(), (12, 10))
        for row in range(12):
            for column in range(10):
                assert inside[row, column] == is_inside(column + 0.5, row + 0.5, corners)


def is_inside(x: float, y: float, corners: np.ndarray) -> bool:
    """Count the edges that a ray to the left crosses."""
    crossed = 0
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if (ay <= y) != (by <= y):
            crossed += ax + (y - ay) / (by - ay) * (bx - ax) <= x
    return crossed % 2 == 1


def test_a_hole_and_two_people_are_one_mask() -> None:
    left, right = [[0, 0, 4, 0, 4, 4, 0, 4]], [[6, 0, 8, 0, 8, 4, 6, 4]]
    mask = mask_of_outlines([left, right], (4, 10))
    assert mask.sum() == 16 + 8


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.write_text("[1]"), "no COCO file of instances"),
        (lambda file: file.write_text('{"categories": []}'), "lacks 'images'"),
        (lambda file: file.write_text("{"), "no COCO file of instances"),
        (lambda file: file.write_text("[" * 100_000), "no COCO file of instances"),
        (
            lambda file: file.write_text(
                file.read_text().replace('"height": 48', '"height": Infinity')
            ),
            "no COCO file of instances",
        ),
        (
            lambda file: file.write_text(file.read_text().replace(".jpg", "x" * 5000)),
            "in none of the usual folders",
        ),
    ],
)
def test_a_damaged_coco_file_is_refused(tmp_path: Path, change: Any, message: str) -> None:  # noqa: ANN401
    file = coco(tmp_path, POLYGON)
    change(file)
    with pytest.raises(SourceError, match=message):
        coco_people(file)


def test_a_coco_file_without_people_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no category 'person', only 'cat', 'dog'"):
        coco_people(coco(tmp_path, POLYGON, category="cat"))


@pytest.mark.parametrize(
    "segmentation",
    [
        [[0, 0, 1, 1]],
        [[0, 0, 4, 0, 4, float("nan")]],
        [[0, 0, 4, 0, 4, None]],
        [{}],
        5,
        {"size": [2, 2], "counts": [4]},
        {"size": [48, 64], "counts": [5]},
        # Their sum has the right value once it has gone beyond 64 bits.
        {"size": [48, 64], "counts": [2**62, 2**62, 2**62, 2**62, 48 * 64]},
        {"size": [48, 64], "counts": [2**70]},
        {"size": [48, 64], "counts": []},
        {"size": [48, 64]},
        {"counts": [48 * 64]},
    ],
)
def test_a_damaged_outline_is_refused(tmp_path: Path, segmentation: object) -> None:
    first, _ = coco_people(coco(tmp_path, segmentation)).cases
    with pytest.raises(
        SourceError, match=r"three corners|do not fit|not finite|An outline is neither"
    ):
        next(first.frames())


# --- videos and recordings -----------------------------------------------------------------


def test_a_video_and_a_video_of_masks_go_together(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", frames=4)
    save_video(tmp_path / "masks.mp4", frames=4, masks=True)
    (case,) = video_with_masks(tmp_path / "clip.mp4", tmp_path / "masks.mp4").cases
    frames = [*case.frames()]
    assert [frame.index for frame in frames] == [0, 1, 2, 3]
    assert [frame.time for frame in frames] == pytest.approx([0, 0.04, 0.08, 0.12])
    for frame in frames:
        assert (frame.person != PERSON).mean() < 0.01


@pytest.mark.parametrize("numbers", [[0, 1, 2, 3], [1, 2, 3, 4], [0, 3]], ids=str)
def test_mask_files_belong_to_frames_by_order_or_number(tmp_path: Path, numbers: list[int]) -> None:
    save_video(tmp_path / "clip.mp4", frames=4)
    for number in numbers:
        save_mask(tmp_path / "masks" / f"frame_{number:04}.png")
    (case,) = video_with_masks(tmp_path / "clip.mp4", tmp_path / "masks").cases
    expected = numbers if len(numbers) < 4 else [0, 1, 2, 3]
    assert [frame.index for frame in case.frames()] == expected


def test_masks_that_do_not_fit_a_video_are_refused(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", frames=4)
    save_video(tmp_path / "masks.mp4", frames=3, masks=True)
    (case,) = video_with_masks(tmp_path / "clip.mp4", tmp_path / "masks.mp4").cases
    with pytest.raises(SourceError, match=r"4 frames, but 'masks\.mp4' has 3"):
        next(case.frames())
    save_mask(tmp_path / "files" / "frame_7.png")
    (case,) = video_with_masks(tmp_path / "clip.mp4", tmp_path / "files").cases
    with pytest.raises(SourceError, match="1 files, whose names do not end in numbers of frames"):
        next(case.frames())


def record(path: Path, labels: list[str]) -> Path:
    image = np.full((*PERSON.shape, 3), 90, np.uint8)
    mask = Mask.from_levels((PERSON * 255).astype(np.uint8), size=PERSON.shape)
    result = Result(Frame(1, image, 0.0), Segmentation(mask), Timings())
    with RecordingWriter(path) as writer:
        for number in range(3):
            writer.add_frame(number, number / 10, "camera", encode_image(image), size=PERSON.shape)
            for label in labels:
                writer.add_result(number, label, StoredResult.of(result), video="camera")
    return path


def test_the_masks_of_a_recording_are_a_truth(tmp_path: Path) -> None:
    file = record(tmp_path / "lesson.bodyseg", ["BlazePose heavy (tensorflow)"])
    (case,) = recorded_frames(file).cases
    frames = [*case.frames()]
    assert [frame.index for frame in frames] == [0, 1, 2]
    np.testing.assert_array_equal(frames[1].person, PERSON)


def test_of_several_models_in_a_recording_one_has_to_be_named(tmp_path: Path) -> None:
    file = record(tmp_path / "lesson.bodyseg", ["A", "B"])
    with pytest.raises(InvalidOptionError, match=r"results of 'A', 'B'.*reference"):
        recorded_frames(file)
    with pytest.raises(InvalidOptionError, match="reference must be one of 'A', 'B'"):
        recorded_frames(file, "C")
    assert len(recorded_frames(file, "B")) == 1


# --- any kind ------------------------------------------------------------------------------


def test_a_dataset_is_opened_by_what_it_is(tmp_path: Path) -> None:
    save_image(tmp_path / "pairs" / "a.jpg")
    save_mask(tmp_path / "pairs" / "a_mask.png")
    (tmp_path / "a.csv").write_text("image,mask\npairs/a.jpg,pairs/a_mask.png\n")
    recording = record(tmp_path / "a.bodyseg", ["A"])
    opened = [
        open_dataset(each)
        for each in (
            tmp_path / "pairs",
            str(tmp_path / "a.csv"),
            coco(tmp_path, POLYGON),
            recording,
            [(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), bool), "dark")],
        )
    ]
    assert [len(each) for each in opened] == [1, 1, 2, 1, 1]
    together = opened[0] + opened[4]
    assert (len(together), together.domains) == (2, ["", "dark"])
    assert open_dataset(together) is together


@pytest.mark.parametrize(
    ("what", "error", "message"),
    [
        (5, InvalidOptionError, "dataset must be a folder, a table"),
        ([1], InvalidOptionError, r"\(image, reference\).*number 0 is 1"),
        (
            [(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4)))],
            InvalidOptionError,
            "array of bool.*float64.*mask >= 128",
        ),
        ("absent.csv", SourceError, "There is no file"),
    ],
)
def test_what_is_no_dataset_is_refused(
    what: Any,  # noqa: ANN401
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message):
        open_dataset(what)


def test_a_video_alone_says_that_it_needs_masks(tmp_path: Path) -> None:
    save_video(tmp_path / "clip.mp4", frames=1)
    with pytest.raises(SourceError, match=r"video_with_masks\(video, masks\)"):
        open_dataset(tmp_path / "clip.mp4")
