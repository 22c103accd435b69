"""The comm that carries frames up and results down, and nothing else."""

from __future__ import annotations

import logging
import math
import threading
import time
import uuid
from functools import partial
from importlib import resources
from typing import TYPE_CHECKING, Any, Protocol

import traitlets

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.listeners import Listeners
from bodyseg_widgets.streaming import EncodedFrame, FrameHistory, SharedPicture, Timings
from bodyseg_widgets.widgets.kit.assets import asset
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.source.playback import Delivery, Playback
from bodyseg_widgets.widgets.source.uploads import Uploads
from bodyseg_widgets.widgets.transport.comms import open_to_the_page
from bodyseg_widgets.widgets.transport.frame_ticket import FrameTicket, now_ms

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from bodyseg_widgets.listeners import Unsubscribe
    from bodyseg_widgets.segmentation import Size
    from bodyseg_widgets.streaming import StoredResult
    from bodyseg_widgets.widgets.source.playback import OpenSource

    FrameListener = Callable[[EncodedFrame["FrameTicket"]], None]


_log = logging.getLogger(__name__)


class Witness(Protocol):
    """Whoever is told of all live frames and results; a ``RecordingWriter`` is one."""

    def add_picture(
        self,
        id: int,  # noqa: A002 - the word of Frame
        timestamp: float,
        video: str,
        jpeg: bytes | memoryview,
        size: Size,
    ) -> object:
        """Take note of a frame of `size` (height, width)."""

    def add_result(
        self,
        id: int,  # noqa: A002
        label: str,
        stored: StoredResult,
        *,
        video: str,
    ) -> object:
        """Take note of what the model of this label made of it."""


