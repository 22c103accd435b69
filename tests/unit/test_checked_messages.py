"""What a page sends is a message, or ignored with a sentence."""

from __future__ import annotations

import math
from typing import Any, get_args

import pytest

from bodyseg_widgets import Webcam
from bodyseg_widgets.widgets.transport import checked as module
from bodyseg_widgets.widgets.transport import messages
from bodyseg_widgets.widgets.transport.checked import MessageError, checked

TIMINGS = {"capture": 8.0, "up": None, "down": None, "draw": 1}
FRAME = {"kind": "frame", "page": "p", "video": 1, "frame": 1, "captured": 5, "timings": TIMINGS}


def test_a_message_passes_unchanged() -> None:
    assert checked(FRAME, [b""]) is FRAME
    assert checked({"kind": "next", "page": "p", "video": 1, "frame": 2, "begin_at": None}, [])


def test_every_message_of_a_page_is_known() -> None:
    kinds = {name.strip() for name in messages.PageMessage.split("|")}
    assert {each.__name__ for each in module._KINDS.values()} == kinds
    for kind, expected in module._KINDS.items():
        assert get_args(module._fields(expected)["kind"]) == (kind,)


@pytest.mark.parametrize(
    ("content", "buffers", "words"),
    [
        (None, [], r"unknown kind: 'None'.*Expect one of frame, open,.*Reload the page"),
        ({"kind": "dance"}, [], "unknown kind"),
        ({"kind": ["frame"]}, [], "unknown kind"),
        (FRAME, [], "a 'frame' with 0 buffers in place of 1"),
        ({**FRAME, "frame": "1"}, [b""], "whose 'frame' is '1', not int"),
        ({**FRAME, "frame": True}, [b""], "whose 'frame' is 'True', not int"),
        ({**FRAME, "frame": 2**60}, [b""], "whose 'frame' is '1152921504606846976', not int"),
        ({**FRAME, "captured": math.nan}, [b""], "whose 'captured' is 'nan', not float"),
        ({**FRAME, "timings": None}, [b""], "whose 'timings' is 'None', not BrowserTimings"),
        (
            {**FRAME, "timings": {**TIMINGS, "up": ""}},
            [b""],
            r"whose 'up' is '', not float \| None",
        ),
        ({"kind": "leave"}, [], "a 'leave' without 'page'"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(
    content: object, buffers: list[bytes], words: str
) -> None:
    with pytest.raises(MessageError, match=words):
        checked(content, buffers)


def test_a_source_ignores_what_is_no_message(caplog: pytest.LogCaptureFixture) -> None:
    webcam = Webcam(source="sample")
    sent: list[dict[str, Any]] = []
    webcam.channel.send = lambda content, _=(): sent.append(content)
    webcam.channel._handle_custom_msg({"kind": "frame"}, [])
    assert "a 'frame' with 0 buffers" in caplog.text
    webcam.channel._handle_custom_msg({"kind": "ping", "page": "a", "asked": 1.0}, [])
    assert [each["kind"] for each in sent] == ["pong"]
    webcam.close()
