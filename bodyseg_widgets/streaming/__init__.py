"""Streams: frames in, results out, always the newest. Independent of Jupyter."""

from bodyseg_widgets.streaming.attention import Attention, Overheard
from bodyseg_widgets.streaming.demand import Demand
from bodyseg_widgets.streaming.encoded import (
    EncodedFrame,
    ImageInPage,
    SharedImage,
    decode_image,
    encode_image,
)
from bodyseg_widgets.streaming.feed import (
    ResultCallback,
    ResultFeed,
    ResultSource,
    ResultStream,
)
from bodyseg_widgets.streaming.frame import Frame, FrameInPage, Result, Timings
from bodyseg_widgets.streaming.frame_model import (
    DetectorModel,
    FrameModel,
    FunctionModel,
    Seen,
    SegmenterModel,
)
from bodyseg_widgets.streaming.history import FrameHistory, KeptFrame
from bodyseg_widgets.streaming.live_models import (
    LIVE_MODELS,
    Choice,
    LiveModel,
    ModelLike,
    PortableModel,
    add_model,
    choose,
    choose_like,
    model_names,
    names_a_model,
    on_new_model,
    remove_model,
)
from bodyseg_widgets.streaming.pipeline import FramePipeline, ModelToRun, Sink
from bodyseg_widgets.streaming.player import Played, Player
from bodyseg_widgets.streaming.pose_recorder import PoseRecorder
from bodyseg_widgets.streaming.recording import RECORDING_SUFFIX, Recording, RecordingWriter
from bodyseg_widgets.streaming.same_frames import SameFrame, SameFrames
from bodyseg_widgets.streaming.single_look import look_once
from bodyseg_widgets.streaming.snapshot import Snapshot
from bodyseg_widgets.streaming.stored import StoredResult
from bodyseg_widgets.streaming.stream_log import StreamLog
from bodyseg_widgets.streaming.worker import LatestWorker

__all__ = [
    "LIVE_MODELS",
    "RECORDING_SUFFIX",
    "Attention",
    "Choice",
    "Demand",
    "DetectorModel",
    "EncodedFrame",
    "Frame",
    "FrameHistory",
    "FrameInPage",
    "FrameModel",
    "FramePipeline",
    "FunctionModel",
    "ImageInPage",
    "KeptFrame",
    "LatestWorker",
    "LiveModel",
    "ModelLike",
    "ModelToRun",
    "Overheard",
    "Played",
    "Player",
    "PortableModel",
    "PoseRecorder",
    "Recording",
    "RecordingWriter",
    "Result",
    "ResultCallback",
    "ResultFeed",
    "ResultSource",
    "ResultStream",
    "SameFrame",
    "SameFrames",
    "Seen",
    "SegmenterModel",
    "SharedImage",
    "Sink",
    "Snapshot",
    "StoredResult",
    "StreamLog",
    "Timings",
    "add_model",
    "choose",
    "choose_like",
    "decode_image",
    "encode_image",
    "look_once",
    "model_names",
    "names_a_model",
    "on_new_model",
    "remove_model",
]
