"""The socket at which a kernel waits for pages, beside its connection file."""

from __future__ import annotations

import contextlib
import os
import socket
from typing import TYPE_CHECKING

from bodyseg_widgets.link.errors import LinkError

if TYPE_CHECKING:
    from pathlib import Path

    from bodyseg_widgets.link.place import LinkPlace

_LOOPBACK = "127.0.0.1"
_PROBE_SECONDS = 3


class LinkListener:
    """A listening socket: a file where it can be one, else a port of loopback and a file with it.

    Parameters
    ----------
    place : LinkPlace
        Where it is.

    Raises
    ------
    LinkError
        Loopback would have to be used, but nothing could be proved there.
    OSError
        The socket or its file cannot be made.

    Attributes
    ----------
    socket : socket
        The socket.
    file : Path
        What others find it by.
    is_open_to_others : bool
        Whether other users can connect, so that who connects has to prove something.
    """

    def __init__(self, place: LinkPlace) -> None:
        self.is_open_to_others = not place.fits
        self.file = place.port if self.is_open_to_others else place.socket
        if self.is_open_to_others and not place.secret:
            raise LinkError("the kernel's messages are not signed, so that any user could join in")
        family = socket.AF_INET if self.is_open_to_others else socket.AF_UNIX
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            if self.is_open_to_others:
                self._listen_on_loopback()
            else:
                self._listen_at_file()
        except OSError:
            self.socket.close()
            raise

    def close(self) -> None:
        """Close the socket and remove its file."""
        self.socket.close()
        self.file.unlink(missing_ok=True)

    def _listen_at_file(self) -> None:
        # Under another name until it listens: who finds a socket that refuses takes it for stale.
        new = self.file.with_suffix(".new")
        self.socket.bind(str(new))
        # Nobody can connect before it listens.
        new.chmod(0o600)
        self.socket.listen()
        new.rename(self.file)

    def _listen_on_loopback(self) -> None:
        self.socket.bind((_LOOPBACK, 0))
        self.socket.listen()
        new = self.file.with_suffix(".new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="ascii") as file:  # noqa: PTH123 - a descriptor
            file.write(str(self.socket.getsockname()[1]))
        new.rename(self.file)


def remove_stale(ours: Path) -> None:
    """Remove the files of sockets at which nobody listens any more, as of killed kernels.

    Parameters
    ----------
    ours : Path
        The file of a socket that listens, among those of others.
    """
    for file in ours.parent.glob("bodyseg-*"):
        if file == ours:
            continue
        if file.suffix == ".sock" and hasattr(socket, "AF_UNIX"):
            _remove_if_refused(file, socket.AF_UNIX, str(file))
        elif file.suffix == ".port":
            with contextlib.suppress(OSError, ValueError):
                _remove_if_refused(file, socket.AF_INET, (_LOOPBACK, int(file.read_text("ascii"))))


def _remove_if_refused(file: Path, family: int, address: str | tuple[str, int]) -> None:
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(_PROBE_SECONDS)
        try:
            probe.connect(address)
        except ConnectionRefusedError:
            refused = True
        except OSError:
            # Busy, gone, or another user's.
            refused = False
        else:
            refused = False
    if refused:
        # Another user's, or removed by another kernel.
        with contextlib.suppress(OSError):
            file.unlink()
