"""The days on which something held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days on which something held."""

    first: date
    """First day."""

    last: date | None
    """Last day, inclusive; `None` while it lasts."""

    def holds(self, day: date) -> bool:
        """Whether `day` lies in it."""
        return self.first <= day and (self.last is None or day <= self.last)
