"""What is stored of images, and for how long; and that each sentence about it has its test."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import Compare, Webcam, add_model, effect
from bodyseg_widgets.streaming import EncodedFrame, SharedImage, Timings, same_frames
from bodyseg_widgets.widgets.explorer.parts.all_parts import PARTS
from bodyseg_widgets.widgets.transport.frame_ticket import Route
from tests.unit.from_page import send_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[2]
SIZE: Final = (24, 32)


def _jpeg(seed: int) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (*SIZE, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


class Gate:
    """A model that waits until it is let through."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.open.set()

    def __call__(self, image: np.ndarray) -> np.ndarray:
        assert self.open.wait(10)
        return image.mean(axis=2) / 255


@pytest.fixture
def gate() -> Gate:
    gate = Gate()
    add_model("Gated", gate)
    add_model("Half", lambda image: np.full(image.shape[:2], 0.5))
    return gate


@pytest.fixture
def compare(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Compare]]:
    """Make a `Compare` of two models that is started."""
    made: list[Compare] = []

    def make(webcam: Webcam | None = None, *, show: tuple[str, ...] = ()) -> Compare:
        webcam = webcam or Webcam(source="sample")
        made.append(Compare(["Half", "Gated"], webcam, show=show))
        monkeypatch.setattr(webcam.channel, "send", lambda *_: None)
        made[-1].start()
        return made[-1]

    yield make
    gate.open.set()
    for each in made:
        each.close()


def send(webcam: Webcam, number: int, *, video: int = 1) -> None:
    """Send a frame, as a page does."""
    send_frame(webcam, number, _jpeg(number), video=video)


def show(compare: Compare, number: int, *, by: tuple[int, ...] = (0, 1), video: int = 1) -> None:
    """Send a frame, and wait until these panels have finished it."""
    finished = threading.Semaphore(0)
    streams = [compare.panels[each].stream for each in by]
    ended = [stream.on_result(lambda _: finished.release()) for stream in streams]
    send(compare.webcam, number, video=video)
    for _ in streams:
        assert finished.acquire(timeout=10)
    for unsubscribe in ended:
        unsubscribe()


def end_session(webcam: Webcam, video: int = 1) -> None:
    """Say that a session is over, as a page does."""
    content: dict[str, Any] = {"kind": "close", "page": "p", "video": video}
    webcam.channel._handle_custom_msg(content, [])


def kept(webcam: Webcam) -> list[int]:
    return [frame.id for frame in webcam.kept_frames]


# --- in the kernel's memory


def test_while_it_runs_and_while_it_is_paused_ten_seconds_are_stored(
    compare: Callable[..., Compare],
) -> None:
    made = compare()
    assert made.webcam.history == 10
    for number in (1, 2, 3):
        show(made, number)
    made.webcam.pause()
    assert kept(made.webcam) == [1, 2, 3]


def test_stop_forgets_all_but_the_last_frame(compare: Callable[..., Compare]) -> None:
    made = compare()
    for number in (1, 2, 3):
        show(made, number)
    made.stop()
    assert kept(made.webcam) == [3]
    for panel in made.panels:
        assert panel.stream.latest is not None
        assert panel.stream.latest.frame.id == 3
    assert made.record_controls.snapshot().frame_id == 3


def test_after_stop_a_snapshot_has_what_was_seen_though_a_model_is_behind(
    compare: Callable[..., Compare], gate: Gate
) -> None:
    made = compare()
    show(made, 1)
    show(made, 2)
    gate.open.clear()
    show(made, 3, by=(0,))
    made.stop()
    assert kept(made.webcam) == [2]
    assert made.record_controls.snapshot().frame_id == 2


def test_a_frame_that_was_stepped_to_is_the_last_one(compare: Callable[..., Compare]) -> None:
    made = compare()
    for number in (1, 2, 3):
        show(made, number)
    made.webcam.pause()
    stepped = threading.Semaphore(0)
    for panel in made.panels:
        panel.stream.on_result(lambda _: stepped.release())
    content = {"kind": "show", "page": "p", "frame": 4, "video": 1, "id": 2}
    made.webcam.channel._handle_custom_msg(content, [])
    for _ in made.panels:
        assert stepped.acquire(timeout=10)
    made.stop()
    assert kept(made.webcam) == [2]
    assert made.record_controls.snapshot().frame_id == 2


