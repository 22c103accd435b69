"""How a widget refers to another one, in the words of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anywidget

if TYPE_CHECKING:
    import ipywidgets

_anywidgets = anywidget.WidgetTrait().metadata


def _to_json(widget: ipywidgets.Widget | None, owner: object) -> object:
    # A closed widget has no id any more, and its owner's state must go to a reloaded page.
    is_open = widget is not None and widget.comm is not None
    return _anywidgets["to_json"](widget, owner) if is_open else None


def _all_to_json(widgets: list[ipywidgets.Widget], owner: object) -> list[object]:
    return [_to_json(each, owner) for each in widgets]


REFERENCE: dict[str, Any] = {
    "sync": True,
    "to_json": _to_json,
    "from_json": _anywidgets["from_json"],
}
"""Metadata of a trait that holds a widget: the page gets anywidget's reference to it,
``"anywidget:<model_id>"``, and null where the widget was closed.

Examples
--------
>>> import ipywidgets, traitlets
>>> from bodyseg_widgets.widgets.kit.reference import REFERENCE
>>> class Owner(ipywidgets.Widget):
...     button = traitlets.Instance(ipywidgets.Button).tag(**REFERENCE)
>>> owner = Owner(button=ipywidgets.Button())
>>> owner.get_state("button") == {"button": f"anywidget:{owner.button.model_id}"}
True
>>> owner.button.close()
>>> owner.get_state("button")
{'button': None}
"""

REFERENCES: dict[str, Any] = {**REFERENCE, "to_json": _all_to_json}
"""Likewise of a trait that holds a list of widgets."""
