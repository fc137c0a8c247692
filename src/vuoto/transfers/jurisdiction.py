"""The type that each file in `jurisdictions` exports as `JURISDICTION`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from vuoto.transfers.case import Case, Ruling
from vuoto.transfers.lawbook import Lawbook
from vuoto.transfers.regime import Regime


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """A territory with a body of data protection law that changes over time."""

    id: str
    """The document's word: `eu`."""

    name: str
    """As a sentence names it: `the EU or the EEA`."""

    governs: Callable[[Lawbook, str, date], Regime | None]
    """The law that applied in a country on a day, or `None` where that country was not its territory."""

    transfer: Callable[[Case], Ruling]
    """Whether the data could leave: the counterpart of chapter V."""

    changes: tuple[date, ...] = ()
    """Days from which it was different and of which the law table knows nothing, as they concern this body of law alone."""

    assumed: Callable[[date], Regime] | None = None
    """The law taken as the measure where no place is known; one jurisdiction has it."""
