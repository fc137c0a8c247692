"""A package that somebody else signed than was expected.

Expected is what the declaration says of the package, else who signed it in the baseline. A lineage that names the certificate
before is told and not taken for proof, since nothing here verifies that each certificate of it signed the next. Nor is a
signature that was not computed (v4, digests of before SHA-1): anybody can put another's certificate into a package.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from vuoto.facts.builds import ReadPackage
from vuoto.facts.gates import GateFinding
from vuoto.firmware.comparing.signing import Signing, signing_of
from vuoto.firmware.gate.question import Question, finding
from vuoto.firmware.gate.rule import Rule


def _judge(question: Question) -> Iterator[GateFinding]:
    before = {id(pair.new): pair for pair in question.pairs}
    trusted = {
        digest
        for read in (question.baseline.packages if question.baseline else ())
        for digest in signing_of(read.package).certificates
    }
    for read in question.build.packages:
        package = read.package
        signing = signing_of(package)
        subject = ", ".join(sorted(signing.certificates)) or "unsigned"
        if signing.wrong:
            yield finding(RULE.name, "refused", read, subject, f"its signature does not hold: {signing.note}")
        declared = expected(question, package.name)
        if declared is not None:
            if not signing.certificates or not signing.certificates <= declared:
                other = f"it is signed by {signing.words()}, which the declaration does not name for it"
                because = other if signing.certificates else "nobody signed it, and the declaration names who must"
                yield finding(RULE.name, "refused", read, subject, because)
            elif not signing.verified and not signing.wrong and id(read) in before:
                yield _not_computed(read, signing, subject)
            continue
        pair = before.get(id(read))
        if pair is None or question.baseline is None or package.kind not in ("apk", "apex"):
            continue
        if pair.old is None:
            if not signing.certificates <= trusted or not signing.certificates:
                signed = f"signed by {signing.words()}, who signed nothing in the baseline"
                because = f"it is new, {signed if signing.certificates else 'and nobody signed it'}"
                yield finding(RULE.name, "undecided", read, subject, because)
            elif not signing.verified and not signing.wrong:
                yield _not_computed(read, signing, subject)
            continue
        was = signing_of(pair.old.package)
        if was.certificates == signing.certificates:
            if signing.certificates and not signing.verified and not signing.wrong:
                yield _not_computed(read, signing, subject)
            continue
        if signing.certificates and signing.follows(was):
            because = f"its certificate was rotated to {signing.words()}; the lineage names the one before, and was not verified"
            yield finding(RULE.name, "undecided", read, subject, because)
        else:
            because = f"it is signed by {signing.words()}, in the baseline by {was.words()}"
            yield finding(RULE.name, "refused", read, subject, because)


def _not_computed(read: ReadPackage, signing: Signing, subject: str) -> GateFinding:
    because = f"it holds the certificate of {signing.words()}, and whether that signed what is in it now was not computed"
    return finding(RULE.name, "undecided", read, subject, because)


def expected(question: Question, name: str | None) -> frozenset[str] | None:
    """The certificates that the declaration names for a package: by its name, else by the longest pattern, else `None`."""
    if name is None:
        return None
    rows = [
        (pattern == name, len(pattern), digests)
        for pattern, digests in question.variant.certificates
        if fnmatchcase(name, pattern)
    ]
    return frozenset(max(rows)[2]) if rows else None


def _note(question: Question) -> str | None:
    if question.baseline is None and not question.variant.certificates:
        return "neither a baseline nor certificates in the declaration were given: only that signatures hold was asked"
    return None


RULE = Rule(
    name="unexpected-certificate",
    asks="whether a package is signed by somebody else than expected",
    rests_on="`certificates` of the variant in the declaration, else the baseline's signers",
    remedy="Find out who signed it (`apksigner verify` computes all); if it is right, name it in `certificates` of the variant",
    judge=_judge,
    note=_note,
)
