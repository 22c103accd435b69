"""Segment files: an image, a video, or a folder of both, on one machine or many."""

from __future__ import annotations

import mimetypes
import os
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from bodyseg_widgets.arguments import listed, named_arguments
from bodyseg_widgets.errors import InvalidOptionError, SourceError
from bodyseg_widgets.files import existing_file, given_path, written_whole
from bodyseg_widgets.jobs import check_executor
from bodyseg_widgets.options import SupportedModels, check_max_poses
from bodyseg_widgets.pose import TimedPoses, poses_in_3d, poses_to_dataframe, save_poses
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.kept_models import KEPT_MODELS
from bodyseg_widgets.streaming.live_models import PortableModel, choose_like
from bodyseg_widgets.streaming.offline.effect_video import write_with_effect
from bodyseg_widgets.streaming.offline.kinds import KINDS, VIDEO_SUFFIX
from bodyseg_widgets.streaming.offline.many import (
    FileJob,
    SegmentedFiles,
    make_folder_of,
    work_on_files,
)
from bodyseg_widgets.streaming.offline.outputs import Output, checked_output, image_file
from bodyseg_widgets.streaming.offline.target import new_target
from bodyseg_widgets.streaming.offline.whole_video import check_whole
from bodyseg_widgets.streaming.sources import StillImage, Video, VideoFile, open_source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from bodyseg_widgets.jobs import ExecutorLike
    from bodyseg_widgets.pose import Pose
    from bodyseg_widgets.segmentation import BodyPixPose
    from bodyseg_widgets.streaming.effects import Effect
    from bodyseg_widgets.streaming.frame_model import FrameModel
    from bodyseg_widgets.streaming.live_models import ModelLike

__all__ = ["segment_files"]

_IMAGE_SUFFIXES: Final = frozenset(
    (
        ".jpg", ".jpeg", ".jfif", ".png", ".apng", ".webp", ".avif", ".gif", ".bmp", ".tif",
        ".tiff", ".jp2", ".ppm", ".pgm", ".tga",
    )
)  # fmt: skip


@named_arguments
def segment_files(
    source: str | os.PathLike[str],
    out: str | os.PathLike[str],
    model: ModelLike = "general",
    *,
    output: str = "mask",
    effect: str | Effect | None = None,
    threshold: float = 0.5,
    max_poses: int = 1,
    overwrite: bool = False,
    executor: ExecutorLike = None,
    progress: bool = True,
    **params: Any,  # noqa: ANN401 - the effect's own
) -> SegmentedFiles:
    """Segment an image, a video, or all of a folder, and write masks or whatever else is wanted.

    Of a folder, a file that cannot be used is reported, and the others go on. A file is written
    whole or not at all, so what is there is finished: when the same call is made again, as after an
    interruption, it does only what is missing.

    Parameters
    ----------
    source : str or os.PathLike
        An image, a video, or a folder: its images and videos, at any depth, are found by their
        names. Hidden files are left out.
    out : str or os.PathLike
        For a file, the file to write; for a folder, a folder, which is created, in which files have
        the names of their sources. Images become ``.png``, videos ``.mp4``, with their sound;
        landmarks ``.parquet``. A file may also be ``.webm`` or ``.mkv``, and with an effect
        ``.jpg`` or ``.webp``.
    model : str, sequence of str or Choice
        As `choose_like` takes it.
    output : {'mask', 'probabilities', 'cutout', 'labels', 'landmarks', 'effect'}
        - a mask: white where a person is;
        - probabilities: in gray, 255 for 1;
        - a cut-out: people on nothing, as transparent as their probability, of images only;
        - labels: the number of each pixel's label, of images only; 255 for a person and 0 for the
          rest where the model has no others;
        - landmarks: a table of keypoints, of BlazePose;
        - an effect.
    effect : str or callable, optional
        A built-in effect by its name, such as ``"bokeh"`` or ``"face_blur"``, or a function, as
        `apply_effect` takes them.
    threshold : float
        Lowest probability that counts as a person, 0 to 1.
    max_poses : int
        How many people a pose detector looks for, at least 1.
    overwrite : bool
        Whether to replace existing files. Of a folder, existing files are left as they are without
        it; for a single file, that is an error.
    executor : concurrent.futures.Executor or int, optional
        Where the work is done; see `evaluate`.
    progress : bool
        Whether to show a progress bar for a folder.
    **params
        Passed to the effect.

    Returns
    -------
    SegmentedFiles
        What was written, what was there, and what failed.

    Raises
    ------
    InvalidOptionError, UnknownArgumentError
        An argument is invalid.
    SourceError
        There is no such file or folder, or nothing in it to segment; or the only file cannot be
        used.
    ExistingFileError
        The only file to write exists and `overwrite` is False.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from PIL import Image
    >>> from bodyseg_widgets import sample, segment_files
    >>> with TemporaryDirectory() as folder:
    ...     (Path(folder) / "in").mkdir()
    ...     Image.fromarray(sample("portrait")).save(f"{folder}/in/astronaut.jpg")
    ...     _ = (Path(folder) / "in" / "notes.jpg").write_text("no image")
    ...     files = segment_files(f"{folder}/in", f"{folder}/out", progress=False)
    >>> [each.name for each in files.made], [each.path.name for each in files.failed]
    (['astronaut.png'], ['notes.jpg'])
    """
    check_executor(executor)
    wanted = checked_output(output, effect, threshold, params)
    choice = choose_like(model)
    if wanted.kind == "landmarks" and choice.model != SupportedModels.BlazePose:
        raise InvalidOptionError(
            f"{choice.label} finds no landmarks in meters, which the table has. Choose 'lite', "
            "'full' or 'heavy'."
        )
    where, to = given_path(source), given_path(out)
    work = _Segment(
        uuid4().hex, PortableModel.of(choice), wanted, check_max_poses(max_poses), overwrite
    )
    if where.is_dir():
        return _folder(where, to, work, executor, progress=progress)
    job = _single(where, to, wanted)
    try:
        made = work(job)
    finally:
        KEPT_MODELS.dispose()
    return SegmentedFiles((made,), (), ())


