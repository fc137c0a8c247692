"""Who signed a package: JAR signatures (v1), the APK Signing Block (v2, v3, v3.1), and `.idsig` files beside it (v4).

Read: the signers' certificates and the lineage of rotated keys. Of v2 and v3 the signature over the signed data and the digest of
the content are computed. Of v1 the signature and the digest of the manifest are, and those of the entries where neither v2 nor v3
signs the content as a whole. Of v4 nothing is, and the signer says so. Source: AOSP's pages "APK signature scheme v2", "v3",
"v3.1" and "v4". Not read: source stamps, the SDK's dependency block, whether certificates of a lineage sign each other.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from vuoto.facts.packages import Certificate, Signer
from vuoto.facts.problems import Problem
from vuoto.firmware.content import Blob
from vuoto.firmware.packages.certificates import ALGORITHMS, public_key_of, read_certificate, signed_by, signed_file
from vuoto.firmware.packages.content_digest import content_digest
from vuoto.firmware.packages.der import DerError, signers_of
from vuoto.firmware.packages.jar_signature import MAX_MANIFEST, JarContents
from vuoto.firmware.packages.zip_reader import ZipContents

MAX_SIGNERS: Final = 10
"""Signers of one scheme read; Android takes ten (ApkSignatureSchemeV2Verifier)."""

MAX_BLOCK_FILE: Final = 1 << 20
"""Bytes of a JAR signature block or `.idsig` header read; they are kilobytes."""

_SCHEMES: Final = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}
_LINEAGE: Final = 0x3BA06F8C  # attribute: proof of rotation
_STRIPPED: Final = 0xBEEFF00D  # attribute of a v2 signer: the scheme that was used besides it
_BLOCK_FILE: Final = re.compile(r"META-INF/([^/]+)\.(?:RSA|DSA|EC)", re.IGNORECASE)
_CLAIM: Final = re.compile(rb"(?im)^X-Android-APK-Signed:[ \t]*([0-9, \t]+)")
_ANSWERS: Final = ("wrong", "not verified", "verified")
_AGAIN: Final = "Get the package again from where it was taken, and compare"


class _CutOffError(ValueError):
    """A length prefix says more than there is."""


def read_signers(
    blob: Blob, contents: ZipContents, where: str, read: Mapping[str, bytes] = MappingProxyType({})
) -> tuple[tuple[Signer, ...], tuple[Problem, ...]]:
    """The signers of a package by scheme, and what is wrong with them; `where` names the package in problems. Never raises.

    `read`: members whose whole content is at hand, so that it need not be inflated again.
    """
    problems: list[str] = []
    blocks = list(_from_block(blob, contents, problems))
    alone = all(signer.verification == "wrong" for signer, _ in blocks)
    first, claims = _v1(blob, contents, problems, read if alone else None)
    signers = (*first, *(s for s, _ in blocks))
    _disagreements(signers, {s.scheme for s in signers} | {scheme for _, scheme in blocks if scheme}, claims, blocks, problems)
    found = tuple(Problem(where=where, what=what, next_step=_AGAIN) for what in dict.fromkeys(problems))
    return signers, found


def read_v4_signer(data: bytes) -> Signer | None:
    """The signer of an `.idsig` file, or `None` where the bytes are none (version 2 of the format is read)."""
    try:
        if len(data) < 8 or struct.unpack_from("<I", data)[0] != 2:
            return None
        _, at = _prefixed(data[:MAX_BLOCK_FILE], 4)  # hashing info: algorithm, block size, salt, root hash
        signing, _ = _prefixed(data[:MAX_BLOCK_FILE], at)
        _, at = _prefixed(signing, 0)  # the digest of the APK's v2 or v3 signature
        certificate, _ = _prefixed(signing, at)
    except _CutOffError:
        return None
    note = "the tree of block hashes that v4 signs is not computed"
    return Signer(scheme="v4", certificate=read_certificate(certificate), verification="not verified", note=note)


def _v1(
    blob: Blob, contents: ZipContents, problems: list[str], read: Mapping[str, bytes] | None
) -> tuple[list[Signer], set[int]]:
    """The signers of the JAR, and the schemes they say it was signed with.

    `read`: content that is at hand; `None` where something else signs the content, which is not looked at here then.
    """
    result: list[Signer] = []
    claims: set[int] = set()
    jar: JarContents | None = None
    entries: tuple[str, str | None] | None = None
    for name in sorted(contents.by_name):
        match = _BLOCK_FILE.fullmatch(name)
        if match is None or len(result) >= MAX_SIGNERS:
            continue
        manifest = contents.find(f"META-INF/{match[1]}.SF")
        if manifest is None:
            continue  # without its signature file a block signs nothing
        file = manifest.read(MAX_MANIFEST)
        head = _CLAIM.search(file[: 1 << 16])
        claims |= {int(n) for n in re.findall(rb"\d{1,4}", head[1])} if head else set()
        try:
            signers = signers_of(contents.by_name[name].read(MAX_BLOCK_FILE))
            signed = [signed_file(signer, file) for signer in signers]
        except DerError as e:
            problems.append(f"the signature block {name!r} cannot be read: {e}")
            continue
        jar = jar or JarContents(contents, blob.size, read or {})
        by_file = jar.signed_by_file(file)
        if read is not None and entries is None and not jar.problem:
            entries = jar.entries()
        for signer, by_key in zip(signers[: MAX_SIGNERS - len(result)], signed, strict=False):
            verification, note = _worst(by_key, by_file, entries or ("verified", None))
            result.append(
                Signer(scheme="v1", certificate=read_certificate(signer.certificate), verification=verification, note=note)
            )
    problems += [f"the v1 signature is wrong: {signer.note}" for signer in result if signer.verification == "wrong"]
    return result, claims


def _worst(*found: tuple[str, str | None]) -> tuple[str, str | None]:
    """The answer of several checks: one that is wrong before one that could not be made."""
    return min(found, key=lambda one: _ANSWERS.index(one[0]))


def _from_block(blob: Blob, contents: ZipContents, problems: list[str]) -> Iterator[tuple[Signer, str | None]]:
    """Each signer of the signing block, with the scheme it says was used besides its own."""
    block = contents.signing_block
    if block is None:
        return
    pairs = blob.read_at(block.offset + 8, block.length - 32)
    seen: set[str] = set()
    at = 0
    while at + 12 <= len(pairs):
        length, kind = struct.unpack_from("<QI", pairs, at)
        if length < 4 or at + 8 + length > len(pairs):
            problems.append("the APK Signing Block holds a pair that is cut off")
            return
        scheme = _SCHEMES.get(kind)
        if scheme is not None and scheme not in seen:  # Android takes the first of a kind
            seen.add(scheme)
            try:
                yield from _signers(blob, contents, scheme, pairs[at + 12 : at + 8 + length])
            except _CutOffError as e:
                problems.append(f"the {scheme} signature cannot be read: {e}")
        at += 8 + length


def _signers(blob: Blob, contents: ZipContents, scheme: str, value: bytes) -> Iterator[tuple[Signer, str | None]]:
    for signer in _row(_prefixed(value, 0)[0], MAX_SIGNERS):
        signed, at = _prefixed(signer, 0)
        levels: tuple[int, int] | None = None
        if scheme != "v2":
            levels, at = _pair(signer, at), at + 8
        signatures, at = _prefixed(signer, at)
        key, _ = _prefixed(signer, at)
        digests, at = _prefixed(signed, 0)
        certificates, at = _prefixed(signed, at)
        inner = levels
        if scheme != "v2":
            inner, at = _pair(signed, at), at + 8
        attributes = dict(_attributes(_prefixed(signed, at)[0])) if at < len(signed) else {}
        der = next(_row(certificates, 1), b"")
        if not der:
            raise _CutOffError("a signer has no certificate")
        verification, note = _verify(blob, contents, signed, signatures, key, digests, der)
        if inner != levels:
            verification, note = "wrong", "the API levels signed and the API levels stated differ"
        yield (
            Signer(
                scheme=scheme,
                certificate=read_certificate(der),
                verification=verification,
                note=note,
                lineage=tuple(_lineage(attributes.get(_LINEAGE))),
                min_sdk=levels[0] if levels else None,
                max_sdk=levels[1] if levels else None,
            ),
            _besides(attributes.get(_STRIPPED)),
        )


def _besides(value: bytes | None) -> str | None:
    return {3: "v3"}.get(struct.unpack_from("<I", value)[0]) if value is not None and len(value) >= 4 else None


def _verify(
    blob: Blob, contents: ZipContents, signed: bytes, signatures: bytes, key: bytes, digests: bytes, certificate: bytes
) -> tuple[str, str | None]:
    """The verdict on one signer, by the strongest algorithm that can be computed, and why it is not `verified`."""
    sums = {_word(d, 0): _prefixed(d, 4)[0] for d in _row(digests, 64)}
    offered = {_word(s, 0): _prefixed(s, 4)[0] for s in _row(signatures, 64)}
    if not offered:
        return "wrong", "a signer has no signature"
    usable = sorted(a for a in offered if a in ALGORITHMS)
    if not usable:
        return "not verified", "no signature algorithm that is known"
    if public_key_of(certificate) not in (key, None):
        return "wrong", "the certificate's key is not the one that signed"
    for algorithm in usable:
        valid = signed_by(key, algorithm, offered[algorithm], signed)
        if valid is False:
            return "wrong", "the signature does not belong to the signed data"
        if valid is None:
            return "not verified", "the key or signature cannot be read"
    if set(sums) != set(offered):
        return "wrong", "the algorithms of digests and signatures differ"
    plain = [a for a in usable if ALGORITHMS[a][0] != "verity"]
    if not plain:
        return "not verified", "the signature holds; the tree of block hashes it signs is not computed"
    computed = content_digest(blob, contents, ALGORITHMS[plain[-1]][0])
    if computed is None:
        return "not verified", "the signature holds; the content is larger than is digested"
    return ("verified", None) if computed == sums[plain[-1]] else ("wrong", "the content is not what was signed")


def _lineage(value: bytes | None) -> Iterator[Certificate]:
    """The certificates of a proof of rotation, oldest first: a version, then nodes whose signed data begins with one."""
    if value is None or len(value) < 4:
        return
    for node in _row(value[4:], MAX_SIGNERS):
        yield read_certificate(_prefixed(_prefixed(node, 0)[0], 0)[0])


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    for attribute in _row(data, 64):
        yield _word(attribute, 0), attribute[4:]


def _row(data: bytes, most: int) -> Iterator[bytes]:
    """The length-prefixed items that `data` is a row of, at most `most` of them."""
    at = 0
    while at < len(data) and most > 0:
        item, at = _prefixed(data, at)
        most -= 1
        yield item


def _prefixed(data: bytes, at: int) -> tuple[bytes, int]:
    length = _word(data, at)
    if at + 4 + length > len(data):
        raise _CutOffError("a part of it is cut off")
    return data[at + 4 : at + 4 + length], at + 4 + length


def _word(data: bytes, at: int) -> int:
    if at + 4 > len(data):
        raise _CutOffError("a part of it is cut off")
    value: int = struct.unpack_from("<I", data, at)[0]
    return value


def _pair(data: bytes, at: int) -> tuple[int, int]:
    return _word(data, at), _word(data, at + 4)


def _disagreements(
    signers: tuple[Signer, ...],
    present: set[str],
    claims: set[int],
    blocks: list[tuple[Signer, str | None]],
    problems: list[str],
) -> None:
    """What schemes say of each other: stripped blocks, and signers that differ where they should be the same."""
    schemes = {s.scheme for s in signers}
    problems.extend(
        f"the JAR signature says that the package was signed with v{claim} as well, and there is no such signature"
        for claim in sorted(claims)
        if claim in (2, 3) and f"v{claim}" not in schemes
    )
    problems.extend(
        f"the v2 signature says that the package was signed with {other} as well, and there is no such signature"
        for other in sorted(present - schemes)
    )
    problems.extend(f"the {s.scheme} signature is wrong: {s.note}" for s, _ in blocks if s.verification == "wrong")
    by_scheme = {scheme: {s.certificate.sha256 for s in signers if s.scheme == scheme} for scheme in sorted(schemes)}
    older = [s for s in ("v1", "v2") if s in by_scheme]
    if len(older) == 2 and by_scheme["v1"] != by_scheme["v2"]:
        problems.append("v1 and v2 are signed with different certificates; an Android before 7 sees another signer")
    for signer in signers:
        if signer.scheme in ("v3", "v3.1") and older:
            # A rotated key signs v3; v1 and v2 keep the oldest certificate of its lineage (AOSP, v3, "Verification").
            expected = {c.sha256 for c in signer.lineage} or {signer.certificate.sha256}
            if not by_scheme[older[-1]] & expected:
                problems.append(
                    f"{older[-1]} and {signer.scheme} are signed with different certificates, and no lineage joins them"
                )
