"""Keys of ciphers that stand in the code."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    for one in read.code.transforms if read.code is not None else ():
        if one.kind == "constant-key":
            near = ", beside a send" if one.near_send else ""
            yield Found(says=f"a key is made from a constant{near}", place=one.place)


ODDITY = OddityFinder(
    rule=OddityRule(
        name="constant-key",
        title="A key of a cipher stands in the code",
        concern="medium",
        help=(
            "Whoever has the package has the key, so what is encrypted with it is no secret: the body of a request "
            "encrypted so counts as readable. Use TLS for the way, and Android's key store for what is kept."
        ),
    ),
    find=_find,
)
