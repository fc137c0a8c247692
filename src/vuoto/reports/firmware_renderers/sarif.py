"""`--format sarif`: SARIF 2.1.0 (OASIS, sarif-v2.1.0-errata01): what is odd, with class and method as logical locations.

The artifact of a result is its package, by its path in the build; code has no lines, so the place in it stands in
`logicalLocations` and the offset of the instruction in `properties`.
"""

from __future__ import annotations

from typing import Any, Final, Literal
from urllib.parse import quote

from vuoto.facts.code import CodePlace
from vuoto.facts.firmware_view import Concern, FirmwareView, Oddity, OddityRule
from vuoto.reports.firmware_renderer import FirmwareOptions, FirmwareRenderer
from vuoto.reports.firmware_words import NO_PROOF, class_words, member_words, signature_words
from vuoto.reports.renderers.sarif import SCHEMA
from vuoto.reports.showing import capital, visible

Level = Literal["error", "warning", "note"]
LEVELS: Final[dict[Concern, Level]] = {"high": "error", "medium": "warning", "low": "note"}


def _render(view: FirmwareView, _: FirmwareOptions) -> bytes:
    import orjson

    rules = sorted(view.rules, key=lambda rule: rule.name)
    order = {rule.name: place for place, rule in enumerate(rules)}
    paths = {path: place for place, path in enumerate(sorted({one.package for one in view.oddities}))}
    digests = {package.package.path: package.package for package in view.packages}
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "Vuoto", "version": view.tool.version, "rules": [_rule(rule) for rule in rules]},
                },
                "columnKind": "unicodeCodePoints",
                "artifacts": [
                    {
                        "location": {"uri": _uri(path)},
                        "roles": ["analysisTarget"],
                        **(
                            {"length": digests[path].size, "hashes": {"sha-256": digests[path].sha256}}
                            if path in digests and digests[path].sha256
                            else {}
                        ),
                    }
                    for path in paths
                ],
                "results": [_result(one, order[one.rule], paths[one.package]) for one in view.oddities if one.rule in order],
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {"level": "warning", "message": {"text": f"{visible(p.where)}: {visible(p.what)}."}}
                            for p in view.problems
                        ],
                    }
                ],
            }
        ],
    }
    return orjson.dumps(log, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _uri(path: str) -> str:
    return quote(visible(path), safe="/")


def _rule(rule: OddityRule) -> dict[str, Any]:
    return {
        "id": f"firmware/{rule.name}",
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": f"{rule.title}."},
        "help": {"text": f"{rule.help} {NO_PROOF}"},
        "defaultConfiguration": {"level": LEVELS[rule.concern]},
    }


def _logical(one: Oddity) -> list[dict[str, Any]]:
    named = visible(one.name or one.package)
    found: list[dict[str, Any]] = [{"name": named, "fullyQualifiedName": named, "kind": "package"}]
    if one.place is not None:
        found += _of_code(one.place)
    elif one.component:
        found.append({"name": visible(one.component), "fullyQualifiedName": visible(one.component), "kind": "type"})
    return found


def _of_code(place: CodePlace) -> list[dict[str, Any]]:
    owner = class_words(place.method.partition("->")[0])
    found: list[dict[str, Any]] = [{"name": owner, "fullyQualifiedName": owner, "kind": "type"}]
    if "->" in place.method:
        kind = "function" if "(" in place.method else "member"
        name = member_words(place.method).rpartition(".")[2]
        found.append({"name": name, "fullyQualifiedName": signature_words(place.method), "kind": kind})
    return found


def _location(one: Oddity, index: int) -> dict[str, Any]:
    return {
        "physicalLocation": {"artifactLocation": {"uri": _uri(one.package), "index": index}},
        "logicalLocations": _logical(one),
    }


def _result(one: Oddity, rule: int, index: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": f"firmware/{one.rule}",
        "ruleIndex": rule,
        "level": LEVELS[one.concern],
        "message": {"text": f"{capital(visible(one.says))}."},
        "locations": [_location(one, index)],
        "partialFingerprints": {"vuotoOddity/v1": one.id},
        "properties": {
            "concern": one.concern,
            **({"dex": visible(one.place.dex), "offset": one.place.offset} if one.place is not None else {}),
        },
    }
    if one.steps:
        result["codeFlows"] = [
            {
                "threadFlows": [
                    {
                        "locations": [
                            {
                                "location": {
                                    "logicalLocations": _of_code(step.place),
                                    "message": {"text": f"{step.how} {signature_words(step.what)}"},
                                }
                            }
                            for step in one.steps
                        ]
                    }
                ]
            }
        ]
    return result


RENDERER = FirmwareRenderer(format="sarif", says="SARIF 2.1.0, for code review and gates", render=_render)
