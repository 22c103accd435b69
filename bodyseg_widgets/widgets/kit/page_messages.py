"""Check a page's messages before anything relies on them."""

from __future__ import annotations

import logging
import math
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    Literal,
    NotRequired,
    TypeVar,
    cast,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from bodyseg_widgets.errors import BodySegError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bodyseg_widgets.widgets.kit.widget import Widget

__all__ = ["MessageError", "PageMessages"]

Message = TypeVar("Message")

_LARGEST: Final = 2**53
"""Up to here, a page's numbers are exact."""

_log = logging.getLogger(__name__)


class MessageError(BodySegError):
    """A page sent a message that is none: another version of it may be open. It is ignored."""


class PageMessages(Generic[Message]):
    """The messages that a widget takes from a page. Visitors of a page may send it anything.

    Parameters
    ----------
    kinds : mapping of str to type
        By its ``kind``, the TypedDict of each message.
    buffers : mapping of str to int, optional
        How many buffers messages of a kind have; those of other kinds are not looked at.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.kit.menu_button import ChosenMessage
    >>> from bodyseg_widgets.widgets.kit.page_messages import MessageError, PageMessages
    >>> messages = PageMessages({"chosen": ChosenMessage})
    >>> messages.checked({"kind": "chosen", "index": 1}, [])
    {'kind': 'chosen', 'index': 1}
    >>> try:
    ...     messages.checked({"kind": "chosen", "index": "one"}, [])
    ... except MessageError as error:
    ...     print(str(error)[:50])
    A page sent a 'chosen' whose 'index' is 'one', not
    """

    def __init__(self, kinds: Mapping[str, type], buffers: Mapping[str, int] | None = None) -> None:
        self.kinds = kinds
        self._buffers = buffers or {}

    def checked(self, content: object, buffers: Sequence[bytes | memoryview]) -> Message:
        """Return what a page sent as a message, with fields of their types.

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
        """
        kind = content.get("kind") if isinstance(content, dict) else None
        if not isinstance(kind, str) or kind not in self.kinds:
            raise MessageError(
                f"A page sent a message of an unknown kind: {str(content)[:80]!r}. Expect one of "
                f"{', '.join(self.kinds)}. Reload the page."
            )
        check_buffers(kind, buffers, self._buffers.get(kind, len(buffers)))
        _check(kind, cast("dict[str, object]", content), self.kinds[kind])
        return cast("Message", content)

    def hear(
        self,
        widget: Widget,
        receive: Callable[[Message, Sequence[bytes | memoryview]], object],
    ) -> None:
        """Call `receive` with each message that comes on a widget's comm; log what is none."""

        def take(_: object, content: object, buffers: Sequence[bytes | memoryview]) -> None:
            try:
                receive(self.checked(content, buffers), buffers)
            except MessageError as error:
                _log.warning("%s", error)

        widget.on_msg(take)


def check_buffers(kind: str, buffers: Sequence[bytes | memoryview], count: int) -> None:
    """Raise a MessageError if a message of this kind has more or fewer buffers than `count`."""
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


@cache
def _optional(expected: type) -> frozenset[str]:
    # Not __optional_keys__: annotations are texts, in which Python finds none.
    hints = get_type_hints(expected, include_extras=True)
    return frozenset(field for field, kind in hints.items() if get_origin(kind) is NotRequired)


def _has(value: object, kind: Any) -> bool:  # noqa: ANN401 - any annotation of several values
    """Whether a list or an object of JSON has what a tuple, a list or a TypedDict has."""
    if is_typeddict(kind):
        return isinstance(value, dict) and all(
            _is(value[field], each) if field in value else field in _optional(kind)
            for field, each in _fields(kind).items()
        )
    if get_origin(kind) is dict:
        # Of values of any kind.
        return isinstance(value, dict)
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
    if get_origin(kind) in {tuple, list, dict} or is_typeddict(kind):
        return _has(value, kind)
    if isinstance(value, bool) or kind is bool:
        return isinstance(value, bool) and kind is bool
    if kind is float:
        return isinstance(value, int | float) and math.isfinite(value)
    return isinstance(value, kind) and not (kind is int and abs(cast("int", value)) > _LARGEST)