def test_a_session_that_is_over_is_forgotten_with_what_is_still_to_come(
    compare: Callable[..., Compare],
) -> None:
    made = compare()
    show(made, 1)
    show(made, 2)
    end_session(made.webcam)
    assert kept(made.webcam) == [2]
    # On the other way, it was not sent later.
    show(made, 3)
    assert kept(made.webcam) == [2]
    for number in (4, 5):
        show(made, number, video=2)
    end_session(made.webcam)
    assert kept(made.webcam) == [4, 5], "those of the next session stay"


def test_what_was_stored_can_be_kept_after_stop(compare: Callable[..., Compare]) -> None:
    made = compare(Webcam(source="sample", keep_history=True))
    for number in (1, 2, 3):
        show(made, number)
    end_session(made.webcam)
    made.stop()
    assert kept(made.webcam) == [1, 2, 3]
    first = made.webcam.kept_frames[0]
    assert first.data == _jpeg(1)
    assert sorted(first.results) == ["Gated (python)", "Half (python)"]
    made.close()
    assert kept(made.webcam) == []


def test_closing_forgets_every_image(compare: Callable[..., Compare]) -> None:
    @effect
    def trail(frame, result, previous=None):  # noqa: ANN001, ANN202 - as users write it
        del result
        return frame if previous is None else frame // 2 + previous // 2

    made = compare(show=(*PARTS,))
    made.view._shown = True
    made.view.show_effect(trail)
    images: list[weakref.ref[Any]] = []
    made.stream.on_result(lambda result: images.append(weakref.ref(result.frame.image)))
    for number in (1, 2, 3):
        show(made, number)
    made.webcam.pause()
    assert len(images) == 3
    made.close()
    gc.collect()
    assert [image() for image in images] == [None] * 3
    assert kept(made.webcam) == []
    assert made.latest is None
    offer = EncodedFrame(9, SharedImage(_jpeg(9)), 9.0, None, Timings(), Route("p", 9, 1))
    made.webcam.frames.offer(offer)
    assert kept(made.webcam) == []


