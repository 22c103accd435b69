"""The address of a link: a WebSocket of the page, passed on to the kernel's socket."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import ws_authenticated
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.base.websocket import WebSocketMixin
from jupyter_server.utils import ensure_async, url_path_join
from tornado import web
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from bodyseg_widgets.link.errors import LinkError
from bodyseg_widgets.link.framing import LARGEST_MESSAGE
from bodyseg_widgets.server.activity import Activity
from bodyseg_widgets.server.kernel_socket import KernelSocket

_NOT_BINARY = 1003
"""WebSocket's code for data of a kind that is not accepted."""


def link_route(base_url: str) -> tuple[str, type[web.RequestHandler]]:
    """Return the pattern of a link's address, and its handler.

    Parameters
    ----------
    base_url : str
        The server's.
    """
    return url_path_join(re.escape(base_url), r"/bodyseg/link/([\w-]+)/([0-9a-f]{32})"), LinkHandler


class LinkHandler(WebSocketMixin, WebSocketHandler, JupyterHandler):
    """Carries messages between a page and a link of a kernel, for whoever may use kernels.

    A request that is not for a WebSocket is answered in JSON: ``{"why": null}`` if the link can be
    had, else the reason, as part of a sentence, with the status 404.
    """

    auth_resource = "kernels"

    def initialize(self) -> None:
        """Begin without a kernel."""
        self._kernel: KernelSocket | None = None
        self._down: asyncio.Task[None] | None = None

    def set_default_headers(self) -> None:
        """Set none: they make no sense for a WebSocket."""

    def get_compression_options(self) -> None:
        """Compress nothing: JPEGs and masks come compressed."""

    @property
    def max_message_size(self) -> int:
        """The length of the longest message that is accepted, in bytes."""
        return LARGEST_MESSAGE

    @ws_authenticated
    async def get(self, kernel_id: str, key: str) -> None:
        """Open the link, or say whether it can be opened."""
        allowed = await ensure_async(
            self.authorizer.is_authorized(self, self.current_user, "execute", "kernels")
        )
        # tornado checks the origin, too, but only once the kernel is connected.
        if not allowed or not self.check_origin():
            raise web.HTTPError(403)
        try:
            self._kernel = await self._connect(kernel_id, key)
        except LinkError as error:
            self._explain(404, str(error))
            return
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            self._kernel.close()
            self._explain(200, None)
            return
        self._activity = Activity(self.kernel_manager, kernel_id)
        try:
            # Until the page closes the WebSocket, or asks for it in a wrong way.
            await super().get(kernel_id, key)
        finally:
            self._kernel.close()

    async def open(self, *_: str) -> None:
        """Begin to carry messages."""
        super().open()
        self.set_nodelay(True)
        if self._kernel is not None:
            self._down = asyncio.create_task(self._carry_down(self._kernel))

    async def on_message(self, message: str | bytes) -> None:
        """Carry a message to the kernel; no further one is read until it has been taken."""
        if isinstance(message, str) or self._kernel is None:
            self.close(_NOT_BINARY, "Messages on a link are binary.")
            return
        self._activity.note()
        try:
            await self._kernel.send(message)
        except OSError:
            self.close()

    def on_close(self) -> None:
        """Carry no more messages."""
        if self._down is not None:
            self._down.cancel()

    async def _connect(self, kernel_id: str, key: str) -> KernelSocket:
        if kernel_id not in self.kernel_manager:
            raise LinkError("the Jupyter server has no such kernel")
        # A gateway's kernels have none here.
        file = getattr(self.kernel_manager.get_kernel(kernel_id), "connection_file", "")
        if not file:
            raise LinkError("the kernel does not run on the Jupyter server's computer")
        return await KernelSocket.open(Path(file), key)

    async def _carry_down(self, kernel: KernelSocket) -> None:
        try:
            while True:
                message = await kernel.receive()
                self._activity.note()
                # Waits until it is on its way, so that the kernel waits for a slow page.
                await self.write_message(message, binary=True)
        except (EOFError, OSError, WebSocketClosedError):
            pass
        except LinkError as error:
            self.log.warning("A link was closed. %s", error)
        self.close()

    def _explain(self, status: int, why: str | None) -> None:
        self.set_status(status)
        answer: dict[str, Any] = {"why": why}
        self.finish(answer)
