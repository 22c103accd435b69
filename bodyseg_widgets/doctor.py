"""What is installed, what is missing, and the command that fixes it."""

from __future__ import annotations

import platform
import subprocess
import sys
import warnings
from dataclasses import dataclass
from importlib import metadata, util
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from bodyseg_widgets.errors import BodySegError, MissingWeightsError
from bodyseg_widgets.extras import EXTRAS
from bodyseg_widgets.models import MODELS, BodyPixVariant, find_weights, read_model
from bodyseg_widgets.runtimes.mediapipe import load_mediapipe
from bodyseg_widgets.runtimes.onnx import check_onnxruntime
from bodyseg_widgets.segmentation.custom.registered import registered_models
from bodyseg_widgets.streaming import PortableModel, choose_like
from bodyseg_widgets.streaming.live_models import bundled_choices

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bodyseg_widgets.streaming import Choice

__all__ = ["Finding", "findings", "verified_models"]

_PURPOSES: Final = {
    "ai_edge_litert": "runtime 'tensorflow'",
    "av": "video files",
    "distributed": "measuring and files on a Dask cluster",
    "jupyterlab": "the widgets in JupyterLab",
    "mediapipe": "runtime 'mediapipe'",
    "onnxruntime": "models of your own in .onnx files",
    "pandas": "tables",
    "plotly": "live plots, and charts of evaluations and benchmarks",
    "pyarrow": "Parquet files",
    "tensorflow": "Mask.to_tensor() and tensors as input",
}
"""What each package is for, by import name."""
_DISTRIBUTIONS: Final = {"ai_edge_litert": "ai-edge-litert"}
_CHECKS: Final[dict[str, Callable[[], object]]] = {
    "mediapipe": load_mediapipe,
    "onnxruntime": check_onnxruntime,
}
"""Of packages of which some versions are refused: raises an error for those."""
_SERVER: Final = "bodyseg_widgets.server"
_SECONDS: Final = 30


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
        What it is.
    state : {'ok', 'missing', 'broken', 'note'}
        An extra that is missing is no fault; what is broken is.
    said : str
        What was found.
    fix : str
        The command, or what to do; empty if there is nothing to do.
    """

    name: str
    state: Literal["ok", "missing", "broken", "note"]
    said: str
    fix: str = ""


def findings() -> Iterator[Finding]:
    """Look at this installation, one thing after the other. Nothing is sent or downloaded.

    Yields
    ------
    Finding
        What was found.

    Examples
    --------
    >>> from bodyseg_widgets.doctor import findings
    >>> next(findings()).name
    'Python'
    """
    yield Finding("Python", "ok", f"{platform.python_version()} on {platform.platform()}")
    version = metadata.version("bodyseg-widgets")
    yield Finding("bodyseg-widgets", "ok", version)
    for package, purpose in _PURPOSES.items():
        yield _package(package, purpose)
    yield from _models()
    yield _link()
    yield from _NOTES


def _package(package: str, purpose: str) -> Finding:
    extra = EXTRAS[package]
    if util.find_spec(package) is None:
        target = "bodyseg-widgets" if extra is None else f'"bodyseg-widgets[{extra}]"'
        state: Literal["missing", "broken"] = "broken" if extra is None else "missing"
        return Finding(package, state, f"not installed: {purpose}", f"pip install {target}")
    check = _CHECKS.get(package)
    if check is not None:
        try:
            check()
        except BodySegError as error:
            return Finding(package, "broken", str(error))
    installed = metadata.version(_DISTRIBUTIONS.get(package, package))
    return Finding(package, "ok", f"{installed}: {purpose}")


def _models() -> Iterator[Finding]:
    try:
        for name in MODELS:
            read_model(name)
    except BodySegError as error:
        yield Finding(
            "bundled models",
            "broken",
            str(error),
            "pip install --force-reinstall --no-deps bodyseg-widgets",
        )
    else:
        yield Finding("bundled models", "ok", f"{len(MODELS)} files")


def _link() -> Finding:
    name = "direct link of frames"
    if util.find_spec("jupyter_server") is None:
        return Finding(
            name, "missing", "no Jupyter server here", 'pip install "bodyseg-widgets[lab]"'
        )
    try:
        # The server of this Python, which need not be the one on the PATH.
        done = subprocess.run(
            [sys.executable, "-m", "jupyter_server", "extension", "list"],
            check=False,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return Finding(
            name,
            "note",
            f"Jupyter did not say within {_SECONDS} s whether the server's extension is enabled",
            "jupyter server extension list",
        )
    lines = [line for line in (done.stdout + done.stderr).splitlines() if _SERVER in line]
    if any("enabled" in line for line in lines):
        return Finding(name, "ok", "the server's extension is enabled")
    return Finding(
        name,
        "missing",
        "the server's extension is not enabled, so frames go through Jupyter, which is slower",
        f"jupyter server extension enable {_SERVER}",
    )


_NOTES: Final = (
    Finding(
        "camera",
        "note",
        "the browser opens it, only on https or localhost, and asks you first",
        "if it is blocked, click the camera beside the page's address",
    ),
    Finding(
        "WebGL",
        "note",
        "with a graphics card, views draw with WebGL2; without one, effects take more of the CPU",
        "chrome://gpu or about:support says whether the browser uses it",
    ),
)


def verified_models() -> Iterator[Finding]:
    """Load each model that is on this computer, and run it once.

    Yields
    ------
    Finding
        One for each bundled model and runtime that is installed, for each model that is registered,
        and for each network of BodyPix whose weights are here: their hashes are compared, where
        they are known.
    """
    for choice in bundled_choices():
        yield _runs(choice)
    own, wrong = registered_models()
    for model in own:
        yield _runs(choose_like(model.name))
    for error in wrong:
        yield Finding("registered model", "broken", str(error))
    for variant in BodyPixVariant.all():
        found = _weights(variant)
        if found is not None:
            yield found


def _weights(variant: BodyPixVariant) -> Finding | None:
    name = f"BodyPix {variant.path}"
    try:
        with warnings.catch_warnings(action="ignore"):
            return Finding(name, "ok", str(find_weights(variant)))
    except MissingWeightsError as error:
        # They were never here, unless damage is the cause.
        return None if error.__cause__ is None else Finding(name, "broken", str(error))
    except BodySegError as error:
        return Finding(name, "broken", str(error))


def _runs(choice: Choice) -> Finding:
    try:
        model = PortableModel.of(choice).create()
        try:
            model.run(np.zeros((64, 64, 3), np.uint8), None)
        finally:
            model.dispose()
    except BodySegError as error:
        return Finding(choice.label, "broken", str(error))
    return Finding(choice.label, "ok", "loaded, and run once")
