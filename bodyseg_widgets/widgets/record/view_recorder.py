"""Recording the panels' pictures to a video file."""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from bodyseg_widgets.errors import (
    BodySegError,
    InvalidOptionError,
    MissingDependencyError,
    RecordingError,
)
from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.record.video_file import (
    MEDIA_TYPES,
    VideoFile,
    checked_name,
    new_target,
)
from bodyseg_widgets.widgets.transport.comms import open_to_the_page
from bodyseg_widgets.widgets.transport.lifeline import Lifeline

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence
    from pathlib import Path

STATES = ("idle", "starting", "recording", "paused", "finishing", "failed")
"""What a recorder is doing; see `ViewRecorder.state`."""

PATIENCE = 2.5
"""Seconds without a word from the page that make one silence; two of them end a recording.
The page sends something twice a second."""

PATIENCE_WITH_HIDDEN = 75.0
"""The same for a hidden page, which browsers let do something only once a minute."""

NOT_SHOWN = (
    "No page that is visible shows this recorder, so nothing was recorded. Display it beside the "
    "panels, and start again."
)
GONE = "The page was closed or reloaded, or its connection was lost, so the recording ended there."

_log = logging.getLogger(__name__)


class ViewRecorder(anywidget.AnyWidget):
    """A button that records the panels' pictures to a video file.

    It records every picture of the `Explorer` (or of another box with the class
    ``bodyseg-explorer``) that it is displayed in: masks, skeletons, titles, frame numbers and
    what a panel says over its picture, as on the page, in the same grid. Not in the video are
    the line of a profile, the colour bar of a heatmap, the legend and the colour bar of a
    difference, and what is read off under the pointer.

    The file grows as the pictures are drawn: a kernel that dies loses at most the last second.
    At the end the video gets its length and an index to seek by. While nobody sees the page,
    recording pauses; a panel that is scrolled out of sight stands still.

    Parameters
    ----------
    path : str or Path
        The file to write. It ends in ``.webm``, or in ``.mp4`` for an MP4 file. Default: a new
        ``bodyseg-YYYYMMDD-HHMMSS.webm`` in the notebook's working folder for each recording.
    rate : int
        Pictures per second, 1 to 60.
    overwrite : bool
        Whether a file that is there already may be replaced.

    Raises
    ------
    InvalidOptionError
        `path` ends otherwise, or `rate` is out of its range.

    Examples
    --------
    >>> from bodyseg_widgets import ViewRecorder
    >>> recorder = ViewRecorder(path="lesson.webm")
    >>> recorder.state, recorder.file
    ('idle', None)
    >>> recorder.close()
    """

    _esm = asset("view_recorder.js")
    _css = asset("bodyseg.css")
    _channel = traitlets.Unicode().tag(sync=True)
    # What the browser may record this time, the best first.
    _media_types = traitlets.List(traitlets.Unicode()).tag(sync=True)

    recording = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it records, or is about to; the button and `start`/`stop` set it."""

    path = traitlets.Unicode("").tag(sync=True)
    """The file that the next recording writes; empty for a new name each time."""

    rate = traitlets.Int(15).tag(sync=True)
    """Pictures per second, 1 to 60. The next recording heeds it."""

    overwrite = traitlets.Bool(default_value=False)
    """Whether a file that is there already may be replaced."""

    seconds = traitlets.Float(0.0).tag(sync=True)
    """How much is written, in seconds, without pauses. Do not set it."""

    bytes = traitlets.Int(0).tag(sync=True)
    """How many bytes are written. Do not set it."""

    state = traitlets.Enum(STATES, default_value="idle").tag(sync=True)
    """``"idle"``; ``"starting"`` (waiting for the page); ``"recording"``; ``"paused"`` (the page
    is hidden); ``"finishing"`` (the file is being completed); ``"failed"`` (the last recording
    went wrong, see `message`). Do not set it."""

    message = traitlets.Unicode("").tag(sync=True)
    """One sentence on what was written, or what is wrong and what to do. Do not set it."""

    def __init__(
        self, *, path: str | os.PathLike[str] = "", rate: int = 15, overwrite: bool = False
    ) -> None:
        self._lock = threading.RLock()
        self._take: _Take | None = None
        self._file: Path | None = None
        self._channel_widget = VideoChannel(self._receive)
        try:
            super().__init__(
                _channel=self._channel_widget.key,
                path=checked_name(path),
                rate=rate,
                overwrite=overwrite,
            )
        except (BodySegError, traitlets.TraitError):
            self._channel_widget.close()
            raise
        open_to_the_page(self)

    @property
    def file(self) -> Path | None:
        """The file that the last recording made, or None before there is one."""
        return self._file

    def start(self, path: str | os.PathLike[str] | None = None) -> None:
        """Start to record, as the button does; the page begins a moment later.

        Parameters
        ----------
        path : str or Path, optional
            Sets `path` first.

        Raises
        ------
        InvalidOptionError
            `path` ends neither in ``.webm`` nor in ``.mp4``.
        RecordingError
            It records already, the file exists already, or its folder cannot be written to.
        MissingDependencyError
            It is to be an MP4 file, and PyAV is not installed.
        """
        with self._lock:
            if self._take is not None:
                raise RecordingError(
                    "A recording is still running or being completed. Call stop(), and start "
                    "again when state is 'idle'."
                )
            if path is not None:
                self.path = checked_name(path)
            self._begin()

    def stop(self) -> None:
        """Stop to record, as the button does.

        It returns at once; `state` is ``"idle"`` and `file` is set when the file is complete.
        """
        self.recording = False

    def close(self) -> None:
        """Complete the file if it is recording, and take the widget off the page."""
        if self.comm is not None:
            take = self._take
            if take is not None:
                self._end(take, "")
                take.thread.join()
            self._channel_widget.close()
            self.layout.close()
        super().close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take over what the page sends; called by ipywidgets."""
        with self._lock:
            super().set_state(sync_data)

    def _send(self, msg: object, buffers: object = None) -> None:
        super()._send(msg, buffers)
        # A cell that starts a recording and runs on must not keep the Stop button waiting.
        open_to_the_page(self)

    @traitlets.validate("path")
    def _check_path(self, proposal: dict[str, Any]) -> str:
        return checked_name(proposal["value"])

    @traitlets.validate("rate")
    def _check_rate(self, proposal: dict[str, Any]) -> int:
        rate: int = proposal["value"]
        if not 1 <= rate <= 60:  # noqa: PLR2004 - the range it names
            raise InvalidOptionError(f"rate must be 1 to 60 pictures per second, but got {rate}.")
        return rate

    @traitlets.observe("recording")
    def _follow_recording(self, change: dict[str, Any]) -> None:
        with self._lock:
            take = self._take
            if not change["new"]:
                if take is not None and not take.leaving:
                    self._leave(take)
            elif take is None:
                try:
                    self._begin()
                except BodySegError as error:
                    self._tell(recording=False, state="failed", message=str(error))
            elif take.leaving:
                self._tell(recording=False)

    def _begin(self) -> None:
        """Check where to write, and ask the pages for pictures."""
        target = new_target(self.path, datetime.now().astimezone(), overwrite=self.overwrite)
        self._take = _Take(target, self._see_to)
        self._take.thread.start()
        self._tell(
            _media_types=[*MEDIA_TYPES[target.suffix.lower()]],
            recording=True,
            state="starting",
            message="",
            seconds=0.0,
            bytes=0,
        )

    def _leave(self, take: _Take) -> None:
        """Wait for the page's last pictures."""
        take.leaving = True
        take.lifeline.heard(PATIENCE)
        self._tell(state="finishing")
        if not take.page:
            self._end(take, "")

    def _end(self, take: _Take, problem: str) -> None:
        """Take no more pictures; the take's own thread completes the file."""
        with self._lock:
            if take.ended:
                return
            take.leaving = take.ended = True
            take.problem = problem
            self._tell(recording=False, state="finishing")
            take.lifeline.end()

    def _see_to(self, take: _Take) -> None:
        """Stay with a take until its file is complete; on a thread of its own."""
        trouble, complete = "", False
        try:
            if not take.lifeline.wait():
                self._end(take, GONE if take.page else NOT_SHOWN)
            if take.file is not None:
                take.file.finish()
            complete = True
        except MissingDependencyError as error:
            trouble = str(error)
            # A WebM plays as it was recorded, and can only not be sought in.
            complete = take.file is not None and take.file.path == take.target
        except BodySegError as error:
            trouble = str(error)
        except Exception:  # noqa: BLE001 - nobody else would tell whoever waits for the file
            _log.exception("A video could not be completed")
            trouble = f"{take.target.name} could not be completed; the kernel's log says why."
        finally:
            # Whatever happened: while the take is there, no other one can begin.
            self._conclude(take, trouble, complete=complete)

    def _conclude(self, take: _Take, trouble: str, *, complete: bool) -> None:
        """Say what became of a take, and let another one begin."""
        made, size = (take.file.path, take.file.size) if take.file else (take.target, 0)
        saved = f"Saved {made.name}." if size else ""
        with self._lock:
            self._take = None
            if size:
                self._file = made
            well = complete and not take.problem
            message = " ".join(filter(None, (take.problem, saved, trouble)))
            self._tell(state="idle" if well else "failed", message=message, bytes=size)

    def _tell(self, **state: object) -> None:
        # Taken off the page, it has nobody to tell.
        with self._lock, self.hold_sync():
            for name, value in state.items():
                setattr(self, name, value)

    # --- what the page says

    def _receive(self, content: dict[str, Any], buffers: Sequence[memoryview]) -> None:
        with self._lock:
            take, page = self._take, content["take"]
            if content["kind"] in {"ask", "refuse"}:
                # Several pages may show this recorder; the first one does it.
                if take is None or take.page or take.leaving:
                    return
                if content["kind"] == "ask":
                    self._open(take, page, content["type"])
                else:
                    self._end(take, content["message"])
            elif take is None or take.page != page or take.ended:
                # Somebody who was taken for gone; what it has would leave a gap.
                self._channel_widget.answer({"kind": "ended", "take": page})
            else:
                self._receive_from(take, content, buffers)

    def _receive_from(
        self, take: _Take, content: dict[str, Any], buffers: Sequence[memoryview]
    ) -> None:
        hidden = content["kind"] == "beat"
        take.lifeline.heard(PATIENCE_WITH_HIDDEN if hidden else PATIENCE)
        if content["kind"] == "end":
            self._end(take, content["message"])
            return
        if content["kind"] == "chunk" and take.file is not None:
            try:
                take.file.append(buffers[0])
            except RecordingError as error:
                self._end(take, str(error))
                return
            self._tell(seconds=content["seconds"], bytes=take.file.size)
            answer = {"kind": "written", "take": take.page, "bytes": take.file.size}
            self._channel_widget.answer(answer)
        if not take.leaving:
            self._tell(state="paused" if hidden else "recording")

    def _open(self, take: _Take, page: str, media_type: str) -> None:
        take.page = page
        take.lifeline.heard(PATIENCE)
        try:
            take.file = VideoFile(take.target, media_type, overwrite=self.overwrite)
        except RecordingError as error:
            self._end(take, str(error))
            return
        self._tell(state="recording")
        answer = {"kind": "begin", "take": page, "type": media_type, "rate": self.rate}
        self._channel_widget.answer(answer)


