"""Live effects match the Python functions of the same names on the same frame."""

from __future__ import annotations

import time
from importlib import resources
from typing import TYPE_CHECKING, Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from bodyseg_widgets.streaming.effects import BUILTIN_EFFECTS
from tests.browser.explorer_page import (
    EXPLORER,
    canvas_pixels,
    choose_theme,
    choose_view,
    claim_a_graphics_card,
    clipped_elements,
    collapse_sidebar,
    load_axe,
    press_start,
    seen_when,
    serious_violations,
    shown_frame,
    timeline_button,
    wait_for_masks,
    without_the_kernel,
)
from tests.ssim import structural_similarity

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

COMPARE = """
from bodyseg_widgets import Compare, Webcam
Compare(["general", "landscape", "general"], Webcam(source="sample"), show=[], view="effect")
"""

PARTS = """
import numpy as np
from bodyseg_widgets import add_model
from bodyseg_widgets.segmentation.bodypix import PART_LABELS


def in_waves(image):
    # Who is where, and which parts: waves, of no size that divides a frame's.
    down, across = np.mgrid[0:61, 0:83] / 60
    waves = 12 * np.sin(5 * across + 2 * down) + 12 * np.cos(7 * down * across) + 24
    person = np.clip(1.2 - 2 * np.hypot(across - 0.7, down - 0.5), 0, 1)
    parts = (waves.astype(int) % 24 == n for n in range(24))
    return np.dstack([1 - person, *(np.where(part, person, 0) for part in parts)])


add_model("Waves", in_waves, labels=["background", *PART_LABELS.values()])
add_model("Heads", lambda image: image[..., :2] / 255, labels=["background", "hair"])
"""
"""Models with classes: those of BodyPix, and none of them."""

TABS_JS = """
() => [...document.querySelectorAll('.bodyseg-panels .bodyseg-tabs')].map((tabs) => {
  const all = [...tabs.querySelectorAll('button')];
  return {
    width: tabs.clientWidth,
    rows: new Set(all.map((tab) => tab.offsetTop)).size,
    cut: all.filter((tab) => tab.scrollWidth > tab.clientWidth).map((tab) => tab.innerText),
  };
})
"""

BEYOND_JS = """
() => [...document.querySelectorAll('.bodyseg-effect *')]
  .filter((each) => {
    const controls = each.closest('.bodyseg-effect').getBoundingClientRect();
    return each.offsetParent && each.getBoundingClientRect().right > controls.right;
  })
  .map((each) => each.outerHTML)
"""

EXPECT = """
import numpy as np
from bodyseg_widgets.rendering.effects import EFFECT_PAINTERS
from bodyseg_widgets.rendering.mirror import mirrored


def expect(path):
    # What Python's functions make of the frame that is shown, with the view's parameters.
    view, latest = explorer.view, explorer.stream.latest
    image, people = latest.frame.image, latest.segmentation
    drawn = EFFECT_PAINTERS[view.effect](image, people, view.threshold, view.effect_params)
    np.save(path, mirrored(drawn, view.mirror))
"""

BACKGROUND_ALONE = """
from bodyseg_widgets import ShaderEffect
ShaderEffect("void main() { color = vec4(texture(background, place).rgb, 1.0); }", name="behind")
explorer.view.show_effect("behind")
"""

REMEMBER_VIDEOS = """
(() => {
  window.videos = [];
  const createElement = document.createElement.bind(document);
  document.createElement = (name, ...rest) => {
    const made = createElement(name, ...rest);
    if (name === 'video') window.videos.push(made);
    return made;
  };
})()
"""
"""A script for the page: every video it ever makes is kept in `window.videos`."""

PLAYING = "() => window.videos.filter((video) => video.loop && !video.paused).length"
"""How many videos play over and over, as backgrounds do."""

USUAL = {
    "threshold": 0.5,
    "soft": False,
    "mask_color": "#00a3a3",
    "background_blur_amount": 3,
    "edge_blur_amount": 3,
    "pixel_cell_width": 10,
    "mask_foreground": "transparent",
    "mask_background": "#000000",
    "mask_blur_amount": 0,
    "draw_contour": False,
    "contour_color": "#00ffff",
    "contour_width": 1,
    "background": "#00a3a3",
    "decontaminate": True,
    "mirror": False,
    "opacity": 0.7,
    "palette": "rainbow",
    "face_blur_amount": 30,
    "part_blur_amount": 30,
    "blurred_parts": "faces",
    "colored_parts": "all",
}

