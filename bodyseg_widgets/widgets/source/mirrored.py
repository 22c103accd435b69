"""Which images are mirrored: as the user says, or as suits the source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import traitlets

if TYPE_CHECKING:
    from contextlib import ExitStack

    from bodyseg_widgets.widgets.source.webcam import Webcam

__all__ = ["Mirror", "MirrorChoice", "Mirrored"]

MirrorChoice: TypeAlias = "bool | Literal['auto']"
"""Whether images are mirrored: always, never, or as suits their source."""


class Mirror(traitlets.TraitType[Any, Any]):
    """A trait that is a `MirrorChoice`, at first ``"auto"``."""

    default_value = "auto"
    info_text = "True, False or 'auto'"

    def validate(self, obj: Any, value: Any) -> MirrorChoice:  # noqa: ANN401 - as traitlets has it
        """Return the choice."""
        if isinstance(value, bool | np.bool_):
            return bool(value)
        if isinstance(value, str) and value == "auto":
            return "auto"
        self.error(obj, value)
        raise AssertionError  # error() never returns, but does not say so


class Mirrored(traitlets.HasTraits):
    """A widget that draws the images of a source, perhaps mirrored."""

    mirror = Mirror().tag(sync=True)
    """Whether left and right are swapped, as in a mirror: True, False, or ``"auto"``. That mirrors
    a camera of the page, in which people see themselves, and nothing else: writing in files,
    screens and samples can be read. Only the drawing is mirrored: frames, masks and poses in Python
    stay as the camera sees them."""

    mirrored = traitlets.Bool(read_only=True)
    """Whether `mirror` swaps left and right now, with this source. It cannot be set."""

    _closing: ExitStack

    def _follow(self, webcam: Webcam | None) -> None:
        """Keep `mirrored` up to date; without a source, ``"auto"`` mirrors nothing."""

        def update(_: object = None) -> None:
            automatic = webcam is not None and webcam.is_mirror
            self.set_trait("mirrored", automatic if self.mirror == "auto" else self.mirror)

        self.observe(update, "mirror")
        if webcam is not None:
            webcam.observe(update, ["source", "stream"])
            self._closing.callback(webcam.unobserve, update, ["source", "stream"])
        update()
