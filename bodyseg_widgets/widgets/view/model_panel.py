"""One model of several on the same frame: its image below its pickers, above its threshold."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final, Unpack

import ipywidgets
import traitlets

from bodyseg_widgets.arguments import check_kind
from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.options import ACCELERATOR_TITLES, BROWSER, LIVE_RUNTIMES
from bodyseg_widgets.streaming import LIVE_MODELS, choose_like
from bodyseg_widgets.widgets.kit.boxes import box
from bodyseg_widgets.widgets.kit.controls import Button, labelled_picker
from bodyseg_widgets.widgets.kit.group_mark import GroupMark
from bodyseg_widgets.widgets.kit.observers import OwnChanges
from bodyseg_widgets.widgets.kit.page_links import PageLinks
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox
from bodyseg_widgets.widgets.source.webcam import Webcam
from bodyseg_widgets.widgets.stream.segmentation_stream import SegmentationStream
from bodyseg_widgets.widgets.view.effect_controls import EffectControls
from bodyseg_widgets.widgets.view.effect_traits import name_options
from bodyseg_widgets.widgets.view.segmentation_view import OPTIONS, SegmentationView, ViewOptions
from bodyseg_widgets.widgets.view.still import picture_of
from bodyseg_widgets.widgets.view.threshold_slider import ThresholdSlider
from bodyseg_widgets.widgets.view.timing_readout import TimingReadout
from bodyseg_widgets.widgets.view.view_tabs import ViewTabs

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming import Choice, ModelLike

_CHOICE_TRAITS: Final = ["model", "model_type", "runtime", "accelerator"]


class ModelPanel(Pictured, WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """One model's live results: pickers, rate, image, views and threshold.

    Parameters
    ----------
    webcam : Webcam
        The source of frames; several panels share one.
    model : str, sequence of str or Choice
        The model, as accepted by `choose_like`.
    runtime : {"tensorflow", "mediapipe", "browser"}
        What runs it, if `model` does not say so.
    max_poses : int
        How many people's poses to look for, at least 1.
    accelerator : {"auto", "wasm", "webgpu"}
        Of runtime ``"browser"``: see `SegmentationStream.accelerator`.
    **options
        First values of the view's traits; see `SegmentationView`.

    Attributes
    ----------
    stream : SegmentationStream
        Runs the model: ``panel.stream.latest``, ``panel.stream.on_result(fn)``.
    view : SegmentationView
        The view.
    tabs : ViewTabs
        The choice of view.
    effect_controls : EffectControls
        The choice of effect and its sliders, visible while the view is ``"effect"``.
    threshold_slider : ThresholdSlider
        The threshold under its histogram.
    model_picker, runtime_picker : ipywidgets.Dropdown
        The model and what runs it.
    accelerator_picker : ipywidgets.Dropdown
        Whether the processor or the graphics card does that. Visible with runtime ``"browser"``.
    rate : TimingReadout
        Masks per second, the time to run the network, and what the page runs it with.
    buttons : ipywidgets.HBox
        Moves or removes the panel. Hidden if it is the only one.

    Examples
    --------
    >>> from bodyseg_widgets import ModelPanel, Webcam
    >>> webcam = Webcam(source="sample")
    >>> panel = ModelPanel(webcam, "lite", view="contour")
    >>> panel.name, panel.view.view
    ('BlazePose lite', 'contour')
    >>> panel.close(); webcam.close()
    """

    _parts = ("stream", "view")

    name = traitlets.Unicode(read_only=True)
    """Its name in legends and tables: the model and its variant, with a number if another panel has
    the same name."""

    stream: SegmentationStream
    view: SegmentationView
    tabs: ViewTabs
    effect_controls: EffectControls
    threshold_slider: ThresholdSlider
    model_picker: ipywidgets.Dropdown
    runtime_picker: ipywidgets.Dropdown
    accelerator_picker: ipywidgets.Dropdown
    rate: TimingReadout
    buttons: ipywidgets.HBox

    def __init__(
        self,
        webcam: Webcam,
        model: ModelLike = "MediaPipeSelfieSegmentation",
        *,
        runtime: str = LIVE_RUNTIMES[0],
        max_poses: int = 1,
        accelerator: str = "auto",
        **options: Unpack[ViewOptions],
    ) -> None:
        check_kind("webcam", webcam, Webcam, fix="Make one: Webcam(source).")
        choice = choose_like(model, runtime)
        # Stream and view check every option, and an error leaves nothing behind.
        with ExitStack() as made:
            self.stream = SegmentationStream(
                webcam,
                model=choice.model,
                model_type=choice.model_type,
                runtime=choice.runtime if choice.runtime in LIVE_RUNTIMES else runtime,
                max_poses=max_poses,
                accelerator=accelerator,
            )
            made.callback(self.stream.close)
            self.view = SegmentationView(self.stream, **options)
            self._closing.callback(made.pop_all().close)
        self.tabs = ViewTabs(value=self.view.view, stream=self.stream)
        self.effect_controls = EffectControls(self.view, always=False)
        self.threshold_slider = ThresholdSlider(self.stream, value=self.view.threshold)
        self.model_picker = labelled_picker(
            "Model", self._options(), (self.stream.model, self.stream.model_type)
        )
        self.runtime_picker = labelled_picker(
            "Runtime", _runtimes(self.stream.choice), self.stream.runtime
        )
        self.accelerator_picker = labelled_picker(
            "Accelerator",
            [(title, each) for each, title in ACCELERATOR_TITLES.items()],
            self.stream.accelerator,
        )
        self.rate = TimingReadout(self.stream, compact=True)
        # Page and cells choose on different threads. Pickers show what the stream runs last.
        self._picker_lock = threading.RLock()
        self._own = OwnChanges()
        self._number = 1
        self._left, self._right, self._remove = map(_button, ("to-left", "to-right", "away"))
        self._move_listeners = Listeners[["ModelPanel", int]]()
        self._remove_listeners = Listeners[["ModelPanel"]]()
        self._left.on_click(lambda _: self._move_listeners.notify(self, -1))
        self._right.on_click(lambda _: self._move_listeners.notify(self, 1))
        self._remove.on_click(lambda _: self._remove_listeners.notify(self))
        self._group = GroupMark()
        self._page_links = PageLinks()
        self.buttons = box(ipywidgets.HBox, "panel-buttons", self._left, self._right, self._remove)
        self._page_links.link((self.tabs, "value"), (self.view, "view"))
        self._page_links.link((self.threshold_slider, "value"), (self.view, "threshold"))
        super().__init__(
            [
                box(
                    ipywidgets.HBox,
                    "head",
                    self.model_picker,
                    self.runtime_picker,
                    self.accelerator_picker,
                    self.rate,
                    self.buttons,
                ),
                self.view,
                self.tabs,
                self.effect_controls,
                box(ipywidgets.VBox, "cut", self.threshold_slider),
                self._group,
                self._page_links,
            ]
        )
        self.model_picker.add_class("bodyseg-model")
        self.runtime_picker.add_class("bodyseg-runtime")
        self.accelerator_picker.add_class("bodyseg-accelerator")
        self.add_class("bodyseg-panel")
        # Lets the page find it after panels have moved.
        self.add_class(f"bodyseg-panel-of-{self.stream.model_id}")
        for picker, choose in (
            (self.model_picker, self._on_model_picked),
            (self.runtime_picker, self._on_runtime_picked),
            (self.accelerator_picker, self._on_accelerator_picked),
        ):
            picker.observe(choose, "value")
            self._closing.callback(picker.unobserve, choose, "value")
        self._on_stream_changed()
        self.stream.observe(self._on_stream_changed, _CHOICE_TRAITS)
        self._closing.callback(self.stream.unobserve, self._on_stream_changed, _CHOICE_TRAITS)

    def on_move(self, callback: Callable[[ModelPanel, int], object]) -> Unsubscribe:
        """Call ``callback(panel, by)`` when a button moves it by -1 or 1.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._move_listeners.add(callback)

    def on_remove(self, callback: Callable[[ModelPanel], object]) -> Unsubscribe:
        """Call ``callback(panel)`` when its remove button is pressed.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._remove_listeners.add(callback)

    def place(self, index: int, count: int, number: int) -> None:
        """Set its position among all panels.

        Parameters
        ----------
        index, count : int
            Its index, and the number of panels.
        number : int
            Its number among panels with the same model, from 1.
        """
        self.buttons.layout.display = "none" if count == 1 else None
        self._left.disabled = index == 0
        self._right.disabled = index == count - 1
        self._number = number
        self._rename()

    def offer_models(self) -> None:
        """Update the list of models after one was added."""
        with self._picker_lock, self._own:
            options = self._options()
            if options != list(self.model_picker.options):
                chosen = self.model_picker.value
                self.model_picker.options = options
                self.model_picker.value = chosen

    def _options(self) -> list[tuple[str, tuple[str, str]]]:
        """Return what can be chosen, and what is, which may not be there any more."""
        options, choice = model_options(), self.stream.choice
        chosen = (choice.model, choice.model_type)
        if chosen in [value for _, value in options]:
            return options
        return [*options, (" · ".join(filter(None, chosen)), chosen)]

    def _picture(self) -> bytes:
        return picture_of({self.name: self.view})

    def _on_model_picked(self, change: dict[str, Any]) -> None:
        if not self._own.now:
            self.stream.choose(*change["new"])

    def _on_runtime_picked(self, change: dict[str, Any]) -> None:
        if not self._own.now:
            self.stream.runtime = change["new"]

    def _on_accelerator_picked(self, change: dict[str, Any]) -> None:
        if self._own.now:
            return
        if self.stream.runtime == BROWSER:
            self.stream.accelerator = change["new"]
        else:
            # A page that does not know yet that its model left it.
            self._on_stream_changed()

    def _on_stream_changed(self, _: object = None) -> None:
        with self._picker_lock, self._own:
            self.offer_models()
            choice = self.stream.choice
            self.model_picker.value = (choice.model, choice.model_type)
            self.accelerator_picker.value = self.stream.accelerator
            # It keeps all its options, in their places: what is chosen in a page that does not know
            # yet is for the next model.
            several = len(choice.live_model.runtimes) > 1
            if several and self.runtime_picker.options != (runtimes := _runtimes(choice)):
                self.runtime_picker.options = runtimes
            self.runtime_picker.value = choice.runtime if several else self.stream.runtime
            self.runtime_picker.layout.display = None if several else "none"
            in_page = choice.runtime == BROWSER
            self.accelerator_picker.layout.display = None if in_page else "none"
        self._rename()

    def _rename(self) -> None:
        name = self.stream.choice.name
        self.set_trait("name", name if self._number == 1 else f"{name} {self._number}")
        self._group.label = self.name
        self._left.tooltip = f"Move {self.name} to the left"
        self._right.tooltip = f"Move {self.name} to the right"
        self._remove.tooltip = f"Remove {self.name}"


name_options(ModelPanel, SegmentationView, OPTIONS)


def _runtimes(choice: Choice) -> tuple[str | tuple[str, str], ...]:
    """Return the options of the picker of runtimes; of some it says that the model has none."""
    live = choice.live_model
    if len(live.runtimes) == 1 or {*LIVE_RUNTIMES} <= {*live.runtimes}:
        return LIVE_RUNTIMES
    return tuple(
        (each if each in live.runtimes else f"{each} (not for {live.label})", each)
        for each in LIVE_RUNTIMES
    )


def model_options() -> list[tuple[str, tuple[str, str]]]:
    """Return every model and variant, for pickers."""
    return [
        (live.title(each), (name, each))
        for name, live in LIVE_MODELS.items()
        for each in live.model_types or ("",)
    ]


def _button(action: str) -> Button:
    # The style sheet draws a sign on it: written there, screen readers would read it out in place
    # of the tooltip.
    button = Button()
    button.add_class("bodyseg-small")
    button.add_class(f"bodyseg-{action}")
    return button
