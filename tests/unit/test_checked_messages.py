"""What a page sends a widget is a message, or ignored with a sentence."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, get_args, get_type_hints

import ipywidgets
import pytest

from bodyseg_widgets import (
    Compare,
    LandmarkPlot3D,
    SavedFiles,
    SegmentationStream,
    ViewRecorder,
    Webcam,
)
from bodyseg_widgets.widgets import MenuButton
from bodyseg_widgets.widgets.kit.page_messages import MessageError
from bodyseg_widgets.widgets.transport import checked as module
from bodyseg_widgets.widgets.transport import messages
from bodyseg_widgets.widgets.transport.checked import checked
from tests.unit.every_widget import MAKERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TIMINGS = {"capture": 8.0, "up": None, "down": None, "draw": 1}
FRAME = {"kind": "frame", "page": "p", "video": 1, "frame": 1, "captured": 5, "timings": TIMINGS}


def test_a_message_passes_unchanged() -> None:
    assert checked(FRAME, [b""]) is FRAME
    assert checked({"kind": "next", "page": "p", "video": 1, "frame": 2, "begin_at": None}, [])


def test_every_message_of_a_page_is_known() -> None:
    kinds = {name.strip() for name in messages.PageMessage.split("|")}
    assert {each.__name__ for each in module._MESSAGES.kinds.values()} == kinds
    for kind, expected in module._MESSAGES.kinds.items():
        assert get_args(get_type_hints(expected)["kind"]) == (kind,)


@pytest.mark.parametrize(
    ("content", "buffers", "words"),
    [
        (None, [], r"unknown kind: 'None'.*Expect one of frame, open,.*Reload the page"),
        ({"kind": "dance"}, [], "unknown kind"),
        ({"kind": ["frame"]}, [], "unknown kind"),
        (FRAME, [], "a 'frame' with 0 buffers in place of 1"),
        ({**FRAME, "frame": "1"}, [b""], "whose 'frame' is '1', not int"),
        ({**FRAME, "frame": True}, [b""], "whose 'frame' is 'True', not int"),
        ({**FRAME, "frame": 2**60}, [b""], "whose 'frame' is '1152921504606846976', not int"),
        ({**FRAME, "captured": math.nan}, [b""], "whose 'captured' is 'nan', not float"),
        ({**FRAME, "timings": None}, [b""], "whose 'timings' is 'None', not BrowserTimings"),
        (
            {**FRAME, "timings": {**TIMINGS, "up": ""}},
            [b""],
            r"whose 'up' is '', not float \| None",
        ),
        ({"kind": "leave"}, [], "a 'leave' without 'page'"),
    ],
)
def test_anything_else_is_refused_with_what_is_wrong(
    content: object, buffers: list[bytes], words: str
) -> None:
    with pytest.raises(MessageError, match=words):
        checked(content, buffers)


def test_a_source_ignores_what_is_no_message(caplog: pytest.LogCaptureFixture) -> None:
    webcam = Webcam(source="sample")
    sent: list[dict[str, Any]] = []
    webcam.channel.send = lambda content, _=(): sent.append(content)
    webcam.channel._handle_custom_msg({"kind": "frame"}, [])
    assert "a 'frame' with 0 buffers" in caplog.text
    webcam.channel._handle_custom_msg({"kind": "ping", "page": "a", "asked": 1.0}, [])
    assert [each["kind"] for each in sent] == ["pong"]
    webcam.close()


KINDS = {
    "ask", "asset", "camera", "chosen", "chunk", "close", "drawn", "end", "frame", "heartbeat",
    "keep_alive", "leave", "local_state", "next", "open", "painted", "ping", "program", "read",
    "refuse", "save", "seen", "show", "upload", "weights",
}  # fmt: skip
"""Of all messages that say more than their kind."""


@pytest.fixture
def compare() -> Iterator[Compare]:
    compare = Compare(["general", "lite"], Webcam(source="sample"))
    yield compare
    compare.close()


def send(widget: ipywidgets.Widget, *buffers: bytes, **content: object) -> None:
    """Send a widget what a page may, and have what it raises raised here."""
    for callback in widget._msg_callbacks.callbacks:
        callback(widget, content, [*buffers])


def test_a_result_that_fits_no_frame_is_ignored_on_the_comm_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    webcam = Webcam(source="sample")
    stream = SegmentationStream(webcam, runtime="browser")
    (local,) = webcam._local_streams
    seen = {
        "kind": "seen", "page": "p", "video": 1, "frame": 1, "id": 1, "captured": 1.0,
        "browser": TIMINGS, "live": True, "size": [4, 3], "image": False,
        "stream": local["stream"], "key": local["key"], "shape": [3, 4], "region": [0, 0, 4, 3],
        "poses": [], "planes": [], "timings": {"wait": 0.0, "decode": 0.0, "infer": 1.0},
    }  # fmt: skip
    send(webcam.channel, b"no mask", b"", **seen)
    assert "a result that fits no frame" in caplog.text
    stream.close()
    webcam.close()


@pytest.mark.parametrize("name", MAKERS)
def test_no_widget_takes_what_is_no_message(
    name: str, compare: Compare, caplog: pytest.LogCaptureFixture
) -> None:
    instances = ipywidgets.widgets.widget._instances
    before = {*instances}
    widget = MAKERS[name](compare)
    made = [instances[key] for key in {*instances} - before]
    for each in made:
        for kind in ("dance", ["frame"], *KINDS):
            send(each, kind=kind)
    assert all(each.message.endswith("Reload the page.") for each in caplog.records)
    widget.close()


def test_a_menu_chooses_only_what_it_has(caplog: pytest.LogCaptureFixture) -> None:
    button, chosen = MenuButton("Add", items=["general"]), []
    button.on_choose(chosen.append)
    for index in (-1, 1, "0", 0):
        send(button, kind="chosen", index=index)
    assert chosen == [0]
    assert "whose 'index' is '0', not int" in caplog.text


def test_a_plot_keeps_its_camera_where_a_page_sends_none(
    compare: Compare, caplog: pytest.LogCaptureFixture
) -> None:
    plot = LandmarkPlot3D(compare.panels[1].stream)
    camera = plot.figure.layout.scene.camera
    send(plot, kind="camera", camera={"eye": "up"})
    send(plot, kind="camera", camera=None)
    assert plot.figure.layout.scene.camera == camera
    assert len(caplog.records) == 2
    plot.close()


def test_a_recording_waits_for_a_page_that_can_record_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = ViewRecorder(path=tmp_path / "talk.webm")
    recorder.recording = True
    send(recorder._channel, kind="ask", recording="a", type="video/dance")
    assert "offers to record 'video/dance', not one of video/webm" in caplog.text
    send(recorder._channel, kind="ask", recording="b", type="video/webm;codecs=vp9")
    assert recorder.state == "recording"
    send(recorder._channel, kind="chunk", recording="b", seconds=1.0)
    assert "a 'chunk' with 0 buffers in place of 1" in caplog.text
    assert recorder.state == "recording"
    recorder.close()


def test_a_part_of_a_file_begins_at_a_number(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("time")
    files = SavedFiles(tmp_path / "a.csv")
    sent: list[dict[str, Any]] = []
    files.send = lambda content, _=(): sent.append(content)
    key = files._files[0]["id"]
    for offset in (2**60, "0", None):
        send(files, kind="read", request="r", file=key, offset=offset)
    assert sent == []
    send(files, kind="read", request="r", file=key, offset=-1)
    assert sent[0]["kind"] == "unreadable"
