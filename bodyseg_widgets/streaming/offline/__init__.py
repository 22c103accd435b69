"""Turn a video file, a model and an effect into a new video file.

- ``apply_effect`` is the entry point (`apply.py`);
- `handover.py` lets reading, model and encoding run in parallel, a few frames apart;
- `kinds.py` lists the formats that can be written; `target.py` checks the path, and that the file
  is complete;
- `writer.py` encodes the images, `sound.py` carries over the sound.
"""

from bodyseg_widgets.streaming.offline.apply import apply_effect

__all__ = ["apply_effect"]
