"""Formats of known recipients, read from `endpoints/*.toml`: which field carries what, and who says so.

They act on top of everything else: they give a meaning to a field whose name says nothing or something else. The check still
decides. A format is met by host and path, or, where it says so, at any host by the names of its fields.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from vuoto.disclosures.identifier import Identifier
from vuoto.disclosures.name_sense import NameSense

MOST_HOSTS: Final = 8_192
"""Hosts remembered with their formats."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format of one recipient."""

    recipient: str
    """Who receives it."""

    source: str
    """Where it is published."""

    date: str
    """When that was read, `YYYY-MM-DD`."""

    hosts: tuple[str, ...]
    """Host names; `*.` in front matches one label or more."""

    paths: tuple[str, ...]
    """Beginnings of the request target; empty for any."""

    structure: frozenset[str]
    """Names which, all in one layer, tell the format at any host; empty where only the host does."""

    mark: str = ""
    """The first of them as the file lists them, by which a layer is looked at more closely: one that others rarely use."""

    fields: tuple[tuple[str, tuple[str, ...]], ...]
    """`(name or pointer, kinds)`, sorted; where there are several kinds, the checks decide."""

    pieces: frozenset[str] = frozenset()
    """Fields that carry only a piece of the value: the last byte of a cell identity."""

    def covers(self, host: str) -> bool:
        """Whether `host` is one of its hosts."""
        return any(host == h or (h.startswith("*.") and host.endswith(h[1:])) for h in self.hosts)


@cache
def shipped_formats() -> tuple[Format, ...]:
    """All formats of the files beside this room, by file name and order in the file."""
    formats: list[Format] = []
    for file in sorted(resources.files("vuoto.disclosures.endpoints").iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            content = tomllib.loads(file.read_text("utf-8"))
            formats += [_format(content, row) for row in content["format"]]
    return tuple(formats)


def _format(content: dict[str, Any], row: dict[str, Any]) -> Format:
    return Format(
        recipient=content["recipient"],
        source=row.get("source", content["source"]),
        date=str(content["date"]),
        hosts=tuple(row.get("hosts", ())),
        paths=tuple(row.get("paths", ())),
        structure=frozenset(row.get("structure", ())),
        mark=row["structure"][0] if row.get("structure") else "",
        pieces=frozenset(row.get("pieces", ())),
        fields=tuple(sorted((k, (v,) if isinstance(v, str) else tuple(v)) for k, v in row["fields"].items())),
    )


class FormatBook:
    """The formats, by host and by structure, with the senses that their fields have."""

    def __init__(self, formats: tuple[Format, ...], identifiers: dict[str, Identifier]) -> None:
        self._formats = formats
        self._senses = {
            id(f): {
                name: NameSense(strong=tuple(identifiers[k] for k in kinds), said=name, piece=name in f.pieces)
                for name, kinds in f.fields
            }
            for f in formats
        }
        self._by_host: dict[str, tuple[Format, ...]] = {}
        self._structural = tuple(f for f in formats if f.structure)

    def at_host(self, host: str | None) -> tuple[Format, ...]:
        """Formats of a host; remembered."""
        if not host:
            return ()
        found = self._by_host.get(host)
        if found is None:
            if len(self._by_host) >= MOST_HOSTS:
                self._by_host.clear()
            found = self._by_host[host] = tuple(f for f in self._formats if f.hosts and f.covers(host))
        return found

    def marked_names(self) -> frozenset[str]:
        """One name of each structure, by which a layer is looked at more closely."""
        return frozenset(f.mark for f in self._structural)

    def by_structure(self, names: frozenset[str]) -> tuple[Format, ...]:
        """Formats whose every telling name is among `names`."""
        return tuple(f for f in self._structural if f.structure <= names)

    def sense(self, form: Format, name: str, pointer: str) -> NameSense | None:
        """What the format says of the field, by its pointer or by its name."""
        senses = self._senses[id(form)]
        return senses.get(pointer) or (senses.get(name) if name else None)
