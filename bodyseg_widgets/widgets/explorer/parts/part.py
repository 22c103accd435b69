"""What all parts beside the panels have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from bodyseg_widgets.streaming import LIVE_MODELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ipywidgets

    from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
    from bodyseg_widgets.widgets.source.mirror_button import MirrorButton
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


@dataclass(frozen=True, slots=True)
class PartContext:
    """What parts use of the `Explorer` they stand in.

    Attributes
    ----------
    mirror_button : MirrorButton
        Whether images are mirrored.
    monitor : AgreementMonitor
        Computes how well the panels agree.
    """

    mirror_button: MirrorButton
    monitor: AgreementMonitor


class SidePart(Protocol):
    """A widget beside the panels."""

    layout: ipywidgets.Layout

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels, after some were added, removed, moved or renamed."""

    def close(self) -> None:
        """Remove it from the page with everything inside."""


def finds_poses(panel: ModelPanel) -> bool:
    """Whether the panel's model finds poses."""
    return LIVE_MODELS[panel.stream.model].finds_poses


def finds_poses_in_3d(panel: ModelPanel) -> bool:
    """Whether the panel's model finds poses with depth and meters."""
    return finds_poses(panel) and LIVE_MODELS[panel.stream.model].body.in_3d
