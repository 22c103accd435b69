"""ICC profiles, made from the numbers of their standards."""

from __future__ import annotations

import struct
from typing import Final

_WHITE_D50: Final = (0.96419, 1.0, 0.82489)
_P3_PRIMARIES: Final = {
    "rXYZ": (0.51512, 0.2412, -0.00105),
    "gXYZ": (0.29198, 0.69225, 0.04189),
    "bXYZ": (0.1571, 0.06657, 0.78407),
}
"""Of Display P3 (SMPTE EG 432-1), adapted to D50."""

_SRGB_CURVE: Final = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def display_p3() -> bytes:
    """Return the profile that phones give their photos."""
    curves = dict.fromkeys(("rTRC", "gTRC", "bTRC"), _parametric(3, *_SRGB_CURVE))
    primaries = {name: _xyz(values) for name, values in _P3_PRIMARIES.items()}
    return _profile("RGB ", {**primaries, **curves})


def gray(gamma: float) -> bytes:
    """Return a profile of gray with this gamma."""
    return _profile("GRAY", {"kTRC": _parametric(0, gamma)})


def _profile(space: str, tags: dict[str, bytes]) -> bytes:
    tags = {"desc": _text("A test"), "cprt": _text("CC0"), "wtpt": _xyz(_WHITE_D50), **tags}
    table, data, begin = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        padded = value + bytes(-len(value) % 4)
        table += name.encode() + struct.pack(">II", begin + len(data), len(padded))
        data += padded
    body = struct.pack(">I", len(tags)) + table + data
    head = struct.pack(
        ">I4sI4s4s4s", 128 + len(body), b"none", 0x04300000, b"mntr", space.encode(), b"XYZ "
    )
    white = b"".join(_fixed(value) for value in _WHITE_D50)
    return head + bytes(12) + b"acsp" + bytes(28) + white + bytes(48) + body


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ " + bytes(4) + b"".join(_fixed(value) for value in values)


def _parametric(kind: int, *parameters: float) -> bytes:
    numbers = b"".join(_fixed(value) for value in parameters)
    return b"para" + bytes(4) + struct.pack(">HH", kind, 0) + numbers


def _text(text: str) -> bytes:
    encoded = text.encode("utf-16-be")
    return (
        b"mluc"
        + bytes(4)
        + struct.pack(">II", 1, 12)
        + b"enUS"
        + struct.pack(">II", len(encoded), 28)
        + encoded
    )
