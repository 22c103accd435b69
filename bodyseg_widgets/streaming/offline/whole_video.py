"""Whether a video file is all there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.extras import needed_for

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["check_whole"]

_SECONDS: Final = 0.5
"""By which files of some programs end before they say."""
_NONE: Final = -1.0


def check_whole(file: Path) -> None:
    """Raise an error for a video file that was cut short, where it says how long it was.

    It is read once, without decoding it.

    Parameters
    ----------
    file : Path
        An existing video file.

    Raises
    ------
    SourceError
        It is cut short; the message says where.
    """
    with needed_for("Reading video files"):
        import av  # noqa: PLC0415 - an extra
    try:
        with av.open(str(file)) as container:
            images = next(iter(container.streams.video), None)
            if images is None:
                return
            said, seconds = images.frames, (container.duration or 0) / av.time_base
            start = (container.start_time or 0) / av.time_base
            found, last = 0, _NONE
            for packet in container.demux():
                if not packet.size:
                    continue
                found += packet.stream_index == images.index
                if packet.pts is not None and packet.time_base is not None:
                    end = (packet.pts + (packet.duration or 0)) * packet.time_base
                    last = max(last, float(end) - start)
    except (av.FFmpegError, OSError):
        # Whoever opens it to use it says what is wrong.
        return
    if found < said:
        raise SourceError(
            f"{file.name!r} is cut short: it says that it has {said} frames, but {found} are "
            "there. Copy it again."
        )
    if said == 0 and _NONE < last < seconds - _SECONDS:
        raise SourceError(
            f"{file.name!r} is cut short: it says that it takes {seconds:.1f} s, but it ends after "
            f"{last:.1f} s. Copy it again."
        )
