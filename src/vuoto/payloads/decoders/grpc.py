"""gRPC length-prefixed messages (gRPC over HTTP/2): a flag, four bytes of length, a message; repeated."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading

_MAX_FRAMES: Final = 4096
"""Frames read of one body."""


def _recognise(data: bytes, hint: str) -> int:
    if len(data) < 6 or data[0] > 1:
        return 0
    length = int.from_bytes(data[1:5], "big")
    if not 0 < length <= len(data) - 5:
        return 0
    after = data[5 + length : 6 + length]
    if after not in {b"", b"\x00", b"\x01", b"\x80"}:
        return 0
    return 79 if "grpc" in hint else 60


def _open(data: bytes, ask: Ask) -> Reading | None:
    reading = Reading()
    pos = 0
    while len(data) - pos >= 5 and len(reading.inners) < _MAX_FRAMES:
        length = int.from_bytes(data[pos + 1 : pos + 5], "big")
        if data[pos] not in {0, 1, 0x80} or length > len(data) - pos - 5:
            return None
        if length:
            reading.inners.append(
                Inner(data[pos + 5 : pos + 5 + length], pos + 5, length, hint="protobuf" if ask.hint else "", sure=False)
            )
        pos += 5 + length
    if pos != len(data) and len(reading.inners) < _MAX_FRAMES:
        return None
    return reading if reading.inners else None


DECODER = Decoder(name="grpc", reads="any", recognise=_recognise, open=_open)
