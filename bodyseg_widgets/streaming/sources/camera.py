"""A camera attached to the computer the kernel runs on."""

from __future__ import annotations

import atexit
import math
import os
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.errors import SourceError
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.streaming.sources.types import SourceFrame

if TYPE_CHECKING:
    from numpy.typing import NDArray

MAX_DAMAGED = 30
"""Number of consecutive damaged frames after which a camera counts as broken."""

MAX_RATE = 1000.0

CLOSING_SECONDS = 2.0
"""How long `close` waits for the current frame; the thread ends by itself after it."""

_DEVICES = Path("/dev")


class KernelCamera:
    """A camera on the kernel's computer, read with OpenCV.

    That is the computer Python runs on, which may not be the one in front of you; your own
    computer's camera is opened in the browser, by ``Webcam``. The camera runs until this object is
    closed, or rests while nobody reads. A separate thread keeps only the newest frame, so `read`
    never returns old ones, and gaps in the frame numbers show how many were skipped.

    Parameters
    ----------
    device : int, str or os.PathLike
        Number of the camera, from 0; or a path or stream URL that OpenCV can open. A video file is
        played once, at its own rate.
    width, height : int
        Size to request from the camera, in pixels; it uses the nearest one it supports.
    rate : float
        Frame rate to request from the camera.
    label : str, optional
        Its label; default: ``"Camera 0"``, or the name of the path.
    patience : float
        Seconds without a call of `read` after which the camera is switched off; the next one
        switches it on again, and waits for that. Default: it stays on. A file never rests.

    Attributes
    ----------
    label : str
        Its label.
    rate : None
        None: frames are shown as they arrive.
    length : None
        None: cameras are not seekable.

    Raises
    ------
    SourceError
        The camera does not exist or cannot be opened; the message says why.

    Examples
    --------
    >>> from bodyseg_widgets.errors import SourceError
    >>> from bodyseg_widgets.streaming.sources import KernelCamera
    >>> try:
    ...     KernelCamera("/dev/no-such-camera")
    ... except SourceError as error:
    ...     print(str(error)[:42])
    There is no camera '/dev/no-such-camera' o
    """

    rate = None
    length = None

    def __init__(
        self,
        device: int | str | os.PathLike[str] = 0,
        *,
        width: int = 640,
        height: int = 480,
        rate: float = 30.0,
        label: str | None = None,
        patience: float = math.inf,
    ) -> None:
        name = device if isinstance(device, int) else os.path.expanduser(device)  # noqa: PTH111
        self._name = f"camera number {name}" if isinstance(name, int) else f"camera {name!r}"
        self.label = label or (f"Camera {name}" if isinstance(name, int) else Path(name).name)
        self._is_file = not isinstance(name, int) and Path(name).is_file()
        self._open = partial(self._opened, name, width=width, height=height, rate=rate)
        self._patience = math.inf if self._is_file else patience
        self._capture = self._open()
        self._interval = self._seconds_between(rate)
        self._changed = threading.Condition()
        self._newest: SourceFrame | None = None
        self._taken = 0
        self._last_given = -1
        self._readers = 0
        self._last_read = time.monotonic()
        self._problem: SourceError | None = None
        self._has_ended = False
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"bodyseg-{self.label}", daemon=True)
        self._thread.start()
        # The process must not exit while OpenCV's code runs in a thread: it would be aborted.
        atexit.register(self.close)

    def read(self) -> SourceFrame | None:
        """Wait for a frame newer than the last one returned; None once closed.

        Raises
        ------
        SourceError
            The camera stopped delivering frames.
        """
        with self._changed:
            self._readers += 1
            self._changed.notify_all()
            while not (self._has_news() or self._has_ended or self._closed.is_set()):
                self._changed.wait()
            self._readers -= 1
            self._last_read = time.monotonic()
            newest = self._newest
            if self._closed.is_set():
                return None
            if newest is None or not self._has_news():
                if self._is_file and newest is not None:
                    return None
                raise self._problem or SourceError(self._why_it_ended())
            self._last_given = newest.index
        return SourceFrame(_rgb(newest.image), newest.index, newest.time)

    def read_at(self, index: int) -> SourceFrame:
        """Raise an error: a camera cannot go back.

        Raises
        ------
        SourceError
            Always.
        """
        raise SourceError(
            f"{self.label!r} is a camera and cannot go to frame {index}. To go back, make "
            "a recording."
        )

    def close(self) -> None:
        """Turn the camera off and end its thread; waiting calls to `read` return None."""
        atexit.unregister(self.close)
        self._closed.set()
        with self._changed:
            self._changed.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(CLOSING_SECONDS)

    def _opened(
        self, device: int | str, *, width: int, height: int, rate: float
    ) -> cv2.VideoCapture:
        # OpenCV prints what it tried when it fails, so only existing cameras are requested.
        self._check_there_is(device)
        capture = cv2.VideoCapture(device)
        if not capture.isOpened():
            capture.release()
            raise SourceError(
                f"The {self._name} of the kernel's computer cannot be opened. Is "
                "another program using it, and does this user have access to cameras?"
            )
        if not self._is_file:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
            capture.set(cv2.CAP_PROP_FPS, rate)
        return capture

    def _check_there_is(self, device: int | str) -> None:
        if isinstance(device, str):
            missing = "://" not in device and not Path(device).exists()
        else:
            known = _camera_numbers()
            missing = device < 0 or (known is not None and device not in known)
        if missing:
            raise SourceError(
                f"There is no {self._name} on the kernel's computer"
                f"{_what_there_is()}. "
                "To use the camera of the computer in front of you, use Webcam()."
            )

    def _seconds_between(self, rate: float) -> float:
        """How long to wait between frames: 0 if reading from the camera already blocks."""
        if not self._is_file and self._capture.get(cv2.CAP_PROP_FRAME_COUNT) <= 0:
            return 0.0
        of_file = self._capture.get(cv2.CAP_PROP_FPS)
        return 1 / (of_file if 1 <= of_file <= MAX_RATE else rate)

    def _has_news(self) -> bool:
        return self._newest is not None and self._newest.index > self._last_given

    def _why_it_ended(self) -> str:
        return (
            f"The {self._name} of the kernel's computer stopped delivering frames "
            f"after {self._taken}. Was it unplugged, or is another program using it? Open it again."
        )

    def _run(self) -> None:
        try:
            self._keep_newest()
        except SourceError as error:
            self._problem = error
        finally:
            self._capture.release()
            with self._changed:
                self._has_ended = True
                self._changed.notify_all()

    def _keep_newest(self) -> None:
        began = time.monotonic()
        damaged = 0
        while not self._closed.is_set() and damaged < MAX_DAMAGED:
            if self._is_idle():
                self._rest()
                continue
            if not self._capture.grab():
                return
            now = time.monotonic() - began
            is_whole, bgr = self._capture.retrieve()
            if not is_whole:
                damaged += 1
                continue
            damaged = 0
            with self._changed:
                self._newest = SourceFrame(np.asarray(bgr, dtype=np.uint8), self._taken, now)
                self._taken += 1
                self._changed.notify_all()
            self._closed.wait(max(0.0, began + self._taken * self._interval - time.monotonic()))

    def _is_idle(self) -> bool:
        with self._changed:
            silence = time.monotonic() - self._last_read
            return self._readers == 0 and silence > self._patience

    def _rest(self) -> None:
        """Keep the camera off until somebody reads."""
        self._capture.release()
        with self._changed:
            # Nobody wants to see what was there before.
            self._newest = None
            while self._readers == 0 and not self._closed.is_set():
                self._changed.wait()
        if not self._closed.is_set():
            self._capture = self._open()


def _rgb(bgr: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), dtype=np.uint8)


def _camera_numbers() -> list[int] | None:
    """Return the numbers of the cameras, or None where the system does not list them."""
    if sys.platform != "linux":
        return None
    names = (each.name.removeprefix("video") for each in _DEVICES.glob("video*"))
    return sorted(int(name) for name in names if name.isdecimal())


def _what_there_is() -> str:
    known = _camera_numbers()
    if known is None:
        return ""
    return f" (available: {', '.join(map(str, known))})" if known else " (it has no camera)"
