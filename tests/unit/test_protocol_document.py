"""The table of synced traits in docs/protocol.md is that of the widgets."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import traitlets

from bodyseg_widgets import (
    DifferenceView,
    InvalidOptionError,
    MaskEditor,
    SavedFiles,
    SegmentationStream,
    SegmentationView,
    ThresholdSlider,
    ViewRecorder,
    Webcam,
    widgets,
)
from bodyseg_widgets.streaming.effects.background import MAX_BYTES, MAX_EFFECT_IMAGE_SIDE
from bodyseg_widgets.streaming.effects.builtin_effects import PARAMETERS
from bodyseg_widgets.widgets.kit.sliders import LabelledSlider, ScoreSlider
from bodyseg_widgets.widgets.kit.widget import Widget
from bodyseg_widgets.widgets.transport.limits import UPLOADED_BACKGROUND_BYTES
from tools.generate import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

EFFECTS_PARAMETERS = "the parameters of the built-in effects"


@dataclass(frozen=True)
class Row:
    """A trait in the table."""

    widget: str
    trait: str
    type: str

    def __str__(self) -> str:
        return f"{self.widget}.{self.trait}"


def _rows() -> list[Row]:
    section = DOCUMENT.read_text("utf-8").partition("## Synced traits")[2]
    table = section.partition("| widget")[2].partition("\n\n")[0]
    rows, widget_names = [], [""]
    for line in table.splitlines()[2:]:
        widget, traits, kind, _ = (each.strip() for each in line.strip("|").split(" | ", 3))
        widget_names = re.findall(r"`(\w+)`", widget) or widget_names
        names = re.findall(r"`(\w+)`", traits)
        if traits.startswith(EFFECTS_PARAMETERS):
            names = [EFFECTS_PARAMETERS]
        rows += [Row(each, name, kind) for each in widget_names for name in names]
    return rows


ROWS = _rows()


def _widgets() -> dict[str, type[Widget]]:
    for module in walk_packages(widgets.__path__, f"{widgets.__name__}."):
        import_module(module.name)
    found: dict[str, type[Widget]] = {}
    left = [Widget]
    while left:
        for each in left.pop().__subclasses__():
            if each.__module__.startswith(widgets.__name__):
                found[each.__name__] = each
                left.append(each)
    return found


WIDGETS = _widgets()


def _own_traits(widget: type[Widget]) -> set[str]:
    """Return the names of synced traits that this package declares."""
    traits = widget.class_traits(sync=True)
    inherited = {"_esm", "_css", "_front_end"}
    return {
        name
        for name, trait in traits.items()
        if name not in inherited and str(trait.this_class.__module__).startswith("bodyseg_widgets")
    }


@pytest.mark.parametrize("name", [name for name, each in WIDGETS.items() if _own_traits(each)])
def test_every_synced_trait_is_in_the_table_and_no_other(name: str) -> None:
    listed = {row.trait for row in ROWS if row.widget == name}
    if EFFECTS_PARAMETERS in listed:
        listed = (listed - {EFFECTS_PARAMETERS}) | {*PARAMETERS}
    assert listed == _own_traits(WIDGETS[name])


@pytest.mark.parametrize("row", [row for row in ROWS if row.trait != EFFECTS_PARAMETERS], ids=str)
def test_the_table_says_what_a_trait_takes(row: Row) -> None:
    trait: Any = WIDGETS[row.widget].class_traits()[row.trait]
    match trait:
        case traitlets.Enum():
            assert re.findall(r'`"([^"`]+)"`', row.type) == [*trait.values]
        case traitlets.Bool():
            assert re.match("boolean|whether", row.type)
        case traitlets.Int() | traitlets.Float():
            assert re.match("integer" if isinstance(trait, traitlets.Int) else "number", row.type)
            limits = (each for each in (trait.min, trait.max) if each is not None)
            ends = [f"{each:g}" for each in limits if math.isfinite(each)]
            assert " to ".join(ends) in row.type
        case traitlets.Unicode():
            assert re.match("string|the name", row.type)
        case traitlets.Instance() if "to_json" in trait.metadata:
            assert re.match("(list of )?references? to", row.type)
        case traitlets.List():
            assert re.match("list", row.type)


_RANGE = re.compile(r"(?:integer|number)\b.*?(\d+) to (\d+)")


@pytest.fixture
def made() -> Iterator[dict[str, Widget]]:
    webcam = Webcam(source="sample")
    stream = SegmentationStream(webcam)
    a, b = SegmentationView(stream), SegmentationView(stream)
    made = [
        ViewRecorder(),
        SavedFiles(),
        MaskEditor(np.zeros((2, 2, 3), np.uint8)),
        DifferenceView(a, b),
        ThresholdSlider(stream),
        LabelledSlider("amount"),
        ScoreSlider(),
        b,
        a,
        stream,
        webcam,
    ]
    yield {type(each).__name__: each for each in made}
    for each in made:
        each.close()


@pytest.mark.parametrize("row", [row for row in ROWS if _RANGE.match(row.type)], ids=str)
def test_a_trait_takes_exactly_the_range_in_the_table(row: Row, made: dict[str, Widget]) -> None:
    found = _RANGE.match(row.type)
    assert found
    low, high = map(int, found.groups())
    widget = made[row.widget]
    for value in (low, high):
        setattr(widget, row.trait, value)
        assert getattr(widget, row.trait) == value
    for value in (low - 1, high + 1):
        with pytest.raises((traitlets.TraitError, InvalidOptionError)):
            setattr(widget, row.trait, value)


def test_the_table_says_how_large_images_and_videos_may_be() -> None:
    side = f"{MAX_EFFECT_IMAGE_SIDE} \N{MULTIPLICATION SIGN} {MAX_EFFECT_IMAGE_SIDE}"
    types = {row.trait: row.type for row in ROWS if row.widget == "SegmentationView"}
    assert side in types["_effect_images"]
    assert side in types["background"]
    megabytes = re.findall(r"(\d+) MB", types["background"])
    assert megabytes == [str(each // 2**20) for each in (MAX_BYTES, UPLOADED_BACKGROUND_BYTES)]
