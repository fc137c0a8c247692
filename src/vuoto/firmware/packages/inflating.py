"""How much may be inflated for one package, and reading files of archives within it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from vuoto.firmware.packages.zip_member import Member

MAX_READ: Final = 1 << 30
"""Bytes inflated for one package in all; the largest packages of phones come to half of it."""

MAX_RATIO: Final = 100
"""Bytes inflated per byte of package, beyond `MAX_FREE`. Code inflates threefold, tables and lists of words tenfold."""

MAX_FREE: Final = 64 << 20
"""Bytes inflated whatever the package's size: small ones may hold a large empty file."""

MAX_INNER: Final = 256 << 20
"""Bytes of one file of an archive inside a package."""


class Inflating:
    """What is left of a package's bound."""

    def __init__(self, size: int, problem: Callable[[str], None]) -> None:
        self.bound = min(MAX_READ, MAX_FREE + MAX_RATIO * size)
        self.left = self.bound
        self._problem = problem

    def content(self, member: Member, limit: int = MAX_INNER, name: str = "") -> bytes:
        """The content of a member; what is missing of it is a problem."""
        name = name or member.name
        if self.left <= 0:
            self._problem(f"{name!r} is not read: the package inflates to more than {self.bound} bytes")
            return b""
        found = member.extract(min(limit, self.left))
        self.left -= len(found.data)
        if found.problem is not None:
            self._problem(f"{name!r} {found.problem}")
        return found.data

    def spend(self, size: int) -> int:
        """Takes what was unpacked elsewhere from what is left, and gives how much that is."""
        self.left -= size
        return max(0, self.left)
