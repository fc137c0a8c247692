"""Code that takes any server for the right one."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.changes import Change
from vuoto.facts.code import TrustFlaw
from vuoto.firmware.comparing.abilities import place_words
from vuoto.firmware.comparing.aspect import Aspect, Pair


def _compare(pair: Pair) -> Iterator[Change]:
    before, after = _flaws(pair.old), _flaws(pair.new)
    for what in sorted(after.keys() - before.keys()):
        rows = after[what]
        says = f"has a {what} that checks nothing, in {place_words(rows[0].place)}: {rows[0].why}"
        yield pair.change("trust-flaw", "added", "high", what, says, places=[r.place for r in rows])
    for what in sorted(before.keys() - after.keys()):
        says = f"no longer has a {what} that checks nothing"
        yield pair.change("trust-flaw", "removed", "none", what, says, places=[r.place for r in before[what]])


def _flaws(read: ReadPackage | None) -> dict[str, list[TrustFlaw]]:
    found: dict[str, list[TrustFlaw]] = {}
    for flaw in read.code.trust_flaws if read is not None and read.code is not None else ():
        found.setdefault(flaw.what, []).append(flaw)
    return found


ASPECT = Aspect(
    makes=("trust-flaw",),
    compares="trust managers, host name verifiers and web views that accept any server, by which of these they are",
    compare=_compare,
)
