"""Refuse a built site that would load anything from elsewhere.

``python docs/check_site.py docs/_build/html`` looks at every page's scripts,
styles, fonts, images and frames, and at what the styles import. Links that
a reader may follow are none of its business.
"""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

_LOADED_BY = {
    "audio": "src",
    "embed": "src",
    "iframe": "src",
    "img": "src",
    "script": "src",
    "source": "src",
    "video": "src",
}
_LOADED_LINKS = {"icon", "manifest", "modulepreload", "preconnect", "preload", "stylesheet"}
_ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)
_IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


class _Page(HTMLParser):
    """Collect the addresses that a browser loads with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        address = given.get(_LOADED_BY.get(tag, ""))
        if tag == "link" and _LOADED_LINKS & set((given.get("rel") or "").split()):
            address = given.get("href")
        if address:
            self.loaded.append(address)


def loaded_from_elsewhere(site: Path) -> list[str]:
    """Return ``"page: address"`` for whatever the site would load from another host.

    Parameters
    ----------
    site : pathlib.Path
        The folder that Sphinx built.
    """
    found = []
    for path in sorted(site.rglob("*")):
        addresses: list[str] = []
        if path.suffix == ".html":
            text = path.read_text(encoding="utf-8")
            page = _Page()
            page.feed(text)
            addresses = [each for each in page.loaded if _ELSEWHERE.match(each)]
            styles = "".join(re.findall(r"<style[^>]*>(.*?)</style>", text, re.DOTALL))
            addresses += _IN_STYLE.findall(styles)
        elif path.suffix == ".css":
            addresses = _IN_STYLE.findall(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(site).as_posix()}: {address}" for address in addresses]
    return found


def main() -> int:
    """Check the site that the command line names."""
    site = Path(sys.argv[1])
    if not (site / "index.html").is_file():
        print(f"There is no site in {site}; build it with: make docs")
        return 1
    found = loaded_from_elsewhere(site)
    if found:
        print("The site would load from elsewhere:", *found, sep="\n  ")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
