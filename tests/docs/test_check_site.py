from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location(
    "check_site", Path(__file__).parents[2] / "docs" / "check_site.py"
)
assert _SPEC is not None
assert _SPEC.loader is not None
check_site = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(check_site)


@pytest.mark.parametrize(
    "loads",
    [
        '<script src="https://cdn.jsdelivr.net/npm/mathjax@3"></script>',
        '<script async src="//unpkg.com/@jupyter-widgets/html-manager"></script>',
        '<link rel="preload stylesheet" href="https://fonts.googleapis.com/css?family=Inter">',
        '<img alt="" src="http://example.org/badge.svg">',
        "<style>@import 'https://example.org/site.css';</style>",
        "<style>body { background: url(https://example.org/b.png) }</style>",
    ],
)
def test_what_is_loaded_from_elsewhere_is_found(tmp_path: Path, loads: str) -> None:
    (tmp_path / "index.html").write_text(f"<html>{loads}</html>", encoding="utf-8")
    (found,) = check_site.loaded_from_elsewhere(tmp_path)
    assert found.startswith("index.html: ")


def test_links_and_local_files_are_fine(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(
        '<a href="https://jupyter.org">Jupyter</a><script src="_static/site.js"></script>'
        '<link rel="canonical" href="https://example.org/">',
        encoding="utf-8",
    )
    assert check_site.loaded_from_elsewhere(tmp_path) == []


def test_a_style_that_loads_a_font_from_elsewhere_is_found(tmp_path: Path) -> None:
    style = '@font-face { src: url("https://example.org/font.woff2") }'
    (tmp_path / "site.css").write_text(style, encoding="utf-8")
    assert check_site.loaded_from_elsewhere(tmp_path) == [
        "site.css: https://example.org/font.woff2"
    ]
