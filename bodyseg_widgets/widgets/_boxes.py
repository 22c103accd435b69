"""Boxes of widgets: made with a class for the style sheet, and closed with all that is in them."""

from __future__ import annotations

from typing import Any

import ipywidgets


def box(kind: type[ipywidgets.Box], name: str, *children: ipywidgets.Widget) -> ipywidgets.Box:
    """Make a box that the style sheet knows as ``bodyseg-name``."""
    made = kind(children)
    made.add_class(f"bodyseg-{name}")
    return made


def close_family(parent: ipywidgets.Box) -> None:
    """Close all widgets inside `parent` that are not yet closed, and its layout."""
    for widget in _family(parent):
        if widget.comm is None:
            continue
        widget.layout.close()
        if hasattr(widget, "style"):
            widget.style.close()
        widget.close()
    parent.layout.close()


def _family(parent: ipywidgets.Box) -> list[Any]:
    inside: list[Any] = []
    for child in parent.children:
        if isinstance(child, ipywidgets.Box):
            inside += _family(child)
        inside.append(child)
    return inside
