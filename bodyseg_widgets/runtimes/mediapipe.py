"""Networks on MediaPipe Tasks: the 'mediapipe' runtime."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Callable
from importlib import import_module, metadata
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from bodyseg_widgets.errors import (
    DisposedError,
    IncompatibleDependencyError,
    MissingDependencyError,
    ModelFileError,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["ImageSegmenterTask", "load_mediapipe"]

_QUIET_VERSIONS = ("0.10.30", "0.10.31")
_DOCS_MODULE = "mediapipe.tasks.python.core.optional_dependencies"

_Documented = TypeVar("_Documented", bound=Callable[..., object])


def load_mediapipe() -> Any:  # noqa: ANN401 - mediapipe has no types
    """Import mediapipe, without TensorFlow.

    Returns
    -------
    module
        The package ``mediapipe``.

    Raises
    ------
    MissingDependencyError
        mediapipe is not installed.
    IncompatibleDependencyError
        It is installed in a version that can report usage over the network
        (0.10.35 and later link an HTTP client), or that nobody has checked.
    """
    try:
        version = metadata.version("mediapipe")
    except metadata.PackageNotFoundError as error:
        raise MissingDependencyError(
            "mediapipe", extra="mediapipe", purpose="runtime='mediapipe'"
        ) from error
    if version not in _QUIET_VERSIONS:
        raise IncompatibleDependencyError(
            f"mediapipe {version} is installed, and expect {' or '.join(_QUIET_VERSIONS)}: later "
            "releases contain an HTTP client and can report usage, and a camera tool must not. "
            'Install it with: pip install "bodyseg-widgets[mediapipe]", '
            "or use runtime='tensorflow', which needs no mediapipe."
        )
    _keep_tensorflow_out()
    return import_module("mediapipe")


def _keep_tensorflow_out() -> None:
    """Answer for the one mediapipe module that would import TensorFlow.

    It does so only for a decorator that marks functions for its documentation;
    where TensorFlow is absent it defines a no-op instead. TensorFlow costs
    seconds and hundreds of megabytes, so that no-op is put in place first.
    `dict.setdefault` is atomic: a module that another thread is importing stays.
    """
    if "tensorflow" in sys.modules:
        return
    module: Any = ModuleType(_DOCS_MODULE)
    module.doc_controls = _DocControls
    sys.modules.setdefault(_DOCS_MODULE, module)


class _DocControls:
    @staticmethod
    def do_not_generate_docs(documented: _Documented) -> _Documented:
        return documented


class ImageSegmenterTask:
    """MediaPipe's ImageSegmenter for still pictures, giving the first confidence mask.

    Safe to use from several threads: a lock lets one call in at a time.

    Parameters
    ----------
    model : bytes
        The content of a .tflite file with NormalizationOptions metadata.

    Raises
    ------
    MissingDependencyError, IncompatibleDependencyError
        See :func:`load_mediapipe`.
    ModelFileError
        MediaPipe refuses the bytes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.models import read_model
    >>> from bodyseg_widgets.runtimes.mediapipe import ImageSegmenterTask
    >>> task = ImageSegmenterTask(read_model("selfie_general"))
    >>> task.run(np.zeros((480, 640, 3), np.uint8)).shape
    (480, 640)
    >>> task.dispose()
    """

    def __init__(self, model: bytes) -> None:
        self._mediapipe = load_mediapipe()
        vision = self._mediapipe.tasks.vision
        options = vision.ImageSegmenterOptions(
            base_options=self._mediapipe.tasks.BaseOptions(model_asset_buffer=model),
            running_mode=vision.RunningMode.IMAGE,
            output_confidence_masks=True,
            output_category_mask=False,
        )
        try:
            task: Any = vision.ImageSegmenter.create_from_options(options)
        except (ValueError, RuntimeError, OSError) as error:
            raise ModelFileError(
                f"MediaPipe cannot run this model of {len(model)} bytes: {error} "
                "Expect the content of a .tflite file with NormalizationOptions metadata."
            ) from error
        self._task = task
        self._lock = threading.Lock()
        # MediaPipe's own __del__ closes too late: it raises once the interpreter winds down.
        self._close = weakref.finalize(self, _close, task)

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Segment one picture.

        Parameters
        ----------
        image : numpy.ndarray
            ``uint8`` RGB, shape (height, width, 3), C-contiguous.

        Returns
        -------
        numpy.ndarray
            ``float32``, shape (height, width), 0 to 1: the first confidence mask.

        Raises
        ------
        DisposedError
            The task was disposed.
        """
        with self._lock:
            if not self._close.alive:
                raise DisposedError("It was used after dispose(). Create a new one.")
            picture = self._mediapipe.Image(self._mediapipe.ImageFormat.SRGB, image)
            result = self._task.segment(picture)
            # The view's memory goes with the result; reading it later crashes the process.
            mask: NDArray[np.float32] = result.confidence_masks[0].numpy_view()[..., 0].copy()
            return mask

    def dispose(self) -> None:
        """Free the task and its threads, after a running call. Again: does nothing."""
        with self._lock:
            self._close()


def _close(task: Any) -> None:  # noqa: ANN401 - mediapipe has no types
    """Close a task, also while the process ends.

    MediaPipe runs each task on a thread pool. When the main thread has ended,
    so have all pools, and ``close()`` would raise; the system frees the rest.
    """
    if threading.main_thread().is_alive():
        task.close()
    else:
        task._handle = None  # noqa: SLF001 - what close() leaves behind; versions are pinned
