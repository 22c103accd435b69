"""Play a kernel source for a page: one frame per request."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.streaming import (
    EncodedFrame,
    LatestWorker,
    SharedImage,
    Timings,
    encode_image,
)
from bodyseg_widgets.widgets.transport.frame_ticket import Route
from bodyseg_widgets.widgets.transport.lifeline import Lifeline
from bodyseg_widgets.widgets.transport.limits import HIDDEN_PAGE_SILENCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.streaming import FrameHistory, Played, Player
    from bodyseg_widgets.widgets.transport.frame_ticket import Post
    from bodyseg_widgets.widgets.transport.messages import (
        CloseMessage,
        KeepAliveMessage,
        KernelMessage,
        NextMessage,
        OpenedMessage,
        OpenMessage,
        RejectedMessage,
        SessionAddress,
        ShowMessage,
    )

_log = logging.getLogger(__name__)

SILENCE = HIDDEN_PAGE_SILENCE
"""Seconds without any word of the page that make one silence; two of them close its source: a
browser that has disappeared must not leave a camera on."""

CLOSED = (
    "The source was closed because this page stopped responding for a while. Press Start to "
    "continue."
)


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """What the function that opens a source gets: the page's request, and callbacks.

    Attributes
    ----------
    progress : callable
        ``(text, share)``: reports the current step and its progress, 0 to 1 or None.
    cancelled : callable
        Returns whether the page no longer waits for it.
    source, path, device, width, height, frame_rate : str, str, int, int, int, int
        What the page wants to open: the values of `Webcam.source`, `path`, `kernel_device` and so
        on. The traits themselves may be updated later than this.
    """

    progress: Callable[[str, float | None], None]
    cancelled: Callable[[], bool]
    source: str
    path: str
    device: int
    width: int
    height: int
    frame_rate: int


OpenSource: TypeAlias = "Callable[[OpenRequest], Player]"
"""Opens the source; raises BodySegError with a message for the user."""


@dataclass(slots=True)
class _Session:
    """A session whose source is in the kernel, from `open` to `close`."""

    page: str
    video: int
    player: Player | None = None
    opened: OpenedMessage | None = None
    # Where requests want to go on from that may be replaced by newer ones before they are served:
    # the frame that `next` is to begin at, and the one that was to be shown.
    begin_at: int | None = None
    sought: int | None = None
    damaged: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lifeline: Lifeline = field(default_factory=lambda: Lifeline(SILENCE))

    @property
    def address(self) -> SessionAddress:
        """Its identification in messages."""
        return {"page": self.page, "video": self.video}


@dataclass(frozen=True, slots=True)
class _Request:
    message: OpenMessage | NextMessage | ShowMessage
    session: _Session
    # Answers are sent in the context of the message they answer, see FrameTicket.
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


class Playback:
    """Opens, plays and seeks a source at a page's request, on a separate thread.

    Parameters
    ----------
    open_source : callable
        Creates the player; may take a long time.
    post : callable
        ``(message, buffers)``: sends the page a message.
    show : callable
        ``(frame)``: shows a frame and runs the models on it.
    history : FrameHistory
        Stores the results of frames that were shown before.
    """

    def __init__(
        self,
        open_source: OpenSource,
        *,
        post: Post,
        show: Callable[[EncodedFrame[Route]], None],
        history: FrameHistory,
    ) -> None:
        self._open_source = open_source
        self._post = post
        self._show = show
        self._history = history
        self._lock = threading.Lock()
        self._session: _Session | None = None
        # By page: the first session that is not over. A message may come late, the other way.
        self._first: dict[str, int] = {}
        # The last one whose source has a length: a file or images in memory, and no camera.
        self._of_length: tuple[str, int] | None = None
        # The last session that failed.
        self._rejected: RejectedMessage | None = None
        self._loop = True
        self._closed = False
        self._worker: LatestWorker[_Request] = LatestWorker(
            self._serve, on_skipped=self._skip, name="bodyseg-playback"
        )

    def has_length(self, session: tuple[str, int]) -> bool:
        """Whether a session's source has a length, as files have and cameras have not.

        Only of the newest such session; the answer for others is False.
        """
        with self._lock:
            return session == self._of_length

    def receive(self, message: OpenMessage | NextMessage | KeepAliveMessage | CloseMessage) -> None:
        """Handle a page's request; `show` is handled separately."""
        match message["kind"]:
            case "open":
                self.open(message)
            case "next":
                self.next(message)
            case "keep_alive":
                self._heard(message)
            case "close":
                self.close_session(message)

    def open(self, message: OpenMessage) -> None:
        """Open the source for a page, replacing any other session; not once it is closed.

        A page sends the same again, the other way, if its link was just opened or cut, and while it
        has no answer though the kernel can be reached.
        """
        session = _Session(message["page"], message["video"])
        if not self._replace(session):
            self._answer_again(message)
            return
        threading.Thread(
            target=self._watch, args=(session,), name="bodyseg-watch", daemon=True
        ).start()
        self._worker.offer(_Request(message, session))

    def _answer_again(self, message: OpenMessage) -> None:
        """Say again what came of opening this, if that is known."""
        session = self._session_of(message)
        with self._lock:
            outcome = session.opened if session else self._rejected
        if outcome is not None and _address(outcome) == _address(message):
            self._post(outcome, ())

    def next(self, message: NextMessage) -> None:
        """Show the next frame when it is due."""
        session = self._heard(message)
        if session is not None:
            if message["begin_at"] is not None:
                with self._lock:
                    session.begin_at = message["begin_at"]
            self._worker.offer(_Request(message, session))

    def show(self, message: ShowMessage) -> bool:
        """Show the frame with this number; return whether the source is seekable."""
        with self._lock:
            player = self._session.player if self._session else None
        if player is None or player.source.length is None:
            return False
        session = self._heard(message)
        if session is not None:
            with self._lock:
                session.begin_at, session.sought = None, message["id"]
            player.hurry()
            self._worker.offer(_Request(message, session))
        return session is not None

    def close_session(self, message: CloseMessage) -> None:
        """Close the source that this page opened, also if its `open` is still to come."""
        self._advance(message["page"], message["video"] + 1)
        session = self._session_of(message)
        if session is not None:
            self._end(session)

    def leave(self, page: str) -> None:
        """Close the source if this page opened it."""
        with self._lock:
            session = self._session
        if session is not None and session.page == page:
            self._end(session)

    def stop(self) -> None:
        """Close the source, no matter who opened it."""
        self._replace(None)

    def set_loop(self, *, loop: bool) -> None:
        """Set whether sources start over at their end, from now on; at first they do."""
        with self._lock:
            self._loop = loop
            if self._session and self._session.player:
                self._session.player.loop = loop

    def close(self) -> None:
        """Close the source and end the thread; no other source can be opened."""
        with self._lock:
            self._closed = True
        self.stop()
        self._worker.close()

    def _session_of(self, address: SessionAddress) -> _Session | None:
        with self._lock:
            session = self._session
        return session if session and session.address == _address(address) else None

    def _heard(self, address: SessionAddress) -> _Session | None:
        """Return a message's session; if none is open, notify the page."""
        with self._lock:
            session = self._session
        if session is None:
            self._post({"kind": "rejected", **_address(address), "message": CLOSED}, ())
        if session is None or session.address != _address(address):
            return None
        session.lifeline.heard(SILENCE)
        return session

    def _watch(self, session: _Session) -> None:
        if not session.lifeline.wait():
            self._end(session)

    def _end(self, session: _Session) -> None:
        """Close a session, unless it has already been replaced."""
        with self._lock:
            if self._session is not session:
                return
            self._session = None
        self._close_player(session)

    def _replace(self, session: _Session | None) -> bool:
        """Make this the session; return False if it is one, and open already or too late."""
        with self._lock:
            if session is not None and (self._closed or not self._may_open(session)):
                return False
            before, self._session = self._session, session
        if before is not None:
            self._close_player(before)
        return True

    def _may_open(self, session: _Session) -> bool:
        """Whether it is neither open nor over, and note that those before it are over."""
        if self._session is not None and self._session.address == session.address:
            return False
        first = self._first.get(session.page, 0)
        self._first[session.page] = max(first, session.video)
        return session.video >= first

    def _advance(self, page: str, video: int) -> None:
        with self._lock:
            self._first[page] = max(self._first.get(page, 0), video)

    def _close_player(self, session: _Session) -> None:
        with self._lock:
            session.over.set()
            player = session.player
        session.lifeline.close()
        if player is not None:
            player.close()

    def _skip(self, request: _Request) -> None:
        message = request.message
        if message["kind"] != "open":
            page, frame = message["page"], message["frame"]
            self._reply(request, {"kind": "expired", "page": page, "frame": frame})

    def _serve(self, request: _Request) -> None:
        session = request.session
        if session.over.is_set():
            return
        try:
            if request.message["kind"] == "open":
                self._open(request, request.message)
            else:
                self._play(request, request.message)
        except Exception as error:  # noqa: BLE001 - shown to the person who opened the source
            if session.over.is_set():
                return
            self._end(session)
            known = isinstance(error, BodySegError)
            if not known:
                _log.error("The source failed", exc_info=error)
            message = str(error) if known else f"{type(error).__name__}: {error}"
            rejected: RejectedMessage = {
                "kind": "rejected",
                **session.address,
                "message": message,
            }
            with self._lock:
                self._rejected = rejected
            self._advance(session.page, session.video + 1)
            self._reply(request, rejected)

    def _open(self, request: _Request, message: OpenMessage) -> None:
        session = request.session

        def progress(text: str, share: float | None) -> None:
            self._reply(
                request, {"kind": "progress", **session.address, "text": text, "share": share}
            )

        player = self._open_source(
            OpenRequest(
                progress,
                session.over.is_set,
                source=message["source"],
                path=message["path"],
                device=message["device"],
                width=message["width"],
                height=message["height"],
                frame_rate=message["frame_rate"],
            )
        )
        with self._lock:
            session.player = player
            # It may have been set while the source was opened.
            player.loop = self._loop
            if player.source.length is not None:
                self._of_length = (session.page, session.video)
            over = session.over.is_set()
        if over:
            player.close()
            return
        source = player.source
        opened: OpenedMessage = {
            "kind": "opened",
            **session.address,
            "label": source.label,
            "rate": source.rate,
            "length": source.length,
        }
        with self._lock:
            session.opened = opened
        self._reply(request, opened)
        self._report_damage(request, player)

    def _report_damage(self, request: _Request, player: Player) -> None:
        """Say how many parts of a video are damaged, when they have become more."""
        session = request.session
        if player.damaged <= session.damaged:
            return
        session.damaged = player.damaged
        parts = "1 part of it is" if session.damaged == 1 else f"{session.damaged} parts of it are"
        text = (
            f"{player.source.label!r} is damaged: {parts} not whole, so frames are missing, or "
            "repaired as far as possible."
        )
        self._reply(request, {"kind": "notice", **session.address, "text": text})

    def _play(self, request: _Request, message: NextMessage | ShowMessage) -> None:
        session = request.session
        with self._lock:
            player = session.player
        if player is None:
            return
        live = message["kind"] == "next"
        if message["kind"] == "next":
            played = self._next(session, player)
        else:
            self._reached(session, message["id"])
            played = player.show(message["id"])
        if session.over.is_set():
            return
        self._report_damage(request, player)
        if played is None:
            self._reply(request, {"kind": "ended", **session.address, "frame": message["frame"]})
            return
        route = Route(session.page, message["frame"], session.video)
        frame = self._encoded(played, route, jumps=player.jumps, live=live)
        request.context.run(self._show, frame)

    def _next(self, session: _Session, player: Player) -> Played | None:
        """Play on from where the newest request wants to, though another may have replaced it."""
        with self._lock:
            begin_at, sought = session.begin_at, session.sought
            session.begin_at = session.sought = None
        if begin_at is None and sought is not None:
            player.show(sought)
        return player.next(begin_at)

    def _reached(self, session: _Session, index: int) -> None:
        with self._lock:
            if session.sought == index:
                session.sought = None

    def _encoded(
        self, played: Played, route: Route, *, jumps: int, live: bool
    ) -> EncodedFrame[Route]:
        shown = played.frame
        start = time.perf_counter()
        whole = played.image is shown.image
        data = shown.jpeg if whole and shown.jpeg else encode_image(played.image)
        encoded_ms = (time.perf_counter() - start) * 1000
        known, timestamp = dict(shown.known), played.timestamp
        if not live:
            kept = self._history.get(route.session, shown.index)
            if kept is not None:
                known |= kept.results
                # A frame keeps its time, however often it is shown.
                timestamp = kept.timestamp
        return EncodedFrame(
            id=shown.index,
            image=SharedImage(data, played.image),
            timestamp=timestamp,
            video=(*route.session, jumps) if live else None,
            timings=Timings(capture=encoded_ms, up=0.0),
            origin=route,
            live=live,
            known=known,
        )

    def _reply(self, request: _Request, message: KernelMessage) -> None:
        request.context.run(self._post, message, ())


def _address(message: SessionAddress) -> SessionAddress:
    return {"page": message["page"], "video": message["video"]}
