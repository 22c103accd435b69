"""Work for other threads, a few items ahead or behind."""

from __future__ import annotations

import threading
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Generic, TypeVar

from bodyseg_widgets.errors import BodySegError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Item = TypeVar("Item")


class CancelledError(BodySegError):
    """Nobody wants any more of it. Never seen outside the threads it ends."""


class Handover(Generic[Item]):
    """Hands items from one thread to another one, which iterates over it.

    Parameters
    ----------
    room : int
        How many items may wait, at least 1. Whoever gives more waits.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.handover import Handover
    >>> handover = Handover(room=2)
    >>> handover.give("a"), handover.give("b")
    (True, True)
    >>> handover.end()
    >>> list(handover)
    ['a', 'b']
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._changed = threading.Condition()
        self._waiting: deque[Item] = deque()
        self._ended = False
        self._error: Exception | None = None
        self._cancelled = False

    def give(self, item: Item) -> bool:
        """Wait for room and hand an item over; False where nobody takes any more."""
        with self._changed:
            self._changed.wait_for(lambda: self._cancelled or len(self._waiting) < self._room)
            if self._cancelled:
                return False
            self._waiting.append(item)
            self._changed.notify_all()
            return True

    def end(self, error: Exception | None = None) -> None:
        """Give no more; an error is raised where the next item would have been taken."""
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify_all()

    def cancel(self) -> None:
        """Let go of what waits, and of both threads: neither waits for the other any more."""
        with self._changed:
            self._cancelled = True
            self._waiting.clear()
            self._changed.notify_all()

    def check(self) -> None:
        """Go on only where somebody wants it.

        Raises
        ------
        CancelledError
            Nobody does.
        """
        with self._changed:
            if self._cancelled:
                raise CancelledError("Nobody waits for this any more.")

    def __iter__(self) -> Iterator[Item]:
        """Take the items as they come.

        Raises
        ------
        CancelledError
            Nobody wants any more of them.
        Exception
            What `end` was given.
        """
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._ended or self._cancelled)
                self.check()
                if not self._waiting:
                    break
                item = self._waiting.popleft()
                self._changed.notify_all()
            yield item
            # A frame is large: it must not stay until the next one comes.
            del item
        if self._error is not None:
            raise self._error


class _Worker:
    """A thread that can be waited for again after an interrupt came in between.

    `Thread.join` cannot, before Python 3.13: interrupted, it takes the thread for ended.
    """

    def __init__(self, run: Callable[[], None], name: str) -> None:
        self._run = run
        self._done = threading.Event()
        # Not a daemon: a process must not end while FFmpeg's code runs in a thread.
        self._thread = threading.Thread(target=self._work, name=name, daemon=False)
        self._thread.start()

    def wait(self) -> None:
        """Wait until it has ended."""
        self._done.wait()
        self._thread.join()

    def _work(self) -> None:
        try:
            self._run()
        finally:
            self._done.set()


@contextmanager
def read_ahead(items: Iterable[Item], *, room: int, name: str) -> Iterator[Iterator[Item]]:
    """Make items on a thread of their own, while those before are worked on.

    Parameters
    ----------
    items : iterable
        Iterated over on that thread. What it raises is raised by the iterator that is given.
    room : int
        How many items may wait.
    name : str
        Of the thread, which has ended when the context is left.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.handover import read_ahead
    >>> with read_ahead((n * n for n in range(4)), room=2, name="squares") as squares:
    ...     sum(squares)
    14
    """
    handover: Handover[Item] = Handover(room)

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
        yield iter(handover)
    finally:
        handover.cancel()
        worker.wait()


@contextmanager
def write_behind(
    write: Callable[[Handover[Item]], None], *, room: int, name: str
) -> Iterator[Callable[[Item], bool]]:
    """Use up items on a thread of their own, while the next ones are made.

    Where the context is left by an error, `write` is cancelled; otherwise it is waited for.

    Parameters
    ----------
    write : callable
        Iterates over what it gets, on that thread. What it raises is raised by the context's
        end; until then giving answers False.
    room : int
        How many items may wait.
    name : str
        Of the thread, which has ended when the context is left.

    Examples
    --------
    >>> from bodyseg_widgets.streaming.offline.handover import write_behind
    >>> written = []
    >>> with write_behind(written.extend, room=2, name="writing") as give:
    ...     for number in range(3):
    ...         _ = give(number)
    >>> written
    [0, 1, 2]
    """
    handover: Handover[Item] = Handover(room)
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
        yield handover.give
        handover.end()
        worker.wait()
    except BaseException:
        handover.cancel()
        worker.wait()
        raise
    if failures:
        raise failures[0]
