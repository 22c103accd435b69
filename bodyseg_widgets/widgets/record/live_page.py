"""A page whose models run in it: no kernel, and nothing but files beside it.

Its program is ``frontend/src/pages/live_page.ts``, which shows the widgets of a notebook. The
page's own Content Security Policy lets it reach its own server alone.
"""

from __future__ import annotations

import html
import json
import shutil
from base64 import b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict
from urllib.parse import quote

import ipywidgets

from bodyseg_widgets.arguments import listed
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.files import written_whole
from bodyseg_widgets.options import BROWSER
from bodyseg_widgets.streaming.samples import portrait_jpeg
from bodyseg_widgets.widgets.compare.difference_view import DifferenceView
from bodyseg_widgets.widgets.kit.assets import asset_path, asset_text
from bodyseg_widgets.widgets.kit.big_screen_button import BigScreenButton
from bodyseg_widgets.widgets.kit.color_picker import ColorPicker
from bodyseg_widgets.widgets.kit.group_mark import GroupMark
from bodyseg_widgets.widgets.kit.page_links import PageLinks
from bodyseg_widgets.widgets.kit.sliders import LabelledSlider
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.source.mirror_button import MirrorButton
from bodyseg_widgets.widgets.source.timeline import Timeline
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.transport.assets import (
    PROGRAMS,
    asset_content,
    asset_facts,
    models_of,
)
from bodyseg_widgets.widgets.view.effect_controls import EffectControls
from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView
from bodyseg_widgets.widgets.view.threshold_slider import ThresholdSlider
from bodyseg_widgets.widgets.view.timing_readout import TimingReadout
from bodyseg_widgets.widgets.view.view_tabs import ViewTabs

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

__all__ = ["write_live_page"]


class LiveNode(TypedDict):
    """What stands somewhere in a live page."""

    kind: Literal["box", "text", "widget"]
    """What it is."""
    classes: list[str]
    """Of its element."""
    children: list[LiveNode]
    """What is in a box."""
    text: str
    """The HTML of a text."""
    widget: str
    """The model id of a widget."""


class LiveWidget(TypedDict):
    """A widget of a live page."""

    id: str
    """Its model id."""
    kind: str
    """The module in ``frontend/src/widgets``; empty if it is only a model."""
    state: dict[str, object]
    """Its traits; bytes are ``{"bytes": base64}``."""


class LiveLink(TypedDict):
    """Two traits that are kept the same."""

    source: tuple[str, str]
    """A model id, and the name of its trait."""
    target: tuple[str, str]
    """The same of the other."""


class LiveFile(TypedDict):
    """A file beside a live page."""

    name: str
    """What it is asked for by."""
    path: str
    """Its address, relative to the page."""
    size: int
    """In bytes."""
    digest: str
    """SHA-256, as hexadecimal digits."""


class LivePage(TypedDict):
    """What a live page shows, and where its files are."""

    layout: LiveNode
    """What is shown."""
    widgets: list[LiveWidget]
    """All widgets, and the models that they refer to."""
    links: list[LiveLink]
    """Between their traits."""
    files: list[LiveFile]
    """What runs the models."""
    sample: str
    """The address of the sample image, relative to the page."""


_KINDS: Final[Mapping[type, str]] = {
    BigScreenButton: "big_screen_button",
    ColorPicker: "color_picker",
    DifferenceView: "difference_view",
    EffectControls: "effect_controls",
    GroupMark: "group_mark",
    LabelledSlider: "labelled_slider",
    MirrorButton: "mirror_button",
    SegmentationStream: "segmentation_stream",
    SegmentationView: "segmentation_view",
    ThresholdSlider: "threshold_slider",
    Timeline: "timeline",
    TimingReadout: "timing_readout",
    ToggleButton: "toggle_button",
    ViewTabs: "view_tabs",
    Webcam: "webcam",
}
"""The widgets that need no Python, and their modules."""

