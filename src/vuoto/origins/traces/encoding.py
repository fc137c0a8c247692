"""The encodings of the message in the code: Base64, compression and digests, near a send or anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import Sign, Trace

NEAR: Final = 1.5
"""Three packages in ten use Base64 somewhere, one in ten beside a send."""

SOMEWHERE: Final = 0.5
MISSING: Final = -1.0
"""Half of the code that uses one has it in native code or in a library of its own."""

_KINDS: Final = {"base64": ("base64", ""), "gzip": ("compression", "gzip"), "zlib": ("compression", "")} | {
    name: ("digest", name) for name in ("md5", "sha1", "sha256", "sha512")
}


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    if suspect.code is None:
        return
    for form in sighting.forms:
        if form not in _KINDS:
            continue
        kind, what = _KINDS[form]
        mine = [t for t in suspect.code.transforms if t.kind == kind and _fits(what, t.what)]
        near = [t for t in mine if t.near_send]
        if near:
            places = tuple(dict.fromkeys(t.place.method for t in near))
            yield Sign(what=f"makes {form}, as the message has it, beside a send", bits=NEAR, group="encoding", places=places)
        elif mine:
            places = tuple(dict.fromkeys(t.place.method for t in mine))
            yield Sign(what=f"makes {form}, as the message has it", bits=SOMEWHERE, group="encoding", places=places)
        else:
            yield Sign(what=f"makes no {form}, which the message has", bits=MISSING, group="encoding missing")


def _fits(what: str, seen: str) -> bool:
    """Whether the call or algorithm is the one; an algorithm that is not known fits any."""
    squeezed = seen.lower().replace("-", "")
    return what in squeezed or (not any(name in squeezed for name in ("md5", "sha", "gzip", "deflat")))


TRACE = Trace(
    name="encoding",
    says="Base64, compression or a digest by which values went, in the code; beside a send it counts more. Weak alone.",
    find=_find,
)
