"""A Firefox, and a JupyterLab, that all tests here share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.lab import Notebook, Server, jupyter_server
from tests.firefox.firefox import Firefox, FirefoxPage, running_firefox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    OpenNotebook = Callable[..., Notebook]


@pytest.fixture(scope="package")
def firefox() -> Iterator[Firefox]:
    with running_firefox() as firefox:
        yield firefox


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with jupyter_server(tmp_path_factory.mktemp("jupyter") / "server") as server:
        yield server
        assert server.network_log.read_text() == ""


@pytest.fixture
def page(firefox: Firefox) -> Iterator[FirefoxPage]:
    with firefox.page() as page:
        yield page


@pytest.fixture
def open_notebook(page: FirefoxPage, server: Server) -> Iterator[OpenNotebook]:
    """Open and run a notebook with the given cells; its kernel ends with the test."""
    opened: list[Notebook] = []

    def open_it(*cells: str) -> Notebook:
        notebook = Notebook(page, server, cells)
        opened.append(notebook)
        notebook.run_all()
        return notebook

    yield open_it
    for notebook in opened:
        notebook.close()
