"""Ways from an identifier to a send, in packages that may send without TLS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.code import DataPath
from vuoto.facts.firmware_view import Concern, OddityRule
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.clear_text import allows_clear_text, clear_text_texts
from vuoto.firmware.oddity import Found, OddityFinder

PLAIN: Final = frozenset({"socket", "datagram", "mqtt"})
"""Channels that know no TLS of themselves."""

WEB: Final = frozenset({"http", "web-view", "download"})
"""Channels whose address says whether TLS is used."""


def strongest(paths: Iterable[DataPath]) -> Iterator[DataPath]:
    """Without ways that only the order of calls tells, where another way of the same kind by the same channel was followed."""
    paths = tuple(paths)
    followed = {(path.read.kind, path.send.channel) for path in paths if path.strength == "value"}
    return (path for path in paths if path.strength == "value" or (path.read.kind, path.send.channel) not in followed)


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    code = read.code
    if code is None:
        return
    texts = clear_text_texts(read) if allows_clear_text(read.package) else ()
    for path in strongest(code.paths):
        by_socket = path.send.channel in PLAIN
        if not by_socket and not (texts and path.send.channel in WEB):
            continue
        kind = kind_of(path.read.kind)
        where = f"by {path.send.channel}" + (f"; it names {texts[0]}" if texts and not by_socket else "")
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
            "without TLS: it names an address without TLS that its settings allow, or it sends by a plain socket. Whoever "
            "sits on the way reads along. Send by HTTPS, set usesCleartextTraffic to false, and ask whether the "
            "identifier must leave at all."
        ),
    ),
    find=_find,
)
