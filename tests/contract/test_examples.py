"""The docstring examples run and produce the output shown."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import bodyseg_widgets

MODULES = [
    "bodyseg_widgets",
    *(
        module.name
        for module in pkgutil.walk_packages(bodyseg_widgets.__path__, "bodyseg_widgets.")
    ),
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name: str) -> None:
    failed, _ = doctest.testmod(import_module(name))
    assert failed == 0
