"""How widgets refer to each other, as the page gets it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import ipywidgets
import pytest
from traitlets import TraitError

import bodyseg_widgets
from bodyseg_widgets import (
    EffectControls,
    Explorer,
    SegmentationStream,
    SegmentationView,
    ThresholdSlider,
    Timeline,
    TimingReadout,
    Webcam,
)
from bodyseg_widgets.widgets.kit.page_links import PageLinks

PACKAGE = Path(bodyseg_widgets.__file__).parent
FRONTEND = PACKAGE.parent / "frontend" / "src"


def test_each_widget_refers_to_those_it_is_about() -> None:
    webcam = Webcam(source="sample")
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    for owner, name, other in [
        (webcam, "channel", webcam.channel),
        (stream, "webcam", webcam),
        (view, "stream", stream),
        (ThresholdSlider(stream), "stream", stream),
        (TimingReadout(stream), "stream", stream),
        (EffectControls(view), "view", view),
        (Timeline(webcam), "webcam", webcam),
    ]:
        assert owner.get_state(name) == {name: f"anywidget:{other.model_id}"}
    stream.close()
    webcam.close()


def test_an_ipywebrtc_stream_is_referred_to_in_the_same_way() -> None:
    stream = ipywidgets.Video()
    webcam = Webcam(stream=stream)
    assert webcam.get_state("stream") == {"stream": f"anywidget:{stream.model_id}"}
    webcam.close()


def test_a_view_tells_the_page_its_own_id() -> None:
    webcam = Webcam(source="sample")
    view = SegmentationView(SegmentationStream(webcam))
    assert view.get_state("_id") == {"_id": view.model_id}


def test_what_a_reference_holds_cannot_be_exchanged() -> None:
    stream = SegmentationStream(Webcam(source="sample"))
    with pytest.raises(TraitError, match="read-only"):
        stream.webcam = Webcam(source="sample")


def test_a_page_that_is_reloaded_gets_all_states_when_some_widgets_were_closed() -> None:
    webcam = Webcam(source="sample")
    stream = SegmentationStream(webcam)
    view = SegmentationView(stream)
    stream.close()
    webcam.close()
    states = ipywidgets.Widget.get_manager_state()["state"]
    assert states[view.model_id]["state"]["stream"] is None
    assert view.model_id in json.dumps(states)
    view.close()


def test_an_explorer_leaves_no_reference_to_a_widget_that_is_not_there() -> None:
    explorer = Explorer(Webcam(source="sample"))
    states = ipywidgets.Widget.get_manager_state()["state"]
    referred = set(re.findall(r'"anywidget:(\w+)"', json.dumps(states)))
    assert {explorer.webcam.model_id, explorer.webcam.channel.model_id} <= referred <= set(states)
    explorer.close()


def test_links_in_the_page_are_referred_to_until_they_end() -> None:
    links, slider, number = PageLinks(), ipywidgets.IntSlider(), ipywidgets.IntText()
    unlink = links.link((slider, "value"), (number, "value"))
    links.link((slider, "max"), (number, "value"))
    first, second = links._links
    assert links.get_state("_links") == {
        "_links": [f"anywidget:{first.model_id}", f"anywidget:{second.model_id}"]
    }
    unlink()
    assert links._links == [second]
    assert first.comm is None
    links.close()
    assert second.comm is None


def test_an_explorer_makes_no_link_that_nothing_refers_to() -> None:
    explorer = Explorer(Webcam(source="sample"), models=["general", "lite"], show=["difference"])
    explorer.link_button.value = True
    states = ipywidgets.Widget.get_manager_state()["state"]
    made = {key for key, state in states.items() if state["model_name"] == "LinkModel"}
    referred = set(re.findall(r'"anywidget:(\w+)"', json.dumps(states)))
    assert made
    assert made <= referred
    explorer.close()


@pytest.mark.parametrize("folder", [PACKAGE, FRONTEND], ids=["Python", "TypeScript"])
def test_nothing_is_found_by_a_key_of_its_own(folder: Path) -> None:
    """Widgets refer to each other with `REFERENCE`, and pages resolve that in one place."""
    old_ways = re.compile(
        r"IPY_MODEL_|\b_key\b\s*[=:(]|\bprovide[<(]|\bfind<|Symbol\.for\(|widget_serialization"
    )
    sources = [*folder.rglob("*.py"), *folder.rglob("*.ts")]
    assert sources
    assert [str(each) for each in sources if old_ways.search(each.read_text())] == []
