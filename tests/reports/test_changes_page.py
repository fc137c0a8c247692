"""The page of a difference: what it says, what strings of a stranger do to it, and how it is in Debian's Chromium."""

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
from vuoto.facts.changes import Difference
from vuoto.facts.problems import Problem
from vuoto.firmware.comparing import compare
from vuoto.reports.changes import FORMS
from vuoto.reports.changes.forms import html
from vuoto.reports.renderer import RenderOptions

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("changes", "nothing", "hostile")


@cache
def differences() -> dict[str, Difference]:
    properties = {"ro.product.model": "TA-1046", "ro.build.version.security_patch": "2019-02-01"}
    old = read(
        {"properties": properties, "package": [{"name": "com.example.app", "code": "plain"}, {"name": "com.example.gone"}]},
        "old.zip",
    )
    new = read(
        {
            "properties": properties | {"ro.build.version.security_patch": "2019-03-01"},
            "package": [
                {"name": "com.example.app", "code": "client", "boot": True, "version": 2},
                {"name": "com.example.new", "code": "loader", "files": {"assets/a.bin": "dex client"}},
            ],
        },
        "new.zip",
    )
    nasty = read({"properties": {"ro.product.model": "\u202eTA"}, "package": [PACKAGE]}, "new\x1b<b>")
    problem = Problem(where="<img src=x>", what="\u202eis broken", next_step="Get it again")
    return {
        "changes": replace(compare(old, new), problems=(problem,)),
        "nothing": compare(old, old),
        "hostile": with_surrogates(compare(old, nasty)),
    }


def page_of(name: str, **options: Any) -> str:
    return FORMS["html"].render(differences()[name], RenderOptions(**options)).decode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_loads_nothing_and_holds_no_script(name: str) -> None:
    page = page_of(name)
    is_still(page)
    assert page == page_of(name)


def test_says_what_changed_gravest_first() -> None:
    page = page_of("changes", command="vuoto firmware diff old.zip new.zip --format html")
    places = [page.index(f'id="concern-{concern}"') for concern in ("high", "medium", "low", "none")]
    assert places == sorted(places)
    for change in differences()["changes"].changes:
        assert change.says in unescape(page), change
    assert "2019-02-01" in page
    assert "vuoto firmware diff old.zip new.zip" in page
    assert "is broken. Get it again" in page


def test_nothing_is_said_as_such() -> None:
    page = page_of("nothing")
    assert "Nothing changed that is compared here." in page
    assert 'class="lead"' in page
    assert "To make this page again" not in page


def test_strings_of_a_stranger_are_text() -> None:
    page = page_of("hostile")
    assert "<b>&" not in page.partition("</style>")[2]
    assert "\\x1b[31m\\u202e&lt;b&gt;" in page
    assert NASTY not in page


def test_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_PACKAGES", 1)
    monkeypatch.setattr(html, "MOST_ROWS", 2)
    monkeypatch.setattr(html, "MOST_PLACES", 1)
    page = page_of("changes")
    assert "more package" in page
    assert "more change" in page
    assert "more: the JSON holds all" in page


def test_values_that_the_sentence_says_are_not_said_again() -> None:
    one = next(change for change in differences()["changes"].changes if change.aspect == "way")
    told = replace(one, says="version 1 → 2", before="1", after="2")
    for change, values in (
        (one, ""),
        (told, ""),
        (replace(told, says="another"), "1 → 2"),
        (replace(told, before=None, says="x"), "2"),
    ):
        assert html.values_of(change) == values


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_axe_finds_nothing(chromium: Browser, tmp_path: Path, node_modules: Path, name: str, scheme: Scheme, width: int) -> None:
    is_open_to_everyone(chromium, node_modules, page_of(name).encode(), tmp_path, width, scheme)


@pytest.mark.browser
def test_the_keyboard_reaches_the_changes_first(chromium: Browser, tmp_path: Path) -> None:
    page, _ = opened(chromium, page_of("changes").encode(), tmp_path, 1000, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.url.endswith("#changes")
    reached = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert "SUMMARY" in reached
    page.context.close()
