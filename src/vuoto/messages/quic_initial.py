"""QUIC Initial packets of the client: RFC 9000 §17.2, keys of RFC 9001 §5, QUIC version 2 of RFC 9369, drafts 21 to 34.

Their keys follow from the destination connection id of the client's first packet, so that anyone who sees it can open them: they
hide nothing. Not read: packets of other levels, Google's own versions (Q043 to T051).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

V1: Final = 1
V2: Final = 0x6B3343CF

_SALT_V1: Final = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")
_SALT_V2: Final = bytes.fromhex("0dede3def700a6db819381be6e269dcbf9bd2ed9")
_SALT_29: Final = bytes.fromhex("afbfec289993d24c9e9786f19c6111e04390a899")
_SALT_23: Final = bytes.fromhex("c3eef712c72ebb5a11a7d2432bb46365bef9f502")

_SALT_21: Final = bytes.fromhex("7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a")

MAX_CRYPTO: Final = 32 * 1024
"""Bytes of handshake kept: a ClientHello has at most 16 KiB of sense."""

MAX_PACKETS: Final = 64
"""Initial packets opened in one conversation: a ClientHello comes in one to three; each costs two runs of AES."""

MAX_DATAGRAMS: Final = 256
"""Datagrams looked at: retries and repeated flights of a lost Initial included."""


def salt_of(version: int) -> bytes | None:
    """The salt of a version, or `None` for a version that cannot be read."""
    if version == V1 or 0xFF000021 <= version <= 0xFF000022:
        return _SALT_V1
    if version == V2:
        return _SALT_V2
    if 0xFF00001D <= version <= 0xFF000020:
        return _SALT_29
    if 0xFF000017 <= version <= 0xFF00001C or version == 0xFACEB002:  # mvfst's second version is draft 27 by another number
        return _SALT_23
    if 0xFF000015 <= version <= 0xFF000016 or version == 0xFACEB001:  # mvfst's first is draft 22
        return _SALT_21
    return None


def reserved(version: int) -> bool:
    """Whether it is one that forces a negotiation (RFC 9000 §15)."""
    return version & 0x0F0F0F0F == 0x0A0A0A0A


def candidates(version: int) -> tuple[int, ...]:
    """Versions whose keys may open a packet: its own; for a reserved one, any that its sender may really speak."""
    return (V1, 0xFF00001D, 0xFF000017, 0xFF000015) if reserved(version) else (version,)


def version_name(version: int) -> str:
    """`1`, `2`, `draft-29`, `Q046` or hexadecimal."""
    if version == V1:
        return "1"
    if version == V2:
        return "2"
    if version >> 8 == 0xFF0000:
        return f"draft-{version & 0xFF}"
    letters = version.to_bytes(4, "big")
    if letters[:1] in b"QTP" and letters[1:].isdigit():
        return letters.decode("ascii")
    return f"0x{version:08x}"


class LongHeader(NamedTuple):
    """The part of a long header that no version may change (RFC 8999 §5.1)."""

    first: int
    version: int
    destination: bytes
    source: bytes
    after: int
    """Offset behind the connection ids."""


def long_header(data: bytes, at: int = 0) -> LongHeader | None:
    """The long header at `data[at]`, or `None`."""
    if len(data) < at + 7 or not data[at] & 0x80:
        return None
    version = int.from_bytes(data[at + 1 : at + 5], "big")
    size = data[at + 5]
    if size > 20 or at + 7 + size > len(data):
        return None
    source_at = at + 6 + size
    source_size = data[source_at]
    after = source_at + 1 + source_size
    if source_size > 20 or after > len(data):
        return None
    return LongHeader(data[at], version, data[at + 6 : source_at], data[source_at + 1 : after], after)


def varint(data: bytes, at: int) -> tuple[int, int] | None:
    """RFC 9000 §16: the value at `data[at]` and the offset after it."""
    if at >= len(data):
        return None
    size = 1 << (data[at] >> 6)
    if at + size > len(data):
        return None
    return int.from_bytes(data[at : at + size], "big") & ((1 << 8 * size - 2) - 1), at + size


def _expand(secret: bytes, label: bytes, length: int) -> bytes:
    """HKDF-Expand-Label (RFC 8446 §7.1) for lengths up to one block of SHA-256."""
    name = b"tls13 " + label
    info = length.to_bytes(2, "big") + bytes([len(name)]) + name + b"\0\1"
    return hmac.digest(secret, info, hashlib.sha256)[:length]


@lru_cache(maxsize=256)
def client_keys(version: int, connection_id: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Key, IV and header protection key of the client's Initial packets (RFC 9001 §5.2), or `None` for an unknown version."""
    salt = salt_of(version)
    if salt is None:
        return None
    initial = hmac.digest(salt, connection_id, hashlib.sha256)
    secret = _expand(initial, b"client in", 32)
    prefix = b"quicv2 " if version == V2 else b"quic "
    return _expand(secret, prefix + b"key", 16), _expand(secret, prefix + b"iv", 12), _expand(secret, prefix + b"hp", 16)


