"""Reads TypedDicts of Python modules, and unions of them, with the docstring of each field."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tools.declarations import with_docs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message.

    Attributes
    ----------
    name : str
        Its key.
    type : ast.expr
        Its annotation, without ``NotRequired``.
    optional : bool
        Whether it is optional.
    doc : str
        Its meaning; empty for `kind`, which is self-explanatory.
    """

    name: str
    type: ast.expr
    optional: bool
    doc: str


@dataclass(frozen=True, slots=True)
class Message:
    """One TypedDict.

    Attributes
    ----------
    name : str
        The class's name.
    doc : str
        Its docstring.
    bases : tuple of str
        The TypedDicts it extends.
    fields : tuple of Field
        Its fields, without those of `bases`.
    """

    name: str
    doc: str
    bases: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Union:
    """A name for one of several types.

    Attributes
    ----------
    name : str
        The alias's name.
    doc : str
        The docstring under it.
    members : tuple of str
        Names of messages, other unions and primitive types.
    """

    name: str
    doc: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Protocol:
    """All messages and unions of some modules, in their order."""

    messages: dict[str, Message] = field(default_factory=dict)
    unions: dict[str, Union] = field(default_factory=dict)

    def flatten(self, name: str) -> Iterator[Message]:
        """Yield the messages of a union, those of unions in it as well."""
        if name in self.messages:
            yield self.messages[name]
            return
        for member in self.unions[name].members:
            yield from self.flatten(member)

    def all_fields(self, message: Message) -> Sequence[Field]:
        """Return the fields of a message: its `kind`, those it inherits, and its own."""
        inherited = [
            each for base in message.bases for each in self.all_fields(self.messages[base])
        ]
        kind = [each for each in message.fields if each.name == "kind"]
        own = [each for each in message.fields if each.name != "kind"]
        return [*kind, *inherited, *own]


PRIMITIVES = frozenset({"bool", "float", "int", "str", "list[str]"})


def read_protocol(*modules: Path) -> Protocol:
    """Return the TypedDicts of modules and the unions of them, or of primitive types."""
    protocol = Protocol()
    for module in modules:
        for statement, doc in with_docs(ast.parse(module.read_text("utf-8")).body):
            if isinstance(statement, ast.ClassDef):
                bases = [ast.unparse(base) for base in statement.bases]
                if bases and {*bases} <= {"TypedDict", *protocol.messages}:
                    message = _message(statement, bases)
                    protocol.messages[message.name] = message
            elif isinstance(statement, ast.AnnAssign) and _is_alias(statement):
                union = _union(statement, doc)
                if {*union.members} <= {*protocol.messages, *protocol.unions, *PRIMITIVES}:
                    protocol.unions[union.name] = union
    return protocol


def _message(statement: ast.ClassDef, bases: list[str]) -> Message:
    fields = tuple(
        _field(each, doc)
        for each, doc in with_docs(statement.body)
        if isinstance(each, ast.AnnAssign)
    )
    inherited = tuple(name for name in bases if name != "TypedDict")
    return Message(statement.name, ast.get_docstring(statement) or "", inherited, fields)


def _field(statement: ast.AnnAssign, doc: str) -> Field:
    annotation, optional = statement.annotation, False
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "NotRequired":
        annotation, optional = annotation.slice, True
    return Field(ast.unparse(statement.target), annotation, optional, doc)


def _is_alias(statement: ast.AnnAssign) -> bool:
    return ast.unparse(statement.annotation) == "TypeAlias"


def _union(statement: ast.AnnAssign, doc: str) -> Union:
    match statement.value:
        case ast.Constant(value=str(text)):
            members = tuple(each.strip() for each in text.split("|"))
        case other:
            members = (ast.unparse(other) if other else "",)
    return Union(ast.unparse(statement.target), doc, members)
