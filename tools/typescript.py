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

_PRIMITIVES = {
    "str": "string",
    "int": "number",
    "float": "number",
    "bool": "boolean",
    "list[str]": "string[]",
    "object": "unknown",
    # As ipywidgets sends them.
    "bytes": "DataView<ArrayBuffer>",
    "memoryview": "DataView<ArrayBuffer>",
}


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
            return " | ".join(dict.fromkeys([type_of(left), type_of(right)]))
        case ast.Subscript(value=ast.Name(id=name), slice=ast.Tuple(elts=parts)):
            return _generic(name, *parts)
        case ast.Subscript(value=ast.Name(id=name), slice=part):
            return _generic(name, part)
    raise ValueError(f"{ast.unparse(annotation)!r} has no type in TypeScript. Teach it to type_of.")


def _generic(name: str, *parts: ast.expr) -> str:
    match name:
        case "Literal":
            return " | ".join(json.dumps(ast.literal_eval(part)) for part in parts)
        case "list":
            return f"{type_of(*parts)}[]"
        case "dict":
            return f"Record<{', '.join(map(type_of, parts))}>"
        case "tuple":
            return f"[{', '.join(map(type_of, parts))}]"
    raise ValueError(f"{name}[...] has no type in TypeScript. Teach it to type_of.")


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


def options(name: str, values: Sequence[str], doc: str) -> str:
    """Return the type for one of several words."""
    return f"{comment(doc)}{_one_of(name, [json.dumps(each) for each in values])}"


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
    members = [_PRIMITIVES.get(each, each) for each in union.members]
    return f"{comment(union.doc)}{_one_of(union.name, members)}"


def _one_of(name: str, members: Sequence[str]) -> str:
    line = f"export type {name} = {' | '.join(members)};"
    if len(line) > LINE_WIDTH:
        line = f"export type {name} =\n" + "\n".join(f"  | {each}" for each in members) + ";"
    return line


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


def _block(value: Value, indent: str = "") -> str:
    inner = f"{indent}  "
    if isinstance(value, dict):
        lines = (f"{inner}{key}: {_fitting(key, each, inner)},\n" for key, each in value.items())
        return "{\n" + "".join(lines) + f"{indent}}}"
    if isinstance(value, list | tuple):
        return "[\n" + "".join(f"{inner}{_inline(each)},\n" for each in value) + f"{indent}]"
    return f"\n{inner}{_inline(value)}"


def _fitting(key: str, value: Value, indent: str) -> str:
    line = _inline(value)
    fits = len(f"{indent}{key}: {line},") <= LINE_WIDTH
    return line if fits or isinstance(value, str | int | float) else _block(value, indent)
