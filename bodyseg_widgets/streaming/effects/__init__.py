"""Effects: functions and shaders that turn frames into images.

- `builtin_effects.py`: those that come with the package;
- `python_effect.py`: ``@effect``, and `shader.py`: ``ShaderEffect``; `custom_effects.py`: those
  that views offer beside the built-in ones;
- `parameters.py`: the kinds of parameters, for all effects alike; `annotations.py` reads them;
  `background.py` reads what can be behind people;
- `run.py`: an effect on one frame after the other, for live and files alike; `runner.py`: live, on
  a thread of its own.
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
from bodyseg_widgets.streaming.effects.parameters import ImageField, Parameter, Range, describe
from bodyseg_widgets.streaming.effects.python_effect import Effect, PythonEffect, effect
from bodyseg_widgets.streaming.effects.run import EffectRun
from bodyseg_widgets.streaming.effects.runner import EffectResult, EffectRunner
from bodyseg_widgets.streaming.effects.shader import MOST_POSES, ShaderEffect

__all__ = [
    "BUILTIN_EFFECTS",
    "CUSTOM_EFFECTS",
    "MOST_POSES",
    "BuiltinEffect",
    "BuiltinParameters",
    "CustomEffect",
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
