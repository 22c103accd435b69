"""What is fuzzed: a module of this folder each, and how many cases `make test` tries."""

from __future__ import annotations

from typing import Final

KINDS: Final = {
    "pictures": 120,
    "messages": 300,
    "videos": 40,
    "recordings": 60,
    "snapshots": 120,
    "datasets": 200,
    "weights": 200,
    # Each starts a process.
    "models": 25,
}
