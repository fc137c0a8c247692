"""What an OTA package says of itself, twice: `META-INF/com/android/metadata` (lines of key=value) and `metadata.pb`.

Both are written by AOSP's `ota_from_target_files`; new fields stand in the second only (`ota_metadata.proto`). The second's
fields are given under the names that the first uses, so that the two can be compared.
"""

from __future__ import annotations

from typing import Final

from vuoto.firmware.layouts.protobuf import BrokenMessageError, fields

MAX_METADATA: Final = 1 << 20
"""Bytes of metadata read; a package has some kilobytes."""

MAX_LINES: Final = 1_000
"""Keys read; a package has some twenty."""

TEXT: Final = "META-INF/com/android/metadata"
MESSAGE: Final = "META-INF/com/android/metadata.pb"

_TYPES: Final = {0: "UNKNOWN", 1: "AB", 2: "BLOCK", 3: "BRICK"}
_FLAGS: Final = {2: "ota-wipe", 3: "ota-downgrade", 7: "ota-retrofit-dynamic-partitions", 9: "spl-downgrade"}
_STATE: Final = {
    1: "device",
    2: "build",
    3: "build-incremental",
    4: "timestamp",
    5: "sdk-level",
    6: "security-patch-level",
}


def read_text(data: bytes) -> dict[str, str]:
    """The lines of `metadata`; lines without `=` are passed over."""
    found: dict[str, str] = {}
    for line in data.decode("utf-8", "backslashreplace").splitlines()[:MAX_LINES]:
        key, equals, value = line.partition("=")
        if equals:
            found[key.strip()] = value.strip()
    return found


def read_message(data: bytes) -> dict[str, str]:
    """The fields of `metadata.pb`, lists joined by `|` as the text has them. Raises `BrokenMessageError`."""
    found: dict[str, str] = {}
    for number, value in fields(data):
        if number == 1 and isinstance(value, int):
            found["ota-type"] = _TYPES.get(value, str(value))
        elif number in _FLAGS and isinstance(value, int):
            if value:
                found[_FLAGS[number]] = "yes"
        elif number == 8 and isinstance(value, int):
            found["ota-required-cache"] = str(value)
        elif number == 4 and isinstance(value, bytes):
            key, content = _pair(value)
            found[key] = content
        elif number in {5, 6} and isinstance(value, bytes):
            found |= _state(value, "pre-" if number == 5 else "post-")
    return found


def _state(data: bytes, prefix: str) -> dict[str, str]:
    rows: dict[str, list[str]] = {}
    for number, value in fields(data):
        if number in _STATE:
            rows.setdefault(prefix + _STATE[number], []).append(str(value) if isinstance(value, int) else _text(value))
        elif number == 7 and isinstance(value, bytes):
            partition, version = _partition(value)
            rows.setdefault(f"{prefix}partition.{partition}", []).append(version)
    return {key: "|".join(values) for key, values in rows.items()}


def _partition(data: bytes) -> tuple[str, str]:
    """Name and version of a PartitionState: 1 name, 4 version, others not needed."""
    name = version = ""
    for number, value in fields(data):
        if isinstance(value, bytes) and number == 1:
            name = _text(value)
        elif isinstance(value, bytes) and number == 4:
            version = _text(value)
    return name, version


def _pair(data: bytes) -> tuple[str, str]:
    key = content = ""
    for number, value in fields(data):
        if isinstance(value, bytes) and number in {1, 2}:
            key, content = (_text(value), content) if number == 1 else (key, _text(value))
    return key, content


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def disagreements(text: dict[str, str], message: dict[str, str]) -> list[str]:
    """Keys to which the two give other values, in words. A key of one only is no disagreement."""
    # Offsets of files in the package are padded with spaces in the text, and are not final when the message is written.
    return [
        f"metadata says {key}={text[key][:200]!r} and metadata.pb {message[key][:200]!r}"
        for key in sorted(text.keys() & message.keys())
        if not key.endswith("property-files") and text[key] != message[key]
    ]


__all__ = ["MAX_METADATA", "MESSAGE", "TEXT", "BrokenMessageError", "disagreements", "read_message", "read_text"]