WIDE, HIGH = "wide.png", "high.png"
"""Images for a background, larger and smaller than what it is behind of."""

OFFERED = [effect.name for effect in BUILTIN_EFFECTS.values() if not effect.needs]
"""What there is for a model without classes."""

LOOKS: list[tuple[str, dict[str, Any]]] = [
    (effect, parameters)
    for effect in OFFERED
    for parameters in ({}, {"threshold": 0}, {"threshold": 1}, {"soft": True}, {"mirror": True})
] + [
    ("bokeh", {"background_blur_amount": 1.5, "edge_blur_amount": 0}),
    ("bokeh", {"background_blur_amount": 20, "edge_blur_amount": 8}),
    ("bokeh", {"background_blur_amount": 0}),
    ("mask", {"mask_foreground": "#d04020", "mask_background": "transparent"}),
    ("mask", {"mask_foreground": "#d04020", "mask_blur_amount": 6, "mirror": True}),
    ("mask", {"draw_contour": True, "contour_width": 4, "contour_color": "#ffffff"}),
    ("mask", {"draw_contour": True, "contour_width": 1, "mask_blur_amount": 2}),
    ("pixelated", {"pixel_cell_width": 1}),
    ("pixelated", {"mask_blur_amount": 9}),
    ("pixelated", {"pixel_cell_width": 17, "soft": True, "mask_color": "#cc79a7"}),
    ("background", {"edge_blur_amount": 20, "background": "#fff3d0"}),
    ("background", {"decontaminate": False, "background": "#fff3d0"}),
    ("background", {"soft": True, "decontaminate": False}),
    ("background", {"background": WIDE, "soft": True}),
    ("background", {"background": HIGH, "mirror": True}),
]

LOOKS_OF_CLASSES: list[tuple[str, dict[str, Any]]] = [
    (effect.name, parameters)
    for effect in BUILTIN_EFFECTS.values()
    if effect.needs
    for parameters in ({}, {"threshold": 0}, {"threshold": 0.9}, {"mirror": True})
] + [
    ("face_blur", {"face_blur_amount": 10}),
    ("face_blur", {"face_blur_amount": 60}),
    ("part_blur", {"blurred_parts": "all", "part_blur_amount": 7}),
    ("part_blur", {"blurred_parts": ["torso_back", "left_hand"], "edge_blur_amount": 0}),
    (
        "part_blur",
        {"blurred_parts": ["torso_front"], "part_blur_amount": 60, "edge_blur_amount": 20},
    ),
    ("part_blur", {"blurred_parts": []}),
    ("part_blur", {"blurred_parts": ["hair"]}),
    ("part_blur", {"part_blur_amount": 0}),
    ("colored", {"opacity": 1}),
    ("colored", {"opacity": 1, "palette": "colorblind", "mask_background": "transparent"}),
    ("colored", {"colored_parts": ["left_face", "torso_front"], "mask_background": "#ffffff"}),
    ("colored", {"colored_parts": [], "mask_blur_amount": 5}),
    ("colored", {"colored_parts": ["hair"]}),
    ("colored", {"mask_blur_amount": 8, "mirror": True}),
]

LOOKS_OF_REGIONS = [look for look in LOOKS if look[1] in ({}, {"soft": True}, {"mirror": True})]


def _write_backgrounds(folder: Path) -> None:
    samples = resources.files("bodyseg_widgets.streaming.samples") / "data"
    with Image.open(str(samples / "astronaut.jpg")) as picture:
        picture.resize((1900, 700)).save(folder / WIDE)
        picture.resize((200, 380)).save(folder / HIGH)


def _setting(**traits: object) -> str:
    """Code that sets traits of the view, in one message."""
    lines = [f"    explorer.view.{name} = {value!r}" for name, value in traits.items()]
    return "\n".join(["with explorer.view.hold_sync():", *(lines or ["    pass"])])


def _set(notebook: Notebook, **traits: object) -> None:
    """Set traits of the view.

    The page takes what the kernel sends in its order, and draws a view again as soon as a trait
    changes: when it has heard of the cell's end, they are drawn.
    """
    notebook.execute(_setting(**traits))


