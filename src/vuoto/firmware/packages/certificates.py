"""Certificates and signatures of packages through `cryptography`, imported when the first one is met."""

from __future__ import annotations

import hashlib
import warnings
from typing import Final

from vuoto.facts.packages import Certificate

# Signature algorithm ids of v2 and v3 (source.android.com, APK Signature Scheme v2): digest of the content, and how it is signed.
# The last three hash 4 KiB blocks into a tree (fs-verity).
ALGORITHMS: Final = {
    0x0101: ("sha256", "pss"),
    0x0102: ("sha512", "pss"),
    0x0103: ("sha256", "pkcs1"),
    0x0104: ("sha512", "pkcs1"),
    0x0201: ("sha256", "ecdsa"),
    0x0202: ("sha512", "ecdsa"),
    0x0301: ("sha256", "dsa"),
    0x0421: ("verity", "pkcs1"),
    0x0423: ("verity", "ecdsa"),
    0x0425: ("verity", "dsa"),
}

MAX_KEY: Final = 8192
"""Bytes of a public key used: RSA with 16384 bits has 2 KB; larger ones cost seconds."""


def read_certificate(der: bytes) -> Certificate:
    """The facts of a certificate; never raises. One that cannot be parsed still has its digest, the thing Android compares."""
    digest = hashlib.sha256(der).hexdigest()
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # old certificates have serial numbers and encodings that are warned about
        try:
            found = x509.load_der_x509_certificate(der)
            subject = found.subject.rfc4514_string()
            begin, end = found.not_valid_before_utc, found.not_valid_after_utc
        except Exception:  # noqa: BLE001 - hostile DER: the parser raises ValueError, TypeError, OverflowError and its own
            return Certificate(sha256=digest, subject=None, not_before=None, not_after=None)
    return Certificate(
        sha256=digest, subject=subject, not_before=f"{begin:%Y-%m-%dT%H:%M:%SZ}", not_after=f"{end:%Y-%m-%dT%H:%M:%SZ}"
    )


def public_key_of(der: bytes) -> bytes | None:
    """The SubjectPublicKeyInfo of a certificate, or `None` where it cannot be read."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            key = x509.load_der_x509_certificate(der).public_key()
            return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except Exception:  # noqa: BLE001 - as above
            return None


def signed_by(key: bytes, algorithm: int, signature: bytes, signed: bytes) -> bool | None:
    """Whether `signature` over `signed` is the key's (a SubjectPublicKeyInfo); `None` where that cannot be computed."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    if algorithm not in ALGORITHMS or len(key) > MAX_KEY:
        return None
    digest, way = ALGORITHMS[algorithm]
    hashed = hashes.SHA512() if digest == "sha512" else hashes.SHA256()
    try:
        public = load_der_public_key(key)
        if isinstance(public, rsa.RSAPublicKey) and way in ("pss", "pkcs1"):
            pad = padding.PSS(padding.MGF1(hashed), hashed.digest_size) if way == "pss" else padding.PKCS1v15()
            public.verify(signature, signed, pad, hashed)
        elif isinstance(public, ec.EllipticCurvePublicKey) and way == "ecdsa":
            public.verify(signature, signed, ec.ECDSA(hashed))
        elif isinstance(public, dsa.DSAPublicKey) and way == "dsa":
            public.verify(signature, signed, hashed)
        else:
            return False
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return True
