"""Apply an effect to every frame of a video file, or of several."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, overload
from uuid import uuid4

from bodyseg_widgets.arguments import check_function, in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError, SourceError
from bodyseg_widgets.files import given_path
from bodyseg_widgets.jobs import check_executor
from bodyseg_widgets.options import check_max_poses
from bodyseg_widgets.progress import progress_bar
from bodyseg_widgets.segmentation import BodyPixSegmenter
from bodyseg_widgets.streaming.effects import DrawnEffect, ShaderEffect
from bodyseg_widgets.streaming.frame_model import (
    BodyPixModel,
    DetectorModel,
    FrameDetector,
    FrameSegmenter,
    SegmenterModel,
)
from bodyseg_widgets.streaming.kept_models import KEPT_MODELS
from bodyseg_widgets.streaming.live_models import Choice, PortableModel, choose_in_python
from bodyseg_widgets.streaming.offline.effect_video import write_with_effect
from bodyseg_widgets.streaming.offline.kinds import VIDEO_SUFFIX
from bodyseg_widgets.streaming.offline.many import (
    FileJob,
    SegmentedFiles,
    make_folder_of,
    work_on_files,
)
from bodyseg_widgets.streaming.offline.target import new_target
from bodyseg_widgets.streaming.sources import StillImage, Video, open_source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bodyseg_widgets.jobs import ExecutorLike
    from bodyseg_widgets.pose import PoseDetector
    from bodyseg_widgets.segmentation import BodySegmenter
    from bodyseg_widgets.streaming.effects import Effect
    from bodyseg_widgets.streaming.frame_model import FrameModel
    from bodyseg_widgets.streaming.live_models import ModelLike


@overload
def apply_effect(
    video_in: str | os.PathLike[str],
    video_out: str | os.PathLike[str],
    segmenter: BodySegmenter | PoseDetector | ModelLike,
    effect: Effect | str,
    *,
    max_poses: int = 1,
    overwrite: bool = False,
    executor: None = None,
    progress: bool = True,
    **params: Any,  # noqa: ANN401 - the effect's own
) -> Path: ...


@overload
def apply_effect(
    video_in: Iterable[str | os.PathLike[str]],
    video_out: str | os.PathLike[str],
    segmenter: BodySegmenter | PoseDetector | ModelLike,
    effect: Effect | str,
    *,
    max_poses: int = 1,
    overwrite: bool = False,
    executor: ExecutorLike = None,
    progress: bool = True,
    **params: Any,  # noqa: ANN401
) -> SegmentedFiles: ...


@named_arguments
def apply_effect(
    video_in: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    video_out: str | os.PathLike[str],
    segmenter: BodySegmenter | PoseDetector | ModelLike,
    effect: Effect | str,
    *,
    max_poses: int = 1,
    overwrite: bool = False,
    executor: ExecutorLike = None,
    progress: bool = True,
    **params: Any,
) -> Path | SegmentedFiles:
    """Apply an effect to every frame of a video file, and write the result as a video file.

    Of several videos, one that cannot be used is reported, and the others go on. Those whose result
    is there already are left out without `overwrite`, so the same call goes on after an
    interruption.

    Every frame keeps its time, even if the frame rate varies, and is rotated upright if the file's
    metadata says so. The sound is kept: its streams are copied if the new format supports them, and
    otherwise re-encoded (AAC in ``.mp4``, Opus in the others).

    The frames are those of :class:`.VideoFile`, or of an :class:`.AnimatedImage`: of a truncated
    file, the complete frames are used, and damaged ones in the middle are left out. Reading and
    encoding run in parallel with the model; the effect runs on the calling thread. Only a few
    frames are in memory at a time.

    The file appears only when it is complete. After an error or an interrupt nothing is left
    behind, and an existing file of that name is unchanged.

    Parameters
    ----------
    video_in : str, os.PathLike, or iterable of them
        A video file, of any kind that FFmpeg reads; or several, such as
        ``Path("talks").glob("*.mp4")``.
    video_out : str or os.PathLike
        Ends in ``.mp4`` (H.264), ``.webm`` (VP9) or ``.mkv`` (H.264). H.264 needs even sizes: an
        odd width or height is extended by repeating the last row or column. For several videos, a
        folder, which is created; they become ``.mp4`` files with the names of their sources.
    segmenter : BodySegmenter, PoseDetector, str, sequence of str or Choice
        A segmenter (BodyPix finds parts of the body, too), or a detector made with
        ``enable_segmentation=True``, which is reset before the first frame and stays open; or a
        model as accepted by `choose_like`, for example ``"general"`` or ``("BlazePose", "lite")``,
        which is loaded and disposed.
    effect : callable or str
        A built-in effect by its name, such as ``"face_blur"`` or ``"bokeh"``, with the parameters
        that views have for it and ``threshold``. Or ``(frame, result, **params) -> image``. The
        frame is uint8 (H, W, 3), RGB, read-only. The result is a :class:`Result`; of its frame,
        `id` is the number in the video, from 0, and `timestamp` the seconds since its first frame.
        The image may be anything `to_rgb` accepts, and must have the frame's size. Effects made
        with ``@effect`` also receive `previous`, if they have that parameter. A `ShaderEffect` runs
        in browsers only.
    max_poses : int
        How many people a pose detector looks for, at least 1.
    overwrite : bool
        Whether to replace an existing file.
    executor : concurrent.futures.Executor or int, optional
        Where several videos are worked on; see `evaluate`. It needs a model by its name, and an
        effect by its name or one that the other processes can import.
    progress : bool
        Whether to show a progress bar: of the frames, or of several videos.
    **params
        Passed to the effect.

    Returns
    -------
    Path or SegmentedFiles
        The file that was written, as an absolute path; of several videos, what was written, what
        was there, and what failed.

    Raises
    ------
    InvalidOptionError
        An argument is invalid.
    SourceError
        `video_in` is not a video, or cannot be read to its end; the message says how far it was
        read.
    RecordingError
        `video_out` cannot be written.
    ExistingFileError
        `video_out` exists and `overwrite` is False, or it is a folder.
    EffectError
        The effect raised an error, which is the ``__cause__``; the message names the frame.
    InvalidImageError
        The effect did not return an image of the frame's size; the message names the frame.
    MissingDependencyError
        PyAV is not installed.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> import av
    >>> from bodyseg_widgets.streaming.offline import apply_effect
    >>> from bodyseg_widgets.streaming.sources import VideoFile
    >>> def dim_the_rest(frame, result, brightness):
    ...     dimmed = (frame * brightness).astype(frame.dtype)
    ...     dimmed[result.mask.probability >= 0.5] = frame[result.mask.probability >= 0.5]
    ...     return dimmed
    >>> with TemporaryDirectory() as folder:
    ...     with av.open(f"{folder}/clip.mp4", "w") as container:
    ...         stream = container.add_stream("mpeg4", rate=25)
    ...         stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    ...         for _ in range(3):
    ...             container.mux(stream.encode(av.VideoFrame(64, 48, "yuv420p")))
    ...         container.mux(stream.encode())
    ...     made = apply_effect(
    ...         f"{folder}/clip.mp4",
    ...         f"{folder}/dimmed.mp4",
    ...         "landscape",
    ...         dim_the_rest,
    ...         progress=False,
    ...         brightness=0.3,
    ...     )
    ...     video = VideoFile(made)
    ...     video.close()
    >>> made.name, video.length, video.rate
    ('dimmed.mp4', 3, 25.0)
    """
    if isinstance(effect, ShaderEffect):
        raise InvalidOptionError(
            f"The shader {effect.name!r} runs only in a browser, which apply_effect does not have. "
            "Write it as a function with @effect, or record the view while it plays."
        )
    if isinstance(effect, str):
        effect, params = DrawnEffect(effect, params), {}
    check_function("effect", effect, "(frame, result, **params) -> image")
    people = check_max_poses(max_poses)
    check_executor(executor)
    if isinstance(video_in, str | os.PathLike):
        _check_single(video_in, executor)
        target = new_target(video_out, video_in, overwrite=overwrite)
        with _model(segmenter, people) as model:
            _write(video_in, target, model, effect, params, overwrite=overwrite, progress=progress)
        return target
    jobs = _jobs(video_in, video_out)
    with _model_of_many(segmenter, people, executor) as model_of_many:
        return work_on_files(
            _Apply(model_of_many, effect, params, overwrite),
            jobs,
            executor,
            overwrite=overwrite,
            label=given_path(video_out).name,
            progress=progress,
        )


@contextmanager
def _model_of_many(
    segmenter: BodySegmenter | PoseDetector | ModelLike, max_poses: int, executor: ExecutorLike
) -> Iterator[Callable[[], FrameModel]]:
    """Yield what returns the model, wherever it is called."""
    if isinstance(segmenter, str | Sequence | Choice):
        portable = PortableModel.of(choose_in_python(segmenter))
        yield partial(_kept_model, uuid4().hex, portable, max_poses)
        return
    if executor is not None:
        raise InvalidOptionError(
            "With executor, segmenter must be a model's name, which other processes can load, but "
            f"got {in_short(segmenter)}. Pass its name, such as 'general'."
        )
    with _model(segmenter, max_poses) as model:
        yield lambda: model


def _kept_model(run: str, model: PortableModel, max_poses: int) -> FrameModel:
    (loaded,) = KEPT_MODELS.of_run(run, [model], max_poses)
    return loaded


@dataclass(frozen=True, slots=True)
class _Apply:
    """Applies an effect to one of several videos; can go to another process if its parts can."""

    model: Callable[[], FrameModel]
    effect: Effect
    params: Mapping[str, Any]
    overwrite: bool

    def __call__(self, job: FileJob) -> Path:
        model = self.model()
        # It has tracked people in another video.
        model.reset()
        make_folder_of(job.video)
        target = new_target(job.video, job.source, overwrite=self.overwrite)
        _write(
            job.source,
            target,
            model,
            self.effect,
            self.params,
            overwrite=self.overwrite,
            progress=False,
        )
        return target


def _write(
    video_in: str | os.PathLike[str],
    target: Path,
    model: FrameModel,
    effect: Effect,
    params: Mapping[str, Any],
    *,
    overwrite: bool,
    progress: bool,
) -> None:
    with (
        closing(_opened(video_in)) as video,
        progress_bar(video.length, target.name, unit="frames", shown=progress) as bar,
    ):
        write_with_effect(
            video, target, model, effect, params, source=video_in, overwrite=overwrite, bar=bar
        )


def _check_single(video_in: str | os.PathLike[str], executor: ExecutorLike) -> None:
    given = os.fspath(video_in)
    if given_path(video_in).is_dir():
        raise SourceError(
            f"{given!r} is a folder. Pass a list of its videos, such as sorted(Path({given!r})"
            ".glob('*.mp4')), and a folder for video_out; or use segment_files(…, effect=…), which "
            "takes all that is in a folder."
        )
    if executor is not None:
        raise InvalidOptionError(
            f"executor is for several videos, but got the single one {given!r}. Leave it out, or "
            "pass a list of videos, and a folder for video_out."
        )


def _jobs(videos: object, video_out: object) -> list[FileJob]:
    """Return what becomes of several videos."""
    if not isinstance(videos, Iterable) or isinstance(videos, bytes):
        raise _no_path(videos)
    sources = []
    for each in videos:
        if not isinstance(each, str | os.PathLike):
            raise _no_path(each)
        sources.append(given_path(each))
    if not sources:
        raise SourceError("video_in has no videos. Does the folder have files of that name?")
    if not isinstance(video_out, str | os.PathLike) or given_path(video_out).is_file():
        raise InvalidOptionError(
            f"Of several videos, video_out must be a folder, but got {in_short(video_out)}. Choose "
            "one, which is created if it is not there."
        )
    folder = given_path(video_out)
    stems = Counter(source.stem for source in sources)
    targets: dict[Path, Path] = {}
    for source in sources:
        # Of a.mov and a.avi, neither may become a.mp4.
        name = source.stem if stems[source.stem] == 1 else source.name
        target = folder / f"{name}{VIDEO_SUFFIX}"
        if target in targets:
            raise InvalidOptionError(
                f"{str(targets[target])!r} and {str(source)!r} would both become {target.name!r}. "
                "Call it for each of their folders."
            )
        targets[target] = source
    taken = [source for source in sources if source in targets]
    if taken:
        raise InvalidOptionError(
            f"video_out must be another folder than that of the videos, but {str(taken[0])!r} "
            "would be replaced. Choose another one."
        )
    return [FileJob(source, target, target) for target, source in targets.items()]


def _no_path(given: object) -> SourceError:
    return SourceError(
        f"video_in must be the path of a video file, or several, but got {type(given).__name__}. "
        "Images in memory need no file: call the effect with each one."
    )


def _opened(video_in: str | os.PathLike[str]) -> Video:
    source = open_source(video_in)
    if isinstance(source, Video):
        return source
    source.close()
    what = "a single image" if isinstance(source, StillImage) else "a recording of a stream"
    raise SourceError(
        f"video_in must be a video file, but {source.label!r} is {what}. Call the effect with its "
        "image and a Result instead."
    )


@contextmanager
def _model(
    segmenter: BodySegmenter | PoseDetector | ModelLike, max_poses: int
) -> Iterator[FrameModel]:
    model: FrameModel
    if isinstance(segmenter, BodyPixSegmenter):
        model = BodyPixModel(segmenter, max_poses=lambda: max_poses)
    elif isinstance(segmenter, FrameDetector):
        model = DetectorModel(segmenter, max_poses=lambda: max_poses)
    elif isinstance(segmenter, FrameSegmenter):
        model = SegmenterModel(segmenter)
    else:
        model = choose_in_python(segmenter).to_run(lambda: max_poses).create()
        try:
            yield model
        finally:
            model.dispose()
        return
    # It may have tracked people in another video.
    model.reset()
    yield model
