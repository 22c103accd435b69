"""Writes the tables of the protocol's description."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tools.typescript import type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.constants import Constant
    from tools.messages import Message, Protocol


def with_sections(text: str, protocol: Protocol, limits: Sequence[Constant]) -> str:
    """Return a Markdown text with its generated sections replaced.

    A section begins with ``<!-- generated: NAME -->``, NAME a message, a union of messages or
    ``limits``, and ends with ``<!-- end of generated -->``.
    """
    tables = {"limits": _limits(limits)}
    return re.sub(
        r"(<!-- generated: (\w+) -->\n).*?(<!-- end of generated -->)",
        lambda found: (
            f"{found[1]}\n{tables.get(found[2]) or _section(found[2], protocol)}\n{found[3]}"
        ),
        text,
        flags=re.DOTALL,
    )


def _section(union: str, protocol: Protocol) -> str:
    return "\n".join(_described(each, protocol) for each in protocol.flatten(union))


def _limits(limits: Sequence[Constant]) -> str:
    rows = [f"| `{each.name}` | {each.value:,} | {_line(each.doc)} |" for each in limits]
    return "\n".join(["| limit | value | meaning |", "|---|---|---|", *rows, ""])


def _described(message: Message, protocol: Protocol) -> str:
    kind, *fields = protocol.all_fields(message)
    head = f"**`{type_of(kind.type)[1:-1]}`**: {_line(message.doc)}\n"
    if not fields:
        return head
    rows = [
        f"| `{each.name}`{' (optional)' if each.optional else ''} | {_cell(type_of(each.type))} "
        f"| {_line(each.doc) or _cell(type_of(each.type))} |"
        for each in fields
    ]
    return "\n".join([head, "| field | type | meaning |", "|---|---|---|", *rows, ""])


def _line(doc: str) -> str:
    return " ".join(doc.replace("``", "`").split())


def _cell(text: str) -> str:
    escaped = text.replace("|", "\\|")
    return f"`{escaped}`"
