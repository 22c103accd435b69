"""Models of users as segmenters: their functions and their files."""

from __future__ import annotations

import threading
import warnings
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.errors import DisposedError, InvalidOptionError
from bodyseg_widgets.images import to_rgb
from bodyseg_widgets.in_page import RUNS_IN_PAGE
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import CreatedModel
from bodyseg_widgets.registry import Registry
from bodyseg_widgets.runtimes.threads import checked_threads
from bodyseg_widgets.segmentation.custom.classes import values_of
from bodyseg_widgets.segmentation.custom.fitted import FittedNetwork
from bodyseg_widgets.segmentation.custom.registered import registered_models
from bodyseg_widgets.segmentation.custom.returned import map_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.segmentation.custom.classes import ClassMap, Labels
    from bodyseg_widgets.segmentation.custom.fitted import Fit
    from bodyseg_widgets.segmentation.custom.model_file import CustomFile, FileRuntime
    from bodyseg_widgets.segmentation.types import Segmentation

__all__ = [
    "CUSTOM_MODELS",
    "CustomModel",
    "CustomSegmenter",
    "FindPeople",
    "custom_segmenter",
    "model_of_file",
    "model_of_function",
]

FindPeople: TypeAlias = "Callable[[NDArray[np.uint8]], NDArray[Any]]"
"""A custom model: maps an image, uint8 (H, W, 3) RGB, to probabilities (h, w), 0 to 1, or to
classes, see `add_model`."""


class CustomSegmenter(CreatedModel):
    """A model of the user's. See :class:`.BodySegmenter`.

    Parameters
    ----------
    find : callable
        Takes uint8 RGB of shape (H, W, 3), read-only, and returns a `ClassMap` of any size.
    labels : tuple of str or None
        One for each class.
    dispose : callable
        Frees the network; may be called several times.
    settings : mapping
        See :attr:`settings`.
    """

    def __init__(
        self,
        find: Callable[[RgbImage], ClassMap],
        labels: Labels,
        *,
        dispose: Callable[[], None],
        settings: Mapping[str, object],
    ) -> None:
        super().__init__(settings)
        self._find = find
        self._labels = labels
        self._dispose = dispose

    @named_arguments
    def segment_people(
        self, image: ImageInput, *, flip_horizontal: bool = False
    ) -> list[Segmentation]:
        """Find the people in one image. See :meth:`.BodySegmenter.segment_people`.

        Returns
        -------
        list of Segmentation
            Exactly one, for all people together. Of several classes, its `labels` are theirs by
            their numbers, and the `values` of its mask the numbers of the most likely ones.
        """
        if self._disposed:
            raise DisposedError("It was used after dispose(). Create a new one.")
        rgb = to_rgb(image)
        if flip_horizontal:
            rgb = np.asarray(cv2.flip(rgb, 1), dtype=np.uint8)
        # It may be the caller's own array.
        rgb = rgb.view()
        rgb.flags.writeable = False
        return [self._find(rgb).segmentation((rgb.shape[0], rgb.shape[1]), self._labels)]

    def reset(self) -> None:
        """Do nothing: a custom model keeps no state that this object knows of."""

    def dispose(self) -> None:
        """Free the network and its threads. Calling it again does nothing."""
        self._disposed = True
        self._dispose()


@dataclass(frozen=True, slots=True)
class CustomModel:
    """A model that was added by `add_model`.

    Attributes
    ----------
    runtime : {'python', 'tensorflow', 'onnx'}
        What runs it.
    create : callable
        ``(num_threads)``: makes a segmenter of it; None is the default of its runtime. It can be
        pickled, where the user's function can.
    labels : mapping of int to str
        The labels of its classes by their values, as its segmentations have them.
    """

    runtime: Literal["python"] | FileRuntime
    create: Callable[[int | None], CustomSegmenter]
    labels: Mapping[int, str]


def custom_segmenter(
    name: str,
    model: CustomModel,
    *,
    runtime: str | None,
    model_type: str | None,
    num_threads: int | None,
) -> CustomSegmenter:
    """Create a segmenter of a custom model, for `create_segmenter`.

    Raises
    ------
    InvalidOptionError
        An option is given that it does not have.
    """
    if runtime not in (None, model.runtime):
        raise InvalidOptionError(
            f"{name} runs on {model.runtime!r} only, but got runtime={runtime!r}. Leave runtime "
            "out."
        )
    if model_type is not None:
        raise InvalidOptionError(
            f"{name} has no variants, but got model_type={model_type!r}. Leave model_type out."
        )
    if model.runtime == "python" and num_threads is not None:
        raise InvalidOptionError(
            f"{name} is a function, which runs on the calling thread, but got num_threads="
            f"{num_threads!r}. Leave num_threads out."
        )
    return model.create(num_threads)


def model_of_function(name: str, find_people: FindPeople, labels: Labels) -> CustomModel:
    """Return a user's function as a model."""
    return CustomModel(
        "python", partial(_segmenter_of_function, name, find_people, labels), values_of(labels)
    )


def _segmenter_of_function(
    name: str, find_people: FindPeople, labels: Labels, num_threads: int | None
) -> CustomSegmenter:
    del num_threads
    # As a network's: users' code need not expect to be called by two threads.
    lock = threading.Lock()

    def find(image: RgbImage) -> ClassMap:
        with lock:
            returned = find_people(image)
        return map_of(returned, labels, name=name)

    return CustomSegmenter(find, labels, dispose=lambda: None, settings={"model": name})


def model_of_file(name: str, file: CustomFile, fit: Fit) -> CustomModel:
    """Return a file that was tried as a model."""
    return CustomModel(
        file.runtime, partial(_segmenter_of_file, name, file, fit), values_of(fit.labels)
    )


def _registered() -> dict[str, CustomModel]:
    if RUNS_IN_PAGE:
        # Neither settings of a user are there, nor what runs files.
        return {}
    found, wrong = registered_models()
    for error in wrong:
        warnings.warn(str(error), stacklevel=2)
    return {each.name: model_of_file(each.name, each.file, each.fit) for each in found}


def _segmenter_of_file(
    name: str, file: CustomFile, fit: Fit, num_threads: int | None
) -> CustomSegmenter:
    checked_threads(num_threads)
    network, _ = file.load(file.read(), num_threads=num_threads)
    return CustomSegmenter(
        FittedNetwork(network, fit).find,
        fit.labels,
        dispose=network.dispose,
        settings={"model": name, "num_threads": num_threads},
    )


CUSTOM_MODELS: Final = Registry(_registered())
"""Those that are registered or were added, by name."""
