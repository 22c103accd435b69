"""An image whose mask is corrected by hand, with a brush and an eraser.

Strokes are drawn in the page, at the image's own size, and after each of them the page sends the
whole mask, packed; so Python has the very pixels that are seen. Image and mask travel as messages
and are no traits: no notebook keeps them with its widgets' state.
"""

from __future__ import annotations

import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import traitlets

from bodyseg_widgets.cards.panels import PanelPicture, panels_png
from bodyseg_widgets.cards.words import share
from bodyseg_widgets.errors import (
    BodySegError,
    ExistingFileError,
    InvalidImageError,
    InvalidOptionError,
)
from bodyseg_widgets.evaluation import coverage, is_person
from bodyseg_widgets.images import MAX_LEVEL, to_rgb
from bodyseg_widgets.measuring import SavedPair, save_pair
from bodyseg_widgets.measuring.pairs import pair_paths
from bodyseg_widgets.rendering.color import TEAL
from bodyseg_widgets.segmentation.packed import PackedLevels
from bodyseg_widgets.streaming import Frame, Result
from bodyseg_widgets.streaming.effects.parameters import ColorField
from bodyseg_widgets.streaming.encoded import encode_image
from bodyseg_widgets.widgets.kit.front_end import front_end_module
from bodyseg_widgets.widgets.kit.page_messages import PageMessages
from bodyseg_widgets.widgets.kit.pictured import Pictured
from bodyseg_widgets.widgets.kit.traits import InvalidTraitError
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.page_policy import page_is_trusted
from bodyseg_widgets.widgets.transport import messages
from bodyseg_widgets.widgets.transport.limits import MAX_BRUSH_SIZE

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

    from bodyseg_widgets.evaluation import MaskLike
    from bodyseg_widgets.images import ImageInput
    from bodyseg_widgets.rendering import ColorLike
    from bodyseg_widgets.widgets.transport.messages import (
        Buffers,
        EditorKernelMessage,
        EditorPageMessage,
        Painted,
    )

__all__ = ["DEFAULT_FOLDER", "TOOLS", "MaskEditor"]

TOOLS = ("brush", "eraser")
"""What paints a mask, and what takes away from it."""

DEFAULT_FOLDER: Final = "corrected"
"""Where the page's Save button writes to, in the notebook's working folder."""

_MESSAGES: Final[PageMessages[EditorPageMessage]] = PageMessages(
    {
        "edit": messages.EditMessage,
        "painted": messages.PaintedMessage,
        "save": messages.SaveMessage,
    },
    buffers={"painted": 1, "save": 1},
)
_BRUSHES_ACROSS: Final = 24
"""How many brushes of the first size stand side by side in an image."""
_MIDDLE: Final = (MAX_LEVEL + 1) // 2
_NOT_KEPT: Final = "A frame of a stream: run the notebook to see it."
_NO_FOLDER: Final = (
    "This page may not save files: its author has named no folder for them. "
    "MaskEditor(…, folder='truth') does."
)


