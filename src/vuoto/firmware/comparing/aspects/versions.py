"""The version of a package: backwards is worth a question, forwards is the rule."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.changes import Change
from vuoto.facts.packages import Package
from vuoto.firmware.comparing.aspect import Aspect, Pair


def _compare(pair: Pair) -> Iterator[Change]:
    if pair.old is None:
        return
    old, new = pair.old.package, pair.new.package
    before, after = _words(old), _words(new)
    if before == after:
        return
    if old.version_code is not None and new.version_code is not None and new.version_code < old.version_code:
        says = f"the version went back from {before} to {after}"
        yield pair.change("version", "changed", "medium", "version", says, before=before, after=after)
    else:
        yield pair.change("version", "changed", "low", "version", f"version {before} → {after}", before=before, after=after)


def _words(package: Package) -> str:
    code = "" if package.version_code is None else f" ({package.version_code})"
    return f"{package.version_name or 'unnamed'}{code}"


ASPECT = Aspect(makes=("version",), compares="the version's name and code", compare=_compare)
