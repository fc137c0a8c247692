"""Where a package keeps code that Android does not load by itself, and data that nobody can read beside a class loader."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.changes import Change, Concern
from vuoto.facts.packages import HiddenFile
from vuoto.firmware.comparing.aspect import Aspect, Pair
from vuoto.firmware.hiding import DISGUISED, hidden_words, unseen


def _compare(pair: Pair) -> Iterator[Change]:
    before, after = _hidden(pair.old), _hidden(pair.new)
    for path in sorted(after.keys() - before.keys()):
        one = after[path]
        concern: Concern = "medium" if one.how in DISGUISED or one.kind == "dense" else "low"
        loads = ", and makes a class loader" if one.kind == "dense" else ""
        yield pair.change("hidden-code", "added", concern, path, hidden_words(one) + loads, after=one.kind)
    for path in sorted(before.keys() - after.keys()):
        says = f"no longer {hidden_words(before[path])}"
        yield pair.change("hidden-code", "removed", "none", path, says, before=before[path].kind)


def _hidden(read: ReadPackage | None) -> dict[str, HiddenFile]:
    """By path; dense data only where something may load it."""
    if read is None:
        return {}
    return {one.path: one for one in (*(h for h in read.package.hidden if h.kind != "dense"), *unseen(read))}


ASPECT = Aspect(
    makes=("hidden-code",),
    compares="files in which a package keeps code that Android does not load by itself, by their places; not what is in them",
    compare=_compare,
)
