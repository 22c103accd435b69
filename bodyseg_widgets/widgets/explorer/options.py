"""The keyword arguments of explorers and their panels, as types."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from bodyseg_widgets.rendering import ColorLike, Palette
    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice


class PanelOptions(TypedDict, total=False):
    """What each panel of an `Explorer` may have for itself."""

    runtime: str
    """What runs the model: ``"tensorflow"``, ``"mediapipe"`` or ``"browser"``, the page."""

    max_poses: int
    """How many people's poses to look for, at least 1."""

    accelerator: str
    """Of runtime ``"browser"``: see `SegmentationStream.accelerator`."""

    view: str
    """What is drawn: see `SegmentationView.view`."""

    threshold: float
    """The probability from which a pixel counts as a person, 0 to 1."""

    effect: str
    """What the view ``"effect"`` draws: see `SegmentationView.effect`."""

    palette: Palette
    """The colors of the views ``"parts"`` and ``"people"``: ``"rainbow"`` or ``"colorblind"``."""

    heatmap_of: str
    """Whose probability the view ``"heatmap"`` shows: see `SegmentationView.heatmap_of`."""


class LookOptions(TypedDict, total=False):
    """What all panels of an `Explorer` have in common."""

    opacity: float
    """How much mask or heatmap covers the image, 0 to 1."""

    mask_color: ColorLike
    """The color of masks and contours."""

    mirror: MirrorChoice
    """Whether the image is mirrored: see `SegmentationView.mirror`."""

    skeleton: bool
    """Whether skeletons are drawn."""

    score_threshold: float
    """The score from which a joint is drawn, 0 to 1."""


class ExplorerOptions(PanelOptions, LookOptions, total=False):
    """What `Compare` passes on to `Explorer`."""

    model: str
    """Used where `models` is None: the model's name."""

    model_type: str | None
    """Used where `models` is None: the model's variant; None is its default."""

    keep_picture: bool
    """Whether a notebook may keep a picture of a camera or a screen."""
