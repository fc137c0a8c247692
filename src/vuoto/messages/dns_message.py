"""DNS messages: RFC 1035 §4, EDNS(0) RFC 6891, Client Subnet RFC 7871. Compression pointers are bounded.

Not read: rdata of types other than those below; DNSSEC; dynamic update's prerequisites (they are read as answers are).
"""

from __future__ import annotations

import struct
from functools import lru_cache
from ipaddress import IPv6Address
from typing import Final, NamedTuple

A: Final = 1
CNAME: Final = 5
TXT: Final = 16
AAAA: Final = 28
OPT: Final = 41

TYPE_NAMES: Final[dict[int, str]] = {
    1: "A", 2: "NS", 5: "CNAME", 6: "SOA", 12: "PTR", 13: "HINFO", 15: "MX", 16: "TXT", 28: "AAAA", 33: "SRV", 41: "OPT",
    47: "NSEC", 64: "SVCB", 65: "HTTPS", 255: "ANY",
}  # fmt: skip

MAX_NAME = 255
"""Octets of a name (RFC 1035 §2.3.4)."""

MAX_JUMPS = 32
"""Compression pointers followed in one name; each must point backwards (§4.1.4: a prior occurrence), so this only bounds cost."""

_HEADER: Final = struct.Struct(">2x5H").unpack_from
"""Flags and the four counts."""

_QUESTION: Final = struct.Struct(">HH").unpack_from
"""Type and class."""

_RECORD: Final = struct.Struct(">H6xH").unpack_from
"""Type and length of the rdata."""

MAX_RECORDS = 1024
"""Questions and records read of one message: 64 KiB hold 5,461 questions of the root, none of which says anything."""


class Question(NamedTuple):
    """What is asked for."""

    name: bytes
    """Dotted, as sent (case kept), without the trailing dot; the root is empty."""

    type: int
    klass: int
    offset: int
    """Of the name in the message."""

    length: int
    """Of the name as it stands there."""


class Record(NamedTuple):
    """A resource record."""

    name: bytes
    name_offset: int
    """Of the name in the message."""

    type: int
    offset: int
    """Of the rdata in the message."""

    length: int
    """Of the rdata."""


class DnsMessage(NamedTuple):
    """A message, as far as it could be read."""

    opcode: int
    response: bool
    questions: tuple[Question, ...]
    records: tuple[Record, ...]
    """Answers, authorities and additional ones, in that order."""

    stop: int
    """Offset after what was read."""

    complete: bool
    """Whether all that the counts promise was there."""


def read_name(data: bytes, at: int) -> tuple[bytes, int] | None:
    """The name at `data[at]`, dotted, and the offset after it; `None` where it is broken."""
    labels: list[bytes] = []
    size = jumps = 0
    after = -1
    limit = len(data)
    while at < limit:
        length = data[at]
        if length == 0:
            return b".".join(labels), (at + 1 if after < 0 else after)
        if length >= 0xC0:
            if at + 1 >= limit:
                return None
            target = (length & 0x3F) << 8 | data[at + 1]
            jumps += 1
            if target >= at or jumps > MAX_JUMPS:
                return None
            if after < 0:
                after = at + 2
            at = target
            continue
        size += length + 1
        if length > 63 or size > MAX_NAME or at + 1 + length > limit:
            return None
        labels.append(data[at + 1 : at + 1 + length])
        at += length + 1
    return None


def parse(data: bytes) -> DnsMessage | None:
    """The message in `data`, or `None` where not even its header and first name are there."""
    size = len(data)
    if size < 12:
        return None
    flags, asked, *given = _HEADER(data)
    recorded = sum(given)
    at = 12
    questions: list[Question] = []
    records: list[Record] = []
    complete = True
    for _ in range(min(asked, MAX_RECORDS)):
        named = read_name(data, at)
        if named is None or named[1] + 4 > size:
            complete = False
            break
        name, after = named
        kind, klass = _QUESTION(data, after)
        questions.append(Question(name, kind, klass, at, after - at))
        at = after + 4
    if complete:
        for _ in range(min(recorded, MAX_RECORDS)):
            named = read_name(data, at)
            if named is None or named[1] + 10 > size:
                complete = False
                break
            name, after = named
            kind, length = _RECORD(data, after)
            rdata = after + 10
            if rdata + length > size:
                complete = False
                break
            records.append(Record(name, at, kind, rdata, length))
            at = rdata + length
    if not complete and not questions and not records:
        return None
    complete = complete and asked <= MAX_RECORDS and recorded <= MAX_RECORDS
    return DnsMessage(flags >> 11 & 15, bool(flags & 0x8000), tuple(questions), tuple(records), at, complete)


def texts(data: bytes, record: Record) -> list[tuple[bytes, int]]:
    """The character strings of a TXT record (RFC 1035 §3.3.14) and their offsets in `data`."""
    found: list[tuple[bytes, int]] = []
    at, end = record.offset, record.offset + record.length
    while at < end:
        length = min(data[at], end - at - 1)
        if length:
            found.append((data[at + 1 : at + 1 + length], at + 1))
        at += length + 1
    return found


def options(data: bytes, record: Record) -> list[tuple[int, int, int]]:
    """`(code, offset, length)` of the options of an OPT record (RFC 6891 §6.1.2)."""
    found: list[tuple[int, int, int]] = []
    at, end = record.offset, record.offset + record.length
    while at + 4 <= end:
        length = min(data[at + 2] << 8 | data[at + 3], end - at - 4)
        found.append((data[at] << 8 | data[at + 1], at + 4, length))
        at += length + 4
    return found


def client_subnet(value: bytes) -> str | None:
    """`192.0.2.0/24` of an EDNS Client Subnet option (RFC 7871 §6), or `None` where it is broken."""
    if len(value) < 4:
        return None
    family, prefix, octets = value[0] << 8 | value[1], value[2], value[4:]
    size = {1: 4, 2: 16}.get(family)
    if size is None or prefix > size * 8 or len(octets) > size:
        return None
    return f"{_address(octets.ljust(size, bytes(1)))}/{prefix}"


def addresses(data: bytes, message: DnsMessage) -> list[tuple[str, str]]:
    """`(address, name asked for)` of an answer.

    Aliases are followed from the question (RFC 1034 §3.6.2), so the name is the one that was asked for. Without a question (mDNS)
    each record's own name counts.
    """
    named: dict[bytes, bytes] = {q.name.lower(): q.name.lower() for q in message.questions}
    found: list[tuple[str, str]] = []
    # Aliases may stand in any order; each pass resolves at least one more, and chains are short (resolvers stop at 8 to 16).
    aliases = [r for r in message.records if r.type == CNAME]
    for _ in range(min(len(aliases), 16)):
        grown = False
        for record in aliases:
            asked = named.get(record.name.lower())
            target = read_name(data, record.offset)
            if asked is not None and target is not None and target[0].lower() not in named:
                named[target[0].lower()] = asked
                grown = True
        if not grown:
            break
    for record in message.records:
        if (record.type, record.length) in ((A, 4), (AAAA, 16)):
            own = record.name.lower()
            asked = named.get(own) if message.questions else own
            if asked:
                name = asked.decode("ascii", "backslashreplace").rstrip(".")
                found.append((_address(data[record.offset : record.offset + record.length]), name))
    return found


@lru_cache(maxsize=4096)
def _address(octets: bytes) -> str:
    return ".".join(map(str, octets)) if len(octets) == 4 else str(IPv6Address(octets))
