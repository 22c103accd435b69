"""The whole picture: a source, its models side by side, and everything that changes them."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import chain
from typing import TYPE_CHECKING, Any

import ipywidgets

from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import SupportedModels
from bodyseg_widgets.streaming import choose, on_new_model
from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
from bodyseg_widgets.widgets.compare.compared import MOST_PANELS
from bodyseg_widgets.widgets.explorer.side_parts import Around, SideParts, check_parts, finds_poses
from bodyseg_widgets.widgets.kit.boxes import box, close_family, heading, heading_html
from bodyseg_widgets.widgets.kit.group_mark import GroupMark
from bodyseg_widgets.widgets.kit.menu_button import MenuButton
from bodyseg_widgets.widgets.kit.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.record.record_controls import RecordControls
from bodyseg_widgets.widgets.source.timeline import Timeline
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.view.model_panel import ModelPanel, model_options
from bodyseg_widgets.widgets.view.timing_readout import TimingReadout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.streaming import ModelLike, Result
    from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D
    from bodyseg_widgets.widgets.source.webcam import Pictures
    from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
    from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView
    from bodyseg_widgets.widgets.view.threshold_slider import ThresholdSlider
    from bodyseg_widgets.widgets.view.view_tabs import ViewTabs


class Explorer(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """See a source through one model or several, on the very same frame, while it runs.

    Display it as the last line of a cell and press Start. Its parts are the attributes below,
    each a widget of its own that can also be displayed elsewhere. Where it has one panel only,
    `stream`, `view`, `tabs`, `threshold_slider`, `model_picker`, `runtime_picker` and `rate` are
    that panel's; of several they are the first one's.

    Keys: on a picture, arrow keys read what is there, space pauses, comma and full stop step.

    Parameters
    ----------
    webcam : Webcam, path, URL, array or iterable, optional
        The source; whatever `Webcam` takes its pictures from. Default: a new `Webcam`.
    models : sequence, optional
        One panel for each, up to ``MOST_PANELS``: names of models or variants such as
        ``"general"``, ``"landscape"``, ``"lite"``, ``"full"``, ``"heavy"``, or ``(model,
        model_type)``, or ``(model, model_type, runtime)``.
    model : SupportedModels
        Where `models` is left out: the selfie model finds the people's mask, BlazePose their
        poses too.
    model_type : str, optional
        Its variant. Of the selfie model: ``"general"`` (the default) looks at 256 x 256 pixels,
        ``"landscape"`` at 256 x 144: faster, and made for wide pictures. Of BlazePose, from
        fast to accurate: ``"lite"``, ``"full"`` (the default), ``"heavy"``.
    runtime : {"tensorflow", "mediapipe"}
        What runs the models, where `models` does not say so.
    max_poses : int
        How many people's poses to look for, at least 1.
    view : {"mask", "heatmap", "cut-out", "contour", "picture", "effect"}
        What is drawn.
    threshold : float
        From which probability on a pixel is a person, 0 to 1.
    opacity : float
        How much mask or heatmap covers the picture, 0 to 1.
    mirror : bool
        Whether the picture is drawn as in a mirror.
    skeleton : bool
        Whether the poses' skeletons are drawn.
    score_threshold : float
        From which score on a joint is drawn, 0 to 1.
    effect : str
        What the view ``"effect"`` draws: see `SegmentationView.effect`.
    show : sequence of str
        Which parts are open beside the panels at first: of ``"pose"``, ``"difference"``,
        ``"agreement"``, ``"profile"``, ``"thresholds"``.

    Attributes
    ----------
    webcam : Webcam
        The source with its start and stop button.
    panels : tuple of ModelPanel
        One for each model; `add`, `remove` and `move` change them.
    timeline : Timeline
        Pause, step, scrub.
    opacity_slider : LabelledSlider
        The opacity, for all panels.
    mirror_button, skeleton_button : ToggleButton
        Whether pictures are mirrored and skeletons drawn. The latter is shown with models that
        find poses.
    score_slider : ScoreSlider
        The joints' score threshold. Shown with models that find poses.
    same_frame_button, link_button : ToggleButton
        Whether all panels show the same frame, and have the same threshold. Shown with several
        panels.
    add_menu : MenuButton
        Adds a panel.
    parts : SideParts
        What stands beside the panels: ``explorer.parts.buttons["difference"].value = True`` opens
        a part, ``explorer.parts.open["difference"]`` is that part.
    record_controls : RecordControls
        Snapshots, recordings and tables: ``explorer.record_controls.snapshot()``.
    times : TimingReadout
        Where the time goes, of the first panel's model.

    Examples
    --------
    >>> from bodyseg_widgets import Explorer, Webcam
    >>> explorer = Explorer(Webcam(source="sample"), view="heatmap", threshold=0.3)
    >>> explorer.view.threshold
    0.3
    >>> explorer.stream.choose("BlazePose", "lite")
    >>> explorer.model_picker.label
    'BlazePose · lite'
    >>> explorer.add("landscape").name
    'Selfie landscape'
    >>> explorer.close()
    """

    def __init__(
        self,
        webcam: Webcam | Pictures | None = None,
        *,
        models: Sequence[ModelLike] | None = None,
        model: str = SupportedModels.MediaPipeSelfieSegmentation,
        model_type: str | None = None,
        runtime: str = "tensorflow",
        max_poses: int = 1,
        view: str = "mask",
        threshold: float = 0.5,
        opacity: float = 0.7,
        mirror: bool = True,
        skeleton: bool = True,
        score_threshold: float = 0.5,
        effect: str = "bokeh",
        show: Sequence[str] = (),
    ) -> None:
        wanted: Sequence[ModelLike] = (
            [choose(model, model_type, runtime)] if models is None else [*models]
        )
        if not 0 < len(wanted) <= MOST_PANELS:
            raise InvalidOptionError(
                f"models must be 1 to {MOST_PANELS} models, but got {len(wanted)}."
            )
        check_parts(show)
        self._options: dict[str, Any] = {
            "runtime": runtime,
            "max_poses": max_poses,
            "view": view,
            "threshold": threshold,
            "effect": effect,
        }
        looks: dict[str, Any] = {
            "opacity": opacity,
            "mirror": mirror,
            "skeleton": skeleton,
            "score_threshold": score_threshold,
        }
        # The panels check every option, and a refusal leaves nothing behind.
        with ExitStack() as made:
            if isinstance(webcam, Webcam):
                self.webcam = webcam
            else:
                self.webcam = Webcam(webcam)
                made.callback(self.webcam.close)
            panels = []
            for each in wanted:
                panels.append(ModelPanel(self.webcam, each, **self._options, **looks))
                made.callback(panels[-1].close)
            made.pop_all()
        self.opacity_slider = LabelledSlider("opacity", value=opacity)
        self.score_slider = ScoreSlider(value=score_threshold)
        self.mirror_button = ToggleButton("Mirror", "Show the picture as in a mirror", value=mirror)
        self.skeleton_button = ToggleButton(
            "Skeleton", "Show the skeleton of each pose", value=skeleton
        )
        self.same_frame_button = ToggleButton(
            "Same frame",
            "Show in all panels the newest frame that every model has finished",
            value=self.webcam.same_frame,
        )
        self.link_button = ToggleButton("Link thresholds", "Have one threshold for all panels")
        self.add_menu = MenuButton("+ Add model", "Add a panel with this model")
        self.timeline = Timeline(self.webcam)
        monitor = AgreementMonitor()
        self.record_controls = RecordControls(self.webcam, monitor)
        self.times = TimingReadout(panels[0].stream)
        self._times_of = heading("Time")
        self._times_head = box(ipywidgets.HBox, "head", self._times_of)
        time = box(ipywidgets.VBox, "panel", self._times_head, self.times)
        self.parts = SideParts(Around(self.mirror_button, monitor), time)
        self._monitor = monitor
        self._panels: tuple[ModelPanel, ...] = ()
        self._looks = {
            "opacity": self.opacity_slider,
            "mirror": self.mirror_button,
            "skeleton": self.skeleton_button,
            "score_threshold": self.score_slider,
        }
        self._links = [
            ipywidgets.jslink((self.same_frame_button, "value"), (self.webcam, "same_frame"))
        ]
        self._look_links: dict[ModelPanel, list[ipywidgets.Widget]] = {}
        self._threshold_links: list[ipywidgets.Widget] = []
        self._grid = box(ipywidgets.GridBox, "panels")
        self._main = box(
            ipywidgets.VBox,
            "main",
            self._grid,
            self.timeline,
            box(ipywidgets.HBox, "looks", self.opacity_slider, self.score_slider),
            box(ipywidgets.HBox, "toolbar", self.parts.toolbar, self.record_controls),
        )
        super().__init__(
            [
                box(
                    ipywidgets.HBox,
                    "toolbar",
                    self.webcam,
                    self.mirror_button,
                    self.skeleton_button,
                    self.same_frame_button,
                    self.link_button,
                    self.add_menu,
                ),
                self._main,
                self.parts.grid,
                GroupMark(),
            ]
        )
        self.add_class("bodyseg-explorer")
        self.add_menu.add_class("bodyseg-add")
        for panel in panels:
            self._take_up(panel)
        self._arrange(panels)
        self.link_button.observe(self._link_thresholds, "value")
        self._end_offering = on_new_model(self._offer_models)
        self.add_menu.on_choose(self._add_chosen)
        for name in show:
            self.parts.show(name)

    @property
    def panels(self) -> tuple[ModelPanel, ...]:
        """One for each model, in their order."""
        return self._panels

    @property
    def stream(self) -> SegmentationStream:
        """The first panel's: ``explorer.stream.latest``, ``explorer.stream.on_result(fn)``."""
        return self._panels[0].stream

    @property
    def view(self) -> SegmentationView:
        """The first panel's picture."""
        return self._panels[0].view

    @property
    def tabs(self) -> ViewTabs:
        """The first panel's choice of view."""
        return self._panels[0].tabs

    @property
    def threshold_slider(self) -> ThresholdSlider:
        """The first panel's threshold under its histogram."""
        return self._panels[0].threshold_slider

    @property
    def model_picker(self) -> ipywidgets.Dropdown:
        """The first panel's model."""
        return self._panels[0].model_picker

    @property
    def runtime_picker(self) -> ipywidgets.Dropdown:
        """What runs the first panel's model."""
        return self._panels[0].runtime_picker

    @property
    def rate(self) -> TimingReadout:
        """The first panel's masks per second."""
        return self._panels[0].rate

    @property
    def plot_button(self) -> ToggleButton:
        """Whether the pose is shown in space, too. Shown with models that find poses."""
        return self.parts.buttons["pose"]

    @property
    def pose_panel(self) -> PosePanel3D | None:
        """The pose in space, while `plot_button` is pressed."""
        part = self.parts.open.get("pose")
        return getattr(part, "pose_panel", None)

    @property
    def latest(self) -> Result | None:
        """The newest result of the first panel's model, or None before the first."""
        return self.stream.latest

    def start(self) -> None:
        """Start the source, as its button does."""
        self.webcam.start()

    def stop(self) -> None:
        """Stop the source, as its button does."""
        self.webcam.stop()

    def add(
        self, model: ModelLike, *, view: str | None = None, threshold: float | None = None
    ) -> ModelPanel:
        """Add a panel at the end, also while pictures are running.

        Parameters
        ----------
        model : str, sequence of str or Choice
            See `models` of this class.
        view : str, optional
            What it draws; default: what was given to this object.
        threshold : float, optional
            Likewise.

        Returns
        -------
        ModelPanel
            The new panel.

        Raises
        ------
        InvalidOptionError
            There are ``MOST_PANELS`` already, or the model is unknown.
        """
        if len(self._panels) == MOST_PANELS:
            raise InvalidOptionError(
                f"There are {MOST_PANELS} panels already, the most that fit. Remove one first."
            )
        options = {**self._options}
        options |= {} if view is None else {"view": view}
        options |= {} if threshold is None else {"threshold": threshold}
        looks = {name: control.value for name, control in self._looks.items()}
        panel = ModelPanel(self.webcam, model, **options, **looks)
        self._take_up(panel)
        self._arrange([*self._panels, panel])
        return panel

    def remove(self, panel: ModelPanel) -> None:
        """Take a panel away, and end its model.

        Raises
        ------
        InvalidOptionError
            It is no panel of this object, or the only one.
        """
        self._check_panel(panel)
        if len(self._panels) == 1:
            raise InvalidOptionError(
                "The only panel cannot be removed. Close the Explorer, or "
                "choose another model in its panel."
            )
        self._arrange([each for each in self._panels if each is not panel])
        panel.stream.unobserve(self._follow_models, ["model", "model_type", "runtime"])
        for link in self._look_links.pop(panel):
            link.close()
        panel.close()

    def move(self, panel: ModelPanel, to: int) -> None:
        """Put a panel at another place.

        Parameters
        ----------
        panel : ModelPanel
            One of `panels`.
        to : int
            Its place among them, from 0; beyond the ends means at the ends.

        Raises
        ------
        InvalidOptionError
            It is no panel of this object.
        """
        self._check_panel(panel)
        others = [each for each in self._panels if each is not panel]
        others.insert(min(max(to, 0), len(others)), panel)
        self._arrange(others)

    def close(self) -> None:
        """Stop, end the streams' threads, and close every widget inside."""
        if self.comm is None:
            return
        self._end_offering()
        self.parts.close()
        try:
            # What could not be recorded is raised here, and nothing may stay open for it.
            self.record_controls.close()
        finally:
            self._close_the_rest()

    def _close_the_rest(self) -> None:
        self._monitor.close()
        for link in (*self._links, *self._threshold_links, *chain(*self._look_links.values())):
            link.close()
        self.timeline.close()
        for panel in self._panels:
            panel.stream.unobserve(self._follow_models, ["model", "model_type", "runtime"])
            panel.close()
        self.webcam.close()
        close_family(self)
        super().close()

    def _check_panel(self, panel: ModelPanel) -> None:
        if panel not in self._panels:
            names = ", ".join(repr(each.name) for each in self._panels)
            raise InvalidOptionError(f"{panel!r} is no panel of this Explorer; it has {names}.")

    def _take_up(self, panel: ModelPanel) -> None:
        self._look_links[panel] = [
            ipywidgets.jslink((control, "value"), (panel.view, name))
            for name, control in self._looks.items()
        ]
        panel.on_move(lambda each, by: self.move(each, self._panels.index(each) + by))
        panel.on_remove(self.remove)
        panel.stream.observe(self._follow_models, ["model", "model_type", "runtime"])

    def _arrange(self, panels: Sequence[ModelPanel]) -> None:
        self._grid.remove_class(f"bodyseg-count-{len(self._panels)}")
        before, self._panels = self._panels, tuple(panels)
        self._grid.add_class(f"bodyseg-count-{len(panels)}")
        self._grid.children = self._panels
        several = len(panels) > 1
        for panel in panels:
            # Else it stays as a person may have set it.
            if panel not in before or several != (len(before) > 1):
                panel.view.frame_number = several
        for control in (self.same_frame_button, self.link_button):
            control.layout.display = None if several else "none"
        if not several:
            self.same_frame_button.value = False
        self.add_menu.disabled = len(panels) == MOST_PANELS
        self._link_thresholds()
        self._follow_models()

    def _follow_models(self, _: object = None) -> None:
        panels = self._panels
        seen: dict[str, int] = {}
        for index, panel in enumerate(panels):
            name = panel.stream.choice.name
            seen[name] = seen.get(name, 0) + 1
            panel.place(index, len(panels), seen[name])
        self._monitor.panels = panels
        self.record_controls.set_panels(panels)
        self.times.follow(panels[0].stream)
        self._times_of.value = heading_html("Time", f"of {panels[0].name}")
        self._times_head.layout.display = None if len(panels) > 1 else "none"
        self.parts.set_panels(panels)
        poses = any(map(finds_poses, panels))
        for control in (self.skeleton_button, self.score_slider):
            control.layout.display = None if poses else "none"
        self._offer_models()

    def _offer_models(self) -> None:
        self.add_menu.items = [label for label, _ in model_options()]
        for panel in self._panels:
            panel.offer_models()

    def _add_chosen(self, index: int) -> None:
        chosen = self.add_menu.items[index]
        self.add(dict(model_options())[chosen])

    def _link_thresholds(self, _: object = None) -> None:
        for link in self._threshold_links:
            link.close()
        self._threshold_links = []
        if not self.link_button.value:
            return
        first, *others = (panel.threshold_slider for panel in self._panels)
        for other in others:
            other.value = first.value
            self._threshold_links.append(ipywidgets.jslink((first, "value"), (other, "value")))


