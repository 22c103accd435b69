"""What both languages know has one source."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

import pytest

from tools.declarations import find_declaration
from tools.generate import ROOT, generated
from tools.messages import read_protocol
from tools.typescript import constant, options, protocol, type_of

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("path", generated(), ids=lambda path: path.name)
def test_what_is_generated_is_what_python_says(path: Path) -> None:
    assert path.read_text("utf-8") == generated()[path], (
        f"{path.relative_to(ROOT)} differs from the Python side. Run: python -m tools.generate"
    )


def test_a_message_becomes_an_interface_and_a_union_a_type(tmp_path: Path) -> None:
    module = tmp_path / "messages.py"
    module.write_text(
        '''
class Address(TypedDict):
    """Where."""

    page: str
    """Id of the page."""


class Ping(Address):
    """Answer me."""

    kind: Literal["ping"]
    tries: NotRequired[int | None]


class Pong(Address):
    """Here."""

    kind: Literal["pong"]


class Reader:
    """Reads messages, and is none."""


Message: TypeAlias = "Ping | Pong"
"""What travels."""

Amount: TypeAlias = "int | str"
"""How much."""
'''
    )
    read = read_protocol(module)
    assert "\n".join(protocol(read)) == (
        """/** Where. */
export interface Address {
  /** Id of the page. */
  page: string;
}
/** Answer me. */
export interface Ping extends Address {
  kind: "ping";
  tries?: number | null;
}
/** Here. */
export interface Pong extends Address {
  kind: "pong";
}
/** What travels. */
export type Message = Ping | Pong;
/** How much. */
export type Amount = number | string;"""
    )
    [_, ping, _] = read.messages.values()
    assert [each.name for each in read.all_fields(ping)] == ["kind", "page", "tries"]


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("float | None", "number | null"),
        ("bytes | memoryview", "DataView<ArrayBuffer>"),
        ("list[Pose]", "Pose[]"),
        ("dict[str, bool]", "Record<string, boolean>"),
        ("tuple[int, int]", "[number, number]"),
        ("Literal['a', 'b']", '"a" | "b"'),
    ],
)
def test_annotations_become_types(annotation: str, expected: str) -> None:
    assert type_of(ast.parse(annotation, mode="eval").body) == expected


def test_an_annotation_without_a_type_there_is_refused() -> None:
    with pytest.raises(ValueError, match=r"set\[.*\] has no type in TypeScript"):
        type_of(ast.parse("set[int]", mode="eval").body)


def test_constants_are_read_only() -> None:
    assert constant("SIZES", (1, 2), "Two.") == "/** Two. */\nexport const SIZES = [1, 2] as const;"
    assert constant("SIDES", {"left": "#fff"}, "") == (
        'export const SIDES = {\n  left: "#fff",\n} as const;'
    )


def test_words_to_choose_from_become_a_type() -> None:
    assert options("Side", ("left", "right"), "Of a body.") == (
        '/** Of a body. */\nexport type Side = "left" | "right";'
    )


def test_a_constant_has_the_docstring_under_it(tmp_path: Path) -> None:
    module = tmp_path / "limits.py"
    module.write_text('LIMIT: Final = 2**3\n"""How many at most."""\nOTHER = 1\n')
    assert find_declaration(module, "LIMIT").doc == "How many at most."
    with pytest.raises(LookupError, match="no OTHER with a docstring"):
        find_declaration(module, "OTHER")
