"""A page that shows views at rest and stands alone: no kernel, no network, no other file.

Its program is ``frontend/src/pages/saved_page.ts``, which draws with the code of the live views.
The page's own Content Security Policy forbids whatever could reach a network.
"""

from __future__ import annotations

import html
import json
import math
from base64 import b64encode
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypedDict

from bodyseg_widgets.cards.views import draw_view
from bodyseg_widgets.cards.words import count, milliseconds
from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.streaming import encode_image
from bodyseg_widgets.widgets.kit.assets import asset_text
from bodyseg_widgets.widgets.stream.segmentation_stream import class_names, topology_of
from bodyseg_widgets.widgets.transport.results import result_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.rendering import Palette
    from bodyseg_widgets.streaming import Choice, Result
    from bodyseg_widgets.widgets.stream.segmentation_stream import ClassName, Topology
    from bodyseg_widgets.widgets.transport.messages import PlaneMessage, PoseMessage
    from bodyseg_widgets.widgets.view.still import Still

__all__ = ["page_of"]


class SavedResult(TypedDict):
    """A model's result in a saved page, as in `ResultFields`; buffers are base64."""

    shape: tuple[int, int]
    """Height and width of the mask, in pixels."""
    region: tuple[int, int, int, int]
    """The part of the frame that the mask covers, in pixels of the frame."""
    mask: str
    """The mask, packed."""
    poses: list[PoseMessage]
    """The people."""
    topology: Topology | None
    """Of their keypoints; null if the model only finds masks."""
    keypoints: str
    """Their keypoints."""
    planes: list[PlaneMessage]
    """What is in `packed_planes`, in the same order."""
    packed_planes: list[str]
    """Planes of the mask's shape, packed."""


class SavedPanel(TypedDict):
    """A panel of a saved page, with the traits of its view."""

    id: int
    """Its place, from 0."""
    name: str
    """The model."""
    view: str
    """What is drawn at first."""
    threshold: float
    """At first."""
    opacity: float
    """How much the mask covers, 0 to 1."""
    mask_color: str
    """Of mask and contour, as ``#rrggbb``."""
    palette: Palette
    """Of classes and people."""
    heatmap_of: str
    """The label of the class whose heatmap is shown; empty for a person."""
    classes: list[ClassName]
    """The classes of the model; empty if it only tells people from background."""
    mirror: bool
    """Whether it is mirrored."""
    skeleton: bool
    """Whether skeletons are drawn."""
    score_threshold: float
    """The score from which a joint is drawn."""
    facts: str
    """What else is known of the result."""
    result: SavedResult | None
    """None if there is none."""
    note: str
    """Why there is none."""
    effect: str | None
    """The effect that was shown, not mirrored, as a JPEG in base64."""


class SavedPage(TypedDict):
    """What a saved page shows."""

    frame: str
    """The frame, as a JPEG in base64."""
    panels: list[SavedPanel]
    """One for each view."""


_POLICY: Final = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><p>{facts}</p></header>
<main><noscript>This page draws with JavaScript, which is switched off here.</noscript></main>
<footer>Made with bodyseg_widgets. The page is complete: it loads nothing.</footer>
<script type="application/json" id="saved">{saved}</script>
<script type="module">{program}</script>
</body>
</html>
"""


def page_of(stills: Sequence[Still], title: str) -> str:
    """Return a page that shows views at rest.

    Parameters
    ----------
    stills : sequence of Still
        The views, all of one frame.
    title : str
        The page's title.

    Raises
    ------
    BodySegError
        None of them shows anything.
    """
    results = [still.result for still in stills if still.result is not None]
    if not results:
        raise BodySegError(f"There is no picture to save yet. {stills[0].note} Press Start first.")
    frame = results[0].frame
    saved: SavedPage = {
        "frame": _text(encode_image(frame.image)),
        "panels": [_panel(at, still) for at, still in enumerate(stills)],
    }
    width, height = frame.size
    return _PAGE.format(
        policy=html.escape(_POLICY),
        title=html.escape(title),
        facts=f"Frame {frame.id}, {width} × {height} pixels",
        style=_inline("saved_page.css"),
        # In a script, only what could end it or begin a comment has to be written otherwise.
        saved=json.dumps(saved, separators=(",", ":")).replace("<", "\\u003c"),
        program=_inline("saved_page.js"),
    )


def _panel(at: int, still: Still) -> SavedPanel:
    view, result = still.view, still.result
    return {
        "id": at,
        "name": still.name,
        "view": view.view,
        "threshold": view.threshold,
        "opacity": view.opacity,
        "mask_color": view.mask_color,
        "palette": view.palette,
        "heatmap_of": view.heatmap_of,
        "classes": [] if result is None else class_names(result.segmentation.labels),
        "mirror": view.mirrored,
        "skeleton": view.skeleton,
        "score_threshold": view.score_threshold,
        "facts": "" if result is None else _facts(result),
        "result": None
        if result is None
        else _result(_with_class(result, view.heatmap_of), view.stream.choice),
        "note": still.note,
        "effect": None if result is None else _effect(still, result),
    }


def _facts(result: Result) -> str:
    people = [count(len(result.poses), "pose", "poses")] if result.poses else []
    infer = result.timings.infer
    took = [] if math.isnan(infer) else [f"{milliseconds(infer)} for the network"]
    return " · ".join([*people, *took])


def _with_class(result: Result, label: str) -> Result:
    """Return a result with the probability of a class, if it has it."""
    segmentation = result.segmentation
    mask = segmentation.mask
    wanted = {value for value, name in segmentation.labels.items() if name == label}
    known = mask.class_values
    if not (segmentation.has_classes and wanted) or (
        known is not None and wanted.isdisjoint(known)
    ):
        return result
    packed = {*mask.packed_planes.classes}
    mask = mask.in_levels(sorted(packed | wanted))
    return replace(result, segmentation=replace(segmentation, mask=mask))


def _result(result: Result, choice: Choice) -> SavedResult:
    live = choice.live_model
    fields, (mask, keypoints, *planes) = result_fields(result)
    return {
        "shape": fields["shape"],
        "region": fields["region"],
        "mask": _text(mask),
        "poses": fields["poses"],
        "topology": topology_of(live.body) if live.finds_poses else None,
        "keypoints": _text(keypoints),
        "planes": fields["planes"],
        "packed_planes": [_text(each) for each in planes],
    }


def _effect(still: Still, result: Result) -> str | None:
    if still.view.view != "effect":
        return None
    try:
        # The page mirrors it, and draws the skeleton over it.
        look = replace(still.view.look, mirror=False, skeleton=False)
        return _text(encode_image(draw_view(result, look)))
    except BodySegError:
        # The page shows the mask: a shader, for one, is drawn by the live page alone.
        return None


def _text(data: bytes) -> str:
    return b64encode(data).decode()


def _inline(name: str) -> str:
    return asset_text(name).replace("</script", "<\\/script")
