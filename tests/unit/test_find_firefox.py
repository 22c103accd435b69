"""Which Firefox is tested, and what is said if there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.firefox.find_firefox import NoFirefoxError, find_firefox, main

if TYPE_CHECKING:
    from pathlib import Path


def _program(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder on PATH."""
    monkeypatch.delenv("BODYSEG_FIREFOX", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def test_it_is_found_along_the_path_by_either_name(on_path: Path) -> None:
    debians = _program(on_path, "firefox-esr")
    assert find_firefox() == debians
    others = _program(on_path, "firefox")
    assert find_firefox() == others


def test_the_environment_comes_before_the_path(
    on_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _program(on_path, "firefox")
    mine = _program(on_path, "mine")
    monkeypatch.setenv("BODYSEG_FIREFOX", str(mine))
    assert find_firefox() == mine


def test_a_variable_that_names_no_program_is_an_error(
    on_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BODYSEG_FIREFOX", str(on_path / "absent"))
    with pytest.raises(NoFirefoxError, match=r"BODYSEG_FIREFOX='.*absent'.*unset"):
        find_firefox()


@pytest.mark.usefixtures("on_path")
def test_without_one_it_says_what_to_install_and_fails(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main() == 1
    said = capsys.readouterr().err
    assert "apt-get install firefox-esr" in said
    assert "BODYSEG_FIREFOX" in said