class FrameChannel(Widget):
    """Carries frames from a page, or from a source of the kernel's, to models, and answers back.

    It has no state that user code could set: a trait set in a running cell would be
    published on this comm, and frames would then wait for that cell to end. Its messages are
    described in ``docs/protocol.md``.

    Parameters
    ----------
    open_source : callable
        Opens the source that Python has; see `Playback`.
    seconds : float
        How much is kept, to be shown again.
    on_gone : callable
        ``(page)``: this page was closed or reloaded.
    """

    _esm = asset("frame_channel.js")
    _key = traitlets.Unicode().tag(sync=True)

    def __init__(
        self, open_source: OpenSource, *, seconds: float, on_gone: Callable[[str], object]
    ) -> None:
        self._on_gone = on_gone
        self._listeners = Listeners[[EncodedFrame["FrameTicket"]]]()
        self._witnesses: list[Witness] = []
        self._lock = threading.Lock()
        # Of each video the last frame's number, and how often it has begun anew.
        self._round: tuple[Hashable, int, int] = (None, -1, 0)
        self.history = FrameHistory(seconds)
        self.playback = Playback(
            open_source, send=self._send_now, deliver=self._deliver, history=self.history
        )
        self._uploads = Uploads()
        super().__init__(_key=uuid.uuid4().hex)
        self.on_msg(self._receive)
        open_to_the_page(self)

    @property
    def key(self) -> str:
        """What the page's widgets find this channel by."""
        return str(self._key)

    def listen(self, listener: FrameListener) -> Unsubscribe:
        """Call `listener` with every frame; it must return at once and answer later.

        Returns
        -------
        callable
            Call it without arguments to unsubscribe.
        """
        return self._listeners.add(listener)

    def tell(self, witness: Witness) -> Callable[[], None]:
        """Tell `witness` of all live frames and results; give the function that ends that."""
        with self._lock:
            self._witnesses = [*self._witnesses, witness]

        def end() -> None:
            with self._lock:
                self._witnesses = [each for each in self._witnesses if each is not witness]

        return end

    def show_again(self) -> None:
        """Have a page that is paused show its frame again, as models have changed."""
        self._send_now({"kind": "command", "command": "again"}, [])

    def step(self, by: int) -> None:
        """Have the page go on by so many frames, or back."""
        self._send_now({"kind": "command", "command": "step", "by": by}, [])

    def show(self, number: int) -> None:
        """Have the page show the frame of this number."""
        self._send_now({"kind": "command", "command": "show", "id": number}, [])

    def close(self) -> None:
        """Forget the listeners, end the source, and close the comm."""
        self._listeners.clear()
        self.playback.close()
        self._uploads.close()
        super().close()

    def _receive(self, _: object, content: dict[str, Any], buffers: list[memoryview]) -> None:
        kind = content.get("kind")
        match kind:
            case "frame":
                self._receive_frame(content, buffers)
            case "show":
                if not self.playback.show(content):
                    self._recall(content)
            case "open" | "next" | "shut" | "stay":
                getattr(self.playback, kind)(content)
            case "upload":
                self._send_now(self._uploads.add(content, buffers), [])
            case "leave":
                self._on_gone(content["page"])
            case "sample":
                self._send_now({"kind": "sample"}, [_sample_picture()])
            case "ping":
                received = now_ms()
                pong = {"kind": "pong", "asked": content["asked"], "received": received}
                self._send_now({**pong, "sent": now_ms()}, [])

    def _receive_frame(self, content: dict[str, Any], buffers: list[memoryview]) -> None:
        self._hand_on(
            Delivery(
                page=content["page"],
                frame=content["frame"],
                id=content["frame"],
                picture=SharedPicture(buffers[0]),
                timestamp=content["captured"] / 1000,
                video=(content["page"], content["video"]),
                timings=_reported_timings(content["timings"]),
            )
        )

    def _recall(self, content: dict[str, Any]) -> None:
        """Show a frame of the last seconds again, with what is known of it."""
        page, frame = content["page"], content["frame"]
        video = (page, content["video"])
        kept = self.history.get(video, content["id"])
        if kept is None:
            self._send_now({"kind": "gone", "page": page, "frame": frame}, [])
            return
        self._deliver(
            Delivery(
                page=page,
                frame=frame,
                id=kept.id,
                picture=SharedPicture(kept.data),
                timestamp=kept.timestamp,
                video=video,
                timings=Timings(capture=0.0, up=0.0),
                live=False,
                known=kept.results,
            )
        )

    def _deliver(self, delivery: Delivery) -> None:
        """Show the page a picture that it does not have, and run the models on it."""
        self._send_now(
            {
                "kind": "picture",
                "page": delivery.page,
                "frame": delivery.frame,
                "id": delivery.id,
                "captured": delivery.timestamp * 1000,
                "capture": delivery.timings.capture,
                "live": delivery.live,
            },
            [delivery.picture.data],
        )
        self._hand_on(delivery)

    def _hand_on(self, delivery: Delivery) -> None:
        """Keep a frame, and offer it to every stream."""
        with self._lock:
            witnesses = self._witnesses
        # As many answers are awaited as are asked for.
        listeners = self._listeners.callbacks
        live, video = delivery.live, delivery.video
        name = self._name_of(delivery) if live else ""
        kept = None if live else self.history.get(video, delivery.id)
        if kept is None:
            kept = self.history.add(
                video,
                delivery.id,
                delivery.picture.data,
                timestamp=delivery.timestamp,
                arrived=time.monotonic() if live else None,
            )

        def keep(label: str, stored: StoredResult) -> None:
            self.history.note(video, kept, label, stored)
            if live:
                for witness in witnesses:
                    witness.add_result(delivery.id, label, stored, video=name)

        ticket = FrameTicket(
            page=delivery.page,
            frame_id=delivery.frame,
            received=now_ms(),
            keep=keep,
            oldest=partial(self.history.oldest, video),
            _send=self._send_now,
            _left=max(1, len(listeners)),
        )
        if live and witnesses:
            try:
                size = delivery.picture.size
                for witness in witnesses:
                    data = delivery.picture.data
                    witness.add_picture(delivery.id, delivery.timestamp, name, data, size)
            except BodySegError:
                # The models are asked all the same, and say what is wrong with it.
                _log.exception("A frame could not be recorded")
        if not listeners:
            ticket.answer("skipped", {"stream": ""})
            return
        encoded = EncodedFrame(
            id=delivery.id,
            picture=delivery.picture,
            timestamp=delivery.timestamp,
            video=(*video, delivery.jumps) if live else None,
            timings=delivery.timings,
            origin=ticket,
            live=live,
            known=delivery.known,
        )
        for listener in listeners:
            listener(encoded)

    def _name_of(self, delivery: Delivery) -> str:
        """Name the video of a live frame, so that frames' numbers do not come twice in it."""
        video, last, rounds = self._round
        if video != delivery.video:
            rounds = 0
        elif delivery.id <= last:
            rounds += 1
        self._round = (delivery.video, delivery.id, rounds)
        page, opening = delivery.video
        return f"{page} {opening} {rounds}"

    def _send_now(self, content: dict[str, object], buffers: Sequence[bytes | memoryview]) -> None:
        if self.comm is not None:
            self.send(content, list(buffers))
            # Each message of the page says itself where it wants to be handled.
            open_to_the_page(self)


def _reported_timings(timings: dict[str, float | None]) -> Timings:
    def known(name: str) -> float:
        value = timings.get(name)
        return math.nan if value is None else value

    return Timings(capture=known("capture"), up=known("up"), down=known("down"), draw=known("draw"))


def _sample_picture() -> bytes:
    return (
        resources.files("bodyseg_widgets.widgets.source") / "samples" / "astronaut.jpg"
    ).read_bytes()
