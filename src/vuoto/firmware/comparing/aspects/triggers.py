"""What starts a package's code without a person opening it; by what happens, not by the class that is started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.changes import Change, Concern
from vuoto.firmware.comparing.abilities import is_personal
from vuoto.firmware.comparing.aspect import Aspect, Pair

TOLD: Final = ("boot", "secret code", "connectivity", "sim", "telephony", "sms")
"""Triggers that speak of the network, the subscriber or every start; the others weigh less."""


def _compare(pair: Pair) -> Iterator[Change]:
    # One that is off when installed is another matter: turned on, it is a trigger gained.
    before = _triggers(pair.old) if pair.old is not None else set()
    after = _triggers(pair.new)
    kinds_before = {kind for kind, _, on in before if on}
    collects = pair.new.code is not None and any(is_personal(read.kind) for read in pair.new.code.reads)
    for kind, clue, on in sorted(after - before):
        if not on and (kind, clue, True) in before | after:
            continue
        concern: Concern = "low"
        if on and kind not in kinds_before and kind in TOLD:
            concern = "high" if collects and kind == "boot" else "medium"
        short = clue.rpartition(".")[2] if "://" not in clue else clue
        also = ", and reads identifiers" if concern == "high" else ""
        what = f"is started by {kind}" if on else f"may be started by {kind}, once code or a setting turns the component on"
        yield pair.change("trigger", "added", concern, kind, f"{what} ({short}){also}", after=clue)
    for kind, clue, on in sorted(before - after):
        if not on and (kind, clue, True) in before | after:
            continue
        yield pair.change(
            "trigger", "removed", "none", kind, f"is no longer started by {kind} ({clue.rpartition('.')[2]})", before=clue
        )


def _triggers(read: ReadPackage) -> set[tuple[str, str, bool]]:
    return {(trigger.kind, trigger.clue, trigger.enabled) for trigger in read.package.triggers}


ASPECT = Aspect(
    makes=("trigger",),
    compares="what starts a package's code: boot, secret codes, connectivity, a SIM; not which of its classes is started",
    compare=_compare,
)
