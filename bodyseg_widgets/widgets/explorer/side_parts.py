"""What stands beside the panels: the pose in space, differences, numbers and curves."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final, Protocol

import ipywidgets
import traitlets

from bodyseg_widgets.errors import InvalidOptionError, MissingDependencyError
from bodyseg_widgets.streaming import LIVE_MODELS
from bodyseg_widgets.widgets.compare.difference_view import DIFFERENCE_VIEWS, DifferenceView
from bodyseg_widgets.widgets.kit.boxes import box, close_family, heading, labelled_picker
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.view.view_tabs import ViewTabs

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
    from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

_NONE: Final = -1
"""The place of no panel at all."""

# Parts with plots import them when they are made: plotly takes a while to load, and is an extra.


@dataclass(frozen=True, slots=True)
class Around:
    """What the parts beside the panels share.

    Attributes
    ----------
    mirror : ToggleButton
        Whether pictures are mirrored.
    monitor : AgreementMonitor
        Computes how far the panels agree.
    """

    mirror: ToggleButton
    monitor: AgreementMonitor


class SidePart(Protocol):
    """A widget beside the panels."""

    layout: ipywidgets.Layout

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels, as some were added, removed, moved or renamed."""

    def close(self) -> None:
        """Take it off the page with all that is in it."""


