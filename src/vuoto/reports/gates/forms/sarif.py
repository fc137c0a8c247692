"""`--format sarif`: one result per finding, for a code review; what is waived is suppressed, with the waiver's reason."""

from __future__ import annotations

from typing import Any, Final

from vuoto import __version__
from vuoto.facts.gates import GateFinding, GateVerdict
from vuoto.reports.gates.form import GateForm
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.sarif_log import location, rule_name, sarif_log
from vuoto.reports.showing import capital, visible

_LEVELS: Final = {"refused": "error", "undecided": "warning", "passed": "none"}


def _render(verdict: GateVerdict, _: RenderOptions) -> bytes:
    rules = {
        f"gate/{answer.rule}": {
            "id": f"gate/{answer.rule}",
            "name": rule_name(answer.rule),
            "shortDescription": {"text": f"The gate asks {answer.asks}."},
            "help": {"text": f"{answer.remedy}."},
            "defaultConfiguration": {"level": "error"},
        }
        for answer in verdict.rules
    }
    results = [_result(one, verdict) for one in verdict.findings]
    about = {"outcome": verdict.outcome, "variant": visible(verdict.variant), "asOf": verdict.as_of}
    return sarif_log(__version__, rules, results, verdict.problems, about)


def _result(found: GateFinding, verdict: GateVerdict) -> dict[str, Any]:
    who = visible(found.package or found.path or verdict.build.name)
    says = capital(f"{who}: {found.outcome}, because {visible(found.because, 1000)}.")
    result: dict[str, Any] = {
        "ruleId": f"gate/{found.rule}",
        "level": _LEVELS[found.outcome],
        "message": {"text": says},
        "locations": [location(found.path or verdict.build.name, found.package, found.places)],
        "partialFingerprints": {"vuotoGate/v1": found.id},
        "properties": {"subject": visible(found.subject), "variant": visible(verdict.variant)},
    }
    if found.waiver is not None:
        waiver = next(use.waiver for use in verdict.waivers if use.waiver.number == found.waiver)
        why = f"{visible(waiver.owner)}: {visible(waiver.reason)} (until {waiver.expires.isoformat()})"
        result["suppressions"] = [{"kind": "external", "status": "accepted", "justification": why}]
    return result


FORM = GateForm(format="sarif", says="SARIF 2.1.0, for a code review", render=_render)
