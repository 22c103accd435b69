"""A real Jupyter server and real notebooks in a real browser, for tests and benchmarks."""

from __future__ import annotations

import ast
import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat

from tests.browser.ensure_browser import find_browser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page, Playwright

# The front end's own tests start a Chromium with the same flags. By the last of them it finds this
# machine only.
_FLAGS: dict[str, list[str]] = json.loads(
    Path(__file__).with_name("chromium_flags.json").read_text("utf-8")
)
CHROMIUM_FLAGS = tuple(_FLAGS["always"])
FAKE_CAMERA_FLAGS = tuple(_FLAGS["fakeCamera"])

_START_SECONDS = 60
_GUARD = Path(__file__).parents[1] / "guard"
_SERVER_CONFIG = Path(__file__).parents[2] / "jupyter-config"


@dataclass(frozen=True)
class Server:
    """A running Jupyter server: JupyterLab, Notebook and Voila at one address.

    Its processes and their kernels may reach loopback only; `network_log` has what they tried
    beyond it.
    """

    url: str
    root: Path
    network_log: Path


@contextlib.contextmanager
def jupyter_server(
    folder: Path, *, settings: dict[str, Any] | None = None, extension: bool = True
) -> Iterator[Server]:
    """Serve `folder` / "root" with a configuration of its own, nothing of the user's.

    Parameters
    ----------
    folder : Path
        An empty folder for the server's files.
    settings : dict, optional
        JupyterLab settings that differ from the defaults, by plugin.
    extension : bool
        Whether the server has this package's extension.
    """
    root = folder / "root"
    root.mkdir(parents=True)
    overrides = folder / "lab-settings"
    overrides.mkdir()
    quiet = {
        "@jupyterlab/apputils-extension:notification": {
            "checkForUpdates": False,
            "fetchNews": "false",
        }
    }
    (overrides / "overrides.json").write_text(json.dumps({**quiet, **(settings or {})}))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {
        # That of this checkout, whatever is installed.
        "JUPYTER_CONFIG_PATH": str(_SERVER_CONFIG),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join([str(_GUARD), os.environ.get("PYTHONPATH", "")]),
        "BODYSEG_NETWORK_LOG": str(folder / "network.log"),
    }
    (folder / "network.log").touch()
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root",
                "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
                "--ServerApp.port_retries=0", "--ServerApp.allow_remote_access=True",
                "--IdentityProvider.token=",
                f"--ServerApp.root_dir={root}", "--LabApp.expose_app_in_browser=True",
                "--JupyterNotebookApp.expose_app_in_browser=True",
                f"--LabApp.app_settings_dir={overrides}",
                f"--ServerApp.jpserver_extensions=bodyseg_widgets.server={extension}",
            ],
            env=environment, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, folder / "server.log")
        yield Server(url, root, folder / "network.log")
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/api", timeout=2):  # noqa: S310 - our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"The Jupyter server did not start:\n{log.read_text()[-3000:]}")


@contextlib.contextmanager
def chromium(
    playwright: Playwright,
    *,
    camera: Path | None = None,
    flags: Sequence[str] = (),
    headed: bool = False,
) -> Iterator[Browser]:
    """A Chromium whose webcam plays a y4m file; without one it has no camera."""
    arguments = [*CHROMIUM_FLAGS, *flags]
    if camera is not None:
        arguments += FAKE_CAMERA_FLAGS
        arguments.append(f"--use-file-for-fake-video-capture={camera}")
    executable = find_browser()
    browser = playwright.chromium.launch(
        executable_path=executable, args=arguments, headless=not headed
    )
    try:
        yield browser
    finally:
        browser.close()


KERNEL_IS_IDLE = """
() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'
"""
"""A JavaScript function: whether the notebook in front has a kernel that waits for work."""


