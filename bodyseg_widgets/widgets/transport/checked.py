"""Check a page's messages before anything relies on them."""

from __future__ import annotations

import math
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Literal,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.widgets.transport import messages

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        EditorPageMessage,
        PageMessage,
    )

__all__ = ["MessageError", "checked", "checked_of_editor"]

_KINDS: Final[Mapping[str, type]] = {
    "frame": messages.FrameMessage,
    "open": messages.OpenMessage,
    "next": messages.NextMessage,
    "show": messages.ShowMessage,
    "keep_alive": messages.KeepAliveMessage,
    "close": messages.CloseMessage,
    "upload": messages.UploadMessage,
    "leave": messages.LeaveMessage,
    "sample": messages.SampleRequest,
    "ping": messages.PingMessage,
    "seen": messages.SeenMessage,
    "local_state": messages.LocalStateMessage,
    "asset": messages.AssetRequest,
}
_BUFFERS: Final[Mapping[str, int]] = {"frame": 1, "upload": 1}
"""How many buffers messages of a kind have; all others but `seen` may have none."""
_EDITOR_KINDS: Final[Mapping[str, type]] = {
    "edit": messages.EditMessage,
    "painted": messages.PaintedMessage,
    "save": messages.SaveMessage,
}
_EDITOR_BUFFERS: Final[Mapping[str, int]] = {"painted": 1, "save": 1}
_LARGEST: Final = 2**53
"""Up to here, a page's numbers are exact."""


class MessageError(BodySegError):
    """A page sent a message that is none: another version of it may be open. It is ignored."""


def checked(content: object, buffers: Buffers) -> PageMessage:
    """Return what a page sent as a message, with fields of the types of `messages`.

    Parameters
    ----------
    content : object
        What was JSON.
    buffers : sequence of bytes or memoryview
        Binary data that came with it.

    Raises
    ------
    MessageError
        It is of no known kind, lacks a field, has one of another type, or has too few buffers.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.transport.checked import MessageError, checked
    >>> checked({"kind": "ping", "page": "a", "asked": 1.5}, [])
    {'kind': 'ping', 'page': 'a', 'asked': 1.5}
    >>> try:
    ...     checked({"kind": "ping", "page": "a", "asked": "now"}, [])
    ... except MessageError as error:
    ...     print(str(error)[:52])
    A page sent a 'ping' whose 'asked' is 'now', not flo
    """
    _check_among(content, buffers, _KINDS, _BUFFERS)
    message = cast("PageMessage", content)
    if message["kind"] == "seen":
        _check_buffers("seen", buffers, 2 + message["image"])
    return message


def checked_of_editor(content: object, buffers: Buffers) -> EditorPageMessage:
    """Return what a page sent to a mask editor as one of its messages; see :func:`checked`.

    Raises
    ------
    MessageError
        It is none.
    """
    _check_among(content, buffers, _EDITOR_KINDS, _EDITOR_BUFFERS)
    return cast("EditorPageMessage", content)


def _check_among(
    content: object, buffers: Buffers, kinds: Mapping[str, type], counts: Mapping[str, int]
) -> None:
    kind = content.get("kind") if isinstance(content, dict) else None
    if not isinstance(kind, str) or kind not in kinds:
        raise MessageError(
            f"A page sent a message of an unknown kind: {str(content)[:80]!r}. Expect one of "
            f"{', '.join(kinds)}. Reload the page."
        )
    _check_buffers(kind, buffers, counts.get(kind, len(buffers)))
    _check(kind, cast("dict[str, object]", content), kinds[kind])


def _check_buffers(kind: str, buffers: Buffers, count: int) -> None:
    if len(buffers) != count:
        raise MessageError(
            f"A page sent a {kind!r} with {len(buffers)} buffers in place of {count}. "
            "Reload the page."
        )


def _check(name: str, content: dict[str, object], expected: type) -> None:
    for field, kind in _fields(expected).items():
        if field not in content:
            raise MessageError(f"A page sent a {name!r} without {field!r}. Reload the page.")
        value = content[field]
        if is_typeddict(kind) and isinstance(value, dict):
            _check(field, value, kind)
        elif not _is(value, kind):
            raise MessageError(
                f"A page sent a {name!r} whose {field!r} is {str(value)[:40]!r}, not "
                f"{getattr(kind, '__name__', kind)}. Reload the page."
            )


@cache
def _fields(expected: type) -> dict[str, Any]:
    return get_type_hints(expected)


def _has(value: object, kind: Any) -> bool:  # noqa: ANN401 - any annotation of several values
    """Whether a list or an object of JSON has what a tuple, a list or a TypedDict has."""
    if is_typeddict(kind):
        fields = _fields(kind).items()
        return isinstance(value, dict) and all(
            field in value and _is(value[field], each) for field, each in fields
        )
    if not isinstance(value, list):
        return False
    items = get_args(kind)
    if get_origin(kind) is list:
        items *= len(value)
    return len(value) == len(items) and all(map(_is, value, items))


def _is(value: object, kind: Any) -> bool:  # noqa: ANN401 - any annotation
    if get_origin(kind) is UnionType:
        return any(_is(value, each) for each in get_args(kind))
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if get_origin(kind) in {tuple, list} or is_typeddict(kind):
        return _has(value, kind)
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, kind) and not (kind is int and abs(cast("int", value)) > _LARGEST)
