"""Tells the Jupyter server that a kernel is in use, so that it culls neither it nor itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.services.kernels.kernelmanager import MappingKernelManager

_SECONDS = 5
"""How often it is told, at most."""


class Activity:
    """Notes the use of one kernel where the server looks for it.

    The culler reads each kernel's ``last_activity``, ``shutdown_no_activity_timeout`` the manager's
    ``last_kernel_activity``. Both are otherwise set by the kernel's messages only.
    """

    def __init__(self, kernel_manager: MappingKernelManager, kernel_id: str) -> None:
        self._kernel_manager = kernel_manager
        self._kernel_id = kernel_id
        self._noted = -float(_SECONDS)

    def note(self) -> None:
        """Note that a message went to or from the kernel."""
        now = time.monotonic()
        if now - self._noted < _SECONDS or self._kernel_id not in self._kernel_manager:
            return
        self._noted = now
        moment = datetime.now(UTC)
        kernel = self._kernel_manager.get_kernel(self._kernel_id)
        # An attribute that jupyter_server adds to it.
        kernel.last_activity = moment  # type: ignore[attr-defined]
        self._kernel_manager.last_kernel_activity = moment
