"""Where the kernel's end of a link is: beside the kernel's connection file."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.link.errors import LinkError

if TYPE_CHECKING:
    from pathlib import Path

LONGEST_SOCKET_PATH: Final = 103
"""Bytes that the path of a Unix socket may have: 103 on macOS, 107 on Linux."""

# Changes with the framing: two versions of the package then do not find each other.
_VERSION: Final = b"bodyseg-link-1"


@dataclass(frozen=True, slots=True)
class LinkPlace:
    """Where a link of a kernel is.

    It is named by the link's key and the kernel's, so that a key opens a link of its kernel only.

    Attributes
    ----------
    socket : Path
        The Unix socket.
    port : Path
        The file with the port on loopback, where the socket cannot be a file.
    secret : bytes
        What both sides prove to have where the socket is not a file; empty if the kernel's
        messages are not signed.
    """

    socket: Path
    port: Path
    secret: bytes

    @property
    def fits(self) -> bool:
        """Whether the socket can be a file."""
        has_unix_sockets = hasattr(socket, "AF_UNIX")
        return has_unix_sockets and len(os.fsencode(self.socket)) <= LONGEST_SOCKET_PATH


def new_key() -> str:
    """Return a new key of a link: 32 random hexadecimal digits."""
    return secrets.token_hex(16)


def link_place(connection_file: Path, key: str) -> LinkPlace:
    """Return where the link with this key is.

    Parameters
    ----------
    connection_file : Path
        The kernel's connection file.
    key : str
        The link's key.

    Raises
    ------
    LinkError
        The connection file cannot be read.
    """
    try:
        secret = str(json.loads(connection_file.read_text("utf-8")).get("key", "")).encode()
    except (OSError, ValueError, AttributeError) as error:
        raise LinkError(f"The kernel's connection file cannot be read ({error}).") from error
    name = hmac.digest(secret, _VERSION + key.encode(), hashlib.sha256).hex()[:32]
    folder = connection_file.parent
    return LinkPlace(
        folder / f"bodyseg-{name}.sock",
        folder / f"bodyseg-{name}.port",
        # An empty key would prove nothing.
        secret and hmac.digest(secret, name.encode(), hashlib.sha256),
    )
