"""The words of the notice, by language: read from `wording.json`. A language that is not there is shown in English words."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pkgutil import get_data
from typing import Any, Final

from vuoto.facts.vocabulary import kind_of

FALLBACK: Final = "en"

_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_UNITS: Final = ("year", "month", "week", "day", "hour", "minute", "second")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The words of one language."""

    language: str
    """The language whose words these are."""

    phrases: dict[str, str]
    """By key of `wording.json`."""

    kinds: dict[str, str]
    """Names of kinds of data; those not there have their English title."""

    units: dict[str, tuple[str, str]]
    """Singular and plural of the units of time."""

    def __getitem__(self, key: str) -> str:
        """A phrase."""
        return self.phrases[key]

    def kind(self, kind: str) -> str:
        """What people call a kind of data."""
        return self.kinds.get(kind) or kind_of(kind).title

    def duration(self, iso: str) -> str:
        """`2 years` for `P2Y`."""
        match = _DURATION.fullmatch(iso)
        if match is None:
            return iso
        parts = [(int(n), self.units[unit]) for n, unit in zip(match.groups(), _UNITS, strict=True) if n and int(n)]
        return ", ".join(f"{n} {one if n == 1 else many}" for n, (one, many) in parts)


@cache
def _words() -> dict[str, Any]:
    text = get_data("vuoto.declarations", "wording.json")
    assert text is not None  # shipped beside this file
    found: dict[str, Any] = json.loads(text)
    return found


def wording(language: str) -> Wording:
    """The words for a language tag (`sv-FI` takes those of `sv`), else the English ones."""
    words = _words()
    base = language.lower().split("-")[0]
    base = {"no": "nb", "nn": "nb"}.get(base, base)
    chosen = base if base in words else FALLBACK
    entry = words[chosen]
    return Wording(
        language=chosen,
        phrases=words[FALLBACK]["phrases"] | entry["phrases"],
        kinds=entry["kinds"],
        units={unit: (pair[0], pair[1]) for unit, pair in entry["units"].items()},
    )
