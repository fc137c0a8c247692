"""Puts disclosures into stretches of days on which the same law held, so that a change of law in between gives two answers."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from vuoto.facts.disclosures import Disclosure
from vuoto.transfers.case import Sent

EARLIEST: Final = date(1995, 10, 24)
"""Directive 95/46/EC was adopted on this day, and no law that is read here is older. A capture that names an earlier day had a
clock that was not set (1970-01-01 is common): its day counts as unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Days on which the same law held, and what was sent on them."""

    first: date | None
    """First day on which something was sent; `None` where the input gives no time."""

    last: date | None
    """Last day on which something was sent."""

    sent: tuple[Sent, ...]
    """By disclosure id."""

    def when(self, as_of: date | None) -> str:
        """In words."""
        if self.first is None:
            return "on an unknown day"
        if as_of is not None:
            return f"(judged as of {as_of})"
        return f"on {self.first}" if self.first == self.last else f"from {self.first} to {self.last}"


def stretches(rows: Sequence[Disclosure], as_of: date | None, changes: Sequence[date]) -> tuple[Stretch, ...]:
    """The stretches in order of time; `changes`: the sorted days from which the law was another. With `as_of` there is one."""
    if as_of is not None:
        whole = tuple(Sent(disclosure=d, count=d.count) for d in sorted(rows, key=lambda d: d.id))
        day = as_of if as_of >= EARLIEST else None
        return (Stretch(first=day, last=day, sent=whole),)
    found: dict[int, tuple[list[date], list[Sent]]] = {}
    for row in sorted(rows, key=lambda d: d.id):
        days = [day for day in map(_day, row.times or (row.time,)) if day]
        by_law: dict[int, list[date]] = {}
        for day in days:
            by_law.setdefault(bisect_right(changes, day), []).append(day)
        if not by_law:
            by_law[-1] = []
        for law, on in by_law.items():
            known, sent = found.setdefault(law, ([], []))
            known += on
            # Of a value sent more often than its times are listed, the rest is counted where they all are, else not at all.
            sent.append(Sent(disclosure=row, count=row.count if len(by_law) == 1 else len(on)))
    return tuple(
        Stretch(first=min(days, default=None), last=max(days, default=None), sent=tuple(sent))
        for _, (days, sent) in sorted(found.items())
    )


def _day(time: str | None) -> date | None:
    try:
        day = date.fromisoformat(time[:10]) if time else EARLIEST.min
    except ValueError:
        return None
    return day if day >= EARLIEST else None
