"""The mask of the frozen frame, corrected by hand, beside the panels."""

from __future__ import annotations

import html
import threading
from typing import TYPE_CHECKING, Final

import ipywidgets

from bodyseg_widgets.widgets.editor.mask_editor import MaskEditor
from bodyseg_widgets.widgets.kit.boxes import box, heading_html
from bodyseg_widgets.widgets.kit.controls import Button, labelled_picker
from bodyseg_widgets.widgets.kit.observers import OwnChanges
from bodyseg_widgets.widgets.kit.widget_box import WidgetBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bodyseg_widgets.streaming import Result
    from bodyseg_widgets.widgets.explorer.parts.part import PartContext
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

_TITLE: Final = "Correct mask"
_WAITING: Final = "Waiting for a frame. Press Start if the source does not run."
_UNSAVED: Final = "What you have painted is not saved. Press again to begin anew without it."


class CorrectPart(WidgetBox, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets has no type information
    """A brush and an eraser for the mask of the frame that is shown when the part is opened.

    Opening it pauses the source. The image is that of the camera, not mirrored; the mask is that
    of the chosen panel at its threshold.

    Attributes
    ----------
    editor : MaskEditor or None
        What is painted, and saved; None before there is a frame.
    panel_picker : ipywidgets.Dropdown
        Whose mask to begin with. Visible with several panels.
    take_button : ipywidgets.Button
        Begins anew, with the frame that is shown now.
    """

    panel_picker: ipywidgets.Dropdown
    take_button: ipywidgets.Button

    def __init__(self, panels: Sequence[ModelPanel], context: PartContext) -> None:
        del context
        # Results come on the streams' threads.
        self._lock = threading.RLock()
        self._panels = [*panels]
        self._panel = panels[0]
        self._editor: MaskEditor | None = None
        self._stop_waiting: Callable[[], None] = lambda: None
        self._warned = False
        self._closed = False
        self._own = OwnChanges()
        self._closing.callback(self._end)
        self._heading = ipywidgets.HTML(heading_html(_TITLE))
        self._message = ipywidgets.HTML()
        self.panel_picker = labelled_picker("Begin with the mask of")
        self.take_button = Button(
            description="Take this frame",
            tooltip="Pause, and begin with the frame that is shown now",
        )
        self._head = box(
            ipywidgets.HBox, "head", self._heading, self.panel_picker, self.take_button
        )
        super().__init__([self._head, self._message])
        self.add_class("bodyseg-panel")
        self.panel_picker.observe(self._on_picker_changed, "value")
        self.take_button.on_click(self._on_pressed)
        self.set_panels(panels)
        self.take_frame()

    @property
    def editor(self) -> MaskEditor | None:
        """What is painted, and saved; None before there is a frame."""
        return self._editor

    def set_panels(self, panels: Sequence[ModelPanel]) -> None:
        """Offer the masks of these panels; the one that is edited stays."""
        self._panels = [*panels]
        if self._panel not in panels:
            self._panel = panels[0]
        picker = self.panel_picker
        with self._own:
            picker.options = [(panel.name, index) for index, panel in enumerate(panels)]
            picker.value = panels.index(self._panel)
        picker.layout.display = None if len(panels) > 1 else "none"

    def take_frame(self) -> None:
        """Pause, and edit the mask of the frame that is shown, in place of the one before."""
        with self._lock:
            self._stop_waiting()
            self._warned = False
            self._say(_WAITING)
            stream = self._panel.stream
            # What a page has computed by itself comes only if it is asked for.
            self._stop_waiting = stream.on_result(self._on_result)
        webcam = stream.webcam
        if webcam.paused:
            webcam.channel.post({"kind": "command", "command": "again"})
        elif webcam.running:
            webcam.pause()

    def _on_pressed(self, _: object) -> None:
        editor = self._editor
        if editor is not None and editor.unsaved and not self._warned:
            self._warned = True
            self._say(_UNSAVED)
        else:
            self.take_frame()

    def _on_picker_changed(self, change: dict[str, int]) -> None:
        if self._own.now:
            return
        self._panel = self._panels[change["new"]]

    def _on_result(self, result: Result) -> None:
        if result.frame.live:
            return
        with self._lock:
            if self._closed:
                return
            self._stop_waiting()
            self._stop_waiting = lambda: None
            before, panel = self._editor, self._panel
            self._editor = MaskEditor(
                result, threshold=panel.view.threshold, mask_color=panel.view.mask_color
            )
            self._heading.value = heading_html(
                _TITLE,
                f"frame {result.frame.id} · {panel.name}, threshold {panel.view.threshold:g}",
            )
            self._say("")
            self.children = [self._head, self._message, self._editor]
            if before is not None:
                before.close()

    def _say(self, text: str) -> None:
        said = f'<span class="bodyseg-quiet" role="status">{html.escape(text)}</span>'
        self._message.value = said if text else ""

    def _end(self) -> None:
        with self._lock:
            self._closed = True
            self._stop_waiting()
