"""The extension of the Jupyter server that carries frames to the kernel.

The package's ``jupyter_server_config.d`` enables it. It is the only part of the package that runs
in the server, and the only one that imports ``jupyter_server`` and ``tornado``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "bodyseg_widgets.server"}]


def _load_jupyter_server_extension(server_app: ServerApp) -> None:
    from bodyseg_widgets.server.link_handler import link_route  # noqa: PLC0415

    web_app = server_app.web_app
    # tornado has no types for it.
    web_app.add_handlers(  # type: ignore[no-untyped-call]
        ".*$", [link_route(web_app.settings["base_url"])]
    )
