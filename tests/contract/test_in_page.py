"""Python that runs in a page, as in JupyterLite: no threads, and four packages.

Pyodide itself cannot be had here, so a process of this Python is deprived of what it lacks there.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from textwrap import indent

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
THERE = ("numpy", "pillow", "ipywidgets", "anywidget")

# Of the standard library, Pyodide leaves these out, or keeps them for who loads them; and it starts
# neither threads nor processes.
IN_PAGE = """
import sys
import threading

for name in (
    "_multiprocessing", "_posixsubprocess", "curses", "fcntl", "grp", "lzma", "pwd", "resource",
    "sqlite3", "ssl", "syslog", "termios",
):
    sys.modules[name] = None
sys.platform = "emscripten"


def refuse(*_, **__):
    raise RuntimeError("can't start new thread")


threading.Thread.start = refuse
"""

# What a page runs, its event loop calls.
IN_LOOP = """
import asyncio


async def main():
{code}

asyncio.run(main())
"""

SHOW = """
import json
import bodyseg_widgets as bs

explorer = bs.Explorer()
bundle = explorer._repr_mimebundle_()
data = bundle[0] if isinstance(bundle, tuple) else bundle
compare = bs.Compare(["general", "full"])
shown = {
    "kinds": sorted(data),
    "runtimes": [panel.stream.runtime for panel in (*explorer.panels, *compare.panels)],
    "offered": list(explorer.panels[0].runtime_picker.options),
    "models": [label for label, _ in explorer.panels[0].model_picker.options],
    "local": [each["key"] for each in explorer.webcam._local_streams],
    "needs frames": explorer.webcam._kernel_streams,
}
explorer.close()
compare.close()
print(json.dumps(shown))
"""


def _needed(names: tuple[str, ...]) -> set[str]:
    """Return the distributions that these need, by their normalized names."""
    needed: set[str] = set()
    waiting = [*names]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in needed:
            continue
        needed.add(name)
        for each in map(Requirement, metadata.requires(name) or ()):
            if each.marker is None or each.marker.evaluate({"extra": ""}):
                waiting.append(each.name)  # noqa: PERF401 - more readable
    return needed


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the packages that are there, and no others."""
    folder = tmp_path_factory.mktemp("packages")
    _link_packages(folder, *THERE)
    return folder


def _link_packages(folder: Path, *names: str) -> None:
    (folder / "bodyseg_widgets").symlink_to(ROOT / "bodyseg_widgets")
    for name in _needed(names):
        distribution = metadata.distribution(name)
        for top in {file.parts[0] for file in distribution.files or ()} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(distribution.locate_file(top))))


def _run(packages: Path, code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-S", "-c", IN_PAGE + IN_LOOP.format(code=indent(code, "    "))],
        env={"PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_only_what_is_there_is_required_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = {
        each.name
        for each in map(Requirement, project["dependencies"])
        if each.marker is None or each.marker.evaluate({"sys_platform": "emscripten"})
    }
    assert required == set(THERE)


def test_an_explorer_is_shown_there_and_its_models_run_in_the_page(packages: Path) -> None:
    shown = json.loads(_run(packages, SHOW))
    assert "application/vnd.jupyter.widget-view+json" in shown["kinds"]
    assert shown["runtimes"] == ["browser"] * 3
    assert shown["offered"] == ["browser"]
    assert shown["models"] == [
        "Selfie · general",
        "Selfie · landscape",
        "BlazePose · lite",
        "BlazePose · full",
        "BlazePose · heavy",
    ]
    assert shown["local"] == ["Selfie general (browser)"]
    assert not shown["needs frames"]


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            'bs.Explorer(runtime="tensorflow")',
            "runtime must be one of 'browser', but got 'tensorflow'.",
        ),
        (
            'bs.create_segmenter("general").segment_people(np.zeros((4, 4, 3), np.uint8))',
            (
                "runtime='tensorflow' needs the package 'ai_edge_litert', which is not installed. "
                "Python that runs in a page can have some packages: try %pip install "
                "ai_edge_litert. Otherwise run the notebook with a kernel on a computer."
            ),
        ),
        (
            "bs.draw_mask(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 4), np.uint8))",
            (
                "What works on pixels needs the package 'cv2', which is not installed. Python that "
                "runs in a page can have some packages: try %pip install opencv-python. Otherwise "
                "run the notebook with a kernel on a computer."
            ),
        ),
        (
            'bs.Explorer().record_controls.record("never.bodyseg")',
            (
                "A recording needs a thread, and Python that runs in a page has none. Run the "
                "notebook with a kernel on a computer."
            ),
        ),
    ],
    ids=["runtime", "LiteRT", "OpenCV", "threads"],
)
def test_what_cannot_be_done_there_says_so(packages: Path, code: str, message: str) -> None:
    tried = f"""
import numpy as np
import bodyseg_widgets as bs

try:
    {code}
except bs.BodySegError as error:
    print(error, end="")
"""
    assert _run(packages, tried) == message


RESULTS = """
import zlib
import bodyseg_widgets as bs
import numpy as np
from bodyseg_widgets.streaming.encoded import encode_image
from bodyseg_widgets.widgets.transport.checked import checked

webcam = bs.Webcam(source="camera")
stream = bs.SegmentationStream(webcam)
came = []
stream.on_result(came.append)


def send(message, *buffers):
    webcam._receive(checked(message, buffers), buffers)


(local,) = webcam._local_streams
times = {"capture": 8.0, "up": None, "down": None, "draw": None}
for number in (1, 2):
    of_frame = {"page": "p", "video": 1, "frame": number}
    send(
        {"kind": "frame", **of_frame, "captured": 2000.0, "timings": times},
        encode_image(np.full((48, 64, 3), 90, np.uint8)),
    )
    send(
        {
            "kind": "seen", **of_frame, "stream": local["stream"], "key": local["key"],
            "shape": [2, 2], "region": [0, 0, 64, 48], "poses": [], "planes": [],
            "timings": {"wait": 1.0, "decode": 2.0, "infer": 3.0},
            "id": number, "captured": 2000.0, "browser": times, "live": True, "size": [64, 48],
            "image": False,
        },
        zlib.compress(bytes([0, 255, 9, 0])), b"",
    )
    # Nothing is done while a message is handled, and then the newest.
    assert [each.frame.id for each in came] == [*range(1, number)]
    await asyncio.sleep(0)
    assert [each.frame.id for each in came] == [*range(1, number + 1)]
print(came[0].mask.levels.tolist(), stream.latest is came[1])
stream.close()
webcam.close()
"""


def test_python_there_gets_results_of_the_page_without_threads_if_it_has_opencv(
    tmp_path: Path,
) -> None:
    _link_packages(tmp_path, *THERE, "opencv-python-headless")
    assert _run(tmp_path, RESULTS) == "[[0, 255], [9, 0]] True\n"