def _expected(notebook: Notebook, folder: Path, **traits: object) -> NDArray[np.uint8]:
    """Set traits of the view, and return what Python makes of them."""
    path = folder / "expected.npy"
    notebook.execute(f"{_setting(**traits)}\nexpect({str(path)!r})")
    return np.asarray(np.load(path), np.uint8)


def _compared(page: Page, expected: NDArray[np.uint8], *, most: float = 255) -> tuple[float, float]:
    """How much the drawn image is like that: its SSIM, and the mean difference of a byte.

    It is waited for until it is alike and no byte differs by more than `most` on average: a
    background's file, for one, is decoded before it is drawn.
    """

    def compare(drawn: NDArray[np.uint8]) -> tuple[float, float]:
        assert (drawn[..., 3] == 255).all()
        alike = structural_similarity(drawn[..., :3], expected)
        return alike, float(cv2.absdiff(drawn[..., :3], expected).mean())

    def is_alike(compared: tuple[float, float]) -> bool:
        alike, difference = compared
        return alike >= 0.98 and difference < most

    return seen_when(page, lambda: compare(canvas_pixels(page)), is_alike)


def _open(
    page: Page, open_notebook: OpenNotebook, renderer: str, options: str = "", before: str = ""
) -> Notebook:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    explorer = EXPLORER.format(options=f"view='effect', {options}")
    notebook = open_notebook(before + explorer, EXPECT)
    press_start(page)
    wait_for_masks(page)
    assert page.get_attribute(".bodyseg-canvas", "data-renderer") == renderer
    return notebook


def _pause(page: Page, notebook: Notebook) -> None:
    """Hold a frame. Page and kernel have it from the same JPEG then."""
    timeline_button(page, "Pause").click()
    number = shown_frame(page)
    notebook.wait_for(f"explorer.stream.latest.frame.id == {number}")


@pytest.mark.parametrize("options", ["model_type='general'", "model='BlazePose', skeleton=False"])
@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_the_drawn_effect_is_what_python_makes_of_the_very_same_frame(
    page: Page, open_notebook: OpenNotebook, tmp_path: Path, renderer: str, options: str
) -> None:
    notebook = _open(page, open_notebook, renderer, options)
    _write_backgrounds(tmp_path)
    alike = {}
    # Of the other models there is one difference only: what of the image their masks cover.
    whole = "general" in options
    # The camera goes on while its image is held: the second time, somebody else is in it.
    for place in range(2 if whole else 1):
        _pause(page, notebook)
        for effect, parameters in LOOKS if whole else LOOKS_OF_REGIONS:
            values = {**USUAL, **parameters}
            if values["background"] in {WIDE, HIGH}:
                values["background"] = str(tmp_path / values["background"])
            expected = _expected(notebook, tmp_path, effect=effect, **values)
            look = (place, effect, str(parameters))
            # Such a color hides nothing: with the old one left in soft edges it is 0.3.
            is_plain = values["background"] in {"#00a3a3", "#fff3d0"} and effect == "background"
            most = 0.15 if is_plain else 255
            alike[look], difference = _compared(page, expected, most=most)
            assert difference < most, look
        timeline_button(page, "Play").click()
        wait_for_masks(page)
    worst = min(alike, key=lambda each: alike[each])
    assert alike[worst] >= 0.98, {name: value for name, value in alike.items() if value < 0.98}


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_what_is_drawn_of_classes_is_what_python_makes_of_them(
    page: Page, open_notebook: OpenNotebook, tmp_path: Path, renderer: str
) -> None:
    notebook = _open(page, open_notebook, renderer, "model='Waves'", before=PARTS)
    _pause(page, notebook)
    same, alike = {}, {}
    for effect, parameters in LOOKS_OF_CLASSES:
        expected = _expected(notebook, tmp_path, effect=effect, **{**USUAL, **parameters})

        def compare(expected: NDArray[np.uint8] = expected) -> tuple[float, float]:
            drawn = canvas_pixels(page)[..., :3]
            # A blur is computed in other steps in each of the three.
            near = (cv2.absdiff(drawn, expected).max(axis=2) <= 2).mean()
            return float(near), structural_similarity(drawn, expected)

        look = (effect, str(parameters))
        same[look], alike[look] = seen_when(page, compare, lambda found: min(found) >= 0.99)
    assert {look: share for look, share in same.items() if share < 0.99} == {}
    assert min(alike.values()) >= 0.98, alike


