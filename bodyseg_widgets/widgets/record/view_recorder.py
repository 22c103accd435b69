"""Recording the panels to a video file.

The page draws the panels' canvases onto one, in the same grid, and its MediaRecorder encodes that:
the kernel never has the finished images, and drawing them again would be a second renderer. Every
half second of video goes to the kernel at once, on a comm of its own, and into the file. At the end
PyAV writes the same encoded images once more with length and index, and turns Matroska into MP4
where that was asked for: browsers write MP4 in pieces of many seconds, which a dying kernel would
lose.
"""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

import traitlets

from bodyseg_widgets.errors import (
    BodySegError,
    InvalidOptionError,
    MissingDependencyError,
    RecordingError,
)
from bodyseg_widgets.in_page import check_threads_for
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.page_messages import MessageError
from bodyseg_widgets.widgets.kit.reference import REFERENCE
from bodyseg_widgets.widgets.kit.traits import PYTHON_SETS
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.record.video_channel import VideoChannel
from bodyseg_widgets.widgets.record.video_file import (
    MEDIA_TYPES,
    VideoFile,
    checked_name,
    new_target,
)
from bodyseg_widgets.widgets.record.video_recording import VideoRecording

if TYPE_CHECKING:
    import os
    from pathlib import Path

    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        ChunkMessage,
        HeartbeatMessage,
        RecorderPageMessage,
        RecordingEnd,
    )

STATES = ("idle", "starting", "recording", "paused", "finishing", "failed")
"""What a recorder is doing; see `ViewRecorder.state`."""

NOT_SHOWN = (
    "No visible page shows this recorder, so nothing was recorded. Display it beside the panels, "
    "and start again."
)
GONE = "The page was closed or reloaded, or its connection was lost, so the recording ended there."

_log = logging.getLogger(__name__)


