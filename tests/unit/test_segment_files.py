"""Files and folders through a model: what is written, what is told, and what a second run does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from bodyseg_widgets import (
    ExistingFileError,
    InvalidOptionError,
    SegmentedFiles,
    SourceError,
    UnknownArgumentError,
    add_model,
    create_detector,
    create_segmenter,
    draw_bokeh_effect,
    replace_background,
    sample,
    segment_files,
)
from bodyseg_widgets.evaluation import levels_at_image_size
from bodyseg_widgets.streaming.sources import VideoFile
from tests.unit.dask_cluster import dask_executor
from tests.unit.labelled import (
    PERSON,
    find_bright,
    room,
    save_cut_video,
    save_image,
    save_video,
)
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray


@pytest.fixture
def bright() -> str:
    """A model that finds what is bright."""
    add_model("Bright", find_bright)
    return "Bright"


def segmented(source: Path, out: Path, model: str = "Bright", **options: Any) -> SegmentedFiles:  # noqa: ANN401
    return segment_files(source, out, model, progress=False, **options)


def pixels(file: Path) -> NDArray[np.uint8]:
    with Image.open(file) as image:
        return np.asarray(image)


# --- what is written -----------------------------------------------------------------------


def test_a_mask_is_white_where_a_person_is(tmp_path: Path, bright: str) -> None:
    source = save_image(tmp_path / "a.png")
    files = segmented(source, tmp_path / "out.png", bright)
    assert files.made == (tmp_path / "out.png",)
    np.testing.assert_array_equal(pixels(tmp_path / "out.png"), PERSON * np.uint8(255))


def test_the_threshold_says_who_is_a_person(tmp_path: Path, bright: str) -> None:
    segmented(save_image(tmp_path / "a.png"), tmp_path / "out.png", bright, threshold=0.95)
    assert not pixels(tmp_path / "out.png").any()


def test_probabilities_are_levels_of_gray(tmp_path: Path) -> None:
    portrait = sample("portrait")
    Image.fromarray(portrait).save(tmp_path / "a.png")
    segmented(tmp_path / "a.png", tmp_path / "out.png", "general", output="probabilities")
    with create_segmenter("general", num_threads=1) as segmenter:
        (people,) = segmenter.segment_people(portrait)
    np.testing.assert_array_equal(pixels(tmp_path / "out.png"), levels_at_image_size(people.mask))


def test_a_cut_out_has_people_alone(tmp_path: Path, bright: str) -> None:
    segmented(save_image(tmp_path / "a.png"), tmp_path / "out.png", bright, output="cutout")
    cut = pixels(tmp_path / "out.png")
    assert cut.shape == (*PERSON.shape, 4)
    np.testing.assert_array_equal(cut[..., 3], room()[..., 0])
    assert (np.abs(cut[20:30, 24:32, :3].astype(int) - 230) <= 2).all()


def test_labels_are_those_of_the_model_or_a_person(tmp_path: Path, bright: str) -> None:
    classes = np.where(PERSON, 2, 1).astype(np.uint8)
    add_model("Classes", lambda _: classes, labels=["background", "hair", "person"])
    source = save_image(tmp_path / "a.png")
    segmented(source, tmp_path / "classes.png", "Classes", output="labels")
    np.testing.assert_array_equal(pixels(tmp_path / "classes.png"), classes)
    segmented(source, tmp_path / "person.png", bright, output="labels")
    np.testing.assert_array_equal(pixels(tmp_path / "person.png"), PERSON * np.uint8(255))


def test_built_in_effects_are_those_of_the_functions(tmp_path: Path) -> None:
    portrait = sample("portrait")
    Image.fromarray(portrait).save(tmp_path / "a.png")
    with create_segmenter("general", num_threads=1) as segmenter:
        people = segmenter.segment_people(portrait)
    segmented(
        tmp_path / "a.png", tmp_path / "b.png", "general", effect="bokeh", background_blur_amount=8
    )
    expected = draw_bokeh_effect(portrait, people, background_blur_amount=8)
    np.testing.assert_array_equal(pixels(tmp_path / "b.png"), expected)
    segmented(
        tmp_path / "a.png", tmp_path / "c.jpg", "general", effect="background", background="navy"
    )
    expected = replace_background(portrait, people, "navy")
    assert np.abs(pixels(tmp_path / "c.jpg").astype(int) - expected).mean() < 3


def invert(frame: NDArray[np.uint8], result: object, strength: float) -> NDArray[np.uint8]:
    del result
    return (255 * strength - frame * strength).astype(np.uint8)


def test_an_effect_may_be_a_function_of_ones_own(tmp_path: Path, bright: str) -> None:
    source = save_image(tmp_path / "a.png")
    segmented(source, tmp_path / "out.png", bright, effect=invert, strength=1)
    np.testing.assert_array_equal(pixels(tmp_path / "out.png")[0, 0], 255 - 20)


def test_landmarks_are_a_table(tmp_path: Path) -> None:
    frame = sample("squats").frame_at(10).image
    Image.fromarray(frame).save(tmp_path / "a.png")
    segmented(tmp_path / "a.png", tmp_path / "out.parquet", "lite", output="landmarks")
    table = pd.read_parquet(tmp_path / "out.parquet")
    with create_detector("lite", num_threads=1) as detector:
        (pose,) = detector.estimate_poses(frame)
    assert [*table["keypoint"]] == [each.name for each in pose.keypoints]
    np.testing.assert_allclose(table["x"], [each.x for each in pose.keypoints], atol=0.01)


def test_a_video_becomes_a_video_of_as_many_frames(tmp_path: Path, bright: str) -> None:
    save_video(tmp_path / "clip.mp4", frames=5)
    segmented(tmp_path / "clip.mp4", tmp_path / "mask.mp4", bright)
    video = VideoFile(tmp_path / "mask.mp4")
    assert video.length == 5
    found = video.read_at(3).image[..., 0] >= 128
    video.close()
    assert (found != PERSON).mean() < 0.01


def test_landmarks_of_a_video_have_a_time_for_each_frame(tmp_path: Path) -> None:
    sample("squats").save_video(tmp_path / "squats.mp4")
    segmented(tmp_path / "squats.mp4", tmp_path / "out.parquet", "lite", output="landmarks")
    table = pd.read_parquet(tmp_path / "out.parquet")
    video = VideoFile(tmp_path / "squats.mp4")
    length = video.length
    video.close()
    assert table["frame"].nunique() > 0.9 * length
    assert table["time"].max() > 0.9 * (length - 1) / 30


# --- folders -------------------------------------------------------------------------------


def fill(folder: Path) -> Path:
    """Good files at several depths, and each kind of bad one."""
    save_image(folder / "a.jpg")
    save_image(folder / "deep" / "er" / "b.png")
    save_image(folder / "same.jpg")
    save_image(folder / "same.png")
    save_image(folder / ".hidden.jpg")
    (folder / "notes.txt").write_text("hello")
    save_video(folder / "clip.mp4", frames=3)
    whole = save_image(folder / "broken.png").read_bytes()
    (folder / "broken.png").write_bytes(whole[: len(whole) // 2])
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("hello")
    save_cut_video(folder / "cut.mp4")
    save_cut_video(folder / "cut.mkv")
    save_cut_video(folder / "cut.mov", movflags="faststart")
    return folder


GOOD = ["a.png", "clip.mp4", "deep/er/b.png", "same.jpg.png", "same.png.png"]
BAD = {
    "broken.png": "cannot be read",
    "cut.mkv": "is cut short: it says that it takes 2.4 s",
    "cut.mov": "is cut short: it says that it has 60 frames",
    "cut.mp4": "cut.mp4",
    "empty.jpg": "is empty",
    "text.jpg": "",
}

EXECUTORS: dict[str, Callable[[], Executor | int | None]] = {
    "here": lambda: None,
    "two processes": lambda: 2,
    "threads": lambda: ThreadPoolExecutor(2),
    "dask": dask_executor,
}


def made_in(folder: Path) -> list[str]:
    return sorted(
        each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()
    )


@pytest.mark.parametrize("where", EXECUTORS)
def test_of_a_folder_the_good_files_are_done_and_the_bad_ones_told(
    tmp_path: Path, bright: str, where: str
) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    executor = EXECUTORS[where]()
    files = segmented(source, out, bright, executor=executor)
    if isinstance(executor, ThreadPoolExecutor):
        executor.shutdown()
    assert made_in(out) == GOOD
    assert [each.relative_to(out).as_posix() for each in files.made] == GOOD
    assert [each.path.name for each in files.failed] == [*BAD]
    for failed, said in zip(files.failed, BAD.values(), strict=True):
        assert said in failed.reason
    np.testing.assert_array_equal(pixels(out / "deep/er/b.png"), PERSON * np.uint8(255))


def test_a_second_run_does_only_what_is_missing(tmp_path: Path, bright: str) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    segmented(source, out, bright)
    before = {name: (out / name).stat().st_mtime_ns for name in GOOD}
    (out / "a.png").unlink()
    save_image(source / "empty.jpg")
    files = segmented(source, out, bright)
    assert [each.name for each in files.made] == ["a.png", "empty.png"]
    assert [each.relative_to(out).as_posix() for each in files.there] == GOOD[1:]
    assert [each.path.name for each in files.failed] == [
        each for each in BAD if each != "empty.jpg"
    ]
    assert all((out / name).stat().st_mtime_ns == before[name] for name in GOOD[1:])


def test_with_overwrite_everything_is_done_again(tmp_path: Path, bright: str) -> None:
    save_image(tmp_path / "in" / "a.jpg")
    segmented(tmp_path / "in", tmp_path / "out", bright)
    files = segmented(tmp_path / "in", tmp_path / "out", bright, overwrite=True, threshold=0.95)
    assert (len(files.made), len(files.there)) == (1, 0)
    assert not pixels(tmp_path / "out" / "a.png").any()


def test_a_folder_of_results_inside_is_no_source(tmp_path: Path, bright: str) -> None:
    save_image(tmp_path / "a.jpg")
    for _ in range(2):
        segmented(tmp_path, tmp_path / "masks", bright)
    assert made_in(tmp_path) == ["a.jpg", "masks/a.png"]


@dataclass(frozen=True)
class Waits:
    """A model that takes long for the second image, and says that it is at it."""

    at_work: Path

    def __call__(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        if (self.at_work.parent / "out" / "a.png").exists() and not self.at_work.exists():
            self.at_work.touch()
            time.sleep(600)
        return find_bright(image)


SLOW = """
import sys
from pathlib import Path
from bodyseg_widgets import add_model, segment_files
from tests.unit.test_segment_files import Waits
folder = Path(sys.argv[1])
add_model("Slow", Waits(folder / "at-work"))
segment_files(folder / "in", folder / "out", "Slow", progress=False, output=sys.argv[2])
"""


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("signal", ["SIGINT", "SIGKILL"])
def test_what_was_interrupted_is_finished_by_the_next_run(
    tmp_path: Path, signal: str, bright: str
) -> None:
    import signal as signals  # noqa: PLC0415

    save_image(tmp_path / "in" / "a.jpg")
    save_video(tmp_path / "in" / "b.mp4", frames=3)
    program = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(tmp_path), "mask"], stderr=subprocess.DEVNULL
    )
    wait_until((tmp_path / "at-work").exists, 60)
    # The video has been begun, under a hidden name.
    assert [each.name for each in (tmp_path / "out").iterdir() if each.name[0] != "."] == ["a.png"]
    os.kill(program.pid, getattr(signals, signal))
    assert program.wait(60) != 0
    assert [each.name for each in (tmp_path / "out").iterdir() if each.name[0] != "."] == ["a.png"]
    files = segmented(tmp_path / "in", tmp_path / "out", bright)
    assert [each.name for each in files.made] == ["b.mp4"]
    assert [each.name for each in files.there] == ["a.png"]
    assert made_in(tmp_path / "out") == ["a.png", "b.mp4"]


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"output": "masks"}, InvalidOptionError, "output must be .*'mask'"),
        ({"effect": "boke"}, InvalidOptionError, "effect must be .*'bokeh'"),
        ({"output": "effect"}, InvalidOptionError, "Which effect"),
        ({"threshold": 50}, InvalidOptionError, "probability from 0 to 1"),
        ({"blur": 3}, InvalidOptionError, "'blur' is for effects"),
        ({"effect": "bokeh", "blur": 3}, UnknownArgumentError, "takes no argument 'blur'"),
        ({"output": "landmarks"}, InvalidOptionError, "Selfie general .* finds no landmarks"),
        ({"executor": 0}, InvalidOptionError, "number of processes"),
    ],
)
def test_an_option_that_cannot_be_is_refused(
    tmp_path: Path, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        segmented(save_image(tmp_path / "a.png"), tmp_path / "out.png", "general", **options)
    assert not (tmp_path / "out.png").exists()


def test_what_cannot_be_a_file_of_the_output_is_refused(tmp_path: Path, bright: str) -> None:
    image, video = save_image(tmp_path / "a.png"), save_video(tmp_path / "a.mp4", frames=2)
    for source, out, options, message in (
        (image, "out.jpg", {}, r"out must end in '\.png', '\.mp4'"),
        (image, "out.mp4", {}, r"single image, so out must end in '\.png'"),
        (video, "out.png", {}, r"must end in '\.mp4'"),
        (video, "out.mp4", {"output": "cutout"}, "no transparency"),
        (video, "out.mp4", {"output": "labels"}, "changes numbers"),
    ):
        with pytest.raises(InvalidOptionError, match=message):
            segmented(source, tmp_path / out, bright, **options)
        assert not (tmp_path / out).exists()


def test_an_existing_file_is_not_replaced_unasked(tmp_path: Path, bright: str) -> None:
    source = save_image(tmp_path / "a.png")
    (tmp_path / "out.png").write_text("mine")
    with pytest.raises(ExistingFileError):
        segmented(source, tmp_path / "out.png", bright)
    assert (tmp_path / "out.png").read_text() == "mine"


def test_where_there_is_nothing_to_segment_it_is_told(tmp_path: Path, bright: str) -> None:
    with pytest.raises(SourceError, match="no images or videos"):
        segmented(tmp_path, tmp_path / "out", bright)
    with pytest.raises(SourceError, match="There is no file"):
        segmented(tmp_path / "absent.png", tmp_path / "out.png", bright)
    save_image(tmp_path / "a.png")
    with pytest.raises(InvalidOptionError, match="another folder"):
        segmented(tmp_path, tmp_path, bright)
