"""Private names of other packages that this one uses: a release that renames one fails here.

Without these tests, the features that use them would break silently, so their version ranges in
`pyproject.toml` may be raised only if these tests pass.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import comm
import ipywidgets
import plotly.graph_objects as go
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


def test_plotly_has_the_traits_by_which_figure_and_page_talk() -> None:
    traits = go.FigureWidget.class_traits()
    for name in (plotly_figure.RELAYOUT_TRAIT, "_js2py_traceDeltas", "_config"):
        assert name in traits


def test_plotly_numbers_each_update_and_has_it_answered_by_that_number() -> None:
    figure = plotly_figure.PlotlyFigure([{"type": "scatter", "x": [1]}])
    before = figure.last_edit
    figure.plotly_update({"x": [[2]]})
    assert figure.last_edit == before + 1
    state = {"_js2py_traceDeltas": {"trace_deltas": [], "trace_edit_id": 7}}
    assert plotly_figure.answered_edit(state) == 7
    assert plotly_figure.answered_edit({"_js2py_traceDeltas": None}) is None
    figure.close()


def test_plotly_sends_an_update_that_is_no_news_to_python_too() -> None:
    figure = plotly_figure.PlotlyFigure([{"type": "scatter", "x": [1]}], {"title": {"text": "A"}})
    told: list[dict[str, object]] = []
    figure.observe(lambda change: told.append(change["new"]), "_py2js_update")
    figure.send_update({"x": [[1]]}, {"title.text": "A"})
    assert told[0]["style_data"] == {"x": [[1]]}
    assert told[0]["layout_data"] == {"title.text": "A"}
    figure.close()


@pytest.mark.parametrize(
    "name",
    [
        "FigureView",
        "_sendTraceDeltas",
        "_sendLayoutDelta",
        "_js2py_traceDeltas",
        "do_addTraces",
        "do_restyle",
        "plotlywidget-after-render",
        "plotly_beforeplot",
        "plotly_relayout",
        "_fullLayout",
        "getCamera",
        "_responsiveChartHandler",
    ],
)
def test_plotlys_page_module_has_what_live_figures_change(name: str) -> None:
    """They match ``frontend/src/kit/live_figure.ts`` and its entry point."""
    sources = [
        (ROOT / "frontend/src" / folder / "live_figure.ts").read_text(encoding="utf-8")
        for folder in ("kit", "widgets")
    ]
    assert any((name[:3] if name.startswith("do_") else name) in each for each in sources)
    assert name in plotly_figure.page_module()


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
