"""Reads `vuoto.waivers/1`: findings of the release gate that somebody answers for, each for a time (TOML 1.0)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final

from vuoto.declarations.mistakes import Mistakes, Table, shown, suggestion
from vuoto.declarations.toml import read_toml
from vuoto.facts.gates import Waiver

SCHEMA: Final = "vuoto.waivers/1"

MAX_WAIVERS: Final = 1000
"""Waivers of one file; who has that many has no gate."""

_TOP = ("schema", "waiver")
_SUBJECTS = ("subject", "host", "identifier", "certificate")
_WAIVER = ("rule", "package", *_SUBJECTS, "owner", "reason", "expires")


def read_waivers(text: bytes, name: str, rules: Collection[str]) -> tuple[Waiver, ...]:
    """The waivers in `text`, in their order; `rules` are those that exist, `name` is the file's name, for errors.

    Raises `InputError` with every mistake in it (bounded): the key path, what is wrong and what would be right. A rule that does
    not exist is a mistake. What a waiver covers is not known here.
    """
    mistakes = Mistakes(name, "file of waivers")
    top = Table(read_toml(text, name, "A file of waivers is a TOML file in UTF-8"), "", mistakes)
    top.close(_TOP)
    if top.text("schema", f'write schema = "{SCHEMA}"') not in {None, SCHEMA}:
        top.wrong("schema", "is another version of the format", f'write schema = "{SCHEMA}"')
    rows = top.rows("waiver", "write [[waiver]]")
    if len(rows) > MAX_WAIVERS:
        top.wrong("waiver", f"stands there {len(rows)} times", f"at most {MAX_WAIVERS}")
    found = [_waiver(number, table, rules) for number, table in enumerate(rows[:MAX_WAIVERS], 1)]
    mistakes.raise_if_any()
    return tuple(found)


def _waiver(number: int, table: Table, rules: Collection[str]) -> Waiver:
    table.close(_WAIVER)
    rule = table.text("rule", f"one of {', '.join(sorted(rules))}") or ""
    if rule and rule not in rules:
        table.wrong("rule", f"{shown(rule)} is not a rule", suggestion(rule, rules))
    package = table.text("package", "the name of a package", required=False)
    subjects = [(key, text) for key in _SUBJECTS if (text := table.text(key, "what the finding is about", required=False))]
    if len(subjects) > 1:
        names = " and ".join(key for key, _ in subjects)
        table.wrong(subjects[1][0], f"{names} say two things", "write one waiver for each")
    if package is None and not subjects and not any(table.has(key) for key in ("package", *_SUBJECTS)):
        table.wrong("package", "is missing", "name the package, or the host, identifier, certificate or subject that it is about")
    expires = table.day("expires")
    if expires is None and not table.has("expires"):
        table.wrong("expires", "is missing", "the last day on which it holds, such as 2019-06-30, without quotes")
    return Waiver(
        number=number,
        rule=rule,
        package=package,
        subject=subjects[0][1] if subjects else None,
        owner=table.text("owner", "who answers for it") or "",
        reason=table.text("reason", "why it may stand") or "",
        expires=expires or date.min,
    )
