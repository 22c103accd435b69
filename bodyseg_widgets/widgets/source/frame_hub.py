"""What happens with each frame of a source: it is kept, recorded, and offered to every stream."""

from __future__ import annotations

import logging
import math
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.streaming import EncodedFrame, FrameHistory, SharedPicture, Timings
from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket, Route, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming import KeptFrame, StoredResult
    from bodyseg_widgets.widgets.transport.frame_ticket import Post
    from bodyseg_widgets.widgets.transport.messages import (
        BrowserTimings,
        Buffers,
        FrameMessage,
        ShowMessage,
    )

FrameListener: TypeAlias = "Callable[[EncodedFrame[FrameTicket]], object]"
"""Returns at once, and answers for the frame later."""

_log = logging.getLogger(__name__)


class FrameRecorder(Protocol):
    """What records all live frames and results; a ``RecordingWriter`` is one."""

    def add_picture(
        self,
        id: int,  # noqa: A002 - the word of Frame
        timestamp: float,
        video: str,
        jpeg: bytes | memoryview,
        size: Size,
    ) -> object:
        """Record a frame of `size` (height, width)."""

    def add_result(
        self,
        id: int,  # noqa: A002
        label: str,
        stored: StoredResult,
        *,
        video: str,
    ) -> object:
        """Record what the model of this label made of it."""


class FrameHub:
    """Keeps, records and hands on the frames of one source. For any thread.

    Parameters
    ----------
    post : callable
        ``(message, buffers)``: sends a page a message.
    seconds : float
        How much is kept, to be shown again.

    Attributes
    ----------
    history : FrameHistory
        The frames that are kept.
    """

    def __init__(self, post: Post, *, seconds: float) -> None:
        self.history = FrameHistory(seconds)
        self._post = post
        self._lock = threading.Lock()
        self._listeners = Listeners[[EncodedFrame[FrameTicket]]]()
        self._recorders: list[FrameRecorder] = []
        self._names = _VideoNames()

    def subscribe(self, listener: FrameListener) -> Unsubscribe:
        """Call `listener` with every frame; it must return at once and answer later.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._listeners.add(listener)

    def add_recorder(self, recorder: FrameRecorder) -> Callable[[], None]:
        """Have all live frames and results recorded.

        Returns
        -------
        callable
            Call it without arguments to end that.
        """
        with self._lock:
            self._recorders = [*self._recorders, recorder]

        def remove() -> None:
            with self._lock:
                self._recorders = [each for each in self._recorders if each is not recorder]

        return remove

    def close(self) -> None:
        """Hand on no more frames."""
        self._listeners.clear()

    def receive(self, message: FrameMessage, buffers: Buffers) -> None:
        """Take a frame of the page's."""
        route = Route(message["page"], message["frame"], message["video"])
        self.offer(
            EncodedFrame(
                id=message["frame"],
                picture=SharedPicture(buffers[0]),
                timestamp=message["captured"] / 1000,
                video=(*route.opening, 0),
                timings=_reported_timings(message["timings"]),
                origin=route,
            )
        )

    def recall(self, message: ShowMessage) -> None:
        """Show a frame of the last seconds again, with what is known of it."""
        route = Route(message["page"], message["frame"], message["video"])
        kept = self.history.get(route.opening, message["id"])
        if kept is None:
            self._post({"kind": "expired", "page": route.page, "frame": route.frame}, ())
            return
        self.show(
            EncodedFrame(
                id=kept.id,
                picture=SharedPicture(kept.data),
                timestamp=kept.timestamp,
                video=None,
                timings=Timings(capture=0.0, up=0.0),
                origin=route,
                live=False,
                known=kept.results,
            )
        )

    def show(self, frame: EncodedFrame[Route]) -> None:
        """Send the page a frame that it does not have, and offer it to every stream."""
        self._post(
            {
                "kind": "picture",
                "page": frame.origin.page,
                "frame": frame.origin.frame,
                "id": frame.id,
                "captured": frame.timestamp * 1000,
                "capture": frame.timings.capture,
                "live": frame.live,
            },
            [frame.picture.data],
        )
        self.offer(frame)

    def offer(self, frame: EncodedFrame[Route]) -> None:
        """Keep and record a frame, and offer it to every stream."""
        listeners = self._listeners.callbacks
        with self._lock:
            recording = _Recording.begin(self._recorders, self._names, frame)
        ticket = FrameTicket(
            route=frame.origin,
            received=now_ms(),
            keep=partial(self._keep_result, frame, self._keep(frame), recording),
            oldest=partial(self.history.oldest, frame.origin.opening),
            _post=self._post,
            _left=max(1, len(listeners)),
        )
        recording.add_picture()
        if not listeners:
            ticket.answer_skipped("")
        answerable = frame.with_origin(ticket)
        for listener in listeners:
            listener(answerable)

    def _keep(self, frame: EncodedFrame[Route]) -> KeptFrame:
        opening = frame.origin.opening
        kept = None if frame.live else self.history.get(opening, frame.id)
        return kept or self.history.add(
            opening,
            frame.id,
            frame.picture.data,
            timestamp=frame.timestamp,
            arrived=time.monotonic() if frame.live else None,
        )

    def _keep_result(
        self,
        frame: EncodedFrame[Route],
        kept: KeptFrame,
        recording: _Recording,
        label: str,
        stored: StoredResult,
    ) -> None:
        self.history.note(frame.origin.opening, kept, label, stored)
        recording.add_result(label, stored)


class _Recording:
    """One frame as all recorders get it."""

    def __init__(
        self, recorders: list[FrameRecorder], frame: EncodedFrame[Route], video: str
    ) -> None:
        self._recorders = recorders
        self._frame = frame
        self._video = video

    @classmethod
    def begin(
        cls, recorders: list[FrameRecorder], names: _VideoNames, frame: EncodedFrame[Route]
    ) -> _Recording:
        return cls(recorders, frame, names.of(frame)) if frame.live else cls([], frame, "")

    def add_picture(self) -> None:
        if not self._recorders:
            return
        frame = self._frame
        try:
            size = frame.picture.size
            for recorder in self._recorders:
                recorder.add_picture(
                    frame.id, frame.timestamp, self._video, frame.picture.data, size
                )
        except BodySegError:
            # The models are asked all the same, and say what is wrong with it.
            _log.exception("A frame could not be recorded")

    def add_result(self, label: str, stored: StoredResult) -> None:
        for recorder in self._recorders:
            recorder.add_result(self._frame.id, label, stored, video=self._video)


class _VideoNames:
    """Names the videos of live frames, so that no frame's number comes twice in one."""

    def __init__(self) -> None:
        self._opening: tuple[str, int] | None = None
        self._last_id = -1
        self._rounds = 0

    def of(self, frame: EncodedFrame[Route]) -> str:
        opening = frame.origin.opening
        if opening != self._opening:
            self._rounds = 0
        elif frame.id <= self._last_id:
            self._rounds += 1
        self._opening, self._last_id = opening, frame.id
        page, video = opening
        return f"{page} {video} {self._rounds}"


def _reported_timings(timings: BrowserTimings) -> Timings:
    def known(value: float | None) -> float:
        return math.nan if value is None else value

    return Timings(
        capture=timings["capture"],
        up=known(timings["up"]),
        down=known(timings["down"]),
        draw=known(timings["draw"]),
    )
