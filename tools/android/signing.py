"""Signs packages by v1 (JAR) and v2, with keys that anybody can make again: they are drawn from a word and protect nothing.

Formats: the JAR specification, and source.android.com/docs/security/features/apksigning/v2.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import struct
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7

from android.archives import zipped

_BITS: Final = 2048
_EXPONENT: Final = 65_537
_RSA_SHA256: Final = 0x0103
_V2: Final = 0x7109871A
_LINE: Final = 70


@cache
def key_and_certificate(word: str) -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """An RSA key drawn from `word`, and its self-signed certificate."""
    p, q = _prime(f"{word} p"), _prime(f"{word} q")
    d = pow(_EXPONENT, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(_EXPONENT, p * q)
    numbers = rsa.RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public)
    key = numbers.private_key()
    who = x509.Name([
        x509.NameAttribute(x509.NameOID.COMMON_NAME, f"Vuoto example only: {word}"),
        x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example Mobile Oy"),
        x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "FI"),
    ])  # fmt: skip
    serial = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8], "big") >> 1
    begin = dt.datetime(2018, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(who).issuer_name(who).public_key(key.public_key()).serial_number(serial)
    builder = builder.not_valid_before(begin).not_valid_after(begin.replace(year=2048))
    return key, builder.sign(key, hashes.SHA256())


def _prime(word: str) -> int:
    """The first prime at or after a number drawn from `word`, of half the key's bits with the two highest set."""
    size = _BITS // 2
    number = int.from_bytes(hashlib.shake_256(word.encode()).digest(size // 8), "big") | 3 << (size - 2) | 1
    while not _is_prime(number):
        number += 2
    return number


def _is_prime(number: int) -> bool:
    """Miller and Rabin's test with twelve bases, after small divisors; and prime to the exponent."""
    if any(number % small == 0 for small in range(3, 4_000, 2)) or number % _EXPONENT == 1:
        return False
    odd = number - 1
    twos = (odd & -odd).bit_length() - 1
    odd >>= twos
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        power = pow(base, odd, number)
        if power in {1, number - 1}:
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def signed(members: Mapping[str, bytes], word: str, *, deflate: frozenset[str] = frozenset()) -> bytes:
    """The package of `members`, signed by v1 and v2 with the key of `word`."""
    plain = zipped(_jar_signature(members, word) | dict(members), deflate=deflate)
    end = len(plain) - 22
    length, directory = struct.unpack_from("<II", plain, end + 12)
    block = _signing_block((plain[:directory], plain[directory:end], plain[end:]), word)
    tail = bytearray(plain[end:])
    struct.pack_into("<I", tail, 16, directory + len(block))
    assert length == end - directory
    return plain[:directory] + block + plain[directory:end] + bytes(tail)


def _jar_signature(members: Mapping[str, bytes], word: str) -> dict[str, bytes]:
    key, certificate = key_and_certificate(word)
    sections = {name: _section(("Name", name), ("SHA-256-Digest", _digest(content))) for name, content in members.items()}
    main = _section(("Manifest-Version", "1.0"), ("Created-By", "Vuoto example"))
    manifest = main + b"".join(sections.values())
    head = (("Signature-Version", "1.0"), ("X-Android-APK-Signed", "2"), ("SHA-256-Digest-Manifest", _digest(manifest)))
    signature = _section(*head)
    signature += b"".join(_section(("Name", n), ("SHA-256-Digest", _digest(s))) for n, s in sections.items())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary, pkcs7.PKCS7Options.NoAttributes]
    builder = pkcs7.PKCS7SignatureBuilder().set_data(signature).add_signer(certificate, key, hashes.SHA256())
    block = builder.sign(serialization.Encoding.DER, options)
    return {"META-INF/MANIFEST.MF": manifest, "META-INF/CERT.SF": signature, "META-INF/CERT.RSA": block}


def _section(*rows: tuple[str, str]) -> bytes:
    """Rows of `name: value`, folded where they are longer than a line, and an empty line."""
    lines: list[str] = []
    for name, value in rows:
        text = f"{name}: {value}"
        lines.append(text[:_LINE])
        lines += [" " + text[at : at + _LINE - 1] for at in range(_LINE, len(text), _LINE - 1)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _digest(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def _signing_block(parts: tuple[bytes, ...], word: str) -> bytes:
    key, certificate = key_and_certificate(word)
    pieces = [hashlib.sha256(b"\xa5" + struct.pack("<I", len(p)) + p).digest() for part in parts for p in _pieces(part)]
    digest = hashlib.sha256(b"\x5a" + struct.pack("<I", len(pieces)) + b"".join(pieces)).digest()
    der = certificate.public_bytes(serialization.Encoding.DER)
    data = _long(_long(struct.pack("<I", _RSA_SHA256) + _long(digest))) + _long(_long(der)) + _long(b"")
    signature = key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    spki = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    signer = _long(data) + _long(_long(struct.pack("<I", _RSA_SHA256) + _long(signature))) + _long(spki)
    value = _long(_long(signer))
    pair = struct.pack("<QI", 4 + len(value), _V2) + value
    size = struct.pack("<Q", len(pair) + 24)
    return size + pair + size + b"APK Sig Block 42"


def _long(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + (1 << 20)] for at in range(0, len(data), 1 << 20))
