"""Custom effects written as fragment shaders."""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING

from bodyseg_widgets.arguments import in_short, named_arguments
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.pose import KEYPOINT_NAMES
from bodyseg_widgets.rendering import Color
from bodyseg_widgets.streaming.effects.custom_effects import add_effect
from bodyseg_widgets.streaming.effects.parameters import (
    ColorField,
    Number,
    OneOf,
    Parameter,
    Range,
    Switch,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["MAX_SHADER_POSES", "ShaderEffect"]

MAX_SHADER_POSES = 4
"""How many people's landmarks a shader gets: with 33 each, they leave more than a third of the 224
vectors that every WebGL2 has for uniforms."""

_RESERVED = (
    "frame", "probability", "previous", "background", "size", "time", "threshold", "poses",
    "landmarks", "landmark", "place", "color", "label", "person",
)  # fmt: skip
_OURS = "bodyseg_"
"""Prefix of names in the view's own part of the program."""

_GLSL_WORDS = """
attribute const uniform varying layout centroid flat smooth break continue do for while switch
case default if else in out inout float int void bool true false invariant discard return mat2
mat3 mat4 vec2 vec3 vec4 ivec2 ivec3 ivec4 bvec2 bvec3 bvec4 uint uvec2 uvec3 uvec4 lowp mediump
highp precision sampler2D sampler3D samplerCube struct coherent volatile restrict readonly
writeonly resource atomic_uint noperspective patch sample subroutine common partition active asm
class union enum typedef template this goto inline noinline public static extern external
interface long short double half fixed unsigned superp input output filter image1D image2D image3D
sizeof cast namespace using main
"""
"""Keywords and reserved words of GLSL ES 3.00 (section 3.8) that people might use; the compiler
reports function names."""

_GIVEN = f"""\
uniform sampler2D frame, probability, previous, background;
uniform vec2 size;
uniform float time, threshold;
uniform int poses;
uniform vec4 landmarks[{MAX_SHADER_POSES * len(KEYPOINT_NAMES)}];
in vec2 place;
out vec4 color;
vec4 landmark(int person, int keypoint) {{
  return landmarks[{len(KEYPOINT_NAMES)} * person + keypoint];
}}
uniform sampler2D bodyseg_labels, bodyseg_people;
uniform bool bodyseg_hasLabels;
int bodyseg_numberAt(sampler2D numbers, vec2 at) {{
  ivec2 whole = textureSize(numbers, 0);
  ivec2 pixel = clamp(ivec2(floor(at * vec2(whole))), ivec2(0), whole - 1);
  return int(255.0 * texelFetch(numbers, pixel, 0).r + 0.5);
}}
int label(vec2 at) {{ return bodyseg_hasLabels ? bodyseg_numberAt(bodyseg_labels, at) : -1; }}
int person(vec2 at) {{ return bodyseg_numberAt(bodyseg_people, at); }}"""

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class ShaderEffect:
    """A fragment shader as an effect in every view's list, with a control per parameter.

    It runs in the browser, on the GPU if there is one, for all pixels of the frame in parallel.
    Creating another one with the same name, as when a cell is run again, replaces the old one in
    views that show it. If it does not compile, the compiler's message is shown under the view with
    line and text, and the previous shader stays in use. If it takes longer than two seconds for a
    frame, or half a second for each of three in a row, it is stopped, and the view says so: a
    graphics card does nothing else meanwhile.

    Parameters
    ----------
    source : str
        GLSL ES 3.00: functions and ``void main()``, which sets ``color``, a ``vec4``. It has no
        ``#version`` and does not declare its inputs:

        ===================  ========================================================
        ``vec2 place``       where this pixel is, 0 to 1 from the top left, not mirrored
        ``sampler2D``        ``frame``; ``probability`` (in ``.r``, 0 to 1); ``previous``, the
                             image this shader drew last, black at first;
                             ``background``, that of the view: an image, what a video shows, or
                             a color. Each covers all of the frame: ``texture(frame, place)``
        ``vec2 size``        width and height of the frame, in pixels
        ``float time``       seconds since the first frame that the shader drew
        ``float threshold``  the view's: a pixel is a person where its probability is at least this
        ``int poses``        how many people's poses there are, up to ``MAX_SHADER_POSES``
        ``landmark(i, j)``   ``vec4`` of person i and keypoint j, such as ``LEFT_WRIST``: x and y
                             as ``place``, z as wide as x, and the score
        ``label(place)``     ``int``: the value of the pixel's class, of the model's
                             ``Segmentation.labels``; -1 for a model without classes
        ``person(place)``    ``int``: whose pixel it is, from 1 in the order of the poses; 0 for
                             no one, and where people are not told apart
        ===================  ========================================================

        and the parameters, as uniforms with their names.
    name : str
        Its label in pickers.
    **params : Range, bool, int, float, Color or tuple of str
        Its parameters. A `Range` is a slider and a ``float``; a number a field and an ``int`` or
        ``float``; a bool a checkbox and a ``bool``; a `Color` a color picker and a ``vec3``; a
        tuple of words a picker and an ``int``, the number of the word from 0.

    Attributes
    ----------
    source : str
        The source; its first line is line 1.
    parameters : dict of str to Parameter
        Its parameters, by name.

    Raises
    ------
    InvalidOptionError
        The source is empty, has no ``main`` or has a ``#version``, the name belongs to a built-in
        effect, or a parameter is of another kind or has the name of an input.

    Examples
    --------
    >>> from bodyseg_widgets import Range, ShaderEffect
    >>> ripple = ShaderEffect(
    ...     '''
    ...     void main() {
    ...         float away = 1.0 - texture(probability, place).r;
    ...         vec2 shift = strength * away * sin(40.0 * place.yx + 3.0 * time);
    ...         color = texture(frame, place + shift);
    ...     }
    ...     ''',
    ...     name="ripple",
    ...     strength=Range(0, 0.05, 0.01),
    ... )
    >>> ripple
    <shader 'ripple': strength>
    """

    @named_arguments
    def __init__(
        self,
        source: str,
        *,
        name: str = "shader",
        **params: Range | float | Color | tuple[str, ...],
    ) -> None:
        self.name = name
        self.source = _checked_source(source)
        self.parameters: Mapping[str, Parameter] = {
            each: _parameter(each, value) for each, value in params.items()
        }
        add_effect(self)

    @property
    def reads_background(self) -> bool:
        """Whether the source reads the view's background."""
        return re.search(r"\bbackground\b", self.source) is not None

    @property
    def declarations(self) -> str:
        """The declarations before the source: all of its inputs."""
        keypoints = (f"const int {each.upper()} = {n};" for n, each in enumerate(KEYPOINT_NAMES))
        uniforms = (f"uniform {_glsl_type(each)} {name};" for name, each in self.parameters.items())
        return "\n".join([_GIVEN, *keypoints, *uniforms])

    def __repr__(self) -> str:
        return f"<shader {self.name!r}: {', '.join(self.parameters) or 'no parameters'}>"


def _glsl_type(parameter: Parameter) -> str:
    match parameter:
        case Number(whole=False):
            return "float"
        case Switch():
            return "bool"
        case ColorField():
            return "vec3"
    return "int"


def _checked_source(source: object) -> str:
    if not isinstance(source, str) or not source.strip():
        raise InvalidOptionError(
            f"source must be GLSL with a function void main(), but got {in_short(source)}. "
            "Write it in three quotes."
        )
    text = textwrap.dedent(source).strip("\n")
    if not re.search(r"\bvoid\s+main\s*\(", _COMMENT.sub("", text)):
        raise InvalidOptionError(
            "source must be GLSL with a function void main(), which sets color, but got "
            f"{in_short(text)} without one. Write void main() {{ color = texture(frame, place); }}."
        )
    if re.search(r"^\s*#\s*version\b", text, re.MULTILINE):
        raise InvalidOptionError("source must have no #version: it is GLSL ES 3.00. Leave it out.")
    return text


def _parameter(name: str, value: object) -> Parameter:
    if not _NAME.match(name) or "__" in name or name.startswith(("gl_", _OURS)):
        raise InvalidOptionError(
            "A parameter of a shader is called by letters, digits and single underscores, but got "
            f"{name!r}."
        )
    if name in _RESERVED:
        raise InvalidOptionError(
            f"No parameter of a shader can be called {name!r}: that is given already, as "
            f"{', '.join(_RESERVED)}."
        )
    if name in _GLSL_WORDS.split() or name.lower() in KEYPOINT_NAMES:
        raise InvalidOptionError(
            f"No parameter of a shader can be called {name!r}: that is a word of GLSL, or a "
            f"keypoint. Call it something else, such as 'my_{name.lower()}'."
        )
    match value:
        case Range():
            middle = (value.low + value.high) / 2
            default = middle if value.default is None else value.default
            return Number(name, default, low=value.low, high=value.high, step=value.step)
        case bool():
            return Switch(name, value)
        case int() | float():
            number = Number(name, 0, whole=isinstance(value, int))
            return Number(name, number.checked(value), whole=number.whole)
        case Color():
            return ColorField(name, ColorField(name, value).checked(value))
        case (str(first), *_):
            words = tuple(each for each in value if isinstance(each, str))
            if len(words) == len(value):
                return OneOf(name, first, words)
    raise InvalidOptionError(
        f"The parameter {name!r} of a shader must be a Range, a number, a bool, a Color or a tuple "
        f"of words, but got {value!r}."
    )
