"""What only looks encoded stays the value it is: digests, tokens, nonces, names. Seeded, so that counts are facts."""

from __future__ import annotations

import base64
import json
import random
import string
import uuid
from collections.abc import Callable
from typing import Final

import pytest

from payloads.checks import IMEI, values
from payloads.making import opened

ALPHABET: Final = string.ascii_letters + string.digits
WORDS: Final = ["Main", "Activity", "Screen", "View", "get", "Device", "Button", "Click", "Http", "Manager"]

TOKENS: Final[dict[str, Callable[[random.Random], str]]] = {
    "md5": lambda r: r.randbytes(16).hex(),
    "sha-1": lambda r: r.randbytes(20).hex(),
    "sha-256": lambda r: r.randbytes(32).hex(),
    "sha-512": lambda r: r.randbytes(64).hex(),
    "hex of 24 bytes": lambda r: r.randbytes(24).hex().upper(),
    "uuid": lambda r: str(uuid.UUID(int=r.getrandbits(128))),
    "base64 of 16 bytes": lambda r: base64.b64encode(r.randbytes(16)).decode(),
    "base64 of 18 bytes": lambda r: base64.b64encode(r.randbytes(18)).decode(),
    "base64 of 24 bytes": lambda r: base64.b64encode(r.randbytes(24)).decode(),
    "base64 of 32 bytes": lambda r: base64.b64encode(r.randbytes(32)).decode(),
    "base64 of 256 bytes": lambda r: base64.b64encode(r.randbytes(256)).decode(),
    "url-safe nonce": lambda r: base64.urlsafe_b64encode(r.randbytes(12)).decode(),
    "session": lambda r: "".join(r.choices(ALPHABET, k=20)),
    "ulid": lambda r: "".join(r.choices("0123456789ABCDEFGHJKMNPQRSTVWXYZ", k=26)),
    "words run together": lambda r: "".join(r.choices(WORDS, k=5)),
    "three tokens and dots": lambda r: ".".join(base64.urlsafe_b64encode(r.randbytes(20)).decode().rstrip("=") for _ in "abc"),
}


@pytest.mark.parametrize("kind", TOKENS)
def test_tokens_are_not_opened(kind: str) -> None:
    """Of 1,000 fresh ones, none or nearly none has a layer inside, and each is a value as it stands."""
    source = random.Random(kind)
    opened_ones = 0
    for _ in range(1_000):
        token = TOKENS[kind](source)
        found = opened(json.dumps({"v": token}).encode())
        assert ("v", token) in values(found)
        opened_ones += any(layer.form[1:] for layer in found.layers)
    assert opened_ones <= 3


@pytest.mark.parametrize("size", [16, 64, 400, 4_000])
def test_random_bytes_hold_no_wrapping(size: int) -> None:
    source = random.Random(size)
    opened_ones = sum(any(layer.form for layer in opened(source.randbytes(size)).layers) for _ in range(300))
    assert opened_ones <= 3


@pytest.mark.parametrize(
    "word", ["getDeviceIdentifier", "com.example.app.MainActivity", "application/x-www-form-urlencoded", "en_US", "Nokia 7 plus"]
)
def test_words_are_values(word: str) -> None:
    found = opened(json.dumps({"v": word}).encode())
    assert len(found.layers) == 1
    assert [(part.name, part.value) for part in found.parts] == [("v", word)]


@pytest.mark.parametrize(
    ("text", "size"), [("a" + IMEI, 16), ("imei=" + IMEI, 20), ("Åse og Øyvind æ", 18), ("kari.nordmann@example.org/1234567", 33)]
)
def test_text_of_a_digest_s_size_in_hex_is_opened(text: str, size: int) -> None:
    data = text.encode()
    assert len(data) == size
    found = opened(json.dumps({"v": data.hex()}).encode())
    assert any(layer.form == ("json", "hex") and layer.data == data for layer in found.layers)


@pytest.mark.parametrize("magic", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"OggS", b"wOF2", b"GIF89a"])
def test_media_is_left_alone(magic: bytes) -> None:
    found = opened(magic + random.Random(1).randbytes(2_000) + json.dumps({"imei": IMEI}).encode())
    assert not found.parts
