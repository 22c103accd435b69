"""The options of BodyPix's ``segment_people``, with upstream's defaults, ranges and errors."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from bodyseg_widgets.arguments import did_you_mean, in_short, listed
from bodyseg_widgets.errors import InvalidOptionError
from bodyseg_widgets.options import share_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["InternalResolution", "PeopleOptions", "share_of_image"]

InternalResolution: TypeAlias = Literal["low", "medium", "high", "full"] | float
"""The network's input as a share of the image's width and height: a name, or 0.1 to 2.0."""

_SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {"low": 0.25, "medium": 0.5, "high": 0.75, "full": 1.0}
)
_SMALLEST_SHARE, _LARGEST_SHARE = 0.1, 2.0
_MOST_REFINE_STEPS = 20


@dataclass(frozen=True, kw_only=True)
class PeopleOptions:
    """How people are told apart. See :meth:`BodyPixSegmenter.segment_people`.

    The values are checked like upstream's
    (body-segmentation/src/body_pix/impl/body_pix_model.ts of tfjs-models).

    Raises
    ------
    InvalidOptionError
        One of them is out of range.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.bodypix.options import PeopleOptions
    >>> PeopleOptions(nms_radius=0)
    Traceback (most recent call last):
    bodyseg_widgets.errors.InvalidOptionError: Invalid nms_radius 0. Should be > 0.
    """

    max_detections: int = 10
    score_threshold: float = 0.4
    nms_radius: float = 20
    min_keypoint_score: float = 0.3
    refine_steps: int = 10

    def __post_init__(self) -> None:
        """Check the values."""
        if _whole(self.max_detections, "max_detections", "> 0") <= 0:
            raise _invalid("max_detections", self.max_detections, "> 0")
        check_within("score_threshold", self.score_threshold)
        if not _number(self.nms_radius, "nms_radius", "> 0") > 0:
            raise _invalid("nms_radius", self.nms_radius, "> 0")
        check_within("min_keypoint_score", self.min_keypoint_score)
        steps = "in range [1, 20]"
        if not 0 < _whole(self.refine_steps, "refine_steps", steps) <= _MOST_REFINE_STEPS:
            raise _invalid("refine_steps", self.refine_steps, steps)


def check_within(name: str, given: Any) -> None:  # noqa: ANN401 - people pass anything
    """Raise upstream's error unless the value is between 0 and 1."""
    if not 0 <= _number(given, name, "in range [0, 1]") <= 1:
        raise _invalid(name, given, "in range [0, 1]")


def share_of_image(internal_resolution: Any) -> float:  # noqa: ANN401 - people pass anything
    """Return an internal resolution as a share of the image's width and height.

    Raises
    ------
    InvalidOptionError
        It is neither one of the names nor a number from 0.1 to 2.0.

    Examples
    --------
    >>> from bodyseg_widgets.segmentation.bodypix.options import share_of_image
    >>> share_of_image("medium"), share_of_image(0.3)
    (0.5, 0.3)
    """
    if isinstance(internal_resolution, str):
        if internal_resolution in _SHARES:
            return _SHARES[internal_resolution]
    elif _is_number(internal_resolution) and (
        _SMALLEST_SHARE <= internal_resolution <= _LARGEST_SHARE
    ):
        return float(internal_resolution)
    raise InvalidOptionError(
        f"internal_resolution must be one of {listed(_SHARES)}, or a number from "
        f"{_SMALLEST_SHARE} to {_LARGEST_SHARE}, but was {in_short(internal_resolution)}."
        f"{did_you_mean(internal_resolution, _SHARES)}{share_of(internal_resolution)}"
    )


def _is_number(given: object) -> bool:
    if isinstance(given, bool):
        return False
    try:
        float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return False
    return not isinstance(given, str)


def _number(given: Any, name: str, allowed: str) -> float:  # noqa: ANN401 - people pass anything
    if not _is_number(given):
        raise _invalid(name, given, allowed)
    return float(given)


def _whole(given: Any, name: str, allowed: str) -> int:  # noqa: ANN401 - people pass anything
    try:
        return operator.index(_invalid_flag(given))
    except TypeError as error:
        raise _invalid(name, given, f"a whole number {allowed}") from error


def _invalid_flag(given: Any) -> Any:  # noqa: ANN401 - people pass anything
    if isinstance(given, bool):
        raise TypeError
    return given


def _invalid(name: str, given: object, allowed: str) -> InvalidOptionError:
    return InvalidOptionError(
        f"Invalid {name} {in_short(given)}. Should be {allowed}.{share_of(given)}"
    )
