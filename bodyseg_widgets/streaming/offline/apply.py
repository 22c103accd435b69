"""Apply an effect to every frame of a video file."""

from __future__ import annotations

import os
import time
from contextlib import closing, contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from bodyseg_widgets.arguments import check_function, named_arguments
from bodyseg_widgets.errors import (
    EffectError,
    InvalidOptionError,
    SourceError,
)
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.options import check_max_poses
from bodyseg_widgets.segmentation import BodyPixSegmenter
from bodyseg_widgets.streaming.effects import DrawnEffect, EffectRun, ShaderEffect
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.frame_model import (
    BodyPixModel,
    DetectorModel,
    FrameDetector,
    FrameSegmenter,
    SegmenterModel,
)
from bodyseg_widgets.streaming.live_models import choose_in_python
from bodyseg_widgets.streaming.offline.handover import read_ahead, write_behind
from bodyseg_widgets.streaming.offline.kinds import KINDS
from bodyseg_widgets.streaming.offline.sound import Sound
from bodyseg_widgets.streaming.offline.target import new_target, written_video
from bodyseg_widgets.streaming.offline.writer import VideoWriter
from bodyseg_widgets.streaming.sources import StillImage, Video, VideoFile, open_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from bodyseg_widgets.pose import PoseDetector
    from bodyseg_widgets.segmentation import BodySegmenter
    from bodyseg_widgets.streaming.effects import Effect
    from bodyseg_widgets.streaming.frame_model import FrameModel
    from bodyseg_widgets.streaming.live_models import ModelLike
    from bodyseg_widgets.streaming.sources import SourceFrame

BYTES_AHEAD = 25 * 2**20
"""Bytes of frames that may wait for the model, and as many for the encoder: four frames of 1920 x
1080, enough to even out both. Of larger ones, one waits."""


@named_arguments
def apply_effect(
    video_in: str | os.PathLike[str],
    video_out: str | os.PathLike[str],
    segmenter: BodySegmenter | PoseDetector | ModelLike,
    effect: Effect | str,
    *,
    max_poses: int = 1,
    overwrite: bool = False,
    progress: bool = True,
    **params: Any,  # noqa: ANN401 - the effect's own
) -> Path:
    """Apply an effect to every frame of a video file, and write the result as a video file.

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
    video_in : str or os.PathLike
        A video file, of any kind that FFmpeg reads.
    video_out : str or os.PathLike
        Ends in ``.mp4`` (H.264), ``.webm`` (VP9) or ``.mkv`` (H.264). H.264 needs even sizes: an
        odd width or height is extended by repeating the last row or column.
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
    progress : bool
        Whether to show a progress bar.
    **params
        Passed to the effect.

    Returns
    -------
    Path
        The file that was written, as an absolute path.

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
    _check_path(video_in)
    target = new_target(video_out, video_in, overwrite=overwrite)
    with (
        closing(_opened(video_in)) as video,
        _bar(video, target) if progress else nullcontext() as bar,
        _model(segmenter, people) as model,
    ):
        write_with_effect(
            video, target, model, effect, params, source=video_in, overwrite=overwrite, bar=bar
        )
    return target


def write_with_effect(
    video: Video,
    target: Path,
    model: FrameModel,
    effect: Effect,
    params: Mapping[str, Any],
    *,
    source: str | os.PathLike[str],
    overwrite: bool,
    bar: Bar | None = None,
) -> None:
    """Write a video with an effect; see `apply_effect`.

    Parameters
    ----------
    video : Video
        The opened video, at its first frame.
    target : Path
        As returned by `new_target`.
    model : FrameModel
        Reset before.
    effect, params
        The effect, and what it is given.
    source : str or os.PathLike
        The video's file, for its sound.
    overwrite : bool
        Whether to replace an existing file.
    bar : Bar, optional
        Told of each frame that is done.
    """
    with (
        closing(Sound(_with_sound(source, video))) as sound,
        written_video(target, overwrite=overwrite) as part,
    ):
        run = EffectRun(effect)
        writer = VideoWriter(KINDS[target.suffix.lower()], video, sound)
        decoded = read_ahead(
            _source_frames(video),
            room=BYTES_AHEAD,
            size=lambda item: item[0].image.nbytes,
            name="bodyseg-decode",
        )
        encoder = write_behind(
            partial(writer.write, part),
            room=BYTES_AHEAD,
            size=lambda frame: sum(plane.buffer_size for plane in frame.planes),
            name="bodyseg-encode",
        )
        with encoder as give, decoded as frames:
            for source_frame, decode_ms in frames:
                result = _result(model, source_frame, decode_ms)
                frame = result.frame
                where = f"frame {frame.id} ({frame.timestamp:.3f} s) of {video.label!r}"
                try:
                    image = run.image(result, params, where)
                except EffectError as error:
                    raise EffectError(
                        f"{error} (No video was written. Call the effect with this frame alone to "
                        "debug it.)"
                    ) from error.__cause__
                if not give(writer.frame(image, source_frame)):
                    # The end of the context raises the reason.
                    break
                if bar is not None:
                    bar.update()


class Bar(Protocol):
    """What shows how far a video is."""

    def update(self) -> object:
        """Count one more frame as done."""


def _check_path(video_in: object) -> None:
    if not isinstance(video_in, str | os.PathLike):
        raise SourceError(
            f"video_in must be the path of a video file, but got {type(video_in).__name__}. "
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


def _with_sound(video_in: str | os.PathLike[str], video: Video) -> Path | None:
    return existing_file(video_in) if isinstance(video, VideoFile) else None


def _bar(video: Video, target: Path) -> AbstractContextManager[Bar]:
    from tqdm import auto  # noqa: PLC0415 - rarely needed

    bar: AbstractContextManager[Bar] = auto.tqdm(
        total=video.length, desc=target.name, unit=" frames", dynamic_ncols=True
    )
    return bar


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


def _source_frames(video: Video) -> Iterator[tuple[SourceFrame, float]]:
    """Yield each image, and how many milliseconds decoding it took."""
    done = 0
    while True:
        start = time.perf_counter()
        try:
            source_frame = video.read()
        except SourceError as error:
            raise SourceError(
                f"{error} It was read up to frame {done} of {video.length}, and no video was "
                "written."
            ) from error
        if source_frame is None:
            break
        done = source_frame.index + 1
        yield source_frame, (time.perf_counter() - start) * 1000
        # A frame is large: it must not stay until the next one is there.
        del source_frame
    if not done:
        raise SourceError(
            f"No more frames of {video.label!r} can be decoded. Was the file changed? Try again."
        )


def _result(model: FrameModel, source_frame: SourceFrame, decode_ms: float) -> Result:
    image = source_frame.image
    # The model saw the image unchanged, and so must everyone who keeps the result.
    image.flags.writeable = False
    start = time.perf_counter()
    seen = model.run(image, source_frame.time)
    infer_ms = (time.perf_counter() - start) * 1000
    timings = Timings(decode=decode_ms, infer=infer_ms)
    return Result(
        Frame(source_frame.index, image, source_frame.time), seen.segmentation, timings, seen.poses
    )
