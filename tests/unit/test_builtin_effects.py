"""Each parameter of a built-in effect is declared once; traits, checks and controls follow."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

import bodyseg_widgets
from bodyseg_widgets import ModelPanel, SegmentationStream, SegmentationView, ShaderEffect
from bodyseg_widgets.errors import UnknownArgumentError
from bodyseg_widgets.rendering.effects import EFFECT_PAINTERS
from bodyseg_widgets.streaming.effects import BUILTIN_EFFECTS, BuiltinParameters
from bodyseg_widgets.streaming.effects.annotations import declared_parameters
from bodyseg_widgets.streaming.effects.builtin_effects import PARAMETERS
from bodyseg_widgets.widgets.view.segmentation_view import OPTIONS
from bodyseg_widgets.widgets.view.view_effects import describe_builtin_effects

PACKAGE = Path(bodyseg_widgets.__file__).parent
FRONTEND = PACKAGE.parent / "frontend" / "src"

DECLARATION = PACKAGE / "streaming" / "effects" / "builtin_effects.py"
FUNCTIONS = PACKAGE / "rendering"
PAINTERS = FRONTEND / "drawing"

ORDINARY = {"opacity", "mask_color", "background", "soft", "palette"}
"""Parameters that stand for other things, too: views have them without an effect."""


def _told(view: SegmentationView, effect: str) -> dict[str, Any]:
    told = [*describe_builtin_effects(), *view.get_state()["_custom_effects"]]
    (found,) = [each for each in told if each["name"] == effect]
    return found


def _code(path: Path) -> str:
    """A file's text without the examples in docstrings."""
    return "\n".join(line for line in path.read_text("utf-8").splitlines() if ">>>" not in line)


@pytest.mark.parametrize("name", [name for name in PARAMETERS if name not in ORDINARY])
def test_nothing_but_function_painters_and_declaration_knows_a_parameter(name: str) -> None:
    sources = [*PACKAGE.rglob("*.py"), *FRONTEND.rglob("*.ts")]
    knows = [path for path in sources if re.search(rf"\b{name}\b", _code(path))]
    declared = [path for path in knows if not {FUNCTIONS, PAINTERS} & {*path.parents}]
    assert declared == [DECLARATION]


def test_python_can_draw_each_effect_too() -> None:
    assert [*EFFECT_PAINTERS] == [*BUILTIN_EFFECTS]


def test_every_parameter_is_one_of_an_effect() -> None:
    used = {name for effect in BUILTIN_EFFECTS.values() for name in effect.parameters}
    assert used == {*PARAMETERS}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_is_a_trait_with_its_default_and_documentation(
    stream: SegmentationStream, name: str
) -> None:
    parameter, trait = PARAMETERS[name], SegmentationView.class_traits(sync=True)[name]
    view = SegmentationView(stream)
    assert getattr(view, name) == parameter.to_json(parameter.default)
    assert parameter.help in trait.help


def test_the_page_gets_each_effect_with_the_controls_of_its_parameters(
    stream: SegmentationStream,
) -> None:
    view = SegmentationView(stream)
    told = _told(view, "background")
    assert (told["label"], told["kind"], told["shader"]) == ("Replace background", "builtin", None)
    background, edge, soft, decontaminate = told["parameters"]
    assert background["kind"] == "background"
    assert edge == {
        "name": "edge_blur_amount",
        "label": "edge blur",
        "help": "Standard deviation of the blur of the edge between people and background",
        "default": 3,
        "kind": "number",
        "whole": False,
        "low": 0,
        "high": 20,
        "step": 0.5,
        "unit": "pixels",
        "trait": True,
        "shown_if": {"soft": False},
    }
    assert (soft["kind"], soft["shown_if"]) == ("switch", None)
    assert decontaminate["label"] == "remove color spill"
    people, *_ = _told(view, "mask")["parameters"]
    assert (people["default"], people["suggested"]) == ("transparent", "#00a3a3")


def test_a_shader_that_reads_the_background_has_its_control(stream: SegmentationStream) -> None:
    main = "void main() {{ color = texture({}, place); }}"
    ShaderEffect(main.format("background"), name="behind")
    ShaderEffect(main.format("frame"), name="before")
    view = SegmentationView(stream)
    (background,) = _told(view, "behind")["parameters"]
    assert (background["name"], background["trait"]) == ("background", True)
    assert _told(view, "before")["parameters"] == []


@pytest.mark.parametrize("make", [SegmentationView, ModelPanel])
def test_signature_and_docstring_name_every_option(make: type) -> None:
    options = inspect.signature(make).parameters
    assert {*PARAMETERS} < {*options}
    assert options["opacity"].default == 0.7
    assert options["view"].default == "mask"
    assert options["line"].default == []
    assert "options" not in options
    assert f"\n{', '.join(OPTIONS)}\n" in (inspect.getdoc(make) or "")


@pytest.mark.parametrize("make", [SegmentationView, ModelPanel])
def test_an_unknown_option_is_refused_with_those_that_there_are(
    stream: SegmentationStream, make: type
) -> None:
    of = stream if make is SegmentationView else stream.webcam
    with pytest.raises(UnknownArgumentError, match=r"no argument 'opcity'. It takes .*'opacity'"):
        make(of, opcity=1)


def test_a_panel_hands_every_option_to_its_view(stream: SegmentationStream) -> None:
    panel = ModelPanel(stream.webcam, pixel_cell_width=22, contour_color="white", threshold=0.3)
    assert (panel.view.pixel_cell_width, panel.view.contour_color) == (22, "#ffffff")
    assert panel.threshold_slider.value == 0.3
    panel.close()


def test_a_declaration_has_a_parameter_in_every_annotation() -> None:
    class Declared(BuiltinParameters, total=False):
        bare: float

    with pytest.raises(TypeError, match=r"Declared.bare has no Parameter"):
        declared_parameters(Declared)
