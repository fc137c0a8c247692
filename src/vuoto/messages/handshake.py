"""Handshake messages out of TLS and DTLS records (RFC 8446 §5.1, RFC 6347 §4.1), with the way back to the stream."""

from __future__ import annotations

from typing import Final, NamedTuple

HANDSHAKE: Final = 22
ALERT: Final = 21
CLIENT_HELLO: Final = 1
SERVER_HELLO: Final = 2

MAX_RECORD: Final = 16_384 + 2048
"""RFC 5246 §6.2.3: the longest record body."""

MAX_HELLO: Final = 32 * 1024
"""Bytes read for one hello: 16 KiB of it (key shares of post-quantum groups take 2) cut into as many records as that allows."""

ALERTS: Final[dict[int, str]] = {
    0: "close_notify", 10: "unexpected_message", 20: "bad_record_mac", 40: "handshake_failure", 42: "bad_certificate",
    45: "certificate_expired", 46: "certificate_unknown", 48: "unknown_ca", 49: "access_denied", 50: "decode_error",
    51: "decrypt_error", 70: "protocol_version", 71: "insufficient_security", 80: "internal_error", 86: "inappropriate_fallback",
    90: "user_canceled", 112: "unrecognized_name", 116: "certificate_required", 120: "no_application_protocol",
}  # fmt: skip


class Handshake(NamedTuple):
    """The first handshake message of a direction."""

    type: int
    body: bytes
    """Up to where the bytes go."""

    complete: bool
    spans: tuple[tuple[int, int, int], ...]
    """`(offset in body, offset in stream, length)`."""

    def stream_offset(self, at: int) -> int:
        """Where in the stream `body[at]` stands."""
        for begin, offset, length in self.spans:
            if begin <= at < begin + length:
                return offset + at - begin
        return self.spans[0][1] if self.spans else 0


def is_record(data: bytes, at: int = 0) -> bool:
    """Whether a TLS record header stands at `data[at]`."""
    return (
        len(data) >= at + 5
        and 20 <= data[at] <= 24
        and data[at + 1] == 3
        and data[at + 2] <= 4
        and 0 < data[at + 3] << 8 | data[at + 4] <= MAX_RECORD
    )


def first_handshake(data: bytes, at: int = 0) -> Handshake | None:
    """The handshake message that the records from `data[at]` begin with, joined over records, or `None`."""
    if len(data) >= at + 9 and data[at] == HANDSHAKE and data[at + 1] == 3:  # nearly always one record holds it
        length, body = data[at + 3] << 8 | data[at + 4], int.from_bytes(data[at + 6 : at + 9], "big")
        if body + 4 <= length <= min(MAX_RECORD, len(data) - at - 5):
            return Handshake(data[at + 5], data[at + 9 : at + 9 + body], complete=True, spans=((-4, at + 5, length),))
    pieces: list[bytes] = []
    spans: list[tuple[int, int, int]] = []
    got = 0
    wanted = 4
    while got < wanted and len(data) >= at + 5 and data[at] == HANDSHAKE and data[at + 1] == 3:
        length = data[at + 3] << 8 | data[at + 4]
        if not 0 < length <= MAX_RECORD:
            break
        piece = data[at + 5 : at + 5 + length]
        pieces.append(piece)
        spans.append((got - 4, at + 5, len(piece)))
        got += len(piece)
        if wanted == 4 and got >= 4:
            joined = b"".join(pieces)
            wanted = 4 + int.from_bytes(joined[1:4], "big")
        if len(piece) < length:
            break
        at += 5 + length
    message = b"".join(pieces)
    if len(message) < 4:
        return None
    return Handshake(message[0], message[4:wanted], len(message) >= wanted, tuple(spans))


def first_dtls_handshake(record: bytes) -> Handshake | None:
    """The handshake message of a DTLS record where it is not fragmented (RFC 6347 §4.2.2), else `None`."""
    if len(record) < 25 or record[0] != HANDSHAKE:
        return None
    length = int.from_bytes(record[14:17], "big")
    if int.from_bytes(record[19:22], "big") != 0 or int.from_bytes(record[22:25], "big") != length:
        return None
    body = record[25 : 25 + length]
    return Handshake(record[13], body, len(body) == length, ((0, 25, len(body)),))


def alert_in(data: bytes, at: int = 0) -> str | None:
    """`fatal handshake_failure` where a clear alert record stands at `data[at]`, else `None`."""
    if len(data) < at + 7 or data[at] != ALERT or data[at + 3 : at + 5] != b"\0\2" or data[at + 5] not in (1, 2):
        return None
    return f"{'warning' if data[at + 5] == 1 else 'fatal'} {ALERTS.get(data[at + 6], str(data[at + 6]))}"
