"""The pictures of the README: the Explorer on the bundled, public-domain portrait."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.browser.conftest import RESULTS
from tests.browser.explorer_page import EXPLORER
from tests.browser.lab import Notebook, Server
from tests.browser.quiet_chromium import quiet_chromium

if TYPE_CHECKING:
    from pathlib import Path

SELFIE = EXPLORER.format(options='Webcam(source="sample")').replace(
    "\nexplorer\n", "\nexplorer.start()\nexplorer\n"
)
POSES = EXPLORER.format(options='Webcam(source="sample"), model="BlazePose"').replace(
    "\nexplorer\n", "\nexplorer.plot_button.value = True\nexplorer.start()\nexplorer\n"
)

COMPARE = """
from bodyseg_widgets import Compare, Webcam
compare = Compare(["general", "landscape", "full"], Webcam(source="sample"))
compare.panels[1].view.view = "heatmap"
compare.panels[1].tabs.value = "heatmap"
compare.same_frame_button.value = True
compare.start()
compare
"""


EFFECTS = '''
from typing import Annotated
import cv2
import numpy as np
from bodyseg_widgets import Color, Compare, Range, ShaderEffect, Webcam, effect

@effect
def coarse_people(
    frame, result, cells: Annotated[int, Range(4, 60)] = 18, outline: Color = Color(255, 255, 255)
):
    height, width = frame.shape[:2]
    people = (result.mask.probability >= 0.5).astype(np.uint8)
    coarse = cv2.resize(frame, (width // cells, height // cells), interpolation=cv2.INTER_AREA)
    coarse = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)
    drawn = np.where(people[..., None], coarse, frame)
    shapes, _ = cv2.findContours(people, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(drawn, shapes, -1, outline[:3], 3)

ShaderEffect("""
    void main() {
        float away = 1.0 - texture(probability, place).r;
        color = texture(frame, place + strength * away * sin(40.0 * place.yx + 3.0 * time));
    }
""", name="ripple", strength=Range(0, 0.05, 0.02))

compare = Compare(
    ["general", "general", "full"], Webcam(source="sample"), show=[], view="effect"
)
compare.panels[0].view.show_effect("bokeh", background_blur_amount=12, soft=True)
compare.panels[1].view.show_effect("coarse_people")
compare.panels[2].view.show_effect("ripple")
compare.skeleton_button.value = False
compare.start()
compare
'''


class Shot(NamedTuple):
    """A picture, the cell that makes it, and what is in the page when it is ready."""

    name: str
    cell: str
    ready: str
    height: int = 1400
    """Of the window: it holds all of the Explorer."""


SHOTS = [
    Shot("explorer-light", SELFIE, ".bodyseg-note[hidden]"),
    Shot("explorer-poses", POSES, "[data-bodyseg-attended]"),
    Shot("compare", COMPARE, ".bodyseg-agreement td", height=1900),
    Shot("effects", EFFECTS, ".bodyseg-took:not([hidden])", height=2300),
]


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_of_the_readme_shows_a_running_explorer(
    shot: Shot, server: Server, webcam_clip: Path, request: pytest.FixtureRequest
) -> None:
    RESULTS.mkdir(exist_ok=True)
    picture = RESULTS / f"{shot.name}.png"
    with quiet_chromium(camera=webcam_clip, size=(1500, shot.height)) as page:
        notebook = Notebook(page, server, [shot.cell])
        notebook.run_all()
        page.wait_for_function("() => document.querySelector('.bodyseg-rate b')?.textContent > 1")
        page.wait_for_function(f"() => document.querySelector('{shot.ready}') !== null")
        page.wait_for_timeout(4000)
        assert page.evaluate("() => document.querySelector('.bodyseg-note').hidden")
        page.screenshot(".bodyseg-explorer", picture)
        notebook.close()
    root = RESULTS.parent
    target = root / "docs" / "images" / picture.name
    if request.config.getoption("--update-pictures"):
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(picture.read_bytes())
    assert f"({target.relative_to(root)})" in (root / "README.md").read_text()
    assert target.is_file()
