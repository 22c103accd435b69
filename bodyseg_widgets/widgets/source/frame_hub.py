"""Store each frame of a source, record it, and offer it to every stream."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.images import MAX_PIXELS, MAX_SIDE
from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.streaming import (
    Demand,
    EncodedFrame,
    FrameHistory,
    ImageInPage,
    SharedImage,
    Timings,
)
from bodyseg_widgets.widgets.kit.page_messages import MessageError
from bodyseg_widgets.widgets.source.local_streams import LocalStreams
from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket, Route, now_ms
from bodyseg_widgets.widgets.transport.results import stored_result

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming import KeptFrame, StoredResult
    from bodyseg_widgets.widgets.source.local_streams import LocalStream
    from bodyseg_widgets.widgets.transport.frame_ticket import Post
    from bodyseg_widgets.widgets.transport.messages import (
        BrowserTimings,
        Buffers,
        FrameMessage,
        KernelMessage,
        LocalStateMessage,
        NextMessage,
        SeenMessage,
        SessionAddress,
        ShowMessage,
    )

FrameListener: TypeAlias = "Callable[[EncodedFrame[FrameTicket]], object]"
"""Returns immediately, and answers for the frame later."""

_log = logging.getLogger(__name__)

_RECENT_FRAMES = 16
"""How many frames results of the page may be of: more than can be in flight."""

_ANSWERS = ("result", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class PageWork:
    """What the page has to know of those who get its frames.

    Attributes
    ----------
    streams : list of LocalStream
        The streams whose models run in the page.
    kernel_streams : bool
        Whether any stream's model runs in the kernel, and needs the frames.
    results : str
        Which results of the page Python wants, one of `WANTED_RESULTS`.
    """

    streams: list[LocalStream]
    kernel_streams: bool
    results: str


@dataclass(frozen=True, slots=True)
class _Recent:
    """A frame that a result of the page may be of."""

    frame: EncodedFrame[Route]
    keep: Callable[[str, StoredResult], None]


class FrameRecorder(Protocol):
    """A recorder of live frames and results, such as ``RecordingWriter``."""

    def add_frame(
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
        """Record the result of the model with this label."""


class FrameHub:
    """Stores, records and passes on the frames of one source. Thread-safe.

    Parameters
    ----------
    post : callable
        ``(message, buffers)``: sends a page a message.
    seconds : float
        How many seconds of frames to store for viewing again.
    keeps : callable
        Whether the frames of a session that is over stay stored.
    wanted : callable
        ``(wanted)``: called with whether anyone in Python needs frames, when that changes.
    page_work : callable
        ``(work)``: called with what the page has to know, when that may have changed.

    Attributes
    ----------
    history : FrameHistory
        The stored frames.
    demand : Demand
        Who in Python needs frames.
    images : Demand
        Who in Python needs the images with results of the page: also those that are only for what
        the page shows, such as Python effects.
    local : LocalStreams
        The streams whose models run in the page.
    """

    def __init__(
        self,
        post: Post,
        *,
        seconds: float,
        keeps: Callable[[], bool],
        wanted: Callable[[bool], object] = lambda _: None,
        page_work: Callable[[PageWork], object] = lambda _: None,
    ) -> None:
        self._page_work = page_work
        self._wanted = wanted
        self._frames_wanted = self._images_wanted = False
        self.history = FrameHistory(seconds)
        self.demand = Demand(self._on_frames_wanted)
        self.images = Demand(self._on_images_wanted)
        self.local = LocalStreams(self._tell_page)
        self._post = post
        self._keeps = keeps
        self._lock = threading.Lock()
        self._telling = threading.RLock()
        self._listeners = Listeners[[EncodedFrame[FrameTicket]]]()
        self._recorded_frames = Listeners[[EncodedFrame[Route], "Size", str]]()
        self._recorded_results = Listeners[[int, str, "StoredResult", str]]()
        self._names = _VideoNames()
        # By page: the numbers of the session and of the request that came last.
        self._newest: dict[str, tuple[int, int]] = {}
        # By page: the number of the session that was over last.
        self._over: dict[str, int] = {}
        # By session and request, the newest last; of a source with streams in the page only. None
        # for one that Stop has forgotten: its results may still be on their way.
        self._recent: OrderedDict[tuple[tuple[str, int], int], _Recent | None] = OrderedDict()

    def subscribe(self, listener: FrameListener) -> Unsubscribe:
        """Call `listener` with every frame; it must return immediately and answer later.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        remove = self._listeners.add(listener)
        self._tell_page()

        def unsubscribe() -> None:
            remove()
            self._tell_page()

        return unsubscribe

    def _on_frames_wanted(self, wanted: bool) -> None:  # noqa: FBT001 - the callback's only argument
        self._frames_wanted = wanted
        self._wanted(wanted)
        self._tell_page()

    def _on_images_wanted(self, wanted: bool) -> None:  # noqa: FBT001 - as above
        self._images_wanted = wanted
        self._tell_page()

    def check_demand(self) -> None:
        """Ask everyone who may need frames, or their images."""
        # In this order, so that the page need not be told twice of one who needs both.
        self.images.check()
        self.demand.check()

    def _tell_page(self) -> None:
        # Looked up under the lock, too, so that the last word is the newest.
        with self._telling:
            self._page_work(
                PageWork(
                    self.local.all,
                    kernel_streams=bool(self._listeners.callbacks),
                    results=self._wanted_results(),
                )
            )

    def _wanted_results(self) -> str:
        if self._images_wanted:
            return "with_images"
        return "alone" if self._frames_wanted else "none"

    def add_recorder(self, recorder: FrameRecorder) -> Unsubscribe:
        """Record all live frames and results.

        Returns
        -------
        callable
            Call it without arguments to stop that.
        """

        def add_frame(frame: EncodedFrame[Route], size: Size, video: str) -> None:
            recorder.add_frame(frame.id, frame.timestamp, video, frame.image.data, size)

        def add_result(number: int, label: str, stored: StoredResult, video: str) -> None:
            recorder.add_result(number, label, stored, video=video)

        subscriptions = (
            self._recorded_frames.add(add_frame),
            self._recorded_results.add(add_result),
            self.images.add(lambda: True),
            self.demand.add(lambda: True),
        )

        def remove() -> None:
            for unsubscribe in subscriptions:
                unsubscribe()

        return remove

    def close(self) -> None:
        """Forget all frames, and stop passing on others."""
        self._listeners.clear()
        self.history.close()
        with self._lock:
            self._recent.clear()

    def end(self, session: SessionAddress) -> None:
        """Forget the frames of a page's session that is over, also those that are yet to come."""
        with self._lock:
            before = self._over.get(session["page"], 0)
            self._over[session["page"]] = max(before, session["video"])
        self._forget(self._is_over)

    def forget(self) -> None:
        """Forget the frames of all sessions: the source was stopped."""
        self._forget(lambda _: True)

    def _forget(self, is_over: Callable[[Hashable], bool]) -> None:
        with self._lock:
            recent = [*self._recent]
        over = [key for key in recent if is_over(key[0])]
        with self._lock:
            self._recent.update(dict.fromkeys(over))
        if not self._keeps():
            self.history.forget(is_over)

    def _is_over(self, session: Hashable) -> bool:
        page, video = cast("tuple[str, int]", session)
        with self._lock:
            return video <= self._over.get(page, 0)

    def receive(self, message: FrameMessage, buffers: Buffers) -> None:
        """Receive a frame from the page."""
        route = _route(message)
        self.offer(
            EncodedFrame(
                id=message["frame"],
                image=SharedImage(buffers[0]),
                timestamp=message["captured"] / 1000,
                video=(*route.session, 0),
                timings=_reported_timings(message["timings"]),
                origin=route,
            )
        )

    def receive_seen(self, message: SeenMessage, buffers: Buffers) -> None:
        """Receive a result of a model that runs in the page.

        Raises
        ------
        MessageError
            It is no result for its frame.
        """
        self.check_demand()
        route = _route(message)
        receiver = self.local.receiver(message["stream"], message["key"])
        if receiver is None:
            return
        with self._lock:
            recent = self._recent.get((route.session, route.frame))
            is_forgotten = recent is None and (route.session, route.frame) in self._recent
        if is_forgotten:
            return
        try:
            if recent is None:
                recent = _Recent(_frame_of_page(message, buffers, route), keep=lambda *_: None)
            frame = recent.frame
            stored = stored_result(message, buffers, frame.image.size, receiver.model)
        except (BodySegError, ValueError, TypeError) as error:
            raise MessageError(
                f"A page sent a result that fits no frame ({error}). Reload the page."
            ) from error
        ticket = FrameTicket(
            route=route,
            received=now_ms(),
            keep=recent.keep,
            oldest=partial(self.history.oldest, route.session),
            _post=self._post_all_but_answers,
            _left=1,
        )
        known = {**frame.known, message["key"]: stored}
        receiver.seen(replace(frame.with_origin(ticket), known=known))

    def receive_state(self, message: LocalStateMessage) -> None:
        """Receive what a model that runs in the page is doing."""
        receiver = self.local.receiver(message["stream"], message["key"])
        if receiver is not None:
            receiver.said(message)

    def _post_all_but_answers(self, message: KernelMessage, buffers: Buffers) -> None:
        """Send the page what it does not know: the result is its own."""
        if message["kind"] not in _ANSWERS:
            self._post(message, buffers)

    def answer_late(self, message: FrameMessage | NextMessage | ShowMessage) -> bool:
        """Answer a message that a later one of its page has overtaken, the other way.

        Returns
        -------
        bool
            Whether it was one, which nobody else must handle.
        """
        route = _route(message)
        numbers = (route.video, route.frame)
        with self._lock:
            newest = self._newest.get(route.page, numbers)
            self._newest[route.page] = max(newest, numbers)
        if numbers >= newest:
            return False
        if message["kind"] == "frame":
            self._answer_late_frame(route)
        else:
            self._expire(route)
        return True

    def _answer_late_frame(self, route: Route) -> None:
        FrameTicket(
            route=route,
            received=now_ms(),
            keep=lambda *_: None,
            oldest=partial(self.history.oldest, route.session),
            _post=self._post,
            _left=1,
        ).answer_skipped("")

    def _expire(self, route: Route) -> None:
        self._post({"kind": "expired", "page": route.page, "frame": route.frame}, ())

    def recall(self, message: ShowMessage) -> None:
        """Show a stored frame again, with its known results."""
        route = _route(message)
        kept = self.history.get(route.session, message["id"])
        if kept is None:
            self._expire(route)
            return
        self.show(
            EncodedFrame(
                id=kept.id,
                image=SharedImage(kept.data),
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
                "kind": "image",
                "page": frame.origin.page,
                "frame": frame.origin.frame,
                "id": frame.id,
                "captured": frame.timestamp * 1000,
                "capture": frame.timings.capture,
                "live": frame.live,
            },
            [frame.image.data],
        )
        self.offer(frame)

    def offer(self, frame: EncodedFrame[Route]) -> None:
        """Store and record a frame, and offer it to every stream."""
        self.check_demand()
        listeners = self._listeners.callbacks
        with self._lock:
            video = self._names.of(frame) if frame.live else ""
        keep = partial(self._keep_result, frame, self._keep(frame), video)
        if self.local.all:
            is_over = self._is_over(frame.origin.session)
            self._note_recent(frame.origin, None if is_over else _Recent(frame, keep))
        ticket = FrameTicket(
            route=frame.origin,
            received=now_ms(),
            keep=keep,
            oldest=partial(self.history.oldest, frame.origin.session),
            _post=self._post,
            _left=max(1, len(listeners)),
        )
        if frame.live:
            self._record(frame, video)
        if not listeners:
            ticket.answer_skipped("")
        answerable = frame.with_origin(ticket)
        for listener in listeners:
            listener(answerable)

    def _note_recent(self, route: Route, recent: _Recent | None) -> None:
        with self._lock:
            self._recent[route.session, route.frame] = recent
            if len(self._recent) > _RECENT_FRAMES:
                self._recent.popitem(last=False)

    def _keep(self, frame: EncodedFrame[Route]) -> KeptFrame:
        session = frame.origin.session
        kept = None if frame.live else self.history.get(session, frame.id)
        if kept is not None:
            return kept
        kept = self.history.add(
            session,
            frame.id,
            frame.image.data,
            timestamp=frame.timestamp,
            arrived=time.monotonic() if frame.live else None,
        )
        if self._is_over(session):
            self._forget(self._is_over)
        return kept

    def _keep_result(
        self,
        frame: EncodedFrame[Route],
        kept: KeptFrame,
        video: str,
        label: str,
        stored: StoredResult,
    ) -> None:
        self.history.note(frame.origin.session, kept, label, stored)
        if frame.live:
            self._recorded_results.notify(frame.id, label, stored, video)

    def _record(self, frame: EncodedFrame[Route], video: str) -> None:
        if not self._recorded_frames.callbacks:
            # Its size need not be known.
            return
        try:
            self._recorded_frames.notify(frame, frame.image.size, video)
        except BodySegError:
            # The models get it anyway, and report what is wrong with it.
            _log.exception("A frame could not be recorded")


