"""Messages of a page, on the comm and as bytes on the link: what is none is ignored."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any, Final

from bodyseg_widgets import Webcam
from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import LENGTH, pack, unpack
from bodyseg_widgets.segmentation.bodypix import PART_LABELS
from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.widgets.transport.results import meaning_of

if TYPE_CHECKING:
    import random

    from bodyseg_widgets.streaming import EncodedFrame
    from bodyseg_widgets.widgets.source.local_streams import LocalStream
    from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket
    from bodyseg_widgets.widgets.transport.messages import LocalStateMessage
    from tests.fuzz.case import Case

_ADDRESS: Final = {"page": "p", "video": 1}
_TIMINGS: Final = {"capture": 8.0, "up": None, "down": None, "draw": None}
_PLANES: Final = [
    {"kind": "labels", "meaning": meaning_of(PART_LABELS)},
    {"kind": "people"},
    {"kind": "class", "value": 3},
]
_PLANE: Final = zlib.compress(bytes(range(6)))
_GOOD: Final[tuple[tuple[dict[str, Any], list[bytes]], ...]] = (
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
        {"kind": "upload", "page": "p", "upload": 1, "name": "a.jpg", "size": 3, "offset": 0},
        [b"abc"],
    ),
    ({"kind": "leave", "page": "p"}, []),
    ({"kind": "sample"}, []),
    ({"kind": "ping", "page": "a", "asked": 1.0}, []),
    (
        {"kind": "seen", **_ADDRESS, "frame": 1, "stream": "s", "key": "k", "shape": [2, 3]}
        | {"region": [0, 0, 6, 4], "poses": [{"id": None, "score": 0.5}], "planes": _PLANES}
        | {"timings": {"wait": 0.0, "decode": 1.0, "infer": 2.0}, "id": 1, "captured": 1.0}
        | {"browser": _TIMINGS, "live": True, "size": [6, 4], "image": False},
        [_PLANE, bytes(17 * 7 * 4), _PLANE, _PLANE, _PLANE],
    ),
)
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
    """Send some messages to one source, of which most are damaged, and then a good one."""
    webcam = Webcam(source="sample")
    answers: list[dict[str, Any]] = []
    try:
        webcam.channel.send = lambda content, _=(): answers.append(content)
        webcam.frames.local.put(_LOCAL, _Receiver())
        for _ in range(_MESSAGES):
            content, buffers = case.random.choice(_GOOD)
            if case.random.random() < 0.3:
                framed = pack(content, buffers)[LENGTH.size :]
                try:
                    content, buffers = unpack(memoryview(case.damaged(framed)))
                except LinkError:
                    # It closes the link; the next one is as good.
                    continue
            else:
                content, buffers = _odd(case.random, content, buffers)
            # What comes from a page has been JSON.
            webcam.channel._handle_custom_msg(json.loads(json.dumps(content)), buffers)
        answers.clear()
        webcam.channel._handle_custom_msg({"kind": "ping", "page": "a", "asked": 1.0}, [])
        assert [each["kind"] for each in answers if each["kind"] == "pong"] == ["pong"]
    finally:
        webcam.close()
    return "answered"


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
