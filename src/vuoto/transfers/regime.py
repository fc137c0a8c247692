"""A body of law on one day: its own articles for the questions that the GDPR's articles ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from vuoto.facts.verdicts import Clause


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One body of law as it stood. Rules cite it by the article of the GDPR; it answers with its own."""

    name: str
    """As a sentence names it: `the GDPR`."""

    clauses: Mapping[str, Clause]
    """Its counterpart for each article of the GDPR that a rule cites (and `5(3)` of the ePrivacy Directive)."""

    modern: bool = True
    """Whether it knows the tools that came with the GDPR (codes of conduct, certification)."""

    consent_on_device: bool = True
    """Whether reading from the terminal asks for consent; before, and elsewhere, for information and a right to refuse."""

    edpb: bool = True
    """Whether the guidelines of the European Data Protection Board read it."""

    efta: bool = False
    """Whether it applies through the EEA Agreement, so that a decision may need a step of its own."""

    caveats: Mapping[str, str] = field(default_factory=dict)
    """A fact still missing wherever the article is cited."""

    def clause(self, article: str) -> Clause:
        """The counterpart of `article`."""
        return self.clauses[article]


def clauses(law: str, source: str, articles: Mapping[str, tuple[str, str]], rests_on: str | None = None) -> dict[str, Clause]:
    """Clauses of one law by the GDPR's article: `{"32": ("art. 17(1)", "…")}`."""
    return {
        key: Clause(law=law, article=article, says=says, source=source, rests_on=rests_on)
        for key, (article, says) in articles.items()
    }
