"""What a page may send on a frame channel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bodyseg_widgets.widgets.kit.page_messages import PageMessages, check_buffers
from bodyseg_widgets.widgets.transport import messages

if TYPE_CHECKING:
    from bodyseg_widgets.widgets.transport.messages import Buffers, PageMessage

__all__ = ["checked"]

_MESSAGES: Final[PageMessages[PageMessage]] = PageMessages(
    {
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
    },
    buffers={"frame": 1, "upload": 1},
)
_RESULT_BUFFERS: Final = 2
"""How many a result has, and one more for each plane."""


def checked(content: object, buffers: Buffers) -> PageMessage:
    """Return what a page sent as a message of a frame channel.

    Parameters
    ----------
    content : object
        What was JSON.
    buffers : sequence of bytes or memoryview
        Binary data that came with it.

    Raises
    ------
    MessageError
        It is none; see `PageMessages.checked`.

    Examples
    --------
    >>> from bodyseg_widgets.widgets.transport.checked import checked
    >>> checked({"kind": "ping", "page": "a", "asked": 1.5}, [])
    {'kind': 'ping', 'page': 'a', 'asked': 1.5}
    """
    message = _MESSAGES.checked(content, buffers)
    if message["kind"] == "seen":
        count = _RESULT_BUFFERS + len(message["planes"]) + message["image"]
        check_buffers("seen", buffers, count)
    return message
