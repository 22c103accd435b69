"""A registry of named entries that is changed while others read it."""

from __future__ import annotations

import threading

import pytest

from bodyseg_widgets import add_model
from bodyseg_widgets.registry import Registry
from bodyseg_widgets.streaming import LIVE_MODELS, choose_like


def test_it_is_a_mapping_in_the_order_in_which_entries_were_added() -> None:
    registry = Registry({"one": 1})
    registry["two"] = 2
    registry["one"] = 10
    assert [*registry.items()] == [("one", 10), ("two", 2)]
    assert (registry["two"], "three" in registry, len(registry)) == (2, False, 2)


def test_each_change_is_told_of_until_one_unsubscribes() -> None:
    registry: Registry[int] = Registry()
    seen: list[list[str]] = []
    unsubscribe = registry.on_change(lambda: seen.append([*registry]))
    registry["one"] = 1
    del registry["one"]
    unsubscribe()
    registry["two"] = 2
    assert seen == [["one"], []]


def test_it_may_be_added_to_while_it_is_iterated() -> None:
    registry = Registry({"one": 1, "two": 2})
    for name in registry:
        registry[f"{name} more"] = 0
    assert [*registry] == ["one", "two", "one more", "two more"]


def test_an_entry_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        Registry()["nothing"]


def test_of_models_added_by_threads_at_once_each_counts_as_a_version() -> None:
    at_once = threading.Barrier(4)

    def add() -> None:
        at_once.wait()
        for _ in range(100):
            add_model("Mine", lambda image: image[..., 0] / 255)
            choose_like("full")

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert LIVE_MODELS["Mine"].version == 400
