"""`--format junit`: the answer as a test report that CI shows, in the shape that Jenkins and GitLab read.

There is no standard; this is the part that all readers share: `testsuites`, one `testsuite` per rule, a `testcase` per finding,
and one that passes for a rule without findings. A refusal is a `failure`, what is undecided an `error`, what is waived `skipped`.
"""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape, quoteattr

from vuoto.facts.gates import GateFinding, GateVerdict, RuleAnswer
from vuoto.reports.gates.form import GateForm
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.showing import visible

_ELEMENTS: Final = {"refused": "failure", "undecided": "error", "passed": "skipped"}


def _render(verdict: GateVerdict, _: RenderOptions) -> bytes:
    suites = [(answer, [one for one in verdict.findings if one.rule == answer.rule]) for answer in verdict.rules]
    total = [_counts(found) for _, found in suites]
    sums = [sum(column) for column in zip(*total, strict=True)] or [0, 0, 0, 0]
    name = f"vuoto firmware gate {verdict.build.name} as {verdict.variant}"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f"<testsuites name={_attribute(name)} {_numbers(sums)}>"]
    for answer, found in suites:
        lines += _suite(answer, found, verdict)
    lines.append("</testsuites>")
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _counts(found: list[GateFinding]) -> list[int]:
    """Cases, failures, errors, skipped."""
    open_ = [one for one in found if one.waiver is None]
    failures = sum(one.outcome == "refused" for one in open_)
    return [max(len(found), 1), failures, len(open_) - failures, len(found) - len(open_)]


def _numbers(counts: list[int]) -> str:
    cases, failures, errors, skipped = counts
    return f'tests="{cases}" failures="{failures}" errors="{errors}" skipped="{skipped}" time="0"'


def _suite(answer: RuleAnswer, found: list[GateFinding], verdict: GateVerdict) -> list[str]:
    lines = [f"  <testsuite name={_attribute(answer.rule)} {_numbers(_counts(found))}>"]
    if not found:
        lines.append(f'    <testcase classname={_attribute(answer.rule)} name={_attribute(answer.asks)} time="0"/>')
    for one in found:
        # A name may be there twice, and readers take two cases of one name for the same.
        twice = sum((other.package, other.subject) == (one.package, one.subject) for other in found) > 1
        who = (None if twice else one.package) or one.path or verdict.build.name
        head = f'    <testcase classname={_attribute(answer.rule)} name={_attribute(f"{who}: {one.subject}")} time="0">'
        lines += [head, f"      {_outcome(one, answer, verdict)}", "    </testcase>"]
    if answer.note:
        lines.append(f"    <system-out>{escape(visible(answer.note))}</system-out>")
    return [*lines, "  </testsuite>"]


def _outcome(one: GateFinding, answer: RuleAnswer, verdict: GateVerdict) -> str:
    says = f"{one.outcome}, because {one.because}"
    if one.waiver is not None:
        waiver = next(use.waiver for use in verdict.waivers if use.waiver.number == one.waiver)
        says = f"waived by {waiver.owner} until {waiver.expires.isoformat()}: {waiver.reason}; {says}"
        return f"<skipped message={_attribute(says)}/>"
    element = _ELEMENTS[one.outcome]
    places = "\n".join(f"{place.dex}: {place.method}" for place in one.places)
    body = escape("\n".join(visible(line) for line in (one.path, *places.splitlines(), f"{answer.remedy}.") if line))
    return f"<{element} type={_attribute(one.outcome)} message={_attribute(says)}>{body}</{element}>"


def _attribute(text: str) -> str:
    # `visible` leaves no character that XML 1.0 forbids.
    return quoteattr(visible(text, 1000))


FORM = GateForm(format="junit", says="JUnit XML, for CI", render=_render)
