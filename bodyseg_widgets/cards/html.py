"""The text of cards. Everything given as `str` is escaped; only these functions write tags."""

from __future__ import annotations

import html
from base64 import b64encode
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bodyseg_widgets.cards.images import ImageFile

__all__ = [
    "WIDEST",
    "Html",
    "beside",
    "caption",
    "figure",
    "folded",
    "image",
    "rows",
    "swatch",
    "table",
    "tiles",
    "whole",
]


class Html(str):
    """Text with tags, escaped already."""

    __slots__ = ()


def _escaped(text: str) -> str:
    return text if isinstance(text, Html) else html.escape(text)


WIDEST: Final = 480
"""Width of a card with one image, in pixels."""

_EDGE = "border-radius:4px;outline:1px solid rgba(128,128,128,.4);outline-offset:-1px"
_LEFT, _NUMBERS = "text-align:left", "text-align:right;font-variant-numeric:tabular-nums"


def image(file: ImageFile, alt: str) -> Html:
    """Return an image, with a faint line around it that shows where it ends on any background."""
    address = f"data:{file.kind};base64,{b64encode(file.data).decode()}"
    return Html(
        f'<img src="{address}" alt="{html.escape(alt)}" width="{file.width}" '
        f'height="{file.height}" style="display:block;margin:0;max-width:100%;height:auto;{_EDGE}">'
    )


def caption(title: str, *parts: str, more: Sequence[str] = ()) -> Html:
    """Return a line: what it is in bold, and facts; and a line with what matters less."""
    line = " · ".join([f"<b>{html.escape(title)}</b>", *map(_escaped, parts)])
    rest = " · ".join(map(html.escape, more))
    return Html(line + (f'<br><span style="opacity:.75">{rest}</span>' if rest else ""))


def figure(*images: Html, text: Html, widest: int = WIDEST) -> Html:
    """Return an image with its caption, which is at most `widest` pixels wide."""
    below = f'<figcaption style="margin-top:6px">{text}</figcaption>'
    return Html(f'<figure style="margin:0;max-width:{widest}px">{"".join(images)}{below}</figure>')


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = True) -> Html:
    """Return a table. The first column has names, the others numbers, or else short texts."""
    # Numbers inherit their style: a style for each cell would be most of a large table.
    style = "" if numbers else f' style="{_LEFT}"'

    def cells(row: Sequence[str], tag: str) -> str:
        first, *others = map(_escaped, row)
        name = f'<th scope="{"col" if tag == "th" else "row"}" style="{_LEFT}">{first}</th>'
        return name + "".join(f"<{tag}{style}>{each}</{tag}>" for each in others)

    top = f"<thead><tr>{cells(head, 'th')}</tr></thead>" if head else ""
    body = "".join(f"<tr>{cells(row, 'td')}</tr>" for row in rows)
    return Html(f'<table style="margin:0;{_NUMBERS}">{top}<tbody>{body}</tbody></table>')


def swatch(color: str, text: str) -> Html:
    """Return a color, ``#rrggbb``, and what it stands for."""
    square = (
        "display:inline-block;width:.8em;height:.8em;margin-right:6px;border-radius:2px;"
        f"background:{color}"
    )
    return Html(f'<span style="{square}"></span>{html.escape(text)}')


def folded(summary: str, content: Html) -> Html:
    """Return something that opens on a click, and scrolls if it is high."""
    inside = f'<div style="max-height:320px;overflow:auto;margin-top:6px">{content}</div>'
    return Html(
        f'<details style="margin-top:8px"><summary style="cursor:pointer">{html.escape(summary)}'
        f"</summary>{inside}</details>"
    )


def beside(drawing: Html, text: Html) -> Html:
    """Put text beside an image; below it where there is little room."""
    return _in_a_row(f"<div>{drawing}</div>", f'<div style="flex:1 1 240px">{text}</div>')


def tiles(figures: Iterable[Html]) -> Html:
    """Put figures beside each other, in as many rows as needed."""
    return _in_a_row(*(f'<div style="max-width:100%">{each}</div>' for each in figures))


def rows(figures: Iterable[Html], columns: int, *, widest: int) -> Html:
    """Put figures in rows of so many, each at most `widest` pixels wide."""
    style = f"display:grid;grid-template-columns:repeat({columns},minmax(0,{widest}px));gap:12px"
    cells = "".join(f"<div>{each}</div>" for each in figures)
    return Html(f'<div style="{style}">{cells}</div>')


def _in_a_row(*cells: str) -> Html:
    style = "display:flex;flex-wrap:wrap;gap:12px 16px;align-items:flex-start"
    return Html(f'<div style="{style}">{"".join(cells)}</div>')


def whole(*blocks: Html) -> Html:
    """Return the whole card. Style sheets of a site can name its class."""
    return Html(
        f'<div class="bodyseg-card" style="line-height:1.5;padding:4px 0">{"".join(blocks)}</div>'
    )
