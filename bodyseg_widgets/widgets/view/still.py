"""What views show at rest: the frame that a saved notebook or page keeps of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bodyseg_widgets.cards.panels import PanelPicture, panels_png, width_of
from bodyseg_widgets.cards.views import draw_view
from bodyseg_widgets.cards.words import share
from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.evaluation import coverage
from bodyseg_widgets.streaming import Frame, Result, look_once

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bodyseg_widgets.streaming import StoredResult
    from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView

__all__ = ["Still", "picture_of", "stills"]

_LIVE = "camera", "kernel camera", "screen", "stream"
_NOT_KEPT = (
    "A live picture: run the notebook to see it. Pictures of cameras and screens are not kept."
)
_NOT_SHOWN = "A live picture: run the notebook and press Start to see it."


@dataclass(frozen=True, slots=True)
class Still:
    """One view at rest.

    Attributes
    ----------
    name : str
        The model.
    view : SegmentationView
        The view.
    result : Result or None
        What it shows, the same frame for all views of one source; None if there is none.
    note : str
        Why there is none.
    """

    name: str
    view: SegmentationView
    result: Result | None
    note: str = ""


def stills(views: Mapping[str, SegmentationView], *, asked: bool = False) -> list[Still]:
    """Return what views of one source show at rest, all of them of one frame.

    That is the newest frame that may be kept; before there is one, the first frame of a sample, a
    file or images in memory. What a model has not said of it yet is computed.

    Parameters
    ----------
    views : mapping
        The views, by the names of their models.
    asked : bool
        Whether the user has asked for the newest frame, whatever the source.
    """
    results = [view.stream.keepable(asked=asked) for view in views.values()]
    there = [result for result in results if result is not None]
    known: Mapping[str, StoredResult] = {}
    if there:
        frame = max(there, key=lambda result: result.frame.timestamp).frame
    else:
        webcam = next(iter(views.values())).stream.webcam
        try:
            first = webcam.first_frame()
        except BodySegError as error:
            return [Still(name, view, None, str(error)) for name, view in views.items()]
        if first is None:
            note = _NOT_KEPT if webcam.source in _LIVE else _NOT_SHOWN
            return [Still(name, view, None, note) for name, view in views.items()]
        frame, known = Frame(first.index, first.image, first.time, live=False), first.known
    return [
        Still(name, view, result)
        if result is not None and result.frame.timestamp == frame.timestamp
        else _computed(name, view, frame, known)
        for (name, view), result in zip(views.items(), results, strict=True)
    ]


def _computed(
    name: str, view: SegmentationView, frame: Frame, known: Mapping[str, StoredResult]
) -> Still:
    stream = view.stream
    try:
        result = look_once(stream.choice, frame, max_poses=int(stream.max_poses), known=known)
    except BodySegError as error:
        return Still(name, view, None, str(error))
    return Still(name, view, result)


def picture_of(views: Mapping[str, SegmentationView]) -> bytes:
    """Return the picture that a notebook keeps of views of one source, as PNG."""
    return panels_png([_panel(still, width_of(len(views))) for still in stills(views)])


def _panel(still: Still, width: int) -> PanelPicture:
    view, result = still.view, still.result
    facts = [view.effect if view.view == "effect" else view.view, f"threshold {view.threshold:g}"]
    if result is None:
        return PanelPicture(still.name, facts, note=still.note)
    facts.append(f"coverage {share(coverage(result.mask, view.threshold))}")
    try:
        image = draw_view(result, view.look, scale=width / max(result.frame.size))
    except BodySegError as error:
        return PanelPicture(still.name, facts, note=str(error))
    return PanelPicture(still.name, facts, image)