def test_every_slider_changes_the_picture_before_the_kernel_hears_of_it(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook, "webgl2")
    _pause(page, notebook)
    picker = page.get_by_role("combobox", name="Effect")
    for effect, sliders in {
        "bokeh": ["background blur", "edge blur"],
        "mask": ["mask blur"],
        "pixelated": ["cell width"],
        "background": ["edge blur"],
    }.items():
        picker.select_option(effect)
        notebook.wait_for(f"explorer.view.effect == {effect!r}")
        for name in sliders:
            page.get_by_role("slider", name=name).focus()
            with without_the_kernel(page):
                page.keyboard.press("PageUp")
    notebook.wait_for("explorer.view.background_blur_amount == 8")
    notebook.wait_for("explorer.view.edge_blur_amount == 13")
    notebook.wait_for("explorer.view.pixel_cell_width == 20")
    with without_the_kernel(page):
        page.get_by_label("background color").fill("#102030")
    notebook.wait_for("explorer.view.background == '#102030'")


def _write_video(path: Path) -> None:
    """A WebM of two seconds that turns from red to blue."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx", rate=15)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for blue in np.linspace(0, 255, 30):
            pixels = np.full((48, 64, 3), (255 - blue, 0, blue), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels)))
        container.mux(stream.encode())


def _corner(page: Page) -> list[int]:
    """The color of the drawn image's upper left, where no one is."""
    color: list[int] = page.evaluate(
        """() => {
          const context = new OffscreenCanvas(1, 1).getContext('2d');
          context.drawImage(document.querySelector('.bodyseg-canvas'), 8, 8, 1, 1, 0, 0, 1, 1);
          return [...context.getImageData(0, 0, 1, 1).data];
        }"""
    )
    return color


def _wait_for_corner(page: Page, fits: Callable[[int, int, int], bool]) -> None:
    end = time.monotonic() + 20
    while not fits(*(color := _corner(page))[:3]):
        assert time.monotonic() < end, color
        page.wait_for_timeout(50)


