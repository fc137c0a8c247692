"""How a package hides code, in words, and what of it nobody has read; said so by `show`, `scan`, `diff` and `gate`."""

from __future__ import annotations

from typing import Final

from vuoto.facts.builds import ReadPackage
from vuoto.facts.packages import HiddenFile

WHERE: Final = {
    "beside": "",
    "archive": ", in an archive",
    "foreign-name": ", under a name that does not say so",
    "embedded": ", in the middle of another file",
    "scrambled": ", made unreadable by base64 or one byte",
}
"""Behind what it is, by `HiddenFile.how`."""

DISGUISED: Final = frozenset(("foreign-name", "embedded", "scrambled"))
"""Ways of hiding that no build tool chooses by itself."""


def hidden_words(one: HiddenFile) -> str:
    """`keeps code in assets/x.bin, under a name that does not say so`."""
    what = {"dex": "code", "native": "native code", "package": f"the package {one.name or 'without a name'}"}.get(one.kind)
    if what is None:
        return f"keeps {one.size:,} bytes in {one.path} that look encrypted, or compressed in a way that is not known"
    return f"keeps {what} in {one.path}{WHERE.get(one.how, '')}"


def unseen(read: ReadPackage) -> tuple[HiddenFile, ...]:
    """Dense data of a package that loads code at run time: what it loads may be in it."""
    if read.code is None or not read.code.loads:
        return ()
    return tuple(one for one in read.package.hidden if one.kind == "dense")
