"""Sources in the kernel: files, cameras on its computer, iterators.

- ``open_source`` opens anything, based on its content;
- ``VideoFile``, ``StillPicture``, ``KernelCamera``, ``PictureIterator`` are the sources;
- ``fetch`` downloads a video or image from a URL to a file.
"""

from bodyseg_widgets.streaming.sources.camera import KernelCamera
from bodyseg_widgets.streaming.sources.download import fetch
from bodyseg_widgets.streaming.sources.iterator import PictureIterator
from bodyseg_widgets.streaming.sources.opening import SourceInput, open_source
from bodyseg_widgets.streaming.sources.picture import StillPicture
from bodyseg_widgets.streaming.sources.types import Picture, PictureSource
from bodyseg_widgets.streaming.sources.video import VideoFile

__all__ = [
    "KernelCamera",
    "Picture",
    "PictureIterator",
    "PictureSource",
    "SourceInput",
    "StillPicture",
    "VideoFile",
    "fetch",
    "open_source",
]
