"""Who signed: another certificate means that somebody else can replace the package from now on.

A proof of rotation (lineage, APK Signature Scheme v3) names the certificates before; that each of them signed the next is not
verified here, so a rotation is told and not taken for proven.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.changes import Change
from vuoto.firmware.comparing.aspect import Aspect, Pair
from vuoto.firmware.comparing.signing import signing_of


def _compare(pair: Pair) -> Iterator[Change]:
    if pair.old is None:
        return
    before, after = signing_of(pair.old.package), signing_of(pair.new.package)
    was, now = before.words(), after.words()
    if before.certificates == after.certificates:
        if before.wrong < after.wrong:
            says = f"a signature no longer holds: {after.note}"
            yield pair.change("signer", "changed", "high", "signature", says, before=was, after=now)
    elif not after.certificates:
        yield pair.change(
            "signer",
            "removed",
            "high",
            "signature",
            "is no longer signed, or not so that it could be read",
            before=was,
            after=now,
        )
    elif not before.certificates:
        yield pair.change("signer", "added", "low", "signature", f"is signed now, by {after.words()}", before=was, after=now)
    elif after.follows(before):
        says = f"the signer's certificate was rotated, and its lineage names the one before: {after.words()}"
        yield pair.change("signer", "changed", "medium", "signature", says, before=was, after=now)
    else:
        says = f"is signed by another certificate: {after.words()}, before {before.words()}"
        yield pair.change("signer", "changed", "high", "signature", says, before=was, after=now)


ASPECT = Aspect(
    makes=("signer",),
    compares="the certificates of the newest signature scheme; a rotation with a lineage that names the old ones weighs less",
    compare=_compare,
)
