"""What a saved notebook keeps of live widgets: a picture, and of a camera only a drawing."""

from __future__ import annotations

import base64
import io
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar

import IPython
import ipywidgets
import nbformat
import numpy as np
import pytest
from nbconvert import HTMLExporter
from PIL import Image, ImageColor

from bodyseg_widgets import (
    Compare,
    DifferenceView,
    Explorer,
    Frame,
    LandmarkPlot3D,
    Mask,
    ModelPanel,
    PoseTimePlot,
    Result,
    SegmentationStream,
    SegmentationView,
    ShaderEffect,
    Webcam,
    add_model,
    effect,
    sample,
)
from bodyseg_widgets.cards.differences import draw_agreement, draw_difference
from bodyseg_widgets.cards.panels import PanelPicture, panels_png
from bodyseg_widgets.cards.views import ViewLook, draw_view
from bodyseg_widgets.streaming import choose_like, look_once
from bodyseg_widgets.widgets.view.still import stills
from tests.poses import HandStream, make_pose, make_result
from tests.unit.from_page import send_frame_to
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from bodyseg_widgets.widgets.kit.pictured import Pictured

Made = TypeVar("Made", bound=ipywidgets.Widget)

WIDGET, PNG = "application/vnd.jupyter.widget-view+json", "image/png"
GREEN, RED = (0, 200, 0), (200, 0, 0)
ROOM = 12
"""How much a color may differ: the picture has few colors, and the page's images are JPEG."""


@pytest.fixture
def shown() -> Iterator[Callable[[Any], Any]]:
    """Close what a test shows."""
    made: list[ipywidgets.Widget] = []

    def show(widget: Made) -> Made:
        made.append(widget)
        return widget

    yield show
    for each in made:
        each.close()


def bundle(widget: Pictured) -> dict[str, Any]:
    """What IPython gets of a widget."""
    given = widget._repr_mimebundle_(include=None, exclude=None)
    return dict(given[0] if isinstance(given, tuple) else given)


def picture(widget: Pictured) -> np.ndarray:
    """The picture that a notebook keeps: uint8 (H, W, 3)."""
    return pixels_of(bundle(widget))


def pixels_of(kept: dict[str, Any]) -> np.ndarray:
    file = io.BytesIO(base64.b64decode(kept[PNG]))
    return np.asarray(Image.open(file).convert("RGB"))


def share_of(color: tuple[int, int, int], widget: Pictured) -> float:
    """How much of the picture has about this color."""
    pixels = picture(widget).astype(int)
    return float((np.abs(pixels - color).max(axis=2) <= ROOM).mean())


def flat(color: tuple[int, int, int]) -> np.ndarray:
    return np.full((48, 64, 3), color, np.uint8)


def jpeg(color: tuple[int, int, int]) -> bytes:
    file = io.BytesIO()
    Image.fromarray(flat(color)).save(file, "JPEG")
    return file.getvalue()


def from_the_page(explorer: Explorer, number: int, color: tuple[int, int, int]) -> None:
    """Send a frame as the page sends a camera's, and wait until the models have seen it."""
    send_frame_to([panel.stream for panel in explorer.panels], number, jpeg(color))


def play(explorer: Explorer, source: str, frames: int) -> None:
    """Open a source in the kernel as the page does, and play some frames of it."""
    address = {"page": "p", "video": 1}
    size = {"device": 0, "width": 640, "height": 480, "frame_rate": 30}
    channel, said = explorer.webcam.channel, []
    receive = channel._handle_custom_msg
    channel.send = lambda message, _: said.append(message["kind"])
    receive({"kind": "open", **address, "source": source, "path": explorer.webcam.path, **size}, [])
    wait_until(lambda: "opened" in said)
    for number in range(1, frames + 1):
        before = explorer.stream.latest
        receive({"kind": "next", **address, "frame": number, "begin_at": None}, [])
        wait_until(lambda: explorer.stream.latest is not before)  # noqa: B023 - called at once


@pytest.mark.parametrize(
    "make",
    [
        Explorer,
        lambda webcam: Compare(["general", "lite"], webcam),
        lambda webcam: SegmentationView(SegmentationStream(webcam)),
        ModelPanel,
    ],
    ids=["Explorer", "Compare", "SegmentationView", "ModelPanel"],
)
def test_the_output_has_the_widget_and_a_picture_of_the_sample(
    shown: Callable[[Any], Any], make: Callable[[Webcam], Any]
) -> None:
    widget = shown(make(shown(Webcam(source="sample"))))
    kept = bundle(widget)
    assert {WIDGET, PNG, "text/plain"} <= set(kept)
    assert len(kept[PNG]) < 300_000
    assert len(np.unique(pixels_of(kept).reshape(-1, 3), axis=0)) > 200  # a photo has many colors