class ViewRecorder(Widget):
    """A button that records the panels to a video file.

    It records all panels of the `Explorer` (or of another box with the class
    ``bodyseg-explorer``) that it is displayed in: masks, skeletons, titles, frame numbers and
    messages, as on the page, in the same grid. The video leaves out the line of a profile, the
    color bar of a heatmap, the legend and the color bar of a difference, and the readout under
    the pointer.

    While it records, the video is written to a file beside the one that was asked for, such as
    ``talk.recording.webm``: a kernel that dies loses at most the last second. At the end the video
    gets its length, an index for seeking and its name. Recording pauses while the page is hidden; a
    panel that is scrolled out of sight stands still.

    Parameters
    ----------
    path : str or Path
        The file to write. It ends in ``.webm``, or in ``.mp4`` for an MP4 file. Default: a new
        ``bodyseg-YYYYMMDD-HHMMSS.webm`` in the notebook's working folder for each recording.
    rate : int
        Frames per second, 1 to 60.
    overwrite : bool
        Whether to replace an existing file.

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

    _esm = front_end_module("view_recorder")
    _channel = traitlets.Instance(VideoChannel, read_only=True).tag(**REFERENCE)
    # What the browser may record this time, the best first.
    _media_types = traitlets.List(traitlets.Unicode()).tag(sync=True)

    recording = traitlets.Bool(default_value=False).tag(sync=True)
    """Whether it records, or is about to; set by the button and by `start` and `stop`."""

    path = traitlets.Unicode("").tag(sync=True, **PYTHON_SETS)
    """The file that the next recording writes; empty for a new name each time."""

    rate = traitlets.Int(15).tag(sync=True)
    """Frames per second, 1 to 60, from the next recording on."""

    overwrite = traitlets.Bool(default_value=False)
    """Whether to replace an existing file."""

    seconds = traitlets.Float(0.0).tag(sync=True)
    """The length of the video so far, in seconds, without pauses. Do not set it."""

    bytes = traitlets.Int(0).tag(sync=True)
    """How many bytes are written. Do not set it."""

    state = traitlets.Enum(STATES, default_value="idle").tag(sync=True)
    """``"idle"``; ``"starting"`` (waiting for the page); ``"recording"``; ``"paused"`` (the page
    is hidden); ``"finishing"`` (the file is being completed); ``"failed"`` (the last recording
    failed, see `message`). Do not set it."""

    message = traitlets.Unicode("").tag(sync=True)
    """One sentence that says what was saved, or what is wrong and what to do. Do not set it."""

    def __init__(
        self, *, path: str | os.PathLike[str] = "", rate: int = 15, overwrite: bool = False
    ) -> None:
        self._lock = threading.RLock()
        self._current: VideoRecording | None = None
        self._closed = False
        self._file: Path | None = None
        path = checked_name(path)
        self.set_trait("_channel", VideoChannel(self._receive))
        self._closing.callback(self._channel.close)
        self._closing.callback(self._finish)
        super().__init__(path=path, rate=rate, overwrite=overwrite)

    @property
    def file(self) -> Path | None:
        """The file of the last recording, or None before there is one."""
        return self._file

    def start(self, path: str | os.PathLike[str] | None = None) -> None:
        """Start recording, as the button does; the page begins a moment later.

        Parameters
        ----------
        path : str or Path, optional
            Sets `path` first.

        Raises
        ------
        InvalidOptionError
            `path` ends neither in ``.webm`` nor in ``.mp4``.
        RecordingError
            A recording is running, the recorder is closed, or the folder cannot be written to.
        ExistingFileError
            The file exists and `overwrite` is False.
        MissingDependencyError
            `path` ends in ``.mp4`` and PyAV is not installed.
        """
        with self._lock:
            if self._current is not None:
                raise RecordingError(
                    "A recording is still running or being completed. Call stop(), and start "
                    "again when state is 'idle'."
                )
            if path is not None:
                self.path = checked_name(path)
            self._begin()

    def stop(self) -> None:
        """Stop recording, as the button does.

        It returns at once; `state` is ``"idle"`` and `file` is set when the file is complete.
        """
        with self._lock:
            self.recording = False

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Apply what the page sends; called by ipywidgets."""
        with self._lock:
            super().set_state(sync_data)

    @traitlets.validate("path")
    def _check_path(self, proposal: dict[str, Any]) -> str:
        return checked_name(proposal["value"])

    @traitlets.validate("rate")
    def _check_rate(self, proposal: dict[str, Any]) -> int:
        rate: int = proposal["value"]
        if not 1 <= rate <= 60:  # noqa: PLR2004 - the range it names
            raise InvalidOptionError(f"rate must be 1 to 60 frames per second, but got {rate}.")
        return rate

    @traitlets.observe("recording")
    def _on_recording_changed(self, change: dict[str, Any]) -> None:
        with self._lock:
            recording = self._current
            if not change["new"]:
                if recording is not None and not recording.stopping:
                    self._stop_page(recording)
            elif recording is None:
                try:
                    self._begin()
                except BodySegError as error:
                    self._publish(recording=False, state="failed", message=str(error))
            elif recording.stopping:
                self._publish(recording=False)

    def _finish(self) -> None:
        """Complete the file if it is recording, and begin no other."""
        with self._lock:
            self._closed = True
            recording = self._current
        if recording is not None:
            self._end(recording, "")
            recording.thread.join()

    def _begin(self) -> None:
        """Check where to write, and ask the pages to record."""
        if self._closed:
            raise RecordingError("This recorder was closed. Create a new one.")
        check_threads_for("A recording")
        target = new_target(self.path, datetime.now().astimezone(), overwrite=self.overwrite)
        self._current = VideoRecording(target, self._complete)
        self._current.thread.start()
        self._publish(
            _media_types=[*MEDIA_TYPES[target.suffix.lower()]],
            recording=True,
            state="starting",
            message="",
            seconds=0.0,
            bytes=0,
        )

    def _stop_page(self, recording: VideoRecording) -> None:
        """Wait for the page's last chunks."""
        recording.stopping = True
        recording.heard()
        self._publish(state="finishing")
        if not recording.page:
            self._end(recording, "")

    def _end(self, recording: VideoRecording, problem: str) -> None:
        """Accept nothing more; the recording's own thread completes the file."""
        with self._lock:
            if recording.ended:
                return
            recording.stopping = recording.ended = True
            recording.problem = problem
            self._publish(recording=False, state="finishing")
            recording.lifeline.close()

    def _complete(self, recording: VideoRecording) -> None:
        """Wait for the end of a recording and complete its file; on the recording's thread."""
        trouble, complete = "", False
        try:
            if not recording.lifeline.wait():
                self._end(recording, GONE if recording.page else NOT_SHOWN)
            if recording.file is not None:
                recording.file.finish()
            complete = True
        except MissingDependencyError as error:
            trouble = str(error)
            # The WebM as it was recorded plays, but players cannot seek in it.
            complete = recording.file is not None and recording.file.path == recording.target
        except BodySegError as error:
            trouble = str(error)
        except Exception:  # noqa: BLE001 - the user who waits for the file must be told
            _log.exception("A video could not be completed")
            trouble = f"{recording.target.name} could not be completed; the kernel's log says why."
        finally:
            # In any case: until then, no other recording can begin.
            self._report(recording, trouble, complete=complete)

    def _report(self, recording: VideoRecording, trouble: str, *, complete: bool) -> None:
        """Report how a recording ended, and allow the next one."""
        made, size = (
            (recording.file.path, recording.file.size) if recording.file else (recording.target, 0)
        )
        saved = f"Saved {made.name}." if size else ""
        with self._lock:
            self._current = None
            if size:
                self._file = made
            well = complete and not recording.problem
            message = " ".join(filter(None, (recording.problem, saved, trouble)))
            self._publish(state="idle" if well else "failed", message=message, bytes=size)

    def _publish(self, **state: object) -> None:
        with self._lock, self.hold_sync():
            for name, value in state.items():
                setattr(self, name, value)

    # --- messages of the page

    def _receive(self, message: RecorderPageMessage, buffers: Buffers) -> None:
        with self._lock:
            recording, page = self._current, message["recording"]
            if message["kind"] == "ask" or message["kind"] == "refuse":
                # Several pages may show this recorder; the first one records.
                if recording is None or recording.page or recording.stopping:
                    return
                if message["kind"] == "ask":
                    allowed = MEDIA_TYPES[recording.target.suffix.lower()]
                    if message["type"] not in allowed:
                        raise MessageError(
                            f"A page offers to record {message['type'][:40]!r}, not one of "
                            f"{', '.join(allowed)}. Reload the page."
                        )
                    self._open(recording, page, message["type"])
                else:
                    self._end(recording, message["message"])
            elif recording is None or recording.page != page or recording.ended:
                # A page that was given up: its chunks would leave a gap.
                self._channel.answer({"kind": "ended", "recording": page})
            else:
                self._receive_from(recording, message, buffers)

    def _receive_from(
        self,
        recording: VideoRecording,
        message: ChunkMessage | HeartbeatMessage | RecordingEnd,
        buffers: Buffers,
    ) -> None:
        hidden = message["kind"] == "heartbeat"
        recording.heard(hidden=hidden)
        if message["kind"] == "end":
            self._end(recording, message["message"])
            return
        if message["kind"] == "chunk" and recording.file is not None:
            try:
                recording.file.append(buffers[0])
            except RecordingError as error:
                self._end(recording, str(error))
                return
            self._publish(seconds=message["seconds"], bytes=recording.file.size)
            self._channel.answer(
                {"kind": "written", "recording": recording.page, "bytes": recording.file.size}
            )
        if not recording.stopping:
            self._publish(state="paused" if hidden else "recording")

    def _open(self, recording: VideoRecording, page: str, media_type: str) -> None:
        recording.page = page
        recording.heard()
        try:
            recording.file = VideoFile(recording.target, media_type, overwrite=self.overwrite)
        except BodySegError as error:
            self._end(recording, str(error))
            return
        self._publish(state="recording")
        self._channel.answer(
            {"kind": "begin", "recording": page, "type": media_type, "rate": self.rate}
        )
