"""Attributes of an Explorer that are those of all its panels."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Generic, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from bodyseg_widgets.widgets.explorer.explorer import Explorer
    from bodyseg_widgets.widgets.view.model_panel import ModelPanel

Value = TypeVar("Value")


class OfAllPanels(Generic[Value]):
    """The first panel's value; setting it sets that of all panels, and of those added later.

    Parameters
    ----------
    *targets : str
        What a panel's value is: the path to each attribute that has it, such as
        ``"view.threshold"``. The first one checks what is set.
    control : str
        The Explorer's own control of it, if it has one.
    among : callable, optional
        Whether a panel can have it; default: each can. Where none can, the first says why.
    """

    def __init__(
        self,
        *targets: str,
        control: str = "",
        among: Callable[[ModelPanel], bool] = lambda _: True,
    ) -> None:
        self._targets = [target.rpartition(".") for target in targets]
        self._control = control
        self._among = among

    def __set_name__(self, owner: type[Explorer], name: str) -> None:
        self._name = name

    @overload
    def __get__(self, explorer: None, owner: type[Explorer]) -> Self: ...

    @overload
    def __get__(self, explorer: Explorer, owner: type[Explorer]) -> Value: ...

    def __get__(self, explorer: Explorer | None, owner: type[Explorer]) -> Self | Value:
        if explorer is None:
            return self
        part, _, name = self._targets[0]
        value: Value = getattr(attrgetter(part)(explorer.panels[0]), name)
        return value

    def __set__(self, explorer: Explorer, value: Value) -> None:
        panels = [each for each in explorer.panels if self._among(each)]
        for panel in panels or explorer.panels[:1]:
            for part, _, name in self._targets:
                setattr(attrgetter(part)(panel), name, value)
        if self._control:
            # It has the value for panels to come.
            getattr(explorer, self._control).value = value
        else:
            explorer.set_default(self._name, value)
