"""Who signed a package, as Android goes by it: the certificates of the newest scheme that it carries."""

from __future__ import annotations

from typing import Final, NamedTuple

from vuoto.facts.packages import Certificate, Package

_SCHEMES: Final = ("v3.1", "v3", "v2", "v1")
"""Newest first. v4 signs the same content for incremental installation and says nothing of its own."""


class Signing(NamedTuple):
    """The signers of one package."""

    certificates: frozenset[str]
    """SHA-256 of their certificates."""

    lineage: frozenset[str]
    """SHA-256 of earlier certificates that a lineage names."""

    names: tuple[tuple[str, str], ...]
    """Digest and subject of each certificate, sorted."""

    verified: bool
    """Whether every signature of the scheme that counts was computed and holds."""

    wrong: bool
    """Whether a signature was computed and does not hold."""

    note: str
    """Why not."""

    def follows(self, before: Signing) -> bool:
        """Whether the lineage names every certificate that signed before."""
        return bool(before.certificates) and before.certificates <= self.lineage

    def words(self) -> str:
        """`CN=Example (3fc2…)`, or that there is none."""
        if not self.names:
            return "nobody"
        return " and ".join(f"{subject or 'a certificate without a name'} ({digest[:16]}…)" for digest, subject in self.names)


def signing_of(package: Package) -> Signing:
    """The signers that count."""
    scheme = next((s for s in _SCHEMES if any(one.scheme == s for one in package.signers)), "")
    rows = [one for one in package.signers if one.scheme == scheme]
    certificates: dict[str, Certificate] = {one.certificate.sha256: one.certificate for one in rows}
    wrong = [one for one in rows if one.verification == "wrong"]
    # Android 13 takes v3.1, older ones v3 and its certificate, which the lineage of v3.1 names: all of them are looked at.
    lineage = {earlier.sha256 for one in package.signers for earlier in one.lineage}
    return Signing(
        certificates=frozenset(certificates),
        lineage=frozenset(lineage),
        names=tuple(sorted((digest, one.subject or "") for digest, one in certificates.items())),
        verified=bool(rows) and all(one.verification == "verified" for one in rows),
        wrong=bool(wrong),
        note=(wrong[0].note or "it was computed and differs") if wrong else "",
    )
