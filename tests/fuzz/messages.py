"""Messages of a page to each widget that takes some, on its comm and as bytes on the link."""

from __future__ import annotations

import json
import zlib
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from bodyseg_widgets import (
    LandmarkPlot3D,
    MaskEditor,
    SavedFiles,
    SegmentationStream,
    ViewRecorder,
    Webcam,
)
from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import LENGTH, pack, unpack
from bodyseg_widgets.segmentation.bodypix import PART_LABELS
from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.widgets import MenuButton
from bodyseg_widgets.widgets.transport.results import meaning_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    import ipywidgets

    from bodyseg_widgets.streaming import EncodedFrame
    from bodyseg_widgets.widgets.source.local_streams import LocalStream
    from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.transport.messages import LocalStateMessage
    from tests.fuzz.case import Case

Message = tuple[dict[str, Any], list[bytes]]


class Taker(NamedTuple):
    """A widget, good messages to it, and what is closed with it, unless that is the widget."""

    widget: ipywidgets.Widget
    good: list[Message]
    owner: ipywidgets.Widget | None = None


_ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**53,
    2**70,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x" * 300,
    "a\0b",
    "../../etc/passwd",
    "..",
    "\ud800",
    [],
    [1],
    {},
    {"a": None},
    "sample",
    "file",
    "python",
)
_MESSAGES: Final = 8
_ADDRESS: Final = {"page": "p", "video": 1}
_TIMINGS: Final = {"capture": 8.0, "up": None, "down": None, "draw": None}
_PAINTED: Final = {"page": "p", "stroke": 1, "version": 0}
_MASK: Final = zlib.compress(bytes(12))
_PLANE: Final = zlib.compress(bytes(range(12)))
_PLANES: Final = [
    {"kind": "labels", "meaning": meaning_of(PART_LABELS)},
    {"kind": "people"},
    {"kind": "class", "value": 3},
]
_LOCAL: Final[LocalStream] = {
    "stream": "s",
    "key": "k",
    "model": "BodyPix",
    "model_type": "MobileNetV1 0.75 quant2",
    "max_poses": 1,
    "accelerator": "auto",
    "classes": [],
}


class _Receiver:
    """A stream that takes what BodyPix in the page has found, and looks at all of it."""

    model = LIVE_MODELS["BodyPix"]

    def seen(self, encoded: EncodedFrame[FrameTicket]) -> None:
        seen = encoded.known["k"].seen()
        mask = seen.segmentation.mask
        assert mask.probability.shape == mask.values.shape == encoded.image.size

    def said(self, told: LocalStateMessage) -> None:
        pass


def try_one(case: Case) -> str:
    """Send a widget some messages, of which most are damaged, and a good one to a source."""
    with ExitStack() as closed:
        webcam = closed.enter_context(closing(Webcam(source="sample")))
        answers: list[dict[str, Any]] = []
        webcam.channel.send = lambda content, _=(): answers.append(content)
        stream = closed.enter_context(closing(SegmentationStream(webcam, runtime="browser")))
        make = case.random.choice((_source, _source, _source, *_OTHERS))
        widget, good, owner = make(case, stream)
        closed.callback((owner or widget).close)
        for _ in range(_MESSAGES):
            content, buffers = case.random.choice(good)
            if case.random.random() < 0.3:
                framed = pack(content, buffers)[LENGTH.size :]
                try:
                    content, buffers = unpack(memoryview(case.damaged(framed)))
                except LinkError:
                    # It closes the link; the next one is as good.
                    continue
            else:
                content, buffers = _odd(case.random, content, buffers)
            _send(widget, content, buffers)
        answers.clear()
        _send(webcam.channel, {"kind": "ping", "page": "a", "asked": 1.0}, [])
        assert [each["kind"] for each in answers if each["kind"] == "pong"] == ["pong"]
    return "answered"


def _send(widget: ipywidgets.Widget, content: object, buffers: list[bytes]) -> None:
    # ipywidgets would log what they raise. What comes from a page has been JSON.
    for callback in widget._msg_callbacks.callbacks:
        callback(widget, json.loads(json.dumps(content)), buffers)


