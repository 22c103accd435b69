"""Images from Python code: a list, an array of several, a generator."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast, runtime_checkable

import numpy as np

from bodyseg_widgets.errors import InvalidImageError, SourceError
from bodyseg_widgets.images import ArrayLike, ImageInput, to_rgb
from bodyseg_widgets.in_page import check_threads_for
from bodyseg_widgets.streaming.sources.types import SourceFrame

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SEQUENCE_RATE = 30.0
"""Default frame rate for indexable images."""

_BATCH_DIMENSIONS = 4
_ACCEPTED = (
    "a list or another sequence of images, an array of shape (N, H, W, 3), or anything else "
    "that can be iterated over, such as a generator"
)


@runtime_checkable
class Indexed(Protocol):
    """Indexable images: a list, or anything with a length and indexing."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int) -> ImageInput:
        """Return the image with this number."""


Images: TypeAlias = Iterable[ImageInput] | Indexed | ArrayLike


class ImageIterator:
    """Images from any Python code.

    Anything with a length and indexing, such as a list or an array of shape (N, H, W, 3), is
    seekable. Anything else is asked for the next image on a separate thread, and only when that
    image is needed, so that ``close`` does not have to wait for it: the thread ends when the code
    returns its next image, ends, or fails.

    Every image is copied, so the code may reuse the same array for the next one.

    Parameters
    ----------
    images : iterable, sequence or array
        Each image as accepted by :func:`bodyseg_widgets.images.to_rgb`. Numbers start at 0.
    rate : float, optional
        Frame rate for playback. By default, images from an iterator are played as they arrive, and
        indexable images at 30 per second.
    label : str, optional
        Its label.

    Attributes
    ----------
    label : str
        Its label.
    rate : float or None
        Frames per second; None for frames as they arrive.
    length : int or None
        Number of images; None for an iterator.

    Raises
    ------
    SourceError
        `images` is a single image or is not iterable, or `rate` is not above 0.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.streaming.sources import ImageIterator
    >>> gray = (np.full((4, 6), level, np.uint8) for level in (0, 100, 200))
    >>> source = ImageIterator(gray, rate=10)
    >>> [source.read().image[0, 0, 0] for _ in range(3)] == [0, 100, 200], source.read()
    (True, None)
    >>> source.close()
    """

    def __init__(
        self, images: Images, *, rate: float | None = None, label: str = "Python frames"
    ) -> None:
        if rate is not None and not rate > 0:
            raise SourceError(f"Expect a rate above 0 frames per second, but got {rate}.")
        self.label = label
        self._all = _all_at_once(images)
        self.length = None if self._all is None else len(self._all)
        if self.length == 0:
            raise SourceError(f"{label!r} has no images: its length is 0.")
        self.rate = SEQUENCE_RATE if rate is None and self._all is not None else rate
        self._lock = threading.Lock()
        self._closed = False
        self._next = 0
        self._began: float | None = None
        self._ended = False
        if self._all is None:
            iterator = iter(cast("Iterable[ImageInput]", images))
            self._asked = _Asked(lambda: next(iterator, _END), name=f"bodyseg-{label}")

    def read(self) -> SourceFrame | None:
        """Wait for the next frame and return it; None at the end, and once closed.

        Raises
        ------
        SourceError
            The code failed, or returned something that is not an image; the message gives the frame
            number. `read` can continue after that, if the code does.
        """
        with self._lock:
            if self._closed or self._ended:
                return None
            number = self._next
            if self._all is not None and number >= len(self._all):
                return None
            return self._give(number)

    def read_at(self, index: int) -> SourceFrame:
        """Return the frame with this number, if the images can be indexed.

        Raises
        ------
        SourceError
            As for `read`; also for an iterator, if there is no such number, or once closed.
        """
        if self.length is None:
            raise SourceError(
                f"{self.label!r} provides images one after another, and cannot go to frame "
                f"{index}. Pass a list to go back and forth."
            )
        if not 0 <= index < self.length:
            raise SourceError(
                f"There is no frame {index} in {self.label!r}: it has {self.length}, "
                f"numbered from 0 to {self.length - 1}."
            )
        with self._lock:
            frame = None if self._closed else self._give(index)
        if frame is None:
            raise SourceError(f"{self.label!r} is closed. Create a new one.")
        return frame

    def close(self) -> None:
        """Stop asking for images, without waiting for a pending one."""
        self._closed = True
        if self._all is None:
            self._asked.close()

    def _give(self, number: int) -> SourceFrame | None:
        self._next = number + 1
        given = self._given(number)
        if isinstance(given, BaseException):
            raise SourceError(
                f"Frame {number} of {self.label!r} could not be read: "
                f"{type(given).__name__}: {given}"
            ) from given
        if isinstance(given, _End):
            self._ended = True
            return None
        return SourceFrame(self._rgb(given, number), number, self._time_of(number))

    def _given(self, number: int) -> ImageInput | _End | BaseException:
        if self._all is None:
            return self._asked.next()
        try:
            return self._all[number]
        except Exception as error:  # noqa: BLE001
            # Raised by the caller, which knows the frame number.
            return error

    def _rgb(self, given: ImageInput, number: int) -> NDArray[np.uint8]:
        try:
            return to_rgb(given).copy()
        except InvalidImageError as error:
            raise SourceError(
                f"Frame {number} of {self.label!r} is not a usable image: {error}"
            ) from error

    def _time_of(self, number: int) -> float:
        if self.rate is not None:
            return number / self.rate
        now = time.monotonic()
        if self._began is None:
            self._began = now
        return now - self._began


