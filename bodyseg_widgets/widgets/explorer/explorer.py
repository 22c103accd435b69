"""A source, its models side by side, and all their controls."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, Unpack, cast, overload

import ipywidgets

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.files import given_path, written_whole
from bodyseg_widgets.options import (
    BROWSER,
    LIVE_RUNTIMES,
    SupportedModels,
    check_accelerator,
)
from bodyseg_widgets.progress import progress_bar
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.streaming import Choice, choose_like, names_a_model, on_new_model
from bodyseg_widgets.widgets.compare.agreement_monitor import AgreementMonitor
from bodyseg_widgets.widgets.compare.compared_panels import MAX_PANELS
from bodyseg_widgets.widgets.explorer.of_all_panels import OfAllPanels
from bodyseg_widgets.widgets.explorer.parts.all_parts import check_parts
from bodyseg_widgets.widgets.explorer.parts.part import PartContext, finds_poses
from bodyseg_widgets.widgets.explorer.parts.pose_part import PosePart
from bodyseg_widgets.widgets.explorer.side_parts import SideParts
from bodyseg_widgets.widgets.explorer.speed import check_can_measure, measure_speed, ways_of
from bodyseg_widgets.widgets.kit.big_screen_button import BigScreenButton
from bodyseg_widgets.widgets.kit.boxes import box, heading, heading_html
from bodyseg_widgets.widgets.kit.color_picker import ColorPicker
from bodyseg_widgets.widgets.kit.group_mark import GroupMark, labelled_group
from bodyseg_widgets.widgets.kit.menu_button import MenuButton
from bodyseg_widgets.widgets.kit.page_links import PageLinks
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.kit.toggle_button import ToggleButton
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox
from bodyseg_widgets.widgets.record.live_page import write_live_page
from bodyseg_widgets.widgets.record.record_controls import RecordControls
from bodyseg_widgets.widgets.record.saved_page import page_of
from bodyseg_widgets.widgets.source.mirror_button import MirrorButton
from bodyseg_widgets.widgets.source.timeline import Timeline
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.view.model_panel import ModelPanel, model_options
from bodyseg_widgets.widgets.view.still import picture_of, stills
from bodyseg_widgets.widgets.view.timing_readout import TimingReadout

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from bodyseg_widgets.measuring import Benchmark
    from bodyseg_widgets.rendering import ColorLike, Palette
    from bodyseg_widgets.streaming import ModelLike, Result
    from bodyseg_widgets.widgets.explorer.options import LookOptions, PanelOptions
    from bodyseg_widgets.widgets.pose.pose_panel import PosePanel3D
    from bodyseg_widgets.widgets.source.kernel_sources import Images
    from bodyseg_widgets.widgets.source.mirrored import MirrorChoice
    from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
    from bodyseg_widgets.widgets.view.segmentation_view import SegmentationView
    from bodyseg_widgets.widgets.view.threshold_slider import ThresholdSlider
    from bodyseg_widgets.widgets.view.view_tabs import ViewTabs


_Control = TypeVar("_Control", bound=Widget)

_MODEL_TRAITS: Final = ["model", "model_type", "runtime"]


class Explorer(Pictured, WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """Run one model or several on a live source, side by side on the same frame.

    Display it as the last line of a cell and press Start. Its attributes below are widgets that
    can also be displayed elsewhere. `stream`, `view`, `tabs`, `threshold_slider`,
    `model_picker`, `runtime_picker` and `rate` are those of the first panel.

    Keys, on an image: the arrow keys read the values of a pixel, space pauses, comma and period
    step.

    Parameters
    ----------
    webcam : Webcam, path, URL, array or iterable, optional
        The source: a `Webcam`, or whatever `Webcam` takes frames from. Default: a new `Webcam`. The
        name of a model here, or a list of them, means `models`: ``Explorer("lite")``.
    models : str or sequence, optional
        One panel for each, up to ``MAX_PANELS``: names of models or variants such as
        ``"general"``, ``"landscape"``, ``"lite"``, ``"full"``, ``"heavy"``, or ``(model,
        model_type)``, or ``(model, model_type, runtime)``.
    model : str
        Used where `models` is None: one such name. Variants of the selfie model find people's
        masks: ``"general"`` (the default, input 256 x 256) and ``"landscape"`` (input 256 x 144:
        faster, made for wide images). Those of BlazePose also find their poses, from fast to
        accurate: ``"lite"``, ``"full"`` (its default), ``"heavy"``.
    model_type : str, optional
        The variant, where `model` is the name of a model.
    runtime : {"tensorflow", "mediapipe", "browser"}
        What runs the models, unless `models` says so.
    max_poses : int
        How many people's poses to look for, at least 1.
    accelerator : {"auto", "wasm", "webgpu"}
        What the page runs models with, of runtime ``"browser"``: ``"wasm"``, its processor;
        ``"webgpu"``, its graphics card; ``"auto"``, what is faster. See
        `SegmentationStream.accelerator`.
    view : {"mask", "heatmap", "cut-out", "contour", "parts", "people", "picture", "effect"}
        What is drawn; ``"parts"`` and ``"people"`` where results have them, see
        `SegmentationView.view`.
    threshold : float
        The probability from which a pixel counts as a person, 0 to 1.
    opacity : float
        How much mask or heatmap covers the image, 0 to 1.
    mask_color : Color, sequence of int or str
        The color of masks and contours, for people and rooms that hide the usual one.
    mirror : bool or "auto"
        Whether the image is mirrored; ``"auto"`` mirrors a camera of the page and nothing else.
    skeleton : bool
        Whether skeletons are drawn.
    score_threshold : float
        The score from which a joint is drawn, 0 to 1.
    effect : str
        What the view ``"effect"`` draws: see `SegmentationView.effect`.
    palette : {"rainbow", "colorblind"}
        The colors of the views ``"parts"`` and ``"people"``: see `SegmentationView.palette`.
    heatmap_of : str
        Whose probability the view ``"heatmap"`` shows: see `SegmentationView.heatmap_of`.
    keep_picture : bool
        Whether a notebook may keep a picture of a camera or a screen: see `Webcam.keep_picture`.
    show : str or sequence of str
        The parts to open beside the panels: of ``"pose"``, ``"difference"``,
        ``"agreement"``, ``"profile"``, ``"thresholds"``, ``"correct"``,
        ``"speed"``.

    Attributes
    ----------
    runtime, max_poses, accelerator, threshold, effect, palette, heatmap_of
        As above, for all panels and those added later; reading one gives the first panel's.
    opacity, mask_color, mirror, skeleton, score_threshold
        Likewise.
    webcam : Webcam
        The source with its start and stop button.
    panels : tuple of ModelPanel
        One for each model; `add`, `remove` and `move` change them.
    timeline : Timeline
        Pause, step, scrub.
    opacity_slider : LabelledSlider
        The opacity, for all panels. Visible while it acts on one of them.
    color_picker : ColorPicker
        The color of masks and contours, likewise.
    mirror_button : MirrorButton
        Whether images are mirrored.
    skeleton_button : ToggleButton
        Whether skeletons are drawn. Visible with models that find poses.
    score_slider : ScoreSlider
        The joints' score threshold. Visible while skeletons are drawn.
    same_frame_button, link_button : ToggleButton
        Whether all panels show the same frame, and have the same threshold. Visible with several
        panels.
    add_menu : MenuButton
        Adds a panel.
    parts : SideParts
        What opens beside the panels: ``explorer.parts.buttons["difference"].value = True`` opens
        a part, ``explorer.parts.open["difference"]`` is that part.
    record_controls : RecordControls
        Snapshots, recordings and tables: ``explorer.record_controls.snapshot()``.
    times : TimingReadout
        How long each step takes, for the first panel's model.

    Examples
    --------
    >>> from bodyseg_widgets import Explorer, Webcam
    >>> explorer = Explorer(Webcam(source="sample"), view="heatmap", threshold=0.3)
    >>> explorer.threshold = 0.4
    >>> explorer.view.threshold
    0.4
    >>> explorer.stream.choose("BlazePose", "lite")
    >>> explorer.model_picker.label
    'BlazePose · lite'
    >>> explorer.add("landscape").name
    'Selfie landscape'
    >>> explorer.close()
    """

    _parts = ("stream", "view", "webcam")
    _instead: ClassVar[dict[str, str]] = dict.fromkeys(
        ("model", "model_type"), "Write explorer.stream.choose('lite'), or Explorer('lite')."
    )

    webcam: Webcam
    timeline: Timeline
    opacity_slider: LabelledSlider
    color_picker: ColorPicker
    mirror_button: MirrorButton
    skeleton_button: ToggleButton
    score_slider: ScoreSlider
    same_frame_button: ToggleButton
    link_button: ToggleButton
    add_menu: MenuButton
    parts: SideParts
    record_controls: RecordControls
    times: TimingReadout

    runtime = OfAllPanels[str]("stream.runtime")
    max_poses = OfAllPanels[int]("stream.max_poses")
    accelerator = OfAllPanels[str](
        "stream.accelerator", among=lambda panel: panel.stream.choice.runtime == BROWSER
    )
    threshold = OfAllPanels[float]("view.threshold", "threshold_slider.value")
    effect = OfAllPanels[str]("view.effect")
    palette = OfAllPanels["Palette"]("view.palette")
    heatmap_of = OfAllPanels[str]("view.heatmap_of")
    opacity = OfAllPanels[float]("view.opacity", control="opacity_slider")
    mask_color = OfAllPanels[str]("view.mask_color", control="color_picker")
    mirror = OfAllPanels["MirrorChoice"]("view.mirror", control="mirror_button")
    skeleton = OfAllPanels[bool]("view.skeleton", control="skeleton_button")
    score_threshold = OfAllPanels[float]("view.score_threshold", control="score_slider")

    def __init__(
        self,
        webcam: Webcam | Images | ModelLike | None = None,
        *,
        models: ModelLike | Sequence[ModelLike] | None = None,
        model: ModelLike = SupportedModels.MediaPipeSelfieSegmentation,
        model_type: str | None = None,
        runtime: str = LIVE_RUNTIMES[0],
        max_poses: int = 1,
        accelerator: str = "auto",
        view: str = "mask",
        threshold: float = 0.5,
        opacity: float = 0.7,
        mask_color: ColorLike = TEAL,
        mirror: MirrorChoice = "auto",
        skeleton: bool = True,
        score_threshold: float = 0.5,
        effect: str = "bokeh",
        palette: Palette = "rainbow",
        heatmap_of: str = "",
        keep_picture: bool = False,
        show: str | Sequence[str] = (),
    ) -> None:
        show = check_parts(show)
        source = cast("Webcam | Images | None", webcam)
        if models is None and _names_models(webcam):
            models, source = cast("ModelLike | Sequence[ModelLike]", webcam), None
        choices = (
            [choose_like(model, runtime, model_type=model_type)]
            if models is None
            else [choose_like(each, runtime) for each in _listed_models(models)]
        )
        if all(each.runtime != BROWSER for each in choices):
            check_accelerator(accelerator, choices[0].runtime)
        self._panel_options: PanelOptions = {
            "runtime": runtime,
            "max_poses": max_poses,
            "accelerator": accelerator,
            "view": view,
            "threshold": threshold,
            "effect": effect,
            "palette": palette,
            "heatmap_of": heatmap_of,
        }
        looks: LookOptions = {
            "opacity": opacity,
            "mask_color": mask_color,
            "mirror": mirror,
            "skeleton": skeleton,
            "score_threshold": score_threshold,
        }
        # Buttons on the page and cells change panels on different threads.
        self._lock = threading.RLock()
        self._panels: tuple[ModelPanel, ...] = ()
        self._shown_choices: tuple[Choice, ...] = ()
        self._offered: tuple[Choice, ...] = ()
        # What undoes one panel, and what undoes everything: closed from the last to the first.
        self._panel_stacks: dict[ModelPanel, ExitStack] = {}
        self._threshold_links = ExitStack()
        self._closed = False
        self._owns_webcam = not isinstance(source, Webcam)
        # An error leaves nothing behind but the webcam that was given.
        with ExitStack() as undo:
            undo.callback(self.close)
            panels = self._create_panels(source, choices, looks, keep_picture=keep_picture)
            self._create_controls(**looks)
            self._create_parts(panels[0])
            super().__init__(self._layout_children())
            self.add_class("bodyseg-explorer")
            for panel in panels:
                self._connect(panel)
            self._arrange(panels)
            self._offer_models()
            self._closing.callback(on_new_model(self._offer_models))
            for name in show:
                self.parts.show(name)
            # Closed first: no panel may come while the others are closed.
            self._closing.callback(self._refuse_panels)
            undo.pop_all()
        self._owns_webcam = True

    @property
    def panels(self) -> tuple[ModelPanel, ...]:
        """The panels, one for each model, in their order."""
        return self._panels

    @property
    def stream(self) -> SegmentationStream:
        """The first panel's: ``explorer.stream.latest``, ``explorer.stream.on_result(fn)``."""
        return self._panels[0].stream

    @property
    def view(self) -> SegmentationView:
        """The first panel's view."""
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
        """Whether the pose in 3D is shown. Visible with models that find poses."""
        return self.parts.buttons["pose"]

    @property
    def pose_panel(self) -> PosePanel3D | None:
        """The pose in 3D, while `plot_button` is pressed."""
        part = self.parts.open.get("pose")
        return part.pose_panel if isinstance(part, PosePart) else None

    @property
    def latest(self) -> Result | None:
        """The newest result of the first panel's model, or None before the first."""
        return self.stream.latest

    def start(self) -> None:
        """Start the source, as its button does, once a page displays it; see `Webcam.start`."""
        self.webcam.start()

    def stop(self) -> None:
        """Stop the source, as its button does."""
        self.webcam.stop()

    def add(self, model: ModelLike, **options: Unpack[PanelOptions]) -> ModelPanel:
        """Add a panel at the end, also while the source is running.

        Parameters
        ----------
        model : str, sequence of str or Choice
            See `models` of this class.
        **options
            ``runtime``, ``max_poses``, ``view``, ``threshold``, ``effect``: see this class.
            Default: those that were given to this object.

        Returns
        -------
        ModelPanel
            The new panel.

        Raises
        ------
        InvalidOptionError
            There are ``MAX_PANELS`` already, the model is unknown, or this object is closed.
        """
        with self._lock:
            if self._closed:
                raise InvalidOptionError(
                    "This Explorer was closed. Run its cell again to create a new one."
                )
            if len(self._panels) == MAX_PANELS:
                raise InvalidOptionError(
                    f"There are {MAX_PANELS} panels already, the most that fit. Remove one first."
                )
            runtime = options.get("runtime", self._panel_options["runtime"])
            choice = choose_like(model, runtime)
            panel_options: PanelOptions = {**self._options_of(choice), **options}
            looks: LookOptions = {
                "opacity": self.opacity_slider.value,
                "mask_color": self.color_picker.value,
                "mirror": self.mirror_button.value,
                "skeleton": self.skeleton_button.value,
                "score_threshold": self.score_slider.value,
            }
            panel = self._create_panel(choice, panel_options, looks)
            self._connect(panel)
            self._arrange([*self._panels, panel])
        return panel

    def remove(self, panel: ModelPanel) -> None:
        """Remove a panel and close its stream.

        Raises
        ------
        InvalidOptionError
            It is not a panel of this object, or its only one.
        """
        with self._lock:
            self._check_panel(panel)
            if len(self._panels) == 1:
                raise InvalidOptionError(
                    "The only panel cannot be removed. Close the Explorer, or "
                    "choose another model in its panel."
                )
            self._arrange([each for each in self._panels if each is not panel])
            stack = self._panel_stacks.pop(panel)
        # Without the lock: it waits for the stream's thread, whose callbacks may use this object.
        stack.close()

    def move(self, panel: ModelPanel, to: int) -> None:
        """Move a panel to another place.

        Parameters
        ----------
        panel : ModelPanel
            One of `panels`.
        to : int
            Its index among them, from 0; values beyond the ends mean the ends.

        Raises
        ------
        InvalidOptionError
            It is not a panel of this object.
        """
        with self._lock:
            self._check_panel(panel)
            others = [each for each in self._panels if each is not panel]
            others.insert(min(max(to, 0), len(others)), panel)
            self._arrange(others)

    @named_arguments
    def measure_speed(
        self,
        models: ModelLike | Sequence[ModelLike] | None = None,
        seconds: float = 2.0,
        *,
        progress: bool = True,
    ) -> Benchmark:
        """Measure how fast models are on this computer, in the kernel and in the page.

        Each model runs in every way there is, one after the other: runtimes in Python, and in the
        page the processor and the graphics card. They get what the source shows, so press Start
        first; the panels wait meanwhile. Unlike `benchmark`, this is beside a page that captures,
        encodes and draws. The first ten results of each do not count, and frames per second are
        how many of the others fit into a second, from an image's pixels to probability and poses:
        more than a camera may have. Interrupt the cell to cancel it.

        Pictures and results go to Python while it measures.

        Parameters
        ----------
        models : str, sequence of str, Choice, or a list of them, optional
            As `choose_like` takes them; several are a list. Default: the bundled ones.
        seconds : float
            How long each runs, and at least until it has 15 results.
        progress : bool
            Whether to show a progress bar.

        Returns
        -------
        Benchmark
            The results: ``.summary`` is a DataFrame with a row for each. What could not be
            measured, such as a graphics card that is not there, is in ``.failed`` with the reason.

        Raises
        ------
        InvalidOptionError
            The source is not running, or an argument is invalid.
        BodySegError
            Nothing could be measured.
        """
        ways = ways_of(models)
        seconds = check_can_measure(self.webcam, seconds)
        with (
            ExitStack() as resting,
            progress_bar(len(ways), "speed", unit="ways", shown=progress) as bar,
        ):
            for panel in self._panels:
                resting.enter_context(panel.stream.resting())
            measured = measure_speed(
                self.webcam,
                ways,
                seconds,
                tell=lambda index, _: bar.update() if index else None,
                cancelled=threading.Event(),
            )
            bar.update()
        return cast("Benchmark", measured)

    def set_default(self, name: str, value: object) -> None:
        """Set what panels get that are added from now on: one of `PanelOptions`."""
        with self._lock:
            self._panel_options[name] = value  # type: ignore[literal-required]

    def close(self) -> None:
        """Stop the source and the models, and close every widget inside.

        Raises
        ------
        RecordingError
            Something could not be recorded; everything is closed all the same.
        """
        super().close()

    @overload
    def to_html(self) -> str: ...
    @overload
    def to_html(
        self, path: str | os.PathLike[str], *, live: bool = False, overwrite: bool = False
    ) -> Path: ...
    @named_arguments
    def to_html(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        live: bool = False,
        overwrite: bool = False,
    ) -> str | Path:
        """Make a page of what the panels show, for people without Python.

        It is one file of HTML, and has the newest frame, **also one of a camera**, with each
        model's mask at any threshold, the views to choose from, and poses in 3D to turn. Before
        Start it is the first frame of a sample, a file or images in memory. The page loads nothing
        and needs no network.

        With `live`, it has no frame, and runs the models itself, on the camera, the screen or the
        sample image of whoever opens it: their pictures stay in their browser. The panels need
        ``runtime="browser"``. What runs the models is in a folder beside the page, with its name
        and ``_files`` at the end, about 6 MB and the models' files: put both on any web server,
        for a camera one with HTTPS. The page asks no other server for anything.

        Parameters
        ----------
        path : str or os.PathLike, optional
            Where to write it. It is written whole or not at all. With `live`, it is needed.
        live : bool
            Whether the page runs the models.
        overwrite : bool
            Whether to replace existing files.

        Returns
        -------
        str or pathlib.Path
            The page, or the file it was written to.

        Raises
        ------
        BodySegError
            There is no frame yet.
        ExistingFileError
            A file exists and `overwrite` is False.
        InvalidOptionError
            The folder does not exist or cannot be written to; or with `live`, a panel has another
            runtime, or there is no `path`.

        Examples
        --------
        >>> from bodyseg_widgets import Explorer, Webcam
        >>> explorer = Explorer(Webcam(source="sample"))
        >>> page = explorer.to_html()
        >>> page.startswith("<!doctype html>"), len(page) < 300_000
        (True, True)
        >>> explorer.close()
        """
        views = {panel.name: panel.view for panel in self._panels}
        if live:
            if path is None:
                raise InvalidOptionError(
                    "A live page has files beside it, so path must say where to write it, but got "
                    "None. For example: to_html('demo.html', live=True)."
                )
            target = given_path(path)
            title = " and ".join(views)
            write_live_page(target, self, self._panels, title=title, overwrite=overwrite)
            return target
        page = page_of(stills(views, asked=True), " and ".join(views))
        if path is None:
            return page
        file = given_path(path)
        with written_whole(file, overwrite=overwrite) as part:
            part.write_text(page, "utf-8")
        return file

    def _picture(self) -> bytes:
        return picture_of({panel.name: panel.view for panel in self._panels})

    # --- the steps of building it

    def _create_panels(
        self,
        webcam: Webcam | Images | None,
        choices: Sequence[Choice],
        looks: LookOptions,
        *,
        keep_picture: bool,
    ) -> list[ModelPanel]:
        self.webcam = webcam if isinstance(webcam, Webcam) else Webcam(webcam)
        if keep_picture:
            self.webcam.keep_picture = True
        self._closing.callback(self._close_webcam)
        self._closing.callback(self._close_panels)
        return [self._create_panel(each, self._options_of(each), looks) for each in choices]

    def _options_of(self, choice: Choice) -> PanelOptions:
        """Return what a panel gets that is not told otherwise."""
        if choice.runtime == BROWSER:
            return self._panel_options
        return {**self._panel_options, "accelerator": "auto"}

    def _create_panel(
        self, model: ModelLike, options: PanelOptions, looks: LookOptions
    ) -> ModelPanel:
        panel = ModelPanel(self.webcam, model, **options, **looks)
        stack = self._panel_stacks[panel] = ExitStack()
        stack.callback(panel.close)
        return panel

    def _closed_with_it(self, control: _Control) -> _Control:
        self._closing.callback(control.close)
        return control

    def _create_controls(
        self,
        *,
        opacity: float,
        mask_color: ColorLike,
        mirror: MirrorChoice,
        skeleton: bool,
        score_threshold: float,
    ) -> None:
        self.opacity_slider = self._closed_with_it(LabelledSlider("opacity", value=opacity))
        self.opacity_slider.add_class("bodyseg-opacity")
        self.color_picker = self._closed_with_it(ColorPicker("mask color", value=mask_color))
        self.color_picker.add_class("bodyseg-mask-color")
        self.score_slider = self._closed_with_it(ScoreSlider(value=score_threshold))
        self.mirror_button = self._closed_with_it(MirrorButton(self.webcam, value=mirror))
        self.skeleton_button = self._closed_with_it(
            ToggleButton("Skeleton", "Show the skeleton of each pose", value=skeleton)
        )
        self.skeleton_button.add_class("bodyseg-skeleton")
        self.score_slider.add_class("bodyseg-score")
        # They work in the page, also of an image that a lost kernel left there.
        for button in (self.mirror_button, self.skeleton_button):
            button.add_class("bodyseg-in-page")
        self._look_controls: dict[str, ipywidgets.Widget] = {
            "opacity": self.opacity_slider,
            "mask_color": self.color_picker,
            "mirror": self.mirror_button,
            "skeleton": self.skeleton_button,
            "score_threshold": self.score_slider,
        }
        self.same_frame_button = self._closed_with_it(
            ToggleButton(
                "Same frame",
                "Show in all panels the newest frame that every model has finished",
                value=self.webcam.same_frame,
            )
        )
        self._page_links = self._closed_with_it(PageLinks())
        self._page_links.link((self.same_frame_button, "value"), (self.webcam, "same_frame"))
        self.link_button = self._closed_with_it(
            ToggleButton("Link thresholds", "Use one threshold for all panels")
        )
        self.link_button.observe(self._link_thresholds, "value")
        self._closing.callback(self._threshold_links.close)
        self.add_menu = self._closed_with_it(MenuButton("Add model", "Add a panel with this model"))
        self.add_menu.add_class("bodyseg-icon-add")
        self.add_menu.on_choose(lambda index: self.add(self._offered[index]))
        self.timeline = self._closed_with_it(Timeline(self.webcam))

    def _create_parts(self, first: ModelPanel) -> None:
        self._monitor = AgreementMonitor()
        self._closing.callback(self._monitor.close)
        self.record_controls = RecordControls(self.webcam, self._monitor)
        self._closing.callback(self.record_controls.close)
        self.times = TimingReadout(first.stream)
        self._times_heading = heading("Time")
        self._times_head = box(ipywidgets.HBox, "head", self._times_heading)
        times = box(ipywidgets.VBox, "panel", self._times_head, self.times)
        self.parts = SideParts(PartContext(self.mirror_button, self._monitor), last=times)
        self._closing.callback(self.parts.close)

    def _layout_children(self) -> list[ipywidgets.Widget]:
        self._grid = box(ipywidgets.GridBox, "panels")
        toolbar = box(
            ipywidgets.HBox,
            "toolbar",
            self.webcam,
            self.mirror_button,
            self.skeleton_button,
            self.same_frame_button,
            self.link_button,
            box(ipywidgets.HBox, "toolbar-end", BigScreenButton(), self.add_menu),
        )
        self._closing.callback(self._keep_given_webcam, toolbar)
        looks = (self.opacity_slider, self.color_picker, self.score_slider)
        stage = box(
            ipywidgets.VBox,
            "stage",
            self._grid,
            self.timeline,
            box(ipywidgets.HBox, "looks", *looks),
            box(
                ipywidgets.HBox,
                "tools",
                labelled_group("Show", self.parts.toolbar),
                labelled_group("Keep", self.record_controls),
            ),
            self.parts.grid,
        )
        return [toolbar, stage, GroupMark(), self._page_links]

    # --- panels

    def _connect(self, panel: ModelPanel) -> None:
        """Connect a panel, so that closing its stack disconnects it before it is closed."""
        stack = self._panel_stacks[panel]
        for name, control in self._look_controls.items():
            stack.callback(self._page_links.link((control, "value"), (panel.view, name)))
        stack.callback(panel.on_move(self._move_by))
        stack.callback(panel.on_remove(self.remove))
        panel.stream.observe(self._on_model_changed, _MODEL_TRAITS)
        stack.callback(panel.stream.unobserve, self._on_model_changed, _MODEL_TRAITS)

    def _move_by(self, panel: ModelPanel, by: int) -> None:
        with self._lock:
            self._check_panel(panel)
            self.move(panel, self._panels.index(panel) + by)

    def _refuse_panels(self) -> None:
        with self._lock:
            self._closed = True

    def _close_panels(self) -> None:
        with self._lock:
            stacks = [*self._panel_stacks.values()]
        with ExitStack() as everything:
            for stack in stacks:
                everything.push(stack)

    def _keep_given_webcam(self, toolbar: ipywidgets.Box) -> None:
        if not self._owns_webcam:
            # Otherwise it would be closed with everything inside.
            toolbar.children = [each for each in toolbar.children if each is not self.webcam]

    def _close_webcam(self) -> None:
        if self._owns_webcam:
            self.webcam.close()

    def _check_panel(self, panel: ModelPanel) -> None:
        if panel not in self._panels:
            names = ", ".join(repr(each.name) for each in self._panels)
            raise InvalidOptionError(
                f"{in_short(panel)} is not a panel of this Explorer. Its panels are {names}."
            )

    def _arrange(self, panels: Sequence[ModelPanel]) -> None:
        """Show these panels, in this order."""
        self._grid.remove_class(f"bodyseg-count-{len(self._panels)}")
        before, self._panels = self._panels, tuple(panels)
        self._grid.add_class(f"bodyseg-count-{len(panels)}")
        self._grid.children = self._panels
        several = len(panels) > 1
        for panel in panels:
            # Otherwise it stays as the user may have set it.
            if panel not in before or several != (len(before) > 1):
                panel.view.frame_number = several
        for control in (self.same_frame_button, self.link_button):
            control.layout.display = None if several else "none"
        if not several:
            self.same_frame_button.value = False
        self.add_menu.disabled = len(panels) == MAX_PANELS
        self._link_thresholds()
        self._show_models()

    def _on_model_changed(self, _: object) -> None:
        with self._lock:
            # Traits of a stream change together, and each of them calls this.
            if self._choices() != self._shown_choices:
                self._show_models()

    def _choices(self) -> tuple[Choice, ...]:
        return tuple(panel.stream.choice for panel in self._panels)

    def _show_models(self) -> None:
        """Name the panels by their models, and show them in everything beside them."""
        panels = self._panels
        self._shown_choices = self._choices()
        seen: dict[str, int] = {}
        for index, (panel, choice) in enumerate(zip(panels, self._shown_choices, strict=True)):
            seen[choice.name] = seen.get(choice.name, 0) + 1
            panel.place(index, len(panels), seen[choice.name])
        self._monitor.panels = panels
        self.record_controls.set_panels(panels)
        self.times.set_stream(panels[0].stream)
        self._times_heading.value = heading_html("Time", f"of {panels[0].name}")
        self._times_head.layout.display = None if len(panels) > 1 else "none"
        self.parts.set_panels(panels)
        poses = any(map(finds_poses, panels))
        for control in (self.skeleton_button, self.score_slider):
            control.layout.display = None if poses else "none"

    def _offer_models(self) -> None:
        """List all models in the menu and in the panels' pickers."""
        with self._lock:
            options = model_options()
            runtime = self._panel_options["runtime"]
            self._offered = tuple(choose_like(variant, runtime) for _, variant in options)
            self.add_menu.items = [label for label, _ in options]
            for panel in self._panels:
                panel.offer_models()

    def _link_thresholds(self, _: object = None) -> None:
        with self._lock:
            self._threshold_links.close()
            if not self.link_button.value:
                return
            first, *others = (panel.threshold_slider for panel in self._panels)
            for other in others:
                other.value = first.value
                self._threshold_links.callback(
                    self._page_links.link((first, "value"), (other, "value"))
                )


def _names_models(given: object) -> bool:
    """Whether a source is rather the name of a model, or a list of such names."""
    return names_a_model(given) or (
        isinstance(given, list | tuple) and len(given) > 0 and all(map(names_a_model, given))
    )


def _listed_models(models: ModelLike | Sequence[ModelLike]) -> Sequence[ModelLike]:
    """Return one model or several as several: a text is one name, not its letters."""
    if isinstance(models, str | Choice):
        return [models]
    if not 0 < len(models) <= MAX_PANELS:
        raise InvalidOptionError(
            f"models must list 1 to {MAX_PANELS} models, but got {len(models)}."
        )
    return models
