"""One case: its random numbers, its folder, and ways to damage data."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_LARGEST_CUT = 64


@dataclass(frozen=True)
class Case:
    """One case of a kind.

    Attributes
    ----------
    seed : int
        Its number. The same seed makes the same case.
    folder : Path
        An empty folder for its files.
    random : random.Random
        The only source of chance.
    """

    seed: int
    folder: Path
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "random", random.Random(self.seed))  # noqa: S311 - no secret

    def damaged(self, data: bytes, others: Sequence[bytes] = ()) -> bytes:
        """Return data with one to eight changes; `others` may be spliced in."""
        changed = bytearray(data)
        for _ in range(self.random.choice((1, 1, 1, 2, 4, 8))):
            if not changed:
                break
            self.random.choice(_CHANGES)(self.random, changed, others)
        return bytes(changed)


def _flip(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _replace(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    data[chance.randrange(len(data))] = chance.randrange(256)


def _edge(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    """Write a number at the edge of its range, where sizes and offsets may be."""
    length = chance.choice((1, 2, 4))
    at = chance.randrange(len(data))
    number = chance.choice(_EDGES) & (256**length - 1)
    data[at : at + length] = number.to_bytes(length, chance.choice(("big", "little")))


def _cut_off(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    del data[chance.randrange(len(data)) :]


def _remove(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = chance.randrange(len(data))
    del data[at : at + chance.randint(1, _LARGEST_CUT)]


def _repeat(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = chance.randrange(len(data))
    data[at:at] = data[at : at + chance.randint(1, _LARGEST_CUT)]


def _insert(chance: random.Random, data: bytearray, _: Sequence[bytes]) -> None:
    at = chance.randrange(len(data) + 1)
    data[at:at] = chance.randbytes(chance.randint(1, _LARGEST_CUT))


def _splice(chance: random.Random, data: bytearray, others: Sequence[bytes]) -> None:
    if others:
        other = chance.choice(others)
        data[chance.randrange(len(data)) :] = other[chance.randrange(len(other)) :]


_CHANGES: tuple[Callable[[random.Random, bytearray, Sequence[bytes]], None], ...] = (
    _flip,
    _flip,
    _replace,
    _edge,
    _edge,
    _cut_off,
    _remove,
    _repeat,
    _insert,
    _splice,
)
