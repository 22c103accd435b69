"""Boxes of widgets: made with a class for the style sheet, and closed with all that is in them."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

import ipywidgets

if TYPE_CHECKING:
    from collections.abc import Sequence


def box(kind: type[ipywidgets.Box], name: str, *children: ipywidgets.Widget) -> ipywidgets.Box:
    """Make a box that the style sheet knows as ``bodyseg-name``."""
    made = kind(children)
    made.add_class(f"bodyseg-{name}")
    return made


def labelled_picker(
    name: str,
    options: Sequence[Any] = (),
    value: Any = None,  # noqa: ANN401 - whatever the options have
) -> ipywidgets.Dropdown:
    """Make a picker; its name is seen under the pointer and said by screen readers only."""
    made = ipywidgets.Dropdown(options=options, description=name, tooltip=name)
    if value is not None:
        made.value = value
    made.add_class("bodyseg-picker")
    return made


def heading(title: str, aside: str = "") -> ipywidgets.HTML:
    """Make the title of a part, with some quiet words beside it."""
    return ipywidgets.HTML(heading_html(title, aside))


def heading_html(title: str, aside: str = "") -> str:
    """Write the title of a part, with some quiet words beside it."""
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
