"""`--format sarif`: one result per change, for a code review. What is less than before is a note of kind `informational`."""

from __future__ import annotations

from typing import Any, Final

from vuoto import __version__
from vuoto.facts.changes import Change, Difference
from vuoto.reports.changes.form import ChangesForm
from vuoto.reports.renderer import RenderOptions
from vuoto.reports.sarif_log import location, rule_name, sarif_log
from vuoto.reports.showing import capital, visible

_LEVELS: Final = {"high": "error", "medium": "warning", "low": "note", "none": "none"}


def _render(difference: Difference, _: RenderOptions) -> bytes:
    rules = {f"change/{change.aspect}": _rule(change) for change in difference.changes}
    results = [_result(change, difference.new.name) for change in difference.changes]
    about = {"old": visible(difference.old.fingerprint or difference.old.name)}
    about["new"] = visible(difference.new.fingerprint or difference.new.name)
    return sarif_log(__version__, rules, results, difference.problems, about)


def _rule(change: Change) -> dict[str, Any]:
    return {
        "id": f"change/{change.aspect}",
        "name": rule_name(f"{change.aspect}-changed"),
        "shortDescription": {"text": f"Another {change.aspect.replace('-', ' ')} than in the build before."},
    }


def _result(change: Change, build: str) -> dict[str, Any]:
    who = visible(change.package or change.path or build)
    level = _LEVELS[change.concern]
    return {
        "ruleId": f"change/{change.aspect}",
        "level": level,
        "kind": "informational" if level == "none" else "fail",
        "message": {"text": capital(f"{who}: {visible(change.says, 1000)}.")},
        "locations": [location(change.path or build, change.package, change.places)],
        "partialFingerprints": {"vuotoChange/v1": change.id},
        "properties": {
            "direction": change.direction,
            "subject": visible(change.subject),
            "before": None if change.before is None else visible(change.before),
            "after": None if change.after is None else visible(change.after),
        },
    }


FORM = ChangesForm(format="sarif", says="SARIF 2.1.0, for a code review", render=_render)
