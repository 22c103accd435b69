"""Write a video with an effect: read, find people, draw, encode, a few frames apart."""

from __future__ import annotations

import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from bodyseg_widgets.errors import EffectError, SourceError
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.streaming.effects import EffectRun
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.offline.handover import read_ahead, write_behind
from bodyseg_widgets.streaming.offline.kinds import KINDS
from bodyseg_widgets.streaming.offline.sound import Sound
from bodyseg_widgets.streaming.offline.target import written_video
from bodyseg_widgets.streaming.offline.writer import VideoWriter
from bodyseg_widgets.streaming.sources import VideoFile

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from bodyseg_widgets.progress import Bar
    from bodyseg_widgets.streaming.effects import Effect
    from bodyseg_widgets.streaming.frame_model import FrameModel
    from bodyseg_widgets.streaming.sources import SourceFrame, Video

__all__ = ["write_with_effect"]

BYTES_AHEAD = 25 * 2**20
"""Bytes of frames that may wait for the model, and as many for the encoder: four frames of 1920 x
1080, enough to even out both. Of larger ones, one waits."""


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


def _with_sound(video_in: str | os.PathLike[str], video: Video) -> Path | None:
    return existing_file(video_in) if isinstance(video, VideoFile) else None


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
