"""The frame of a SARIF 2.1.0 log (OASIS, sarif-v2.1.0-errata01) about a build: rules once, results with places in packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from vuoto.facts.code import CodePlace
from vuoto.facts.problems import Problem
from vuoto.reports.showing import visible

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_log(
    version: str,
    rules: Mapping[str, dict[str, Any]],
    results: Iterable[dict[str, Any]],
    problems: Iterable[Problem],
    properties: Mapping[str, Any] | None = None,
) -> bytes:
    """The log. `rules` by id; each result names its rule by `ruleId`."""
    import orjson

    order = {name: place for place, name in enumerate(sorted(rules))}
    rows = [result | {"ruleIndex": order[result["ruleId"]]} for result in results]
    notifications = [
        {
            "level": "warning",
            "message": {"text": f"{visible(p.where)}: {visible(p.what)}." + (f" {visible(p.next_step)}" if p.next_step else "")},
        }
        for p in problems
    ]
    run: dict[str, Any] = {
        "tool": {"driver": {"name": "Vuoto", "version": version, "rules": [rules[name] for name in sorted(rules)]}},
        "columnKind": "unicodeCodePoints",
        "results": rows,
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notifications}],
    }
    if properties:
        run["properties"] = dict(properties)
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return orjson.dumps(log, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def location(path: str, package: str | None, places: Iterable[CodePlace] = ()) -> dict[str, Any]:
    """A package of a build as a place: its path, its name, and the classes and methods in it."""
    logical: list[dict[str, Any]] = []
    if package:
        logical.append({"name": visible(package), "kind": "package"})
    for method in dict.fromkeys(place.method for place in places):  # each once, or the log is not valid (3.28.4)
        owner, _, member = method.partition("->")
        logical.append(
            {
                "name": visible(member or owner),
                "fullyQualifiedName": visible(f"{owner}->{member}" if member else owner),
                "kind": "function" if "(" in member else "member" if member else "type",
            }
        )
    found: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": quote(visible(path) or "build", safe="/")}}}
    if logical:
        found["logicalLocations"] = logical
    return found


def rule_name(words: str) -> str:
    """`UndeclaredHost` for `undeclared-host`: what viewers show for a rule."""
    return "".join(word.capitalize() for word in words.replace("/", "-").split("-"))
