"""Writes A/B updates: `payload.bin` (update_metadata.proto), what the zip says of itself twice, and the zip."""

from __future__ import annotations

import base64
import bz2
import hashlib
import lzma
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from android.archives import zipped

BLOCK: Final = 4_096
CHUNK: Final = 64 * BLOCK
"""Bytes that one operation writes. Android's tool takes 2 MiB; these images are small and shall have several."""

REPLACE, REPLACE_BZ, ZERO, REPLACE_XZ = 0, 1, 6, 8
Row = tuple[int, "int | bytes | str"]


@dataclass(frozen=True)
class State:
    """What an update says of the build that it installs."""

    device: str
    fingerprint: str
    incremental: str
    timestamp: int
    sdk: int
    security_patch: str


def message(*rows: Row) -> bytes:
    """A protocol buffers message of numbers and texts."""
    out = bytearray()
    for number, value in rows:
        if isinstance(value, int):
            out += _varint(number << 3) + _varint(value)
        else:
            raw = value.encode() if isinstance(value, str) else value
            out += _varint(number << 3 | 2) + _varint(len(raw)) + raw
    return bytes(out)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*out, value))


def payload(images: Mapping[str, bytes], state: State) -> bytes:
    """A full payload: each chunk by the operation that makes it smallest. It is not signed."""
    data = bytearray()
    partitions: list[Row] = []
    for name, image in images.items():
        rows: list[Row] = [(1, name), (7, message((1, len(image)), (2, hashlib.sha256(image).digest())))]
        for start in range(0, len(image), CHUNK):
            chunk = image[start : start + CHUNK]
            extent = message((1, start // BLOCK), (2, len(chunk) // BLOCK))
            kind, packed = _smallest(chunk)
            place: list[Row] = [(2, len(data)), (3, len(packed))] if packed else []
            digest: list[Row] = [(8, hashlib.sha256(packed).digest())] if packed else []
            rows.append((8, message((1, kind), *place, (6, extent), *digest)))
            data += packed
        partitions.append((13, message(*rows)))
    manifest = message((3, BLOCK), (12, 0), *partitions, (14, state.timestamp), (18, state.security_patch))
    return struct.pack(">4sQQI", b"CrAU", 2, len(manifest), 0) + manifest + bytes(data)


def _smallest(chunk: bytes) -> tuple[int, bytes]:
    if not chunk.strip(b"\0"):
        return ZERO, b""
    ways = {REPLACE_XZ: lzma.compress(chunk, check=lzma.CHECK_CRC32, preset=9), REPLACE_BZ: bz2.compress(chunk), REPLACE: chunk}
    return min(ways.items(), key=lambda way: len(way[1]))


def update(images: Mapping[str, bytes], state: State) -> bytes:
    """An update's zip, the payload stored in it as `update_engine` streams it."""
    body = payload(images, state)
    texts = {
        "ota-required-cache": "0",
        "ota-type": "AB",
        "post-build": state.fingerprint,
        "post-build-incremental": state.incremental,
        "post-sdk-level": str(state.sdk),
        "post-security-patch-level": state.security_patch,
        "post-timestamp": str(state.timestamp),
        "pre-device": state.device,
    }
    post = ((2, state.fingerprint), (3, state.incremental), (4, state.timestamp), (5, str(state.sdk)), (6, state.security_patch))
    pb = message((1, 1), (5, message((1, state.device))), (6, message(*post)))
    sha256 = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return zipped({
        "META-INF/com/android/metadata": "".join(f"{key}={value}\n" for key, value in texts.items()).encode(),
        "META-INF/com/android/metadata.pb": pb,
        "payload.bin": body,
        "payload_properties.txt": f"FILE_HASH={sha256}\nFILE_SIZE={len(body)}\n".encode(),
    })  # fmt: skip
