"""Ways from an identifier to a send, in packages that may send without TLS."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import Concern, OddityRule
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.oddities.clear_text import open_texts
from vuoto.firmware.oddity import Found, OddityFinder
from vuoto.firmware.open_ways import hidden, open_ways


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    ways = open_ways(read)
    texts = open_texts(read) if ways else []
    for path in ways:
        kind = kind_of(path.read.kind)
        by_url = hidden(path.send.channel) == "by-url"
        where = f"by {path.send.channel}" + (f"; it names {texts[0]}" if by_url else "")
        concern: Concern = "high" if path.strength == "value" and kind.family != "technical" else "medium"
        if path.strength != "value" and kind.family == "technical":
            concern = "low"
        yield Found(
            says=f"{kind.title} may reach a send without TLS, {where}", concern=concern, place=path.read.place, steps=path.steps
        )


ODDITY = OddityFinder(
    rule=OddityRule(
        name="way-in-clear-text",
        title="An identifier may reach a send that is not encrypted",
        concern="high",
        help=(
            "Code leads from the place where an identifier is read to a place that sends, and the package may send "
            "without TLS: it names an address without TLS that its settings allow, or it sends by a plain socket, on which "
            "TLS is not followed, or by a text message. Whoever sits on the way reads along. Send by HTTPS, set "
            "usesCleartextTraffic to false, and ask whether the identifier must leave at all."
        ),
    ),
    find=_find,
)
