"""Private names of other packages that this one uses: a release that renames one fails here.

Without these tests, the features that use them would break silently, so their version ranges in
`pyproject.toml` may be raised only if these tests pass.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import Mock

import comm
import ipywidgets
import pytest
from ipykernel.comm.comm import BaseComm
from ipykernel.kernelbase import Kernel
from packaging.requirements import Requirement

from bodyseg_widgets.models import pose_task, read_model
from bodyseg_widgets.runtimes import mediapipe
from bodyseg_widgets.runtimes.mediapipe import ImageSegmenterTask, PoseLandmarkerTask
from bodyseg_widgets.widgets.kit import plotly_figure
from bodyseg_widgets.widgets.kit.comms import open_to_the_page
from bodyseg_widgets.widgets.kit.displayed import Displayed

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("package", ["ipykernel", "mediapipe", "plotly", "anywidget", "ipywidgets"])
def test_what_is_used_from_inside_has_an_upper_bound(package: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists = (project["dependencies"], *project["optional-dependencies"].values())
    ranges = {each.name: each.specifier for line in lists for each in map(Requirement, line)}
    assert any(each.operator == "<" for each in ranges[package])


# ipykernel


def test_a_message_sent_in_a_cell_does_not_route_the_page_to_that_cells_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While a cell runs, the page's messages are handled on the thread that they ask for."""
    monkeypatch.setattr(Kernel, "initialized", lambda: True)
    sent: list[object] = []
    kernel = SimpleNamespace(
        session=SimpleNamespace(send=lambda *_, **__: sent.append(1)),
        get_parent=lambda: {"header": {"subshell_id": "the cell's"}},
        iopub_socket=None,
    )
    monkeypatch.setattr(BaseComm, "kernel", kernel)
    monkeypatch.setattr(comm, "create_comm", BaseComm)
    widget = ipywidgets.Widget()
    widget.send({"kind": "any"})
    assert sent
    assert widget.comm._reply_subshell_for({}, "the page's") == "the cell's"
    open_to_the_page(widget)
    assert widget.comm._reply_subshell_for({}, "the page's") == "the page's"
    widget.close()


# ipywidgets


def test_ipywidgets_counts_the_views_of_a_widget() -> None:
    class Label(Displayed, ipywidgets.Label): ...

    label, told = Label(), []
    label.count_views()
    assert label.get_state("_view_count") == {"_view_count": 0}
    label.on_displayed(lambda: told.append(label.is_displayed))
    label.set_state({"_view_count": 1})
    label.forget_views()
    assert told == [True, False]
    assert label.get_state("_view_count") == {"_view_count": None}
    label.close()


# plotly


@pytest.mark.parametrize(
    "change",
    [
        lambda figure: figure.update_layout(title="A"),
        lambda figure: setattr(figure.layout, "height", 300),
        lambda figure: figure.update_traces(line_width=3),
        lambda figure: figure.add_scatter(y=[1]),
        lambda figure: setattr(figure, "data", figure.data[::-1]),
        lambda figure: setattr(figure, "data", ()),
        lambda figure: setattr(figure, "layout", {"height": 300}),
    ],
)
def test_a_plotly_figure_tells_its_subclass_of_every_change(
    change: Callable[[plotly_figure.WatchedFigure], object],
) -> None:
    figure = plotly_figure.WatchedFigure([{"type": "scatter"}, {"type": "scatter", "x": [1]}])
    told: list[int] = []
    figure.watch(lambda: told.append(1))
    change(figure)
    assert told
    told.clear()
    with figure.unwatched():
        figure.layout.title.text = "B"
    assert not told


def test_a_figure_that_is_changed_meanwhile_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = plotly_figure.WatchedFigure([{"type": "scatter"}])
    failures = [RuntimeError("dictionary changed size during iteration"), RecursionError("deep")]
    monkeypatch.setattr(figure, "to_json", Mock(side_effect=[failures[0], "{}", failures[1]]))
    assert figure.snapshot() == "{}"
    with pytest.raises(RecursionError):
        figure.snapshot()


@pytest.mark.parametrize(
    "name", ["plotly_beforeplot", "plotly_relayout", "_fullLayout", "getCamera"]
)
def test_plotlys_program_has_what_the_camera_needs(name: str) -> None:
    source = (ROOT / "frontend/src/kit/plot_camera.ts").read_text(encoding="utf-8")
    assert name in source
    assert name in gzip.decompress(b"".join(plotly_figure.program())).decode()


# mediapipe


@pytest.mark.parametrize("task", ["image segmenter", "pose landmarker"])
def test_a_mediapipe_task_keeps_its_native_part_where_it_is_taken_at_exit(task: str) -> None:
    """Closing it after the interpreter's threads have ended would raise."""
    made = (
        ImageSegmenterTask(read_model("selfie_general"))
        if task == "image segmenter"
        else PoseLandmarkerTask(pose_task("lite"), num_poses=1, with_mask=False, video=False)
    )
    native = made._task._task
    assert native._handle is not None
    made.dispose()
    assert native._handle is None


def test_the_module_of_mediapipe_that_would_import_tensorflow_is_the_one_replaced() -> None:
    code = """
import sys
from bodyseg_widgets.runtimes import mediapipe
mediapipe.load_mediapipe().tasks.vision
print(mediapipe._DOCS_MODULE in sys.modules, "tensorflow" in sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert run.stdout.split() == ["True", "False"]
    # If TensorFlow is not installed, only this shows that the module was renamed.
    (folder,) = find_spec("mediapipe").submodule_search_locations
    _, *path = mediapipe._DOCS_MODULE.split(".")
    assert Path(folder, *path).with_suffix(".py").is_file()
