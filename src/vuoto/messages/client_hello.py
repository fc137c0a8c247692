"""ClientHello and ServerHello (RFC 8446 §4.1, RFC 5246 §7.4.1, DTLS: RFC 9147 §5.3), and JA4.

JA4 (TLS client fingerprint) is by FoxIO, BSD-3-Clause, as published in its technical details; only plain JA4 is made here, none
of the other methods of that family. Server name: RFC 6066 §3; ALPN: RFC 7301; encrypted server names: RFC 9849 and the older
ESNI drafts.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from vuoto.facts.vocabulary import Protection

PROTECTIONS: Final[dict[int, Protection]] = {0x0301: "tls1.0", 0x0302: "tls1.1", 0x0303: "tls1.2", 0x0304: "tls1.3"}

VERSION_NAMES: Final[dict[int, str]] = {
    0x0002: "SSL 2.0", 0x0300: "SSL 3.0", 0x0301: "TLS 1.0", 0x0302: "TLS 1.1", 0x0303: "TLS 1.2", 0x0304: "TLS 1.3",
    0xFEFF: "DTLS 1.0", 0xFEFD: "DTLS 1.2", 0xFEFC: "DTLS 1.3",
}  # fmt: skip

_JA4_VERSIONS: Final[dict[int, str]] = {
    0x0002: "s2", 0x0300: "s3", 0x0301: "10", 0x0302: "11", 0x0303: "12", 0x0304: "13", 0xFEFF: "d1", 0xFEFD: "d2", 0xFEFC: "d3",
}  # fmt: skip

_SERVER_NAME, _SIGNATURE_ALGORITHMS, _ALPN, _SUPPORTED_VERSIONS = 0, 13, 16, 43
_ECH, _ESNI = 0xFE0D, 0xFFCE

_EMPTY_HASH: Final = "0" * 12


@dataclass(slots=True, kw_only=True)
class Hello:
    """A ClientHello or ServerHello, as far as its bytes go."""

    version: int
    """`legacy_version`, or what was chosen (ServerHello)."""

    ciphers: list[int] = field(default_factory=list)
    """Cipher suites in order."""

    extensions: list[int] = field(default_factory=list)
    """Extension types in order."""

    server_name: bytes | None = None
    """The first `host_name`."""

    server_name_at: int = 0
    """Its offset in the body."""

    alpn: list[bytes] = field(default_factory=list)
    """Protocols in order of preference."""

    versions: list[int] = field(default_factory=list)
    """`supported_versions`, in order."""

    signatures: list[int] = field(default_factory=list)
    """`signature_algorithms`, in order."""

    complete: bool = False
    """Whether all of it was there and well formed."""


_GREASE: Final = frozenset(range(0x0A0A, 0x10000, 0x1010))
"""The sixteen values of RFC 8701 that mean nothing."""


def grease(value: int) -> bool:
    """Whether it is a value that means nothing."""
    return value in _GREASE


def draft(version: int) -> int:
    """TLS 1.3 for its drafts (0x7f00 to 0x7f1c; Facebook's 0xfb00 to 0xfb1a), else the version itself."""
    return 0x0304 if version >> 8 in (0x7F, 0xFB) else version


_TYPE_AND_LENGTH: Final = struct.Struct(">HH").unpack_from


def _numbers(data: bytes) -> list[int]:
    return list(struct.unpack_from(f">{len(data) // 2}H", data))


def _extensions(body: bytes, at: int) -> list[tuple[int, int, int]]:
    """`(type, offset, length)`; the last one may be cut, and ends with the bytes."""
    end = min(len(body), at + 2 + (int.from_bytes(body[at : at + 2], "big")))
    at += 2
    found: list[tuple[int, int, int]] = []
    while at + 4 <= end:
        kind, length = _TYPE_AND_LENGTH(body, at)
        at += 4
        found.append((kind, at, min(length, end - at)))
        at += length
    return found


def parse_client_hello(body: bytes, *, dtls: bool = False) -> Hello | None:
    """The ClientHello in a handshake message's body, or `None` where not even the cipher suites begin."""
    if len(body) < 35:
        return None
    hello = Hello(version=body[0] << 8 | body[1])
    at = 35 + body[34]
    if dtls:
        if at >= len(body):
            return None
        at += 1 + body[at]
    if at + 2 > len(body):
        return None
    size = body[at] << 8 | body[at + 1]
    at += 2
    hello.ciphers = _numbers(body[at : at + size])
    at += size
    if at >= len(body):
        return hello
    at += 1 + body[at]
    if at > len(body):
        return hello
    hello.complete = at == len(body) or (at + 2 <= len(body) and at + 2 + (body[at] << 8 | body[at + 1]) == len(body))
    for kind, start, length in _extensions(body, at):
        hello.extensions.append(kind)
        data = body[start : start + length]
        if kind == _SERVER_NAME and hello.server_name is None and len(data) >= 5 and data[2] == 0:
            name = data[5 : 5 + (data[3] << 8 | data[4])]
            if name:
                hello.server_name, hello.server_name_at = name, start + 5
        elif kind == _ALPN:
            hello.alpn = _alpn(data)
        elif kind == _SUPPORTED_VERSIONS:
            hello.versions = _numbers(data[1 : 1 + data[0]]) if data else []
        elif kind == _SIGNATURE_ALGORITHMS:
            hello.signatures = _numbers(data[2:])
    return hello


def _alpn(data: bytes) -> list[bytes]:
    found: list[bytes] = []
    at = 2
    while at < len(data):
        found.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return found


def parse_server_hello(body: bytes) -> Hello | None:
    """The ServerHello (or HelloRetryRequest) in a handshake message's body; `version` is the one chosen."""
    if len(body) < 35:
        return None
    hello = Hello(version=body[0] << 8 | body[1])
    at = 35 + body[34]
    if at + 3 > len(body):
        return hello
    hello.ciphers = _numbers(body[at : at + 2])
    for kind, start, length in _extensions(body, at + 3):
        hello.extensions.append(kind)
        if kind == _SUPPORTED_VERSIONS and length == 2:  # RFC 8446 §4.2.1
            hello.version = body[start] << 8 | body[start + 1]
        elif kind == _ALPN:
            hello.alpn = _alpn(body[start : start + length])
    hello.version = draft(hello.version)
    hello.complete = True
    return hello


def offered(hello: Hello) -> int:
    """The highest version that the client offers."""
    versions = [draft(v) for v in hello.versions if not grease(v)]
    if not versions:
        return hello.version
    return min(versions) if versions[0] >> 8 == 0xFE else max(versions)  # DTLS counts downwards


def describe(hello: Hello, transport: str) -> list[tuple[str, str]]:
    """Details of the flow that the ClientHello gives; `transport` is JA4's letter: `t`, `q` or `d`."""
    details: list[tuple[str, str]] = []
    if hello.alpn:
        details.append(("alpn_offered", ",".join(p.decode("ascii", "backslashreplace") for p in hello.alpn)))
    if _ECH in hello.extensions or _ESNI in hello.extensions:
        # Browsers send a random one as well (RFC 9849 §6.2), and nothing tells the two apart from outside.
        details.append(("encrypted_client_hello", "offered; where it is real, the server name read here is only the outer one"))
    if hello.complete:
        details.append(("ja4", ja4(hello, transport)))
    return details


def ja4(hello: Hello, transport: str) -> str:
    """The fingerprint `a_b_c` of a ClientHello.

    *a*: versions and counts. *b*: hash of the sorted cipher suites. *c*: hash of the sorted extensions (without server name and
    ALPN) and of the signature algorithms in their order. GREASE values are left out.
    """
    return _ja4(
        transport,
        _JA4_VERSIONS.get(offered(hello), "00"),
        tuple(sorted([c for c in hello.ciphers if c not in _GREASE])),
        tuple(sorted([e for e in hello.extensions if e not in _GREASE])),
        tuple([s for s in hello.signatures if s not in _GREASE]),
        hello.alpn[0] if hello.alpn else b"",
    )


@lru_cache(maxsize=1024)
def _ja4(
    transport: str, version: str, ciphers: tuple[int, ...], extensions: tuple[int, ...], signatures: tuple[int, ...], alpn: bytes
) -> str:
    """Remembered: an app says the same in each of its hellos, but for the order and GREASE."""
    first = (
        f"{transport}{version}{'d' if _SERVER_NAME in extensions else 'i'}"
        f"{min(len(ciphers), 99):02d}{min(len(extensions), 99):02d}{_ja4_alpn(alpn)}"
    )
    third = ",".join([f"{e:04x}" for e in extensions if e not in (_SERVER_NAME, _ALPN)])
    if signatures:
        third += "_" + ",".join([f"{s:04x}" for s in signatures])
    return f"{first}_{_hash(','.join([f'{c:04x}' for c in ciphers]))}_{_hash(third) if extensions else _EMPTY_HASH}"


def _ja4_alpn(alpn: bytes) -> str:
    if not alpn:
        return "00"
    ends = alpn[:1] + alpn[-1:]
    if ends.isalnum():
        return ends.decode("ascii")
    digits = alpn.hex()
    return digits[0] + digits[-1]


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12] if text else _EMPTY_HASH
