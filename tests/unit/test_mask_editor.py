"""A mask that is corrected in a page, and saved as a pair that `evaluate` reads."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from bodyseg_widgets import (
    BodySegError,
    Explorer,
    Frame,
    InvalidImageError,
    InvalidOptionError,
    Mask,
    MaskEditor,
    Result,
    Segmentation,
    Timings,
    Webcam,
    add_model,
    evaluate,
    portrait_reference,
    sample,
)
from bodyseg_widgets.evaluation import is_person
from bodyseg_widgets.streaming.encoded import decode_image, encode_image
from bodyseg_widgets.widgets.editor import mask_editor
from bodyseg_widgets.widgets.explorer.parts.correct_part import CorrectPart
from bodyseg_widgets.widgets.source.page_policy import page_is_trusted
from tests.unit.from_page import send_frame
from tests.waiting import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

SHAPE = (4, 6)
IMAGE = np.arange(4 * 6 * 3, dtype=np.uint8).reshape(*SHAPE, 3)


class Page:
    """A page that shows an editor."""

    def __init__(self, editor: MaskEditor, monkeypatch: pytest.MonkeyPatch) -> None:
        self.editor = editor
        self.answers: list[tuple[dict[str, Any], list[bytes]]] = []
        self.strokes = 0
        self.version = 0
        monkeypatch.setattr(
            MaskEditor,
            "send",
            lambda _, message, buffers=(): self.answers.append((message, [*map(bytes, buffers)])),
        )

    def say(self, message: object, *buffers: bytes) -> None:
        """Send a message, which has been JSON."""
        self.editor._handle_custom_msg(json.loads(json.dumps(message)), [*buffers])

    def send_mask(self, person: NDArray[np.bool_], message: dict[str, Any]) -> None:
        """Send a mask with a message."""
        self.strokes += 1
        sent = {"page": "p", "stroke": self.strokes, "version": self.version, **message}
        self.say(sent, zlib.compress((person * np.uint8(255)).tobytes()))

    def paint(self, person: NDArray[np.bool_]) -> None:
        """Send a mask, as after a stroke."""
        self.send_mask(person, {"kind": "painted"})

    def save(self, name: str) -> dict[str, Any]:
        """Press Save, and return the answer."""
        self.send_mask(self.editor.mask, {"kind": "save", "name": name})
        return self.answers[-1][0]


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Page:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(mask_editor, "page_is_trusted", lambda: True)
    return Page(MaskEditor(IMAGE), monkeypatch)


def result_of(mask: Mask) -> Result:
    return Result(Frame(7, IMAGE, 0.0), Segmentation(mask), Timings())


def test_it_begins_with_nobody_or_a_mask_cut_at_the_threshold() -> None:
    probability = np.linspace(0, 1, 24, dtype=np.float32).reshape(SHAPE)
    mask = Mask(probability, size=SHAPE, model_size=SHAPE)
    assert not MaskEditor(IMAGE).mask.any()
    for given in (probability, mask):
        editor = MaskEditor(IMAGE, given, threshold=0.7)
        assert np.array_equal(editor.mask, np.round(255 * probability) >= round(255 * 0.7))
    editor = MaskEditor(result_of(mask), threshold=0.3)
    assert np.array_equal(editor.mask, np.round(255 * probability) >= round(255 * 0.3))
    assert np.array_equal(editor.image, IMAGE)
    boolean = probability > 0.9
    assert np.array_equal(MaskEditor(IMAGE, boolean).mask, boolean)


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(InvalidImageError, match=r"\(4, 6\), but has the shape \(6, 4\)"):
        MaskEditor(IMAGE, np.zeros((6, 4), bool))
    editor = MaskEditor(IMAGE)
    with pytest.raises(InvalidImageError, match=r"\(4, 6\)"):
        editor.mask = np.zeros((1, 1), bool)


def test_the_page_gets_image_and_mask_when_it_asks_and_no_trait_has_them(page: Page) -> None:
    page.editor.mask = IMAGE[..., 0] > 30
    page.say({"kind": "edit"})
    message, (jpeg, packed) = page.answers[-1]
    assert message == {"kind": "edited", "version": 1, "width": 6, "height": 4}
    assert decode_image(jpeg).shape == IMAGE.shape
    levels = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(SHAPE)
    assert np.array_equal(levels, np.where(IMAGE[..., 0] > 30, 255, 0))
    assert not [each for each in page.editor.get_state().values() if isinstance(each, bytes)]


def test_what_the_page_paints_is_the_mask(page: Page) -> None:
    painted = np.zeros(SHAPE, bool)
    painted[1:3, 2:5] = True
    assert not page.editor.unsaved
    page.paint(painted)
    assert np.array_equal(page.editor.mask, painted)
    assert page.editor.unsaved
    page.editor.mask[:] = False  # a copy
    assert np.array_equal(page.editor.mask, painted)


PAINTED = {"kind": "painted", "page": "p", "stroke": 9, "version": 0}


@pytest.mark.parametrize(
    ("message", "buffers"),
    [
        (PAINTED, []),
        (PAINTED, [b"no zlib"]),
        (PAINTED, [zlib.compress(bytes(23))]),
        (PAINTED, [zlib.compress(bytes(10_000_000))]),
        (PAINTED | {"stroke": "9"}, [zlib.compress(bytes(24))]),
        ({"kind": "painted"}, [zlib.compress(bytes(24))]),
        ({"kind": "erase all"}, []),
        ({"kind": ["edit"]}, []),
        (PAINTED | {"kind": "save"}, [zlib.compress(bytes(24))]),
        (PAINTED | {"kind": "save", "name": 3}, [zlib.compress(bytes(24))]),
        ("edit", []),
        (None, []),
    ],
)
def test_what_is_no_message_changes_nothing(
    page: Page, message: object, buffers: list[bytes]
) -> None:
    page.paint(IMAGE[..., 0] > 30)
    page.say(message, *buffers)
    assert page.answers[-1][0]["kind"] == "refused"
    assert np.array_equal(page.editor.mask, IMAGE[..., 0] > 30)


def test_a_message_that_was_overtaken_changes_nothing(page: Page) -> None:
    new, old = IMAGE[..., 0] > 30, IMAGE[..., 0] > 50
    page.strokes = 5
    page.paint(new)
    page.strokes = 3
    page.paint(old)
    assert np.array_equal(page.editor.mask, new)
    # One of another page, or of this one after a reload, counts from the beginning.
    page.send_mask(old, {"kind": "painted", "page": "q", "stroke": 1})
    assert np.array_equal(page.editor.mask, old)


def test_what_was_painted_before_python_set_a_mask_does_not_replace_it(page: Page) -> None:
    given, painted = IMAGE[..., 0] > 30, IMAGE[..., 0] > 50
    page.editor.mask = given
    page.paint(painted)
    assert np.array_equal(page.editor.mask, given)
    (said, _) = page.answers[-1]
    page.version = said["version"]
    page.paint(painted)
    assert np.array_equal(page.editor.mask, painted)


def test_a_pair_evaluates_to_the_iou_computed_by_hand(page: Page, tmp_path: Path) -> None:
    truth = np.zeros(SHAPE, bool)
    truth[:, 1:4] = True  # 12 pixels
    page.paint(truth)
    assert page.save("mine") == {
        "kind": "saved",
        "message": f"Saved mine in {tmp_path / 'corrected'}.",
    }
    assert (page.editor.name, page.editor.unsaved) == ("mine", False)
    found = np.zeros(SHAPE, bool)
    found[:, 2:6] = True  # 16 pixels, of which 8 are in both

    add_model("Four columns", lambda _: found.astype(np.float32))
    evaluation = evaluate("corrected", "Four columns", progress=False)
    assert evaluation.images["iou"].tolist() == [8 / (12 + 16 - 8)]
    saved = np.asarray(Image.open(tmp_path / "corrected/images/mine.png"))
    assert np.array_equal(saved, IMAGE)


def test_a_domain_is_a_folder_of_the_pairs(tmp_path: Path) -> None:
    editor = MaskEditor(IMAGE, folder=tmp_path / "truth", domain="yoga", name="tree")
    pair = editor.save()
    assert pair == (tmp_path / "truth/images/yoga/tree.png", tmp_path / "truth/masks/yoga/tree.png")
    evaluation = evaluate(tmp_path / "truth", "general", progress=False)
    assert [*evaluation.images["domain"]] == ["yoga"]


def test_saving_replaces_its_own_pair_and_no_other(page: Page, tmp_path: Path) -> None:
    other = MaskEditor(IMAGE, np.ones(SHAPE, bool)).save("corrected", "taken")
    page.paint(IMAGE[..., 0] > 30)
    assert page.save("taken") == {
        "kind": "refused",
        "message": "There is a pair 'taken' already. Choose another name.",
    }
    assert np.asarray(Image.open(other.mask)).all()
    assert page.save("mine")["kind"] == "saved"
    page.paint(np.ones(SHAPE, bool))
    assert page.save("mine")["kind"] == "saved"
    assert np.asarray(Image.open(tmp_path / "corrected/masks/mine.png")).all()


@pytest.mark.parametrize("name", ["../up", "a/b", "a\\b", ".hidden", "..", "a\nb", " a", "c:d"])
def test_a_page_can_name_no_other_folder(page: Page, tmp_path: Path, name: str) -> None:
    answer = page.save(name)
    assert answer["kind"] == "refused"
    assert "must be the name of a file" in answer["message"]
    assert [*tmp_path.rglob("*.png")] == []


def test_without_a_name_it_has_the_time(page: Page, tmp_path: Path) -> None:
    assert page.save("")["kind"] == "saved"
    (file,) = (tmp_path / "corrected/images").iterdir()
    assert file.stem == page.editor.name
    assert file.name.startswith("bodyseg-2")


def test_a_visitor_saves_only_where_the_author_says(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOILA_BASE_URL", "/")
    monkeypatch.setattr(mask_editor, "page_is_trusted", page_is_trusted)
    answer = page.save("mine")
    assert answer["kind"] == "refused"
    assert "MaskEditor(…, folder='truth')" in answer["message"]
    assert [*tmp_path.iterdir()] == []
    invited = Page(MaskEditor(IMAGE, folder="truth"), monkeypatch)
    assert invited.save("mine")["kind"] == "saved"
    assert (tmp_path / "truth/masks/mine.png").is_file()


def test_an_image_of_a_file_lends_its_name(tmp_path: Path) -> None:
    Image.fromarray(IMAGE).save(tmp_path / "anna.png")
    assert MaskEditor(tmp_path / "anna.png").name == "anna"
    assert MaskEditor(str(tmp_path / "anna.png"), name="other").name == "other"


def test_a_notebook_keeps_the_image_of_an_image_and_none_of_a_stream() -> None:
    image = sample("portrait")
    kept = MaskEditor(image, portrait_reference().person)._picture()
    frame = Frame(1, image, 0.0)
    left_out = MaskEditor(frame)._picture()
    asked = MaskEditor(frame, keep_picture=True)._picture()
    assert len(left_out) < 10_000 < min(len(kept), len(asked))


def test_wrong_traits_are_refused() -> None:
    for wrong in ({"tool": "pen"}, {"brush_size": 301}, {"mask_color": "no color"}):
        with pytest.raises(BodySegError):
            MaskEditor(IMAGE, **wrong)  # type: ignore[arg-type]
    with pytest.raises(InvalidOptionError):
        MaskEditor(IMAGE, np.zeros(SHAPE, np.float32), threshold=50)


# --- beside an Explorer's panels


@pytest.fixture
def explorer() -> Iterator[Explorer]:
    explorer = Explorer(Webcam(source="sample"), threshold=0.4)
    yield explorer
    explorer.close()


def frozen(explorer: Explorer, number: int) -> None:
    """Let the page send a frame, and show it again because the source is paused."""
    results: list[Result] = []
    unsubscribe = explorer.stream.on_result(results.append)
    send_frame(explorer.webcam, number, encode_image(sample("portrait")))
    wait_until(lambda: bool(results))
    show = {"kind": "show", "page": "p", "video": 1, "frame": number + 1, "id": number}
    explorer.webcam.channel._handle_custom_msg(show, [])
    wait_until(lambda: not results[-1].frame.live)
    unsubscribe()


def opened(explorer: Explorer) -> CorrectPart:
    explorer.parts.show("correct")
    part = explorer.parts.open["correct"]
    assert isinstance(part, CorrectPart)
    return part


def test_the_part_pauses_and_edits_the_frozen_frame(explorer: Explorer) -> None:
    explorer.webcam.running = True
    part = opened(explorer)
    assert explorer.webcam.paused
    assert part.editor is None
    assert "Press Start" in part._message.value
    frozen(explorer, 1)
    wait_until(lambda: part.editor is not None)
    result = explorer.stream.latest
    assert part.editor is not None
    assert result is not None
    assert np.array_equal(part.editor.image, result.frame.image)
    assert np.array_equal(part.editor.mask, is_person(result.mask, 0.4))
    assert part.children[-1] is part.editor
    assert "frame 1 · Selfie general, threshold 0.4" in part._heading.value


def test_another_frame_takes_the_place_of_what_is_painted_only_if_it_is_asked_for_twice(
    explorer: Explorer,
) -> None:
    part = opened(explorer)
    frozen(explorer, 1)
    wait_until(lambda: part.editor is not None)
    first = part.editor
    frozen(explorer, 3)
    assert part.editor is first
    assert first is not None
    first.mask = np.zeros(first.mask.shape, bool)
    part.take_button.click()
    assert "not saved" in part._message.value
    frozen(explorer, 5)
    assert part.editor is first
    part.take_button.click()
    frozen(explorer, 7)
    wait_until(lambda: part.editor is not first)
    assert first.comm is None
    assert "frame 7" in part._heading.value


def test_a_closed_part_asks_for_no_frames(explorer: Explorer) -> None:
    part = opened(explorer)
    assert explorer.webcam._wanted
    explorer.parts.buttons["correct"].value = False
    assert not explorer.webcam._wanted
    assert part.editor is None


def test_the_mask_to_begin_with_is_that_of_the_chosen_panel(explorer: Explorer) -> None:
    part = opened(explorer)
    assert part.panel_picker.layout.display == "none"
    second = explorer.add("landscape", threshold=0.9)
    assert part.panel_picker.layout.display is None
    part.panel_picker.value = 1
    part.take_button.click()
    frozen(explorer, 1)
    wait_until(lambda: part.editor is not None)
    assert f"{second.name}, threshold 0.9" in part._heading.value
    explorer.remove(second)
    assert part.panel_picker.value == 0
