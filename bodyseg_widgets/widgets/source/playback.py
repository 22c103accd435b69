"""Plays a source that Python has for a page: one picture for each that the page asks for."""

from __future__ import annotations

import contextvars
import logging
import threading
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.streaming import (
    LatestWorker,
    Player,
    SharedPicture,
    Timings,
    encode_picture,
)
from bodyseg_widgets.widgets.transport.lifeline import Lifeline

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bodyseg_widgets.streaming import FrameHistory, Played, StoredResult
    from bodyseg_widgets.widgets.transport.frame_ticket import Send

_log = logging.getLogger(__name__)

SILENCE = 75.0
"""Seconds without any word of the page that make one silence; two of them close its source: a
browser that is gone must not leave a camera on. Browsers let a hidden page speak once a minute."""

CLOSED = (
    "The source was closed because this page stopped responding for a while. Press Start to "
    "continue."
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What somebody who opens a source tells meanwhile, and is told.

    Attributes
    ----------
    progress : callable
        ``(text, share)``: what is done, and how much of it, 0 to 1 or None.
    cancelled : callable
        Whether nobody waits for it any more.
    source, path, device, width, height, frame_rate : str, str, int, int, int, int
        What the page wants to be opened, as `Webcam.source`, `path`, `kernel_device` and so on
        have it or are about to: what the page sets there may arrive later than this.
    """

    progress: Callable[[str, float | None], None]
    cancelled: Callable[[], bool]
    source: str
    path: str
    device: int
    width: int
    height: int
    frame_rate: int


_WANTED = ("source", "path", "device", "width", "height", "frame_rate")

OpenSource: TypeAlias = "Callable[[Opening], Player]"
"""Opens the source; raises BodySegError with the sentence that people see."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A picture on its way to a page and to the models.

    Attributes
    ----------
    page, frame : str, int
        The page, and its number for the way of this frame.
    id : int
        The frame's own number, which it keeps when it is shown again.
    picture : SharedPicture
        What is to be seen.
    timestamp : float
        When it was taken, seconds since 1970.
    video : tuple
        Which opening of the source it is of, as the page and its number for it; `id` counts in
        it.
    timings : Timings
        What is known of them.
    live : bool
        False where it is shown by itself, while the source is paused.
    jumps : int
        How often the source went on from elsewhere before it.
    known : mapping
        Results that are known already, by the model's label.
    """

    page: str
    frame: int
    id: int
    picture: SharedPicture
    timestamp: float
    video: tuple[str, int]
    timings: Timings
    live: bool = True
    jumps: int = 0
    known: Mapping[str, StoredResult] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(slots=True)
class _Session:
    """One opening of the source by one page."""

    page: str
    video: int
    player: Player | None = None
    over: threading.Event = field(default_factory=threading.Event)
    lifeline: Lifeline = field(default_factory=lambda: Lifeline(SILENCE))


@dataclass(frozen=True, slots=True)
class _Request:
    kind: str
    content: dict[str, Any]
    session: _Session
    # Answers go out in the context of the message they answer, see FrameTicket.
    context: contextvars.Context = field(default_factory=contextvars.copy_context)


class Playback:
    """Opens, plays and seeks in a source, on a thread of its own, as a page asks.

    Parameters
    ----------
    open_source : callable
        Makes the player; may take long.
    send : callable
        ``(content, buffers)``: sends the page a message.
    deliver : callable
        ``(delivery)``: shows a picture and runs the models on it.
    history : FrameHistory
        Where results of pictures that were shown before are found.
    """

    def __init__(
        self,
        open_source: OpenSource,
        *,
        send: Send,
        deliver: Callable[[Delivery], None],
        history: FrameHistory,
    ) -> None:
        self._open_source = open_source
        self._send = send
        self._deliver = deliver
        self._history = history
        self._lock = threading.Lock()
        self._session: _Session | None = None
        self._worker: LatestWorker[_Request] = LatestWorker(
            self._serve, on_skipped=self._skip, name="bodyseg-playback"
        )

    def open(self, content: dict[str, Any]) -> None:
        """Open the source for a page, in place of whoever had it."""
        session = _Session(content["page"], content["video"])
        self._replace(session)
        threading.Thread(
            target=self._watch, args=(session,), name="bodyseg-watch", daemon=True
        ).start()
        self._worker.offer(_Request("open", content, session))

    def next(self, content: dict[str, Any]) -> None:
        """Deliver the next picture when it is due."""
        session = self._heard(content)
        if session is not None:
            self._worker.offer(_Request("next", content, session))

    def show(self, content: dict[str, Any]) -> bool:
        """Deliver the picture of this number; say whether the source can be sought in."""
        session = self._session
        player = session.player if session else None
        if player is None or player.source.length is None:
            return False
        session = self._heard(content)
        if session is not None:
            player.hurry()
            self._worker.offer(_Request("show", content, session))
        return session is not None

    def shut(self, content: dict[str, Any]) -> None:
        """Close what this page has opened."""
        session = self._session
        if session and (session.page, session.video) == (content["page"], content["video"]):
            self._end(session)

    def stay(self, content: dict[str, Any]) -> None:
        """Note that the page is still there."""
        self._heard(content)

    def end(self) -> None:
        """Close the source, whoever opened it."""
        self._replace(None)

    def set_loop(self, *, loop: bool) -> None:
        """Have the source begin again at its end, or not."""
        session = self._session
        if session and session.player:
            session.player.loop = loop

    def close(self) -> None:
        """Close the source and end the thread."""
        self.end()
        self._worker.close()

    def _heard(self, content: dict[str, Any]) -> _Session | None:
        """Give the session that a message is of; where none goes on, tell the page so."""
        session = self._session
        if session is None:
            where = {"page": content["page"], "video": content["video"]}
            self._send({**where, "kind": "refused", "message": CLOSED}, [])
        if not session or (session.page, session.video) != (content["page"], content["video"]):
            return None
        session.lifeline.heard(SILENCE)
        return session

    def _watch(self, session: _Session) -> None:
        if not session.lifeline.wait():
            self._end(session)

    def _end(self, session: _Session) -> None:
        """Close a session, if it has not been replaced meanwhile."""
        with self._lock:
            if self._session is not session:
                return
            self._session = None
        _close(session)

    def _replace(self, session: _Session | None) -> None:
        with self._lock:
            before, self._session = self._session, session
        if before is not None:
            _close(before)

    def _skip(self, request: _Request) -> None:
        if "frame" in request.content:
            page, frame = request.content["page"], request.content["frame"]
            self._reply(request, {"kind": "gone", "page": page, "frame": frame})

    def _serve(self, request: _Request) -> None:
        session = request.session
        if session.over.is_set():
            return
        try:
            if request.kind == "open":
                self._open(request)
            else:
                self._play(request)
        except Exception as error:  # noqa: BLE001 - shown to the person who opened the source
            if session.over.is_set():
                return
            self._end(session)
            known = isinstance(error, BodySegError)
            if not known:
                _log.error("The source failed", exc_info=error)
            message = str(error) if known else f"{type(error).__name__}: {error}"
            self._reply(request, {**_where(session), "kind": "refused", "message": message})

    def _open(self, request: _Request) -> None:
        session = request.session

        def progress(text: str, share: float | None) -> None:
            content = {**_where(session), "kind": "progress", "text": text, "share": share}
            self._reply(request, content)

        wanted = {name: request.content[name] for name in _WANTED}
        player = self._open_source(Opening(progress, session.over.is_set, **wanted))
        with self._lock:
            session.player = player
            over = session.over.is_set()
        if over:
            player.close()
            return
        source = player.source
        self._reply(
            request,
            {
                **_where(session),
                "kind": "opened",
                "label": source.label,
                "rate": source.rate,
                "length": source.length,
            },
        )

    def _play(self, request: _Request) -> None:
        session, content = request.session, request.content
        player = session.player
        if player is None:
            return
        live = request.kind == "next"
        played = player.next(content["begin_at"]) if live else player.show(content["id"])
        if session.over.is_set():
            return
        if played is None:
            ended = {**_where(session), "kind": "ended", "frame": content["frame"]}
            self._reply(request, ended)
            return
        request.context.run(self._deliver, self._delivery(request, played, live=live))

    def _delivery(self, request: _Request, played: Played, *, live: bool) -> Delivery:
        session, picture = request.session, played.picture
        start = time.perf_counter()
        whole = played.image is picture.image
        data = picture.jpeg if whole and picture.jpeg else encode_picture(played.image)
        encoded_ms = (time.perf_counter() - start) * 1000
        known, timestamp = dict(picture.known), played.timestamp
        if not live:
            kept = self._history.get((session.page, session.video), picture.index)
            if kept is not None:
                known |= kept.results
                # The same frame has the same time, however often it is shown.
                timestamp = kept.timestamp
        return Delivery(
            page=session.page,
            frame=request.content["frame"],
            id=picture.index,
            picture=SharedPicture(data, played.image),
            timestamp=timestamp,
            video=(session.page, session.video),
            timings=Timings(capture=encoded_ms, up=0.0),
            live=live,
            jumps=session.player.jumps if session.player else 0,
            known=known,
        )

    def _reply(self, request: _Request, content: dict[str, Any]) -> None:
        request.context.run(self._send, content, [])


def _close(session: _Session) -> None:
    session.over.set()
    session.lifeline.end()
    if session.player is not None:
        session.player.close()


def _where(session: _Session) -> dict[str, Any]:
    return {"page": session.page, "video": session.video}
