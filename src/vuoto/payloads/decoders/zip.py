"""Zip members (APPNOTE 6.3.10 §4.3.7), read from their local headers, so that a cut-off archive opens too, and one behind a head.

Read: stored and deflated members, with or without a data descriptor. Not read: encryption, Zip64 sizes, other methods.
"""

from __future__ import annotations

import re
import struct
from typing import Final

from vuoto.payloads.decoder import Ask, Decoder, Inner, Leaf, Reading
from vuoto.payloads.inflate import inflate

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_MAX_MEMBERS: Final = 1000
"""Members read: an app's upload has a handful; more is an archive of something else."""


_BEHIND: Final = re.compile(rb"PK\x03\x04[\x0a-\x3f]\x00..[\x00\x08]\x00.{16}[\x01-\xff]\x00", re.DOTALL)
"""A local header as archives have it: a version of 1.0 to 6.3, stored or deflated, a name of 1 to 255 bytes."""

_HEAD: Final = 64 * 1024
"""Bytes searched for an archive behind a home-made head."""


def _recognise(data: bytes, _hint: str) -> int:
    if data[:4] == b"PK\x03\x04" and len(data) >= 30:
        return 100
    return 25 if _BEHIND.search(data, 1, _HEAD) else 0


def _open(data: bytes, ask: Ask) -> Reading | None:
    behind = _BEHIND.search(data, 0, _HEAD) if data[:4] != b"PK\x03\x04" else None
    pos = behind.start() if behind is not None else 0
    reading = Reading(whole=not pos, embedded=pos > 0)
    left = ask.room
    for count in range(_MAX_MEMBERS + 1):
        if len(data) - pos < _LOCAL.size:
            break
        magic, _v, flags, method, _t, _d, _crc, packed, _size, n, extra = _LOCAL.unpack_from(data, pos)
        if magic != b"PK\x03\x04":
            break
        if count == _MAX_MEMBERS or left <= 0:
            reading.problems.append("zip: more members than the bound allows; the rest was not read")
            break
        start = pos + _LOCAL.size + n + extra
        if start > len(data):
            break
        name = data[pos + 30 : pos + 30 + n].decode("utf-8", "replace")
        reading.leaves.append(Leaf("", f"{name} (name)", name, pos + 30, n))
        end = start + packed
        if flags & 1:
            reading.problems.append("zip: a member is encrypted and was not read")
        elif method == 8:
            got = inflate(data, -15, left, start)
            end = start + got.used if flags & 8 else end
            left -= len(got.data)
            if got.problem:
                reading.problems.append(f"zip: {got.problem}")
            if got.data:
                reading.inners.append(Inner(got.data, start, min(got.used, len(data) - start), name, name))
        elif method == 0:
            if flags & 8 and not packed:
                following = data.find(b"PK", start)
                end = following if following >= 0 else len(data)
            member = data[start:end]
            if member:
                reading.inners.append(Inner(member, start, len(member), name, name))
        else:
            reading.problems.append("zip: a member uses a compression that is not read")
        if flags & 8:  # §4.3.9: a data descriptor follows, with or without its signature
            following = data.find(b"PK", end, end + 64)
            while following >= 0 and data[following : following + 4] == b"PK\x07\x08":
                following = data.find(b"PK", following + 4, following + 64)
            end = following if following >= 0 else len(data)
        pos = max(end, pos + _LOCAL.size)
    reading.expanded = ask.room - left
    return reading if reading.leaves else None


DECODER = Decoder(name="zip", reads="binary", recognise=_recognise, open=_open)
