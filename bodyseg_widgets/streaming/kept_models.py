"""Models of a run of many jobs: each thread of each process loads them once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bodyseg_widgets.streaming.frame_model import FrameModel
    from bodyseg_widgets.streaming.live_models import PortableModel

__all__ = ["KEPT_MODELS", "KeptModels"]


class KeptModels(threading.local):
    """The models that this thread has loaded for one run: networks stay on their thread."""

    def __init__(self) -> None:
        self._run = ""
        self._models: list[FrameModel] = []

    def of_run(self, run: str, models: Sequence[PortableModel], max_poses: int) -> list[FrameModel]:
        """Return the models of a run, loaded; those of an earlier run are disposed of.

        Parameters
        ----------
        run : str
            Which run.
        models : sequence of PortableModel
            Its models.
        max_poses : int
            How many people a pose detector looks for.
        """
        if run != self._run:
            self.dispose()
            self._models = [each.create(max_poses) for each in models]
            self._run = run
        return self._models

    def dispose(self) -> None:
        """Dispose of the models that this thread has loaded."""
        models, self._models, self._run = self._models, [], ""
        for model in models:
            model.dispose()


KEPT_MODELS: Final = KeptModels()
"""Those of this process."""