class Compare(Explorer):
    """Several models side by side on the very same frame, with what differs between them.

    It is an `Explorer` that begins with these panels, and with the parts for differences open.

    Parameters
    ----------
    models : sequence
        One panel for each, up to ``MOST_PANELS``; see `Explorer`.
    webcam : Webcam, path, URL, array or iterable, optional
        The source. Default: a new `Webcam`.
    effect : str
        What the view ``"effect"`` draws: see `SegmentationView.effect`.
    show : sequence of str
        Which parts are open at first; see `Explorer`.
    **options
        Whatever else `Explorer` takes.

    Examples
    --------
    >>> from bodyseg_widgets import Compare, Webcam
    >>> compare = Compare(["general", "landscape", "full"], Webcam(source="sample"))
    >>> [panel.name for panel in compare.panels]
    ['Selfie general', 'Selfie landscape', 'BlazePose full']
    >>> compare.move(compare.panels[2], to=0)
    >>> compare.remove(compare.panels[1])
    >>> [panel.name for panel in compare.panels]
    ['BlazePose full', 'Selfie landscape']
    >>> compare.close()
    """

    def __init__(
        self,
        models: Sequence[ModelLike] = ("general", "landscape", "full"),
        webcam: Webcam | Pictures | None = None,
        *,
        show: Sequence[str] = ("difference", "agreement"),
        **options: Any,  # noqa: ANN401 - those of Explorer
    ) -> None:
        super().__init__(webcam, models=models, show=show, **options)
