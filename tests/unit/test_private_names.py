"""Private names of other packages that this one uses: a release that renames one fails here.

Without these tests, the features that use them would break silently, so their version ranges in
`pyproject.toml` may be raised only if these tests pass.
"""

from __future__ import annotations

import gzip
import subprocess
import sys
import threading
import tomllib
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING
from unittest.mock import Mock

import comm
import ipywidgets
import pytest
import traitlets
from ipykernel.comm.comm import BaseComm
from ipykernel.kernelbase import Kernel
from packaging.requirements import Requirement

from bodyseg_widgets.models import pose_task, read_model
from bodyseg_widgets.runtimes import mediapipe
from bodyseg_widgets.runtimes.mediapipe import ImageSegmenterTask, PoseLandmarkerTask
from bodyseg_widgets.widgets.kit import plotly_figure
from bodyseg_widgets.widgets.kit.controls import Button, Picker
from bodyseg_widgets.widgets.kit.displayed import Displayed
from bodyseg_widgets.widgets.kit.held import HeldByThread
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton

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


@pytest.fixture
def in_a_cell(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A kernel that runs a cell, whose comms list the kinds of messages they send."""
    monkeypatch.setattr(Kernel, "initialized", lambda: True)
    sent: list[str] = []
    kernel = SimpleNamespace(
        session=SimpleNamespace(send=lambda _, kind, *__, **___: sent.append(kind)),
        get_parent=lambda: {"header": {"subshell_id": "the cell's"}},
        iopub_socket=None,
    )
    monkeypatch.setattr(BaseComm, "kernel", kernel)
    monkeypatch.setattr(comm, "create_comm", BaseComm)
    return sent


def test_ipykernel_routes_the_page_to_the_thread_of_the_cell_that_makes_a_widget(
    in_a_cell: list[str],
) -> None:
    widget = ipywidgets.Widget()
    assert in_a_cell == ["comm_open"]
    assert widget.comm._reply_subshell_for({}, "the page's") == "the cell's"
    widget.close()


@pytest.mark.parametrize("make", [Picker, Button, lambda: ToggleButton("Mirror")])
def test_what_a_cell_makes_and_sets_leaves_the_page_on_the_thread_that_it_asks_for(
    in_a_cell: list[str], make: Callable[[], ipywidgets.Widget]
) -> None:
    widget = make()
    assert widget.comm._reply_subshell_for({}, "the page's") == "the page's"
    widget.tooltip = "Another one"
    assert in_a_cell[-1] == "comm_msg"
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


# traitlets


class _Fraction(HeldByThread):
    part = traitlets.Int()
    whole = traitlets.Int(1)

    @traitlets.validate("part")
    def _not_more_than_all(self, proposal: dict[str, int]) -> int:
        if proposal["value"] > self.whole:
            raise traitlets.TraitError("more than all")
        return proposal["value"]


def _on_another_thread(act: Callable[[], object]) -> None:
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_what_is_held_back_is_checked_together_and_said_once() -> None:
    fraction, told = _Fraction(), []
    fraction.observe(lambda change: told.append((change.name, change.old, change.new)))
    with fraction.hold_trait_notifications():
        fraction.part = 3
        fraction.whole = 3
        with fraction.hold_trait_notifications():
            fraction.whole = 4
        assert told == []
    assert told == [("part", 0, 3), ("whole", 1, 4)]
    with pytest.raises(traitlets.TraitError), fraction.hold_trait_notifications():
        fraction.part, fraction.whole = 9, 8
    assert (fraction.part, fraction.whole, len(told)) == (3, 4, 2)


def test_a_thread_that_holds_back_leaves_what_others_say_and_check() -> None:
    fraction, told = _Fraction(), []
    fraction.observe(lambda change: told.append((change.name, change.new)))

    def set_both() -> None:
        with pytest.raises(traitlets.TraitError):
            fraction.part = 2
        fraction.whole = 2
        with fraction.hold_trait_notifications():
            fraction.part = 2

    with fraction.hold_trait_notifications():
        _on_another_thread(set_both)
        assert told == [("whole", 2), ("part", 2)]
        fraction.part = 1
    assert told == [("whole", 2), ("part", 2), ("part", 1)]


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
