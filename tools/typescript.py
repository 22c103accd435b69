"""Writes TypeScript as the formatter of the front end would."""

from __future__ import annotations

import ast
import json
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools.messages import Field, Message, Protocol, Union

LINE_WIDTH = 100

Value: TypeAlias = "str | int | float | Sequence[Value] | Mapping[str, Value]"
"""What a constant may be."""

_PRIMITIVES = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}


def type_of(annotation: ast.expr) -> str:
    """Return the TypeScript type of a Python annotation.

    Raises
    ------
    ValueError
        It contains a type that messages do not use.
    """
    match annotation:
        case ast.Name(id=name):
            return _PRIMITIVES.get(name, name)
        case ast.Constant(value=None):
            return "null"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return f"{type_of(left)} | {type_of(right)}"
        case ast.Subscript(value=ast.Name(id="Literal"), slice=each):
            options = each.elts if isinstance(each, ast.Tuple) else [each]
            return " | ".join(json.dumps(ast.literal_eval(option)) for option in options)
        case ast.Subscript(value=ast.Name(id="list"), slice=each):
            return f"{type_of(each)}[]"
        case ast.Subscript(value=ast.Name(id="tuple"), slice=ast.Tuple(elts=parts)):
            return f"[{', '.join(type_of(part) for part in parts)}]"
    raise ValueError(f"{ast.unparse(annotation)!r} has no type in TypeScript. Teach it to type_of.")


def protocol(read: Protocol) -> Iterator[str]:
    """Yield the declarations of all messages and unions."""
    for message in read.messages.values():
        yield _interface(message)
    for union in read.unions.values():
        yield _union(union)


def constant(name: str, value: Value, doc: str) -> str:
    """Return the declaration of a constant."""
    suffix = "" if isinstance(value, int | float | str) else " as const"
    line = f"export const {name} = {_inline(value)}{suffix};"
    if len(line) > LINE_WIDTH or isinstance(value, dict):
        line = f"export const {name} = {_block(value)}{suffix};"
    return f"{comment(doc)}{line}"


def options(array: str, name: str, doc: str) -> str:
    """Return the type of the items of a constant array."""
    return f"{comment(doc)}export type {name} = (typeof {array})[number];"


def comment(doc: str, indent: str = "") -> str:
    """Return a documentation comment, with the line's end; nothing for no text."""
    if not doc:
        return ""
    # TypeScript comments use single backquotes for code.
    lines = doc.replace("``", "`").splitlines()
    if len(lines) == 1 and len(lines[0]) + len(indent) + len("/**  */") <= LINE_WIDTH:
        return f"{indent}/** {lines[0]} */\n"
    body = "\n".join(f"{indent} * {line}".rstrip() for line in lines)
    return f"{indent}/**\n{body}\n{indent} */\n"


def _interface(message: Message) -> str:
    extends = f" extends {', '.join(message.bases)}" if message.bases else ""
    fields = "".join(_field(each) for each in message.fields)
    return f"{comment(message.doc)}export interface {message.name}{extends} {{\n{fields}}}"


def _field(field: Field) -> str:
    mark = "?" if field.optional else ""
    return f"{comment(field.doc, '  ')}  {field.name}{mark}: {type_of(field.type)};\n"


def _union(union: Union) -> str:
    line = f"export type {union.name} = {' | '.join(union.members)};"
    if len(line) > LINE_WIDTH:
        line = f"export type {union.name} =\n" + "\n".join(f"  | {each}" for each in union.members)
        line += ";"
    return f"{comment(union.doc)}{line}"


def _inline(value: Value) -> str:
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{name}: {_inline(each)}' for name, each in value.items())} }}"
    return f"[{', '.join(_inline(each) for each in value)}]"


def _number(value: float) -> str:
    text = str(int(value) if value == int(value) else value)
    # Python writes two digits, the formatter one.
    return re.sub(r"e-0+", "e-", text)


def _block(value: Value) -> str:
    if isinstance(value, dict):
        return "{\n" + "".join(f"  {key}: {_inline(each)},\n" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[\n" + "".join(f"  {_inline(each)},\n" for each in value) + "]"
    return f"\n  {_inline(value)}"
