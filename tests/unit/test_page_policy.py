"""What a page may have opened, by whoever sees it."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any

import ipywidgets
import pytest
from ipywidgets.widgets.widget import _instances, _registry

from bodyseg_widgets import InvalidOptionError, SourceError, ViewRecorder, Webcam, widgets
from bodyseg_widgets.widgets.source.page_policy import (
    HARMLESS,
    PAGE_SOURCES,
    PagePolicy,
    page_is_trusted,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Kernel:
    """Stands in for IPython's shell in a kernel."""

    kernel = object()


@pytest.fixture
def visited(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webcam]:
    """A source in a page of Voila."""
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    webcam = Webcam(source="sample")
    yield webcam
    webcam.close()


@pytest.fixture
def policy() -> PagePolicy:
    return PagePolicy(lambda: HARMLESS, lambda: "/uploads/film.mp4")


def check(webcam: Webcam) -> None:
    webcam._policy.check(webcam.source, webcam.path, webcam.kernel_device)


@pytest.mark.parametrize(
    ("environment", "trusted"),
    [
        ({}, True),
        ({"VOILA_BASE_URL": "/"}, False),
        ({"SERVER_SOFTWARE": "voila/0.5.8"}, False),
        ({"SERVER_SOFTWARE": "nginx"}, True),
    ],
)
def test_a_page_of_voila_is_for_visitors(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], *, trusted: bool
) -> None:
    monkeypatch.setattr("IPython.get_ipython", Kernel)
    for name in ("VOILA_BASE_URL", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert page_is_trusted() == trusted


def test_so_is_a_page_of_a_host_without_ipythons_kernel() -> None:
    assert not page_is_trusted()


def test_in_jupyterlab_a_page_may_open_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("IPython.get_ipython", Kernel)
    webcam = Webcam(source="sample")
    assert webcam.page_may_open == [*PAGE_SOURCES]
    webcam.close()


@pytest.mark.parametrize(
    ("chosen", "kind"),
    [
        ({"source": "file", "path": "/etc/passwd"}, "path"),
        ({"source": "file", "path": "/no/such/file"}, "path"),
        ({"source": "file", "path": "http://127.0.0.1:8888/api"}, "url"),
        ({"source": "kernel camera"}, "kernel camera"),
        ({"source": "kernel camera", "kernel_device": 3}, "kernel camera"),
    ],
)
def test_a_visitor_opens_nothing_of_the_kernels_computer(
    visited: Webcam, chosen: dict[str, Any], kind: str
) -> None:
    visited.set_state(chosen)
    with pytest.raises(SourceError) as error:
        check(visited)
    # Whether it exists is not told.
    assert str(error.value) == (
        "What is chosen in this page may be: camera, screen, upload, sample; not: "
        f"{kind}. Its author can allow more: "
        f"Webcam(page_may_open={sorted({*HARMLESS, kind})!r})."
    )
    with pytest.raises(SourceError):
        visited.first_frame()


def test_what_the_author_has_set_is_opened_and_may_be_chosen_again(
    visited: Webcam, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"a film")
    visited.load(film)
    check(visited)
    visited.set_state({"source": "sample", "path": "/etc/passwd"})
    visited.set_state({"source": "file", "path": str(film)})
    check(visited)
    visited.source, visited.kernel_device = "kernel camera", 2
    check(visited)
    visited.set_state({"kernel_device": 1})
    with pytest.raises(SourceError):
        check(visited)


def test_what_the_author_loads_in_answer_to_the_page_is_opened(
    visited: Webcam, tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    film.write_bytes(b"a film")
    visited.observe(lambda _: visited.load(film), "loop")
    visited.set_state({"loop": False})
    check(visited)


def test_an_upload_of_the_page_is_its_own(policy: PagePolicy) -> None:
    policy.check("file", "/uploads/film.mp4", 0)
    with pytest.raises(SourceError):
        policy.check("file", "/uploads/other.mp4", 0)


def test_the_author_can_allow_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    webcam = Webcam(source="sample", page_may_open={"sample", "kernel camera"})
    webcam.set_state({"source": "kernel camera"})
    check(webcam)
    webcam.page_may_open = "sample"
    with pytest.raises(SourceError):
        check(webcam)
    webcam.close()


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidOptionError, match=r"'camera', .*, but got 'webcam'"):
        Webcam(source="sample", page_may_open={"webcam"})


def test_a_page_sets_neither_what_it_may_open_nor_where_a_recorder_writes(
    visited: Webcam,
) -> None:
    visited.set_state({"page_may_open": [*PAGE_SOURCES], "loop": False})
    assert set(visited.page_may_open) == HARMLESS
    assert not visited.loop
    recorder = ViewRecorder(path="view.mp4")
    recorder.set_state({"path": "/etc/cron.d/view.mp4", "rate": 10})
    assert (recorder.path, recorder.rate) == ("view.mp4", 10)
    recorder.close()


def test_a_page_makes_no_widget_of_this_package(visited: Webcam) -> None:
    """ipywidgets lets a page make a widget of any registered class, with any state."""
    for module in pkgutil.walk_packages(widgets.__path__, f"{widgets.__name__}."):
        importlib.import_module(module.name)
    makeable = {each.__module__.partition(".")[0] for each in _registered(_registry._registry)}
    assert "ipywidgets" in makeable
    assert "bodyseg_widgets" not in makeable
    # Not by what it says of itself, either: its classes are anywidgets, and those are not known.
    state = visited.get_state() | {"source": "file", "path": "/etc/passwd"}
    opening = {
        "metadata": {"version": "2.1.0"},
        "content": {"data": {"state": state | {"page_may_open": [*PAGE_SOURCES]}}},
    }
    before = {*_instances.values()}
    with pytest.raises(KeyError, match="anywidget"):
        ipywidgets.Widget.handle_comm_opened(object(), opening)
    assert {*_instances.values()} == before


def _registered(entry: Any) -> Iterator[type]:  # noqa: ANN401 - classes, or entries of them
    if isinstance(entry, dict):
        for each in entry.values():
            yield from _registered(each)
    else:
        yield entry
