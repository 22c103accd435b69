"""Boxes of widgets: created with a CSS class, and closed with everything in them."""

from __future__ import annotations

import html
from typing import Any

import ipywidgets


def box(kind: type[ipywidgets.Box], name: str, *children: ipywidgets.Widget) -> ipywidgets.Box:
    """Create a box with the CSS class ``bodyseg-name``."""
    made = kind(children)
    made.add_class(f"bodyseg-{name}")
    return made


def heading(title: str, aside: str = "") -> ipywidgets.HTML:
    """Create a part's title, with a short note next to it."""
    return ipywidgets.HTML(heading_html(title, aside))


def heading_html(title: str, aside: str = "") -> str:
    """Set a part's title, with a short note next to it."""
    said = f'<span class="bodyseg-title" role="heading" aria-level="3">{html.escape(title)}</span>'
    if aside:
        said += f' <span class="bodyseg-quiet">{html.escape(aside)}</span>'
    return said


def close_family(parent: ipywidgets.Box) -> None:
    """Close all widgets inside `parent` that are not yet closed, and its layout."""
    for widget in _family(parent):
        if widget.comm is None:
            continue
        widget.layout.close()
        if widget.has_trait("style"):
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