def _choose_file(page: Page, file: Path) -> None:
    """Choose the background's file by the keyboard."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Image or video…").press("Enter")
    chooser.value.set_files(file)


def test_a_video_moves_behind_people_while_it_is_seen(
    page: Page, open_notebook: OpenNotebook, tmp_path: Path
) -> None:
    page.evaluate(REMEMBER_VIDEOS)
    notebook = _open(page, open_notebook, "webgl2")
    _write_video(tmp_path / "clip.webm")
    _set(notebook, effect="background", background=str(tmp_path / "clip.webm"))
    assert notebook.value("explorer.view.background.name") == "clip.webm"
    for _ in range(2):
        _wait_for_corner(page, lambda red, green, blue: red > 150 > blue and green < 60)
        _wait_for_corner(page, lambda red, green, blue: blue > 150 > red and green < 60)
    notebook.execute(BACKGROUND_ALONE)
    _wait_for_corner(page, lambda red, green, blue: red > 150 > blue and green < 60)
    _wait_for_corner(page, lambda red, green, blue: blue > 150 > red and green < 60)
    _set(notebook, effect="background")
    page.wait_for_function(f"() => ({PLAYING})() === 1")
    choose_view(page, "Mask")
    page.wait_for_function(f"() => ({PLAYING})() === 0")
    choose_view(page, "Effect")
    page.wait_for_function(f"() => ({PLAYING})() === 1")
    _set(notebook, background="teal")
    _wait_for_corner(page, lambda red, green, blue: (red, green, blue) == (0, 128, 128))
    page.wait_for_function("() => window.videos.every((one) => !(one.loop && one.src))")

    (tmp_path / "broken.mp4").write_bytes(b"\0\0\0\x18ftypisom" + bytes(500))
    _set(notebook, background=str(tmp_path / "broken.mp4"))
    note = page.locator(".bodyseg-note")
    expect(note).to_contain_text("This browser cannot play the background video")
    _wait_for_corner(page, lambda red, green, blue: (red, green, blue) == (0, 163, 163))
    _set(notebook, background="#00a3a3")
    expect(note).to_be_hidden()


def test_a_file_is_chosen_in_the_page_and_python_has_it(
    page: Page, open_notebook: OpenNotebook, tmp_path: Path, screenshot: Callable[..., None]
) -> None:
    _write_backgrounds(tmp_path)
    _write_video(tmp_path / "clip.webm")
    notebook = _open(page, open_notebook, "canvas2d")
    page.get_by_role("combobox", name="Effect").select_option("background")
    back = page.get_by_role("button", name="Use a color")
    color = page.get_by_label("background color")
    expect(back).to_be_hidden()
    color.fill("#102030")
    notebook.wait_for("explorer.view.background == '#102030'")

    _choose_file(page, tmp_path / WIDE)
    notebook.wait_for("getattr(explorer.view.background, 'shape', 0) == (472, 1280, 3)")
    expect(color).to_be_hidden()
    _pause(page, notebook)
    assert _compared(page, _expected(notebook, tmp_path))[0] >= 0.98
    timeline_button(page, "Play").click()

    (tmp_path / "notes.txt").write_text("red")
    _choose_file(page, tmp_path / "notes.txt")
    said = page.locator(".bodyseg-effect > .bodyseg-wrong")
    expect(said).to_contain_text("notes.txt is not an image or a video that this browser can show")
    screenshot(page, "effect-no-picture")
    assert notebook.value("explorer.view.background.shape") == [472, 1280, 3]

    _choose_file(page, tmp_path / "clip.webm")
    notebook.wait_for("hasattr(explorer.view.background, 'read_bytes')")
    video = (tmp_path / "clip.webm").read_bytes()
    assert notebook.value("list(explorer.view.background.read_bytes())") == list(video)
    expect(said).to_be_hidden()
    _wait_for_corner(page, lambda red, green, blue: blue > 150 > red and green < 60)

    (tmp_path / "long.webm").write_bytes(video + bytes(8 * 2**20))
    _choose_file(page, tmp_path / "long.webm")
    expect(said).to_contain_text("long.webm has 8.0 MB; a video chosen here can have 8 MB")

    back.press("Enter")
    expect(color).to_be_focused()
    expect(color).to_have_value("#102030")
    notebook.wait_for("explorer.view.background == '#102030'")


def test_the_effects_controls_follow_the_tabs_and_the_kernel(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(EXPLORER.format(options="Webcam(source='sample')"))
    page.wait_for_selector(".bodyseg-tabs")
    picker = page.get_by_role("combobox", name="Effect")
    expect(picker).to_have_count(0)
    page.get_by_role("tab", name="Mask").focus()
    page.keyboard.press("End")
    expect(picker).to_be_visible()
    notebook.wait_for("explorer.view.view == 'effect'")
    page.keyboard.press("Tab")
    expect(picker).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox", name="soft")).to_be_focused()
    page.keyboard.press("Space")
    notebook.wait_for("explorer.view.soft")
    notebook.execute("explorer.view.background_blur_amount = 8.5")
    blur = page.get_by_role("slider", name="background blur")
    expect(blur).to_have_attribute("aria-valuetext", "8.5 pixels")
    choose_view(page, "Heatmap")
    expect(picker).to_have_count(0)


def test_parts_are_chosen_by_keyboard_and_python_has_them(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    page.set_viewport_size({"width": 476, "height": 1100})
    notebook = _open(page, open_notebook, "canvas2d", "model='Waves'", before=PARTS)
    collapse_sidebar(page)
    picker = page.get_by_role("combobox", name="Effect")
    picker.select_option("part_blur")
    parts = page.locator(".bodyseg-classes")
    summary = parts.locator("summary")
    expect(summary).to_have_text("blurred partsleft face, right face")
    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(parts.get_by_role("button", name="Faces")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(parts.get_by_role("checkbox", name="left face")).to_be_focused()
    expect(parts.get_by_role("checkbox")).to_have_count(24)
    page.keyboard.press("Space")
    notebook.wait_for("explorer.view.blurred_parts == ['right_face']")
    parts.get_by_role("checkbox", name="left upper arm front").check()
    notebook.wait_for("explorer.view.blurred_parts == ['right_face', 'left_upper_arm_front']")
    with without_the_kernel(page):
        parts.get_by_role("button", name="All").click()
    notebook.wait_for("explorer.view.blurred_parts == 'all'")
    parts.get_by_role("button", name="None").press("Enter")
    expect(summary).to_contain_text("none")
    notebook.wait_for("explorer.view.blurred_parts == []")
    _set(notebook, blurred_parts=["torso_front", "left_hand", "right_hand"])
    expect(summary).to_contain_text("3 of 24")
    load_axe(page)
    for theme in ("light", "dark"):
        choose_theme(page, theme)
        assert serious_violations(page) == []
        assert clipped_elements(page) == []
        assert page.evaluate(BEYOND_JS) == []
        screenshot(page, f"effect-parts-{theme}-476")
    choose_theme(page, "light")
    page.set_viewport_size({"width": 1200, "height": 1100})
    assert clipped_elements(page) == []
    screenshot(page, "effect-parts-light-1200")
    picker.select_option("colored")
    expect(page.get_by_role("combobox", name="colors")).to_be_visible()
    screenshot(page, "effect-colored-light-1200")


def test_of_a_model_without_faces_no_one_takes_a_picture_for_blurred_that_is_not(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None], tmp_path: Path
) -> None:
    notebook = _open(page, open_notebook, "webgl2", "model='Waves', effect='face_blur'", PARTS)
    note = page.locator(".bodyseg-note")
    expect(note).to_be_hidden()
    for model, says in {"general": "Selfie general", "Heads": "Heads"}.items():
        notebook.execute(f"explorer.stream.choose({model!r})")
        expect(note).to_contain_text(f"{says} (")
        expect(note).to_contain_text("does not find faces: all of the picture is blurred.")
        _pause(page, notebook)
        assert _compared(page, _expected(notebook, tmp_path, mirror=False))[0] >= 0.98
        face_blur = page.get_by_role("combobox", name="Effect").locator("option", has_text="Face")
        expect(face_blur).to_be_disabled()
        timeline_button(page, "Play").click()
    screenshot(page, "effect-no-faces")
    notebook.execute("explorer.stream.choose('Waves')")
    expect(note).to_be_hidden()
    expect(face_blur).to_be_enabled()


@pytest.mark.parametrize("width", [1200, 476])
def test_axe_finds_nothing_and_nothing_is_clipped_in_light_dark_and_narrow(
    page: Page,
    open_notebook: OpenNotebook,
    screenshot: Callable[..., None],
    tmp_path: Path,
    width: int,
) -> None:
    _write_backgrounds(tmp_path)
    page.set_viewport_size({"width": width, "height": 1100})
    notebook = _open(page, open_notebook, "canvas2d")
    collapse_sidebar(page)
    load_axe(page)
    for theme in ("light", "dark"):
        choose_theme(page, theme)
        for effect in OFFERED:
            page.get_by_role("combobox", name="Effect").select_option(effect)
            if effect == "mask":
                page.get_by_role("checkbox", name="contour").check()
            notebook.wait_for(f"explorer.view.effect == {effect!r}")
            assert serious_violations(page) == []
            assert clipped_elements(page) == []
            screenshot(page, f"effect-{effect}-{theme}-{width}")
        # The last effect is the one with a background, which may be an image.
        _set(notebook, background=str(tmp_path / WIDE))
        expect(page.get_by_role("button", name="Use a color")).to_be_visible()
        assert serious_violations(page) == []
        assert clipped_elements(page) == []
        screenshot(page, f"effect-picture-{theme}-{width}")
        _set(notebook, background="#00a3a3")
    choose_theme(page, "light")


@pytest.mark.parametrize("width", [476, 990])
def test_tabs_and_controls_are_whole_in_the_narrowest_panels(
    page: Page,
    open_notebook: OpenNotebook,
    screenshot: Callable[..., None],
    tmp_path: Path,
    width: int,
) -> None:
    _write_backgrounds(tmp_path)
    page.set_viewport_size({"width": width, "height": 1100})
    open_notebook(COMPARE)
    collapse_sidebar(page)
    page.wait_for_selector(".bodyseg-effect:visible")
    found = page.evaluate(TABS_JS)
    screenshot(page, f"effect-tabs-{width}")
    assert len(found) == 3
    for tabs in found:
        assert tabs["width"] <= 360
        assert (tabs["rows"], tabs["cut"]) == (1, [])
    for picker in page.get_by_role("combobox", name="Effect").all():
        picker.select_option("background")
    page.locator(".bodyseg-effect input[type=file]").first.set_input_files(tmp_path / WIDE)
    expect(page.get_by_role("button", name="Use a color")).to_have_count(1)
    screenshot(page, f"effect-backgrounds-{width}")
    assert page.evaluate(BEYOND_JS) == []
    assert clipped_elements(page) == []
