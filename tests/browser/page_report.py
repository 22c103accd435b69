"""What a page shows and has raised, for the report of a test that failed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error

if TYPE_CHECKING:
    from playwright.sync_api import Page

_REPORT = """
() => {
  const texts = (selector) => [...document.querySelectorAll(selector)]
    .map((each) => each.innerText.trim()).filter(Boolean);
  return {
    raised: window.raised,
    visibility: document.visibilityState,
    outputs: texts('.jp-OutputArea-output'),
    said: texts('.bodyseg-note, .bodyseg-wrong, .bodyseg-times'),
    controls: [...document.querySelectorAll('[class*=bodyseg-] :is(button, select, input)')]
      .filter((each) => each.offsetParent)
      .map((each) => {
        const label = each.labels?.[0] ?? (each.localName === 'button' ? each : null);
        const name = each.getAttribute('aria-label') || label?.innerText.trim() || each.title;
        const value = each.selectedOptions?.[0]?.label ?? each.value;
        return `${each.localName} ${name}: ${value}${each.disabled ? ' (disabled)' : ''}`;
      }),
  };
}
"""


def page_report(page: Page) -> str:
    """What a person would see of the widgets now, in lines."""
    try:
        seen: dict[str, Any] = page.evaluate(_REPORT)
    except Error as error:
        return f"The page could not be asked: {error.message}"
    return "\n".join(
        f"{name}: {json.dumps(what, ensure_ascii=False)}" for name, what in seen.items()
    )
