"""Networks on MediaPipe Tasks: the 'mediapipe' runtime.

It uses two of mediapipe's private names, which `tests/unit/test_private_names.py` watches.
"""

from __future__ import annotations

import os
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import import_module, metadata
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from bodyseg_widgets.errors import (
    DisposedError,
    IncompatibleDependencyError,
    ModelFileError,
)
from bodyseg_widgets.extras import missing
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.runtimes.native_log import without_native_log

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ImageSegmenterTask", "LandmarkedPose", "PoseLandmarkerTask", "load_mediapipe"]

_MASK_COLUMNS = 4
"""Reading a pose's mask terminates the process ("Check failed: 1 == ChannelSize()") if its rows of
float32 are not a multiple of 16 bytes, so such images are padded with up to three copies of their
last column. That shifts what MediaPipe's detector sees by a pixel or two, and therefore slightly
changes the pose: keypoints are the same as without a mask only if the width is a multiple of 4."""

_someone_was_found = threading.Event()
"""Set once a pose was found in this process: MediaPipe logs a line with the first one."""

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
        The installed version can report usage over the network (0.10.35 and later link an HTTP
        client), or has not been checked.
    """
    try:
        version = metadata.version("mediapipe")
    except metadata.PackageNotFoundError as error:
        raise missing("mediapipe", "runtime='mediapipe'") from error
    if version not in _QUIET_VERSIONS:
        raise IncompatibleDependencyError(
            f"mediapipe {version} is installed, but expect {' or '.join(_QUIET_VERSIONS)}: later "
            "releases contain an HTTP client and can report usage, which a camera tool must not. "
            'Install it with: pip install "bodyseg-widgets[mediapipe]", '
            "or use runtime='tensorflow', which needs no mediapipe."
        )
    _keep_tensorflow_out()
    return import_module("mediapipe")


def _keep_tensorflow_out() -> None:
    """Replace the one mediapipe module that would import TensorFlow.

    It uses TensorFlow only for a decorator that marks functions for its documentation, and defines
    a no-op without TensorFlow. Importing TensorFlow costs seconds and hundreds of megabytes, so
    that no-op is installed first. `dict.setdefault` is atomic: a module that another thread is
    importing is kept.
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
    """MediaPipe's ImageSegmenter for still images, returning the first confidence mask.

    Safe to use from several threads: a lock admits one call at a time.

    Parameters
    ----------
    model : bytes
        The content of a .tflite file with NormalizationOptions metadata.

    Raises
    ------
    MissingDependencyError, IncompatibleDependencyError
        See :func:`load_mediapipe`.
    ModelFileError
        MediaPipe rejects the bytes.

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
        self._task = _Task(
            lambda: vision.ImageSegmenter.create_from_options(options),
            size=len(model),
            expected="a .tflite file with NormalizationOptions metadata",
        )

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Segment one image.

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
        with self._task.use() as task:
            mp_image = self._mediapipe.Image(self._mediapipe.ImageFormat.SRGB, image)
            return _copied_mask(task.segment(mp_image).confidence_masks[0])

    def dispose(self) -> None:
        """Free the task and its threads, after any running call. Calling it again does nothing."""
        self._task.dispose()


@dataclass(frozen=True, eq=False)
class LandmarkedPose:
    """One pose as MediaPipe Tasks returns it.

    Attributes
    ----------
    landmarks : numpy.ndarray
        float64 (33, 4): x and y relative to the image's width and height, z relative to its width,
        visibility.
    world_landmarks : numpy.ndarray
        float64 (33, 3): x, y, z in meters from the midpoint of the hips.
    mask : numpy.ndarray or None
        float32 (height, width), 0 to 1.
    """

    landmarks: NDArray[np.float64]
    world_landmarks: NDArray[np.float64]
    mask: NDArray[np.float32] | None


class PoseLandmarkerTask:
    """A pose bundle on MediaPipe's PoseLandmarker.

    Parameters
    ----------
    bundle : bytes
        The content of a ``.task`` file.
    num_poses : int
        Number of people to look for.
    with_mask : bool
        Whether each pose includes a mask.
    video : bool
        Whether images are frames of one video (people are tracked) or independent.

    Raises
    ------
    MissingDependencyError, IncompatibleDependencyError
        See :func:`load_mediapipe`.
    ModelFileError
        MediaPipe rejects the bytes.

    Examples
    --------
    >>> import numpy as np
    >>> from bodyseg_widgets.models import pose_task
    >>> from bodyseg_widgets.runtimes.mediapipe import PoseLandmarkerTask
    >>> task = PoseLandmarkerTask(pose_task("lite"), num_poses=1, with_mask=False, video=False)
    >>> task.run(np.zeros((480, 640, 3), np.uint8))
    []
    >>> task.dispose()
    """

    def __init__(self, bundle: bytes, *, num_poses: int, with_mask: bool, video: bool) -> None:
        self._mediapipe = load_mediapipe()
        vision = self._mediapipe.tasks.vision
        mode = vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE
        options = vision.PoseLandmarkerOptions(
            base_options=self._mediapipe.tasks.BaseOptions(model_asset_buffer=bundle),
            running_mode=mode,
            num_poses=num_poses,
            output_segmentation_masks=with_mask,
        )
        self._num_poses = num_poses
        self._with_mask = with_mask
        self._video = video
        self._started: float | None = None
        self._last_ms = 0
        self._task = _Task(
            lambda: vision.PoseLandmarker.create_from_options(options),
            size=len(bundle),
            expected="a pose .task bundle",
        )

    @property
    def num_poses(self) -> int:
        """Number of people to look for."""
        return self._num_poses

    def run(self, image: NDArray[np.uint8], *, seconds: float = 0.0) -> list[LandmarkedPose]:
        """Find poses.

        Parameters
        ----------
        image : numpy.ndarray
            ``uint8`` RGB, shape (height, width, 3), C-contiguous.
        seconds : float, optional
            When a video's frame was taken, later than the previous one.

        Returns
        -------
        list of LandmarkedPose
            At most `num_poses`.

        Raises
        ------
        DisposedError
            The task was disposed.
        """
        width = image.shape[1]
        spare = -width % _MASK_COLUMNS if self._with_mask else 0
        wide = cv2.copyMakeBorder(image, 0, 0, 0, spare, cv2.BORDER_REPLICATE) if spare else image
        # x and z are relative to the width.
        scale = np.array([(width + spare) / width, 1, (width + spare) / width, 1])
        with self._task.use() as task:
            mp_image = self._mediapipe.Image(self._mediapipe.ImageFormat.SRGB, wide)
            with nullcontext() if _someone_was_found.is_set() else without_native_log():
                if self._video:
                    result = task.detect_for_video(mp_image, self._next_ms(seconds))
                else:
                    result = task.detect(mp_image)
            if result.pose_landmarks:
                _someone_was_found.set()
            masks = result.segmentation_masks or [None] * len(result.pose_landmarks)
            return [
                LandmarkedPose(
                    scale
                    * np.array([[each.x, each.y, each.z, each.visibility] for each in landmarks]),
                    np.array([[each.x, each.y, each.z] for each in world]),
                    None if mask is None else _copied_mask(mask)[:, :width],
                )
                for landmarks, world, mask in zip(
                    result.pose_landmarks, result.pose_world_landmarks, masks, strict=True
                )
            ]

    def dispose(self) -> None:
        """Free the task and its threads, after any running call. Calling it again does nothing."""
        self._task.dispose()

    def _next_ms(self, seconds: float) -> int:
        """Tasks requires increasing whole milliseconds, and treats 0 as no time."""
        if self._started is None:
            self._started = seconds
        self._last_ms = max(self._last_ms + 1, 1 + round((seconds - self._started) * 1000))
        return self._last_ms


class _Task:
    """A native task: created, used by one thread at a time, closed once.

    Parameters
    ----------
    create : callable
        Creates it.
    size : int
        The bytes it is created from, for error messages.
    expected : str
        What they should be, for error messages.
    """

    def __init__(self, create: Callable[[], Any], *, size: int, expected: str) -> None:
        try:
            with without_native_log():
                task = create()
        except (ValueError, RuntimeError, OSError) as error:
            raise ModelFileError(
                f"MediaPipe cannot run this model of {size} bytes: {error} "
                f"Expect the content of {expected}."
            ) from error
        self._task = task
        self._process = os.getpid()
        self._lock = threading.Lock()
        # MediaPipe's __del__ closes too late: it raises during interpreter shutdown.
        self._close = weakref.finalize(self, _close, task, self._process)

    @contextmanager
    def use(self) -> Iterator[Any]:
        """Get exclusive access to the native task."""
        if os.getpid() != self._process:
            # It would wait forever for threads that a forked process does not have.
            raise DisposedError(
                "It was created with runtime='mediapipe' before this process was forked, and its "
                "threads stayed in the other one. Create it in this process, or choose "
                "runtime='tensorflow'."
            )
        with self._lock:
            if not self._close.alive:
                raise DisposedError("It was used after dispose(). Create a new one.")
            yield self._task

    def dispose(self) -> None:
        with self._lock:
            self._close()


def _copied_mask(image: Any) -> NDArray[np.float32]:  # noqa: ANN401 - mediapipe has no types
    """Copy a mask: its memory is freed with the result, and reading it later would crash."""
    mask: NDArray[np.float32] = image.numpy_view()[..., 0].copy()
    return mask


def _close(task: Any, process: int) -> None:  # noqa: ANN401 - mediapipe has no types
    """Close a task, even while the process is ending.

    MediaPipe runs each task on a thread pool. Once the main thread has ended, the pools have too,
    and ``close()`` would raise; in a forked process there are none, and it would never return. The
    system frees the rest.
    """
    if threading.main_thread().is_alive() and os.getpid() == process:
        task.close()
    else:
        task._handle = None  # noqa: SLF001 - what close() leaves behind; versions are pinned
