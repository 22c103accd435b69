"""Save what panels show: snapshots, recordings, tables."""

from __future__ import annotations

import html
import logging
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.errors import BodySegError, InvalidOptionError, RecordingError
from bodyseg_widgets.in_page import RUNS_IN_PAGE
from bodyseg_widgets.streaming import (
    Frame,
    Overheard,
    RecordingWriter,
    SameFrames,
    Snapshot,
    StreamLog,
    decode_image,
)
from bodyseg_widgets.widgets.kit.controls import Button
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox
from bodyseg_widgets.widgets.record.saved_files import SavedFiles
from bodyseg_widgets.widgets.record.view_recorder import ViewRecorder
from bodyseg_widgets.widgets.stream.asked import (
    ASKED_SECONDS,
    Asked,
    asked_results,
    has_to_ask,
    nothing_comes_meanwhile,
)

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming import Result
    from bodyseg_widgets.streaming.same_frames import SameFrame
    from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor, FrameAgreement
    from bodyseg_widgets.widgets.source.webcam import Webcam
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

LOG_PERIOD = 1.0
"""How long the source may run between two agreements in the log, in seconds, while nothing shows
them: enough for a table of ten minutes, and little work for what perhaps no one reads."""

_NO_COMMON_FRAME = (
    "No common frame yet: no recent frame was finished by all panels. Press Start; if the models "
    'finish different frames, turn on "Same frame", or pause.'
)
_NOTHING_COMES = (
    "The browser runs a model, and what it finds cannot come to Python while this code runs. Press "
    "Snapshot in place of this call."
)
_WAITING = "Waiting for a frame that all panels have finished."

_log = logging.getLogger(__name__)


