"""Limits shared by page and kernel; ``tools.generate`` writes the page's from here."""

from __future__ import annotations

from typing import Final

FRAMES_IN_FLIGHT: Final = 2
"""Maximum frames in flight per page while the kernel is near: one being processed in the kernel,
one arriving."""

MOST_FRAMES_IN_FLIGHT: Final = 4
"""The same for a kernel that is far away, where more frames are under way at a time."""

FRAME_JPEG_QUALITY: Final = 0.8
"""JPEG quality of frames that a page sends, 0 to 1: small enough to encode and send 30 times per
second, good enough to look at."""

UPLOAD_CHUNK_BYTES: Final = 2**20
"""Largest part of a file in one `upload`, in bytes: large compared to its header, small compared to
servers' limits."""

ASSET_PART_BYTES: Final = 2**20
"""Largest part of a file in one `asset`, in bytes, as of an `upload`."""

KEEP_ALIVE_SECONDS: Final = 5
"""How often a page sends `keep_alive` while a kernel source is open."""

HIDDEN_PAGE_SILENCE: Final = 75.0
"""Seconds without a message from a page, which may be hidden, that count as one silence; after two,
the page is considered closed. Browsers let a hidden page send once a minute."""

PATIENCE_SECONDS: Final = 3
"""How long nobody has to need a source's frames before its camera is switched off, and no control
to be displayed before it is stopped: a cell that is moved displays it anew."""

HEARTBEAT_SECONDS: Final = 2
"""How often a hidden page that records sends a heartbeat, if the browser allows."""

UNWRITTEN_BYTES: Final = 8 * 2**20
"""Bytes of a video that a page may have sent before the kernel has written them."""

UPLOADED_BACKGROUND_BYTES: Final = 8 * 2**20
"""Largest background video that a page may upload, in bytes: it is sent in one message, and servers
accept 10 MB."""

MAX_BRUSH_SIZE: Final = 300
"""Largest brush of a mask editor, in pixels of its image."""
