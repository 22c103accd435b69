"""Effects of a person's own: Python functions and shaders that turn frames into pictures.

- `python_effect.py`: ``@effect``; `annotations.py` reads which parameters a function has,
  `parameters.py` has the kinds of them;
- `shader.py`: ``ShaderEffect``;
- `live_effects.py`: which effects views offer;
- `run.py`: an effect on one frame after the other, for live and files alike; `runner.py`: live, on
  a thread of its own.
"""

from bodyseg_widgets.streaming.effects.live_effects import (
    EFFECTS,
    LIVE_EFFECTS,
    OwnEffect,
    check_names,
    on_new_effect,
)
from bodyseg_widgets.streaming.effects.parameters import Parameter, PictureField, Range
from bodyseg_widgets.streaming.effects.python_effect import Effect, PythonEffect, effect
from bodyseg_widgets.streaming.effects.run import EffectRun
from bodyseg_widgets.streaming.effects.runner import EffectRunner, Made
from bodyseg_widgets.streaming.effects.shader import MOST_POSES, ShaderEffect

__all__ = [
    "EFFECTS",
    "LIVE_EFFECTS",
    "MOST_POSES",
    "Effect",
    "EffectRun",
    "EffectRunner",
    "Made",
    "OwnEffect",
    "Parameter",
    "PictureField",
    "PythonEffect",
    "Range",
    "ShaderEffect",
    "check_names",
    "effect",
    "on_new_effect",
]
