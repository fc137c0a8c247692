"""GDPR art. 46 and 49: the safeguards and derogations that the declaration names, held against the day."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from vuoto.facts.declarations import TransferTool
from vuoto.facts.verdicts import Clause
from vuoto.transfers.case import Case, Reasoning
from vuoto.transfers.lawbook import Safeguard

SCHREMS_II: Final = Clause(
    law="Judgment C-311/18 (16 July 2020)",
    article="paragraphs 134 and 135",
    says="Who exports on safeguards must check whether they hold in the recipient's country, and add to them or stop.",
    source="https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=CELEX:62018CJ0311",
)
_EDPB_2_2018 = Clause(
    law="EDPB Guidelines 2/2018 (25 May 2018)",
    article="section 1",
    says="Derogations are exceptions and read narrowly; most of them do not carry what is sent again and again.",
    source="https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/"
    "guidelines-22018-derogations-article-49-under-regulation-2016679_en",
    rests_on="general knowledge",
)
_TOOL_NAMES: Final = {
    "scc": "standard contractual clauses",
    "bcr": "binding corporate rules",
    "code-of-conduct": "an approved code of conduct",
    "certification": "an approved certification",
    "ad-hoc": "ad hoc clauses",
}
_PROOF: Final = {
    "scc": "the clauses as concluded",
    "bcr": "the approval of the binding corporate rules (art. 47)",
    "code-of-conduct": "the approval of the code of conduct and the recipient's commitments (art. 40)",
    "certification": "the certificate and the recipient's commitments (art. 42)",
    "ad-hoc": "the authorisation of the clauses by the supervisory authority (art. 46(3))",
}
_DEROGATIONS: Final = {
    "a": "explicit consent after being told of the risks",
    "b": "necessary for a contract with the person",
    "c": "necessary for a contract in the person's interest",
    "d": "important reasons of public interest",
    "e": "legal claims",
    "f": "vital interests",
    "g": "a public register",
}


def declared_safeguard(case: Case, tool: TransferTool, reasoning: Reasoning) -> str:
    """Whether the safeguard that the declaration names could be relied on that day: `yes`, `no` or `open`, with the reasons."""
    reasoning.cite("46")
    name = _TOOL_NAMES[tool.tool]
    if not _relied_on(case, tool, reasoning, name):
        return "no"
    if tool.tool in {"code-of-conduct", "certification"} and not case.regime.modern:
        # Art. 46(2)(e) and (f) came with the GDPR.
        reasoning.so(f"The declaration names {name}, which was no basis for a transfer under {case.regime.name}")
        return "no"
    standing = _standing(case, tool, reasoning, name)
    if standing == "no":
        return standing
    reasoning.need(_PROOF[tool.tool])
    _supplementary_measures(case, reasoning)
    return standing


def _standing(case: Case, tool: TransferTool, reasoning: Reasoning, name: str) -> str:
    rows = [s for s in case.law.safeguards if s.tool == tool.tool]
    named = [s for s in rows if tool.reference and _is_named(s, tool.reference)]
    usable = [s for s in named or rows if s.holds(case.day) and not _concluded_too_late(s, tool)]
    if not usable:
        # Art. 46(5) and Decision (EU) 2021/914 art. 4: each set of clauses has its days.
        for row in named or rows:
            reasoning.cite(_cited(row))
        which = " or ".join(s.instrument for s in named or rows) or "none of the table"
        reasoning.so(f"The declaration names {name}; {which} could not be relied on on {case.day}")
        return "no"
    chosen = usable[-1]
    reasoning.cite(_cited(chosen))
    said = f" ({tool.reference[:80]})" if tool.reference else ""
    if tool.tool == "scc" and not named and tool.reference:
        reasoning.so(f"The declaration names {name}{said}; the law table knows no set of that name")
        reasoning.need("which set of standard contractual clauses was concluded")
        return "open"
    if chosen.concluded_until and case.day > chosen.concluded_until and tool.since is None:
        reasoning.so(f"The declaration names {name}{said}; {chosen.instrument} held on {case.day} for older contracts only")
        reasoning.need(f"whether the clauses were concluded by {chosen.concluded_until}")
        return "open"
    reasoning.so(f"The declaration names {name}{said}; on {case.day} they could be relied on")
    if tool.tool == "scc" and not named:
        reasoning.need("which set of standard contractual clauses was concluded")
    return "yes"


def _relied_on(case: Case, tool: TransferTool, reasoning: Reasoning, name: str) -> bool:
    if tool.since and case.day < tool.since:
        reasoning.so(f"The declaration names {name} from {tool.since} only, which is after {case.day}")
        return False
    if tool.until and case.day > tool.until:
        reasoning.so(f"The declaration names {name} until {tool.until} only, which is before {case.day}")
        return False
    return True


def _supplementary_measures(case: Case, reasoning: Reasoning) -> None:
    # C-311/18 of 16 July 2020: safeguards on paper are not enough; EDPB Recommendations 01/2020 list what may be added.
    if case.day.isoformat() < "2020-07-16":
        return
    reasoning.cite(SCHREMS_II)
    reasoning.need("the assessment of the recipient's law, and the supplementary measures taken")
    if any(s.disclosure.protection == "none" for s in case.sent):
        reasoning.so("It went in clear text, which speaks against any effective supplementary measure")


def declared_derogation(case: Case, tool: TransferTool, reasoning: Reasoning) -> bool:
    """Whether the derogation that the declaration names was relied on that day (art. 49), with the reasons."""
    reasoning.cite("49")
    if not _relied_on(case, tool, reasoning, "a derogation"):
        return False
    point = derogation_point(tool.reference)
    if point:
        reasoning.so(f"The declaration names a derogation, art. 49(1)({point}): {_DEROGATIONS[point]}")
    else:
        reasoning.so("The declaration names a derogation")
        reasoning.need("which point of art. 49(1) is relied on")
    count = sum(s.count for s in case.sent)
    if count > 1:
        # Recital 111: occasional transfers; art. 49(1) second subparagraph: not repetitive.
        reasoning.cite_guidance(_EDPB_2_2018, date(2018, 5, 25))
        reasoning.so(f"Derogations are for what is not sent regularly; {count} values were sent in this capture")
        reasoning.need("whether this is sent regularly")
    reasoning.need("proof that the conditions of the derogation were met")
    return True


def derogation_point(reference: str | None) -> str | None:
    """`a` for `49(1)(a)`; `None` where no point is named."""
    found = re.search(r"49\s*(?:\(1\)|[-. ]1)?\s*[-. ]?\(?([a-g])\)?(?![a-z])", (reference or "").lower())
    return found.group(1) if found else None


def _concluded_too_late(row: Safeguard, tool: TransferTool) -> bool:
    return bool(row.concluded_until and tool.since and tool.since > row.concluded_until)


def _cited(row: Safeguard) -> Clause:
    until = f" to {row.last}" if row.last else ""
    return Clause(
        law=f"Decision {row.instrument}" if row.tool == "scc" else row.instrument,
        article="art. 1" if row.tool == "scc" else "",
        says=f"{_TOOL_NAMES[row.tool].capitalize()}: could be relied on from {row.first}{until}.",
        source=row.source,
        rests_on=row.rests_on,
    )


def _is_named(row: Safeguard, reference: str) -> bool:
    number = re.search(r"\d{4}/\d{1,4}", row.instrument)
    plain = reference.lower()
    if number and re.search(rf"(?<!\d){re.escape(number.group())}(?!\d)", plain):
        return True
    return not re.search(r"\d{4}/\d{1,4}", plain) and any(a.lower() in plain for a in row.aliases)