class _End:
    """Marks the end; None could be yielded by mistake instead of an image."""


_END = _End()


class _Asked:
    """Calls a function for its next answer on a thread, and stops waiting when closed."""

    def __init__(self, ask: Callable[[], ImageInput | _End], *, name: str) -> None:
        self._ask = ask
        self._name = name
        self._changed = threading.Condition()
        self._wanted = False
        self._answers: list[ImageInput | _End | BaseException] = []
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def next(self) -> ImageInput | _End | BaseException:
        """Wait for the next answer, an exception raised instead, or until closed."""
        with self._changed:
            if self._thread is None and not self._closed.is_set():
                check_threads_for("An iterator")
                # A daemon, because code that waits for an image forever cannot be stopped.
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._wanted = True
            self._changed.notify_all()
            while not self._answers and not self._closed.is_set():
                self._changed.wait()
            if self._closed.is_set():
                return _END
            return self._answers.pop(0)

    def close(self) -> None:
        """Stop waiting; the thread ends as soon as the function returns."""
        with self._changed:
            self._closed.set()
            self._answers.clear()
            self._changed.notify_all()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._wanted and not self._closed.is_set():
                    self._changed.wait()
                if self._closed.is_set():
                    return
                self._wanted = False
            answer: ImageInput | _End | BaseException
            try:
                answer = self._ask()
            except BaseException as error:  # noqa: BLE001
                # Passed to the caller that waits for the image.
                answer = error
            with self._changed:
                if self._closed.is_set():
                    return
                self._answers.append(answer)
                self._changed.notify_all()
            # Do not keep the last image alive while waiting for the next one.
            del answer


def _all_at_once(images: object) -> Indexed | None:
    """Return the images if they can be indexed; None if they arrive one after another."""
    if isinstance(images, ArrayLike):
        shape = np.shape(images)
        if len(shape) != _BATCH_DIMENSIONS:
            raise SourceError(
                "Expect an array of several images to have the shape (N, H, W, 3), but got "
                f"{shape}. StillImage takes one image."
            )
        return cast("Indexed", images)
    if isinstance(images, str | bytes | Mapping) or not isinstance(images, Indexed | Iterable):
        raise SourceError(
            f"Expect {_ACCEPTED}, but got {type(images).__name__}. open_source opens files."
        )
    return images if isinstance(images, Indexed) else None
