"""UTF-8 text behind a byte order mark (RFC 3629 §6), which other readers stumble over."""

from __future__ import annotations

from vuoto.payloads.decoder import Ask, Decoder, Inner, Reading


def _recognise(data: bytes, _hint: str) -> int:
    return 99 if data[:3] == b"\xef\xbb\xbf" and len(data) > 3 else 0


def _open(data: bytes, _ask: Ask) -> Reading | None:
    return Reading(inners=[Inner(data[3:], 3, len(data) - 3)], whole=True)


DECODER = Decoder(name="utf-8-bom", reads="any", recognise=_recognise, open=_open)
