"""Which browser is used, and the message if there is none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.browser import ensure_browser
from tests.browser.ensure_browser import NoBrowserError, find_browser, install_browser, main

if TYPE_CHECKING:
    from pathlib import Path


def _program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def no_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Set PATH to a single folder, and hide Playwright's browsers."""
    monkeypatch.delenv("BODYSEG_CHROMIUM", raising=False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "playwright"))
    programs = tmp_path / "programs"
    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    return programs


def test_the_environment_comes_before_the_path(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _program(no_browser, "chromium")
    mine = _program(tmp_path, "mine")
    monkeypatch.setenv("BODYSEG_CHROMIUM", str(mine))
    assert find_browser() == mine


def test_a_browser_on_the_path_is_found(no_browser: Path) -> None:
    assert find_browser() is None
    program = _program(no_browser, "google-chrome")
    assert find_browser() == program


def test_a_variable_that_names_no_program_is_an_error(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BODYSEG_CHROMIUM", str(no_browser / "absent"))
    with pytest.raises(NoBrowserError, match=r"BODYSEG_CHROMIUM='.*absent'.*unset"):
        find_browser()
    assert main() == 1
    assert "BODYSEG_CHROMIUM" in capsys.readouterr().err


@pytest.mark.usefixtures("no_browser")
def test_where_nothing_installs_one_all_that_was_tried_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = (sys.executable, "-c", "raise SystemExit(1)")
    monkeypatch.setattr(ensure_browser, "_PLAYWRIGHT", failing)
    with pytest.raises(NoBrowserError, match=r"(?s)raise SystemExit.*BODYSEG_CHROMIUM"):
        install_browser()


def test_the_browser_that_an_install_brings_is_taken(
    no_browser: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = no_browser / "chromium"
    script = f"import os; os.close(os.open({str(target)!r}, os.O_CREAT | os.O_WRONLY, 0o755))"
    monkeypatch.setattr(ensure_browser, "_PLAYWRIGHT", (sys.executable, "-c", script))
    assert install_browser() == target
