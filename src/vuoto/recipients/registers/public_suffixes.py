"""Registrable domains, by the Public Suffix List that the package `publicsuffixlist` ships (ICANN and private section both).

Only the list is taken from that package: its own class builds all 10,000 rules in 27 ms, while a set of the list's lines
answers the same question (https://github.com/publicsuffix/list/wiki/Format) and is made in 3 ms. Rules in other scripts stand
in the list as Unicode, so a host in punycode is asked for in both spellings. Tests compare the answers with those of the
class.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.resources import files

from vuoto.facts.document import Reference
from vuoto.recipients.register import Answers, Own, Register


def _open(_own: Own) -> Answers:
    raw = (files("publicsuffixlist") / "public_suffix_list.dat").read_bytes()
    mark = raw.find(b"// VERSION: ")
    snapshot = raw[mark + 12 : mark + 22].decode("ascii", "replace") if mark >= 0 else ""
    reference = Reference(name="Public Suffix List", snapshot=snapshot, sha256=sha256(raw).hexdigest(), licence="MPL-2.0")

    @cache
    def rules() -> frozenset[str]:
        return frozenset(line.rstrip() for line in raw.decode("utf-8", "replace").split("\n"))

    def suffix(host: str) -> str | None:
        return registrable(host, rules())

    return Answers(references=(reference,), suffix=suffix)


def registrable(host: str, rules: frozenset[str]) -> str | None:
    """The public suffix of `host` plus one label, or `None` where the host is itself a public suffix or has one label."""
    labels = host.split(".")
    spoken = [_spoken(label) for label in labels]
    count = len(labels)
    public = 1  # where no rule matches, the rule is "*"
    for start in range(count):
        tail = ".".join(spoken[start:])
        if "!" + tail in rules:
            public = count - start - 1
            break
        if tail in rules or "*." + tail in rules:  # what a wildcard stands under is a suffix as well, as in that class
            public = count - start
            break
        if start + 1 < count and "*." + ".".join(spoken[start + 1 :]) in rules:
            public = count - start
            break
    return ".".join(labels[count - public - 1 :]) if public < count else None


def _spoken(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode("ascii").decode("idna")
    except UnicodeError:
        return label


REGISTER = Register(name="public suffixes", confidence=50, open=_open)
