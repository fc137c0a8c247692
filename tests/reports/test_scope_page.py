"""The page of a scope: what it says, what strings of a stranger do to it, and how it is in Debian's Chromium."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from firmware.comparing.devices import read
from reports.sheets import Scheme, is_open_to_everyone, is_still, opened
from reports.test_build_forms import NASTY, PACKAGE, with_surrogates
from vuoto.facts.scopes import Scope
from vuoto.firmware.comparing.scoping import Asked, find_scope
from vuoto.firmware.content import BytesBlob
from vuoto.firmware.index import BuildIndex, open_index, write_index
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.scopes import FORMS
from vuoto.reports.scopes.forms import html

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("some", "host", "none", "empty", "hostile")


def build(file: str, model: str, day: int, *packages: dict[str, Any]) -> tuple[str, BuildIndex]:
    properties = {
        "ro.product.model": model,
        "ro.build.date.utc": str(1_550_000_000 + day * 86_400),
        "ro.build.fingerprint": f"Example/{model}/{day}",
        "ro.build.version.security_patch": "2019-02-01",
    }
    index = write_index(read({"properties": properties, "package": list(packages)}, file))
    return file, open_index(BytesBlob(index), file)


@cache
def scopes() -> dict[str, Scope]:
    client = {"name": "com.example.client", "code": "client"}
    shelf: list[tuple[str, BuildIndex | str]] = [
        build("first.vfx", "TA-1046", 1, {"name": "com.example.plain"}),
        build("second.vfx", "TA-1046", 2, client),
        build("third.vfx", "TA-1062", 3, client | {"version": 7}),
        ("broken.vfx", "is no index"),
    ]
    return {
        "some": find_scope(shelf, Asked(kind="package", what="com.example.client")),
        "host": find_scope(shelf, Asked(kind="host", what="registration.example.net")),
        "none": find_scope(shelf[:1], Asked(kind="class", what="com.example.Absent")),
        "empty": find_scope([], Asked(kind="package", what="com.example.client")),
        "hostile": replace(
            with_surrogates(find_scope([build("a\x1b<b>.vfx", "\u202eTA", 1, PACKAGE)], Asked(kind="package", what=NASTY))),
            asked="package",
        ),
    }


def page_of(name: str, **options: Any) -> str:
    return FORMS["html"].render(scopes()[name], RenderOptions(**options)).decode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_loads_nothing_and_holds_no_script(name: str) -> None:
    page = page_of(name)
    is_still(page)
    assert page == page_of(name)


@pytest.mark.parametrize("name", ["some", "host", "none", "empty"])
def test_says_the_sentences_every_build_and_what_is_not_said(name: str) -> None:
    found, page = scopes()[name], unescape(page_of(name))
    for sentence in found.sentences:
        assert sentence in page
    for limit in found.limits:
        assert f"{limit}." in page
    assert found.limits
    for row in found.rows:
        assert row.build in page
        assert (row.fingerprint or "") in page
        for hit in row.hits:
            assert hit.sha256 in page
            assert hit.says in page


def test_state_is_told_by_word_and_the_page_is_alarming_only_where_it_is_found() -> None:
    page = page_of("some")
    for state, number in (("present", 2), ("absent", 1), ("unknown", 1)):
        assert page.count(f">{state}</span>") == number
    assert 'class="lead high"' in page
    assert 'class="lead"' in page_of("none")
    assert "could not be read: is no index" in page


def test_the_command_is_there_where_it_is_known() -> None:
    assert "vuoto firmware scope --builds b" in page_of("some", command="vuoto firmware scope --builds b")
    assert "To make this page again" not in page_of("some")


def test_strings_of_a_stranger_are_text() -> None:
    page = page_of("hostile")
    assert "<b>&" not in page.partition("</style>")[2]
    assert "\\x1b[31m\\u202e&lt;b&gt;" in page
    assert NASTY not in page


def test_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_ROWS", 1)
    assert "3 more builds: the JSON holds all." in page_of("some")
    monkeypatch.setattr(html, "MOST_ROWS", 9)
    monkeypatch.setattr(html, "MOST_HITS", 0)
    assert "1 more package: the JSON holds all." in page_of("some")


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_axe_finds_nothing(chromium: Browser, tmp_path: Path, node_modules: Path, name: str, scheme: Scheme, width: int) -> None:
    is_open_to_everyone(chromium, node_modules, page_of(name).encode(), tmp_path, width, scheme)


@pytest.mark.browser
def test_the_keyboard_reaches_the_builds_first(chromium: Browser, tmp_path: Path) -> None:
    page, _ = opened(chromium, page_of("some").encode(), tmp_path, 1000, "light")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#builds")
    page.context.close()
