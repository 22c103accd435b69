"""Several videos with an effect: here, in other processes, and on a local Dask cluster."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray  # noqa: TC002 - @effect reads annotations

from bodyseg_widgets import (
    BodySegError,
    InvalidOptionError,
    Result,
    SegmentedFiles,
    SourceError,
    add_model,
    apply_effect,
    create_segmenter,
    effect,
    segment_files,
)
from bodyseg_widgets.streaming.effects import CUSTOM_EFFECTS, DrawnEffect
from bodyseg_widgets.streaming.sources import VideoFile
from tests.unit.dask_cluster import dask_executor
from tests.unit.labelled import PERSON, find_bright, save_cut_video, save_video

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path


@effect
def people_only(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
    person = result.mask.probability[..., None] >= 0.5
    return (frame * person).astype(np.uint8)


# Other tests see what views offer.
del CUSTOM_EFFECTS[people_only.name]


def noted(frame: NDArray[np.uint8], result: Result, *, folder: Path) -> NDArray[np.uint8]:
    """Leave a file whose name says what was made of which frame, and with which mask."""
    made = people_only(frame, result)
    pixels = (frame, result.mask.probability, made)
    digest = sha256(b"".join(each.tobytes() for each in pixels)).hexdigest()
    (folder / f"{result.frame.id} {digest}").touch()
    return made


def plain(frame: NDArray[np.uint8], result: Result, *, level: int) -> NDArray[np.uint8]:
    del result
    return np.full_like(frame, level)


EXECUTORS: dict[str, Callable[[], Executor | int | None]] = {
    "here": lambda: None,
    "two processes": lambda: 2,
    "threads": lambda: ThreadPoolExecutor(2),
    "dask": dask_executor,
}


@pytest.fixture
def bright() -> str:
    """A model that finds what is bright."""
    add_model("Bright", find_bright)
    return "Bright"


@pytest.fixture
def videos(tmp_path: Path) -> list[Path]:
    """Two good ones, and one of each kind of bad one."""
    folder = tmp_path / "talks"
    folder.mkdir()
    save_video(folder / "a.mp4", frames=3)
    save_video(folder / "b.mkv", frames=4)
    save_cut_video(folder / "cut.mp4")
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("hello")
    return sorted(folder.iterdir())


def applied(
    videos: object, out: object, model: object, look: object, **options: object
) -> SegmentedFiles:
    return apply_effect(videos, out, model, look, progress=False, **options)  # type: ignore[no-any-return, call-overload]


@pytest.mark.parametrize("where", EXECUTORS)
def test_results_are_those_of_one_video_and_a_bad_one_takes_none_along(
    tmp_path: Path, videos: list[Path], bright: str, where: str
) -> None:
    executor = EXECUTORS[where]()
    (tmp_path / "noted").mkdir()
    files = applied(
        videos, tmp_path / "out", bright, noted, executor=executor, folder=tmp_path / "noted"
    )
    if isinstance(executor, ThreadPoolExecutor):
        executor.shutdown()
    assert [each.name for each in files.made] == ["a.mp4", "b.mp4"]
    assert sorted(each.name for each in (tmp_path / "out").iterdir()) == ["a.mp4", "b.mp4"]
    assert [each.path.name for each in files.failed] == ["cut.mp4", "empty.mp4", "text.mp4"]
    for failed in files.failed:
        with pytest.raises(BodySegError) as told:
            apply_effect(failed.path, tmp_path / "alone.mp4", bright, noted, progress=False)
        assert failed.reason == str(told.value)
    (tmp_path / "alone").mkdir()
    for source, made, frames in zip(videos, files.made, (3, 4), strict=False):
        alone = tmp_path / made.name
        apply_effect(source, alone, bright, noted, progress=False, folder=tmp_path / "alone")
        for each in (made, alone):
            video = VideoFile(each)
            assert video.length == frames
            video.close()
    names = [each.name for each in sorted((tmp_path / "alone").iterdir())]
    # The two differ in the number of their frames alone, so the first three are the same.
    assert [name.partition(" ")[0] for name in names] == ["0", "1", "2", "3"]
    assert sorted(each.name for each in (tmp_path / "noted").iterdir()) == names


@pytest.mark.parametrize("where", EXECUTORS)
def test_built_in_effects_are_named_wherever_it_is_done(
    tmp_path: Path, videos: list[Path], bright: str, where: str
) -> None:
    executor = EXECUTORS[where]()
    options = {"executor": executor, "background": "white", "edge_blur_amount": 0}
    files = applied(videos[:2], tmp_path / "out", bright, "background", **options)
    if isinstance(executor, ThreadPoolExecutor):
        executor.shutdown()
    assert not files.failed
    for made in files.made:
        video = VideoFile(made)
        seen = video.read_at(1).image
        video.close()
        assert seen[~PERSON].mean() > 240


def test_a_second_call_does_only_what_is_missing(
    tmp_path: Path, videos: list[Path], bright: str
) -> None:
    out = tmp_path / "out"
    applied(videos[:2], out, bright, people_only)
    (out / "a.mp4").unlink()
    files = applied(videos[:2], out, bright, people_only)
    assert [each.name for each in files.made] == ["a.mp4"]
    assert [each.name for each in files.there] == ["b.mp4"]
    files = applied(videos[:2], out, bright, plain, overwrite=True, level=200)
    assert [each.name for each in files.made] == ["a.mp4", "b.mp4"]
    video = VideoFile(out / "b.mp4")
    assert abs(int(video.read_at(0).image.mean()) - 200) <= 2
    video.close()


def test_videos_may_come_from_a_generator_and_a_bar_counts_them(
    tmp_path: Path, videos: list[Path], bright: str, capfd: pytest.CaptureFixture[str]
) -> None:
    found = (each for each in videos[:2])
    files = apply_effect(found, tmp_path / "out", bright, people_only)
    assert len(files.made) == 2
    assert "2/2" in capfd.readouterr().err


def test_a_segmenter_stays_open_and_is_for_this_process(tmp_path: Path, videos: list[Path]) -> None:
    with create_segmenter("landscape") as segmenter:
        files = applied(videos[:2], tmp_path / "out", segmenter, people_only)
        assert len(files.made) == 2
        assert not segmenter.disposed
        with pytest.raises(InvalidOptionError, match=r"must be a model's name.*SelfieSegmenter"):
            applied(videos[:2], tmp_path / "other", segmenter, people_only, executor=2)


def test_an_effect_that_other_processes_cannot_import_says_so(
    tmp_path: Path, videos: list[Path], bright: str
) -> None:
    files = applied(videos[:1], tmp_path / "out", bright, lambda frame, _: frame, executor=1)
    assert not files.made
    assert "ickl" in files.failed[0].reason


def test_an_effect_of_a_notebook_goes_to_a_cluster(
    tmp_path: Path, videos: list[Path], bright: str
) -> None:
    @effect
    def local(frame: NDArray[np.uint8], result: Result) -> NDArray[np.uint8]:
        del result
        return 255 - frame

    files = applied(videos[:1], tmp_path / "out", bright, local, executor=dask_executor())
    assert not files.failed
    video = VideoFile(files.made[0])
    assert abs(int(video.read_at(0).image[0, 0, 0]) - 235) <= 3
    video.close()


def test_effects_that_go_to_another_process_are_the_same_there() -> None:
    assert pickle.loads(pickle.dumps(people_only)) is people_only  # noqa: S301
    drawn = DrawnEffect("mask", {"opacity": 0.25, "threshold": 0.75})
    there = pickle.loads(pickle.dumps(drawn))  # noqa: S301
    assert there.__dict__.keys() == drawn.__dict__.keys()
    assert (there._threshold, there._values) == (drawn._threshold, drawn._values)


def test_a_custom_effect_of_a_folder_goes_to_other_processes_too(
    tmp_path: Path, bright: str
) -> None:
    save_video(tmp_path / "in" / "a.mp4", frames=2)
    files = segment_files(
        tmp_path / "in", tmp_path / "out", bright, effect=people_only, executor=1, progress=False
    )
    assert not files.failed
    video = VideoFile(files.made[0])
    seen = video.read_at(0).image
    video.close()
    assert seen[~PERSON].mean() < 5


REFUSED: list[tuple[object, object, type[Exception], str]] = [
    ([], "out", SourceError, "has no videos"),
    ([5], "out", SourceError, "path of a video file, or several, but got int"),
    (5, "out", SourceError, "but got int"),
    (["a.mp4", "b/a.mp4"], "out", InvalidOptionError, "would both become 'a.mp4.mp4'"),
    (["a.mp4"], "file.mp4", InvalidOptionError, "video_out must be a folder"),
    (["a.mp4"], ".", InvalidOptionError, "another folder than that of the videos"),
    (["a.mp4"], 5, InvalidOptionError, "video_out must be a folder, but got 5"),
]


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_is_refused_before_any_work(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bright: str,
    case: tuple[object, object, type[Exception], str],
) -> None:
    videos, out, error, message = case
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file.mp4").touch()
    with pytest.raises(error, match=message):
        applied(videos, out, bright, people_only)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file.mp4"]


def test_a_folder_or_an_executor_for_one_video_says_what_to_pass(
    tmp_path: Path, videos: list[Path], bright: str
) -> None:
    with pytest.raises(SourceError, match=r"is a folder\. Pass a list of its videos"):
        applied(videos[0].parent, tmp_path / "out", bright, people_only)
    with pytest.raises(InvalidOptionError, match="executor is for several videos"):
        applied(videos[0], tmp_path / "out.mp4", bright, people_only, executor=2)
    with pytest.raises(InvalidOptionError, match=r"concurrent\.futures\.Executor, but got 'dask'"):
        applied(videos, tmp_path / "out", bright, people_only, executor="dask")


def test_two_of_one_name_and_different_kinds_stay_apart(tmp_path: Path, bright: str) -> None:
    save_video(tmp_path / "a.mp4", frames=2)
    save_video(tmp_path / "a.mkv", frames=2)
    files = applied(sorted(tmp_path.iterdir()), tmp_path / "out", bright, people_only)
    assert [each.name for each in files.made] == ["a.mkv.mp4", "a.mp4.mp4"]
