"""Every notebook runs from top to bottom, without a browser and without a camera, and teaches."""

from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
CELL_SECONDS = 120
WIDGET = "application/vnd.jupyter.widget-view+json"
MIN_QUESTIONS = 5
MIN_PICTURES = 3


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    """Run it in an empty folder: a notebook must not need a file of the checkout."""
    NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name=notebook.metadata.kernelspec.name,
        resources={"metadata": {"path": str(folder)}},
    ).execute()


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_from_top_to_bottom(path: Path, tmp_path: Path) -> None:
    notebook = read(path)
    if os.environ.get("BODYSEG_NETWORK_LOG"):
        guarded = nbformat.v4.new_code_cell("import sitecustomize; sitecustomize._guard")
        notebook.cells.append(guarded)
    run(notebook, tmp_path)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    outputs = [output for cell in cells for output in cell.outputs]
    assert [each.text for each in outputs if each.get("name") == "stderr"] == []  # red boxes
    shown = [each.data for each in outputs if "data" in each]
    # No page is there, so pictures are shown in place of the widgets.
    assert [each for each in shown if "image/png" in each]
    assert not [each for each in shown if "image/png" in each and WIDGET in each]
    html, _ = HTMLExporter(template_name="lab").from_notebook_node(notebook)
    assert len(re.findall(r'<img[^>]* src="data:image/', html)) >= MIN_PICTURES
    assert 'data-mime-type="application/vnd.jupyter.stderr"' not in html
    text = "\n".join(texts(path))
    assert html.count("<details>") >= text.count("<details>") > 0
    assert "&lt;details" not in html


def first_words(path: Path, folder: Path) -> str:
    """Run a notebook, and return what its first cell that prints has printed."""
    notebook = read(path)
    run(notebook, folder)
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return next(each.text for each in outputs if each.get("name") == "stdout")


def test_the_lesson_on_parts_runs_the_network_where_there_are_weights(
    bodypix_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (path,) = FOLDER.glob("*-people-and-parts.ipynb")
    # No weights that somebody may have downloaded.
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("BODYSEG_MODELS", raising=False)
    said = [first_words(path, tmp_path)]
    monkeypatch.setenv("BODYSEG_MODELS", str(bodypix_folder))
    said.append(first_words(path, tmp_path))
    assert said == [
        "No weights here: these are recorded results.\n",
        "BodyPix has looked at every image just now.\n",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_stored_without_outputs(path: Path) -> None:
    notebook = read(path)
    stored = [
        cell.id
        for cell in notebook.cells
        if cell.cell_type == "code" and (cell.outputs or cell.execution_count is not None)
    ]
    assert stored == []
    assert "widgets" not in notebook.metadata


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_asks_for_no_special_kernel(path: Path) -> None:
    assert read(path).metadata.kernelspec.name == "python3"


# What makes a notebook a lesson


def texts(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_says_its_goal_its_time_and_what_it_needs(path: Path) -> None:
    head = texts(path)[0]
    for said in (
        r"\*\*Goal:\*\* you can ",
        r"\*\*Time:\*\* about \d+ minutes",
        r"\*\*You need:\*\*",
    ):
        assert re.search(said, head), said
    place = NOTEBOOKS.index(path) + 1
    assert f"**Lesson {place} of {len(NOTEBOOKS)}.**" in head


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_readme_and_site_say_how_long_a_lesson_takes(path: Path) -> None:
    (minutes,) = re.findall(r"\*\*Time:\*\* about (\d+) minutes", texts(path)[0])
    for page in ("README.md", "docs/guide/notebooks.md"):
        text = (FOLDER.parent / page).read_text(encoding="utf-8")
        assert f"notebooks/{path.name}), {minutes} minutes" in text


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_leads_to_the_next(path: Path) -> None:
    first, *_, last = texts(path)
    linked = [re.findall(r"\]\(([\w-]+\.ipynb)\)", text) for text in (first, last)]
    for name in {*linked[0], *linked[1]}:
        assert (FOLDER / name).is_file()
    following = NOTEBOOKS[NOTEBOOKS.index(path) + 1 :][:1]
    for each in following:
        assert all(each.name in names for names in linked)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_question_has_its_answer_folded_below_it(path: Path) -> None:
    text = "\n\n".join(texts(path))
    asked = re.findall(r"^\*\*Question (\d+)\.\*\*", text, re.MULTILINE)
    assert [int(each) for each in asked] == [*range(1, len(asked) + 1)]
    question = r"^\*\*Question \d+\.\*\* .+?\n\n"
    answer = r"<details><summary>Answer</summary>\n\n(.+?)\n\n</details>$"
    answers = re.findall(question + answer, text, re.MULTILINE | re.DOTALL)
    assert len(answers) == len(asked) >= MIN_QUESTIONS
    assert "Think about it" not in text
    assert text.count("<details>") == text.count("</details>") == text.count("<summary>")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_lesson_shows_no_plumbing(path: Path) -> None:
    seen = [
        cell.source
        for cell in read(path).cells
        if cell.cell_type == "code" and not cell.metadata.get("jupyter", {}).get("source_hidden")
    ]
    for plumbing in ("ImageDraw", "Button(", "import av", "perf_counter", "np.hstack", "np.vstack"):
        assert not [source for source in seen if plumbing in source], plumbing


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_running_all_cells_leaves_nothing_behind(path: Path) -> None:
    """No panel is in another state than its text says, and nothing goes on unseen."""
    code = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    for source in code:
        assert source.count(".on_result(") == source.count("unsubscribe()"), source
        assert source.count("PoseRecorder(") == source.count("with PoseRecorder("), source
        assert not re.search(
            r"^\w+\.(tabs|threshold|view|plot)\b.*[^=!<>]=[^=]", source, re.MULTILINE
        )
