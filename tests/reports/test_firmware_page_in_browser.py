"""The page of a build in Debian's Chromium: open to everyone, no wider than a phone, whole on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from reports.test_firmware_reports import VIEWS
from vuoto.reports import render_firmware

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
NAMES = ("alone", "build", "empty", "hostile")


def opened(chromium: Browser, folder: Path, name: str, width: int, scheme: Literal["light", "dark"]) -> tuple[Page, list[str]]:
    """The page from disk, and all that it says or asks for besides itself."""
    file = folder / "build.html"
    file.write_bytes(render_firmware(VIEWS[name], "html"))
    page = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page, said


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_axe_finds_nothing(
    chromium: Browser, tmp_path: Path, node_modules: Path, name: str, scheme: Literal["light", "dark"], width: int
) -> None:
    page, said = opened(chromium, tmp_path, name, width, scheme)
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Through the debugger, which the page's policy does not bind.
    page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    found: Any = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found["violations"]] == []
    assert said == []
    page.context.close()


def test_paper_has_everything(chromium: Browser, tmp_path: Path) -> None:
    page, said = opened(chromium, tmp_path, "build", 1200, "dark")
    page.emulate_media(media="print")
    for place in (".lead", ".steps", "#p-0 .facts", "#hosts table", "#rules"):
        assert page.locator(place).first.is_visible(), place
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
    assert said == []
    page.context.close()
