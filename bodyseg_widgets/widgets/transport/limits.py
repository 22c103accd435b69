"""Limits that page and kernel both keep to; the page's come from here by ``tools.generate``."""

from __future__ import annotations

from typing import Final

FRAMES_IN_FLIGHT: Final = 2
"""How many frames a page may have on their way: one at work in the kernel, one arriving."""

FRAME_JPEG_QUALITY: Final = 0.8
"""Of the frames that a page sends, 0 to 1: small enough to encode and send 30 times a second,
fine enough to look at."""

UPLOAD_PIECE_BYTES: Final = 2**20
"""Bytes of a file in one message: large beside its head, small beside what servers take."""

KEEP_ALIVE_SECONDS: Final = 5
"""How often a page says that it is there, while a source of the kernel's is open."""

HIDDEN_PAGE_SILENCE: Final = 75.0
"""Seconds without any word of a page, which may be hidden, that make one silence; two of them mean
that it is gone. Browsers let a hidden page speak once a minute."""

HEARTBEAT_SECONDS: Final = 2
"""How often a hidden page that records says that it is there, as far as the browser lets it."""

UNWRITTEN_BYTES: Final = 8 * 2**20
"""How much of a video a page may have sent that the kernel has not written yet."""

UPLOADED_BACKGROUND_BYTES: Final = 8 * 2**20
"""Bytes of a video that a page sends in one message: servers take 10 MB."""