_SOURCES: Final = ("camera", "screen", "sample")
_WHOLE_OR_NOT: Final = frozenset({"bodyseg-panel", "bodyseg-tools"})
"""Boxes that are left out where nothing in them works without Python."""
_HOW: Final = frozenset({"bodyseg-runtime", "bodyseg-accelerator"})
"""Pickers of what the page itself decides."""
_NOT_SAVED: Final = frozenset({"_esm", "_css", "_front_end", "layout", "tabbable", "tooltip"})
_BOXES: Final[Mapping[type, str]] = {
    ipywidgets.VBox: "widget-vbox",
    ipywidgets.GridBox: "widget-gridbox",
    ipywidgets.HBox: "widget-hbox",
}
_POLICY: Final = (
    "default-src 'none'; script-src 'self' blob: 'wasm-unsafe-eval'; worker-src blob:; "
    "connect-src 'self'; style-src 'unsafe-inline'; img-src data: blob:; media-src blob:"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1>
<p>The models run in this browser. Pictures stay in it.</p></header>
<main><p>This page needs JavaScript, and a web server that its files come from, as
<code>python -m http.server</code> in its folder: opened as a file it shows nothing.</p></main>
<footer>Made with bodyseg_widgets. Numbers of agreement, plots, recordings and snapshots, and models
and effects of your own, need Python: a notebook.</footer>
<script type="application/json" id="live">{live}</script>
<script type="module" src="{program}"></script>
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class _Shown:
    """What is left of a notebook's widgets."""

    widgets: dict[str, ipywidgets.Widget]
    links: list[LiveLink]


def write_live_page(
    file: Path,
    explorer: ipywidgets.Box,
    panels: Sequence[ModelPanel],
    *,
    title: str,
    overwrite: bool,
) -> None:
    """Write a page that shows panels live, and the folder with its files beside it.

    Parameters
    ----------
    file : Path
        The page. The folder has its name, with ``_files`` in place of the suffix.
    explorer : Box
        What is shown, as far as it needs no Python.
    panels : sequence of ModelPanel
        Its panels.
    title : str
        The page's title.
    overwrite : bool
        Whether to replace existing files.

    Raises
    ------
    ExistingFileError
        One of the files exists and `overwrite` is False.
    InvalidOptionError
        A model does not run in the page, or the folder cannot be written to.
    MissingWeightsError, ModelFileError
        The weights of BodyPix are not on this computer, or damaged.
    """
    _check_runtimes(panels)
    webcam = panels[0].stream.webcam
    choices = [panel.stream.choice for panel in panels]
    models = {name for each in choices for name in models_of(each.model, each.model_type)}
    names = [*PROGRAMS, *sorted(models)]
    folder = file.with_name(f"{file.stem}_files")
    shown = _shown(explorer, webcam)
    address = quote(folder.name)
    live: LivePage = {
        "layout": _node(explorer, shown) or _nothing("box"),
        "widgets": [_widget(each) for each in shown.widgets.values()],
        "links": shown.links,
        "files": [_file(name, f"{address}/{_stored(name)}") for name in names],
        "sample": f"{address}/sample.jpg",
    }
    page = _PAGE.format(
        policy=html.escape(_POLICY),
        title=html.escape(title),
        style=asset_text("live_page.css"),
        # In a script, only what could end it or begin a comment has to be written otherwise.
        live=json.dumps(live, separators=(",", ":")).replace("<", "\\u003c"),
        program=f"{address}/live_page.js",
    )
    folder.mkdir(exist_ok=True)
    for name in names:
        with written_whole(folder / _stored(name), overwrite=overwrite) as part:
            part.write_bytes(asset_content(name))
    with written_whole(folder / "live_page.js", overwrite=overwrite) as part:
        shutil.copyfile(asset_path("live_page.js"), part)
    with written_whole(folder / "sample.jpg", overwrite=overwrite) as part:
        part.write_bytes(portrait_jpeg())
    # Last: who finds it finds all of it.
    with written_whole(file, overwrite=overwrite) as part:
        part.write_text(page, "utf-8")


def _check_runtimes(panels: Sequence[ModelPanel]) -> None:
    others = [panel.name for panel in panels if panel.stream.runtime != BROWSER]
    if others:
        raise InvalidOptionError(
            f"A live page has no Python, so its models run in it, but {listed(others)} "
            f"{'has' if len(others) == 1 else 'have'} another runtime. Choose runtime='browser'."
        )


def _stored(name: str) -> str:
    # Some servers say of .gz files that browsers are to unpack them.
    return f"{name.replace('.gz', '').replace(' ', '_')}.bin"


def _file(name: str, path: str) -> LiveFile:
    size, digest = asset_facts(name)
    return {"name": name, "path": path, "size": size, "digest": digest}


def _shown(explorer: ipywidgets.Box, webcam: Webcam) -> _Shown:
    """Find the widgets that work, and the links between them."""
    all_links = [
        link
        for each in _inside(explorer)
        if isinstance(each, PageLinks)
        for link in each._links  # noqa: SLF001 - what a page is told
    ]
    linked = {widget for link in all_links for widget, _ in (link.source, link.target)}
    widgets = {each.model_id: each for each in _inside(explorer) if _works(each, linked)}
    views = [each for each in widgets.values() if isinstance(each, SegmentationView)]
    for each in (webcam.channel, *(view.stream for view in views)):
        widgets[each.model_id] = each
    links: list[LiveLink] = [
        {"source": _end(link.source), "target": _end(link.target)}
        for link in all_links
        if {link.source[0].model_id, link.target[0].model_id} <= widgets.keys()
    ]
    return _Shown(widgets, links)


def _inside(parent: ipywidgets.Box) -> Iterator[ipywidgets.Widget]:
    for child in parent.children:
        yield child
        if isinstance(child, ipywidgets.Box):
            yield from _inside(child)


def _works(widget: ipywidgets.Widget, linked: set[ipywidgets.Widget]) -> bool:
    """Whether it needs no Python: also not for what it sets."""
    if isinstance(widget, ToggleButton):
        return widget in linked
    if isinstance(widget, TimingReadout):
        # The others tell the way to the kernel.
        return widget.compact
    return _kind(widget) != ""


def _kind(widget: ipywidgets.Widget) -> str:
    return next((_KINDS[each] for each in type(widget).__mro__ if each in _KINDS), "")


def _end(end: tuple[ipywidgets.Widget, str]) -> tuple[str, str]:
    widget, trait = end
    return widget.model_id, trait


def _node(widget: ipywidgets.Widget, shown: _Shown) -> LiveNode | None:
    """Return what is shown of a widget; None for nothing."""
    if widget.layout.display == "none":
        return None
    node: LiveNode | None = None
    if isinstance(widget, ipywidgets.Box):
        node = _box(widget, shown)
    elif widget.model_id in shown.widgets:
        node = {**_nothing("widget"), "widget": widget.model_id}
    elif isinstance(widget, ipywidgets.HTML):
        node = {**_nothing("text"), "classes": ["widget-html"], "text": widget.value}
    elif isinstance(widget, ipywidgets.Dropdown) and _HOW.isdisjoint(widget._dom_classes):  # noqa: SLF001
        # What was chosen stays. Without its classes, which draw a picker.
        chosen = html.escape(widget.label or "")
        return {**_nothing("text"), "classes": ["bodyseg-chosen"], "text": chosen}
    if node is not None:
        node["classes"] += widget._dom_classes  # noqa: SLF001 - ipywidgets' way to say it
    return node


def _box(parent: ipywidgets.Box, shown: _Shown) -> LiveNode | None:
    children = [node for child in parent.children if (node := _node(child, shown)) is not None]
    is_whole = _WHOLE_OR_NOT.isdisjoint(parent._dom_classes)  # noqa: SLF001
    if not children or not (is_whole or _has_control(children, shown)):
        return None
    kind = next(_BOXES[each] for each in type(parent).__mro__ if each in _BOXES)
    return {**_nothing("box"), "classes": ["widget-box", kind], "children": children}


def _nothing(kind: Literal["box", "text", "widget"]) -> LiveNode:
    return {"kind": kind, "classes": [], "children": [], "text": "", "widget": ""}


def _has_control(nodes: Sequence[LiveNode], shown: _Shown) -> bool:
    return any(
        _has_control(node["children"], shown)
        or (node["widget"] and not isinstance(shown.widgets[node["widget"]], GroupMark))
        for node in nodes
    )


def _widget(widget: ipywidgets.Widget) -> LiveWidget:
    state: dict[str, Any] = {
        name: value
        for name, value in widget.get_state().items()
        if name not in _NOT_SAVED and not name.startswith(("_model_", "_view_", "_dom"))
    }
    if isinstance(widget, ToggleButton):
        state["tooltip"] = widget.tooltip
    if isinstance(widget, Webcam):
        source = widget.source if widget.source in _SOURCES else "sample"
        # A page runs nothing before somebody presses Start.
        stopped = {"running": False, "paused": False, "_page": "", "state": "idle", "message": ""}
        state |= {**stopped, "source": source, "path": "", "stream": None, "_images_label": ""}
        state |= {"devices": [], "device_id": "", "page_may_open": [*_SOURCES], "_wanted": False}
        state |= {"_results_wanted": "none"}
    if isinstance(widget, SegmentationView):
        state |= {"_custom_effects": [], "_effect_values": {}, "_effect_images": {}}
    return {"id": widget.model_id, "kind": _kind(widget), "state": _in_json(state)}


def _in_json(value: Any) -> Any:  # noqa: ANN401 - what traits have
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": b64encode(value).decode()}
    if isinstance(value, dict):
        return {name: _in_json(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_in_json(each) for each in value]
    return value
