"""Recordings: a stream's frames and every model's results, in one file.

The file is an SQLite database, so it grows while it is written, provides random access to frames,
and can be opened even if its writer was killed. ``schema.py`` describes its contents.
"""

from bodyseg_widgets.streaming.recording.reader import Recording
from bodyseg_widgets.streaming.recording.schema import RECORDING_SUFFIX
from bodyseg_widgets.streaming.recording.writer import RecordingWriter

__all__ = ["RECORDING_SUFFIX", "Recording", "RecordingWriter"]
