"""The 33 keypoints: names, sides and the skeleton between them."""

from __future__ import annotations

import pytest

from bodyseg_widgets.pose import (
    ADJACENT_PAIRS,
    KEYPOINT_NAMES,
    KEYPOINT_SIDES,
    get_adjacent_pairs,
    get_keypoint_index_by_name,
    get_keypoint_index_by_side,
)


def test_there_are_33_keypoints_from_nose_to_foot() -> None:
    assert len(KEYPOINT_NAMES) == len(set(KEYPOINT_NAMES)) == 33
    assert KEYPOINT_NAMES[0] == "nose"
    assert KEYPOINT_NAMES[-1] == "right_foot_index"


def test_the_skeleton_has_35_pairs_each_once() -> None:
    assert get_adjacent_pairs() == ADJACENT_PAIRS
    assert len(set(ADJACENT_PAIRS)) == 35
    assert all(first < second for first, second in ADJACENT_PAIRS)


def test_every_keypoint_but_the_mouth_hangs_on_the_same_body_or_face() -> None:
    joined: dict[int, set[int]] = {at: {at} for at in range(33)}
    for first, second in ADJACENT_PAIRS:
        whole = joined[first] | joined[second]
        for at in whole:
            joined[at] = whole
    parts = {frozenset(part) for part in joined.values()}
    # Upstream joins neither the face nor the mouth to the body.
    assert sorted(len(part) for part in parts) == [2, 9, 22]


def test_left_is_odd_and_right_even_from_the_ears_down() -> None:
    sides = get_keypoint_index_by_side()
    assert sides["middle"] == (0,)
    assert sides["left"] == (1, 2, 3, *range(7, 33, 2))
    assert sides["right"] == (4, 5, 6, *range(8, 33, 2))
    assert len(KEYPOINT_SIDES) == 33


@pytest.mark.parametrize("name", KEYPOINT_NAMES)
def test_a_keypoint_is_found_by_its_name(name: str) -> None:
    assert KEYPOINT_NAMES[get_keypoint_index_by_name()[name]] == name
