"""The plug-in type of what a build may be refused for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from vuoto.facts.gates import GateFinding
from vuoto.firmware.gate.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Exported as `RULE` by one file of `gate/rules`."""

    name: str
    """What findings and waivers call it: `undeclared-host`."""

    asks: str
    """What it asks, half a sentence."""

    rests_on: str
    """What it needs to know for that, and what it says without."""

    remedy: str
    """What to do about a finding, a sentence."""

    judge: Callable[[Question], Iterable[GateFinding]]
    """The findings; none where the rule has nothing to say."""

    note: Callable[[Question], str | None] = lambda _: None
    """On what the answer rests, where less was given than the rule could use."""