def test_the_picture_is_what_the_view_draws(shown: Callable[[Any], Any]) -> None:
    view = {"view": "heatmap", "threshold": 0.3, "mirror": False}
    explorer = shown(Explorer(Webcam(source="sample"), **view))
    result = look_once(choose_like("general"), Frame(0, sample("portrait"), timestamp=0.0))
    drawn = Image.fromarray(draw_view(result, ViewLook("heatmap")))
    kept = picture(explorer)[40:520, 10:490]
    assert np.abs(kept - np.asarray(drawn.resize((480, 480))).astype(float)).mean() < 6


@pytest.mark.parametrize("view", ["mask", "cut-out", "contour", "picture", "heatmap", "effect"])
def test_each_view_is_drawn_with_its_own_look(view: str) -> None:
    result = look_once(choose_like("lite"), Frame(0, sample("portrait"), timestamp=0.0))
    values = {"background_blur_amount": 9.0, "edge_blur_amount": 3.0, "soft": True}
    drawn = draw_view(result, ViewLook(view, skeleton=False, parameters=values))
    assert drawn.shape == result.frame.image.shape
    assert np.array_equal(drawn, result.frame.image) == (view == "picture")
    mirrored = draw_view(result, ViewLook(view, skeleton=False, mirror=True, parameters=values))
    assert np.array_equal(mirrored, drawn[:, ::-1])


# --- whose picture it may be


def test_no_picture_of_a_camera_is_kept(shown: Callable[[Any], Any]) -> None:
    explorer = shown(Explorer(view="picture"))
    before = bundle(explorer)[PNG]
    from_the_page(explorer, 1, GREEN)
    assert explorer.latest is not None
    assert bundle(explorer)[PNG] == before
    assert share_of(GREEN, explorer) == 0


def test_a_picture_of_a_camera_is_kept_if_the_person_says_so(shown: Callable[[Any], Any]) -> None:
    explorer = shown(Explorer(view="picture", keep_picture=True))
    assert "show this again" in stills({"general": explorer.view})[0].note
    from_the_page(explorer, 1, RED)
    from_the_page(explorer, 2, GREEN)
    assert share_of(GREEN, explorer) > 0.5


def test_a_sample_that_is_chosen_after_a_camera_shows_nothing_of_it(
    shown: Callable[[Any], Any],
) -> None:
    explorer = shown(Explorer(view="picture"))
    from_the_page(explorer, 1, GREEN)
    explorer.webcam.source = "sample"
    assert share_of(GREEN, explorer) == 0


def test_the_last_frame_of_images_in_memory_is_kept(shown: Callable[[Any], Any]) -> None:
    # A slow computer leaves some out.
    explorer = shown(Explorer([flat(RED), *[flat(GREEN)] * 99], view="picture"))
    assert share_of(RED, explorer) > 0.5
    play(explorer, "python", frames=2)
    explorer.webcam.stop()
    assert share_of(GREEN, explorer) > 0.5


def test_what_comes_from_a_camera_after_a_file_is_not_kept(shown: Callable[[Any], Any]) -> None:
    explorer = shown(Explorer([flat(RED)], view="picture"))
    play(explorer, "python", frames=1)
    explorer.webcam.source = "camera"
    explorer.webcam.channel._handle_custom_msg({"kind": "close", "page": "p", "video": 1}, [])
    content = {"kind": "frame", "page": "p", "frame": 2, "video": 2, "captured": 9e9}
    before = explorer.latest
    timings = {"capture": 8.0, "up": None, "down": None, "draw": None}
    explorer.webcam.channel._handle_custom_msg({**content, "timings": timings}, [jpeg(GREEN)])
    wait_until(lambda: explorer.latest is not before)
    assert share_of(GREEN, explorer) == 0


def test_an_iterator_is_not_asked_for_an_image(shown: Callable[[Any], Any]) -> None:
    images = iter([flat(RED), flat(GREEN)])
    assert share_of(RED, shown(Explorer(images, view="picture"))) == 0
    assert next(images)[0, 0].tolist() == [*RED]


