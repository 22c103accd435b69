"""A page that takes frames and runs the models that are its own, and is none."""

from __future__ import annotations

import threading
import zlib
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np

from bodyseg_widgets.streaming.encoded import encode_image
from bodyseg_widgets.widgets.transport.checked import checked

if TYPE_CHECKING:
    from bodyseg_widgets import Webcam

NO_CARD = "This browser gives pages no graphics card (WebGPU)."
_JPEG = encode_image(np.full((48, 64, 3), 90, np.uint8))
_MASK = zlib.compress(bytes(256))
_BROWSER = {"capture": 8.0, "up": None, "down": None, "draw": None}
_SECONDS = 0.003
"""Between two frames."""


class PretendPage(threading.Thread):
    """Tells Python of each frame what it wants, until `ends` is set.

    Parameters
    ----------
    webcam : Webcam
        The source whose page it is. It has no graphics card.

    Attributes
    ----------
    wanted : list of str
        What was wanted of each result: one of `WANTED_RESULTS`.
    late : int
        How many more live frames it takes after a pause has begun in Python.
    late_frames : set of int
        The numbers of those that it has taken.
    ends : threading.Event
        Set it to end the page.
    """

    def __init__(self, webcam: Webcam) -> None:
        super().__init__(daemon=True)
        self._webcam = webcam
        self.wanted: list[str] = []
        self.late = 0
        self.late_frames: set[int] = set()
        self.ends = threading.Event()

    def run(self) -> None:
        """Send until it ends."""
        for number in count(1):
            if self.ends.wait(_SECONDS):
                return
            self._take_frame(number)

    def _take_frame(self, number: int) -> None:
        webcam = self._webcam
        if webcam.paused and self.late > 0:
            self.late -= 1
            self.late_frames.add(number)
        is_live = not webcam.paused or number in self.late_frames
        captured = {"captured": number * 33.0, "live": is_live}
        address = {"video": 1, "frame": number}
        asked = webcam._results_wanted
        if is_live and (webcam._kernel_streams or asked == "with_images"):
            frame = {"kind": "frame", **address, "captured": captured["captured"]}
            self._send({**frame, "timings": _BROWSER}, _JPEG)
        for local in webcam._local_streams:
            self.wanted.append(asked)
            whose = {"stream": local["stream"], "key": local["key"]}
            why = NO_CARD if local["accelerator"] == "webgpu" else ""
            state = {"kind": "local_state", "state": "ready", "message": ""}
            self._send({**state, **whose, "running_on": "wasm", "why": why})
            if asked == "none":
                continue
            found = {"shape": [16, 16], "region": [0, 0, 64, 48], "poses": [], "planes": []}
            timings = {"wait": 0.0, "decode": 1.0, "infer": 4.0}
            seen = {**captured, **found, "id": number, "size": [64, 48], "timings": timings}
            # Of those that a pause shows, Python has got none before.
            with_image = asked == "with_images" and not is_live
            seen |= {"image": with_image, "browser": _BROWSER}
            images = [_JPEG] if with_image else []
            self._send({"kind": "seen", **address, **whose, **seen}, _MASK, b"", *images)

    def _send(self, message: dict[str, Any], *buffers: bytes) -> None:
        self._webcam._receive(checked({"page": "p", **message}, buffers), buffers)
