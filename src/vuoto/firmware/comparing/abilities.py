"""What a package can do with a person's data, said so that renaming does not show: by framework calls and kinds of data."""

from __future__ import annotations

import re
from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace, DataPath, IdentifierRead
from vuoto.facts.vocabulary import kind_of

_FIELD_OF_OWN: Final = re.compile(r"L[^;]+;(->[^(:]+).*")


def reads_of(read: ReadPackage) -> dict[tuple[str, str], list[IdentifierRead]]:
    """Reads of identifiers by kind and what is asked, names of the package's own classes left out."""
    found: dict[tuple[str, str], list[IdentifierRead]] = {}
    for one in read.code.reads if read.code is not None else ():
        found.setdefault((one.kind, asked(one)), []).append(one)
    return found


def asked(read: IdentifierRead) -> str:
    """What is asked, without the name of a class of the package's own, which renaming changes."""
    if read.how == "call" and read.certainty != "validated":
        return _FIELD_OF_OWN.sub(r"\1", read.api)
    return read.api


def ways_of(read: ReadPackage) -> dict[tuple[str, str], list[DataPath]]:
    """Ways of personal data by kind and channel; those on which the value was followed come first."""
    found: dict[tuple[str, str], list[DataPath]] = {}
    for path in read.code.paths if read.code is not None else ():
        if is_personal(path.read.kind):
            found.setdefault((path.read.kind, path.send.channel), []).append(path)
    return {key: sorted(rows, key=lambda p: (p.strength != "value", len(p.steps), p.read)) for key, rows in sorted(found.items())}


def is_personal(kind: str) -> bool:
    """Whether a kind singles out a device or a person, or may; a model or a build alone does not."""
    return kind_of(kind).family != "technical"


def collected(read: ReadPackage) -> frozenset[str]:
    """Kinds of personal data that a package asks for, those left out that a text alone speaks for."""
    reads = read.code.reads if read.code is not None else ()
    return frozenset(one.kind for one in reads if is_personal(one.kind) and one.certainty != "possible")


def followed(read: ReadPackage) -> frozenset[str]:
    """Kinds of personal data whose value was followed to a send."""
    paths = read.code.paths if read.code is not None else ()
    return frozenset(path.read.kind for path in paths if path.strength == "value" and is_personal(path.read.kind))


def can_send(read: ReadPackage) -> bool:
    """Whether a package asks for the network, shares the user id of others that may have it, or sends in its code.

    Code that is no app's (libraries, programs, single DEX files) runs in whoever takes it in, and is always held to be able to.
    """
    package = read.package
    return (
        package.kind != "apk"
        or "android.permission.INTERNET" in package.permissions
        or package.shared_user_id is not None
        or (read.code is not None and bool(read.code.sends))
    )


def place_words(place: CodePlace) -> str:
    """`RegistrationTask.run` for a place in the code."""
    owner, _, rest = place.method.partition("->")
    name = owner.rpartition("/")[2].rstrip(";")
    member = rest.partition("(")[0].partition(":")[0]
    return f"{name}.{member}" if member else name
