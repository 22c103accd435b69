"""Streams: frames in, results out, the newest first. Knows nothing of Jupyter."""

from bodyseg_widgets.streaming.feed import ResultCallback, ResultFeed
from bodyseg_widgets.streaming.frame import Frame, Result, Timings
from bodyseg_widgets.streaming.frame_model import DetectorModel, FrameModel, Seen, SegmenterModel
from bodyseg_widgets.streaming.live_models import LIVE_MODELS, Choice, LiveModel, choose
from bodyseg_widgets.streaming.pipeline import EncodedFrame, FramePipeline, Sink, decode_picture
from bodyseg_widgets.streaming.pose_recorder import PoseRecorder, ResultSource
from bodyseg_widgets.streaming.worker import LatestWorker

__all__ = [
    "LIVE_MODELS",
    "Choice",
    "DetectorModel",
    "EncodedFrame",
    "Frame",
    "FrameModel",
    "FramePipeline",
    "LatestWorker",
    "LiveModel",
    "PoseRecorder",
    "Result",
    "ResultCallback",
    "ResultFeed",
    "ResultSource",
    "Seen",
    "SegmenterModel",
    "Sink",
    "Timings",
    "choose",
    "decode_picture",
]