class RecordControls(WidgetBox, ipywidgets.HBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Buttons and methods that save what panels show.

    Files go to the notebook's working folder unless a path names another one.

    Parameters
    ----------
    webcam : Webcam
        The source of all panels.
    monitor : AgreementMonitor
        Computes how far the panels agree.

    Attributes
    ----------
    snapshot_button : ipywidgets.Button
        Saves what all panels show of one frame, as ``.npz``.
    record_button : ToggleButton
        Records all frames and results to a ``.bodyseg`` file, which can be played as a source.
        Its value is whether it records now; setting it starts or stops a recording.
    view_recorder : ViewRecorder
        Records the panels, with masks and skeletons, to a video.
    saved_files : SavedFiles
        Links to the files that these buttons have saved.
    stream_log : StreamLog
        Timings, coverage and agreement of the last ten minutes.
    """

    stream_log: StreamLog
    snapshot_button: ipywidgets.Button
    record_button: ToggleButton
    view_recorder: ViewRecorder
    saved_files: SavedFiles

    def __init__(self, webcam: Webcam, monitor: AgreementMonitor) -> None:
        self._webcam = webcam
        self._monitor = monitor
        self._panels: tuple[ModelPanel, ...] = ()
        # Reentrant: an observer of the Record button may itself start or stop a recording.
        self._lock = threading.RLock()
        self._end_recording: Callable[[], None] | None = None
        self._failure: RecordingError | None = None
        self._closed = False
        self._frames = SameFrames(asks=False)
        self._stop_logging: Callable[[], None] = lambda: None
        self._asked: Asked | None = None
        self._patience: threading.Timer | None = None
        self._logged: dict[tuple[str, str], float] = {}
        self.stream_log = StreamLog(seconds=600)
        self._recording: RecordingWriter | None = None
        self.snapshot_button = Button(
            description="Snapshot", tooltip="Save this frame with the results of all panels"
        )
        self.record_button = ToggleButton(
            "Record stream", "Record frames, masks and poses to a file that can be played again"
        )
        # Lets the page show that it has ended when the kernel has.
        self.record_button.add_class("bodyseg-record-stream")
        self.view_recorder = ViewRecorder()
        self.saved_files = SavedFiles()
        self.snapshot_button.add_class("bodyseg-icon-snapshot")
        self.record_button.add_class("bodyseg-icon-record")
        for end in (
            self.saved_files.close,
            self.view_recorder.close,
            self._frames.close,
            self.stream_log.stop,
            self._end_logging,
            self._end_recordings,
            self._end_asking,
        ):
            self._closing.callback(end)
        webcam.observe(self._end_asking, "running")
        self._closing.callback(webcam.unobserve, self._end_asking, "running")
        self._message = ipywidgets.HTML()
        self._message.add_class("bodyseg-record-message")
        super().__init__(
            [
                self.snapshot_button,
                self.record_button,
                self.view_recorder,
                self._message,
                self.saved_files,
            ]
        )
        self.add_class("bodyseg-record-controls")
        self.snapshot_button.on_click(self._save_snapshot)
        self.record_button.observe(self._on_record_button_changed, "value")
        self.view_recorder.observe(self._on_view_recorded, "message")

    @property
    def recording(self) -> RecordingWriter | None:
        """The writer of the running recording; None while nothing is recorded."""
        return self._recording

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Save what these panels show from now on; a snapshot that waits asks anew."""
        waited = self._stop_asking()
        self._panels = tuple(panels)
        self._frames.streams = {panel.name: panel.stream for panel in panels}
        for name in self.stream_log.names:
            self.stream_log.remove(name)
        for panel in panels:
            stream = Overheard(panel.stream)
            self.stream_log.add(panel.name, stream, threshold=_threshold_of(panel))
        self._stop_logging()
        self._logged.clear()
        if len(panels) > 1:
            self._stop_logging = self._monitor.on_agreement(
                self._log_agreement, period=LOG_PERIOD, asks=False
            )
        if waited:
            self._save_snapshot()

    def snapshot(self) -> Snapshot:
        """Return the newest frame that every model has finished, with all results.

        If a model runs in the page, it is the next frame, which the page is asked for. Only a
        callback gets what has come already: while a stream waits for it, nothing else can come.

        Raises
        ------
        BodySegError
            There is no recent common frame: nothing was started, a model has failed, or the
            models finish different frames (turn on "Same frame", or pause). Or a model runs in the
            page, from which nothing comes while a cell runs, as in JupyterLite: the button works.
        """
        panels = self._panels
        streams = [panel.stream for panel in panels]
        if has_to_ask(streams) and not any(stream.is_calling for stream in streams):
            results = asked_results(streams)
            if results is None:
                in_vain = nothing_comes_meanwhile(streams)
                raise BodySegError(_NOTHING_COMES if in_vain else _NO_COMMON_FRAME)
            return _snapshot_of(panels, results)
        same = self._frames.newest()
        image = None if same is None else self._image_of(same)
        if same is None or image is None:
            raise BodySegError(_NO_COMMON_FRAME)
        frame = Frame(same.id, image, same.timestamp, live=same.live)
        named = {panel.name: panel for panel in panels}
        thresholds = {name: named[name].view.threshold for name in same.results}
        return Snapshot(frame, same.results, thresholds=thresholds)

    def record(
        self, path: str | os.PathLike[str] | None = None, *, overwrite: bool = False
    ) -> Path:
        """Start recording all frames and results to a file, until :meth:`stop_recording`.

        When nothing more can be written, for example because the disk is full, the recording
        stops and a message beside the buttons says why. The file keeps what was recorded before.

        Results are replayed bit for bit, frames as JPEG. For a source that is decoded in the
        kernel, such as a video file, the models saw the uncompressed pixels, so another model
        that runs on the recording sees slightly different ones.

        Parameters
        ----------
        path : str or path, optional
            The file to write; ends in ``.bodyseg``. Default: a new file with the time in its
            name.
        overwrite : bool
            Whether to replace an existing file.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        RecordingError
            The file cannot be written, or the controls are closed.
        ExistingFileError
            The file exists and `overwrite` is False.
        InvalidOptionError
            A recording is running already.
        """
        with self._lock:
            if self._closed:
                raise RecordingError("These controls were closed. Create new ones to record.")
            if self._recording is not None:
                raise InvalidOptionError(
                    f"{self._recording.path} is being recorded. Stop that recording first."
                )
            target = _new_name(".bodyseg") if path is None else Path(path)
            self._recording = RecordingWriter(
                target, overwrite=overwrite, on_error=self._on_writer_failed
            )
            self._end_recording = self._webcam.frames.add_recorder(self._recording)
            self._failure = None
            self._show(f"Recording to {target.name}.")
        return target

    def stop_recording(self) -> Path | None:
        """Stop the recording and return its file, or None if nothing is recorded.

        Raises
        ------
        RecordingError
            Something could not be written, now or earlier when the recording stopped by itself.
            The file keeps what was recorded before.
        """
        with self._lock:
            recording, self._recording = self._recording, None
            end, self._end_recording = self._end_recording, None
            failure, self._failure = self._failure, None
            if failure is not None:
                raise failure
            if recording is None or end is None:
                return None
            end()
            self._show(f"Completing {recording.path.name}.")
        # Without the lock: the writer's thread takes it where the last of the file fails.
        recording.close()
        dropped = f" ({recording.dropped} dropped by a slow disk)" if recording.dropped else ""
        self._show(f"Recorded {recording.frames} frames to {recording.path.name}{dropped}.")
        self._offer(recording.path)
        return recording.path

    def timings_to_dataframe(self) -> pd.DataFrame:
        """Return timings and coverage of every result of the last ten minutes as a table.

        Of models with classes, it has the coverage of each; see :meth:`StreamLog.to_dataframe`.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self.stream_log.to_dataframe()

    def agreement_to_dataframe(self) -> pd.DataFrame:
        """Return how well all pairs agreed in the last ten minutes as a table.

        Of models with classes in common, it has how well they agree on each. They are compared once
        a second; five times, while a table or plot of it can be seen.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self.stream_log.agreement_to_dataframe()

    def _end_logging(self) -> None:
        self._stop_logging()

    def _end_recordings(self) -> None:
        """Stop the recording, and begin no other."""
        with self._lock:
            self._closed = True
            # A recording that stopped by itself has said so.
            self._failure = None
        self.stop_recording()

    def _on_writer_failed(self, error: RecordingError) -> None:
        """Stop the recording, so that the next press starts a new one; on the writer's thread."""
        with self._lock:
            recording, end = self._recording, self._end_recording
            # A caller that is stopping it gets the error from the writer.
            if recording is None or end is None or recording.error is not error:
                self._show(str(error))
                return
            _log.error("Recording failed", exc_info=error)
            self._recording = self._end_recording = None
            self._failure = error
            end()
            self._show(str(error))

    def _image_of(self, same: SameFrame) -> NDArray[np.uint8] | None:
        for panel in self._panels:
            latest = panel.stream.latest
            if latest is not None and latest.frame.timestamp == same.timestamp:
                return latest.frame.image
        kept = self._webcam.frames.history.find(same.id, same.timestamp)
        return None if kept is None else decode_image(kept.data)

    def _save_snapshot(self, _: object = None) -> None:
        panels = self._panels
        streams = [panel.stream for panel in panels]
        if not has_to_ask(streams):
            self._save(self.snapshot)
            return
        # Not waited for here: the page's answer may come on this thread.
        self._stop_asking()
        self._show(_WAITING)
        self._asked = Asked(
            streams, lambda results: self._save(lambda: _snapshot_of(panels, results))
        )
        if not RUNS_IN_PAGE:
            # A model may have failed; meanwhile, pictures come.
            self._patience = threading.Timer(ASKED_SECONDS, self._end_asking)
            self._patience.name = "bodyseg-snapshot"
            self._patience.daemon = True
            self._patience.start()

    def _stop_asking(self) -> bool:
        """Wait for no frame any more; return whether one was waited for."""
        if self._patience is not None:
            self._patience.cancel()
        asked, self._asked = self._asked, None
        return asked is not None and asked.close()

    def _end_asking(self, _: object = None) -> None:
        """Say that no frame comes: the source has stopped, or none has come for a while."""
        if self._stop_asking():
            self._show(_NO_COMMON_FRAME)

    def _save(self, snapshot: Callable[[], Snapshot]) -> None:
        try:
            file = snapshot().save(_new_name(".npz"))
        except (BodySegError, OSError) as error:
            self._show(str(error))
        else:
            self._show("Snapshot saved.")
            self._offer(file)

    def _offer(self, file: Path) -> None:
        """Let the page download a file, unless everything is being closed."""
        with self._lock:
            if not self._closed:
                self.saved_files.add(file)

    def _on_view_recorded(self, _: object) -> None:
        file = self.view_recorder.file
        # A recording that failed at once has no bytes, and `file` is an earlier one's.
        if file is not None and self.view_recorder.message and self.view_recorder.bytes:
            self._offer(file)

    def _on_record_button_changed(self, change: dict[str, bool]) -> None:
        pressed = change["new"]
        if pressed == (self._recording is not None):
            # The button shows the state; nothing was pressed.
            return
        try:
            if pressed:
                self.record()
            else:
                self.stop_recording()
        except BodySegError as error:
            _log.exception("Recording failed")
            self._show(str(error))

    def _log_agreement(self, pairs: tuple[FrameAgreement, ...]) -> None:
        for pair in pairs:
            # A changed threshold reports the same frame again.
            if pair.live and self._logged.get((pair.a, pair.b)) != pair.timestamp:
                self._logged[pair.a, pair.b] = pair.timestamp
                self.stream_log.add_agreement(
                    pair.timestamp,
                    pair.frame,
                    pair.a,
                    pair.b,
                    iou=pair.iou,
                    mad=pair.mean_absolute_difference,
                    classes=pair.classes,
                )

    def _show(self, message: str) -> None:
        """Show a message, and whether it records now."""
        # Called on the threads of the writer, of a cell and of the page's messages.
        with self._lock:
            self._message.value = f'<span role="status">{html.escape(message)}</span>'
            self.record_button.value = self._recording is not None


def _snapshot_of(panels: Sequence[ModelPanel], results: Sequence[Result]) -> Snapshot:
    """Return the snapshot of the panels' results for one frame, which are in the same order."""
    named = {panel.name: result for panel, result in zip(panels, results, strict=True)}
    thresholds = {panel.name: panel.view.threshold for panel in panels}
    return Snapshot(results[0].frame, named, thresholds=thresholds)


def _threshold_of(panel: ModelPanel) -> Callable[[], float]:
    return lambda: panel.view.threshold


def _new_name(suffix: str) -> Path:
    return Path(f"bodyseg-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}{suffix}")
