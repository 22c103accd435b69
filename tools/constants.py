"""What both languages share besides messages: constants, and the options of traits."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING, Any, get_args

from bodyseg_widgets import options
from bodyseg_widgets.pose import topology
from bodyseg_widgets.rendering import blur, color, matting, part_colors, skeleton
from bodyseg_widgets.segmentation import planes, types
from bodyseg_widgets.segmentation.bodypix import parts
from bodyseg_widgets.streaming import encoded
from bodyseg_widgets.streaming.effects import (
    BUILTIN_EFFECTS,
    background,
    builtin_effects,
    shader,
)
from bodyseg_widgets.streaming.effects.parameters import Number
from bodyseg_widgets.streaming.samples import BUNDLED_SAMPLES
from bodyseg_widgets.widgets.transport.results import meaning_of
from tools.declarations import find_declaration

if TYPE_CHECKING:
    from types import ModuleType

    from tools.typescript import Value

WIDGETS = Path(__file__).parents[1] / "bodyseg_widgets/widgets"


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant that the front end reads.

    Attributes
    ----------
    name : str
        Its name, the same in both languages.
    value : str, number, sequence or dict
        Its value.
    doc : str
        Its docstring.
    """

    name: str
    value: Value
    doc: str


@dataclass(frozen=True, slots=True)
class Options:
    """A type of the front end for one of several words.

    Attributes
    ----------
    name : str
        The type's name.
    values : tuple of str
        The words.
    doc : str
        What they mean.
    """

    name: str
    values: tuple[str, ...]
    doc: str


def _options(name: str, module: str, constant: str) -> Options:
    """Return the options that a module of `widgets` lists in a constant."""
    found = find_declaration(WIDGETS / module, constant)
    return Options(name, tuple(ast.literal_eval(found.value)), found.doc)


def _constant(module: ModuleType, name: str, value: Value | None = None) -> Constant:
    """Return a constant of a module, with its docstring; `value` as the page writes it."""
    doc = find_declaration(_file(module), name).doc
    return Constant(name, vars(module)[name] if value is None else value, doc)


def _group(name: str, module: ModuleType, *names: str) -> Constant:
    """Return constants of a module as one, with names as TypeScript writes them."""
    values = {_camel(each): vars(module)[each] for each in names}
    return Constant(
        name, values, f"Constants of ``rendering/{_file(module).name}``, which explains them."
    )


def limits() -> list[Constant]:
    """Return all limits of page and kernel."""
    return [_limit(name) for name in _LIMITS if name.isupper()]


def _limit(name: str) -> Constant:
    return Constant(name, _LIMITS[name], find_declaration(_LIMITS_FILE, name).doc)


def _highest(name: str, *parameters: str) -> Constant:
    """Return the highest value that parameters of the built-in effects take."""
    declared = [builtin_effects.PARAMETERS[each] for each in parameters]
    numbers = [each for each in declared if isinstance(each, Number)]
    highest = max(each.high for each in numbers if each.high is not None)
    labels = " or ".join(each.label for each in numbers)
    return Constant(name, highest, f"The highest {labels}, in image pixels.")


def _file(module: ModuleType) -> Path:
    return Path(str(module.__file__))


def _camel(name: str) -> str:
    first, *others = name.lower().split("_")
    return first + "".join(each.capitalize() for each in others)


_LIMITS_FILE = WIDGETS / "transport/limits.py"
_LIMITS: dict[str, Any] = run_path(str(_LIMITS_FILE))

