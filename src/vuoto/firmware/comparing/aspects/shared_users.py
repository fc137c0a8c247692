"""The user id that a package shares: it then has what all packages of that id are granted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.changes import Change, Concern
from vuoto.firmware.comparing.aspect import Aspect, Pair

_STRONG: Final = ("android.uid.system", "android.uid.phone")
"""Ids whose packages read identifiers without asking for a permission."""


def _compare(pair: Pair) -> Iterator[Change]:
    before = pair.old.package.shared_user_id if pair.old is not None else None
    after = pair.new.package.shared_user_id
    if before == after:
        return
    if after is None:
        says = f"no longer shares the user id {before}"
        yield pair.change("shared-user", "removed", "none", before or "", says, before=before)
        return
    concern: Concern = "high" if after in _STRONG else "medium"
    says = f"shares the user id {after}, and so what its other packages are granted"
    yield pair.change("shared-user", "changed" if before else "added", concern, after, says, before=before, after=after)


ASPECT = Aspect(
    makes=("shared-user",), compares="`sharedUserId`; those of the system and of telephony weigh more", compare=_compare
)
