"""What the tests of the pages about builds share: a page opened in Chromium, and what none of them may do."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Scheme = Literal["light", "dark"]


def is_still(page: str) -> None:
    """It loads nothing, runs nothing, and holds no character that a reader does not see."""
    assert "default-src 'none'; style-src 'sha256-" in unescape(page)
    assert not re.search(r"<(?:script|img|iframe|link|object)\b|\son\w+=", page)
    assert all(character == "\n" or character.isprintable() for character in page.partition("</style>")[2])


def opened(chromium: Browser, page: bytes, folder: Path, width: int, scheme: Scheme) -> tuple[Page, list[str]]:
    """The page from disk, and all that it says or asks for besides itself."""
    file = folder / "page.html"
    file.write_bytes(page)
    shown = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme).new_page()
    said: list[str] = []
    shown.on("console", lambda message: said.append(message.text))
    shown.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
    shown.goto(file.as_uri())
    return shown, said


def is_open_to_everyone(chromium: Browser, node_modules: Path, page: bytes, folder: Path, width: int, scheme: Scheme) -> None:
    """No wider than the screen, nothing for axe to find, nothing loaded."""
    shown, said = opened(chromium, page, folder, width, scheme)
    shown.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    shown.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
    found: Any = shown.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found["violations"]] == []
    assert said == []
    shown.context.close()
