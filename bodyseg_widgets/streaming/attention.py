"""Listening to results that come anyway, or asking for them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bodyseg_widgets.streaming.feed import ResultSource, ResultStream, check_results

if TYPE_CHECKING:
    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.streaming.feed import ResultCallback
    from bodyseg_widgets.streaming.frame import Result


@runtime_checkable
class OverheardSource(Protocol):
    """A source of results that stops producing them, or their images, while nobody needs any."""

    @property
    def overheard(self) -> Result | None:
        """The newest result, or None before the first."""

    def on_result(self, callback: ResultCallback, *, images: bool = True) -> Unsubscribe:
        """Call `callback` with each result; say whether it needs images."""

    def overhear(self, callback: ResultCallback) -> Unsubscribe:
        """Call `callback` with each result that comes anyway."""


def on_result_without_images(stream: ResultSource, callback: ResultCallback) -> Unsubscribe:
    """Call ``callback(result)`` with each result, for its mask and poses alone.

    Where the image of a frame is in the browser, it stays there.

    Parameters
    ----------
    stream : SegmentationStream
        The stream; anything with ``on_result`` works.
    callback : callable
        A function that takes a `Result`.

    Returns
    -------
    callable
        Call it without arguments to unsubscribe.

    Raises
    ------
    InvalidOptionError
        `stream` provides no results.

    Examples
    --------
    >>> from bodyseg_widgets import SegmentationStream, Webcam
    >>> from bodyseg_widgets.streaming.attention import on_result_without_images
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, runtime="browser")
    >>> unsubscribe = on_result_without_images(stream, lambda result: print(result.mask))
    >>> unsubscribe(); stream.close(); webcam.close()
    """
    checked = check_results(stream)
    if isinstance(checked, OverheardSource):
        return checked.on_result(callback, images=False)
    return checked.on_result(callback)


class Overheard:
    """A stream's results that come anyway: whoever subscribes here keeps no camera on.

    The images of their frames may have stayed in the browser, see `FrameInPage`.

    Parameters
    ----------
    stream : SegmentationStream
        The stream; anything with ``on_result`` works.

    Raises
    ------
    InvalidOptionError
        It provides no results.

    Examples
    --------
    >>> from bodyseg_widgets import PoseRecorder, SegmentationStream, Webcam
    >>> from bodyseg_widgets.streaming import Overheard
    >>> webcam = Webcam(source="sample")
    >>> stream = SegmentationStream(webcam, model="BlazePose")
    >>> recorder = PoseRecorder(Overheard(stream))
    >>> recorder.stop(); stream.close(); webcam.close()
    """

    def __init__(self, stream: ResultSource) -> None:
        self._stream = check_results(stream)

    @property
    def latest(self) -> Result | None:
        """The newest result, or None before the first, or if the stream does not provide it."""
        if isinstance(self._stream, OverheardSource):
            return self._stream.overheard
        return self._stream.latest if isinstance(self._stream, ResultStream) else None

    def on_result(self, callback: ResultCallback) -> Unsubscribe:
        """Call ``callback(result)`` with each result that comes anyway.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        if isinstance(self._stream, OverheardSource):
            return self._stream.overhear(callback)
        return self._stream.on_result(callback)


class Attention:
    """A subscription to masks and poses that asks for them only at times. Thread-safe.

    Parameters
    ----------
    stream : SegmentationStream
        The stream; anything with ``on_result`` works.
    callback : callable
        ``(result)``: called with each result.
    asks : bool
        First value of `asks`.
    """

    def __init__(self, stream: ResultSource, callback: ResultCallback, *, asks: bool) -> None:
        self._stream = stream
        self._callback = callback
        self._lock = threading.Lock()
        self._asks = asks
        self._unsubscribe: Unsubscribe | None = self._subscribe()

    @property
    def asks(self) -> bool:
        """Whether results have to come for it; else it hears those that come anyway."""
        return self._asks

    @asks.setter
    def asks(self, asks: bool) -> None:
        with self._lock:
            if asks == self._asks or self._unsubscribe is None:
                return
            self._asks = asks
            self._unsubscribe()
            self._unsubscribe = self._subscribe()

    def close(self) -> None:
        """End it; calling it again does nothing."""
        with self._lock:
            unsubscribe, self._unsubscribe = self._unsubscribe, None
        if unsubscribe is not None:
            unsubscribe()

    def _subscribe(self) -> Unsubscribe:
        if self._asks:
            return on_result_without_images(self._stream, self._callback)
        return Overheard(self._stream).on_result(self._callback)
