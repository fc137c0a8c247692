"""The request path in the code: whole, without its first slash (as Retrofit has it), its last segments, or its first ones.

Code joins paths from pieces (`http://…/get2/` and what follows) and fills them in (`…/download/v1/%s.tar.gz`, `users/{id}`), so
its first segments stand in it more often than the whole.

A path that stands in the same text as the host says little more than that text already did, so it counts in the host's group.
Segments with digits are left out of the words: they are ids more often than names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from vuoto.facts.origins import Sighting
from vuoto.origins.rarity import guess_of_name
from vuoto.origins.suspect import Suspect
from vuoto.origins.trace import HIT, Sign, Trace, bits

MOST_PATHS: Final = 16
"""Paths looked at per sighting; others like these tell the same."""

MOST_TAILS: Final = 3
"""Last segments that are tried together and alone."""

MOST_HEADS: Final = 4
"""First segments that are tried together."""

MISSING: Final = -0.5
"""Half of all code puts its paths together, or is told them."""

_ID: Final = re.compile(r"\d{4,}|[0-9a-fA-F-]{16,}")
_HOWS: Final = ("url", "path", "constant", "resource", "native", "host")


def _tails(path: str) -> list[str]:
    """`/api/sdk/init2`, `api/sdk/init2`, `sdk/init2`; nothing for the root."""
    segments = [s for s in path.split("/") if s]
    if not segments or any(_ID.search(s) for s in segments):
        segments = segments[: next((n for n, s in enumerate(segments) if _ID.search(s)), 0)]
    if not segments:
        return []
    tails = ["/".join(segments[-n:]) for n in range(len(segments), 0, -1)]
    return [t for t in (f"/{tails[0]}", *tails[:MOST_TAILS]) if len(t) > 3]


def _heads(path: str) -> list[str]:
    """`/api/sdk/init2` without its last segments: `/api/sdk`, `/api`."""
    segments = [s for s in path.split("/") if s]
    segments = segments[: next((n for n, s in enumerate(segments) if _ID.search(s)), len(segments) - 1)][:MOST_HEADS]
    heads = ["/" + "/".join(segments[:n]) for n in range(len(segments), 0, -1)]
    return [head for head in heads if len(head) > 3]


def _words(sighting: Sighting) -> Iterator[str]:
    for path in sighting.paths[:MOST_PATHS]:
        yield from _tails(path)
        yield from _heads(path)


def _ends(head: str, text: str) -> bool:
    """Whether the text goes on behind the head only with what is filled in: nothing, a slash, or a piece with `%` or `{`."""
    rest = text[text.find(head) + len(head) :]
    return rest in ("", "/") or rest[:2] in ("/%", "/{", "/$") or ("%" in rest and rest[0] == "/")


def _part(tail: str, tails: list[str]) -> str:
    return ", the end of a path" if tail in tails else ", the beginning of a path"


def _guess(tail: str) -> float:
    segments = [s for s in tail.split("/") if s]
    guess = 1.0
    for segment in segments[:4]:
        guess *= max(guess_of_name(segment), 0.02)
    return max(guess, 0.0005)


def _find(sighting: Sighting, suspect: Suspect) -> Iterator[Sign]:
    looked = found = False
    for path in sighting.paths[:MOST_PATHS]:
        tails, heads = _tails(path), _heads(path)
        for tail in dict.fromkeys((*tails, *heads)):
            looked = True
            holdings = [h for h in suspect.holds(tail, _HOWS) if tail in tails or _ends(tail, h.text)]
            if not holdings:
                continue
            found = True
            same = any(h.host and h.host == sighting.host for h in holdings)
            whole = tail.strip("/") == path.strip("/")
            yield Sign(
                what=f"holds {'the path ' if whole else ''}{tail}{'' if whole else _part(tail, tails)}, "
                f"which stands {suspect.share(tail)}",
                bits=bits(HIT if whole else HIT / 2, suspect.rate(tail, _guess(tail))),
                group="address" if same else "path",
                places=tuple(dict.fromkeys(place for h in holdings for place in h.places)),
            )
            break
    if looked and not found:
        yield Sign(what="holds no path of these requests", bits=MISSING, group="path missing")


TRACE = Trace(
    name="path",
    says="The path of the request, or its last segments, as a text of code or in an annotation. A path in the text of the "
    "same URL as the host counts half.",
    find=_find,
    words=_words,
)
