"""The guard that allows only loopback is itself tested."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

GUARD = Path(__file__).parents[1] / "guard"


def _run(code: str, log: Path) -> subprocess.CompletedProcess[str]:
    log.touch()
    environment = os.environ | {"PYTHONPATH": str(GUARD), "BODYSEG_NETWORK_LOG": str(log)}
    return subprocess.run(
        [sys.executable, "-c", "import socket\n" + code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "code",
    [
        # An address reserved for documentation, and a name reserved for never resolving.
        "socket.socket().connect(('192.0.2.1', 9))",
        "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "socket.getaddrinfo('host.invalid', 80)",
    ],
)
def test_what_would_leave_the_machine_raises_and_is_written_down(code: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    done = _run(code, log)
    assert "PermissionError" in done.stderr
    assert log.read_text().startswith("socket.")


def test_loopback_goes_through(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = """
server = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(("localhost", server.getsockname()[1]))
"""
    done = _run(code, log)
    assert done.returncode == 0, done.stderr
    assert log.read_text() == ""
