"""Hand work between threads, some bytes ahead or behind."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from bodyseg_widgets.errors import BodySegError
from bodyseg_widgets.in_page import check_threads_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")

_STARTS_SECONDS: Final = 1.0
"""Within which a thread begins to run once it was started."""


class CancelledError(BodySegError):
    """The consumer has stopped. Never raised outside the threads it ends."""


class Handover(Generic[Item]):
    """Hands items from one thread to another, which iterates over it.

    Parameters
    ----------
    room : int
        How many bytes of items may wait. The producer blocks while it is full; with an item that is
        larger, it blocks until that is taken.
    size : callable
        The bytes of an item.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.handover import Handover
    >>> handover = Handover(room=2, size=len)
    >>> handover.give("a"), handover.give("b")
    (True, True)
    >>> handover.end()
    >>> list(handover)
    ['a', 'b']
    """

    def __init__(self, room: int, size: Callable[[Item], int]) -> None:
        self._room = room
        self._size = size
        self._changed = threading.Condition()
        self._waiting: deque[Item] = deque()
        self._bytes = 0
        self._ended = False
        self._error: Exception | None = None
        self._cancelled = False

    def give(self, item: Item) -> bool:
        """Wait for room and hand an item over; return False if the consumer has stopped."""
        size = self._size(item)
        with self._changed:
            self._changed.wait_for(
                lambda: self._cancelled or not self._waiting or self._bytes + size <= self._room
            )
            if self._cancelled:
                return False
            self._waiting.append(item)
            self._bytes += size
            self._changed.notify_all()
            # Of large items, the next one must not be made while this one waits.
            self._changed.wait_for(lambda: self._cancelled or self._bytes <= self._room)
            return not self._cancelled

    def end(self, error: Exception | None = None) -> None:
        """End the sequence; an error is raised when the consumer asks for the next item."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def cancel(self) -> None:
        """Drop waiting items and release both threads: neither waits for the other any longer."""
        with self._changed:
            self._cancelled = True
            self._waiting.clear()
            self._bytes = 0
            self._changed.notify_all()

    def check(self) -> None:
        """Continue only if the consumer still wants items.

        Raises
        ------
        CancelledError
            The consumer has stopped.
        """
        with self._changed:
            if self._cancelled:
                raise CancelledError("The consumer has stopped.")

    def __iter__(self) -> Iterator[Item]:
        """Yield the items as they arrive.

        Raises
        ------
        CancelledError
            The consumer has stopped.
        Exception
            The error passed to `end`.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended or self._cancelled)
                self.check()
                if not self._waiting:
                    break
                item = self._waiting.popleft()
                self._bytes -= self._size(item)
                self._changed.notify_all()
            yield item
            # A frame is large: do not keep it alive until the next one arrives.
            del item
        if self._error is not None:
            raise self._error


class _Worker:
    """A thread that can be joined again after an interrupt.

    `Thread.join` cannot, before Python 3.13: once interrupted, it considers the thread ended.
    """

    def __init__(self, run: Callable[[], None], name: str) -> None:
        check_threads_for("A video")
        self._run = run
        self._done = threading.Event()
        # Not a daemon: the process must not exit while FFmpeg's code runs in a thread.
        self._thread = threading.Thread(target=self._work, name=name, daemon=False)

    def start(self) -> None:
        """Start it. An interrupt may come meanwhile: whoever calls this has to wait for it, too."""
        self._thread.start()

    def wait(self) -> None:
        """Wait until it has ended."""
        if self._thread.ident is None:
            # Its start was interrupted: it may run in a moment, or never.
            self._done.wait(_STARTS_SECONDS)
            return
        self._done.wait()
        self._thread.join()

    def _work(self) -> None:
        try:
            self._run()
        finally:
            self._done.set()


@contextmanager
def read_ahead(
    items: Iterable[Item], *, room: int, size: Callable[[Item], int], name: str
) -> Iterator[Iterator[Item]]:
    """Produce items on a separate thread, while earlier ones are processed.

    Parameters
    ----------
    items : iterable
        Iterated over on that thread. Its exceptions are raised by the returned iterator.
    room : int
        How many bytes of items may wait; see `Handover`.
    size : callable
        The bytes of an item.
    name : str
        Name of the thread, which has ended when the context ends.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.handover import read_ahead
    >>> with read_ahead(iter(["a", "bc"]), room=2, size=len, name="words") as words:
    ...     list(words)
    ['a', 'bc']
    """
    handover: Handover[Item] = Handover(room, size)

    def run() -> None:
        error = None
        try:
            for item in items:
                if not handover.give(item):
                    return
        except Exception as raised:  # noqa: BLE001 - raised where the items are taken
            error = raised
        handover.end(error)

    worker = _Worker(run, name)
    try:
        worker.start()
        yield iter(handover)
    finally:
        handover.cancel()
        worker.wait()


@contextmanager
def write_behind(
    write: Callable[[Handover[Item]], None],
    *,
    room: int,
    size: Callable[[Item], int],
    name: str,
) -> Iterator[Callable[[Item], bool]]:
    """Consume items on a separate thread, while the next ones are produced.

    If the context ends with an error, `write` is canceled; otherwise the context waits for it.

    Parameters
    ----------
    write : callable
        Iterates over the items on that thread. Its exceptions are raised at the end of the context;
        until then `give` returns False.
    room : int
        How many bytes of items may wait; see `Handover`.
    size : callable
        The bytes of an item.
    name : str
        Name of the thread, which has ended when the context ends.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.handover import write_behind
    >>> written = []
    >>> with write_behind(written.extend, room=2, size=len, name="writing") as give:
    ...     for word in ("a", "bc", "d"):
    ...         _ = give(word)
    >>> written
    ['a', 'bc', 'd']
    """
    handover: Handover[Item] = Handover(room, size)
    failures: list[Exception] = []

    def run() -> None:
        try:
            write(handover)
        except Exception as raised:  # noqa: BLE001 - raised at the context's end
            failures.append(raised)
        finally:
            handover.cancel()

    worker = _Worker(run, name)
    try:
        worker.start()
        yield handover.give
        handover.end()
        worker.wait()
    except BaseException:
        handover.cancel()
        worker.wait()
        raise
    if failures:
        raise failures[0]
