"""Views of classes and people: what is drawn is what Python draws, and what it is called."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from playwright.sync_api import expect

from bodyseg_widgets import Frame, Mask, Result, Segmentation, Timings
from bodyseg_widgets.cards.images import numbers_of
from bodyseg_widgets.cards.views import ViewLook, draw_view
from bodyseg_widgets.segmentation import PackedLevels, Region
from tests.browser.explorer_page import (
    EXPLORER,
    canvas_pixels,
    choose_model,
    choose_view,
    claim_a_graphics_card,
    freeze,
    load_axe,
    pixels_when,
    press_start,
    serious_violations,
    wait_for_masks,
    without_the_kernel,
)
from tests.poses import make_pose

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Notebook

STRIPES = """
import numpy as np
from bodyseg_widgets import add_model, create_segmenter

_selfie = create_segmenter("general")

def stripes(image):
    # A size that does not divide the image's.
    person = _selfie.segment_people(image)[0].mask.model_probability[::5, ::3]
    planes = np.empty((*person.shape, 4), np.float32)
    rows = np.linspace(0, 3, person.shape[0])[:, None]
    planes[..., 0] = 1 - person
    for at in range(3):
        planes[..., 1 + at] = person * np.clip(1 - abs(rows - at - 0.5), 0.1, 0.8)
    return planes

add_model("Stripes", stripes, labels=["background", "head", "upper_body", "lower_body"])
"""
"""A model that tells classes apart: people in three stripes."""

PLANES = """
import base64
import numpy as np
from bodyseg_widgets.pose import id_of

def planes_of(result, label=None):
    def packed(plane):
        return None if plane is None else base64.b64encode(np.ascontiguousarray(plane)).decode()

    mask, region = result.mask, result.mask.region
    labels = result.segmentation.labels
    wanted = [value for value, name in labels.items() if name == label]
    return {
        "frame": result.frame.id,
        "size": mask.size,
        "shape": mask.model_size,
        "region": [region.left, region.top, region.width, region.height],
        "levels": packed(mask.levels),
        "values": packed(mask.model_values),
        "people": packed(mask.model_people),
        "classes": {value: packed(mask.class_levels(value)) for value in wanted},
        "labels": dict(labels),
        "ids": [id_of(pose) for pose in result.poses],
    }
