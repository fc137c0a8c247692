"""`apex_manifest.pb` of an APEX (system/apex/proto/apex_manifest.proto) and its older form in JSON: name and version."""

from __future__ import annotations

from typing import Final

MAX_MANIFEST: Final = 1 << 20
"""Bytes read; the message holds a name, a version and lists of libraries."""


def read_apex_manifest(data: bytes) -> tuple[str | None, int | None]:
    """Name (field 1) and version (field 2) of a manifest, `None` for what is not there. Never raises."""
    if data.lstrip()[:1] == b"{":
        return _json(data)
    name: str | None = None
    version: int | None = None
    at = 0
    while at < len(data):
        tag, at = _varint(data, at)
        field, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(data, at)
            version = value if field == 2 else version
        elif wire == 2:
            length, at = _varint(data, at)
            if field == 1 and at + length <= len(data):
                name = data[at : at + length].decode("utf-8", "backslashreplace")
            at += length
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        else:
            break
    return name, version


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(data) and shift < 64:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        shift += 7
        if byte < 0x80:
            break
    return value & (1 << 64) - 1, at


def _json(data: bytes) -> tuple[str | None, int | None]:
    import orjson

    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return None, None
    if not isinstance(found, dict):
        return None, None
    name, version = found.get("name"), found.get("version")
    number = (
        version
        if isinstance(version, int)
        else int(version)
        if isinstance(version, str) and version.isascii() and version.isdigit() and len(version) < 20
        else None
    )
    return name if isinstance(name, str) else None, number
