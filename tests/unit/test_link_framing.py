"""Messages come out of a link as they went in, and what is no message is refused."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from bodyseg_widgets.link import framing
from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import pack, unpack


def framed(head: object, *buffers: bytes) -> memoryview:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return memoryview(b"".join([struct.pack("<I", len(text)), text, *buffers]))


def test_a_message_comes_out_as_it_went_in() -> None:
    numbers = np.arange(6, dtype="<f4").reshape(2, 3)
    sent = pack({"kind": "result", "page": "é"}, [b"", b"abc", numbers.data])
    (length,) = struct.unpack_from("<I", sent)
    assert length == len(sent) - 4
    message, buffers = unpack(memoryview(sent)[4:])
    assert message == {"kind": "result", "page": "é"}
    assert [bytes(each) for each in buffers] == [b"", b"abc", numbers.tobytes()]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (memoryview(b"abc"), "too few for a length"),
        (memoryview(struct.pack("<I", 99) + b"{}"), "a head of 99 bytes"),
        (framed(b"{]"), "not JSON"),
        (framed(b"\xff\xfe"), "not JSON"),
        (framed(b"[" * 100_000), "not JSON"),
        (framed([]), "without a kind or lengths"),
        (framed({"message": {"kind": "ping"}}), "without a kind or lengths"),
        (framed({"message": {"kind": 1}, "buffers": []}), "without a kind or lengths"),
        (framed({"message": [], "buffers": []}), "without a kind or lengths"),
        (framed({"message": {"kind": "x"}, "buffers": [-1]}, b""), "without a kind or lengths"),
        (framed({"message": {"kind": "x"}, "buffers": [True]}, b"a"), "without a kind or lengths"),
        (framed({"message": {"kind": "x"}, "buffers": [3]}, b"ab"), "its head says"),
        (framed({"message": {"kind": "x"}, "buffers": []}, b"ab"), "its head says"),
    ],
)
def test_what_is_no_message_is_refused(data: memoryview, words: str) -> None:
    with pytest.raises(LinkError, match=words):
        unpack(data)


def test_a_message_that_is_too_long_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(framing, "LARGEST_MESSAGE", 100)
    with pytest.raises(LinkError, match="at most 100 are allowed"):
        pack({"kind": "image"}, [bytes(100)])