def test_masks_without_images_stay_until_the_comparison_is_closed(
    compare: Callable[..., Compare], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert same_frames._KEPT == 64
    monkeypatch.setattr(same_frames, "_KEPT", 2)
    made = compare()
    for number in (1, 2, 3):
        show(made, number)
    made.stop()
    frames = made.record_controls._frames
    assert [[*track.finished] for track in frames._tracks.values()] == [[2, 3], [2, 3]]
    made.close()
    assert (frames._tracks, frames._newest) == ({}, None)


# --- on disk

_RUN = """
import os, sys

written = []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            written.append(str(path))

import tests.unit.test_privacy as privacy
from bodyseg_widgets import Compare, Webcam

webcam = Webcam(source="sample")
compare = Compare(["general", "lite"], webcam)
webcam.channel.send = lambda *_: None
# With the first frame, the models are loaded, and their libraries caught as they write to the log.
privacy.show(compare, 1)
sys.addaudithook(watch)
compare.start()
for number in range(2, 6):
    privacy.show(compare, number)
webcam.pause()
compare.stop()
compare.record_controls.snapshot()
compare.close()
print(written)
"""


def test_no_image_is_written_to_disk(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", _RUN],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stdout == "[]\n", run.stderr
    assert [*tmp_path.rglob("*")] == []


# --- every sentence has its test

_HERE = "tests/unit/test_privacy.py"
_PAGE = "tests/unit/test_saved_page.py"
_SAVED = "tests/unit/test_saved_pictures.py"
_STOP = f"{_HERE}::test_stop_forgets_all_but_the_last_frame"
_STORED = f"{_HERE}::test_while_it_runs_and_while_it_is_paused_ten_seconds_are_stored"
_NOT_ON_DISK = f"{_HERE}::test_no_image_is_written_to_disk"
_NOWHERE_ELSE = (
    # Of the page: every test in a browser asks for nothing beyond this machine.
    "tests/browser/watched_page.py::check",
    "tests/contract/test_no_network.py::test_a_segmenter_lives_and_ends_without_a_socket",
    "tests/contract/test_no_network.py::test_a_detector_lives_and_ends_without_a_socket",
)
_CAMERA = (
    "tests/browser/test_explorer.py"
    "::test_a_press_on_start_shows_masks_and_stop_switches_the_camera_off"
)
_MESSAGES = "frontend/test/view/message.test.ts::says before the start"

_LIFETIME = "tests/browser/test_lifetime.py"
_SOURCE = "frontend/test/source/webcam.browser.test.ts"
_HOLD = "with nobody looking or asking it is on hold, then the camera is off, until someone does"

_LOCAL_PAGE = "tests/browser/test_local_models.py"
_LOCAL = "tests/unit/test_local_streams.py"

HELD_BY: Final[dict[str, tuple[str, ...]]] = {
    # README
    'With runtime="browser", pictures stay in the browser: no frame is sent to the kernel, and '
    "the toolbar says so.": (
        f"{_LOCAL_PAGE}::test_masks_are_drawn_and_nothing_of_the_video_is_sent",
    ),
    "They are sent, with the results, while Python asks for both: latest, on_result, async for, a "
    "recording, Snapshot, Correct mask, to_html, the picture that a notebook keeps, an effect in "
    "Python; the toolbar says that, too.": (
        f"{_LOCAL}::test_results_are_wanted_with_images_while_python_or_an_effect_needs_them",
        "tests/unit/test_asked_results.py::test_the_button_saves_what_comes_and_asks_no_longer",
        "tests/unit/test_asked_results.py::test_correcting_a_mask_takes_the_frame_that_is_shown",
        "tests/unit/test_asked_results.py::test_what_a_page_or_a_notebook_keeps_is_the_newest_frame",
        f"{_LOCAL_PAGE}::test_results_that_python_asks_for_are_what_python_computes",
        "tests/unit/test_demand.py::test_python_asks_for_frames_until_it_unsubscribes",
    ),
    "What needs only masks and poses gets only these: a plot or a table on the page, on_result(fn, "
    "images=False), a PoseRecorder or StreamLog.": (
        f"{_LOCAL}::test_who_needs_no_image_leaves_it_in_the_page",
        f"{_LOCAL}::test_a_plot_and_a_table_leave_images_in_the_page",
        f"{_LOCAL_PAGE}::test_a_table_gets_masks_alone_and_pictures_stay",
    ),
    "Pictures are also sent while another panel of the same source runs in the kernel.": (
        f"{_LOCAL}::test_the_page_is_told_of_streams_that_it_runs_and_of_those_that_need_frames",
    ),
    "The last ten seconds are then in the page's memory, until Stop.": (
        f"{_LOCAL_PAGE}::test_masks_are_drawn_and_nothing_of_the_video_is_sent",
    ),
    "Images go from the browser over the notebook's own server to its kernel, and nowhere else.": (
        _NOWHERE_ELSE
    ),
    "With a kernel on this computer they never leave it; where the page comes from another "
    "computer, the view names that before you press Start.": (
        *_NOWHERE_ELSE,
        f"{_MESSAGES} of every camera whose it is, and that a screen will be asked for",
        (
            "frontend/test/view/message.test.ts"
            "::does not promise what is not so with a kernel elsewhere"
        ),
    ),
    "In the kernel's memory, the last ten seconds of a source are stored while it runs or is "
    "paused, for the timeline (Webcam(history=…)).": (
        _STORED,
        "tests/unit/test_history.py::test_frames_older_than_its_seconds_are_let_go",
    ),
    "Stop forgets them, except for the last frame and its results, for latest and Snapshot; "
    "Webcam(keep_history=True) keeps them all.": (
        _STOP,
        f"{_HERE}::test_a_session_that_is_over_is_forgotten_with_what_is_still_to_come",
        f"{_HERE}::test_after_stop_a_snapshot_has_what_was_seen_though_a_model_is_behind",
        f"{_HERE}::test_what_was_stored_can_be_kept_after_stop",
    ),
    "Closing the widget forgets everything.": (f"{_HERE}::test_closing_forgets_every_image",),
    "webcam.kept_frames is what is stored now.": (
        _STOP,
        f"{_HERE}::test_what_was_stored_can_be_kept_after_stop",
    ),
    "Masks and poses without images stay longer, until what uses them is closed: comparisons have "
    "those of 64 frames, plots and recorders of poses those of some seconds.": (
        f"{_HERE}::test_masks_without_images_stay_until_the_comparison_is_closed",
        "tests/unit/test_pose_recorder.py::test_only_the_last_seconds_are_kept",
    ),
    "In the page are the frames on their way to the kernel, and the last one of each model, until "
    "the widget is closed.": (
        (
            "frontend/test/source/frames.test.ts"
            "::are freed when all have answered and no view shows them"
        ),
        "frontend/test/source/frames.test.ts::are not shown once the source is stopped",
    ),
    "On disk, no image is stored unless you press Snapshot, Record or Save pair, call a function "
    "that saves a file, or provide a file.": (_NOT_ON_DISK,),
    "A file you drop goes to a temporary folder of the kernel, which is removed with the widget.": (
        "tests/unit/test_uploads.py::test_once_closed_nothing_is_stored",
    ),
    "A picture of a camera or a screen is stored in the notebook only if you ask for it, with "
    "keep_picture=True or by showing a frame, and in a page only if you call to_html.": (
        f"{_SAVED}::test_no_picture_of_a_camera_is_kept",
        f"{_SAVED}::test_a_picture_of_a_camera_is_kept_if_the_person_says_so",
        f"{_SAVED}::test_no_state_of_a_widget_holds_a_picture_of_a_camera",
        f"{_PAGE}::test_of_a_camera_it_is_what_is_seen_because_the_page_was_asked_for",
    ),
    "A page of to_html(…, live=True) has no picture of anyone.": (
        "tests/unit/test_live_page.py::test_it_asks_its_own_server_alone_and_has_no_frame",
        "tests/unit/test_live_page.py::test_what_runs_or_is_named_here_does_not_go_along",
    ),
    "Otherwise the picture that a saved notebook has of the widgets is of a sample, a file or "
    "images in memory, or drawn.": (
        f"{_SAVED}::test_the_output_has_the_widget_and_a_picture_of_the_sample",
        f"{_SAVED}::test_the_last_frame_of_images_in_memory_is_kept",
    ),
    "A frame, result or snapshot that a cell shows is stored in the notebook, like all output: its "
    "image, at most 360 pixels wide and high.": (
        "tests/unit/test_cards.py::test_images_are_made_smaller_and_tiny_ones_larger",
    ),
    "Clear the outputs before you pass a notebook on.": (
        "tests/unit/test_cards.py::test_the_image_comes_along_for_documents_without_html",
    ),
    "Only what you ask for is fetched: a URL that you enter, when you start it, into such a "
    "folder; a sample of TensorFlow.js, into the folder that you name; and [weights of "
    "BodyPix](docs/guide/weights.md), with fetch_weights or Download in a panel, into your cache "
    "folder.": (
        (
            "tests/unit/test_kernel_sources.py"
            "::test_only_the_file_that_was_fetched_last_is_kept_and_none_once_closed"
        ),
        "tests/unit/test_samples.py::test_nothing_is_downloaded_unless_a_folder_is_named",
        (
            "tests/unit/test_weights.py"
            "::test_where_they_are_missing_it_is_said_what_would_be_downloaded"
        ),
        "tests/unit/test_weights.py::test_weights_are_downloaded_once_and_found_then",
        (
            "tests/unit/test_weights_fetch.py"
            "::test_nothing_is_downloaded_until_the_button_is_pressed"
        ),
    ),
    "The camera is on only between Start and Stop, and only while the Stop button is on the page, "
    "if perhaps scrolled away.": (
        _CAMERA,
        f"{_SOURCE}::it goes on while Python asks, though it is scrolled away",
    ),
    "It goes off three seconds after the button is gone: its output hidden or removed, its heading "
    "collapsed, another document in front.": (
        (
            f"{_LIFETIME}::test_a_hidden_output_switches_the_camera_off_until_it_is_shown"
            "_and_a_moved_cell_does_not"
        ),
        f"{_LIFETIME}::test_the_camera_goes_off_when_its_view_is_closed",
        f"{_SOURCE}::a cell that is moved does not stop it, and one that is removed does",
    ),
    "It also goes off three seconds after nobody needs its images: no view is on screen, and "
    "nothing in Python asks for results.": (
        f"{_SOURCE}::{_HOLD}",
        "tests/unit/test_demand.py::test_python_asks_for_frames_until_it_unsubscribes",
        "tests/unit/test_sources.py::test_a_camera_that_nobody_reads_is_off_until_somebody_does",
    ),
    "The widget says “on hold” then, and goes on by itself.": (f"{_SOURCE}::{_HOLD}",),
    "In a hidden tab of the browser, which marks the tab, it stays on only for what asks in "
    "Python, such as Record stream.": (
        (
            f"{_SOURCE}::while the tab is hidden, a frame is taken only if Python asks, and the "
            "next as soon as it is not"
        ),
    ),
    "No usage data is reported.": _NOWHERE_ELSE,
    "So do those of ONNX Runtime: the extra requires onnxruntime>=1.24,<1.29.": (
        (
            "tests/unit/test_model_files.py::"
            "test_an_onnxruntime_that_is_missing_or_that_reports_usage_is_named"
        ),
        "tests/contract/test_no_network.py::test_a_model_file_is_added_and_run_without_a_socket",
        "tests/unit/test_extras.py::test_the_extra_that_is_named_does_install_it",
    ),
    "Later releases of mediapipe contain an HTTP client, so the extra requires "
    "mediapipe>=0.10.30,<0.10.32, and any other version is refused.": (
        "tests/unit/test_runtimes.py::test_a_mediapipe_that_may_report_usage_is_refused",
    ),
    # The notebooks
    "Images go from your browser to this notebook's Python kernel and nowhere else.": (
        _NOWHERE_ELSE
    ),
    "Python keeps the last ten seconds in memory, so that you can pause and step back; Stop "
    "forgets them, except for the last frame.": (_STORED, _STOP),
    "Nothing is written to disk.": (_NOT_ON_DISK,),
    "Stop turns the camera off.": (_CAMERA,),
    "A recorder keeps poses for a table, but no images or masks.": (
        "tests/unit/test_pose_recorder.py::test_only_the_last_seconds_are_kept",
        "tests/unit/test_pose_recorder.py::test_masks_and_pictures_are_not_kept",
    ),
}
"""Each sentence about privacy, without its marks, and the tests that hold it."""


def _sentences(text: str) -> list[str]:
    plain = re.sub(r"[*`]", "", re.sub(r"^- ", "", text, flags=re.MULTILINE))
    return [each for each in re.split(r"(?<=[.!?])\s+|\n+", plain) if each]


def _of_readme() -> list[str]:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    found = re.search(r"^## Privacy$(.*?)^## ", readme, flags=re.MULTILINE | re.DOTALL)
    assert found
    return _sentences(found[1])


_ABOUT_PRIVACY = re.compile(
    r"nowhere else|to disk|in memory|forgets|no images|turns the camera off", re.IGNORECASE
)


def _of_notebooks() -> list[str]:
    cells = [
        cell
        for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "markdown"
    ]
    sentences = [each for cell in cells for each in _sentences("".join(cell["source"]))]
    return [*dict.fromkeys(each for each in sentences if _ABOUT_PRIVACY.search(each))]


def _is_a_test(name: str) -> bool:
    path, _, test = name.partition("::")
    written = {".py": [f"def {test}("], ".ts": [f'it("{test}"', f'test("{test}"']}
    text = (ROOT / path).read_text(encoding="utf-8")
    return any(each in text for each in written[Path(path).suffix])


@pytest.mark.parametrize("sentence", [*_of_readme(), *_of_notebooks()])
def test_a_sentence_about_privacy_is_held_by_tests(sentence: str) -> None:
    assert sentence in HELD_BY, "name the tests that hold it, in HELD_BY"
    assert [each for each in HELD_BY[sentence] if not _is_a_test(each)] == []


def test_no_test_is_named_for_a_sentence_that_is_gone() -> None:
    assert {*HELD_BY} - {*_of_readme(), *_of_notebooks()} == set()
