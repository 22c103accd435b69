"""Recordings: a stream's frames and every model's results, in one file.

The file is an SQLite database, so it grows while it is written, provides random access to frames,
and can be opened even if its writer was killed. ``schema.py`` describes its contents.

With a write-ahead log, each commit (every quarter of a second) survives the death of the process.
A thread writes; at most 64 MB wait for the disk. Beyond that, whole frames are left
out and counted, and the stream never waits. Frames are kept as the JPEGs that the page sent or was
sent, masks as lossless 8-bit levels: a replay has the same masks to the bit, for any threshold or
view that is chosen later. A ``Recording`` is a source whose images come with their known results.
"""

from bodyseg_widgets.streaming.recording.reader import Recording
from bodyseg_widgets.streaming.recording.schema import RECORDING_SUFFIX
from bodyseg_widgets.streaming.recording.writer import RecordingWriter

__all__ = ["RECORDING_SUFFIX", "Recording", "RecordingWriter"]
