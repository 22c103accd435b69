"""Build errors."""

from __future__ import annotations


class BuildError(Exception):
    """A build step failed; the message says which one and what to do."""