"""

SAME = 0.99
"""Share of the pixels that have the same color."""

ROOM = 2
"""How much a color may differ: the page blends in whole numbers."""


def _plane(text: str | None, shape: list[int]) -> NDArray[np.uint8] | None:
    if text is None:
        return None
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(shape)


def _result(picture: NDArray[np.uint8], found: dict[str, Any]) -> Result:
    """What the kernel found in a picture."""
    shape = found["shape"]
    planes = {name: _plane(found[name], shape) for name in ("levels", "values", "people")}
    classes = {int(value): _plane(text, shape) for value, text in found["classes"].items()}
    mask = Mask(
        planes["levels"],
        size=tuple(found["size"]),
        model_size=tuple(shape),
        region=Region(*found["region"]),
        values=planes["values"],
        people=planes["people"],
        classes={value: PackedLevels.of(plane) for value, plane in classes.items()},
    )
    segmentation = Segmentation(mask, {int(key): name for key, name in found["labels"].items()})
    poses = tuple(make_pose(pose_id=each) for each in found["ids"])
    return Result(Frame(id=1, image=picture, timestamp=0.0), segmentation, Timings(), poses)


def _start(page: Page) -> None:
    # The cells above it are long.
    page.locator(".bodyseg-explorer").scroll_into_view_if_needed()
    press_start(page)
    wait_for_masks(page)


def _look(notebook: Notebook, **look: object) -> None:
    notebook.execute("\n".join(f"explorer.view.{name} = {value!r}" for name, value in look.items()))


def _hold_looks(page: Page, notebook: Notebook, looks: list[dict[str, Any]], label: str) -> Result:
    """Hold that the page draws these looks of the paused frame as Python does."""
    number = freeze(page)
    notebook.wait_for(f"explorer.stream.overheard.frame.id == {number}")
    picture = canvas_pixels(page)[..., :3].copy()
    result = _result(picture, notebook.value(f"planes_of(explorer.stream.overheard, {label!r})"))
    for look in looks:
        _look(notebook, **look)
        expected = draw_view(result, ViewLook(skeleton=False, **look)).astype(int)
        assert (np.abs(expected - picture).max(axis=2) > 20).mean() > 0.02, "it shows something"

        def same(pixels: NDArray[np.uint8], expected: NDArray[np.int_] = expected) -> float:
            return float((np.abs(pixels[..., :3] - expected).max(axis=2) <= ROOM).mean())

        share = same(pixels_when(page, lambda pixels, same=same: same(pixels) >= SAME))
        assert share >= SAME, look
    return result


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_classes_are_drawn_as_in_python(
    page: Page, open_notebook: OpenNotebook, renderer: str
) -> None:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    options = 'Webcam(source="sample"), models="Stripes", view="picture", mirror=False'
    notebook = open_notebook(STRIPES, PLANES, EXPLORER.format(options=options))
    # Also of the frame at which it is paused.
    notebook.execute("explorer.stream.want_class('upper_body')")
    _start(page)
    assert page.get_attribute(".bodyseg-canvas", "data-renderer") == renderer
    looks = [
        {"view": "parts", "palette": "rainbow"},
        {"palette": "colorblind"},
        {"threshold": 0.2},
        {"opacity": 1.0},
        {"mirror": True},
        {"view": "heatmap", "heatmap_of": "upper_body"},
        {"heatmap_of": "", "mirror": False},
    ]
    whole: dict[str, Any] = {"view": "parts"}
    result = _hold_looks(
        page, notebook, [whole := {**whole, **each} for each in looks], "upper_body"
    )
    assert len(np.unique(result.mask.values)) == 4


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_body_parts_and_people_of_bodypix_are_drawn_as_in_python(
    page: Page,
    open_notebook: OpenNotebook,
    bodypix_folder: Path,
    renderer: str,
) -> None:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    options = (
        'Webcam(images), models="BodyPix", view="picture", max_poses=4, mirror=False, '
        "skeleton=False"
    )
    picture = bodypix_folder / "reference" / "inputs" / "three_people.png"
    # Other tests of this kernel have no weights.
    weights = f"import os; os.environ['BODYSEG_MODELS'] = {str(bodypix_folder.parent)!r}"
    images = f"from PIL import Image; images = [Image.open({str(picture)!r})] * 50"
    notebook = open_notebook(weights, images, PLANES, EXPLORER.format(options=options))
    notebook.execute("explorer.stream.want_class('left_hand')")
    _start(page)
    looks: list[dict[str, Any]] = [
        {"view": "parts", "palette": "rainbow"},
        {"view": "parts", "palette": "colorblind", "threshold": 0.8, "mirror": True},
        {"view": "people", "palette": "rainbow", "threshold": 0.5, "mirror": False},
        {"view": "heatmap", "heatmap_of": "left_hand", "mirror": False},
    ]
    try:
        result = _hold_looks(page, notebook, looks, "left_hand")
    finally:
        notebook.execute("del os.environ['BODYSEG_MODELS']")
    assert len(np.unique(result.mask.values)) > 10
    assert len(np.unique(result.mask.people)) == 1 + 3


@pytest.mark.parametrize("renderer", ["webgl2", "canvas2d"])
def test_people_are_drawn_as_in_python(
    page: Page, open_notebook: OpenNotebook, renderer: str
) -> None:
    if renderer == "webgl2":
        claim_a_graphics_card(page)
    options = (
        'Webcam(source="crossing"), models="lite", max_poses=2, view="picture", mirror=False, '
        "skeleton=False"
    )
    notebook = open_notebook(PLANES, EXPLORER.format(options=options))
    _start(page)
    notebook.wait_for("len(explorer.stream.latest.poses) == 2")
    looks = [
        {"view": "people", "palette": "rainbow", "mirror": False},
        {"view": "people", "palette": "colorblind", "threshold": 0.8, "mirror": True},
    ]
    result = _hold_looks(page, notebook, looks, "")
    assert len(result.poses) == len(np.unique(result.mask.people)) - 1 == 2
    # The legend names those who are in the picture, by their ids.
    names = [f"person {number}" for number in sorted(numbers_of(result.poses))]
    expect(page.get_by_role("list", name="People").get_by_role("listitem")).to_have_text(names)


def test_classes_are_named_and_picked_in_the_page(page: Page, open_notebook: OpenNotebook) -> None:
    options = 'Webcam(source="sample"), models="Stripes", mirror=False'
    notebook = open_notebook(STRIPES, EXPLORER.format(options=options))
    _start(page)
    choose_view(page, "Classes")
    legend = page.get_by_role("list", name="Colors of classes")
    expect(legend.get_by_role("listitem")).to_have_text(["head", "upper body", "lower body"])
    canvas = page.locator(".bodyseg-canvas")
    box = canvas.bounding_box()
    assert box
    canvas.hover(position={"x": 0.45 * box["width"], "y": 0.9 * box["height"]})
    expect(page.locator(".bodyseg-probe")).to_have_text(re.compile(r"^lower body, \d+ %$"))
    freeze(page)
    for palette in ("For color-blind people", "Rainbow"):
        with without_the_kernel(page):
            page.get_by_role("combobox", name="Colors").select_option(label=palette)
    notebook.wait_for("explorer.view.palette == 'rainbow'")
    load_axe(page)
    assert serious_violations(page) == []
    choose_view(page, "Heatmap")
    page.get_by_role("combobox", name="Heatmap of").select_option(label="head")
    notebook.wait_for("explorer.stream.wanted_classes == {1}")
    canvas.hover(position={"x": 0.45 * box["width"], "y": 0.8 * box["height"]})
    expect(page.locator(".bodyseg-probe")).to_have_text(re.compile(r"^head, \d+ %$"))
    # Another model has no classes: neither the view nor the picker is offered.
    choose_view(page, "Classes")
    choose_model(page, "Selfie · general")
    expect(page.locator(".bodyseg-tabs [aria-selected=true]")).to_have_text("Mask")
    expect(page.get_by_role("tab", name="Classes")).to_be_hidden()
    expect(page.locator(".bodyseg-key")).to_be_hidden()
    expect(canvas).to_have_accessible_name(re.compile("^Image with the mask of Selfie"))
    notebook.wait_for("not explorer.stream.wanted_classes")
    choose_model(page, "Stripes")
    expect(page.locator(".bodyseg-tabs [aria-selected=true]")).to_have_text("Classes")
