"""What is kept of a stream: snapshots, recordings, tables."""

from __future__ import annotations

import html
import logging
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets

from bodyseg_widgets.errors import BodySegError, InvalidOptionError, RecordingError
from bodyseg_widgets.streaming import (
    Frame,
    RecordingWriter,
    SameFrames,
    Snapshot,
    StreamLog,
    decode_picture,
)
from bodyseg_widgets.widgets.kit.boxes import close_family
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.record.view_recorder import ViewRecorder

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from bodyseg_widgets.streaming.same_frames import SameFrame
    from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor, FrameAgreement
    from bodyseg_widgets.widgets.source.webcam import Webcam
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

_log = logging.getLogger(__name__)


class Keeper(ipywidgets.HBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Buttons, and the same in Python, to keep what panels show.

    Files are written into the notebook's working folder where no other is named.

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
        Records all pictures and results to a ``.bodyseg`` file, which is a source again.
    view_recorder : ViewRecorder
        Records the panels' pictures, with masks and skeletons, to a video.
    stream_log : StreamLog
        Timings, coverage and agreement of the last ten minutes.
    recording : RecordingWriter or None
        While it records; None again once nothing more could be written.
    """

    def __init__(self, webcam: Webcam, monitor: AgreementMonitor) -> None:
        self._webcam = webcam
        self._monitor = monitor
        self._panels: tuple[ModelPanel, ...] = ()
        # Whoever follows the Record button may record or stop in turn, on the same thread.
        self._lock = threading.RLock()
        self._end_recording: Callable[[], None] | None = None
        self._failure: RecordingError | None = None
        self._frames = SameFrames()
        self._stop_logging: Callable[[], None] = lambda: None
        self._noted: dict[tuple[str, str], float] = {}
        self.stream_log = StreamLog(seconds=600)
        self.recording: RecordingWriter | None = None
        self.snapshot_button = ipywidgets.Button(
            description="Snapshot", tooltip="Save what all panels show of this frame"
        )
        self.record_button = ToggleButton(
            "Record stream", "Record pictures, masks and poses to a file that can be played again"
        )
        self.view_recorder = ViewRecorder()
        self._said = ipywidgets.HTML()
        self._said.add_class("bodyseg-said")
        super().__init__([self.snapshot_button, self.record_button, self.view_recorder, self._said])
        self.add_class("bodyseg-keeper")
        self.snapshot_button.on_click(self._save_snapshot)
        self.record_button.observe(self._follow_button, "value")

    def follow(self, panels: Sequence[ModelPanel]) -> None:
        """Keep what these panels show from now on."""
        self._panels = tuple(panels)
        self._frames.streams = {panel.name: panel.stream for panel in panels}
        for name in self.stream_log.names:
            self.stream_log.remove(name)
        for panel in panels:
            self.stream_log.add(panel.name, panel.stream, threshold=_threshold_of(panel))
        self._stop_logging()
        self._noted.clear()
        if len(panels) > 1:
            self._stop_logging = self._monitor.on_agreement(self._note_agreement)

    def snapshot(self) -> Snapshot:
        """Give what all panels show of the newest frame that every model has finished.

        Raises
        ------
        BodySegError
            There is no such frame lately: nothing was started, a model has failed, or the models
            finish different frames (switch on Same frame, or pause).
        """
        same = self._frames.newest()
        panels = {panel.name: panel for panel in self._panels}
        picture = None if same is None else self._picture_of(same)
        if same is None or picture is None:
            raise BodySegError(
                "There is no frame that all panels have finished lately. Press Start; where "
                "models finish different frames, pause, or switch on Same frame."
            )
        frame = Frame(same.id, picture, same.timestamp, live=same.live)
        thresholds = {name: panels[name].view.threshold for name in same.results}
        return Snapshot(frame, same.results, thresholds=thresholds)

    def record(
        self, path: str | os.PathLike[str] | None = None, *, overwrite: bool = False
    ) -> Path:
        """Begin to record all pictures and results to a file; :meth:`stop_recording` ends it.

        Where nothing more can be written, for example because the disk is full, it ends by
        itself and the buttons say why. What was recorded until then is in the file.

        Of a source that is decoded in the kernel, such as a video file, the models saw the
        pixels themselves and the file has them as JPEG. Recorded results are replayed to the
        bit, but a model that is newly chosen then sees slightly other pixels.

        Parameters
        ----------
        path : str or path, optional
            Where to; ends in ``.bodyseg``. Default: a new file with the time in its name.
        overwrite : bool
            Whether a file that is there is replaced.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        RecordingError
            It cannot be written.
        InvalidOptionError
            It records already.
        """
        with self._lock:
            if self.recording is not None:
                raise InvalidOptionError(
                    f"{self.recording.path} is being recorded. Stop that first."
                )
            target = _new_name(".bodyseg") if path is None else Path(path)
            self.recording = RecordingWriter(target, overwrite=overwrite, on_error=self._give_up)
            self._end_recording = self._webcam.channel.tell(self.recording)
            self._failure = None
            # Within the lock: a writer that fails at once must release the button after this.
            self.record_button.value = True
            self._say(f"Recording to {target.name}.")
        return target

    def stop_recording(self) -> Path | None:
        """End the recording, and give its file; None where there is none.

        Raises
        ------
        RecordingError
            Something could not be written, now or when it ended by itself since; what was
            before is in the file.
        """
        with self._lock:
            recording, self.recording = self.recording, None
            end, self._end_recording = self._end_recording, None
            failure, self._failure = self._failure, None
        if failure is not None:
            raise failure
        if recording is None or end is None:
            return None
        end()
        self.record_button.value = False
        recording.close()
        left_out = f", {recording.dropped} left out by a slow disk" if recording.dropped else ""
        self._say(f"Recorded {recording.frames} frames to {recording.path.name}{left_out}.")
        return recording.path

    def timings_to_dataframe(self) -> pd.DataFrame:
        """Give timings and coverage of every result of the last ten minutes, as a table.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self.stream_log.to_dataframe()

    def agreement_to_dataframe(self) -> pd.DataFrame:
        """Give how far all pairs agreed in the last ten minutes, as a table.

        Raises
        ------
        MissingDependencyError
            pandas is not installed.
        """
        return self.stream_log.agreement_to_dataframe()

    def close(self) -> None:
        """End recordings and logs, and close the buttons."""
        if self.comm is None:
            return
        # What ended by itself was said then.
        self._failure = None
        try:
            self.stop_recording()
        finally:
            self._stop_logging()
            self.stream_log.stop()
            self._frames.close()
            self.view_recorder.close()
            close_family(self)
            super().close()

    def _give_up(self, error: RecordingError) -> None:
        """Leave the stream, so that a next press begins anew; on the writer's thread."""
        with self._lock:
            self._say(str(error))
            recording, end = self.recording, self._end_recording
            # Whoever stops it just now gets the error from the writer.
            if recording is None or end is None or recording.error is not error:
                return
            _log.error("Recording failed", exc_info=error)
            self.recording = self._end_recording = None
            self._failure = error
            end()
            self.record_button.value = False

    def _picture_of(self, same: SameFrame) -> NDArray[np.uint8] | None:
        for panel in self._panels:
            latest = panel.stream.latest
            if latest is not None and latest.frame.timestamp == same.timestamp:
                return latest.frame.image
        kept = self._webcam.channel.history.find(same.id, same.timestamp)
        return None if kept is None else decode_picture(kept.data)

    def _save_snapshot(self, _: object) -> None:
        try:
            file = self.snapshot().save(_new_name(".npz"))
        except (BodySegError, OSError) as error:
            self._say(str(error))
        else:
            self._say(f"Saved {file.name}.")

    def _follow_button(self, _: object) -> None:
        wanted = self.record_button.value
        try:
            if wanted and self.recording is None:
                self.record()
            elif not wanted and self.recording is not None:
                self.stop_recording()
        except BodySegError as error:
            _log.exception("Recording failed")
            self.record_button.value = False
            self._say(str(error))

    def _note_agreement(self, pairs: tuple[FrameAgreement, ...]) -> None:
        for pair in pairs:
            # The same frame comes again where a threshold has changed since.
            if pair.live and self._noted.get((pair.a, pair.b)) != pair.timestamp:
                self._noted[pair.a, pair.b] = pair.timestamp
                self.stream_log.add_agreement(
                    pair.timestamp,
                    pair.frame,
                    pair.a,
                    pair.b,
                    iou=pair.iou,
                    mad=pair.mean_absolute_difference,
                )

    def _say(self, text: str) -> None:
        self._said.value = f'<span role="status">{html.escape(text)}</span>'


def _threshold_of(panel: ModelPanel) -> Callable[[], float]:
    return lambda: panel.view.threshold


def _new_name(suffix: str) -> Path:
    return Path(f"bodyseg-{datetime.now().astimezone():%Y%m%d-%H%M%S-%f}{suffix}")
