"""Packages that run with the rights of the system's own processes."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    shared = read.package.shared_user_id
    if shared is not None and shared.startswith("android.uid."):
        sends = read.code is not None and bool(read.code.sends)
        yield Found(
            says=f"shares the user id {shared}" + (", and its code sends" if sends else ""), concern="medium" if sends else "low"
        )


ODDITY = OddityFinder(
    rule=OddityRule(
        name="system-user",
        title="It shares a user id of the system",
        concern="medium",
        help=(
            "Packages of one shared user id have all rights of each other: with android.uid.system or android.uid.phone "
            "those of the system and of the modem's service, whatever its own list of permissions says. It is graver "
            "where the code sends. Give the package a user id of its own."
        ),
    ),
    find=_find,
)
