"""What starts the package, against when the message came: soon after the device's first sign in the capture.

When a device was switched on stands in no capture. What is taken for it is said with the answer: that the device asked for an
address (DHCP) or checked a network it had just joined (a connectivity check), which it does after boot and after every change of
network. Where the capture has no such sign, this trace says nothing: undecided.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace, bits

SOON: Final = 600.0
"""Seconds after the first sign: beyond ten minutes anything may have been the cause."""

GUESS: Final = 0.2
"""Of packages at large, how many are started at boot."""

MOST: Final = 2.0
"""The timing is a weak clue, however few are started at boot: much else happens when a device joins a network."""

MISSING: Final = -0.7


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    if not sighting.started or sighting.seconds is None or sighting.seconds > SOON:
        return
    triggers = suspect.package.triggers
    when = f"{sighting.seconds:.0f} s after {sighting.since}"
    mine = [t for t in triggers if t.enabled and t.kind in ("boot", "connectivity", "sim")]
    if mine:
        boot = sorted({t.kind for t in mine})
        yield Sign(
            what=f"is started by {' and '.join(boot)} ({mine[0].clue.rpartition('.')[2]}), and the message came {when}",
            bits=min(MOST, bits(0.8, suspect.rate_of("started", boot[0], GUESS))),
            group="timing",
            places=tuple(dict.fromkeys(f"L{t.component.replace('.', '/')};" for t in mine)),
        )
    elif any(not t.enabled for t in triggers):
        return  # whether it was turned on is not known
    elif suspect.package.kind == "apk" and not suspect.package.persistent:
        yield Sign(what=f"is started by nothing that fits a message {when}", bits=MISSING, group="timing missing")


TRACE = Trace(
    name="trigger timing",
    says="The package is started at boot, by a change of network or of SIM, and the message came within ten minutes of the "
    "device's first sign in the capture, where that sign is one of joining a network. A weak clue.",
    find=_find,
)