@dataclass
class _Take:
    """One recording, from the wish for it to the complete file.

    Attributes
    ----------
    page : str
        The id that the page gave it; empty until one has asked for it.
    leaving : bool
        Whether it was told to stop.
    ended : bool
        Whether nothing is taken of it any more.
    problem : str
        Why it ended before somebody stopped it; empty where somebody did.
    """

    target: Path
    see_to: Callable[[_Take], None]
    file: VideoFile | None = None
    page: str = ""
    leaving: bool = False
    ended: bool = False
    problem: str = ""
    lifeline: Lifeline = field(default_factory=lambda: Lifeline(PATIENCE))
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        # A kernel that is shut down does not wait for it: the file is there already.
        self.thread = threading.Thread(
            target=self.see_to, args=(self,), name="bodyseg-view-recorder", daemon=True
        )


class VideoChannel(anywidget.AnyWidget):
    """The comm that carries a recorder's video, and nothing else.

    It has no state that user code could set: published on by a running cell, its next chunk
    would wait for that cell and come after those behind it. Its messages are described in
    ``docs/protocol.md``.

    Parameters
    ----------
    receive : callable
        Called with the content and the buffers of each message of a page.
    """

    _esm = asset("frame_channel.js")
    _key = traitlets.Unicode().tag(sync=True)

    def __init__(self, receive: Callable[[dict[str, Any], Sequence[memoryview]], None]) -> None:
        super().__init__(_key=uuid.uuid4().hex)
        self.on_msg(lambda _, content, buffers: receive(content, buffers))
        open_to_the_page(self)

    @property
    def key(self) -> str:
        """What the page's widgets find this channel by."""
        return str(self._key)

    def answer(self, content: dict[str, object]) -> None:
        """Send the page a message; call it where one of the page's own is handled."""
        self.send(content)
        # Each message of the page says itself where it wants to be handled.
        open_to_the_page(self)

    def close(self) -> None:
        """Close the comm."""
        self.layout.close()
        super().close()
