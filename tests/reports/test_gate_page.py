"""The page of the gate's answer: what it says, what strings of a stranger do to it, and how it is in Debian's Chromium."""

from __future__ import annotations

from datetime import date
from functools import cache
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from firmware.comparing.devices import read
from firmware.gate.test_cases import CASES, verdict
from reports.sheets import Scheme, is_open_to_everyone, is_still
from reports.test_build_forms import NASTY, PACKAGE, PRIVACY, with_surrogates
from vuoto.declarations import read_declaration
from vuoto.facts.gates import GateVerdict, Waiver
from vuoto.firmware.gate import Question, judge
from vuoto.reports.gates import FORMS
from vuoto.reports.gates.forms import html
from vuoto.reports.renderer import RenderOptions

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("clear-text-path", "waivers", "no-baseline", "clear-text-path-look-alike", "hostile")


@cache
def verdicts() -> dict[str, GateVerdict]:
    declaration = read_declaration(PRIVACY.read_bytes(), "privacy.toml")
    waiver = Waiver(
        number=1, rule="boot-trigger", package=None, subject="boot", owner="\x1bO<", reason="\u202e&", expires=date(2019, 6, 30)
    )
    nasty = read({"properties": {"ro.product.model": "\u202eTA"}, "package": [PACKAGE]}, "new\x1b<b>")
    asked = Question(build=nasty, declaration=declaration, variant=declaration.variants[0])
    return {case.name: verdict(case) for case in CASES} | {"hostile": with_surrogates(judge(asked, (waiver,), date(2019, 2, 1)))}


def page_of(name: str, **options: Any) -> str:
    return FORMS["html"].render(verdicts()[name], RenderOptions(**options)).decode("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_loads_nothing_and_holds_no_script(name: str) -> None:
    page = page_of(name)
    is_still(page)
    assert page == page_of(name)


def test_every_case_says_its_reasons_rules_and_remedies() -> None:
    for name, found in verdicts().items():
        if name == "hostile":
            continue
        page = unescape(page_of(name))
        assert f"<h1>{found.outcome.capitalize()} as {found.variant}</h1>" in page, name
        for one in found.findings:
            assert one.because[1:] in page, name
        for answer in found.rules:
            assert f'id="rule-{answer.rule}"' in page, name
            assert (f"<dd>{answer.remedy}.</dd>" in page) == (answer.outcome != "passed"), name
        assert ('id="refused"' in page) == any(one.outcome == "refused" and one.waiver is None for one in found.findings), name
        for limit in found.limits:
            assert limit in page, name


def test_what_is_waived_stands_apart_with_owner_reason_and_last_day() -> None:
    found = verdicts()["waivers"]
    page = unescape(page_of("waivers"))
    apart = page.partition('id="waivers"')[2].partition('id="rules"')[0]
    for use in found.waivers:
        assert use.waiver.owner in apart
        assert use.waiver.reason in apart
        assert use.waiver.expires.isoformat() in apart
    for one in found.findings:
        assert (one.because[1:] in apart) == (one.waiver is not None)
    assert 'id="waivers"' not in page_of("no-baseline")


def test_without_a_baseline_the_page_says_what_is_not_known() -> None:
    assert "No baseline was given" in page_of("no-baseline")
    assert "<th" in page_of("no-baseline").partition('id="builds"')[2]
    assert "No baseline was given" not in page_of("clear-text-path")


def test_what_passes_says_so_and_asks_for_nothing() -> None:
    page = page_of("clear-text-path-look-alike")
    assert "Passed: nothing speaks against" in page
    assert "No rule of the gate found anything" in page
    assert 'id="to-do"' not in page
    assert 'class="lead"' in page


def test_names_of_packages_keep_their_small_letter_and_the_command_is_there() -> None:
    page = page_of("other-variants-package", command="vuoto firmware gate a.vfx --variant X")
    assert "Com.example" not in page
    assert "vuoto firmware gate a.vfx --variant X" in page
    assert "To make this page again" not in page_of("other-variants-package")


def test_strings_of_a_stranger_are_text() -> None:
    page = page_of("hostile")
    assert "<b>&" not in page.partition("</style>")[2]
    assert "\\x1b[31m\\u202e&lt;b&gt;" in page
    assert NASTY not in page


def test_much_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "MOST_PACKAGES", 0)
    assert "more package" in page_of("clear-text-path")
    monkeypatch.setattr(html, "MOST_PACKAGES", 9)
    monkeypatch.setattr(html, "MOST_ROWS", 0)
    assert "more reason" in page_of("clear-text-path")
    monkeypatch.setattr(html, "MOST_ROWS", 9)
    monkeypatch.setattr(html, "MOST_PLACES", 0)
    assert "more: the JSON holds all" in page_of("clear-text-path")


@pytest.mark.browser
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1400])
def test_axe_finds_nothing(chromium: Browser, tmp_path: Path, node_modules: Path, name: str, scheme: Scheme, width: int) -> None:
    is_open_to_everyone(chromium, node_modules, page_of(name).encode(), tmp_path, width, scheme)
