"""Reads the declarations of Python modules without importing them.

Widgets need the built front end, and that is built from what is generated here.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from inspect import cleandoc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Declaration:
    """A constant or a type alias of a module.

    Attributes
    ----------
    name : str
        Its name.
    value : ast.expr
        What it is set to.
    doc : str
        The docstring under it.
    """

    name: str
    value: ast.expr
    doc: str


def with_docs(body: Sequence[ast.stmt]) -> Iterator[tuple[ast.stmt, str]]:
    """Yield each statement with the docstring under it; empty if there is none."""
    for statement, following in zip(body, [*body[1:], None], strict=True):
        match following:
            case ast.Expr(value=ast.Constant(value=str(text))):
                yield statement, cleandoc(text)
            case _:
                yield statement, ""


def find_declaration(module: Path, name: str) -> Declaration:
    """Return a constant or a type alias of a module.

    Raises
    ------
    LookupError
        There is none of this name, or it has no docstring.
    """
    for found in _declarations(module):
        if found.name == name and found.doc:
            return found
    raise LookupError(f"{module} declares no {name} with a docstring under it.")


@cache
def _declarations(module: Path) -> tuple[Declaration, ...]:
    found = []
    for statement, doc in with_docs(ast.parse(module.read_text("utf-8")).body):
        match statement:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=value)
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
            ):
                found.append(Declaration(name, value, doc))
    return tuple(found)
