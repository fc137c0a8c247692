"""A way on which personal data may leave in the clear: a read that may reach a send, in a package that names a host without TLS.

The host and the way need not meet: code builds addresses where nobody follows them. So the refusal says both, and their places.
A way to a plain socket is undecided: whether TLS is put on top of it is not followed.
"""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import ReadPackage
from vuoto.facts.code import CodePlace, DataPath
from vuoto.facts.gates import GateFinding
from vuoto.facts.vocabulary import kind_of
from vuoto.firmware.comparing.abilities import Host, clear_text_allowed, hosts_of, place_words, ways_of
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule

_PLAIN = ("socket", "datagram")


def _judge(question: Question) -> Iterator[GateFinding]:
    for pair in question.pairs:
        before = _open(pair.old) if pair.old is not None else {}
        known = ways_of(pair.old).keys() if pair.old is not None else frozenset()
        ways = {key: rows[0] for key, rows in ways_of(pair.new).items()}
        by_url = {key: path for key, path in ways.items() if key[1] not in (*_PLAIN, "sms")}
        for name, host in _open(pair.new).items() if by_url else ():
            gained = [key for key in by_url if name not in before or key not in known]
            if gained:
                yield _refused(pair.new, host, [kind for kind, _ in gained], by_url[gained[0]])
        for (kind, channel), path in ways.items():
            if channel in _PLAIN and (kind, channel) not in known:
                because = (
                    f"it may send {kind_of(kind).title} over a {channel}, in {place_words(path.send.place)}, and whether TLS is "
                    "put on top of it was not followed"
                )
                yield finding(RULE.name, "undecided", pair.new, f"{kind} to {channel}", because, _steps(path))


def _refused(read: ReadPackage, host: Host, kinds: list[str], path: DataPath) -> GateFinding:
    what = ", ".join(kind_of(kind).title for kind in dict.fromkeys(kinds))
    because = (
        f"it may send {what} (read in {place_words(path.read.place)}, sent in {place_words(path.send.place)}), and names "
        f"{host.host} without TLS, {_where(host)}"
    )
    return finding(RULE.name, "refused", read, host.host, because, [*host.places, *_steps(path)])


def _open(read: ReadPackage) -> dict[str, Host]:
    """Hosts named without TLS, to which the package's settings allow that."""
    return {n: h for n, h in hosts_of(read).items() if h.clear and clear_text_allowed(read.package, n)}


def _where(host: Host) -> str:
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