@dataclass(slots=True, kw_only=True)
class Crypto:
    """The handshake bytes of one conversation's Initial packets, by offset."""

    pieces: dict[int, bytes] = field(default_factory=dict)
    """Longest piece met at each offset."""

    first_id: bytes | None = None
    """Destination connection id whose keys opened a packet."""

    packets: int = 0
    """Packets that were tried."""

    opened: int = 0
    """Packets that were opened."""

    def joined(self) -> bytes:
        """The contiguous bytes from offset 0."""
        whole = bytearray()
        for offset in sorted(self.pieces):
            piece = self.pieces[offset]
            if offset > len(whole):
                break
            whole += piece[len(whole) - offset :]
        return bytes(whole)


def read_datagram(data: bytes, crypto: Crypto) -> None:
    """Opens the coalesced Initial packets of a datagram (RFC 9000 §12.2) and adds their CRYPTO frames."""
    at = 0
    while crypto.packets < MAX_PACKETS:
        header = long_header(data, at)
        if header is None or not any(salt_of(version) for version in candidates(header.version)):
            return
        kind = header.first >> 4 & 3
        if header.version == V2:  # RFC 9369 §3.2: Initial is 1, 0-RTT 2, Handshake 3, Retry 0
            kind = (kind - 1) % 4
        if kind == 3:  # Retry ends the datagram
            return
        after: int | None = header.after
        if kind == 0:
            token = varint(data, header.after)
            after = None if token is None else token[1] + token[0]
        length = None if after is None else varint(data, after)
        if length is None:
            return
        body, stop = length[1], length[1] + length[0]
        if stop > len(data):
            return
        if kind == 0:
            crypto.packets += 1
            _open(data, at, body, stop, header, crypto)
        at = stop


def _open(data: bytes, at: int, number_at: int, stop: int, header: LongHeader, crypto: Crypto) -> None:
    # After a Retry the keys follow from the new id; after the server's answer the id changes and the keys stay (RFC 9001 §5.2).
    ids = dict.fromkeys((header.destination, crypto.first_id or header.destination))
    for version, connection_id in product(candidates(header.version), ids):
        payload = decrypt(data[at:stop], number_at - at, client_keys(version, connection_id))
        if payload is not None:
            crypto.first_id = connection_id
            crypto.opened += 1
            _add_frames(payload, crypto)
            return


def decrypt(packet: bytes, number_at: int, keys: tuple[bytes, bytes, bytes] | None) -> bytes | None:
    """The frames of a packet: header protection off (RFC 9001 §5.4), then AEAD (§5.3); `None` where the keys do not fit."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    sample = packet[number_at + 4 : number_at + 20]
    if keys is None or len(sample) < 16:
        return None
    key, iv, protection_key = keys
    # One block; RFC 9001 §5.4.3 asks for ECB by name.
    mask = Cipher(algorithms.AES(protection_key), modes.ECB()).encryptor().update(sample)  # noqa: S305
    first = packet[0] ^ (mask[0] & 0x0F)
    size = (first & 3) + 1
    number = bytes(a ^ b for a, b in zip(packet[number_at : number_at + size], mask[1:5], strict=False))
    header = bytes([first]) + packet[1:number_at] + number
    nonce = (int.from_bytes(iv, "big") ^ int.from_bytes(number, "big")).to_bytes(12, "big")
    try:
        return AESGCM(key).decrypt(nonce, packet[number_at + size :], header)
    except (InvalidTag, ValueError):
        return None


def _add_frames(payload: bytes, crypto: Crypto) -> None:
    """RFC 9000 §12.4: an Initial packet holds PADDING, PING, ACK, CRYPTO and CONNECTION_CLOSE; at anything else reading ends."""
    at = 0
    end = len(payload)
    while at < end:
        kind = payload[at]
        at += 1
        if kind in (0, 1):
            continue
        if kind in (2, 3):
            found = _after_ack(payload, at, ecn=kind == 3)
            if found is None:
                return
            at = found
            continue
        if kind != 6:
            return
        offset = varint(payload, at)
        length = None if offset is None else varint(payload, offset[1])
        if offset is None or length is None:
            return
        data = payload[length[1] : length[1] + length[0]]
        if data and offset[0] + len(data) <= MAX_CRYPTO and len(data) > len(crypto.pieces.get(offset[0], b"")):
            crypto.pieces[offset[0]] = data
        at = length[1] + length[0]


def _after_ack(payload: bytes, at: int, *, ecn: bool) -> int | None:
    """The offset after an ACK frame's body (RFC 9000 §19.3)."""
    numbers: list[int] = []
    wanted = 4
    while len(numbers) < wanted:
        found = varint(payload, at)
        if found is None:
            return None
        numbers.append(found[0])
        at = found[1]
        if len(numbers) == 3:
            wanted = 4 + 2 * min(found[0], len(payload)) + (3 if ecn else 0)
    return at