def _folder(
    source: Path, out: Path, work: _Segment, executor: ExecutorLike, *, progress: bool
) -> SegmentedFiles:
    if out == source:
        raise InvalidOptionError(
            f"out must be another folder than source, but both are {str(out)!r}, where masks would "
            "have the names of images."
        )
    files = _files_in(source, without=out)
    if not files:
        raise SourceError(f"There are no images or videos in {str(source)!r}.")
    jobs = _jobs(files, source, out, work.output)
    return work_on_files(
        work, jobs, executor, overwrite=work.overwrite, label=out.name, progress=progress
    )


def _files_in(folder: Path, *, without: Path) -> list[Path]:
    found = []
    for root, folders, names in os.walk(folder):
        here = folder / root
        folders[:] = [each for each in folders if here / each != without and each[0] != "."]
        found += [here / name for name in names if not name.startswith(".")]
    return sorted(file for file in found if _is_image(file) or _is_video(file))


def _is_image(file: Path) -> bool:
    return file.suffix.lower() in _IMAGE_SUFFIXES


def _is_video(file: Path) -> bool:
    kind, _ = mimetypes.guess_type(file.name)
    return file.suffix.lower() in KINDS or (kind is not None and kind.startswith("video/"))


def _jobs(files: list[Path], source: Path, out: Path, output: Output) -> list[FileJob]:
    names = Counter(file.with_suffix("") for file in files)
    jobs = []
    for file in files:
        # Of a.jpg and a.png in one folder, neither may become a.png.
        stem = file.name if names[file.with_suffix("")] > 1 else file.stem
        base = out / file.relative_to(source).parent / stem
        usual = output.suffixes[0]
        image = base.with_name(base.name + usual)
        video = image if usual == ".parquet" else base.with_name(base.name + VIDEO_SUFFIX)
        jobs.append(FileJob(file, image, video))
    return jobs


def _single(source: Path, out: Path, output: Output) -> FileJob:
    existing_file(source)
    suffix = out.suffix.lower()
    videos = () if output.kind == "landmarks" else tuple(KINDS)
    if suffix not in (*output.suffixes, *videos):
        raise InvalidOptionError(
            f"out must end in {listed((*output.suffixes, *videos))} for {output.kind!r}, but got "
            f"{str(out)!r}."
        )
    return FileJob(source, out, out)


@dataclass(frozen=True, slots=True)
class _Segment:
    """Segments one file; can go to another process."""

    run: str
    model: PortableModel
    output: Output
    max_poses: int
    overwrite: bool

    def __call__(self, job: FileJob) -> Path:
        (model,) = KEPT_MODELS.of_run(self.run, [self.model], self.max_poses)
        model.reset()
        with closing(open_source(existing_file(job.source))) as source:
            if isinstance(source, StillImage):
                return self._still(model, source, job.image)
            if not isinstance(source, Video):
                raise SourceError(
                    f"{source.label!r} is a recording, which has masks already. Open it with "
                    "Recording(path)."
                )
            if isinstance(source, VideoFile):
                check_whole(job.source)
            if self.output.kind == "landmarks":
                return self._landmarks(model, source, job.video)
            return self._video(model, source, job)

    def _still(self, model: FrameModel, source: StillImage, target: Path) -> Path:
        frame = source.read_at(0)
        frame.image.flags.writeable = False
        seen = model.run(frame.image, None)
        result = Result(Frame(0, frame.image, 0.0), seen.segmentation, Timings(), seen.poses)
        if self.output.kind == "landmarks":
            return self._table([_moment(result.frame, seen.poses)], target)
        if target.suffix.lower() not in self.output.suffixes:
            raise InvalidOptionError(
                f"{source.label!r} is a single image, so out must end in "
                f"{listed(self.output.suffixes)}, but got {target.name!r}."
            )
        file = image_file(self.output.image(result), target.suffix)
        make_folder_of(target)
        with written_whole(target, overwrite=self.overwrite) as part:
            part.write_bytes(file)
        return target

    def _video(self, model: FrameModel, source: Video, job: FileJob) -> Path:
        if self.output.not_of_videos:
            raise InvalidOptionError(
                f"{self.output.kind!r} is for images, because a video {self.output.not_of_videos}."
            )
        make_folder_of(job.video)
        target = new_target(job.video, job.source, overwrite=self.overwrite)
        write_with_effect(
            source,
            target,
            model,
            self.output.painter(),
            self.output.params if callable(self.output.effect) else {},
            source=job.source,
            overwrite=self.overwrite,
        )
        return target

    def _landmarks(self, model: FrameModel, source: Video, target: Path) -> Path:
        moments = []
        while (frame := source.read()) is not None:
            frame.image.flags.writeable = False
            poses = model.run(frame.image, frame.time).poses
            moments.append(_moment(Frame(frame.index, frame.image, frame.time), poses))
        return self._table(moments, target)

    def _table(self, moments: list[TimedPoses], target: Path) -> Path:
        make_folder_of(target)
        return save_poses(poses_to_dataframe(moments), target, overwrite=self.overwrite)


def _moment(frame: Frame, poses: Sequence[Pose | BodyPixPose]) -> TimedPoses:
    # Masks are large, and no table has them.
    bare = tuple(replace(pose, segmentation=None) for pose in poses_in_3d(poses))
    return TimedPoses(frame.timestamp, bare, frame.id)
