"""The page of `Explorer.to_html(live=True)`, from a server of files. No Jupyter."""

from __future__ import annotations

import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from bodyseg_widgets import Compare, Explorer, Webcam
from tests.file_server import serve_live_page, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

FORBIDDEN = r"The rules of this page \(its Content Security Policy\) forbid running models in it"
# Of the page alone: what else a policy says is what a host has to allow.
PROGRAM = "default-src 'none'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; "


@contextmanager
def _opened(browser: Browser, asked: list[str]) -> Iterator[Page]:
    """Open a page whose errors fail the test, and note what it asks for."""
    errors: list[str] = []
    with closing(browser.new_context(viewport={"width": 1280, "height": 1000})) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        yield page
        assert errors == []


def test_a_page_without_a_kernel_runs_models_on_the_camera_and_asks_its_own_server_alone(
    browser: Browser, tmp_path: Path, screenshot: Callable[..., None]
) -> None:
    asked: list[str] = []
    with serving() as server, _opened(browser, asked) as page:
        with closing(Compare(["landscape", "lite"], runtime="browser")) as compare:
            serve_live_page(server, compare, tmp_path)
        page.goto(f"{server.address}/demo%20page.html")
        panel = page.get_by_role("group", name="Selfie landscape")
        start = page.locator(".bodyseg-webcam > button")
        expect(panel).to_contain_text("Pictures stay in this browser.")
        start.click()
        person = panel.locator(".bodyseg-threshold")
        expect(person).to_contain_text(re.compile(r"person [1-9]"), timeout=60_000)
        expect(page.locator(".bodyseg-shares")).to_contain_text(
            re.compile(r"both [1-9]"), timeout=60_000
        )
        expect(page.get_by_role("status").first).to_have_text("Pictures stay in this browser.")
        screenshot(page, "live-page-light", ".bodyseg-explorer")
        # All of it is drawn in the page: the threshold, another view, a pause.
        panel.get_by_role("slider", name="Threshold").fill("0")
        expect(person).to_contain_text("person 100.0 %")
        panel.get_by_role("tab", name="Heatmap").click()
        expect(panel.locator("[data-view=heatmap]")).to_be_visible()
        page.get_by_role("button", name="Pause").click()
        expect(page.locator(".bodyseg-place")).to_contain_text("s kept")
        page.get_by_role("slider", name="Frame").fill("0")
        expect(page.locator(".bodyseg-place")).to_contain_text("\u2212")
        page.emulate_media(color_scheme="dark")
        screenshot(page, "live-page-dark", ".bodyseg-explorer")
        # What needs Python says so.
        page.get_by_role("combobox", name="Video source").select_option("squats")
        start.click()
        expect(panel).to_contain_text("This source needs Python, which this page does not have.")
        # The browser keeps what runs the models.
        fetched = {url for url in asked if url.endswith(".bin")}
        assert len(fetched) == 6, fetched
        asked.clear()
        page.reload()
        page.get_by_role("combobox", name="Video source").select_option("sample")
        start.click()
        expect(person).to_contain_text(re.compile(r"person [1-9]"), timeout=60_000)
        assert [url for url in asked if url.endswith(".bin")] == []
    others = [url for url in asked if not url.startswith((server.address, "blob:", "data:"))]
    assert others == []


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("script-src {page} blob: 'wasm-unsafe-eval'; worker-src blob:", r"person [1-9]"),
        ("script-src {page} blob:; worker-src blob:", FORBIDDEN),
        ("script-src {page} 'wasm-unsafe-eval'; worker-src blob:", FORBIDDEN),
        ("script-src {page} blob: 'wasm-unsafe-eval'; worker-src 'none'", FORBIDDEN),
    ],
    ids=["what is needed", "no wasm", "no blob", "no workers"],
)
def test_models_run_under_a_policy_that_allows_what_is_needed_and_else_it_is_said(
    browser: Browser, tmp_path: Path, policy: str, said: str
) -> None:
    with serving() as server, _opened(browser, []) as page:
        with closing(Explorer(Webcam(source="sample"), runtime="browser")) as explorer:
            text = serve_live_page(server, explorer, tmp_path)
        rules = PROGRAM + policy.format(page="'nonce-page'")
        text = re.sub('Policy" content="[^"]*"', f'Policy" content="{rules}"', text)
        text = text.replace('<script type="module"', '<script type="module" nonce="page"')
        server.files["/strict.html"] = text.encode()
        page.goto(f"{server.address}/strict.html")
        page.locator(".bodyseg-webcam > button").click()
        panel = page.get_by_role("group", name="Selfie general")
        expect(panel).to_contain_text(re.compile(said), timeout=60_000)
