"""Widgets reach each other by reference alone, also where a page makes no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.explorer_page import SAMPLE_EXPLORER, choose_view, press_start, wait_for_masks
from tests.browser.lab import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

    from tests.browser.lab import Server

pytestmark = pytest.mark.own_page

MAKE_MODELS_WHEN_ASKED_FOR = """
import anywidget

class Gate(anywidget.AnyWidget):
    _esm = '''
    export default {
      initialize({ model: { widget_manager: manager } }) {
        const open = manager.handle_comm_open.bind(manager);
        const get = manager.get_model.bind(manager);
        // What was opened and not asked for yet: its state, kept up to date, and its comm.
        const held = new Map();
        window.heldModels = held;
        manager.handle_comm_open = async (comm, message) => {
          held.set(comm.comm_id, { comm, message });
          comm.on_close(() => held.delete(comm.comm_id));
          comm.on_msg(({ content: { data } }) => {
            if (data.method === "update") Object.assign(message.content.data.state, data.state);
          });
        };
        manager.get_model = async (id) => {
          const { comm, message } = held.get(id) ?? {};
          if (!comm) return get(id);
          held.delete(id);
          open(comm, message);
          return get(id);
        };
      },
    };
    '''

gate = Gate()
gate
"""
"""A cell after which the page makes models as Google Colab's does: one that nothing refers to is
never made."""


def _run(page: Page, command: str) -> None:
    page.evaluate("(name) => window.jupyterapp.commands.execute(name)", f"notebook:{command}")


@pytest.fixture
def open_lazily(page: Page, server: Server) -> Iterator[Callable[[str], Notebook]]:
    """Open a notebook whose page makes models only when they are referred to; run a cell there."""
    opened: list[Notebook] = []

    def open_it(cell: str) -> Notebook:
        notebook = Notebook(page, server, [MAKE_MODELS_WHEN_ASKED_FOR, cell])
        opened.append(notebook)
        _run(page, "run-cell-and-select-next")
        page.wait_for_function("() => window.heldModels")
        _run(page, "run-cell")
        return notebook

    yield open_it
    for notebook in opened:
        notebook.close()


def test_an_explorer_runs_where_models_are_made_only_when_they_are_referred_to(
    page: Page, open_lazily: Callable[[str], Notebook]
) -> None:
    notebook = open_lazily(SAMPLE_EXPLORER)
    page.wait_for_selector(".bodyseg-view")
    press_start(page)
    wait_for_masks(page)
    assert notebook.value("float(explorer.latest.mask.probability.max()) > 0.9")
    # Linked in the page alone.
    choose_view(page, "Heatmap")
    page.locator(".bodyseg-bar").first.wait_for()
    notebook.wait_for("explorer.view.view == 'heatmap'")
    left = page.evaluate(
        "() => [...window.heldModels.values()].map((held) => held.message.content.data.state)"
        ".map((state) => state._anywidget_id ?? state._model_name)"
    )
    assert left == []
