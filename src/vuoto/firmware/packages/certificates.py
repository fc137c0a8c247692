"""Certificates and signatures of packages through `cryptography`, imported when the first one is met."""

from __future__ import annotations

import hashlib
import warnings
from typing import Final

from vuoto.facts.packages import Certificate
from vuoto.firmware.packages.der import SignerInfo, public_key_in

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


MESSAGE_DIGEST: Final = bytes.fromhex("2a864886f70d010904")
"""The attribute that holds the content's digest: 1.2.840.113549.1.9.4 (RFC 5652, section 11.2)."""

CONTENT_TYPE: Final = bytes.fromhex("2a864886f70d010903")
"""The attribute that says what was signed: 1.2.840.113549.1.9.3 (RFC 5652, section 11.1)."""

DATA: Final = bytes.fromhex("2a864886f70d010701")
"""The type of content that a signature file is: id-data, 1.2.840.113549.1.7.1."""

_DIGESTS: Final = {
    bytes.fromhex("2a864886f70d0205"): "md5",
    bytes.fromhex("2b0e03021a"): "sha1",
    bytes.fromhex("608648016503040204"): "sha224",
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_PSS: Final = bytes.fromhex("2a864886f70d01010a")


def signed_file(signer: SignerInfo, data: bytes) -> tuple[str, str | None]:
    """Whether a signer of a SignedData signed `data`: `verified`, `wrong` or `not verified`, and why (RFC 5652, section 5.4).

    Raises `DerError`.
    """
    digest = _DIGESTS.get(signer.digest)
    if digest is None or signer.algorithm == _PSS or not signer.signature:
        return "not verified", "no signature algorithm that is computed"
    signed = data
    if signer.signed is not None:
        # Without the type, the bytes of the attributes could be what was signed for something else.
        if signer.attribute(CONTENT_TYPE) != DATA:
            return "wrong", "its signed attributes do not say that a file was signed"
        if signer.attribute(MESSAGE_DIGEST) != hashlib.new(digest, data, usedforsecurity=False).digest():
            return "wrong", "the signature file is not the one that was signed"
        signed = signer.signed
    key = public_key_in(signer.certificate)
    valid = _valid(key, digest, signer.signature, signed) if len(key) <= MAX_KEY else None
    if valid is None:
        return "not verified", "the key or signature cannot be read"
    return ("verified", None) if valid else ("wrong", "the signature does not belong to the signature file")


def _valid(key: bytes, digest: str, signature: bytes, signed: bytes) -> bool | None:
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    hashed: hashes.HashAlgorithm = getattr(hashes, digest.upper())()
    try:
        public = load_der_public_key(key)
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, signed, padding.PKCS1v15(), hashed)
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, signed, ec.ECDSA(hashed))
        elif isinstance(public, dsa.DSAPublicKey):
            public.verify(signature, signed, hashed)
        else:
            return None
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return True


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