class _VideoNames:
    """Identifies sessions of live frames, so that frame numbers are unique within each."""

    def __init__(self) -> None:
        self._session: tuple[str, int] | None = None
        self._last_id = -1
        self._rounds = 0

    def of(self, frame: EncodedFrame[Route]) -> str:
        session = frame.origin.session
        if session != self._session:
            self._rounds = 0
        elif frame.id <= self._last_id:
            self._rounds += 1
        self._session, self._last_id = session, frame.id
        page, video = session
        return f"{page} {video} {self._rounds}"


def _route(message: FrameMessage | NextMessage | ShowMessage | SeenMessage) -> Route:
    return Route(message["page"], message["frame"], message["video"])


def _frame_of_page(message: SeenMessage, buffers: Buffers, route: Route) -> EncodedFrame[Route]:
    """Return a frame of which nothing came before its result.

    Raises
    ------
    ValueError
        It cannot have this size.
    """
    width, height = message["size"]
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE and height * width <= MAX_PIXELS):
        raise ValueError(f"a frame cannot have {width} x {height} pixels")
    return EncodedFrame(
        id=message["id"],
        image=SharedImage(buffers[-1]) if message["image"] else ImageInPage((height, width)),
        timestamp=message["captured"] / 1000,
        video=(*route.session, 0) if message["live"] else None,
        timings=_reported_timings(message["browser"]),
        origin=route,
        live=message["live"],
    )


def _reported_timings(timings: BrowserTimings) -> Timings:
    def known(value: float | None) -> float:
        return math.nan if value is None else value

    return Timings(
        capture=timings["capture"],
        up=known(timings["up"]),
        down=known(timings["down"]),
        draw=known(timings["draw"]),
    )
