"""Recordings: a stream's pictures and what every model made of them, in one file.

The file is an SQLite database, so it grows while it is written, gives any picture by its number,
and opens after its writer was killed. ``schema.py`` says what is in it.
"""

from bodyseg_widgets.streaming.recording.reader import Recording
from bodyseg_widgets.streaming.recording.schema import RECORDING_SUFFIX
from bodyseg_widgets.streaming.recording.writer import RecordingWriter

__all__ = ["RECORDING_SUFFIX", "Recording", "RecordingWriter"]
