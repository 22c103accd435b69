"""Effects: functions and shaders that turn frames into images.

- `builtin_effects.py`: the effects included in the package;
- `python_effect.py`: ``@effect``, and `shader.py`: ``ShaderEffect``; `custom_effects.py`: those
  that views offer in addition to the built-in ones;
- `drawn.py`: built-in effects without a view;
- `parameters.py`: the kinds of parameters, for all effects; `annotations.py` reads them;
  `background.py` reads backgrounds;
- `run.py`: runs an effect frame by frame, live or on files; `runner.py`: live, on a separate
  thread.
"""

from bodyseg_widgets.streaming.effects.builtin_effects import (
    BUILTIN_EFFECTS,
    BuiltinEffect,
    BuiltinParameters,
)
from bodyseg_widgets.streaming.effects.custom_effects import (
    CUSTOM_EFFECTS,
    CustomEffect,
    check_names,
    on_new_effect,
)
from bodyseg_widgets.streaming.effects.drawn import DrawnEffect
from bodyseg_widgets.streaming.effects.parameters import ImageField, Parameter, Range, describe
from bodyseg_widgets.streaming.effects.python_effect import Effect, PythonEffect, effect
from bodyseg_widgets.streaming.effects.run import EffectRun
from bodyseg_widgets.streaming.effects.runner import EffectResult, EffectRunner
from bodyseg_widgets.streaming.effects.shader import MAX_SHADER_POSES, ShaderEffect

__all__ = [
    "BUILTIN_EFFECTS",
    "CUSTOM_EFFECTS",
    "MAX_SHADER_POSES",
    "BuiltinEffect",
    "BuiltinParameters",
    "CustomEffect",
    "DrawnEffect",
    "Effect",
    "EffectResult",
    "EffectRun",
    "EffectRunner",
    "ImageField",
    "Parameter",
    "PythonEffect",
    "Range",
    "ShaderEffect",
    "check_names",
    "describe",
    "effect",
    "on_new_effect",
]
