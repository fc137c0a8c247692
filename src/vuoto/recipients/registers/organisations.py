"""Organisations: who stands behind a domain, by a curated table in which every row names its source.

The table is `organisations.toml`; a user's own table has the same format and is asked first. A row speaks for its domains and all
names below them, and the row of the longest domain wins.

A user's table is read whole, and its mistakes are told. Of the shipped one only the rows that are asked for are parsed: that
costs 1 ms at a start instead of 15. It relies on the layout of that file, which a test compares with a whole reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from vuoto.errors import InputError
from vuoto.facts.countries import COUNTRIES
from vuoto.facts.document import Reference
from vuoto.facts.recipients import Organisation
from vuoto.recipients.register import Answers, OrganisationWord, Own, Register

KEYS: Final = {"name", "country", "domains", "source", "date", "note", "hosting"}
NEEDED: Final = ("name", "domains", "source", "date")
SHIPPED: Final = "organisations.toml"
_TABLE: Final = "[[organisation]]"
_DOMAINS: Final = re.compile(r"^domains = \[([^\]]*)\]", re.MULTILINE)
_QUOTED: Final = re.compile(r'"([^"]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of the table."""

    name: str
    """Of the organisation."""

    country: str | None
    """Of its seat, ISO 3166-1 alpha-2."""

    domains: tuple[str, ...]
    """Domains it speaks for, lower case, ASCII."""

    source: str
    """Who says so, and where."""

    date: date
    """The day of the source, or the day the row was entered."""

    note: str
    """What else a reader must know: a dispute, a sale."""

    hosting: bool
    """Whether other people's services live under the domains."""

    def word(self) -> OrganisationWord:
        """What the register answers."""
        source = f"{self.source}, {self.date.isoformat()}" + (f" ({self.note})" if self.note else "")
        return OrganisationWord(
            organisation=Organisation(name=self.name, country=self.country, source=source),
            hosting=self.hosting,
        )


def _open(own: Own) -> Answers:
    raw = (files("vuoto.recipients.registers") / SHIPPED).read_bytes()
    references = [_reference("Organisations behind domains", raw, "Apache-2.0", first=True)]
    asked = [shipped_row(raw.decode())]
    if own.organisations is not None:
        theirs = by_domain(read_table(own.organisations, own.organisations_name))  # now, so that mistakes are told at once
        name = own.organisations_name or "own table of organisations"
        references.append(_reference(name, own.organisations, "as the user holds it", first=False))
        asked.insert(0, theirs.get)

    def organisation(host: str) -> OrganisationWord | None:
        return next((found for of_domain in asked if (found := longest(host, of_domain)) is not None), None)

    return Answers(references=tuple(references), organisation=organisation)


def _reference(name: str, raw: bytes, licence: str, *, first: bool) -> Reference:
    # The shipped table says its day in its first line, so that it need not be parsed for it.
    head = raw[:200].split(b"\n", 1)[0].decode("utf-8", "replace")
    snapshot = head.removeprefix("# Snapshot: ").strip() if first else ""
    return Reference(name=name, snapshot=snapshot, sha256=sha256(raw).hexdigest(), licence=licence)


def shipped_row(text: str) -> Callable[[str], OrganisationWord | None]:
    """Finds a domain's row in the shipped table and parses that row alone."""

    @cache
    def index() -> dict[str, int]:
        places = ((block.group(1), block.start()) for block in _DOMAINS.finditer(text))
        return {domain: place for names, place in places for domain in _QUOTED.findall(names)}

    @cache
    def parsed(place: int) -> OrganisationWord:
        start = text.rindex(_TABLE, 0, place)
        end = text.find(_TABLE, place)
        return read_table(text[start : end if end >= 0 else None].encode(), SHIPPED)[0].word()

    def of_domain(domain: str) -> OrganisationWord | None:
        place = index().get(domain)
        return None if place is None else parsed(place)

    return of_domain


def longest(host: str, of_domain: Callable[[str], OrganisationWord | None]) -> OrganisationWord | None:
    """The row of the longest domain that is `host` or stands above it."""
    tail = host
    while tail:
        found = of_domain(tail)
        if found is not None:
            return found
        _, _, tail = tail.partition(".")
    return None


def by_domain(rows: list[Row]) -> dict[str, OrganisationWord]:
    """The answers by domain."""
    return {domain: word for row in rows for word in (row.word(),) for domain in row.domains}


def read_table(raw: bytes, name: str) -> list[Row]:
    """The rows of a table. Raises `InputError` naming the row and what is wrong with it."""
    import tomllib

    try:
        content = tomllib.loads(raw.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"not TOML: {error}", where=name, next_step="Write [[organisation]] tables") from error
    entries = content.get("organisation")
    if not isinstance(entries, list) or set(content) != {"organisation"}:
        raise InputError("holds other things than [[organisation]] tables", where=name, next_step="Write [[organisation]] tables")
    rows = []
    taken: set[str] = set()
    for number, entry in enumerate(entries, 1):
        mistake = _mistake(entry, taken)
        if mistake:
            raise InputError(mistake, where=f"{name}, organisation {number}", next_step=f"Needed are {', '.join(NEEDED)}")
        taken.update(entry["domains"])
        rows.append(
            Row(
                name=entry["name"],
                country=entry.get("country"),
                domains=tuple(entry["domains"]),
                source=entry["source"],
                date=entry["date"],
                note=entry.get("note", ""),
                hosting=entry.get("hosting", False),
            )
        )
    return rows


def _mistake(entry: object, taken: set[str]) -> str | None:
    """What is wrong with an entry of the table, or `None`."""
    if not isinstance(entry, dict):
        return "is not a table"
    unknown = sorted(set(entry) - KEYS)
    if unknown:
        return f"has an unknown key {unknown[0]!r}"
    for key, kind in (("name", str), ("source", str), ("date", date), ("domains", list)):
        if not entry.get(key) or not isinstance(entry[key], kind):
            return f"needs {key}"
    if not isinstance(entry.get("note", ""), str) or not isinstance(entry.get("hosting", False), bool):
        return "has a note that is no text, or hosting that is neither true nor false"
    if "country" in entry and (not isinstance(entry["country"], str) or entry["country"] not in COUNTRIES):
        return f"has a country {entry['country']!r} that is not ISO 3166-1 alpha-2"
    for domain in entry["domains"]:
        if not isinstance(domain, str) or not domain.isascii() or domain != domain.lower().strip(".* ") or not domain:
            return f"has a domain {domain!r} that is not a lower-case ASCII name"
        if domain in taken:
            return f"names {domain} a second time"
    return None


REGISTER = Register(name="organisations", confidence=50, open=_open)
