"""How server and kernel recognize each other on loopback, where any user may connect.

Each sends 32 random bytes, and proves with the other's that it has the secret: the server first.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final, Literal

from bodyseg_widgets.link.errors import LinkError

CHALLENGE_BYTES: Final = 32
"""Length of a challenge, in bytes."""

PROOF_BYTES: Final = 32
"""Length of a proof, in bytes."""


def challenge() -> bytes:
    """Return 32 random bytes."""
    return secrets.token_bytes(CHALLENGE_BYTES)


def proof(
    secret: bytes, side: Literal["server", "kernel"], of_kernel: bytes, of_server: bytes
) -> bytes:
    """Return what one side sends to show that it has the secret.

    Parameters
    ----------
    secret : bytes
        What both have.
    side : str
        Whose proof it is.
    of_kernel, of_server : bytes
        The challenges.
    """
    return hmac.digest(secret, side.encode() + of_kernel + of_server, hashlib.sha256)


def check_proof(given: bytes, expected: bytes) -> None:
    """Compare a proof with the expected one.

    Raises
    ------
    LinkError
        They differ.
    """
    if not hmac.compare_digest(given, expected):
        raise LinkError("The other end of the link does not have the kernel's key.")