def test_the_frames_of_an_iterator_are_not_kept_for_they_may_be_a_cameras(
    shown: Callable[[Any], Any],
) -> None:
    explorer = shown(Explorer(iter([flat(RED), flat(GREEN)]), view="picture"))
    play(explorer, "python", frames=1)
    assert share_of(RED, explorer) == 0


def test_a_url_is_not_fetched_for_a_picture(shown: Callable[[Any], Any]) -> None:
    assert PNG in bundle(shown(Explorer("https://example.org/clip.mp4")))


def test_no_state_of_a_widget_holds_a_picture_of_a_camera(shown: Callable[[Any], Any]) -> None:
    others = {*ipywidgets.widgets.widget._instances}
    explorer = shown(Compare(["general", "lite"], show=["difference"]))
    for number in range(1, 4):
        from_the_page(explorer, number, GREEN)
    made = ipywidgets.widgets.widget._instances
    states = [each.get_state() for name, each in made.items() if name not in others]
    found = [*_bytes_in(states)]
    assert not [each for each in found if bytes(each[:2]) == b"\xff\xd8"]


def _bytes_in(state: object) -> Iterator[bytes]:
    if isinstance(state, dict | list | tuple):
        for each in state.values() if isinstance(state, dict) else state:
            yield from _bytes_in(each)
    elif isinstance(state, bytes | memoryview):
        yield bytes(state)


# --- where there is no picture


