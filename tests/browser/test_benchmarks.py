"""The benchmarks see what a view shows, whoever draws it."""

from __future__ import annotations

import pytest

from benchmarks.live import EXPLORER, LAST_FRAME
from benchmarks.measuring.laboratory import laboratory
from benchmarks.measuring.watching import watch
from benchmarks.measuring.widgets import CANVAS, WAY_JS, own_figures, start
from tests.browser.lab import Notebook

WINDOW = (1100, 1000)
SECONDS = 3


@pytest.mark.usefixtures("data_folder")
def test_what_a_view_shows_is_counted_and_timed_and_so_is_what_it_takes() -> None:
    code = EXPLORER.format(
        model="MediaPipeSelfieSegmentation", model_type="landscape", runtime="tensorflow"
    )
    with laboratory() as lab, lab.browser(WINDOW) as page:
        notebook = Notebook(page, lab.server, [code])
        notebook.run_all()
        start(page)
        own = own_figures(notebook, SECONDS, last_frame=LAST_FRAME)
        watched = watch(page, CANVAS, SECONDS)
        way = page.evaluate(WAY_JS)
        notebook.close()

    (panel,) = watched.panels
    assert watched.camera > 0
    assert panel.rate > 0
    assert panel.images > 0
    assert watched.delay > 0
    assert own.rates[0] > 0
    assert own.pictures > 0
    assert own.cores.by_role.keys() >= {"kernel", "Jupyter server", "renderer", "graphics"}
    assert way.startswith("Frames go directly to the kernel")
