"""Lists that other states than the Union keep of the countries that they hold adequate."""

from __future__ import annotations

from dataclasses import dataclass

from vuoto.facts.verdicts import Clause
from vuoto.transfers.span import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Span):
    """A row of another state's list of countries that it holds adequate: one instrument, and the countries that it covers."""

    id: str
    """`UK-KR`."""

    by: str
    """Whose list: the id of a jurisdiction."""

    countries: frozenset[str]
    """ISO 3166-1 alpha-2."""

    name: str
    """What it is about, in words."""

    instrument: str
    """Its number or name: `S.I. 2022/1213`."""

    article: str
    """Where in it."""

    scope: str
    """`whole-jurisdiction`, `recipients` or `processing`."""

    question: str | None
    """The fact that decides whether a recipient falls under it, where that is not the country alone."""

    conditions: tuple[str, ...]
    """What is to be said of it."""

    aliases: tuple[str, ...]
    """Names under which it is known."""

    source: str
    """Where it can be read."""

    rests_on: str | None
    """What the row rests on, where that is not the act itself."""

    def clause(self) -> Clause:
        """A clause that cites it."""
        until = f" to {self.last}" if self.last else ""
        says = f"{self.name}: adequate protection within its scope, from {self.first}{until}."
        return Clause(law=self.instrument, article=self.article, says=says, source=self.source, rests_on=self.rests_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListKept(Span):
    """A list, and the days of which it is known whole: of other days nothing follows from a country's absence."""

    by: str
    """The id of a jurisdiction."""
