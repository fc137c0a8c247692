"""The page in Debian's Chromium: it works, blocks nothing of its own, asks the network for nothing, and is open to everyone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest

from reports import documents
from vuoto.facts.document import AuditDocument
from vuoto.reports import redact, render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
Scheme = Literal["light", "dark"]


def redacted() -> AuditDocument:
    return redact(documents.three_recipients())


@contextmanager
def opened(
    chromium: Browser, folder: Path, document: AuditDocument, *, width: int = 1200, scheme: Scheme = "light", script: bool = True
) -> Iterator[Page]:
    """The document's page, from disk. Fails on anything that the console says or that is asked for."""
    file = folder / "report.html"
    file.write_bytes(render(document, "html"))
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script)
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    yield page
    context.close()
    assert said == []
    assert asked == [file.as_uri()]


BUILDS = (
    documents.attributed_to_a_hostile_package,
    documents.incident,
    documents.three_recipients,
    documents.empty,
    documents.encrypted_only,
    documents.hostile,
    redacted,
)


@pytest.mark.parametrize("build", BUILDS, ids=lambda b: b.__name__)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_axe_finds_nothing(
    chromium: Browser, tmp_path: Path, node_modules: Path, build: Callable[[], AuditDocument], scheme: Scheme, width: int
) -> None:
    with opened(chromium, tmp_path, build(), width=width, scheme=scheme) as page:
        if page.locator("#open-all").count():
            page.locator("#open-all").click()
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        # Through the debugger, which the page's policy does not bind.
        page.evaluate((node_modules / "axe-core" / "axe.min.js").read_text("utf-8"))
        found: Any = page.evaluate(
            "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        assert [(v["id"], [n["html"][:120] for n in v["nodes"]][:3]) for v in found["violations"]] == []


@pytest.mark.parametrize("build", BUILDS, ids=lambda b: b.__name__)
def test_nothing_is_wider_than_a_phone(chromium: Browser, tmp_path: Path, build: Callable[[], AuditDocument]) -> None:
    with opened(chromium, tmp_path, build(), width=360) as page:
        if page.locator("#open-all").count():
            page.locator("#open-all").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        # Nor is a part of a table out of sight: each cell says its column and stands below the one before.
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; })")
        wide = "[...document.querySelectorAll('.scroll')].filter(s => s.scrollWidth > s.clientWidth + 1).map(s => s.ariaLabel)"
        assert page.evaluate(wide) == []
        label = "getComputedStyle(document.querySelector('#inputs td'), '::before').content"
        assert page.evaluate(label) not in ("none", "normal")


def test_a_row_opens_and_closes_by_keyboard(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.incident()) as page:
        button = page.locator("tr.row button").first
        bytes_row = page.locator("#bytes-0")
        assert not bytes_row.is_visible()
        assert button.get_attribute("aria-expanded") == "false"
        button.focus()
        page.keyboard.press("Enter")
        assert bytes_row.is_visible()
        assert button.get_attribute("aria-expanded") == "true"
        assert "frame.number in {12,15}" in bytes_row.inner_text()
        assert bytes_row.locator("mark").count() > 0
        page.keyboard.press("Space")
        assert not bytes_row.is_visible()


def test_the_table_filters_by_keyboard(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.three_recipients()) as page:
        rows = page.locator("tr.row:visible")
        status = page.locator("#filter-status")
        assert rows.count() == 12
        page.locator("#filter-text").focus()
        page.keyboard.type("tracker")
        assert rows.count() == 2
        assert status.inner_text() == "2 of 12 rows"
        page.keyboard.press("Tab")
        page.keyboard.type("coord")
        assert rows.count() == 1
        assert "coordinates" in rows.first.inner_text()
        page.locator("#filter-kind").select_option("")
        page.locator("#filter-text").fill("")
        page.locator("#filter-protection").select_option("tls1.3")
        page.locator("#filter-certainty").select_option("possible")
        assert rows.count() == 1
        page.locator("#filter-text").fill("no such words")
        assert rows.count() == 0
        assert status.inner_text() == "0 of 12 rows"


def test_what_stands_in_an_opened_row_is_found(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.incident()) as page:
        page.locator("#filter-text").fill("23.003 iccid")
        assert page.locator("tr.row:visible").count() == 1


def test_enter_in_the_search_field_keeps_the_page(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.incident()) as page:
        page.locator("#filter-text").fill("iccid")
        page.keyboard.press("Enter")
        assert page.locator("tr.row:visible").count() == 1


def test_the_pictures_are_drawn_and_drawn_again_for_a_new_width(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.three_recipients()) as page:
        assert page.locator("#sankey path.band").count() == 14
        assert page.locator("#sankey path.band.clear").count() == 10
        assert page.locator("#timeline path.mark").count() > 10
        assert "zzhc.vnet.cn" in page.locator("#sankey").inner_text()
        wide = page.locator("#sankey svg").get_attribute("width")
        page.set_viewport_size({"width": 400, "height": 800})
        page.wait_for_function("w => document.querySelector('#sankey svg').getAttribute('width') !== w", arg=wide)
        assert page.locator("#sankey svg").get_attribute("width") == "368"


def test_without_the_script_everything_is_there(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.incident(), script=False) as page:
        assert page.locator(".lead").is_visible()
        assert page.locator("#bytes-0").is_visible()
        assert not page.locator(".filters").is_visible()
        assert not page.locator("#sankey").is_visible()
        assert page.locator("#ways details").count() == 1


def test_paper_has_everything(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.incident(), scheme="dark") as page:
        page.emulate_media(media="print")
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        for place in ("#bytes-0", "#bytes-7", "#ways table", "#unread table", ".lead", "#inputs .digest"):
            assert page.locator(place).first.is_visible(), place
        assert not page.locator(".filters").is_visible()
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_movement_is_left_out_where_asked(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.incident()) as page:
        page.emulate_media(reduced_motion="reduce")
        assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"


def test_a_large_page_opens(chromium: Browser, tmp_path: Path) -> None:
    with opened(chromium, tmp_path, documents.huge()) as page:
        page.locator("#filter-kind").select_option("imei")
        shown = page.locator("tr.row[data-kind=imei]").count()
        assert 0 < shown < 2000
        assert page.locator("#filter-status").inner_text() == f"{shown} of 2000 rows"