def _source(_: Case, stream: SegmentationStream) -> Taker:
    (local,) = stream.webcam._local_streams
    whose = {"stream": local["stream"], "key": local["key"]}
    stream.webcam.frames.local.put(_LOCAL, _Receiver())
    seen = {"kind": "seen", **_ADDRESS, "frame": 1, "id": 1, "captured": 1.0}
    seen |= {"browser": _TIMINGS, "live": True, "size": [4, 3], "image": False}
    seen |= {"shape": [3, 4], "region": [0, 0, 4, 3]}
    seen |= {"timings": {"wait": 0.0, "decode": 0.0, "infer": 1.0}}
    return Taker(
        stream.webcam.channel,
        [
            (
                {"kind": "frame", **_ADDRESS, "frame": 1, "captured": 1.0, "timings": _TIMINGS},
                [b"\xff\xd8"],
            ),
            (
                {"kind": "open", **_ADDRESS, "source": "sample", "path": "", "device": 0}
                | {"width": 640, "height": 480, "frame_rate": 30},
                [],
            ),
            ({"kind": "next", **_ADDRESS, "frame": 2, "begin_at": None}, []),
            ({"kind": "show", **_ADDRESS, "frame": 3, "id": 1}, []),
            ({"kind": "keep_alive", **_ADDRESS}, []),
            ({"kind": "close", **_ADDRESS}, []),
            (
                {"kind": "upload", "page": "p", "upload": 1, "name": "a.jpg", "size": 3}
                | {"offset": 0},
                [b"abc"],
            ),
            ({"kind": "leave", "page": "p"}, []),
            ({"kind": "sample"}, []),
            ({"kind": "ping", "page": "a", "asked": 1.0}, []),
            ({"kind": "asset", "page": "p", "name": "selfie_general", "offset": None}, []),
            ({"kind": "asset", "page": "p", "name": "selfie_general", "offset": 10**6}, []),
            (
                {"kind": "local_state", "page": "p", **whose, "state": "ready", "message": ""}
                | {"running_on": "wasm", "why": ""},
                [],
            ),
            ({**seen, **whose, "poses": [], "planes": []}, [_MASK, b""]),
            (
                {**seen, "stream": "s", "key": "k", "planes": _PLANES}
                | {"poses": [{"id": None, "score": 0.5}]},
                [_MASK, bytes(17 * 7 * 4), _PLANE, _PLANE, _PLANE],
            ),
        ],
    )


def _recorder(case: Case, _: SegmentationStream) -> Taker:
    recorder = ViewRecorder(path=case.folder / "a.webm")
    recorder.recording = True
    return Taker(
        recorder._channel,
        [
            ({"kind": "ask", "recording": "r", "type": "video/webm;codecs=vp9"}, []),
            ({"kind": "refuse", "recording": "s", "message": "It cannot."}, []),
            ({"kind": "chunk", "recording": "r", "seconds": 0.5}, [b"video"]),
            ({"kind": "heartbeat", "recording": "r"}, []),
            ({"kind": "end", "recording": "s", "message": ""}, []),
        ],
        recorder,
    )


def _files(case: Case, _: SegmentationStream) -> Taker:
    (case.folder / "a.csv").write_text("time")
    files = SavedFiles(case.folder / "a.csv")
    file = files._files[0]["id"]
    return Taker(files, [({"kind": "read", "request": "r", "file": file, "offset": 0}, [])])


def _editor(case: Case, _: SegmentationStream) -> Taker:
    return Taker(
        MaskEditor(np.zeros((3, 4, 3), np.uint8), folder=case.folder),
        [
            ({"kind": "edit"}, []),
            ({"kind": "painted", **_PAINTED}, [_MASK]),
            ({"kind": "save", **_PAINTED, "name": "one"}, [_MASK]),
        ],
    )


def _plot(_: Case, stream: SegmentationStream) -> Taker:
    return Taker(
        LandmarkPlot3D(stream),
        [
            ({"kind": "program", "request": "r"}, []),
            ({"kind": "figure"}, []),
            ({"kind": "drawn", "update": 1}, []),
            ({"kind": "camera", "camera": {"eye": {"x": 1.0, "y": 1.0, "z": 1.0}}}, []),
        ],
    )


def _menu(_: Case, __: SegmentationStream) -> Taker:
    return Taker(MenuButton("Add", items=["general"]), [({"kind": "chosen", "index": 0}, [])])


def _weights(_: Case, stream: SegmentationStream) -> Taker:
    return Taker(stream, [({"kind": "weights", "download": False}, [])])


_OTHERS: Final[tuple[Callable[[Case, SegmentationStream], Taker], ...]] = (
    _recorder,
    _files,
    _editor,
    _plot,
    _menu,
    _weights,
)


def _odd(
    chance: random.Random, content: dict[str, Any], buffers: list[bytes]
) -> tuple[Any, list[bytes]]:
    changed = dict(content)
    for _ in range(chance.choice((0, 1, 1, 2))):
        name = chance.choice([*changed]) if changed else "kind"
        match chance.randrange(4):
            case 0:
                changed.pop(name, None)
            case 1 if name == "timings":
                changed[name] = {**_TIMINGS, chance.choice([*_TIMINGS]): chance.choice(_ODD)}
            case _:
                changed[name] = chance.choice(_ODD)
    match chance.randrange(6):
        case 0:
            buffers = []
        case 1:
            buffers = [*buffers, chance.randbytes(chance.randrange(40))]
        case 2:
            buffers = [chance.randbytes(chance.randrange(40)) for _ in buffers]
        case 3 if chance.random() < 0.1:
            return chance.choice(_ODD), buffers
    return changed, buffers
