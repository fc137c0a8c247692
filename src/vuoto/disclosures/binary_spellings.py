"""How one known value may be written in bytes that are no text: as raw bytes, as packed digits, as a number.

Addresses and UUIDs are their own bytes (IEEE 802-2014 §8.2; RFC 9562 §4). Numbers of the mobile network travel as packed decimal
digits: with the first digit in the low half of an octet (3GPP TS 24.008 §10.5.1.4, TS 31.102 §4.2.2), or as they read. And where
a program keeps them as a number, as that: fixed width, varint (protobuf.dev, Encoding), double (IEEE 754).
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

SHORTEST: Final = 6
"""Bytes of a binary spelling: by chance one place in 2⁴⁸ holds the same. Shorter ones would be found in every film."""

SMALLEST: Final = 10**12
"""Numbers from thirteen digits on: an IMEI has no fewer without the leading zeros of a test network's code (001)."""

LONGEST_EXACT: Final = 1 << 53
"""Whole numbers below it are exact as a double (IEEE 754 §3.4)."""

_SEPARATORS: Final = str.maketrans("", "", " :._/()-+")
_ADDRESSES: Final = frozenset(("mac_address", "bssid", "bluetooth_address"))
_DIGITS: Final = {"imei": 2, "imeisv": 3, "imsi": 1, "iccid": 0, "msisdn": 0, "phone_number": 0}
"""Kinds that are digits, each with its type of identity in TS 24.008 table 10.5.4; 0 for none."""
_UUIDS: Final = frozenset(("advertising_id", "vendor_id", "installation_id"))


class BinarySpelling(NamedTuple):
    """One way."""

    data: bytes
    """The bytes."""

    form: str
    """`bytes`, `packed digits` or `number`: the `kind` of its `Form`."""


def spell_binary(kind: str, value: str) -> tuple[BinarySpelling, ...]:
    """The binary spellings of `value`, of at least `SHORTEST` bytes, without repeats."""
    text = value.strip().translate(_SEPARATORS)
    found: list[BinarySpelling] = []
    if kind in _DIGITS and text.isascii() and text.isdigit():
        found += _of_digits(text, _DIGITS[kind])
    elif kind in _ADDRESSES and len(text) == 12:
        found += _of_hexadecimal(text)
    elif kind == "android_id" and len(text) == 16:
        found += _of_hexadecimal(text)
        if found:
            found += _of_number(int(text, 16))
    elif kind == "meid" and len(text) == 14:
        found += _of_hexadecimal(text)[:1]
    elif (kind in _UUIDS or kind.startswith("custom:")) and len(text) == 32:
        found += _of_hexadecimal(text)[:1]
        found += [BinarySpelling(_mixed(one.data), "bytes") for one in found]
    elif kind == "coordinates":
        found += _of_degrees(value)
    unique = {one.data: one for one in reversed(found) if len(one.data) >= SHORTEST and len(set(one.data)) > 2}
    return tuple(unique[data] for data in sorted(unique))


def _of_hexadecimal(text: str) -> list[BinarySpelling]:
    try:
        data = bytes.fromhex(text)
    except ValueError:
        return []
    return [BinarySpelling(data, "bytes"), BinarySpelling(data[::-1], "bytes")]


def _mixed(data: bytes) -> bytes:
    """A UUID with its first three fields in little endian, as Windows keeps it (RFC 9562 §4)."""
    return data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]


def _of_digits(digits: str, identity: int) -> list[BinarySpelling]:
    packed = [digits] if len(digits) % 2 == 0 else ["0" + digits, digits + "f"]
    swapped = [_swapped(digits + "f" * (len(digits) % 2))]
    if identity:
        # §10.5.1.4: the first octet holds the first digit, whether the number of digits is odd, and the type.
        rest = digits[1:] + "f" * (1 - len(digits) % 2)
        first = int(digits[0]) << 4 | len(digits) % 2 << 3 | identity
        swapped.append(f"{first:02x}{_swapped(rest)}")
    found = [BinarySpelling(bytes.fromhex(text), "packed digits") for text in (*packed, *swapped)]
    return found + _of_number(int(digits))


def _swapped(digits: str) -> str:
    return "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))


def _of_number(number: int) -> list[BinarySpelling]:
    if not SMALLEST <= number < 1 << 64:
        return []
    wide = struct.pack(">Q", number)
    found = [wide, wide[::-1], _varint(number)]
    if number < 1 << 63:
        found.append(_varint(number << 1))  # zigzag: sint64 of protobuf, Avro, Thrift's compact protocol
    if number < LONGEST_EXACT:
        double = struct.pack(">d", number)
        found += [double, double[::-1]]
    return [BinarySpelling(data, "number") for data in found]


def _of_degrees(value: str) -> list[BinarySpelling]:
    found = []
    for half in value.split(","):
        try:
            degrees = float(half)
        except ValueError:
            return []
        if "." in half and len(half.strip()) >= 7:
            double = struct.pack(">d", degrees)
            found += [BinarySpelling(double, "number"), BinarySpelling(double[::-1], "number")]
    return found


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])
