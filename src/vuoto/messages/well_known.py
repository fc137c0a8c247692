"""Names for protocols that are not read field by field: each told by its first bytes, ports only where the bytes agree.

What they send is looked through as bytes. Where a protocol encrypts by itself, the reason stands beside its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from vuoto.facts.vocabulary import Protection, Transport
from vuoto.messages.protocol import Heads


class WellKnown(NamedTuple):
    """A protocol with a name and no reader."""

    name: str
    transport: Transport
    test: Callable[[Heads], bool]
    protection: Protection = "none"
    why: str | None = None


def _first(pattern: bytes) -> Callable[[Heads], bool]:
    """Whether the device's first bytes look so."""
    match = re.compile(pattern, re.IGNORECASE | re.DOTALL).match
    return lambda heads: match(heads.sent) is not None


def _either(sent: bytes, answered: bytes) -> Callable[[Heads], bool]:
    """Whether the first bytes of either direction look so; the device may be either side."""
    one = re.compile(sent, re.IGNORECASE | re.DOTALL).match
    other = re.compile(answered, re.IGNORECASE | re.DOTALL).match
    return lambda h: any(one(a) is not None or other(a) is not None for a in (h.sent, h.answered) if a)


def _on(ports: tuple[int, ...], test: Callable[[bytes], bool]) -> Callable[[Heads], bool]:
    """Whether a port is one of `ports` and the first bytes pass."""
    among = frozenset(ports)
    return lambda h: not among.isdisjoint(h.ports) and any(test(d) for d in (h.sent, h.answered) if d)


def _both(ports: tuple[int, ...], sent: bytes, answered: bytes) -> Callable[[Heads], bool]:
    """`_either`, on one of `ports`: for greetings that several protocols share."""
    test, among = _either(sent, answered), frozenset(ports)
    return lambda h: not among.isdisjoint(h.ports) and test(h)


def _mqtt(data: bytes) -> bool:
    return re.match(rb"\x10[\x00-\xff]{1,4}?\x00(?:\x04MQTT[\x03-\x05]|\x06MQIsdp\x03)", data, re.DOTALL) is not None


def _coap(data: bytes) -> bool:
    """RFC 7252 §3: version 1, token of at most 8, a code of a class that exists."""
    return len(data) >= 4 and data[0] >> 6 == 1 and data[0] & 15 <= 8 and data[1] >> 5 in (0, 2, 4, 5)


_HTTP2_WHY: Final = "HTTP/2 without TLS; its frames were looked through as bytes"
_SSH_WHY: Final = "SSH is encrypted; only its banner and key exchange are clear, and were looked through"

_ALL: Final = (
    WellKnown("http/2", "tcp", _first(rb"PRI \* HTTP/2\.0\r\n"), "none", _HTTP2_WHY),
    WellKnown("ssh", "tcp", _either(rb"SSH-\d\.", rb"SSH-\d\."), "unknown", _SSH_WHY),
    WellKnown("mqtt", "tcp", lambda h: _mqtt(h.sent)),
    WellKnown("smtp", "tcp", _either(rb"(?:EHLO|HELO|LHLO) ?\S*\r?\n", rb"(?!)")),
    WellKnown("smtp", "tcp", _both((25, 465, 587, 2525), rb"MAIL FROM:", rb"220[ -]")),
    WellKnown("ftp", "tcp", _both((21, 990, 2121), rb"(?:USER|AUTH|FEAT|SYST)\b", rb"220[ -]")),
    WellKnown("imap", "tcp", _either(rb"[A-Z0-9.]{1,16} (?:CAPABILITY|LOGIN|AUTHENTICATE|STARTTLS)\b", rb"\* (?:OK|PREAUTH)\b")),
    WellKnown("pop3", "tcp", _both((110, 995), rb"(?:USER|CAPA|AUTH|APOP|STLS|QUIT)\b", rb"\+OK\b")),
    WellKnown("irc", "tcp", _either(rb"(?:NICK|CAP LS|PASS) ?[^\r\n]*\r?\n(?:USER|NICK|CAP)\b", rb":\S+ NOTICE (?:AUTH|\*)")),
    WellKnown("xmpp", "tcp", _either(rb"\s*(?:<\?xml[^>]*\?>)?\s*<stream:stream\b", rb"(?!)")),
    WellKnown("bittorrent", "tcp", _either(rb"\x13BitTorrent protocol", rb"(?!)")),
    WellKnown("ntp", "udp", _on((123,), lambda d: len(d) >= 48 and 1 <= d[0] >> 3 & 7 <= 4)),
    WellKnown("dhcp", "udp", _on((67, 68), lambda d: len(d) >= 240 and d[0] in (1, 2) and d[236:240] == b"\x63\x82\x53\x63")),
    WellKnown("dhcpv6", "udp", _on((546, 547), lambda d: len(d) >= 4 and 1 <= d[0] <= 13)),
    WellKnown("netbios-ns", "udp", _on((137,), lambda d: len(d) >= 12)),
    WellKnown("netbios-dgm", "udp", _on((138,), lambda d: len(d) >= 14 and 0x10 <= d[0] <= 0x16)),
    WellKnown("syslog", "udp", _either(rb"<\d{1,3}>", rb"(?!)")),
    WellKnown("stun", "udp", _either(rb"[\x00-\x3f][\x00-\xff]{3}\x21\x12\xa4\x42", rb"(?!)")),
    WellKnown("coap", "udp", _on((5683,), _coap)),
    WellKnown("tftp", "udp", _on((69,), lambda d: d[:2] in (b"\0\1", b"\0\2"))),
    WellKnown("snmp", "udp", _on((161, 162), lambda d: d[:1] == b"\x30")),
    WellKnown("wireguard", "udp", _either(rb"\x01\0\0\0[\x00-\xff]{144}\Z", rb"(?!)"), "unknown", "WireGuard is encrypted"),
)  # fmt: skip

_BY_TRANSPORT: Final[dict[Transport, tuple[WellKnown, ...]]] = {
    "tcp": tuple(known for known in _ALL if known.transport == "tcp"),
    "udp": tuple(known for known in _ALL if known.transport == "udp"),
}

_ANNOUNCED: Final[dict[str, tuple[str, Protection, str]]] = {
    "websocket": ("websocket", "none", "WebSocket frames are masked (RFC 6455 §5.3), which hides nothing, and are not read yet"),
    "h2c": ("http/2", "none", _HTTP2_WHY),
}


def name_of(heads: Heads) -> tuple[str, Protection, str | None] | None:
    """`(name, protection, why nothing could be read)` of the first in the table that fits.

    Patterns exclude one another, so the order only groups them.
    """
    announced = _ANNOUNCED.get(heads.name)
    if announced is not None:
        return announced
    for known in _BY_TRANSPORT[heads.transport]:
        if known.test(heads):
            return known.name, known.protection, known.why
    return None
