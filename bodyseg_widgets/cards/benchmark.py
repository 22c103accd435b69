"""The card of a benchmark: how fast each model is, on which computer, and how much that varied."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bodyseg_widgets.cards.card_of import card_of
from bodyseg_widgets.cards.html import Html, caption, folded, table, whole
from bodyseg_widgets.cards.words import count, pixels
from bodyseg_widgets.measuring import Benchmark, speed_cells
from bodyseg_widgets.shown import Card

if TYPE_CHECKING:
    from bodyseg_widgets.measuring import Machine

__all__: list[str] = []

_GIBIBYTE = 2**30


@card_of.register(Benchmark)
def _(benchmark: Benchmark) -> Card:
    """Show the speed of each model, its stages' percentiles, and the computer."""
    failed = [f"{len(benchmark.failed)} could not be measured"] if benchmark.failed else []
    head = caption(
        "Benchmark",
        benchmark.label,
        pixels(benchmark.size),
        f"{benchmark.duration:g} s for each model",
        *failed,
        more=[_noise(benchmark)],
    )
    percentiles = [
        (
            f"{each['model']} ({each['runtime']})",
            each["stage"],
            *(f"{each[name]:.1f}" for name in ("p50", "p95", "p99")),
        )
        for each in benchmark.latency_records()
    ]
    blocks = [
        Html(f"<p>{head}</p>"),
        table(*speed_cells(benchmark.speeds)),
        folded(
            "milliseconds of each stage",
            table(("model", "stage", "50 %", "95 %", "99 %"), percentiles),
        ),
        folded("the computer", _computer(benchmark.machine)),
    ]
    if benchmark.failed:
        listed = [(each.name, each.reason) for each in benchmark.failed]
        blocks.append(
            folded("what could not be measured", table(("model", "why"), listed, numbers=False))
        )
    return Card(whole(*blocks))


def _noise(benchmark: Benchmark) -> str:
    return (
        f"Quartiles of a model's turns are up to {benchmark.noise:.0%} of its median apart: models "
        "that differ by less may be equally fast."
    )


def _computer(machine: Machine) -> Html:
    memory = f"{machine.memory / _GIBIBYTE:.1f} GiB" if machine.memory else "–"
    load = "–" if math.isnan(machine.load) else f"{machine.load:.1f}"
    rows = [
        ("processor", machine.processor),
        ("cores", count(machine.cores, "core", "cores")),
        ("RAM", memory),
        ("system", machine.system),
        ("Python", machine.python),
        *machine.packages.items(),
        ("load in the minute before", load),
    ]
    return table((), rows, numbers=False)
