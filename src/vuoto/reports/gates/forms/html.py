"""`--format html`: one page that a release manager can send on: the answer, its reasons by package, what to do, the rules."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from vuoto import __version__
from vuoto.facts.code import CodePlace
from vuoto.facts.gates import GateFinding, GateOutcome, GateVerdict, RuleAnswer, Waiver
from vuoto.reports.firmware_words import place_words
from vuoto.reports.gates.form import GateForm
from vuoto.reports.gates.words import about, answer_of, reasons_of
from vuoto.reports.page.element import Html, h, together
from vuoto.reports.page.figures import figures
from vuoto.reports.page.sheet import again_section, problems_section, sheet
from vuoto.reports.page.table import Cell, table
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.showing import capital, counted, listed, visible

MOST_PACKAGES: Final = 300
"""Packages of one answer written out; the JSON holds all."""

MOST_ROWS: Final = 100
"""Reasons of one package written out."""

MOST_PLACES: Final = 8

MOST_NAMED: Final = 4
"""Packages that the sentences name."""

_LOOKS: Final[dict[GateOutcome, str]] = {"refused": "high", "undecided": "medium", "passed": "low"}
_HEADS: Final[dict[GateOutcome, str]] = {"refused": "Why it is refused", "undecided": "What is undecided", "passed": ""}


def _render(verdict: GateVerdict, options: RenderOptions) -> bytes:
    open_ = [one for one in verdict.findings if one.waiver is None]
    waived = [one for one in verdict.findings if one.waiver is not None]
    return sheet(
        title=f"{capital(verdict.outcome)} as {visible(verdict.variant)}",
        of=verdict.build.name,
        about=about(verdict),
        skip=("reasons", "Skip to the reasons"),
        main=(
            _lead(verdict, open_),
            _figures(verdict, len(waived)),
            h(
                "div",
                {"id": "reasons"},
                [_reasons(outcome, list(rows), verdict) for outcome, rows in groupby(open_, key=lambda one: one.outcome)]
                or h("p", None, "No rule of the gate found anything that is not waived."),
            ),
            _what_to_do(verdict),
            _waivers(verdict, waived),
            _rules(verdict),
            _builds(verdict),
            h(
                "section",
                {"id": "limits"},
                h("h2", None, "What the gate cannot see"),
                h("ul", None, [h("li", None, limit if limit.endswith(".") else f"{limit}.") for limit in verdict.limits]),
            ),
            problems_section(verdict.problems),
            again_section(options.command),
        ),
        foot=f"Vuoto {__version__}, {verdict.schema}. The gate says what was declared and what was found, not what is lawful.",
    )


def _lead(verdict: GateVerdict, open_: Sequence[GateFinding]) -> Html:
    sentences = [answer_of(verdict)]
    refused = [one for one in open_ if one.outcome == "refused"] or list(open_)
    names = list(dict.fromkeys(_who(one, verdict) for one in refused))
    if names:
        more = len(names) - MOST_NAMED
        shown = [*names[:MOST_NAMED], counted(more, "more package")] if more > 0 else names
        what = "The reasons are" if verdict.outcome == "refused" else "The questions are"
        sentences.append(f"{what} in {listed(shown)}.")
    if verdict.baseline is None:
        sentences.append("No baseline was given: what this build gained since one that was let through is not known.")
    return h(
        "section",
        {"class": "lead high" if verdict.outcome == "refused" else "lead", "aria-label": "In short"},
        [h("p", {"class": "first"} if place == 0 else None, text) for place, text in enumerate(sentences)],
    )


def _figures(verdict: GateVerdict, waived: int) -> Html:
    refused, undecided = reasons_of(verdict)
    passed = sum(answer.outcome == "passed" for answer in verdict.rules)
    return figures(
        (
            (refused, "reason to refuse", "reasons to refuse", refused > 0),
            (undecided, "question undecided", "questions undecided", False),
            (waived, "under a waiver", "under a waiver", False),
            (passed, "rule passed", "rules passed", False),
            (verdict.build.packages, "package", "packages", False),
        )
    )


def _reasons(outcome: GateOutcome, found: Sequence[GateFinding], verdict: GateVerdict) -> Html:
    return h(
        "section",
        {"id": outcome},
        h("h2", None, h("span", {"class": f"concern {_LOOKS[outcome]}"}, _HEADS[outcome])),
        _packages(found, verdict),
    )


def _packages(found: Sequence[GateFinding], verdict: GateVerdict) -> list[Html]:
    groups = [list(rows) for _, rows in groupby(found, key=lambda one: (one.package, one.path))]
    more = len(groups) - MOST_PACKAGES
    shown = [_package(rows, verdict) for rows in groups[:MOST_PACKAGES]]
    return [*shown, h("p", {"class": "note"}, f"{counted(more, 'more package')}: the JSON holds all.")] if more > 0 else shown


def _package(rows: Sequence[GateFinding], verdict: GateVerdict) -> Html:
    first, more = rows[0], len(rows) - MOST_ROWS
    look = _LOOKS[first.outcome] if first.waiver is None else "low"
    return h(
        "article",
        None,
        h("h3", None, _who(first, verdict)),
        h("p", {"class": "note"}, first.path) if first.package and first.path else None,
        h("div", {"class": f"odd {look}"}, h("ul", None, [_reason(one, verdict) for one in rows[:MOST_ROWS]])),
        h("p", {"class": "note"}, f"{counted(more, 'more reason')}: the JSON holds all.") if more > 0 else None,
    )


def _reason(one: GateFinding, verdict: GateVerdict) -> Html:
    waiver = next((use.waiver for use in verdict.waivers if use.waiver.number == one.waiver), None)
    return h(
        "li",
        None,
        f"{capital(one.because)}.",
        h("span", {"class": "where"}, "Rule ", h("a", {"href": f"#rule-{one.rule}"}, one.rule), _covered(waiver)),
        _places(one.places),
    )


def _covered(waiver: Waiver | None) -> str | None:
    if waiver is None:
        return None
    return f"; waived by {visible(waiver.owner)} until {waiver.expires.isoformat()}: {visible(waiver.reason)}"


def _places(places: Sequence[CodePlace]) -> Html | None:
    if not places:
        return None
    more = len(places) - MOST_PLACES
    return h(
        "details",
        None,
        h("summary", None, f"{capital(counted(len(places), 'place'))} in the code"),
        h("ul", None, [h("li", None, h("code", None, place_words(place))) for place in places[:MOST_PLACES]]),
        h("p", {"class": "note"}, f"{more:,} more: the JSON holds all.") if more > 0 else None,
    )


def _what_to_do(verdict: GateVerdict) -> Html | None:
    asked = [answer for answer in verdict.rules if answer.outcome != "passed"]
    if not asked:
        return None
    return h(
        "section",
        {"id": "to-do"},
        h("h2", None, "What to do"),
        h("dl", {"class": "facts"}, [part for one in asked for part in _remedy(one)]),
    )


def _remedy(answer: RuleAnswer) -> tuple[Html, Html]:
    return h("dt", None, answer.rule), h("dd", None, f"{answer.remedy}.")


def _waivers(verdict: GateVerdict, waived: Sequence[GateFinding]) -> Html | None:
    if not verdict.waivers:
        return None
    caption = "Waivers"
    rows = [
        (use.waiver.rule, use.waiver.owner, use.waiver.reason, Cell(use.waiver.expires.isoformat(), "day"), f"{use.says}.")
        for use in verdict.waivers
    ]
    return h(
        "section",
        {"id": "waivers"},
        h("h2", None, caption),
        table(caption, ("Rule", "Who answers for it", "Reason", "Until", "What became of it"), rows, named=0),
        h("h3", None, "What stands under a waiver") if waived else None,
        _packages(waived, verdict),
    )


def _rules(verdict: GateVerdict) -> Html:
    caption = "What the gate asked"
    return h(
        "section",
        {"id": "rules"},
        h("h2", None, caption),
        table(caption, ("Rule", "It asks", "Answer"), [_rule(answer) for answer in verdict.rules], named=0),
    )


def _rule(answer: RuleAnswer) -> tuple[Html, Html, Html]:
    note = h("span", {"class": "where"}, f"{capital(answer.note)}.") if answer.note else None
    return (
        h("span", {"id": f"rule-{answer.rule}"}, answer.rule),
        together(f"{capital(answer.asks)}.", note),
        h("span", {"class": f"concern {_LOOKS[answer.outcome]}"}, answer.outcome),
    )


def _builds(verdict: GateVerdict) -> Html:
    caption = "What was compared"
    build, baseline = verdict.build, verdict.baseline
    rows = [
        ("Opened as", build.name, baseline and baseline.name),
        ("Format", build.format, baseline and baseline.format),
        ("Model", build.model, baseline and baseline.model),
        ("Product", build.product, baseline and baseline.product),
        ("Fingerprint", build.fingerprint, baseline and baseline.fingerprint),
        ("Security patch", build.security_patch, baseline and baseline.security_patch),
        ("Packages", f"{build.packages:,}", f"{baseline.packages:,}" if baseline else None),
    ]
    heads = ("What", "This build", "Baseline")
    sides = [(label, new or "not said", old or "not said") for label, new, old in rows if new or old]
    return h(
        "section",
        {"id": "builds"},
        h("h2", None, caption),
        table(caption, heads, sides, named=0) if baseline else table(caption, heads[:2], [row[:2] for row in sides], named=0),
        h("p", None, f"Declaration of {visible(verdict.declaration)}; waivers judged as of {verdict.as_of}."),
        h("p", {"class": "note"}, f"Builds looked into: {', '.join(map(visible, verdict.others))}.") if verdict.others else None,
    )


def _who(one: GateFinding, verdict: GateVerdict) -> str:
    return one.package or one.path or f"the build {verdict.build.name}"


FORM = GateForm(format="html", says="one page to read and to send on, in any browser", render=_render)