class MaskEditor(Pictured, Widget):
    """An image whose mask is corrected with a brush and an eraser, by mouse, pen, touch or keys.

    `mask` is what is painted, at any time. `save`, and the page's Save button, write image and
    mask as a pair that `evaluate` reads, so that models can be compared with it.

    Keys, on the image: the arrow keys move the brush by a pixel, with Shift by ten, and space
    puts it down or lifts it; B takes the brush and E the eraser; ``[`` and ``]`` change the size;
    Ctrl+Z undoes, Ctrl+Shift+Z redoes; ``+``, ``-`` and 0 zoom; M hides and shows the mask.
    Two fingers zoom and move the image; a pen's eraser erases.

    Parameters
    ----------
    image : Result, Frame, str, path, array or image
        The image: a result or a frame of a stream, or any image that `to_rgb` takes. It is not
        mirrored.
    mask : Mask or numpy.ndarray, optional
        The mask to begin with: a model's, or a probability, float32 (H, W), or bool (H, W).
        Default: the mask of the result; with any other image, nobody.
    threshold : float
        The probability from which a pixel of the first mask counts as a person, 0 to 1.
    folder : str or os.PathLike, optional
        Where `save` and the Save button write to. Default: ``corrected``, in the notebook's
        working folder. A page whose visitors are not trusted, such as Voila's, saves only to a
        folder that is named here.
    domain : str
        What kind of image it is, for `evaluate`: a folder within the pair's; empty for none.
    keep_picture : bool
        Whether a saved notebook may keep the image of a result or a frame, which may be a
        camera's.
    name, tool, brush_size, opacity, mask_color
        First values of these traits. Default for `name`: that of the image's file, if it is one.

    Raises
    ------
    InvalidImageError
        The image cannot be read, or the mask is not of its size.
    InvalidOptionError
        The mask is no mask, or `threshold` is not between 0 and 1.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from bodyseg_widgets import MaskEditor, create_segmenter, sample
    >>> image = sample("portrait")
    >>> with create_segmenter("general") as segmenter:
    ...     (people,) = segmenter.segment_people(image)
    >>> editor = MaskEditor(image, people.mask, name="portrait")
    >>> editor.mask.shape == image.shape[:2], editor.mask.dtype
    (True, dtype('bool'))
    >>> with TemporaryDirectory() as folder:
    ...     editor.save(folder).mask.name
    'portrait.png'
    >>> editor.close()
    """

    _esm = front_end_module("mask_editor")

    name = traitlets.Unicode().tag(sync=True)
    """What the pair is called; empty until it is saved: then it gets a name with the time. An
    image of a file begins with the file's."""

    tool = traitlets.Enum(TOOLS, default_value="brush").tag(sync=True)
    """What the pointer does: ``"brush"`` paints people, ``"eraser"`` takes away."""

    brush_size = traitlets.Int(1, min=1, max=MAX_BRUSH_SIZE).tag(sync=True)
    """The diameter of brush and eraser in pixels of the image: a pixel is painted if its center
    is at most half of that away from the line that is drawn, from pixel to pixel."""

    opacity = traitlets.Float(0.5, min=0, max=1).tag(sync=True)
    """How much the mask covers the image, 0 to 1."""

    mask_color = traitlets.Any(TEAL.hex).tag(sync=True)
    """The mask's color: set as a name or code of CSS, or as numbers, and read as ``#rrggbb``."""

    def __init__(
        self,
        image: Result | ImageInput,
        mask: MaskLike | None = None,
        *,
        threshold: float = 0.5,
        folder: str | os.PathLike[str] | None = None,
        domain: str = "",
        keep_picture: bool = False,
        name: str | None = None,
        tool: str = "brush",
        brush_size: int | None = None,
        opacity: float = 0.5,
        mask_color: ColorLike = TEAL,
    ) -> None:
        if isinstance(image, Result) and mask is None:
            mask = image.mask
        self._may_keep = keep_picture or not isinstance(image, Result | Frame)
        self._image = to_rgb(image.frame.image if isinstance(image, Result) else image)
        height, width = self._image.shape[:2]
        self._person: NDArray[np.bool_] = np.zeros((height, width), np.bool_)
        if mask is not None:
            self._person = self._checked(is_person(mask, threshold))
        self._folder = folder
        self._domain = domain
        # The page's messages and cells are handled on different threads.
        self._lock = threading.RLock()
        self._unsaved = False
        # How often Python has set the mask, and which of each page's masks was taken last.
        self._version = 0
        self._strokes: dict[str, int] = {}
        self._own_pair: SavedPair | None = None
        if name is None:
            name = Path(image).stem if isinstance(image, str | Path) else ""
        super().__init__(
            name=name,
            tool=tool,
            brush_size=_first_size(width, height) if brush_size is None else brush_size,
            opacity=opacity,
            mask_color=mask_color,
        )
        self.on_msg(lambda _, message, buffers: self._receive(message, buffers))

    @property
    def image(self) -> NDArray[np.uint8]:
        """The image: uint8 (H, W, 3), RGB."""
        return self._image

    @property
    def mask(self) -> NDArray[np.bool_]:
        """What is painted: bool (H, W) of the image's size, a copy.

        Setting it, to a mask or an array as of the parameter `mask`, is undone in the page like a
        stroke.
        """
        with self._lock:
            return self._person.copy()

    @mask.setter
    def mask(self, mask: MaskLike) -> None:
        person = self._checked(is_person(mask, 0.5))
        with self._lock:
            self._person = person
            self._version += 1
            self._unsaved = True
            self._tell({"kind": "mask", "version": self._version}, [_packed(person)])

    @property
    def unsaved(self) -> bool:
        """Whether something was painted since the mask was saved, or the editor made."""
        return self._unsaved

    def save(
        self,
        folder: str | os.PathLike[str] | None = None,
        name: str | None = None,
        *,
        overwrite: bool = False,
    ) -> SavedPair:
        """Save image and mask as a pair of the dataset in a folder; see `save_pair`.

        Parameters
        ----------
        folder : str or os.PathLike, optional
            The dataset's folder. Default: that of this object.
        name : str, optional
            What the pair is called. Default: `name`.
        overwrite : bool
            Whether to replace a pair of this name. One that this object has saved is replaced.

        Returns
        -------
        SavedPair
            The two files.

        Raises
        ------
        InvalidOptionError
            A name is no name of a file.
        ExistingFileError
            There is such a pair, and `overwrite` is False.
        UnwritableFileError
            The system did not write it; the message says why.
        """
        with self._lock:
            where = folder if folder is not None else (self._folder or DEFAULT_FOLDER)
            called = name or self.name or f"bodyseg-{datetime.now().astimezone():%Y%m%d-%H%M%S}"
            own = pair_paths(where, called, self._domain) == self._own_pair
            self._own_pair = save_pair(
                where,
                called,
                self._image,
                self._person,
                domain=self._domain,
                overwrite=overwrite or own,
            )
            self._unsaved = False
            self.name = called
            return self._own_pair

    @traitlets.validate("mask_color")
    def _opaque(self, proposal: dict[str, Any]) -> str:
        try:
            return ColorField("mask_color").to_json(proposal["value"])
        except InvalidOptionError as error:
            raise InvalidTraitError(str(error)) from error

    def _checked(self, person: NDArray[np.bool_]) -> NDArray[np.bool_]:
        height, width = self._image.shape[:2]
        if person.shape != (height, width):
            raise InvalidImageError(
                f"mask must be of the image's shape, {(height, width)}, but has the shape "
                f"{person.shape}."
            )
        return person.copy()

    def _picture(self) -> bytes:
        name = self.name or "Mask"
        facts = [f"mask by hand · coverage {share(coverage(self._person, 0.5))}"]
        if not self._may_keep:
            return panels_png([PanelPicture(name, facts, note=_NOT_KEPT)])
        drawn, color = self._image.copy(), [*bytes.fromhex(str(self.mask_color)[1:])]
        covered = (1 - self.opacity) * drawn[self._person] + self.opacity * np.array(color)
        drawn[self._person] = covered.round()
        return panels_png([PanelPicture(name, facts, drawn)])

    # --- messages

    def _receive(self, content: object, buffers: Buffers) -> None:
        try:
            message = _MESSAGES.checked(content, buffers)
            if message["kind"] == "edit":
                self._show()
                return
            self._take(message, bytes(buffers[0]))
            if message["kind"] == "save":
                self._save_for_page(message["name"])
        except (BodySegError, traitlets.TraitError) as error:
            self._tell({"kind": "refused", "message": str(error)})

    def _show(self) -> None:
        height, width = self._image.shape[:2]
        with self._lock:
            self._tell(
                {"kind": "edited", "version": self._version, "width": width, "height": height},
                [encode_image(self._image), _packed(self._person)],
            )

    def _take(self, painted: Painted, packed: bytes) -> None:
        height, width = self._image.shape[:2]
        person = PackedLevels(packed, (height, width)).unpacked() >= _MIDDLE
        with self._lock:
            page, stroke = painted["page"], painted["stroke"]
            if painted["version"] < self._version or stroke <= self._strokes.get(page, 0):
                return
            self._strokes[page] = stroke
            self._person = person
            self._unsaved = True

    def _save_for_page(self, name: str) -> None:
        if self._folder is None and not page_is_trusted():
            raise InvalidOptionError(_NO_FOLDER)
        # What the page knows of it may still be on its way.
        self.name = name
        try:
            pair = self.save()
        except ExistingFileError as error:
            raise InvalidOptionError(
                f"There is a pair {name!r} already. Choose another name."
            ) from error
        folder = pair.image.parents[2 if self._domain else 1]
        self._tell({"kind": "saved", "message": f"Saved {pair.image.stem} in {folder}."})

    def _tell(self, message: EditorKernelMessage, buffers: Buffers = ()) -> None:
        self.send(message, [*buffers])


def _first_size(width: int, height: int) -> int:
    return min(max(1, round(max(width, height) / _BRUSHES_ACROSS)), MAX_BRUSH_SIZE)


def _packed(person: NDArray[np.bool_]) -> bytes:
    return PackedLevels.of(np.where(person, MAX_LEVEL, 0).astype(np.uint8)).data
