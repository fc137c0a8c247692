"""Seals QUIC Initial packets, for the tests: the reverse of what the room does, written from RFC 9001 §5."""

from __future__ import annotations

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vuoto.messages.quic_initial import V2, client_keys

# The CRYPTO frame of RFC 9001, appendix A.2: the ClientHello of a client that asks for example.com.
RFC_9001_CRYPTO = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e00000b"
    "6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e000500050100000000003300260024001d00209370b2c9"
    "caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e0403050306030203080408050806002d00020101001c"
    "00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075300901100f088394c8f03e51570806048000ffff"
)
RFC_9001_ID = bytes.fromhex("8394c8f03e515708")


def seal(
    payload: bytes, *, number: int = 2, version: int = 1, destination: bytes = RFC_9001_ID, keys_of: bytes | None = None
) -> bytes:
    """An Initial packet of a client; `keys_of` is the connection id whose keys seal it, where it is another one."""
    keys = client_keys(version, destination if keys_of is None else keys_of)
    assert keys is not None
    key, iv, protection_key = keys
    first = (0xD3 if version == V2 else 0xC3).to_bytes(1, "big")
    length = (0x4000 | len(payload) + 4 + 16).to_bytes(2, "big")
    ids = bytes([len(destination)]) + destination + b"\0"
    number_bytes = number.to_bytes(4, "big")
    header = first + version.to_bytes(4, "big") + ids + b"\0" + length + number_bytes
    nonce = (int.from_bytes(iv, "big") ^ number).to_bytes(12, "big")
    sealed = AESGCM(key).encrypt(nonce, payload, header)
    mask = Cipher(algorithms.AES(protection_key), modes.ECB()).encryptor().update(sealed[:16])
    masked = bytes(a ^ b for a, b in zip(number_bytes, mask[1:5], strict=True))
    return bytes([header[0] ^ mask[0] & 0x0F]) + header[1:-4] + masked + sealed


def crypto_frame(offset: int, data: bytes) -> bytes:
    """A CRYPTO frame (RFC 9000 §19.6)."""
    return b"\x06" + (0x80000000 | offset).to_bytes(4, "big") + (0x4000 | len(data)).to_bytes(2, "big") + data
