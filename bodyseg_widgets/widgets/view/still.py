"""What views show at rest: the frame that a saved notebook or page keeps of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bodyseg_widgets.cards.panels import PanelPicture, panels_png, width_of
from bodyseg_widgets.cards.views import class_in, draw_view, legend_of, view_of
from bodyseg_widgets.cards.words import share
from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.evaluation import coverage
from bodyseg_widgets.streaming import Frame, Result, look_once
from bodyseg_widgets.widgets.stream.asked import asked_results, has_to_ask

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bodyseg_widgets.streaming import StoredResult
    from bodyseg_widgets.widgets.source.webcam import Webcam
    from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
    from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView

__all__ = ["Still", "at_rest", "picture_of", "stills"]

_LIVE = "camera", "kernel camera", "screen", "stream"
_BEGUN = "live", "on hold"
_NOT_KEPT = (
    "A live picture: run the notebook to see it. Pictures of cameras and screens are not kept."
)
_SHOW_AGAIN = "A live picture. To keep it, show this again in a cell that is run after Start."
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
    streams = [view.stream for view in views.values()]
    return [
        Still(name, view, result, note)
        for (name, view), (result, note) in zip(
            views.items(), at_rest(streams, asked=asked), strict=True
        )
    ]


def at_rest(
    streams: Sequence[SegmentationStream], *, asked: bool = False
) -> list[tuple[Result | None, str]]:
    """Return the results of streams of one source that are shown at rest; see `stills`.

    Returns
    -------
    list of (Result or None, str)
        Of each stream its result, or None and why there is none.
    """
    results = _newest(streams, asked=asked)
    there = [result for result in results if result is not None]
    known: Mapping[str, StoredResult] = {}
    if there:
        frame = max(there, key=lambda result: result.frame.timestamp).frame
    else:
        webcam = streams[0].webcam
        try:
            first = webcam.first_frame()
        except Exception as error:  # noqa: BLE001 - said in its place: the widget is to be shown
            return [(None, _said(error))] * len(streams)
        if first is None:
            return [(None, _why_none(webcam))] * len(streams)
        frame, known = Frame(first.index, first.image, first.time, live=False), first.known
    return [
        (result, "")
        if result is not None and result.frame.timestamp == frame.timestamp
        else _computed(stream, frame, known)
        for stream, result in zip(streams, results, strict=True)
    ]


def _newest(streams: Sequence[SegmentationStream], *, asked: bool) -> Sequence[Result | None]:
    """Return the newest results that may be kept."""
    webcam = streams[0].webcam
    may_keep = asked or webcam.keep_picture or webcam.source not in _LIVE
    # Nothing would come of a page that has not begun, as where this is displayed first, or whose
    # models are not loaded.
    begun = webcam.state in _BEGUN and all(stream.state == "ready" for stream in streams)
    if may_keep and begun and has_to_ask(streams):
        results = asked_results(streams)
        if results is not None:
            return results
    return [stream.keepable(asked=asked) for stream in streams]


def _why_none(webcam: Webcam) -> str:
    if webcam.keep_picture:
        return _SHOW_AGAIN
    return _NOT_KEPT if webcam.source in _LIVE else _NOT_SHOWN


def _computed(
    stream: SegmentationStream, frame: Frame, known: Mapping[str, StoredResult]
) -> tuple[Result | None, str]:
    try:
        people, classes = int(stream.max_poses), stream.wanted_classes
        result = look_once(stream.choice, frame, max_poses=people, known=known, classes=classes)
    except Exception as error:  # noqa: BLE001 - likewise, as streams do
        return None, _said(error)
    return result, ""


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, BodySegError) else f"{type(error).__name__}: {error}"


def picture_of(views: Mapping[str, SegmentationView]) -> bytes:
    """Return the picture that a notebook keeps of views of one source, as PNG."""
    return panels_png([_panel(still, width_of(len(views))) for still in stills(views)])


def _panel(still: Still, width: int) -> PanelPicture:
    view, result = still.view, still.result
    shown = view.view if result is None else view_of(view.view, result.segmentation)
    facts = [view.effect if shown == "effect" else shown, f"threshold {view.threshold:g}"]
    if result is None:
        return PanelPicture(still.name, facts, note=still.note)
    look = view.look
    if shown == "heatmap" and class_in(look.heatmap_of, result.segmentation):
        facts[0] = f"heatmap of {look.heatmap_of.replace('_', ' ')}"
    facts.append(f"coverage {share(coverage(result.mask, view.threshold))}")
    try:
        image = draw_view(result, look, scale=width / max(result.frame.size))
    except BodySegError as error:
        return PanelPicture(still.name, facts, note=str(error))
    return PanelPicture(still.name, facts, image, legend_of(result, look))