OPTIONS = (
    _options("Origin", "source/webcam.py", "SOURCES"),
    _options("PageSource", "source/page_policy.py", "PAGE_SOURCES"),
    _options("RunState", "source/webcam.py", "STATES"),
    _options("WantedResults", "source/local_streams.py", "WANTED_RESULTS"),
    _options("StreamState", "stream/segmentation_stream.py", "STATES"),
    _options("RecorderState", "record/view_recorder.py", "STATES"),
    _options("View", "view/segmentation_view.py", "VIEWS"),
    _options("DifferenceView", "compare/difference_view.py", "DIFFERENCE_VIEWS"),
    _options("Tool", "editor/mask_editor.py", "TOOLS"),
    _options("Measure", "compare/agreement_monitor.py", "MEASURES"),
    Options("Side", get_args(topology.Side), find_declaration(_file(topology), "Side").doc),
    Options(
        "Accelerator",
        get_args(options.Accelerator),
        find_declaration(_file(options), "Accelerator").doc,
    ),
    Options(
        "PlaneKind", get_args(planes.PlaneKind), find_declaration(_file(planes), "PlaneKind").doc
    ),
    Options(
        "Palette",
        tuple(part_colors.PALETTES),
        find_declaration(_file(part_colors), "PALETTES").doc,
    ),
    Options(
        "BuiltinEffect",
        tuple(BUILTIN_EFFECTS),
        find_declaration(_file(builtin_effects), "BUILTIN_EFFECTS").doc,
    ),
)

CONSTANTS = (
    _constant(topology, "KEYPOINT_NAMES"),
    Constant(
        "BODYPIX_KEYPOINT_NAMES", parts.KEYPOINTS, find_declaration(_file(parts), "KEYPOINTS").doc
    ),
    Constant("BODYPIX_EDGES", parts.POSE_EDGES, find_declaration(_file(parts), "POSE_EDGES").doc),
    Constant(
        "BODYPIX_MEANING",
        meaning_of(parts.PART_LABELS),
        "What labels of BodyPix stand for, see `PlaneMessage.meaning`.",
    ),
    _limit("FRAMES_IN_FLIGHT"),
    _limit("MOST_FRAMES_IN_FLIGHT"),
    _limit("FRAME_JPEG_QUALITY"),
    _limit("UPLOAD_CHUNK_BYTES"),
    _limit("ASSET_PART_BYTES"),
    _limit("KEEP_ALIVE_SECONDS"),
    _limit("PATIENCE_SECONDS"),
    _limit("HEARTBEAT_SECONDS"),
    _limit("UNWRITTEN_BYTES"),
    _limit("UPLOADED_BACKGROUND_BYTES"),
    _limit("MAX_BRUSH_SIZE"),
    # Opaque, so without alpha.
    _constant(color, "TEAL", color.TEAL[:3]),
    _constant(
        skeleton,
        "SIDE_COLORS",
        {side: color.Color(*rgb).hex for side, rgb in skeleton.SIDE_COLORS.items()},
    ),
    _constant(
        part_colors,
        "PALETTES",
        {name: [each.hex for each in colors] for name, colors in part_colors.PALETTES.items()},
    ),
    _constant(part_colors, "PERSON_LEAP"),
    _constant(types, "BACKGROUND"),
    _group(
        "SKELETON", skeleton, "BONE_WIDTH", "JOINT_RADIUS", "USUAL_WIDTH", "SMALLEST", "FAINTEST"
    ),
    _group("BLUR", blur, "LEAST_SIGMA", "REACH"),
    _group("MATTING", matting, "SMALL_SIDE", "SIGMA", "LEAST", "DOUBT"),
    _constant(background, "MAX_EFFECT_IMAGE_SIDE"),
    _constant(encoded, "IMAGE_JPEG_QUALITY"),
    Constant("SAMPLES", tuple(BUNDLED_SAMPLES), "The bundled samples, which the kernel opens."),
    _constant(shader, "MAX_SHADER_POSES"),
    _highest("MAX_CONTOUR_WIDTH", "contour_width"),
    _highest(
        "MAX_BLUR_AMOUNT",
        "background_blur_amount",
        "edge_blur_amount",
        "mask_blur_amount",
        "face_blur_amount",
        "part_blur_amount",
    ),
)
