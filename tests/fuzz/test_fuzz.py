"""Whatever bytes are given, they are read or refused with an error of the package.

These are a few of the cases; ``python -m tests.fuzz --minutes 60`` tries as many as you like.
"""

from __future__ import annotations

import pytest

from tests.fuzz.kinds import KINDS
from tests.fuzz.run import run


@pytest.mark.parametrize(("kind", "count"), KINDS.items())
def test_foreign_bytes_are_read_or_refused(kind: str, count: int) -> None:
    report = run(kind, 0, count)
    assert not report.faults, "\n\n".join(report.faults[:10])
    assert report.outcomes.total() == count