def test_a_model_that_fails_says_so_in_its_place_and_the_others_are_shown(
    shown: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Event()
    add_model("Breaks", lambda image: image.mean(axis=2) * 2)
    add_model("Never ends", lambda image: waiting.wait(20) and image)
    said: list[PanelPicture] = []
    monkeypatch.setattr(
        "bodyseg_widgets.widgets.view.still.panels_png",
        lambda panels: said.extend(panels) or panels_png(panels),
    )
    picture(shown(Compare(["Breaks", "Never ends", "general"], Webcam(source="sample"))))
    waiting.set()
    breaks, never_ends, general = said
    assert breaks.image is None
    assert "raised InvalidOptionError" in breaks.note
    assert never_ends.note == "The model 'Never ends' took longer than 2 s."
    assert general.image is not None


def test_whatever_goes_wrong_the_widget_is_shown_and_its_picture_says_it(
    shown: Callable[[Any], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> Result:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("bodyseg_widgets.widgets.view.still.look_once", fail)
    explorer = shown(Explorer(Webcam(source="sample")))
    assert {WIDGET, PNG} <= set(bundle(explorer))
    assert stills({"general": explorer.view})[0].note == "RuntimeError: out of memory"


def test_a_custom_effect_is_drawn_and_a_shader_says_that_the_browser_draws_it(
    shown: Callable[[Any], Any],
) -> None:
    @effect
    def all_green(frame: np.ndarray, result: Result) -> np.ndarray:
        return np.full((*result.mask.shape, 3), GREEN, frame.dtype)

    ShaderEffect("void main() { color = vec4(1.0); }", name="white")
    explorer = shown(Explorer(Webcam(source="sample")))
    explorer.view.show_effect(all_green)
    assert share_of(GREEN, explorer) > 0.5
    explorer.view.show_effect("white")
    assert share_of((255, 255, 255), explorer) < 0.1


def test_a_file_that_cannot_be_read_does_not_keep_the_widget_from_being_shown(
    shown: Callable[[Any], Any], tmp_path: Path
) -> None:
    path = tmp_path / "no_picture.jpg"
    path.write_bytes(b"no picture at all")
    assert {WIDGET, PNG} <= set(bundle(shown(Explorer(str(path)))))


# --- what shows saved notebooks


def test_nbconvert_shows_the_picture(shown: Callable[[Any], Any]) -> None:
    explorer = shown(Explorer(Webcam(source="sample")))
    output = nbformat.v4.new_output("execute_result", bundle(explorer), execution_count=1)
    cell = nbformat.v4.new_code_cell("explorer", outputs=[output], execution_count=1)
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    assert f'src="data:image/png;base64,{bundle(explorer)[PNG]}' in page.replace("\n", "")


# --- plots


def test_a_pose_in_3d_is_that_of_the_sample_and_of_a_camera_none(
    shown: Callable[[Made], Made],
) -> None:
    def plot(source: str) -> LandmarkPlot3D:
        webcam = shown(Webcam(source=source))
        return shown(LandmarkPlot3D(shown(SegmentationStream(webcam, model="lite"))))

    left, right = (86, 180, 233), (230, 159, 0)
    of_sample, of_camera = plot("squats"), plot("camera")
    assert share_of(left, of_sample) > 0.002
    assert share_of(right, of_sample) > 0.002
    assert share_of(left, of_camera) == 0
    of_camera._on_result(make_result(1.0, make_pose()))
    assert share_of(left, of_camera) == 0


def test_a_plot_of_lines_has_what_it_shows(shown: Callable[[Made], Made]) -> None:
    stream = HandStream()
    plot = shown(PoseTimePlot(stream, ["left_elbow", "left_wrist.y"], seconds=2))
    empty = picture(plot)
    for step in range(4):
        pose = make_pose({"left_wrist": (0.2 + step / 10, -0.2, 0.0)})
        stream.put(make_result(100 + step / 2, pose))
    assert WIDGET in bundle(plot)
    assert share_of(ImageColor.getrgb(plot.figure.data[0].line.color), plot) > 0.001
    assert picture(plot).shape != empty.shape  # it has a legend now
    plot.series = ["left_wrist.y"]
    assert share_of(ImageColor.getrgb(plot.figure.data[0].line.color), plot) > 0.001


def test_parts_beside_the_panels_have_pictures_too(shown: Callable[[Made], Made]) -> None:
    parts = ["pose", "agreement", "profile", "thresholds"]
    compare = shown(Compare(["general", "lite"], Webcam(source="sample"), show=parts))
    plots = [compare.parts.open[name].plot for name in parts[1:]]
    for each in [compare.pose_panel, *plots]:
        assert PNG in bundle(each)


# --- differences


def test_where_two_models_differ_is_drawn_in_the_colors_of_the_page() -> None:
    image = np.full((1, 4, 3), 100, np.uint8)
    a, b = (
        Mask.from_levels(np.array([levels], np.uint8), size=(1, 4))
        for levels in ([255, 255, 0, 0], [255, 0, 255, 0])
    )
    drawn = draw_agreement(image, a, b, thresholds=(0.5, 0.5), opacity=1)[0].tolist()
    assert drawn == [[0, 114, 178], [230, 159, 0], [0, 158, 115], [50, 50, 50]]
    drawn = draw_difference(image, a, b, opacity=1)[0].tolist()
    assert drawn == [[24, 24, 24], [230, 159, 0], [0, 158, 115], [24, 24, 24]]


def test_a_difference_is_of_the_sample_and_of_a_camera_a_drawing(
    shown: Callable[[Made], Made],
) -> None:
    def view(source: str) -> DifferenceView:
        webcam = shown(Webcam(source=source))
        views = [
            shown(SegmentationView(shown(SegmentationStream(webcam, model=model))))
            for model in ("general", "landscape")
        ]
        return shown(DifferenceView(*views, opacity=1))

    of_sample, of_camera = view("sample"), view("camera")
    assert share_of((0, 114, 178), of_sample) > 0.1
    of_sample.view = "difference"
    assert share_of((0, 114, 178), of_sample) == 0
    assert share_of((0, 114, 178), of_camera) == 0
    assert PNG in bundle(of_camera)


@pytest.mark.parametrize(
    ("request_", "voila", "kept"),
    [
        ({"allow_stdin": True}, False, {WIDGET, PNG}),
        ({"allow_stdin": False}, False, {PNG}),
        ({"allow_stdin": False}, True, {WIDGET, PNG}),
        # A button's handler displays it.
        ({"comm_id": "1"}, False, {WIDGET, PNG}),
    ],
    ids=["page", "nbconvert", "Voila", "button"],
)
def test_where_a_program_runs_the_notebook_the_output_has_the_picture_only(
    request_: dict[str, object],
    voila: bool,  # noqa: FBT001 - a parameter of the test
    kept: set[str],
    monkeypatch: pytest.MonkeyPatch,
    shown: Callable[[Any], Any],
) -> None:
    for name in ("VOILA_BASE_URL", "SERVER_SOFTWARE"):
        monkeypatch.delenv(name, raising=False)
    if voila:
        monkeypatch.setenv("VOILA_BASE_URL", "/")
    explorer = shown(Explorer(Webcam(source="sample")))
    kernel = SimpleNamespace(get_parent=lambda: {"content": request_})
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=kernel))
    assert {*bundle(explorer)} & {WIDGET, PNG} == kept
