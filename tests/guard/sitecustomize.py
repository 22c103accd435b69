"""Fail everything that leaves this machine: put this folder on PYTHONPATH of a Python process.

Every connection and name look-up beyond loopback raises, and is written to the file named by
BODYSEG_NETWORK_LOG, so that the test that started the process sees it even where the process
swallows the error. What native code does is seen by tests/network_guard.py.
"""

import ipaddress
import os
import sys
from pathlib import Path

_LOG = Path(os.environ["BODYSEG_NETWORK_LOG"])


def _is_loopback(host: object) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"}:
        return True
    try:
        address = ipaddress.ip_address(str(name).partition("%")[0])
    except ValueError:
        return False
    # 0.0.0.0 as a destination is this machine.
    return address.is_loopback or address.is_unspecified


def _guard(event: str, arguments: tuple[object, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        address = arguments[1]
        # Anything other than a host and a port is the path of a local socket.
        host = address[0] if isinstance(address, tuple) else None
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        host = arguments[0]
    else:
        return
    if not _is_loopback(host):
        with _LOG.open("a") as log:
            log.write(f"{event} {host!r} in {sys.argv[:2]}\n")
        raise PermissionError(f"{event} to {host!r}: nothing may leave this machine in the tests")


sys.addaudithook(_guard)
