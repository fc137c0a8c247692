"""As much DER (X.690) as it takes to find the signers' certificates in a PKCS#7 SignedData (RFC 5652 §5.1); BER lengths included.

Own, because Android takes certificates that strict readers refuse, and compares them byte by byte.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_SEQUENCE: Final = 0x30
_SET: Final = 0x31
_OCTETS: Final = 0x04
_CONTEXT_0: Final = 0xA0
_MAX_ITEMS: Final = 4096  # items of one level; a signature block has some ten


class DerError(ValueError):
    """The bytes are not what they should be."""


@dataclass(frozen=True, slots=True)
class Item:
    """One tag, length and value."""

    tag: int
    """The first byte."""

    content: bytes
    """The value."""

    whole: bytes
    """Tag, length and value."""


def item_at(data: bytes, at: int = 0) -> Item:
    """The item that begins at `at`. Raises `DerError`: tags of several bytes, indefinite lengths, values cut off."""
    if at + 2 > len(data) or data[at] & 0x1F == 0x1F:
        raise DerError("an item is cut off")
    length, start = data[at + 1], at + 2
    if length >= 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4 or start + count > len(data):
            raise DerError("an item has no definite length")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise DerError("an item is cut off")
    return Item(data[at], data[start : start + length], data[at : start + length])


def items_of(content: bytes) -> list[Item]:
    """The items that `content` is a row of. Raises `DerError`."""
    result: list[Item] = []
    at = 0
    while at < len(content):
        if len(result) == _MAX_ITEMS:
            raise DerError("there are too many items")
        result.append(item_at(content, at))
        at += len(result[-1].whole)
    return result


@dataclass(frozen=True, slots=True)
class SignerInfo:
    """One signer of a SignedData (RFC 5652, section 5.3)."""

    certificate: bytes
    """The signer's certificate, from the block."""

    digest: bytes
    """The digest algorithm's object identifier, as bytes; empty where it is not there."""

    attributes: Item | None
    """The signed attributes, or `None`: then the content itself is signed."""

    algorithm: bytes
    """The signature algorithm's object identifier, as bytes; empty likewise."""

    signature: bytes
    """The signature; empty likewise."""

    def attribute(self, identifier: bytes) -> bytes | None:
        """The value of a signed attribute that is there once, or `None` (sections 5.3, 11.1 and 11.2). Raises `DerError`."""
        held = [items_of(one.content) for one in items_of(self.attributes.content)] if self.attributes is not None else []
        values = [parts[1:] for parts in held if parts and parts[0].content == identifier]
        if len(values) != 1 or len(values[0]) != 1:
            return None
        found = items_of(values[0][0].content)
        return found[0].content if len(found) == 1 else None

    @property
    def signed(self) -> bytes | None:
        """What is signed where there are signed attributes: they as a SET (section 5.4)."""
        return bytes([_SET]) + self.attributes.whole[1:] if self.attributes is not None else None


def signers_of(block: bytes) -> list[SignerInfo]:
    """Those who signed a PKCS#7 SignedData, in order. Raises `DerError`."""
    info = items_of(item_at(block).content)
    if len(info) < 2 or info[1].tag != _CONTEXT_0:
        raise DerError("there is no signed data")
    parts = items_of(item_at(info[1].content).content)
    held = next((p for p in parts if p.tag == _CONTEXT_0), None)
    certificates = [i.whole for i in items_of(held.content) if i.tag == _SEQUENCE] if held is not None else []
    signers = items_of(parts[-1].content) if parts and parts[-1].tag == _SET else []
    by_id: dict[tuple[bytes, bytes], bytes] = {}
    by_serial: dict[bytes, bytes] = {}
    for certificate in certificates:
        issuer, serial = _issuer_and_serial(certificate)
        by_id.setdefault((issuer, serial), certificate)
        by_serial.setdefault(serial, certificate)
    result: list[SignerInfo] = []
    for signer in signers:
        fields = items_of(signer.content)  # version, issuer and serial number, …
        if len(fields) < 2:
            raise DerError("a signer does not say who it is")
        named = items_of(fields[1].content)
        issuer, serial = (named[0].whole, named[1].content) if len(named) >= 2 else (b"", b"")
        # Some signers spell the issuer in another string type than the certificate does; Android compares names by their text.
        certificate = by_id.get((issuer, serial)) or by_serial.get(serial, b"")
        if not certificate:
            raise DerError("a signer's certificate is not in the block")
        result.append(_signer(certificate, fields[2:]))
    return result


def _signer(certificate: bytes, fields: list[Item]) -> SignerInfo:
    """The rest of a signer: digest algorithm, maybe signed attributes, signature algorithm, signature."""
    attributes = next((one for one in fields if one.tag == _CONTEXT_0), None)
    rest = [one for one in fields if one.tag in (_SEQUENCE, _OCTETS)]
    digest, algorithm, signature = rest[:3] if len(rest) >= 3 else (None, None, None)
    return SignerInfo(
        certificate=certificate,
        digest=item_at(digest.content).content if digest is not None else b"",
        attributes=attributes,
        algorithm=item_at(algorithm.content).content if algorithm is not None else b"",
        signature=signature.content if signature is not None else b"",
    )


def public_key_in(certificate: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a certificate, those included that strict readers refuse (RFC 5280, 4.1). Raises `DerError`."""
    return _fields(certificate)[5].whole


def _issuer_and_serial(certificate: bytes) -> tuple[bytes, bytes]:
    fields = _fields(certificate)
    return fields[2].whole, fields[0].content


def _fields(certificate: bytes) -> list[Item]:
    """Serial number, algorithm, issuer, validity, subject, key, and what follows."""
    fields = items_of(item_at(item_at(certificate).content).content)
    if fields and fields[0].tag == _CONTEXT_0:  # the version, left out by the first version
        fields = fields[1:]
    if len(fields) < 6:
        raise DerError("a certificate is too short")
    return fields
