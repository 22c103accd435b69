"""The images of the README: the Explorer on the bundled, public-domain portrait."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.browser.explorer_page import EXPLORER
from tests.browser.lab import Notebook
from tests.browser.quiet_chromium import quiet_chromium

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

    from tests.browser.conftest import OpenNotebook
    from tests.browser.lab import Server
    from tests.browser.quiet_chromium import QuietPage

ROOT = Path(__file__).parents[2]
WIDTH = 1500

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


PARTS = """
from bodyseg_widgets import Compare, Webcam
compare = Compare(["BodyPix"] * 3, Webcam(source="sample"), show=[], view="parts", skeleton=False)
compare.panels[1].view.palette = "colorblind"
compare.panels[2].view.view = compare.panels[2].tabs.value = "heatmap"
compare.panels[2].view.heatmap_of = "torso_front"
compare.start()
compare
"""


class Shot(NamedTuple):
    """An image, the cell that makes it, and what is in the page when it is ready."""

    name: str
    cell: str
    ready: str
    height: int = 1400
    """Of the window: it holds all of the Explorer."""
    needs_bodypix: bool = False
    """Whether a model needs weights that are not part of the package."""

    @property
    def path(self) -> Path:
        """Where the README has it."""
        return ROOT / "docs" / "images" / f"{self.name}.png"


SHOTS = [
    Shot("explorer-light", SELFIE, ".bodyseg-note[hidden]"),
    Shot("explorer-poses", POSES, "[data-bodyseg-drawn]"),
    Shot("compare", COMPARE, ".bodyseg-agreement td", height=1900),
    Shot("parts", PARTS, ".bodyseg-key li:not(.bodyseg-absent)", needs_bodypix=True),
    Shot("effects", EFFECTS, ".bodyseg-took:not([hidden])", height=2300),
]


def cells_of(shot: Shot, request: pytest.FixtureRequest) -> list[str]:
    """Return the cell that makes an image, after one that says where weights are."""
    if not shot.needs_bodypix:
        return [shot.cell]
    folder: Path = request.getfixturevalue("bodypix_folder")
    return [f"import os; os.environ['BODYSEG_MODELS'] = {str(folder.parent)!r}", shot.cell]


@pytest.fixture
def update(
    server: Server, webcam_clip: Path, request: pytest.FixtureRequest
) -> Callable[[Shot], None]:
    """Write an image if that is asked for, in a browser that nothing slows: at its real rates."""

    def write(shot: Shot) -> None:
        if not request.config.getoption("--update-pictures"):
            return
        with quiet_chromium(camera=webcam_clip, size=(WIDTH, shot.height)) as page:
            notebook = Notebook(page, server, cells_of(shot, request))
            notebook.run_all()
            _wait_until_ready(page, shot)
            page.wait_for_timeout(4000)
            page.screenshot(".bodyseg-explorer", shot.path)
            notebook.close()

    return write


@pytest.mark.parametrize("shot", SHOTS, ids=lambda shot: shot.name)
def test_a_picture_of_the_readme_shows_a_running_explorer(
    shot: Shot,
    page: Page,
    open_notebook: OpenNotebook,
    update: Callable[[Shot], None],
    request: pytest.FixtureRequest,
) -> None:
    page.set_viewport_size({"width": WIDTH, "height": shot.height})
    notebook = open_notebook(*cells_of(shot, request))
    _wait_until_ready(page, shot)
    # Other tests of this kernel have no weights.
    notebook.execute("import os; os.environ.pop('BODYSEG_MODELS', None)")
    assert page.evaluate("() => document.querySelector('.bodyseg-note').hidden")
    update(shot)
    assert f"({shot.path.relative_to(ROOT)})" in (ROOT / "README.md").read_text()
    assert shot.path.is_file()


def _wait_until_ready(page: Page | QuietPage, shot: Shot) -> None:
    page.wait_for_function("() => document.querySelector('.bodyseg-rate b')?.textContent > 1")
    page.wait_for_function(f"() => document.querySelector('{shot.ready}') !== null")
