"""How much each class covers and how far two models agree on them, against plain formulas."""

from __future__ import annotations

import numpy as np
import pytest

from bodyseg_widgets import InvalidOptionError, Mask, Region, Segmentation
from bodyseg_widgets.evaluation import (
    class_agreement,
    class_coverage,
    class_coverage_at_model_size,
    coverage,
    intersection_over_union,
    is_person,
)

SIZE = (12, 16)
LABELS = {0: "head", 1: "hand", 2: "foot"}
OTHERS = {4: "hand", 5: "Background", 9: "head", 11: "hat"}


def found(seed: int, labels: dict[int, str], region: Region | None = None) -> Segmentation:
    """What a model may see that has every class, and pixels of no class, anywhere."""
    random = np.random.default_rng(seed)
    mask = Mask(
        random.random((6, 8), dtype=np.float32),
        size=SIZE,
        model_size=(6, 8),
        region=region,
        values=random.choice([*labels, 255], (6, 8)).astype(np.uint8),
    )
    return Segmentation(mask, labels)


def shows(segmentation: Segmentation, label: str, threshold: float) -> np.ndarray:
    """Where it shows a class, spelled out."""
    (value,) = (value for value, name in segmentation.labels.items() if name == label)
    return is_person(segmentation.mask, threshold) & (segmentation.mask.values == value)


@pytest.mark.parametrize("region", [None, Region(3, 2, 9, 7)])
@pytest.mark.parametrize("threshold", [0.0, 0.4, 1.0])
def test_the_coverage_of_a_class_is_its_share_of_the_picture(
    region: Region | None, threshold: float
) -> None:
    segmentation = found(1, LABELS, region)
    shares = class_coverage(segmentation, threshold)
    assert [*shares] == ["head", "hand", "foot"]
    for label, share in shares.items():
        assert share == shows(segmentation, label, threshold).mean()
    assert sum(shares.values()) <= coverage(segmentation.mask, threshold)


def test_the_background_is_no_class_and_a_person_alone_is_one() -> None:
    assert [*class_coverage(found(1, OTHERS), 0.5)] == ["hand", "head", "hat"]
    plain = Segmentation(Mask(np.eye(6, 8, dtype=np.float32), size=SIZE, model_size=(6, 8)))
    assert class_coverage(plain, 0.5) == {"person": coverage(plain.mask, 0.5)}


def test_coverage_at_the_networks_resolution_is_that_of_the_picture_where_they_are_the_same() -> (
    None
):
    random = np.random.default_rng(3)
    mask = Mask(
        random.random((4, 8), dtype=np.float32),
        size=SIZE,
        model_size=(4, 8),
        region=Region(2, 6, 8, 4),
        values=random.integers(0, 3, (4, 8), dtype=np.uint8),
    )
    segmentation = Segmentation(mask, LABELS)
    at_model_size = class_coverage_at_model_size(segmentation, 0.4)
    assert at_model_size == pytest.approx(class_coverage(segmentation, 0.4))
    assert sum(at_model_size.values()) > 0


@pytest.mark.parametrize("thresholds", [(0.5, 0.5), (0.2, 0.9), (0.0, 0.0), (1.0, 1.0)])
def test_each_common_class_has_its_intersection_over_union(
    thresholds: tuple[float, float],
) -> None:
    a, b = found(1, LABELS), found(2, OTHERS, Region(3, 2, 9, 7))
    agreement = class_agreement(a, b, threshold_a=thresholds[0], threshold_b=thresholds[1])
    same, classed = np.zeros(SIZE, bool), np.zeros(SIZE, bool)
    expected = {}
    for label in ("head", "hand"):
        one, other = (shows(each, label, at) for each, at in zip((a, b), thresholds, strict=True))
        if (one | other).any():
            expected[label] = intersection_over_union(one, other)
        same |= one & other
        classed |= one | other
    assert agreement.iou == expected
    assert agreement.same_class == (same.sum() / classed.sum() if classed.any() else 1)


def test_a_segmentation_agrees_with_itself_on_what_it_shows() -> None:
    mask = Mask(
        np.ones((2, 2), np.float32),
        size=(2, 2),
        model_size=(2, 2),
        values=np.array([[0, 0], [2, 255]], np.uint8),
    )
    segmentation = Segmentation(mask, LABELS)
    agreement = class_agreement(segmentation, segmentation)
    assert (agreement.iou, agreement.same_class) == ({"head": 1, "foot": 1}, 1)


def test_what_cannot_be_compared_is_said() -> None:
    a = found(1, LABELS)
    small = Segmentation(Mask(np.ones((2, 2), np.float32), size=(2, 2), model_size=(2, 2)), LABELS)
    with pytest.raises(InvalidOptionError, match=r"same image .* 16 x 12 and 2 x 2 pixels"):
        class_agreement(a, small)
    with pytest.raises(InvalidOptionError, match=r"a label in common, but got .*'hand'.* 'person'"):
        class_agreement(a, Segmentation(found(2, LABELS).mask))
    with pytest.raises(InvalidOptionError, match="from 0 to 1, but got 50"):
        class_coverage(a, 50)


def test_several_values_with_one_label_are_one_class() -> None:
    fine = found(1, {0: "left arm", 1: "right arm", 2: "foot"})
    coarse = Segmentation(fine.mask, {0: "arm", 1: "arm", 2: "foot"})
    shares, sums = class_coverage(fine, 0.5), class_coverage(coarse, 0.5)
    assert sums == pytest.approx(
        {"arm": shares["left arm"] + shares["right arm"], "foot": shares["foot"]}
    )
    other = found(2, {7: "arm"})
    arms = shows(fine, "left arm", 0.5) | shows(fine, "right arm", 0.5)
    expected = intersection_over_union(arms, shows(other, "arm", 0.5))
    assert class_agreement(coarse, other).iou == {"arm": expected}
