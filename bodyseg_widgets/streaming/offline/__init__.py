"""Turn files, a model and an effect into new files.

- ``apply_effect`` is the entry point for videos (`apply.py`), ``segment_files`` for folders and
  whatever else is made of them (`segment.py`, `outputs.py`); `effect_video.py` writes one video,
  `many.py` works on many files, where one may fail alone; `whole_video.py` notices what is cut
  short;
- `handover.py` lets reading, model and encoding run in parallel, a few frames apart;
- `kinds.py` lists the formats that can be written; `target.py` checks the path, and that the file
  is complete;
- `writer.py` encodes the images, `sound.py` carries over the sound.
"""

from bodyseg_widgets.streaming.offline.apply import apply_effect
from bodyseg_widgets.streaming.offline.many import FailedFile, SegmentedFiles
from bodyseg_widgets.streaming.offline.outputs import OUTPUTS
from bodyseg_widgets.streaming.offline.segment import segment_files

__all__ = ["OUTPUTS", "FailedFile", "SegmentedFiles", "apply_effect", "segment_files"]
