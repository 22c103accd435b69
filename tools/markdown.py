"""Writes the tables of the protocol's description."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.typescript import type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.constants import Constant
    from tools.messages import Field, Message, Protocol


def with_sections(text: str, protocol: Protocol, limits: Sequence[Constant]) -> str:
    """Return a Markdown text with its generated sections replaced.

    A section begins with ``<!-- generated: NAME -->``, NAME a message, a union of messages or
    ``limits``, or with ``<!-- generated: structures NAME ... -->``, and ends with
    ``<!-- end of generated -->``.
    """
    return re.sub(
        r"(<!-- generated: ([\w ]+) -->\n).*?(<!-- end of generated -->)",
        lambda found: f"{found[1]}\n{_section(found[2].split(), protocol, limits)}\n{found[3]}",
        text,
        flags=re.DOTALL,
    )


def _section(names: Sequence[str], protocol: Protocol, limits: Sequence[Constant]) -> str:
    match names:
        case ["limits"]:
            return _limits(limits)
        case ["structures", *structures]:
            found = [each for name in structures for each in protocol.flatten(name)]
            return "\n".join(_structure(each) for each in found)
    return "\n".join(
        _described(each, protocol) for name in names for each in protocol.flatten(name)
    )


def _limits(limits: Sequence[Constant]) -> str:
    rows = [f"| `{each.name}` | {each.value:,} | {_line(each.doc)} |" for each in limits]
    return "\n".join(["| limit | value | meaning |", "|---|---|---|", *rows, ""])


def _described(message: Message, protocol: Protocol) -> str:
    kind, *fields = protocol.all_fields(message)
    return _table(f"**`{type_of(kind.type)[1:-1]}`**: {_line(message.doc)}", fields)


def _structure(message: Message) -> str:
    bases = f", with the fields of `{'` and `'.join(message.bases)}`" if message.bases else ""
    return _table(f"**`{message.name}`**{bases}: {_line(message.doc)}", message.fields)


def _table(head: str, fields: Sequence[Field]) -> str:
    if not fields:
        return f"{head}\n"
    rows = [
        f"| `{each.name}`{' (optional)' if each.optional else ''} | {_cell(type_of(each.type))} "
        f"| {_line(each.doc) or _cell(type_of(each.type))} |"
        for each in fields
    ]
    return "\n".join([head, "", "| field | type | meaning |", "|---|---|---|", *rows, ""])


def _line(doc: str) -> str:
    return " ".join(doc.replace("``", "`").split())


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|")
    return f"`{escaped}`"
