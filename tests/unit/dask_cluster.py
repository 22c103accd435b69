"""A Dask cluster of this machine, with two worker processes."""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from distributed import Client


@cache
def _client() -> Client:
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    )
    client = distributed.Client(cluster)
    atexit.register(cluster.close)
    atexit.register(client.close)
    return client


def dask_executor() -> Executor:
    """Return an executor of the cluster, which is started once."""
    return _client().get_executor()
