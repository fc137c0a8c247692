"""A way on which personal data may leave in the clear: a read that may reach a send, in a package that names a host without TLS.

The host and the way need not meet: code builds addresses where nobody follows them. So the refusal says both, and their places.
A way to a plain socket is undecided: whether TLS is put on top of it is not followed. So is one that the order of calls alone
connects: no value was followed; and one beside an address whose host is put together at run time. A text message is in the clear
by what it is. Which hosts and ways these are is said by `named_hosts` and `open_ways`, for this rule and for `scan` alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace, DataPath
from vuoto.facts.gates import GateFinding
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import place_words, ways_of
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule
from vuoto.firmware.named_hosts import NamedHost, open_hosts
from vuoto.firmware.open_ways import hidden


def _judge(question: Question) -> Iterator[GateFinding]:
    for pair in question.pairs:
        before = open_hosts(pair.old) if pair.old is not None else {}
        known = ways_of(pair.old).keys() if pair.old is not None else frozenset()
        ways = {key: rows[0] for key, rows in ways_of(pair.new).items()}
        by_url = {key: path for key, path in ways.items() if hidden(key[1]) == "by-url"}
        for name, host in open_hosts(pair.new).items() if by_url else ():
            gained = {key: path for key, path in by_url.items() if name not in before or key not in known}
            if gained:
                yield _by_url(pair.new, host, gained)
        for (kind, channel), path in ways.items():
            if (kind, channel) in known:
                continue
            if hidden(channel) == "never":
                because = (
                    f"it may send {kind_of(kind).title} as a text message, in {place_words(path.send.place)}{_loosely(path)}"
                )
                yield finding(RULE.name, _outcome(path), pair.new, f"{kind} to {channel}", because, _steps(path))
            elif hidden(channel) == "not-followed":
                because = (
                    f"it may send {kind_of(kind).title} over a {channel}, in {place_words(path.send.place)}, and whether TLS is "
                    "put on top of it was not followed"
                )
                yield finding(RULE.name, "undecided", pair.new, f"{kind} to {channel}", because, _steps(path))


def _by_url(read: ReadPackage, host: NamedHost, gained: Mapping[tuple[str, str], DataPath]) -> GateFinding:
    """What is told of a host: the ways on which a value was followed, else those by the order of calls."""
    rows = {key: path for key, path in gained.items() if path.strength == "value"} or gained
    path = next(iter(rows.values()))
    what = ", ".join(kind_of(kind).title for kind in dict.fromkeys(kind for kind, _ in rows))
    named = f"{host.host} without TLS" if host.host else f"an address without TLS to a host made at run time ({host.url})"
    because = (
        f"it may send {what} (read in {place_words(path.read.place)}, sent in {place_words(path.send.place)}){_loosely(path)}, "
        f"and names {named}, {_where(host)}"
    )
    outcome = _outcome(path) if host.host else "undecided"
    return finding(RULE.name, outcome, read, host.host or host.url, because, [*host.places, *_steps(path)])


def _outcome(path: DataPath) -> Literal["refused", "undecided"]:
    return "refused" if path.strength == "value" else "undecided"


def _loosely(path: DataPath) -> str:
    return "" if path.strength == "value" else " by the order of calls, no value was followed"


def _where(host: NamedHost) -> str:
    return f"in {place_words(host.places[0])}" if host.places else f"in {host.where}"


def _steps(path: DataPath) -> list[CodePlace]:
    return [step.place for step in path.steps]


def _note(question: Question) -> str | None:
    return None if question.baseline is not None else "no baseline was given: every way counts, not only those gained"


RULE = Rule(
    name="clear-text-path",
    asks="whether a package gained a way on which personal data may leave without TLS",
    rests_on="ways from a read to a send, URLs without TLS and the package's settings; and a baseline, without which all count",
    remedy="Send with TLS, and forbid clear text in the package's network security configuration",
    judge=_judge,
    note=_note,
)
