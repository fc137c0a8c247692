"""APEX modules, plain and compressed: a zip with a file system inside (AOSP system/apex, `apex_manifest.proto`).

The payload (`apex_payload.img`, ext4 or EROFS) is descended into by the walker. Signatures are read by the packages' part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vuoto.firmware.content import Blob, Entry, Image
from vuoto.firmware.image import BrokenImageError, ImageFormat, Opening
from vuoto.firmware.layouts.protobuf import BrokenMessageError, fields
from vuoto.firmware.layouts.zip_entries import open_zip, zip_entries

MAX_MANIFEST: Final = 1 << 20
"""Bytes of manifest read; a module has some hundreds."""

_MANIFEST: Final = "apex_manifest.pb"
_OLD_MANIFEST: Final = "apex_manifest.json"  # Android 10
_ORIGINAL: Final = "original_apex"


def _recognise(head: bytes, name: str, size: int) -> int:
    del size
    if not head.startswith(b"PK\3\4"):
        return 0
    # The original in a CAPEX has no ending; and what its first member is depends on who signed it.
    if name.lower().endswith((".apex", ".capex", _ORIGINAL)):
        return 95
    return 90 if head[30:].startswith((b"apex_", b"original_apex")) else 0


def _open(blob: Blob, opening: Opening) -> Image:
    contents = open_zip(blob, opening)
    manifest, old_manifest = contents.find(_MANIFEST), contents.find(_OLD_MANIFEST)
    if not contents.members:
        raise BrokenImageError("no member of it can be found")
    properties: dict[str, str] = {}
    if manifest:
        properties = _manifest(manifest.read(MAX_MANIFEST), opening)
    elif old_manifest:
        properties = _json_manifest(old_manifest.read(MAX_MANIFEST), opening)
    else:
        opening.note("it has no apex_manifest.pb or apex_manifest.json; its name is taken from the file")
    return Image(
        format=IMAGE.name,
        name=opening.name,
        entries=lambda: _ordered(zip_entries(contents, blob, opening)),
        properties=properties,
        problems=opening.problems,
    )


def _manifest(data: bytes, opening: Opening) -> dict[str, str]:
    """`ApexManifest`: 1 name, 2 version, 5 versionName."""
    rows: dict[str, str] = {}
    try:
        for number, value in fields(data):
            if number == 1 and isinstance(value, bytes):
                rows["name"] = value.decode("utf-8", "backslashreplace")
            elif number == 2 and isinstance(value, int):
                rows["version"] = str(value)
            elif number == 5 and isinstance(value, bytes):
                rows["version_name"] = value.decode("utf-8", "backslashreplace")
    except BrokenMessageError as error:
        opening.note(f"apex_manifest.pb is damaged: {error}")
    return rows


def _json_manifest(data: bytes, opening: Opening) -> dict[str, str]:
    """The same fields in JSON."""
    import orjson

    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        found = None
    if not isinstance(found, dict):
        opening.note("apex_manifest.json is damaged")
        return {}
    keys = {"name": "name", "version": "version", "version_name": "versionName"}
    return {key: str(found[theirs]) for key, theirs in keys.items() if isinstance(found.get(theirs), str | int)}


def _ordered(entries: Iterator[Entry]) -> Iterator[Entry]:
    """The payload, or the original of a CAPEX, without a partition of its own: it is part of the module."""
    for entry in entries:
        yield Entry(path=entry.path, kind=entry.kind, size=entry.size, open=entry.open)


IMAGE = ImageFormat(name="apex", title="an APEX module", recognise=_recognise, open=_open, naming="module")
