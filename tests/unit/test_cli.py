"""The command ``bodyseg``: the same as the functions, with exit codes, JSON and pipes."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result
from PIL import Image

from bodyseg_widgets import add_model, doctor, evaluate, sample, segment_files
from bodyseg_widgets.cli import main
from bodyseg_widgets.errors import IncompatibleDependencyError
from bodyseg_widgets.extras import EXTRAS
from bodyseg_widgets.models import model_path
from bodyseg_widgets.streaming import model_names
from bodyseg_widgets.streaming.effects.builtin_effects import BUILTIN_EFFECTS
from tests.unit.labelled import PERSON, save_image, save_mask, save_video
from tests.unit.test_segment_files import BAD, GOOD, fill, made_in
from tests.waiting import wait_until

if TYPE_CHECKING:
    from pathlib import Path

    from click import Command
    from numpy.typing import NDArray


PROGRAM_STARTS_SECONDS = 60
"""At most, on a busy machine."""


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], input=stdin)


def command(name: str) -> Command:
    return main.commands[name]  # type: ignore[attr-defined,no-any-return]


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    file = tmp_path / "portrait.png"
    Image.fromarray(sample("portrait")).save(file)
    return file


# --- segment -------------------------------------------------------------------------------


def test_a_mask_is_that_of_the_function(tmp_path: Path, portrait: Path) -> None:
    done = run("segment", portrait, tmp_path / "out.png", "-m", "landscape", "-t", "0.3")
    assert (done.exit_code, done.stdout) == (0, "1 written.\n")
    segment_files(portrait, tmp_path / "same.png", "landscape", threshold=0.3)
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "same.png").read_bytes()


def test_an_effect_gets_its_parameters(tmp_path: Path, portrait: Path) -> None:
    settings = ("-s", "background=navy", "-s", "edge_blur_amount=0")
    done = run("segment", portrait, tmp_path / "out.png", "-e", "background", *settings)
    assert done.exit_code == 0, done.stderr
    segment_files(
        portrait, tmp_path / "same.png", effect="background", background="navy", edge_blur_amount=0
    )
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "same.png").read_bytes()


def test_a_model_may_be_a_file_or_name_its_runtime(tmp_path: Path, portrait: Path) -> None:
    for number, model in enumerate(
        (f"Mine={model_path('selfie_general')}", "MediaPipeSelfieSegmentation:general:mediapipe")
    ):
        done = run("segment", portrait, tmp_path / f"{number}.png", "-m", model)
        assert done.exit_code == 0, done.stderr
    one, other = (np.asarray(Image.open(tmp_path / f"{number}.png")) for number in (0, 1))
    assert (one != other).mean() < 0.01


def test_of_a_folder_bad_files_are_told_and_a_second_run_goes_on(tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in"), tmp_path / "out"
    done = run("segment", source, out, "--json")
    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert [str(out / name) for name in GOOD] == told["made"]
    assert [each["path"] for each in told["failed"]] == [str(source / name) for name in BAD]
    for name in BAD:
        assert f"{source / name}: " in done.stderr
    again = run("segment", source, out, "--quiet")
    assert (again.exit_code, again.stdout) == (1, "0 written, 5 were there already.\n")
    for name in BAD:
        (source / name).unlink()
    assert run("segment", source, out, "--quiet").exit_code == 0
    assert made_in(out) == GOOD


def test_a_folder_has_a_progress_bar_unless_it_is_quiet(tmp_path: Path) -> None:
    save_image(tmp_path / "in" / "a.png")
    assert "1/1" in run("segment", tmp_path / "in", tmp_path / "out").stderr
    assert run("segment", tmp_path / "in", tmp_path / "other", "--quiet").stderr == ""


def test_all_built_in_effects_can_be_named(portrait: Path, tmp_path: Path) -> None:
    (choices,) = [each.type.choices for each in command("segment").params if each.name == "effect"]
    assert [*choices] == [*BUILTIN_EFFECTS]
    add_model("Classes", three_classes, labels=["background", "face-skin", "clothes"])
    settings = ("-e", "part_blur", "-s", 'blurred_parts=["face-skin"]', "-m", "Classes")
    done = run("segment", portrait, tmp_path / "out.png", *settings)
    assert done.exit_code == 0, done.stderr
    segment_files(
        portrait,
        tmp_path / "same.png",
        "Classes",
        effect="part_blur",
        blurred_parts=["face-skin"],
    )
    assert (tmp_path / "out.png").read_bytes() == (tmp_path / "same.png").read_bytes()
    assert (np.asarray(Image.open(tmp_path / "out.png")) != sample("portrait")).any()
    # Nobody must take an image for blurred that is not.
    refused = run("segment", portrait, tmp_path / "no.png", "-e", "face_blur", "-m", "general")
    assert refused.exit_code == 2
    assert "needs classes of the model" in refused.stderr
    assert not (tmp_path / "no.png").exists()


def three_classes(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    classes = np.zeros(image.shape[:2], np.uint8)
    classes[60:200, 150:300], classes[200:] = 1, 2
    return classes


def test_images_go_through_pipes(portrait: Path, tmp_path: Path) -> None:
    done = run("segment", "-", "-", stdin=portrait.read_bytes())
    assert done.exit_code == 0, done.stderr
    segment_files(portrait, tmp_path / "same.png")
    with Image.open(io.BytesIO(done.stdout_bytes)) as image:
        np.testing.assert_array_equal(
            np.asarray(image), np.asarray(Image.open(tmp_path / "same.png"))
        )


def test_nothing_on_the_standard_output_but_the_image_where_it_fails() -> None:
    done = run("segment", "-", "-", stdin=b"hello")
    assert (done.exit_code, done.stdout_bytes) == (1, b"")
    assert done.stderr.startswith("bodyseg: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-m", "genral"), "Did you mean 'general'"),
        (("-t", "50"), "probability from 0 to 1"),
        (("-o", "masks"), "is not one of"),
        (("-s", "blur=3"), "'blur' is for effects"),
        (("-e", "bokeh", "-s", "blur=3"), "takes no argument 'blur'"),
        (("-e", "bokeh", "-s", "blur"), "--set takes NAME=VALUE"),
        (("-o", "landmarks"), "finds no landmarks"),
        (("-j", "0"), "is not in the range"),
    ],
)
def test_wrong_arguments_are_exit_code_2(
    tmp_path: Path, portrait: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = run("segment", portrait, tmp_path / "out.png", *arguments)
    assert done.exit_code == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_an_existing_file_says_how_to_replace_it(tmp_path: Path, portrait: Path) -> None:
    (tmp_path / "out.png").touch()
    done = run("segment", portrait, tmp_path / "out.png")
    assert done.exit_code == 1
    assert "replace it with --overwrite" in done.stderr
    assert run("segment", portrait, tmp_path / "out.png", "--overwrite").exit_code == 0


@pytest.mark.usefixtures("interrupts")
@pytest.mark.parametrize("jobs", [(), ("-j", "2")], ids=["one process", "two processes"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGKILL"])
def test_an_interrupted_folder_is_finished_by_the_same_command(
    tmp_path: Path, name: str, jobs: tuple[str, ...]
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    for number in range(3):
        save_video(source / f"{number}.mp4", frames=60)
    command = [sys.executable, "-c", "from bodyseg_widgets.cli import main; main()"]
    command += ["segment", str(source), str(out), "-m", "heavy", *jobs]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: out.is_dir() and any(out.iterdir()), PROGRAM_STARTS_SECONDS)
    os.kill(program.pid, getattr(signal, name))
    _, told = program.communicate(timeout=PROGRAM_STARTS_SECONDS)
    if name == "SIGINT":
        assert program.returncode == 130
        assert "interrupted" in told
        assert "Traceback" not in told
    # Nothing that is there under its own name is less than whole.
    before = {file.name for file in out.iterdir() if not file.name.startswith(".")}
    done = run("segment", source, out, "-m", "landscape", "--json")
    assert done.exit_code == 0, done.stderr
    told_after = json.loads(done.stdout)
    assert {os.path.basename(file) for file in told_after["there"]} == before  # noqa: PTH119
    assert len(told_after["made"]) == 3 - len(before)
    assert made_in(out) == ["0.mp4", "1.mp4", "2.mp4"]


# --- evaluate ------------------------------------------------------------------------------


@pytest.fixture
def pairs(tmp_path: Path) -> Path:
    folder = tmp_path / "pairs"
    for name in ("yoga/a", "dance/b"):
        save_image(folder / f"{name}.png")
        save_mask(folder / f"{name}_mask.png")
    return folder


def test_an_evaluation_has_the_numbers_of_the_function(pairs: Path, tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    models = ("-m", "general", "-m", "landscape")
    done = run("evaluate", pairs, *models, "--json", "--images", table)
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    evaluation = evaluate(pairs, ["general", "landscape"], progress=False)
    assert told["images"] == 2
    for name, by in (("summary", ""), ("by_domain", "domain"), ("by_share", "share")):
        expected = json.loads(pd.DataFrame(evaluation.records(by)).to_json(orient="records"))
        for row, wanted in zip(told[name], expected, strict=True):
            assert row == pytest.approx(wanted, nan_ok=True)
    pd.testing.assert_frame_equal(pd.read_csv(table), evaluation.images)


def test_an_evaluation_is_a_table_for_people(pairs: Path) -> None:
    (pairs / "yoga" / "c.png").touch()
    save_mask(pairs / "yoga" / "c_mask.png")
    done = run("evaluate", pairs, "-m", "landscape", "--quiet")
    assert done.exit_code == 1
    for said in ("Selfie landscape (tensorflow)", "yoga", "dance", "boundary_2px"):
        assert said in done.stdout
    assert "yoga/c.png: The file" in done.stderr


def test_masks_and_their_value_may_be_named(tmp_path: Path) -> None:
    save_image(tmp_path / "here" / "a.png")
    (tmp_path / "there").mkdir()
    Image.fromarray((PERSON * 7).astype(np.uint8)).save(tmp_path / "there" / "a.png")
    folders = (tmp_path / "here", "--masks", tmp_path / "there")
    assert run("evaluate", *folders, "--quiet").exit_code == 1
    done = run("evaluate", *folders, "--person", "7", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["by_share"][0]["share"] == "15 to 30 %"


# --- benchmark -----------------------------------------------------------------------------


def test_a_benchmark_says_how_fast_on_which_computer(portrait: Path) -> None:
    models = ("-m", "landscape", "-m", "BlazePose:lite:mediapipe")
    done = run("benchmark", *models, "--source", portrait, "-d", "0.05", "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["source"], told["width"], told["height"]) == ("portrait.png", 512, 512)
    assert [(row["model"], row["runtime"]) for row in told["summary"]] == [
        ("Selfie landscape", "tensorflow"),
        ("BlazePose lite", "mediapipe"),
    ]
    assert [row["stage"] for row in told["latencies"]] == ["decode", "infer", "total"] * 2
    assert told["machine"]["packages"]["mediapipe"] == metadata.version("mediapipe")


def test_a_benchmark_is_a_table_for_people(portrait: Path) -> None:
    done = run("benchmark", "-m", "landscape", "--source", portrait, "-d", "0.05")
    assert done.exit_code == 0, done.stderr
    for said in ("frames/s", "Selfie landscape", "portrait.png, 512 x 512 pixels", "Quartiles"):
        assert said in done.stdout
    assert "10/10" in done.stderr
    quiet = run("benchmark", "-m", "landscape", "--source", portrait, "-d", "0.05", "--quiet")
    assert quiet.stderr == ""


def test_of_a_benchmark_a_model_that_fails_is_told() -> None:
    add_model("Failing", lambda _: np.zeros(0))
    done = run("benchmark", "-m", "Failing", "-m", "landscape", "-d", "0.05", "--quiet")
    assert done.exit_code == 1
    assert "Selfie landscape" in done.stdout
    assert "bodyseg: Failing (python): Failing must return probabilities" in done.stderr
    wrong = run("benchmark", "-m", "landscape", "-d", "0", "--quiet")
    assert wrong.exit_code == 2
    assert "duration must be" in wrong.stderr


# --- models, doctor, help ------------------------------------------------------------------


def test_models_are_listed_and_checked() -> None:
    listed = json.loads(run("models", "list", "--json").stdout)
    variants = {row["variant"] for row in listed}
    assert {"general", "landscape", "lite", "full", "heavy"} <= variants
    assert "BlazePose" in run("models", "list").stdout
    done = run("models", "verify", "--json")
    assert done.exit_code == 0, done.stdout
    checked = {each["name"]: each["state"] for each in json.loads(done.stdout)}
    assert checked["Selfie general (tensorflow)"] == "ok"


def test_weights_that_are_not_fetched_are_told() -> None:
    done = run("models", "fetch", "--quant-bytes", "1")
    assert done.exit_code == 1
    assert "bodyseg: " in done.stderr
    assert "Traceback" not in done.stderr


def test_the_doctor_says_what_is_missing_and_how_it_gets_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = doctor.util.find_spec
    monkeypatch.setattr(
        doctor.util, "find_spec", lambda name: None if name == "av" else found(name)
    )
    done = run("doctor", "--json")
    by_name = {each["name"]: each for each in json.loads(done.stdout)}
    assert done.exit_code == 0
    assert by_name["av"]["state"] == "missing"
    assert by_name["av"]["fix"] == 'pip install "bodyseg-widgets[video]"'
    assert by_name["bundled models"]["state"] == "ok"
    assert {"camera", "WebGL", "direct link of frames"} <= by_name.keys()
    assert 'pip install "bodyseg-widgets[video]"' in run("doctor").stdout


def test_the_doctor_looks_at_every_package_that_may_be_missing() -> None:
    assert doctor._PURPOSES.keys() == EXTRAS.keys()


def test_a_jupyter_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def wait_for_ever(command: list[str], **options: object) -> None:
        del options
        raise subprocess.TimeoutExpired(command, 30)

    monkeypatch.setattr(doctor.subprocess, "run", wait_for_ever)
    found = doctor._link()
    assert found.state == "note"
    assert "did not say within" in found.said


def test_what_is_broken_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise IncompatibleDependencyError("mediapipe 9.9 is installed")

    monkeypatch.setitem(doctor._CHECKS, "mediapipe", refuse)
    done = run("doctor")
    assert done.exit_code == 1
    assert "mediapipe 9.9 is installed" in done.stdout


def test_help_and_version_load_no_runtime() -> None:
    assert metadata.version("bodyseg-widgets") in run("--version").stdout
    assert "segment" in run("-h").stdout
    code = (
        "import sys\nfrom bodyseg_widgets.cli import main\n"
        "main(['--help'], standalone_mode=False)\n"
        "assert not {'cv2', 'numpy', 'mediapipe', 'pandas'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)


def test_names_of_models_are_completed() -> None:
    from bodyseg_widgets.cli import _Model  # noqa: PLC0415

    found = _Model().shell_complete(None, command("segment").params[2], "la")  # type: ignore[arg-type]
    assert [each.value for each in found] == [n for n in model_names() if n.startswith("la")]