class PosePart(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """The pose in space of the first panel whose model finds poses."""

    def __init__(self, panels: Sequence[ModelPanel], around: Around) -> None:
        self._mirror = around.mirror
        self._panel: ModelPanel | None = None
        self._link: traitlets.link | None = None
        self.pose_panel: PosePanel3D | None = None
        super().__init__([])
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show the first of these panels that has poses."""
        panel = next((each for each in panels if finds_poses(each)), None)
        if panel is self._panel or (panel is None and self._panel in panels):
            return
        self._leave()
        self._panel = panel
        if panel is None:
            return
        from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D  # noqa: PLC0415

        self.pose_panel = PosePanel3D(panel.stream, mirror=self._mirror.value)
        self._link = traitlets.link((self._mirror, "value"), (self.pose_panel.plot, "mirror"))
        self._show(self.pose_panel)

    def close(self) -> None:
        """End the plot and close it."""
        if self.comm is None:
            return
        self._leave()
        self.layout.close()
        super().close()

    def _leave(self) -> None:
        self._show()
        if self._link is not None:
            self._link.unlink()
        if self.pose_panel is not None:
            self.pose_panel.close()
        self._link, self.pose_panel = None, None

    def _show(self, *panels: PosePanel3D) -> None:
        self.children = panels


class DifferencePart(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Where two panels differ, with pickers for the two.

    Attributes
    ----------
    view : DifferenceView
        The picture.
    a_picker, b_picker : ipywidgets.Dropdown
        Which two panels.
    tabs : ViewTabs
        Agreement, or the signed difference of the probabilities.
    """

    def __init__(self, panels: Sequence[ModelPanel], around: Around) -> None:
        self._panels = [*panels]
        self._chosen = [panels[0], panels[1]]
        self.a_picker = labelled_picker("First panel")
        self.b_picker = labelled_picker("Second panel")
        self.view = DifferenceView(
            panels[0].view, panels[1].view, mirror=around.mirror.value, frame_number=True
        )
        self.tabs = ViewTabs(value=self.view.view, views=DIFFERENCE_VIEWS)
        self._links = [
            ipywidgets.jslink((self.tabs, "value"), (self.view, "view")),
            ipywidgets.jslink((around.mirror, "value"), (self.view, "mirror")),
        ]
        head = box(
            ipywidgets.HBox,
            "head",
            heading("Difference"),
            box(
                ipywidgets.HBox,
                "pair",
                self.a_picker,
                ipywidgets.HTML('<span class="bodyseg-quiet">vs</span>'),
                self.b_picker,
            ),
        )
        super().__init__([head, self.view, self.tabs])
        self.add_class("bodyseg-panel")
        for picker in (self.a_picker, self.b_picker):
            picker.observe(self._choose, "value")
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Offer these panels; one that is gone gives way to the first that is not chosen."""
        if not _several(panels):
            # It hides, and goes on with the one that is left when there is another one.
            return
        self._panels = [*panels]
        for at, chosen in enumerate(self._chosen):
            if chosen not in panels:
                others = [each for each in panels if each not in self._chosen]
                self._chosen[at] = others[0] if others else panels[0]
        options = [(panel.name, index) for index, panel in enumerate(panels)]
        pickers = (self.a_picker, self.b_picker)
        # Half set, they would choose what nobody meant.
        for picker in pickers:
            picker.unobserve(self._choose, "value")
        for picker, panel in zip(pickers, self._chosen, strict=True):
            picker.options = options
            picker.value = panels.index(panel)
        for picker in pickers:
            picker.observe(self._choose, "value")
        self._show()

    def close(self) -> None:
        """Close every widget inside."""
        if self.comm is None:
            return
        for link in self._links:
            link.close()
        close_family(self)
        super().close()

    def _choose(self, _: object) -> None:
        places = (self.a_picker.value, self.b_picker.value)
        self._chosen = [self._panels[place] for place in places]
        self._show()

    def _show(self) -> None:
        a, b = self._chosen
        with self.view.hold_sync():
            self.view.a, self.view.b = a.view, b.view
            self.view.names = [a.name, b.name]


class AgreementPart(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """How far all pairs of panels agree: now, and over the last seconds."""

    def __init__(self, panels: Sequence[ModelPanel], around: Around) -> None:
        from bodyseg_widgets.widgets.compare.agreement_plot import AgreementPlot  # noqa: PLC0415
        from bodyseg_widgets.widgets.compare.agreement_table import AgreementTable  # noqa: PLC0415

        del panels
        self.table = AgreementTable(around.monitor)
        self.plot = AgreementPlot(around.monitor)
        self.table.observe(self._follow_measure, "measure")
        head = box(ipywidgets.HBox, "head", heading("Agreement"))
        super().__init__([head, box(ipywidgets.HBox, "pairs", self.table, self.plot)])
        self.add_class("bodyseg-panel")

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Do nothing: the monitor follows the panels."""

    def close(self) -> None:
        """Close every widget inside."""
        if self.comm is None:
            return
        self.table.close()
        self.plot.close()
        close_family(self)
        super().close()

    def _follow_measure(self, _: object) -> None:
        self.plot.measure = self.table.measure


class ProfilePart(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """The probability along a line that is drawn on the pictures."""

    def __init__(self, panels: Sequence[ModelPanel], around: Around) -> None:
        from bodyseg_widgets.widgets.compare.profile_plot import ProfilePlot  # noqa: PLC0415

        del around
        # Both ends can be seen, and taken hold of.
        self.plot = ProfilePlot(panels, line=(0.06, 0.5, 0.94, 0.5))
        self._panels: list[ModelPanel] = []
        self._links: list[ipywidgets.Widget] = []
        head = box(ipywidgets.HBox, "head", heading("Profile", "drag a line on a picture"))
        super().__init__([head, self.plot])
        self.add_class("bodyseg-panel")
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Draw the line on these panels, and their probabilities along it."""
        if [*panels] != self._panels:
            first = panels[0]
            line = self._panels[0].view.line if self._panels else [*self.plot.line]
            self._leave(keep=panels)
            for panel in panels:
                panel.view.line = line
            self._links = [
                ipywidgets.jslink((first.view, "line"), (panel.view, "line"))
                for panel in panels[1:]
            ]
            first.view.observe(self._follow_line, "line")
        self._panels = [*panels]
        self.plot.panels = [*panels]

    def close(self) -> None:
        """Take the line off the pictures, and close every widget inside."""
        if self.comm is None:
            return
        self._leave(keep=())
        self.plot.close()
        close_family(self)
        super().close()

    def _leave(self, keep: Sequence[ModelPanel]) -> None:
        for link in self._links:
            link.close()
        self._links = []
        if self._panels:
            self._panels[0].view.unobserve(self._follow_line, "line")
        for panel in self._panels:
            if panel not in keep:
                panel.view.line = []

    def _follow_line(self, change: dict[str, list[float]]) -> None:
        if change["new"]:
            self.plot.line = change["new"]


class ThresholdsPart(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Coverage, and agreement with a chosen panel, at every threshold."""

    def __init__(self, panels: Sequence[ModelPanel], around: Around) -> None:
        from bodyseg_widgets.widgets.compare.sweep_plot import SweepPlot  # noqa: PLC0415

        del around
        self.plot = SweepPlot(panels)
        self._panels = [*panels]
        self._chosen: ModelPanel | None = None
        self.reference_picker = labelled_picker("Reference of the IoU")
        head = box(
            ipywidgets.HBox, "head", heading("All thresholds", "IoU to"), self.reference_picker
        )
        super().__init__([head, self.plot])
        self.add_class("bodyseg-panel")
        self.reference_picker.observe(self._choose, "value")
        self.set_panels(panels)

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels, and offer them as reference."""
        self._panels = [*panels]
        if self._chosen not in panels:
            self._chosen = None
        picker = self.reference_picker
        picker.unobserve(self._choose, "value")
        picker.options = [("none", _NONE), *((each.name, at) for at, each in enumerate(panels))]
        picker.value = _NONE if self._chosen is None else panels.index(self._chosen)
        picker.observe(self._choose, "value")
        self.plot.panels = [*panels]
        self._show()

    def close(self) -> None:
        """Close every widget inside."""
        if self.comm is None:
            return
        self.plot.close()
        close_family(self)
        super().close()

    def _choose(self, _: object) -> None:
        place = self.reference_picker.value
        self._chosen = None if place == _NONE else self._panels[place]
        self._show()

    def _show(self) -> None:
        self.plot.reference = None if self._chosen is None else self._chosen.name


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    tooltip: str
    create: Callable[[Sequence[ModelPanel], Around], SidePart]
    needs_plotly: bool
    suits: Callable[[Sequence[ModelPanel]], bool]


def finds_poses(panel: ModelPanel) -> bool:
    """Whether the panel's model finds poses."""
    return LIVE_MODELS[panel.stream.model].finds_poses


def _any_poses(panels: Sequence[ModelPanel]) -> bool:
    return any(map(finds_poses, panels))


def _several(panels: Sequence[ModelPanel]) -> bool:
    return len(panels) > 1


def _always(panels: Sequence[ModelPanel]) -> bool:
    return len(panels) > 0


PARTS: Final = {
    "pose": _Kind(
        "Pose in 3D",
        "Show the pose in space, to be turned and zoomed",
        PosePart,
        needs_plotly=True,
        suits=_any_poses,
    ),
    "difference": _Kind(
        "Difference",
        "Show where two panels differ",
        DifferencePart,
        needs_plotly=False,
        suits=_several,
    ),
    "agreement": _Kind(
        "Agreement",
        "Show how far all panels agree, in numbers",
        AgreementPart,
        needs_plotly=True,
        suits=_several,
    ),
    "profile": _Kind(
        "Profile",
        "Show the probability along a line on the picture",
        ProfilePart,
        needs_plotly=True,
        suits=_always,
    ),
    "thresholds": _Kind(
        "All thresholds",
        "Show what every threshold would give",
        ThresholdsPart,
        needs_plotly=True,
        suits=_always,
    ),
}
"""What can stand beside the panels."""


class SideParts:
    """Opens and closes the parts beside the panels, each with a button of its own.

    Parameters
    ----------
    around : Around
        What the parts share.
    last : ipywidgets.Widget
        What always stands after them.

    Attributes
    ----------
    buttons : dict of str to ToggleButton
        Whether each part is open.
    open : dict of str to SidePart
        The parts that are.
    grid : ipywidgets.Box
        Where they stand.
    """

    def __init__(self, around: Around, last: ipywidgets.Widget) -> None:
        self._around = around
        self._last = last
        self._panels: tuple[ModelPanel, ...] = ()
        self.open: dict[str, SidePart] = {}
        self.buttons = {name: _button(kind) for name, kind in PARTS.items()}
        self.toolbar = box(ipywidgets.HBox, "toolbar", *self.buttons.values())
        self.grid = box(ipywidgets.GridBox, "parts", last)
        for button in self.buttons.values():
            button.observe(self._follow_buttons, "value")

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels in all parts; a part that does not suit them hides."""
        self.grid.remove_class(f"bodyseg-count-{len(self._panels)}")
        self.grid.add_class(f"bodyseg-count-{len(panels)}")
        self._panels = tuple(panels)
        for name, kind in PARTS.items():
            display = None if kind.suits(panels) else "none"
            self.buttons[name].layout.display = display
            if name in self.open:
                self.open[name].layout.display = display
                self.open[name].set_panels(panels)

    def show(self, name: str) -> None:
        """Open a part, if it suits the panels and what it needs is installed."""
        button = self.buttons[name]
        if PARTS[name].suits(self._panels) and not button.disabled:
            button.value = True

    def close(self) -> None:
        """Close all parts."""
        for button in self.buttons.values():
            button.value = False

    def _follow_buttons(self, _: object) -> None:
        for name, button in self.buttons.items():
            if button.value and name not in self.open:
                if not PARTS[name].suits(self._panels):
                    button.value = False
                    continue
                self.open[name] = PARTS[name].create(self._panels, self._around)
        over = {name: self.open.pop(name) for name in [*self.open] if not self.buttons[name].value}
        parts = [self.open[name] for name in PARTS if name in self.open]
        self.grid.children = (*parts, self._last)
        for part in over.values():
            part.close()


def check_parts(names: Sequence[str]) -> None:
    """Refuse a part that there is not.

    Raises
    ------
    InvalidOptionError
        The message lists those that there are.
    """
    for name in names:
        if name not in PARTS:
            raise InvalidOptionError(
                f"show must name parts of {', '.join(map(repr, PARTS))}, but got {name!r}."
            )


def _button(kind: _Kind) -> ToggleButton:
    if kind.needs_plotly and find_spec("plotly") is None:
        reason = MissingDependencyError("plotly", extra="lab", purpose=kind.title)
        return ToggleButton(kind.title, str(reason), disabled=True)
    return ToggleButton(kind.title, kind.tooltip)
