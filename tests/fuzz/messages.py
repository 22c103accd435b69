"""Messages of a page, on the comm and as bytes on the link: what is none is ignored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bodyseg_widgets import Webcam
from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import LENGTH, pack, unpack

if TYPE_CHECKING:
    import random

    from tests.fuzz.case import Case

_ADDRESS: Final = {"page": "p", "video": 1}
_TIMINGS: Final = {"capture": 8.0, "up": None, "down": None, "draw": None}
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


def try_one(case: Case) -> str:
    """Send some messages to one source, of which most are damaged, and then a good one."""
    webcam = Webcam(source="sample")
    answers: list[dict[str, Any]] = []
    try:
        webcam.channel.send = lambda content, _=(): answers.append(content)
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
