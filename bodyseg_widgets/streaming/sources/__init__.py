"""Sources in the kernel: files, cameras on its computer, iterators.

- ``open_source`` opens anything, based on its content;
- ``VideoFile``, ``AnimatedImage``, ``StillImage``, ``KernelCamera``, ``ImageIterator`` are the
  sources;
- ``fetch`` downloads a video or image from a URL to a file.
"""

from bodyseg_widgets.downloads import fetch
from bodyseg_widgets.files import existing_file
from bodyseg_widgets.streaming.sources.animated_image import AnimatedImage
from bodyseg_widgets.streaming.sources.camera import KernelCamera
from bodyseg_widgets.streaming.sources.iterator import ImageIterator
from bodyseg_widgets.streaming.sources.opening import (
    SourceInput,
    Video,
    check_source,
    is_address,
    open_source,
)
from bodyseg_widgets.streaming.sources.still_image import StillImage
from bodyseg_widgets.streaming.sources.types import FrameSource, SourceFrame
from bodyseg_widgets.streaming.sources.video import VideoFile

__all__ = [
    "AnimatedImage",
    "FrameSource",
    "ImageIterator",
    "KernelCamera",
    "SourceFrame",
    "SourceInput",
    "StillImage",
    "Video",
    "VideoFile",
    "check_source",
    "existing_file",
    "fetch",
    "is_address",
    "open_source",
]
