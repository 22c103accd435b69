"""BodyPix as a segmenter."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bodyseg_widgets.arguments import named_arguments
from bodyseg_widgets.images import MAX_LEVEL, to_rgb
from bodyseg_widgets.lazy import cv2
from bodyseg_widgets.options import CreatedModel
from bodyseg_widgets.segmentation.bodypix.layout import layout_of
from bodyseg_widgets.segmentation.bodypix.options import (
    PeopleOptions,
    check_within,
    share_of_image,
)
from bodyseg_widgets.segmentation.bodypix.parts import PART_LABELS
from bodyseg_widgets.segmentation.bodypix.people import NO_ONE, nearest_people
from bodyseg_widgets.segmentation.bodypix.poses import BodyPixPose, decode_poses
from bodyseg_widgets.segmentation.types import PERSON_LABELS, Mask, Segmentation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from bodyseg_widgets.images import ImageInput, RgbImage
    from bodyseg_widgets.segmentation.bodypix.layout import Layout
    from bodyseg_widgets.segmentation.bodypix.network import Outputs
    from bodyseg_widgets.segmentation.bodypix.options import InternalResolution
    from bodyseg_widgets.segmentation.types import Probability

__all__ = ["BodyPixSegmentation", "BodyPixSegmenter"]

_MOST_PEOPLE = 254
"""That 8 bits can number, beside no one and `NO_ONE`."""


@dataclass(frozen=True)
class BodyPixSegmentation(Segmentation):
    """What BodyPix finds: a mask, the meaning of its label values, and people's keypoints.

    Attributes
    ----------
    poses : tuple of BodyPixPose
        Of the people in the mask: of all of them, or with ``multi_segmentation=True`` of the one
        person.
    threshold : float
        The ``segmentation_threshold`` that was asked for, 0 to 1.
    """

    poses: tuple[BodyPixPose, ...] = ()
    threshold: float = 0.7

    @property
    def foreground(self) -> NDArray[np.bool_]:
        """Where upstream's mask is: the pixels whose probability is above `threshold`.

        bool, shape (height, width) of the image.
        """
        found: NDArray[np.bool_] = self.mask.probability > self.threshold
        return found


class BodyPixSegmenter(CreatedModel):
    """BodyPix: people, each person, and 24 body parts. See :class:`~bodyseg_widgets.BodySegmenter`.

    Parameters
    ----------
    run : callable
        Takes uint8 RGB at the size of the network's input, (H, W, 3), and returns `Outputs`. Safe
        to call from any thread.
    output_stride : int
        Pixels of the network's input per pixel of its output.
    dispose : callable
        Frees the network; may be called several times.
    settings : mapping
        See :attr:`settings`.
    """

    def __init__(
        self,
        run: Callable[[RgbImage], Outputs],
        *,
        output_stride: int,
        dispose: Callable[[], None],
        settings: Mapping[str, object],
    ) -> None:
        super().__init__(settings)
        self._run = run
        self._output_stride = output_stride
        self._dispose = dispose

    @named_arguments
    def segment_people(
        self,
        image: ImageInput,
        *,
        multi_segmentation: bool = False,
        segment_body_parts: bool = False,
        flip_horizontal: bool = False,
        internal_resolution: InternalResolution = "medium",
        segmentation_threshold: float = 0.7,
        max_detections: int = 10,
        score_threshold: float = 0.4,
        nms_radius: float = 20,
        min_keypoint_score: float = 0.3,
        refine_steps: int = 10,
    ) -> list[BodyPixSegmentation]:
        """Find people, or each person, in one image.

        The defaults are those of upstream's code; where its README says something else, that is
        noted.

        Parameters
        ----------
        image : numpy.ndarray, PIL.Image.Image, str, os.PathLike, tensor or Frame
            See :func:`bodyseg_widgets.images.to_rgb`.
        multi_segmentation : bool, optional
            Whether each person gets a mask, or all people together get one.
        segment_body_parts : bool, optional
            Whether the label values are those of 24 body parts, or 255 (*person*) everywhere.
        flip_horizontal : bool, optional
            Mirror the image first; all results are those of the mirrored image. In upstream it
            does nothing.
        internal_resolution : {'low', 'medium', 'high', 'full'} or float, optional
            The network's input as a share of the image's width and height: 0.25, 0.5, 0.75, 1.0, or
            a number from 0.1 to 2.0. More is more accurate and slower.
        segmentation_threshold : float, optional
            Above which probability a pixel is in `BodyPixSegmentation.foreground`, 0 to 1.
            Upstream's masks have nothing else; here they keep the probability.
        max_detections : int, optional
            How many people to look for, at least 1.
        score_threshold : float, optional
            The lowest score of a person, and of the keypoint that the search for one begins with, 0
            to 1. Upstream's README says 0.3.
        nms_radius : float, optional
            In pixels of the network's input, above 0: two people do not have the same keypoint
            within this distance.
        min_keypoint_score : float, optional
            Above which score a keypoint counts where pixels are assigned to people, 0 to 1.
        refine_steps : int, optional
            How often the way from a pixel to its person's keypoints is corrected, 1 to 20.

        Returns
        -------
        list of BodyPixSegmentation
            Exactly one, or with `multi_segmentation` one for each person: empty if there is no one.
            A mask's alpha is the probability of a person, not cut off at a threshold. Every pixel
            has the label value of its most likely body part, whatever its probability.

        Raises
        ------
        InvalidImageError
            The image cannot be used; the message says why.
        InvalidOptionError
            An option is out of range.
        DisposedError
            The segmenter was disposed.
        """
        check_within("segmentation_threshold", segmentation_threshold)
        options = PeopleOptions(
            max_detections=max_detections,
            score_threshold=score_threshold,
            nms_radius=nms_radius,
            min_keypoint_score=min_keypoint_score,
            refine_steps=refine_steps,
        )
        rgb = to_rgb(image)
        if flip_horizontal:
            rgb = np.asarray(cv2.flip(rgb, 1), dtype=np.uint8)
        layout, outputs = self._look(rgb, internal_resolution)
        mask = _mask(outputs, layout, parts=segment_body_parts)
        poses = decode_poses(outputs, layout, options)
        labels = PART_LABELS if segment_body_parts else PERSON_LABELS
        if not multi_segmentation:
            return [BodyPixSegmentation(mask, labels, poses, segmentation_threshold)]
        people = nearest_people(outputs.long_offsets, poses, layout, options) if poses else None
        return [
            BodyPixSegmentation(
                mask.with_source(np.where(people == number, mask.source, np.float32(0))),
                labels,
                (pose,),
                segmentation_threshold,
            )
            for number, pose in enumerate(poses)
        ]

    def find_all(
        self,
        image: RgbImage,
        *,
        max_detections: int = 10,
        internal_resolution: InternalResolution = "medium",
    ) -> BodyPixSegmentation:
        """Find people, whose each pixel is, and body parts, with one run of the network.

        Parameters
        ----------
        image : numpy.ndarray
            uint8 (H, W, 3), RGB.
        max_detections, internal_resolution
            As for :meth:`segment_people`.

        Returns
        -------
        BodyPixSegmentation
            Of all people. Its mask has ``values`` and ``people``, all at the resolution of the
            network's input.

        Raises
        ------
        InvalidOptionError
            An option is out of range.
        DisposedError
            The segmenter was disposed.
        """
        options = PeopleOptions(max_detections=max_detections)
        layout, outputs = self._look(image, internal_resolution)
        poses = decode_poses(outputs, layout, options)
        mask = _mask(outputs, layout, parts=True, people=(poses, options))
        return BodyPixSegmentation(mask, PART_LABELS, poses)

    def _look(
        self, rgb: RgbImage, internal_resolution: InternalResolution
    ) -> tuple[Layout, Outputs]:
        share = share_of_image(internal_resolution)
        layout = layout_of((rgb.shape[0], rgb.shape[1]), share, self._output_stride)
        return layout, self._run(layout.fit(rgb))

    def reset(self) -> None:
        """Do nothing: BodyPix keeps no state between images."""

    def dispose(self) -> None:
        """Free the network and its threads. Calling it again does nothing."""
        self._disposed = True
        self._dispose()


def _mask(
    outputs: Outputs,
    layout: Layout,
    *,
    parts: bool,
    people: tuple[Sequence[BodyPixPose], PeopleOptions] | None = None,
) -> Mask:
    probability = person_probability(outputs, layout)
    return Mask(
        probability,
        size=layout.image_size,
        model_size=layout.model_size,
        values=part_values(outputs, layout) if parts else None,
        people=None if people is None else _whose(outputs, layout, *people, probability),
        class_source=partial(_part_probability, outputs.parts, layout, probability)
        if parts
        else None,
    )


def _whose(
    outputs: Outputs,
    layout: Layout,
    poses: Sequence[BodyPixPose],
    options: PeopleOptions,
    probability: Probability,
) -> NDArray[np.uint8]:
    """Return the number of the person that each pixel belongs to, see ``Mask.people``."""
    if not poses:
        return np.zeros(layout.model_size, np.uint8)
    nearest = nearest_people(outputs.long_offsets, poses[:_MOST_PEOPLE], layout, options)
    # What is 0 in 8 bits is no one's, so that planes are small where they are packed.
    is_someone = (nearest != NO_ONE) & (probability >= np.float32(0.5 / MAX_LEVEL))
    return np.where(is_someone, nearest + np.uint8(1), np.uint8(0))


def _part_probability(
    parts: NDArray[np.float32], layout: Layout, person: Probability, part: int
) -> Probability:
    """Return the probability of a person, times that of the part where there is one.

    What the network says of parts where there is no one means nothing, and is often high.
    """
    (logits,) = layout.sample(parts[..., part : part + 1])
    return np.asarray(person / (1 + np.exp(-logits)), np.float32)


def person_probability(outputs: Outputs, layout: Layout) -> Probability:
    """Return the probability of a person: float32 of the layout's `model_size`."""
    (logits,) = layout.sample(outputs.segments)
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def part_values(outputs: Outputs, layout: Layout) -> NDArray[np.uint8]:
    """Return the most likely body part of each pixel: uint8 of the layout's `model_size`, 0 to 23.

    Of several that are equally likely, it is the first. The sigmoid function changes no order, so
    logits are compared. Only parts that are the most likely in some cell of the output are looked
    at, because between cells hardly any other is.
    """
    present = np.unique(outputs.parts.argmax(axis=2))
    highest = np.full(layout.model_size, -np.inf, np.float32)
    values = np.zeros(layout.model_size, np.uint8)
    for part, logits in zip(present, layout.sample(outputs.parts[..., present]), strict=True):
        np.copyto(values, part, where=logits > highest, casting="unsafe")
        np.maximum(highest, logits, out=highest)
    return values
