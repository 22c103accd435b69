"""The constants that both languages share, each from its Python module."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from typing import TYPE_CHECKING

from bodyseg_widgets.pose import KEYPOINT_NAMES
from bodyseg_widgets.rendering import blur, matting, skeleton
from bodyseg_widgets.rendering.color import TEAL, Color
from bodyseg_widgets.streaming import encoded
from bodyseg_widgets.streaming.effects import BUILTIN_EFFECTS, background, shader

if TYPE_CHECKING:
    from tools.typescript import Value


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of the front end.

    Attributes
    ----------
    name : str
        Its name there.
    value : str, number, sequence or dict
        Its value in Python.
    doc : str
        What it is.
    item : str
        A name for the type of its items; empty for none.
    """

    name: str
    value: Value
    doc: str
    item: str = ""


WIDGETS = Path(__file__).parents[1] / "bodyseg_widgets/widgets"


def read_options(module: str, name: str) -> tuple[str, ...]:
    """Return a constant of a module of widgets.

    It is read and not imported: widgets need the built front end, and that is built from what is
    generated here.

    Raises
    ------
    LookupError
        There is no such constant.
    """
    for statement in ast.parse((WIDGETS / module).read_text("utf-8")).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=found)], value=value) if found == name:
                return tuple(map(str, ast.literal_eval(value)))
    raise LookupError(f"{module} has no constant {name}.")


LIMITS = run_path(str(WIDGETS / "transport/limits.py"))

CONSTANTS = (
    Constant(
        "SOURCES", read_options("source/webcam.py", "SOURCES"), "Where images come from.", "Origin"
    ),
    Constant(
        "SOURCE_STATES",
        read_options("source/webcam.py", "STATES"),
        "What a source is doing, as Python has it.",
        "RunState",
    ),
    Constant(
        "RECORDER_STATES",
        read_options("record/view_recorder.py", "STATES"),
        "What a view recorder is doing.",
        "RecorderState",
    ),
    Constant(
        "VIEWS",
        read_options("view/segmentation_view.py", "VIEWS"),
        "How a view shows a mask.",
        "View",
    ),
    Constant(
        "DIFFERENCE_VIEWS",
        read_options("compare/difference_view.py", "DIFFERENCE_VIEWS"),
        "How two masks are compared.",
        "DifferenceView",
    ),
    Constant(
        "MEASURES",
        read_options("compare/agreement_monitor.py", "MEASURES"),
        "How agreement is measured.",
        "Measure",
    ),
    Constant(
        "BUILTIN_EFFECTS",
        tuple(BUILTIN_EFFECTS),
        "The effects that come with the package.",
        "BuiltinEffect",
    ),
    Constant("KEYPOINT_NAMES", KEYPOINT_NAMES, "Of BlazePose, in its order."),
    Constant(
        "FRAMES_IN_FLIGHT", LIMITS["FRAMES_IN_FLIGHT"], "How many frames may be on their way."
    ),
    Constant(
        "FRAME_JPEG_QUALITY", LIMITS["FRAME_JPEG_QUALITY"], "Of the frames that a page sends."
    ),
    Constant("UPLOAD_PIECE_BYTES", LIMITS["UPLOAD_PIECE_BYTES"], "Bytes of a file in one message."),
    Constant(
        "KEEP_ALIVE_SECONDS",
        LIMITS["KEEP_ALIVE_SECONDS"],
        "How often a page says that it is there, while a source of the kernel's is open.",
    ),
    Constant(
        "HEARTBEAT_SECONDS",
        LIMITS["HEARTBEAT_SECONDS"],
        "How often a hidden page that records says that it is there.",
    ),
    Constant(
        "UNWRITTEN_BYTES",
        LIMITS["UNWRITTEN_BYTES"],
        "How much of a video a page may have sent that is not written yet.",
    ),
    Constant("TEAL", TEAL[:3], "Of masks and contours."),
    Constant(
        "SIDE_COLORS",
        {side: Color(*color).hex for side, color in skeleton.SIDE_COLORS.items()},
        "Of a skeleton: Okabe and Ito's, which color-blind people can tell apart, and white.",
    ),
    Constant(
        "SKELETON",
        {
            "boneWidth": skeleton.BONE_WIDTH,
            "jointRadius": skeleton.JOINT_RADIUS,
            "usualWidth": skeleton.USUAL_WIDTH,
            "smallest": skeleton.SMALLEST,
            "faintest": skeleton.FAINTEST,
        },
        "Sizes of a skeleton, as rendering/skeleton.py explains them.",
    ),
    Constant(
        "BLUR",
        {"leastSigma": blur.LEAST_SIGMA, "reach": blur.REACH},
        "How a picture is blurred, as rendering/blur.py explains it.",
    ),
    Constant(
        "MATTING",
        {
            "smallSide": matting.SMALL_SIDE,
            "sigma": matting.SIGMA,
            "least": matting.LEAST,
            "doubt": matting.DOUBT,
        },
        "How colors of soft edges are estimated, as rendering/matting.py explains it.",
    ),
    Constant(
        "LARGEST_IMAGE_SIDE",
        background.MOST_SIDE,
        "Longest side of an image that is an effect's parameter, in pixels.",
    ),
    Constant(
        "IMAGE_JPEG_QUALITY", encoded.JPEG_QUALITY / 100, "Of images that are looked at for longer."
    ),
    Constant(
        "UPLOADED_BACKGROUND_BYTES",
        LIMITS["UPLOADED_BACKGROUND_BYTES"],
        "Bytes of a video that is chosen in the page as a background.",
    ),
    Constant(
        "SHADER_POSES", shader.MOST_POSES, "How many people's landmarks a shader effect gets."
    ),
)
