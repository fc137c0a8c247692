"""Builds hellos and records, for the tests."""

from __future__ import annotations

from collections.abc import Sequence


def vector(data: bytes, size: int = 2) -> bytes:
    """A length of `size` octets, then `data`."""
    return len(data).to_bytes(size, "big") + data


def server_name(name: bytes) -> tuple[int, bytes]:
    return 0, vector(b"\0" + vector(name))


def alpn(*protocols: bytes) -> tuple[int, bytes]:
    return 16, vector(b"".join(vector(p, 1) for p in protocols))


def supported_versions(*versions: int) -> tuple[int, bytes]:
    return 43, vector(b"".join(v.to_bytes(2, "big") for v in versions), 1)


def client_hello(
    *extensions: tuple[int, bytes], version: int = 0x0303, ciphers: Sequence[int] = (0x1301, 0xC02F), dtls: bool = False
) -> bytes:
    """A ClientHello's body."""
    return (
        version.to_bytes(2, "big")
        + bytes(range(32))
        + vector(b"", 1)
        + (vector(b"", 1) if dtls else b"")
        + vector(b"".join(c.to_bytes(2, "big") for c in ciphers))
        + b"\1\0"
        + vector(b"".join(kind.to_bytes(2, "big") + vector(data) for kind, data in extensions))
    )


def server_hello(*extensions: tuple[int, bytes], version: int = 0x0303, session: bytes = b"") -> bytes:
    """A ServerHello's body; `session` is the id that it echoes, 32 bytes in TLS 1.3 (RFC 8446 appendix D.4)."""
    ext = vector(b"".join(kind.to_bytes(2, "big") + vector(data) for kind, data in extensions)) if extensions else b""
    return version.to_bytes(2, "big") + bytes(32) + vector(session, 1) + b"\x13\x01" + b"\0" + ext


def handshake(kind: int, body: bytes) -> bytes:
    return bytes([kind]) + vector(body, 3)


def records(data: bytes, size: int = 16384, *, kind: int = 22, version: int = 0x0301) -> bytes:
    """`data` cut into records of at most `size` octets."""
    return b"".join(bytes([kind]) + version.to_bytes(2, "big") + vector(data[at : at + size]) for at in range(0, len(data), size))


def dtls_record(kind: int, body: bytes, version: int = 0xFEFD) -> bytes:
    """A DTLS record with one unfragmented handshake message."""
    message = bytes([kind]) + len(body).to_bytes(3, "big") + bytes(5) + len(body).to_bytes(3, "big") + body
    return b"\x16" + version.to_bytes(2, "big") + bytes(8) + vector(message)
