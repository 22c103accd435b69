"""Custom effects, live: Python functions and shaders, swapped while images run."""

from __future__ import annotations

import base64
import io
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.explorer_page import (
    EXPLORER,
    canvas_pixels,
    choose_theme,
    choose_view,
    claim_a_graphics_card,
    clipped_elements,
    collapse_sidebar,
    freeze,
    load_axe,
    pixels_when,
    press_start,
    serious_violations,
    timeline_button,
    wait_for_masks,
    without_the_kernel,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Locator, Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

EFFECTS = '''
import time
from typing import Annotated, Literal
import numpy as np
from bodyseg_widgets import Color, Range, ShaderEffect, effect

@effect
def painted(
    frame,
    result,
    strength: Annotated[float, Range(0, 1)] = 1.0,
    cells: Annotated[int, Range(1, 40)] = 1,
    paint: Color = "#204060",
    where: Literal["people", "all"] = "all",
    negative: bool = False,
    gamma: float = 1.0,
    scenery: np.ndarray | None = None,
):
    over = np.full_like(frame, paint[:3]) if scenery is None else np.full_like(
        frame, scenery.reshape(-1, 3).mean(axis=0).round())
    if where == "people":
        over = np.where(result.mask.probability[..., None] >= 0.5, over, frame)
    made = frame * (1 - strength) + over * strength
    return (255 - made if negative else made).astype(np.uint8)

ShaderEffect("""
    void main() {
        color = vec4(mix(texture(frame, place).rgb, tint, amount), 1.0);
    }
""", name="tinted", amount=Range(0, 1, 1.0), tint=Color(10, 200, 90))
'''

PAINT = (0x20, 0x40, 0x60)
OTHER_PAINT = (0xC0, 0x30, 0x10)


def _open(
    page: Page, open_notebook: OpenNotebook, options: str = "view='effect', effect='painted'"
) -> Notebook:
    notebook = open_notebook(EFFECTS, EXPLORER.format(options=options))
    press_start(page)
    wait_for_masks(page)
    return notebook


def _shows(page: Page, color: tuple[int, int, int]) -> None:
    """Wait until the whole image has one color, except for JPEG artifacts."""
    page.wait_for_function(
        """(color) => {
          const canvas = document.querySelector('.bodyseg-canvas');
          const copy = new OffscreenCanvas(8, 6).getContext('2d');
          copy.drawImage(canvas, 0, 0, 8, 6);
          const { data } = copy.getImageData(0, 0, 8, 6);
          return data.every((value, at) => at % 4 === 3 || Math.abs(value - color[at % 4]) <= 3);
        }""",
        arg=[*color],
        timeout=20_000,
    )


def _problem(page: Page) -> Locator:
    return page.get_by_role("group", name="Error in the effect")


def test_a_python_effect_is_drawn_with_a_control_for_each_parameter(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = _open(page, open_notebook)
    collapse_sidebar(page)
    _shows(page, PAINT)
    screenshot(page, "own-python-light", ".bodyseg-explorer")
    page.get_by_label("paint").fill("#c03010")
    _shows(page, OTHER_PAINT)
    notebook.wait_for("explorer.view.effect_params['paint'] == Color(0xc0, 0x30, 0x10)")
    page.get_by_role("checkbox", name="negative").check()
    _shows(page, (255 - 0xC0, 255 - 0x30, 255 - 0x10))
    page.get_by_role("checkbox", name="negative").uncheck()
    page.get_by_role("combobox", name="where").select_option("people")
    notebook.wait_for("explorer.view.effect_params['where'] == 'people'")
    strength = page.get_by_role("slider", name="strength")
    strength.focus()
    for key in ["PageDown", "ArrowLeft"]:
        page.keyboard.press(key)
    notebook.wait_for("abs(explorer.view.effect_params['strength'] - 0.89) < 1e-9")
    cells = page.get_by_role("slider", name="cells")
    cells.focus()
    page.keyboard.press("ArrowRight")
    notebook.wait_for("explorer.view.effect_params['cells'] == 2")
    expect(cells).to_have_attribute("aria-valuetext", "2")
    page.get_by_role("spinbutton", name="gamma").fill("2.2")
    notebook.wait_for("explorer.view.effect_params['gamma'] == 2.2")
    notebook.execute("explorer.view.show_effect('painted', strength=1, where='all')")
    expect(strength).to_have_attribute("aria-valuetext", "1.00")
    _shows(page, OTHER_PAINT)


def test_a_picture_is_a_parameter_too(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = _open(page, open_notebook)
    green = canvas_pixels(page)
    assert green.shape[2] == 4
    jpeg = page.evaluate(
        """async () => {
          const canvas = new OffscreenCanvas(2000, 1000);
          const context = canvas.getContext('2d');
          context.fillStyle = '#30a050';
          context.fillRect(0, 0, 2000, 1000);
          const blob = await canvas.convertToBlob({ type: 'image/png' });
          return [...new Uint8Array(await blob.arrayBuffer())];
        }"""
    )
    files = page.locator(".bodyseg-custom input[type=file]")
    files.set_input_files({"name": "g.png", "mimeType": "image/png", "buffer": bytes(jpeg)})
    _shows(page, (0x30, 0xA0, 0x50))
    notebook.wait_for("explorer.view.effect_params['scenery'].shape == (640, 1280, 3)")
    files.set_input_files({"name": "no.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(page.get_by_text("no.png is not an image that this browser can read.")).to_be_visible()
    page.get_by_role("button", name="Remove the image for scenery").click()
    _shows(page, PAINT)
    notebook.execute("explorer.view.show_effect('painted', scenery=np.full((4, 4, 3), 99, 'u1'))")
    _shows(page, (99, 99, 99))


def test_running_the_cell_again_swaps_the_effect_in_the_running_stream(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook)
    _shows(page, PAINT)
    page.get_by_label("paint").fill("#c03010")
    _shows(page, OTHER_PAINT)
    before = notebook.value("explorer.stream.latest.frame.id")
    notebook.execute(
        """
@effect
def painted(frame, result, paint: Color = "#ffffff", share: Annotated[float, Range(0, 1)] = 0.5):
    return (np.full_like(frame, paint[:3]) * share).astype(np.uint8)
"""
    )
    # What the new one has under the same name stays, what it has not goes.
    _shows(page, (0xC0 // 2, 0x30 // 2, 0x10 // 2))
    expect(page.get_by_role("slider", name="share")).to_be_visible()
    expect(page.get_by_role("slider", name="strength")).to_have_count(0)
    expect(page.locator(".bodyseg-webcam > button")).to_have_text("Stop")
    notebook.wait_for(f"explorer.stream.latest.frame.id > {before}")
    assert notebook.value("explorer.webcam.state") == "live"


def test_what_it_raises_is_shown_and_the_last_good_picture_stays(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = _open(page, open_notebook)
    collapse_sidebar(page)
    _shows(page, PAINT)
    notebook.execute(
        """
@effect
def painted(frame, result):
    people = result.mask.probability
    return frame * people_alpha
"""
    )
    problem = _problem(page)
    expect(problem).to_contain_text("NameError: name 'people_alpha' is not defined")
    expect(problem).to_contain_text("Cell, line 4, in painted\n    return frame * people_alpha")
    expect(problem).to_contain_text("Showing its last good image.")
    _shows(page, PAINT)
    assert "NameError" in notebook.value("explorer.view.effect_error")
    load_axe(page)
    assert serious_violations(page) == []
    screenshot(page, "own-python-error-light", ".bodyseg-explorer")
    choose_theme(page, "dark")
    assert serious_violations(page) == []
    screenshot(page, "own-python-error-dark", ".bodyseg-explorer")
    choose_theme(page, "light")
    for body, said in {
        "frame[:100]": "of the frame's size, 640x480 (width x height), but at the newest frame it "
        "returned 640x100",
        "frame / 255": "but got float64",
        "None": "but got NoneType",
        "np.zeros((3, 3, 7, 2), np.uint8)": "but got shape (3, 3, 7, 2)",
    }.items():
        notebook.execute(f"@effect\ndef painted(frame, result):\n    return {body}")
        expect(problem).to_contain_text(said)
    # Masks went on all the while, and so does the effect, once it is mended.
    before = notebook.value("explorer.stream.latest.frame.id")
    notebook.wait_for(f"explorer.stream.latest.frame.id > {before} + 5")
    notebook.execute("@effect\ndef painted(frame, result):\n    return np.full_like(frame, 200)")
    expect(problem).to_be_hidden()
    _shows(page, (200, 200, 200))
    assert notebook.value("explorer.view.effect_error") == ""


def test_a_slow_effect_skips_frames_and_one_that_never_ends_can_be_swapped(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook)
    notebook.execute(
        """
seen = []
@effect
def painted(frame, result):
    seen.append(result.frame.id)
    time.sleep(0.4)
    return np.full_like(frame, 60)
"""
    )
    _shows(page, (60, 60, 60))
    notebook.wait_for("len(seen) > 4")
    # Of some 30 frames a second it gets two or three, always the newest.
    assert notebook.value("float(np.diff(seen[1:5]).mean())") > 3
    notebook.execute(
        "import threading\nnever = threading.Event()\n"
        "@effect\ndef painted(frame, result):\n    never.wait()"
    )
    notebook.execute("@effect\ndef painted(frame, result):\n    return np.full_like(frame, 150)")
    _shows(page, (150, 150, 150))
    # So that its thread ends with this test.
    notebook.execute("never.set()")


def test_an_effect_works_on_the_frozen_frame_and_remembers_what_it_made(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook)
    notebook.execute(
        """
@effect
def painted(frame, result, step: Annotated[int, Range(1, 50)] = 20, previous=None):
    before = 0 if previous is None else int(previous[0, 0, 0])
    return np.full_like(frame, min(before + step, 200))
"""
    )
    _shows(page, (200, 200, 200))
    timeline_button(page, "Pause").click()
    notebook.execute("@effect\ndef painted(frame, result):\n    return np.full_like(frame, 40)")
    _shows(page, (40, 40, 40))
    # The frame itself, with a parameter that changes: what was there before stays the same.
    notebook.execute(
        """
@effect
def painted(frame, result, step: Annotated[int, Range(1, 50)] = 10, previous=None):
    assert previous is None
    return np.full_like(frame, step)
"""
    )
    _shows(page, (10, 10, 10))
    notebook.execute("explorer.view.show_effect('painted', step=30)")
    _shows(page, (30, 30, 30))


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_a_shader_is_drawn_and_its_sliders_change_it_before_the_kernel_hears_of_it(
    page: Page, open_notebook: OpenNotebook, renderer: str
) -> None:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    notebook = _open(page, open_notebook, "view='effect', effect='tinted'")
    assert page.get_attribute(".bodyseg-canvas", "data-renderer") == renderer
    _shows(page, (10, 200, 90))
    page.get_by_label("tint").fill("#c03010")
    _shows(page, OTHER_PAINT)
    notebook.wait_for("explorer.view.effect_params['tint'] == Color(0xc0, 0x30, 0x10)")
    freeze(page)
    page.get_by_role("slider", name="amount").focus()
    with without_the_kernel(page):
        page.keyboard.press("PageDown")
    notebook.wait_for("abs(explorer.view.effect_params['amount'] - 0.9) < 1e-9")


GIVEN = """
ShaderEffect('''
    void main() {
        vec3 seen = texture(frame, place).rgb;
        float p = texture(probability, place).r;
        vec3 old = texture(previous, place).rgb;
        vec3 behind = texture(background, place).rgb;
        if (place.x < 0.25) color = vec4(seen, 1.0);
        else if (place.x < 0.5) color = vec4(vec3(p), 1.0);
        else if (place.x < 0.75) color = vec4(old + 0.01, 1.0);
        else color = vec4(place.y < 0.5 ? behind : vec3(p >= threshold ? 1.0 : 0.0), 1.0);
    }
''', name="given")
explorer.view.background = "#205080"
explorer.view.mirror = False
explorer.view.show_effect("given")
"""


def test_a_shader_is_given_the_frame_its_probability_what_it_drew_and_the_background(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook, "view='effect', threshold=0.3")
    notebook.execute(GIVEN)
    # The third quarter gets brighter with each frame.
    grown = np.s_[:, 320:480, :3]
    assert pixels_when(page, lambda pixels: pixels[grown].min() > 60)[grown].min() > 60
    held = freeze(page)
    notebook.wait_for(f"explorer.stream.latest.frame.id == {held}")
    # Told as numbers: of the very frame and mask in Python.
    frame, levels = _frame_and_levels(notebook)
    height, width = levels.shape
    quarter = width // 4

    def off(pixels: NDArray[np.uint8]) -> float:
        return float(np.abs(pixels[:, :quarter, :3] - frame[:, :quarter]).mean())

    drawn = pixels_when(page, lambda pixels: off(pixels) < 2)[..., :3].astype(int)
    assert off(drawn) < 2
    people = levels[:, quarter : 2 * quarter]
    assert np.abs(drawn[:, quarter : 2 * quarter, 0] - people).max() <= 2
    assert drawn[grown].min() > 60
    behind = drawn[: height // 2, 3 * quarter + 1 :]
    assert np.abs(behind - (0x20, 0x50, 0x80)).max() <= 1
    cut = drawn[height // 2 + 1 :, 3 * quarter + 1 :, 0]
    expected = 255 * (levels[height // 2 + 1 :, 3 * quarter + 1 :] >= round(0.3 * 255))
    assert (cut != expected).mean() < 0.002


def _frame_and_levels(notebook: Notebook) -> tuple[np.ndarray, np.ndarray]:
    notebook.execute(
        """
import base64, io
buffer = io.BytesIO()
latest = explorer.stream.latest
np.savez_compressed(buffer, frame=latest.frame.image,
                    levels=np.rint(latest.mask.probability * 255).astype(np.uint8))
packed = base64.b64encode(buffer.getvalue()).decode()
"""
    )
    with np.load(io.BytesIO(base64.b64decode(notebook.value("packed")))) as arrays:
        return arrays["frame"].astype(int), arrays["levels"].astype(int)


RED = "ShaderEffect('void main() {{ color = vec4(1.0, 0.0, 0.0, 1.0); }}', name={name!r})"
GROWS = """
ShaderEffect(
    "void main() { color = vec4(texture(previous, place).rgb + vec3(grow / 255.0), 1.0); }",
    name="grows",
    grow=Range(0, 100, 20),
)
"""


def test_what_a_shader_drew_before_is_its_own_and_a_slider_does_not_make_it_grow(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook)
    notebook.execute(RED.format(name="red") + GROWS)
    notebook.execute("explorer.view.show_effect('red')")
    _shows(page, (255, 0, 0))
    timeline_button(page, "Pause").click()
    # A live result that still comes after the click would be a frame before the one that is held.
    notebook.wait_for("not explorer.latest.frame.live")
    notebook.execute("explorer.view.show_effect('grows')")
    # Of the frame that is held there is nothing before: black.
    _shows(page, (20, 20, 20))
    for grow in (50, 90, 40):
        notebook.execute(f"explorer.view.show_effect('grows', grow={grow})")
        _shows(page, (grow, grow, grow))


def test_one_name_may_become_an_effect_of_another_kind(
    page: Page, open_notebook: OpenNotebook
) -> None:
    notebook = _open(page, open_notebook)
    _shows(page, PAINT)
    notebook.execute(RED.format(name="painted"))
    _shows(page, (255, 0, 0))
    expect(page.locator(".bodyseg-took")).to_be_hidden()
    notebook.execute("ShaderEffect('void main() { color = 1; }', name='painted')")
    expect(_problem(page)).to_contain_text("Line 1")
    notebook.wait_for("'Line 1' in explorer.view.effect_error")
    notebook.execute("@effect\ndef painted(frame, result):\n    return np.full_like(frame, 90)")
    _shows(page, (90, 90, 90))
    expect(_problem(page)).to_be_hidden()
    notebook.wait_for("explorer.view.effect_error == ''")
    expect(page.locator(".bodyseg-took")).to_be_visible()
    # Chosen in the page: what another effect left is not shown for it.
    notebook.execute("@effect\ndef broken(frame, result):\n    raise ValueError('no')")
    page.get_by_role("combobox", name="Effect").select_option("broken")
    expect(_problem(page)).to_contain_text("“broken” failed. Showing the original frame.")
    page.get_by_role("combobox", name="Effect").select_option("bokeh")
    expect(_problem(page)).to_be_hidden()


def test_a_shader_knows_where_the_landmarks_are(page: Page, open_notebook: OpenNotebook) -> None:
    notebook = _open(page, open_notebook, "model='BlazePose', skeleton=False")
    notebook.execute(
        """
ShaderEffect('''
    void main() {
        vec4 nose = landmark(0, NOSE);
        bool near = poses > 0 && distance(nose.xy * size, place * size) < 20.0;
        color = vec4(near ? vec3(1.0, 0.0, 1.0) : vec3(0.0), 1.0);
    }
''', name="nose")
explorer.view.mirror = False
explorer.view.show_effect("nose")
"""
    )
    held = freeze(page)
    notebook.wait_for(f"explorer.latest.frame.id == {held}")
    nose = notebook.value("explorer.latest.poses[0].keypoint_array[0, :2].tolist()")

    def off(pixels: NDArray[np.uint8]) -> float:
        rows, columns = np.nonzero((pixels[..., 0] > 128) & (pixels[..., 1] < 50))
        if not len(rows):
            return math.inf
        return float(np.hypot(columns.mean() - nose[0], rows.mean() - nose[1]))

    assert off(pixels_when(page, lambda pixels: off(pixels) < 2)) < 2


def test_a_shader_knows_the_class_of_each_pixel(
    page: Page, open_notebook: OpenNotebook, tmp_path: Path
) -> None:
    notebook = _open(page, open_notebook)
    notebook.execute(
        """
import numpy as np
from bodyseg_widgets import add_model

def in_rings(image):
    down, across = np.mgrid[0:61, 0:83] / 60
    return (3 * np.hypot(across - 0.5, down - 0.4)).astype(int) % 3

add_model("Rings", in_rings, labels=["background", "hair", "face"])
ShaderEffect(
    "void main() { color = vec4(float(label(place) + 1), float(person(place)), 0, 255) / 255.0; }",
    name="classes",
)
explorer.view.mirror = False
explorer.stream.choose("Rings")
explorer.view.show_effect("classes")
"""
    )
    wait_for_masks(page)
    held = freeze(page)
    notebook.wait_for(f"explorer.latest.frame.id == {held}")
    path = tmp_path / "values.npy"
    notebook.execute(f"np.save({str(path)!r}, explorer.latest.mask.values)")
    values = np.load(path)
    assert [*np.unique(values)] == [0, 1, 2]

    def is_so(pixels: NDArray[np.uint8]) -> bool:
        return bool((pixels[..., 0] == values + 1).all())

    drawn = pixels_when(page, is_so)
    assert is_so(drawn)
    assert (drawn[..., 1] == 0).all(), "people are not told apart"
    timeline_button(page, "Play").click()
    notebook.execute("explorer.stream.choose('general')")
    none = pixels_when(page, lambda pixels: (pixels[..., :2] == 0).all())
    assert (none[..., :2] == 0).all(), "there are no classes"


def test_a_shader_that_does_not_compile_says_where_and_the_one_before_goes_on(
    page: Page, open_notebook: OpenNotebook, screenshot: Callable[..., None]
) -> None:
    notebook = _open(page, open_notebook, "view='effect', effect='tinted'")
    collapse_sidebar(page)
    _shows(page, (10, 200, 90))
    notebook.execute(
        '''
ShaderEffect("""
    void main() {
        vec3 seen = texture(frame, place).rgb;
        color = vec4(sene, 1.0);
    }
""", name="tinted", amount=Range(0, 1, 1.0), tint=Color(10, 200, 90))
'''
    )
    problem = _problem(page)
    expect(problem).to_contain_text("Line 3: 'sene' : undeclared identifier")
    expect(problem).to_contain_text("color = vec4(sene, 1.0);")
    expect(problem).to_contain_text("does not compile. Still using the previous version.")
    _shows(page, (10, 200, 90))
    notebook.wait_for("'Line 3' in explorer.view.effect_error")
    load_axe(page)
    assert serious_violations(page) == []
    assert clipped_elements(page) == []
    screenshot(page, "own-shader-error", ".bodyseg-explorer")
    # Another view, and back: still the one before.
    choose_view(page, "Mask")
    expect(problem).to_be_hidden()
    choose_view(page, "Effect")
    expect(problem).to_be_visible()
    notebook.execute(
        "ShaderEffect('void main() { color = vec4(0.0, 0.0, 1.0, 1.0); }', name='tinted')"
    )
    expect(problem).to_be_hidden()
    _shows(page, (0, 0, 255))
    notebook.wait_for("explorer.view.effect_error == ''")
