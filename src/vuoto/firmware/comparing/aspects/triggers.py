"""What starts a package's code without a person opening it; by what happens, not by the class that is started."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.changes import Change, Concern
from vuoto.firmware.comparing.abilities import is_personal
from vuoto.firmware.comparing.aspect import Aspect, Pair

TOLD: Final = ("boot", "secret code", "connectivity", "sim", "telephony", "sms")
"""Triggers that speak of the network, the subscriber or every start; the others weigh less."""


def _compare(pair: Pair) -> Iterator[Change]:
    before = {(t.kind, t.clue) for t in pair.old.package.triggers} if pair.old is not None else set()
    after = {(t.kind, t.clue) for t in pair.new.package.triggers}
    kinds_before = {kind for kind, _ in before}
    collects = pair.new.code is not None and any(is_personal(read.kind) for read in pair.new.code.reads)
    for kind, clue in sorted(after - before):
        concern: Concern = "low"
        if kind not in kinds_before and kind in TOLD:
            concern = "high" if collects and kind == "boot" else "medium"
        short = clue.rpartition(".")[2] if "://" not in clue else clue
        also = ", and reads identifiers" if concern == "high" else ""
        yield pair.change("trigger", "added", concern, kind, f"is started by {kind} ({short}){also}", after=clue)
    for kind, clue in sorted(before - after):
        yield pair.change(
            "trigger", "removed", "none", kind, f"is no longer started by {kind} ({clue.rpartition('.')[2]})", before=clue
        )


ASPECT = Aspect(
    makes=("trigger",),
    compares="what starts a package's code: boot, secret codes, connectivity, a SIM; not which of its classes is started",
    compare=_compare,
)
