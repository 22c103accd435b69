"""Model files that all processes of a user know, and what other processes know of weights."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from bodyseg_widgets import (
    InvalidOptionError,
    MissingWeightsError,
    ModelFileError,
    add_model,
    add_weights,
    create_segmenter,
    evaluate,
    remove_model,
    sample,
    segment_files,
)
from bodyseg_widgets.cli import main
from bodyseg_widgets.models import BodyPixVariant, model_path, weights_folders
from bodyseg_widgets.segmentation.custom.registered import registered_models
from bodyseg_widgets.streaming import PortableModel, choose_like
from tests.graphs import write_bodypix
from tests.unit.dask_cluster import dask_executor
from tests.unit.labelled import save_image, save_mask

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path


@pytest.fixture(autouse=True)
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a user who has just come."""
    folder = tmp_path / "settings"
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    return folder / "bodyseg_widgets" / "models"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mine.tflite"
    file.write_bytes(model_path("selfie_landscape").read_bytes())
    return file


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)])


def in_another_process(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bodyseg(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    program = "from bodyseg_widgets.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *map(str, arguments)],
        check=False,
        capture_output=True,
        text=True,
    )


# --- the command ---------------------------------------------------------------------------


def test_what_was_added_is_known_to_every_command_until_it_is_removed(
    tmp_path: Path, file: Path
) -> None:
    assert bodyseg("models", "add", "My: net", file).returncode == 0
    listed = json.loads(bodyseg("models", "list", "--json").stdout)
    (mine,) = [row for row in listed if row["file"]]
    assert mine == {
        "model": "My: net",
        "variant": "",
        "runtimes": ["tensorflow"],
        "finds_poses": False,
        "file": str(file),
    }
    assert str(file) in bodyseg("models", "list").stdout
    save_image(tmp_path / "in" / "a.png")
    out = tmp_path / "mine"
    done = bodyseg("segment", tmp_path / "in", out, "-m", "My: net", "-j", 1, "--quiet")
    assert done.returncode == 0, done.stderr
    segment_files(tmp_path / "in", tmp_path / "bundled", "landscape", progress=False)
    assert (out / "a.png").read_bytes() == (tmp_path / "bundled" / "a.png").read_bytes()
    assert run("models", "remove", "My: net").exit_code == 0
    gone = bodyseg("segment", tmp_path / "in", tmp_path / "gone", "-m", "My: net", "--quiet")
    assert gone.returncode == 2
    assert "but got 'My'" in gone.stderr
    assert file.exists()


def test_options_say_what_the_file_does_not(file: Path) -> None:
    done = run(
        "models", "add", "Mine", file,
        "--labels", "background,person", "--mean", "0", "--std", "255,255,255",
        "--color-order", "bgr", "--layout", "NHWC",
    )  # fmt: skip
    # The network has one class.
    assert done.exit_code == 2
    assert "mine.tflite" in done.stderr
    done = run("models", "add", "Mine", file, "--mean", "1", "--std", "254", "--color-order", "bgr")
    assert (done.exit_code, done.stdout) == (0, "Mine is registered.\n")
    ((mine,), _) = registered_models()
    assert (mine.fit.mean, mine.fit.std, mine.fit.color_order) == ((1,) * 3, (254,) * 3, "bgr")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("add", "lite", "{file}"), 2, "other than"),
        (("add", "Mine", "{file}.gone.tflite"), 1, "There is no file"),
        (("add", "Mine", "net.pt"), 2, "torch.onnx.export"),
        (("add", "Mine", "{file}", "--mean", "half", "--std", "1"), 2, "--mean takes a number"),
        (("remove", "Mine"), 2, "No model of the name 'Mine' is registered. There is none."),
    ],
)
def test_what_cannot_be_is_told(
    file: Path, settings: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = run("models", *(each.format(file=file) for each in arguments))
    assert done.exit_code == code
    assert message in done.stderr
    assert not settings.exists()


# --- other processes -----------------------------------------------------------------------


def test_a_registered_model_is_known_to_programs_without_another_trial(file: Path) -> None:
    add_model("Mine", file, register=True)
    code = (
        "import bodyseg_widgets as bs\n"
        "from bodyseg_widgets.segmentation.custom import trial\n"
        "with bs.create_segmenter('Mine', num_threads=1) as segmenter:\n"
        "    (people,) = segmenter.segment_people(bs.sample('portrait'))\n"
        "from bodyseg_widgets.streaming import model_names\n"
        "assert 'Mine' in model_names()\n"
        "print(people.mask.levels.sum())"
    )
    with create_segmenter("landscape", num_threads=1) as segmenter:
        (people,) = segmenter.segment_people(sample("portrait"))
    assert in_another_process(code) == str(people.mask.levels.sum())
    remove_model("Mine")
    gone = "from bodyseg_widgets.streaming import model_names; print('Mine' in model_names())"
    assert in_another_process(gone) == "False"


def test_adding_a_name_again_replaces_it_and_names_may_have_any_characters(
    file: Path, settings: Path
) -> None:
    names = ["Mine", "mine", "a/b: c*?", "名前", "x" * 300]
    for name in names:
        add_model(name, file, register=True)
    add_model("Mine", file, mean=1, std=254, register=True)
    found, wrong = registered_models()
    assert sorted(each.name for each in found) == sorted(names)
    assert not wrong
    assert len([*settings.iterdir()]) == len(names)
    (mine,) = [each for each in found if each.name == "Mine"]
    assert mine.fit.mean == (1, 1, 1)
    with pytest.raises(InvalidOptionError, match=r"'Mime' is registered.*Did you mean 'Mine'"):
        remove_model("Mime")


def test_a_file_that_was_changed_is_refused_and_one_that_was_copied_is_not(file: Path) -> None:
    add_model("Mine", file, register=True)
    data = file.read_bytes()
    file.unlink()
    file.write_bytes(data)
    use = "from bodyseg_widgets import create_segmenter; create_segmenter('Mine').dispose()"
    in_another_process(use)
    file.write_bytes(data + b" ")
    with pytest.raises(ModelFileError, match=r"was changed.*Add it again"):
        create_segmenter("Mine")
    checked = json.loads(bodyseg("models", "verify", "--json").stdout)
    (mine,) = [each for each in checked if each["name"].startswith("Mine")]
    assert mine["state"] == "broken"
    assert "was changed" in mine["said"]


@pytest.mark.parametrize("damage", ["", "{}", '{"name": "lite"}', "[1]", "[" * 100_000])
def test_a_damaged_setting_is_told_and_takes_none_along(
    file: Path, settings: Path, damage: str
) -> None:
    add_model("Mine", file, register=True)
    (settings / "other.json").write_text(damage)
    found, (error,) = registered_models()
    assert [each.name for each in found] == ["Mine"]
    assert "other.json" in str(error)
    code = (
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as told:\n"
        "    warnings.simplefilter('always')\n"
        "    from bodyseg_widgets.streaming import model_names\n"
        "print('Mine' in model_names(), [str(each.message) for each in told])"
    )
    said = in_another_process(code)
    assert said.startswith("True")
    assert "other.json" in said
    done = bodyseg("models", "verify", "--json")
    assert done.returncode == 1
    assert "other.json" in done.stdout


def test_a_function_cannot_be_registered(settings: Path) -> None:
    with pytest.raises(InvalidOptionError, match="register=True is for model files"):
        add_model("Mine", lambda image: image[..., 0] / 255, register=True)
    assert not settings.exists()


def test_settings_that_cannot_be_written_are_named(file: Path, settings: Path) -> None:
    settings.parent.mkdir(parents=True)
    settings.write_text("no folder")
    with pytest.raises(ModelFileError, match="folder of your settings"):
        add_model("Mine", file, register=True)


# --- workers -------------------------------------------------------------------------------


VARIANT = BodyPixVariant(multiplier=1.0)
"""One that cannot be downloaded."""


@pytest.fixture
def bodypix(tmp_path: Path) -> tuple[str, str]:
    """A small BodyPix whose weights are in a folder that only this process knows."""
    folder = tmp_path / "weights"
    (folder / VARIANT.folder).mkdir(parents=True)
    write_bodypix(folder / VARIANT.folder)
    add_weights(folder)
    return "BodyPix", VARIANT.name


WHERE: dict[str, Callable[[], Executor | int]] = {"a process": lambda: 1, "dask": dask_executor}


@pytest.mark.parametrize("where", WHERE)
def test_workers_find_weights_in_a_folder_that_was_added(
    tmp_path: Path, bodypix: tuple[str, str], where: str
) -> None:
    save_image(tmp_path / "pairs" / "a.png")
    save_mask(tmp_path / "pairs" / "a_mask.png")
    executor = WHERE[where]()
    here = evaluate(tmp_path / "pairs", bodypix, progress=False)
    there = evaluate(tmp_path / "pairs", bodypix, executor=executor, progress=False)
    pd.testing.assert_frame_equal(here.images, there.images, check_exact=True)
    for out, each in (("here", None), ("there", executor)):
        files = segment_files(
            tmp_path / "pairs",
            tmp_path / out,
            bodypix,
            output="probabilities",
            executor=each,
            progress=False,
        )
        assert not files.failed
    assert (tmp_path / "here/a.png").read_bytes() == (tmp_path / "there/a.png").read_bytes()


def test_a_folder_that_a_worker_does_not_have_is_left_out(
    tmp_path: Path, bodypix: tuple[str, str]
) -> None:
    model = PortableModel.of(choose_like(bodypix))
    (tmp_path / "weights").rename(tmp_path / "elsewhere")
    weights_folders._added.clear()
    with pytest.raises(MissingWeightsError):
        model.create()
    add_weights(tmp_path / "elsewhere")
    model.create().dispose()


@pytest.mark.parametrize("where", WHERE)
def test_workers_have_a_model_that_only_this_process_knows(
    tmp_path: Path, file: Path, where: str
) -> None:
    add_model("Only here", file)
    save_image(tmp_path / "in" / "a.png")
    files = segment_files(
        tmp_path / "in", tmp_path / "out", "Only here", executor=WHERE[where](), progress=False
    )
    assert not files.failed
