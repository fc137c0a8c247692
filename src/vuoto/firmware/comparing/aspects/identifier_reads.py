"""Kinds of personal data that code asks for, and by which call; not by which of its classes."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.changes import Change, Concern
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import can_send, is_personal, place_words, reads_of
from vuoto.firmware.comparing.aspect import Aspect, Pair

_RANK = {word: place for place, word in enumerate(("known", "validated", "likely", "possible"))}
"""The surest first; a word that is none of these, as a damaged index may hold, comes last."""


def _compare(pair: Pair) -> Iterator[Change]:
    before = reads_of(pair.old) if pair.old is not None else {}
    after = reads_of(pair.new)
    kinds_before = {kind for kind, _ in before}
    kinds_after = {kind for kind, _ in after}
    sends = can_send(pair.new)
    for kind in sorted(kinds_after - kinds_before):
        rows = [read for (k, _), found in sorted(after.items()) if k == kind for read in found]
        best = min(rows, key=lambda r: (_RANK.get(r.certainty, len(_RANK)), r))
        concern: Concern = "low"
        if is_personal(kind) and best.certainty != "possible":
            concern = "high" if sends else "medium"
        says = f"reads {kind_of(kind).title} ({best.certainty}), in {place_words(best.place)}"
        asks = ", ".join(sorted({what for k, what in after if k == kind}))
        yield pair.change("identifier-read", "added", concern, kind, says, after=asks, places=[r.place for r in rows])
    for kind, what in sorted(after.keys() - before.keys()):
        if kind in kinds_before and is_personal(kind):
            rows = after[kind, what]
            says = f"reads {kind_of(kind).title} by another call, in {place_words(rows[0].place)}"
            yield pair.change("identifier-read", "changed", "low", kind, says, after=what, places=[r.place for r in rows])
    for kind in sorted(kinds_before - kinds_after):
        says = f"no longer reads {kind_of(kind).title}"
        rows = [read for (k, _), found in sorted(before.items()) if k == kind for read in found]
        yield pair.change("identifier-read", "removed", "none", kind, says, places=[r.place for r in rows])


ASPECT = Aspect(
    makes=("identifier-read",),
    compares="kinds of personal data that are read, and the framework calls that read them",
    compare=_compare,
)
