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
