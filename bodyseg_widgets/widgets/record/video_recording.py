"""One recording of a `ViewRecorder`, from the request for it to the complete file."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from bodyseg_widgets.widgets.transport.lifeline import Lifeline
from bodyseg_widgets.widgets.transport.limits import HIDDEN_PAGE_SILENCE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bodyseg_widgets.widgets.record.video_file import VideoFile

VISIBLE_PAGE_SILENCE: Final = 2.5
"""Seconds of silence after which a page is asked for a sign of life; after as many again it is
taken for closed. It sends something twice a second."""


@dataclass
class VideoRecording:
    """One recording, from the request for it to the complete file.

    Attributes
    ----------
    target : Path
        The file that was asked for.
    complete : callable
        Waits for the end of the recording and completes the file; runs on `thread`.
    file : VideoFile or None
        What is written; None until a page has begun.
    page : str
        The id that the page gave this recording; empty until one has asked for it.
    stopping : bool
        Whether the page was told to stop; its last chunks are still accepted.
    ended : bool
        Whether further chunks are rejected.
    problem : str
        Why it ended before it was stopped; empty if it was stopped.
    lifeline : Lifeline
        Notices a page that has disappeared.
    thread : threading.Thread
        Runs `complete`; not yet started.
    """

    target: Path
    complete: Callable[[VideoRecording], None]
    file: VideoFile | None = None
    page: str = ""
    stopping: bool = False
    ended: bool = False
    problem: str = ""
    lifeline: Lifeline = field(default_factory=lambda: Lifeline(VISIBLE_PAGE_SILENCE))
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        # A kernel that is shut down does not wait for it: the file is there already.
        self.thread = threading.Thread(
            target=self.complete, args=(self,), name="bodyseg-view-recorder", daemon=True
        )

    def heard(self, *, hidden: bool = False) -> None:
        """Note that the page was heard from."""
        self.lifeline.heard(HIDDEN_PAGE_SILENCE if hidden else VISIBLE_PAGE_SILENCE)
