"""The table of all parts: their labels, what they need, and which panels they suit."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.arguments import check_choice, names_of
from bodyseg_widgets.extras import missing
from bodyseg_widgets.widgets.explorer.parts.agreement_part import AgreementPart
from bodyseg_widgets.widgets.explorer.parts.correct_part import CorrectPart
from bodyseg_widgets.widgets.explorer.parts.difference_part import DifferencePart
from bodyseg_widgets.widgets.explorer.parts.part import PartContext, SidePart, finds_poses_in_3d
from bodyseg_widgets.widgets.explorer.parts.pose_part import PosePart
from bodyseg_widgets.widgets.explorer.parts.profile_part import ProfilePart
from bodyseg_widgets.widgets.explorer.parts.speed_part import SpeedPart
from bodyseg_widgets.widgets.explorer.parts.threshold_sweep_part import ThresholdSweepPart
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.widgets.view.model_panel import ModelPanel


@dataclass(frozen=True, slots=True)
class PartKind:
    """One kind of part.

    Attributes
    ----------
    label, tooltip : str
        Of its button.
    create : callable
        Makes the part. Parts with plots import plotly here: it is an extra, and loads slowly.
    needs_plotly : bool
        Whether its button is disabled without plotly.
    suits : callable
        Whether it has something to show of these panels.
    """

    label: str
    tooltip: str
    create: Callable[[Sequence[ModelPanel], PartContext], SidePart]
    needs_plotly: bool
    suits: Callable[[Sequence[ModelPanel]], bool]

    def button(self) -> ToggleButton:
        """Create its button; without plotly it is disabled and says what to install."""
        if self.needs_plotly and find_spec("plotly") is None:
            reason = missing("plotly", self.label)
            return ToggleButton(self.label, str(reason), disabled=True)
        return ToggleButton(self.label, self.tooltip)


def _any_poses(panels: Sequence[ModelPanel]) -> bool:
    return any(map(finds_poses_in_3d, panels))


def _several(panels: Sequence[ModelPanel]) -> bool:
    return len(panels) > 1


def _any(panels: Sequence[ModelPanel]) -> bool:
    return len(panels) > 0


PARTS: Final = {
    "pose": PartKind(
        "Pose in 3D",
        "Show the pose in 3D; it can be turned and zoomed",
        PosePart,
        needs_plotly=True,
        suits=_any_poses,
    ),
    "difference": PartKind(
        "Difference",
        "Show where two panels differ",
        DifferencePart,
        needs_plotly=False,
        suits=_several,
    ),
    "agreement": PartKind(
        "Agreement",
        "Show how well all panels agree, in numbers",
        AgreementPart,
        needs_plotly=True,
        suits=_several,
    ),
    "profile": PartKind(
        "Profile",
        "Show the probability along a line through the image",
        ProfilePart,
        needs_plotly=True,
        suits=_any,
    ),
    "thresholds": PartKind(
        "Threshold sweep",
        "Show coverage and agreement at every threshold",
        ThresholdSweepPart,
        needs_plotly=True,
        suits=_any,
    ),
    "correct": PartKind(
        "Correct mask",
        "Pause, and correct the mask of the frame with a brush; save both for a comparison",
        CorrectPart,
        needs_plotly=False,
        suits=_any,
    ),
    "speed": PartKind(
        "Speed",
        "Measure how fast each model is on this computer, in Python and in the page",
        SpeedPart,
        needs_plotly=False,
        suits=_any,
    ),
}
"""All parts by name, in the order in which they stand beside the panels."""


def check_parts(names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the name of a part, or of several, as several.

    Raises
    ------
    InvalidOptionError
        A part does not exist; the message lists those that do.
    """
    return tuple(check_choice("A part to show", name, PARTS) for name in names_of("show", names))
