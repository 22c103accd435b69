"""Messages between a live plot and its displays in the page."""

from __future__ import annotations

from typing import Literal, TypeAlias, TypedDict


class ProgramRequest(TypedDict):
    """The page needs plotly.js, for all plots of this version."""

    kind: Literal["program"]
    request: str
    """The page's id for this request."""


class FigureRequest(TypedDict):
    """A display is ready for the figure."""

    kind: Literal["figure"]


class DrawnMessage(TypedDict):
    """A display has drawn an update, or the figure with it."""

    kind: Literal["drawn"]
    update: int
    """Its number."""


class CameraMessage(TypedDict):
    """The user has turned, moved or zoomed a plot in space."""

    kind: Literal["camera"]
    camera: dict[str, object]
    """``layout.scene.camera``."""


class ProgramPart(TypedDict):
    """A part of plotly.js. Buffer: the part; all of them, joined, are gzip's."""

    kind: Literal["program"]
    request: str
    """Id of the request that it answers."""
    parts: int
    """How many there are."""


class FigureMessage(TypedDict):
    """The whole figure: for a new display, or because its style was changed."""

    kind: Literal["figure"]
    update: int
    """Number of the update that it contains."""
    figure: str
    """The figure, in plotly's JSON."""
    config: dict[str, object]
    """plotly's configuration."""


class UpdateMessage(TypedDict):
    """What has changed. Buffers: its arrays, to which ``{"buffer", "dtype"}`` refers."""

    kind: Literal["update"]
    update: int
    """Its number, which increases."""
    traces: dict[str, dict[str, object]]
    """By the trace's index, the properties that change, such as ``"line.color"``, and their
    values."""
    layout: dict[str, object]
    """The properties of the layout that change, and their values."""


FigurePageMessage: TypeAlias = "ProgramRequest | FigureRequest | DrawnMessage | CameraMessage"
"""A message from a page to a live plot."""

FigureKernelMessage: TypeAlias = "ProgramPart | FigureMessage | UpdateMessage"
"""A message from a live plot to its displays."""
