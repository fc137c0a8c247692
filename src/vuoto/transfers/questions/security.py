"""Was it protected on its way? GDPR art. 32(1)(a): a level of security appropriate to the risk, encryption among the measures."""

from __future__ import annotations

from datetime import date

from vuoto.facts.verdicts import Clause
from vuoto.transfers.case import Case, Reasoning, Ruling, titles
from vuoto.transfers.question import Question

_RFC_8996 = Clause(
    law="RFC 8996",
    article="section 1",
    says="TLS 1.0 and 1.1 are no longer to be used (March 2021).",
    source="https://www.rfc-editor.org/rfc/rfc8996",
)

_GROUPS = {
    "none": "clear",
    "tls1.2": "current",
    "tls1.3": "current",
    "quic": "current",
    "tls1.0": "outdated",
    "tls1.1": "outdated",
}
_NAMES = {"tls1.0": "TLS 1.0", "tls1.1": "TLS 1.1", "tls1.2": "TLS 1.2", "tls1.3": "TLS 1.3", "quic": "QUIC", "dtls": "DTLS"}
_ENCODINGS = {"base64", "base64url", "base32", "hex", "gzip", "zlib", "deflate", "brotli", "zstd"}


def _decide(case: Case) -> tuple[Ruling, ...]:
    groups = sorted({_GROUPS.get(s.disclosure.protection, "unknown") for s in case.sent})
    return tuple(_group(case, group) for group in groups)


def _group(case: Case, group: str) -> Ruling:
    sent = [s.disclosure for s in case.sent if _GROUPS.get(s.disclosure.protection, "unknown") == group]
    kinds = {d.kind for d in sent}
    protections = " and ".join(_NAMES[p] for p in sorted({d.protection for d in sent}) if p in _NAMES)
    listed = titles(sorted(kinds))
    reasoning = Reasoning(case)
    reasoning.cite("32")  # art. 32(1)(a)
    if group == "clear":
        # Art. 32(1)(a): nothing on the wire kept anyone on the way from reading it.
        reasoning.so(f"{listed} went to {case.name} in clear text {case.when}: anyone on the way could read it")
        if any(_ENCODINGS & set(d.form) for d in sent):
            reasoning.so("An encoding or a compression is no encryption: it is undone without a key")
        return reasoning.rule("unprotected", sent=sent)
    if group == "current":
        # Art. 32(1)(a): encrypted in transport; what the recipient does with it is another matter.
        reasoning.so(f"{listed} went to {case.name} under {protections} {case.when}")
        reasoning.so("This is about the way there only, not about what the recipient does with it")
        return reasoning.rule("protected", sent=sent)
    if group == "outdated":
        # Art. 32(1) asks for the state of the art.
        reasoning.cite_guidance(_RFC_8996, date(2021, 3, 1))
        reasoning.so(f"{listed} went to {case.name} under {protections} {case.when}, which is outdated")
        reasoning.need("which cipher suite was agreed, and why nothing newer")
        return reasoning.rule("undecided", sent=sent)
    if all(d.scheme == "https" for d in sent):
        # A HAR tells the scheme and not the version; art. 32(1) asks for the state of the art.
        reasoning.so(f"{listed} went to {case.name} over TLS {case.when}; the input does not say which version")
        reasoning.need("which version of TLS was agreed")
        return reasoning.rule("undecided", sent=sent)
    reasoning.so(f"How {listed} was protected on the way to {case.name} {case.when} is not known")
    reasoning.need("the protection on the wire" if not protections else f"which version of {protections} was agreed")
    return reasoning.rule("undecided", sent=sent)


QUESTION = Question(id="security", decide=_decide)
