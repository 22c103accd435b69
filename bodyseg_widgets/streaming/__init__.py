"""Streams: frames in, results out, the newest first. Knows nothing of Jupyter."""

from bodyseg_widgets.streaming.feed import ResultCallback, ResultFeed
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.pipeline import (
    EncodedFrame,
    SegmentationPipeline,
    Sink,
    decode_picture,
)
from bodyseg_widgets.streaming.worker import LatestWorker

__all__ = [
    "EncodedFrame",
    "Frame",
    "LatestWorker",
    "Result",
    "ResultCallback",
    "ResultFeed",
    "SegmentationPipeline",
    "Sink",
    "Timings",
    "decode_picture",
]
