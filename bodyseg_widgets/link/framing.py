"""How messages are framed on a link.

On the WebSocket, a message is one binary message: the length of the head (4 bytes, little-endian),
the head (JSON: ``{"message": {...}, "buffers": [length, ...]}``), and the buffers one after the
other. On the kernel's socket, its length stands before it, in 4 bytes more.
"""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any, Final

from bodyseg_widgets.link.errors import LinkError

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_MESSAGE: Final = 64 * 2**20
"""Maximum length of a message, in bytes: more than a frame of the largest size takes as a JPEG, and
than a part of an upload."""

LENGTH: Final = struct.Struct("<I")
"""The length that stands before a head, and on the kernel's socket before a message."""


def pack(message: object, buffers: Sequence[bytes | memoryview] = ()) -> bytes:
    """Return a message as it is sent on the kernel's socket.

    Parameters
    ----------
    message : dict
        What JSON can express.
    buffers : sequence of bytes or memoryview
        Binary data that goes with it.

    Returns
    -------
    bytes
        The length, the head and the buffers.

    Raises
    ------
    LinkError
        It is longer than `LARGEST_MESSAGE`.

    Examples
    --------
    >>> from bodyseg_widgets.link.framing import pack, unpack
    >>> framed = pack({"kind": "example"}, [b"abc"])
    >>> message, (buffer,) = unpack(memoryview(framed)[4:])
    >>> message, bytes(buffer)
    ({'kind': 'example'}, b'abc')
    """
    views = [memoryview(each).cast("B") for each in buffers]
    head = json.dumps(
        {"message": message, "buffers": [each.nbytes for each in views]}, separators=(",", ":")
    ).encode()
    length = LENGTH.size + len(head) + sum(each.nbytes for each in views)
    check_length(length)
    return b"".join([LENGTH.pack(length), LENGTH.pack(len(head)), head, *views])


def check_length(length: int) -> None:
    """Refuse messages that are too long.

    Raises
    ------
    LinkError
        It is longer than `LARGEST_MESSAGE`.
    """
    if length > LARGEST_MESSAGE:
        raise LinkError(
            f"A message on the link is {length} bytes long, at most {LARGEST_MESSAGE} are allowed."
        )


def unpack(data: memoryview) -> tuple[dict[str, Any], list[memoryview]]:
    """Return a message and its buffers, which are parts of `data`.

    Parameters
    ----------
    data : memoryview
        What follows the length on the kernel's socket.

    Raises
    ------
    LinkError
        It is no message: the error says what is wrong with it.
    """
    if len(data) < LENGTH.size:
        raise LinkError(f"A message on the link has {len(data)} bytes, too few for a length.")
    (head_length,) = LENGTH.unpack_from(data)
    start = LENGTH.size + head_length
    if start > len(data):
        raise LinkError(
            f"A message on the link has {len(data)} bytes, but a head of {head_length} bytes."
        )
    try:
        head = json.loads(bytes(data[LENGTH.size : start]))
    # RecursionError: of brackets within brackets.
    except (ValueError, RecursionError) as error:
        raise LinkError(f"A message on the link has a head that is not JSON ({error}).") from error
    match head:
        case {"message": {"kind": str()} as message, "buffers": list(lengths)} if all(
            type(each) is int and each >= 0 for each in lengths
        ):
            pass
        case _:
            raise LinkError("A message on the link has a head without a kind or lengths.")
    if start + sum(lengths) != len(data):
        raise LinkError(
            f"A message on the link has {len(data)} bytes, but its head says "
            f"{start + sum(lengths)}."
        )
    buffers = []
    for length in lengths:
        buffers.append(data[start : start + length])
        start += length
    return message, buffers
