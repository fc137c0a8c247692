"""Signatures that are wrong, old, or not there."""

from __future__ import annotations

from collections.abc import Iterator

from vuoto.facts.builds import BuildFacts, ReadPackage
from vuoto.facts.firmware_view import OddityRule
from vuoto.firmware.oddity import Found, OddityFinder


def _find(read: ReadPackage, build: BuildFacts | None) -> Iterator[Found]:
    del build
    package = read.package
    if package.kind not in ("apk", "apex"):
        return
    for signer in package.signers:
        if signer.verification == "wrong":
            yield Found(
                says=f"the signature of scheme {signer.scheme} is wrong: {signer.note or 'it does not agree with the bytes'}"
            )
    if not package.signers:
        yield Found(says="no signature was found", concern="medium")
    elif {signer.scheme for signer in package.signers} == {"v1"}:
        yield Found(says="signed by scheme v1 alone", concern="medium")


ODDITY = OddityFinder(
    rule=OddityRule(
        name="signature",
        title="The signature is wrong, of the oldest scheme alone, or missing",
        concern="high",
        help=(
            "Android compares the certificate of an update with that of what it replaces. A signature that does not hold "
            "says that the package was changed after signing. Scheme v1 alone protects entries of the archive and not the "
            "archive: bytes can be added around them, and Android 11 refuses it for new apps. Sign with v2 or later."
        ),
    ),
    find=_find,
)
