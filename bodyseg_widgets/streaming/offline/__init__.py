"""A video file, a model and an effect: another video file.

- ``apply_effect`` is the door (`apply.py`);
- `handover.py` lets reading, the model and encoding work at the same time, a few frames apart;
- `kinds.py` has what can be written, `target.py` whether it may be, and that it is whole;
- `writer.py` encodes the pictures, `sound.py` takes the sound along.
"""

from bodyseg_widgets.streaming.offline.apply import apply_effect

__all__ = ["apply_effect"]