class Notebook:
    """A notebook open in JupyterLab.

    Parameters
    ----------
    page : Page
        A page of the browser.
    server : Server
        Where the notebook lives.
    cells : sequence of str
        Its code cells.
    """

    def __init__(self, page: Page, server: Server, cells: Sequence[str]) -> None:
        self.page = page
        self.server = server
        self.name = write_notebook(server, cells)
        # In a workspace of its own: what is open in another page is not opened here, too.
        workspace = self.name.removesuffix(".ipynb")
        page.goto(f"{server.url}/lab/workspaces/{workspace}/tree/{self.name}?reset")
        page.wait_for_function(
            f"""() => ({KERNEL_IS_IDLE})()
              && window.jupyterapp.shell.currentWidget.content?.widgets?.length > 0""",
            timeout=60_000,
        )

    def run_all(self) -> None:
        """Run every cell, without waiting for them."""
        self.page.evaluate(
            "() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }"
        )

    def replace_cells(self, cells: Sequence[str]) -> None:
        """Put other code cells in place of all cells, without running them."""
        self.page.evaluate(
            """(sources) => {
              const { sharedModel } = window.jupyterapp.shell.currentWidget.content.model;
              const cells = sources.map((source) => ({ cell_type: 'code', source }));
              const before = sharedModel.cells.length;
              sharedModel.transact(() => {
                sharedModel.insertCells(0, cells);
                sharedModel.deleteCellRange(cells.length, cells.length + before);
              });
            }""",
            [*cells],
        )

    def execute(self, code: str) -> None:
        """Run code in the kernel's main shell, as a cell would; raise what it raises."""
        error = self.page.evaluate(
            """async (code) => {
              const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
              const { content } = await kernel.requestExecute({ code, store_history: false }).done;
              return content.status === 'ok' ? null : `${content.ename}: ${content.evalue}`;
            }""",
            code,
        )
        if error:
            raise RuntimeError(f"The kernel raised {error} in:\n{code}")

    def start_executing(self, code: str) -> None:
        """Run code in the kernel's main shell without waiting for its end."""
        self.page.evaluate(
            """(code) => {
              const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
              kernel.requestExecute({ code, store_history: false });
            }""",
            code,
        )

    def value(self, expression: str) -> Any:  # noqa: ANN401 - whatever JSON has
        """What a Python expression is in the kernel, by way of JSON."""
        text, error = self.page.evaluate(
            """async (expression) => {
              const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
              const future = kernel.requestExecute({
                code: 'import json as _json', store_history: false,
                user_expressions: { value: `_json.dumps(${expression})` },
              });
              const { content } = await future.done;
              const { value } = content.user_expressions;
              return value.status === 'ok'
                ? [value.data['text/plain'], null] : [null, `${value.ename}: ${value.evalue}`];
            }""",
            expression,
        )
        if error:
            raise RuntimeError(f"The kernel raised {error} in: {expression}")
        # The kernel gives the repr of the JSON text.
        return json.loads(_unquoted(text))

    def wait_for(self, expression: str, timeout: float = 20) -> None:
        """Wait until a Python expression is true in the kernel."""
        end = time.monotonic() + timeout
        while not self.value(f"bool({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(
                    f"Not true after {timeout} s: {expression}\n{self._told(expression)}"
                )
            self.page.wait_for_timeout(100)

    def _told(self, expression: str) -> str:
        """What each operand of a condition is instead."""
        tree = ast.parse(expression, mode="eval").body
        operands = tree.values if isinstance(tree, ast.BoolOp) else [tree]
        texts = [
            ast.unparse(each.left if isinstance(each, ast.Compare) else each) for each in operands
        ]
        return "\n".join(f"{text} is {self.value(f'repr({text})')}" for text in texts)

    def save(self) -> None:
        """Save the notebook with its outputs, for pages that load it."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")

    def close(self) -> None:
        """Close the notebook and end its kernel."""
        self.page.evaluate(
            """async () => {
              const { sessionContext } = window.jupyterapp.shell.currentWidget;
              await sessionContext.shutdown();
            }"""
        )
        self.page.close()


def _unquoted(text: str) -> str:
    return str(ast.literal_eval(text))


def write_notebook(server: Server, cells: Sequence[str]) -> str:
    """Write a notebook into the server's folder and return its name."""
    notebook = nbformat.v4.new_notebook()
    notebook.metadata.kernelspec = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    name = f"test-{time.monotonic_ns()}.ipynb"
    nbformat.write(notebook, server.root / name)
    return name
