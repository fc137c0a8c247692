"""STAIRCASE: the only place that knows the order of the rooms.

`frames → flows → messages → parts → disclosures → recipients → verdicts → document`, once forward, no way back. Read `audit` from
top to bottom as the tour of the house; `looking` holds the steps that one input takes alone, `folding` what joins them. Files are
opened by the command; here are only readers.
"""

from __future__ import annotations

from collections.abc import Iterable

import vuoto
from vuoto import disclosures as laboratory
from vuoto import recipients, reports, transfers
from vuoto.audit.folding import (
    bounded,
    contact_of,
    contradictions,
    declared_recipients,
    describe_device,
    hide_values_in_names,
    name_flows,
    one_per_recipient,
    placed,
    reading_order,
    to_disclosure,
)
from vuoto.audit.looking import look_through_all
from vuoto.audit.question import Question, Source
from vuoto.audit.tracing import trace
from vuoto.disclosures.tally import Row
from vuoto.facts.document import SCHEMA, AuditDocument, Tool
from vuoto.facts.flows import Flow

__all__ = ["Question", "Source", "audit"]


def audit(sources: Iterable[Source], question: Question) -> AuditDocument:
    """Everything the engine finds in the sources, in one value. Raises `InputError` for a source that cannot be read at all."""
    search = laboratory.prepare_search(question.profile)
    looks, unread = look_through_all(sources, search, question)
    flows: list[Flow] = []
    rows: list[Row] = []
    for look in looks:
        named = name_flows(look)
        rows += [placed(row, named, look.harvest.apart, before=len(flows)) for row in look.harvest.tally.rows()]
        flows += named
    contacts = {contact_of(flow) for flow in flows} | {row.contact for row in rows}
    declared = declared_recipients(question.declaration, contacts)
    identified = recipients.identify_recipients(sorted(contacts, key=str), question.registers, declared=declared)
    rows = one_per_recipient(rows, identified)
    found = sorted((to_disclosure(row, flows, identified, reveal=question.reveal) for row in rows), key=reading_order)
    tracing = trace(question, looks, flows, rows, identified)
    who = sorted({r.id: r for r in identified.values()}.values(), key=lambda r: (r.host or "", r.id))
    device = describe_device(question, looks)
    verdicts = transfers.judge_transfers(found, who, question.declaration, device, as_of=question.as_of)
    claims = sorted({(identified[contact].id, claim) for look in looks for contact, claim in look.harvest.claims})
    summary = reports.summarise(
        disclosures=found,
        recipients=who,
        verdicts=verdicts,
        flows=flows,
        declaration_given=question.declaration is not None,
        claims=claims,
        origins=tracing.origins,
        attributions=tracing.attributions,
    )
    references = {*question.registers.references, *transfers.references()}
    document = AuditDocument(
        schema=SCHEMA,
        tool=Tool(version=vuoto.__version__, reference=tuple(sorted(references))),
        inputs=tuple(look.input for look in looks),
        device=device,
        flows=tuple(flows),
        disclosures=tuple(found),
        recipients=tuple(who),
        verdicts=verdicts,
        origins=tracing.origins,
        problems=tuple(
            bounded(
                [
                    *unread,
                    *laboratory.doubt_profile(question.profile),
                    *contradictions(question, looks, flows),
                    *tracing.problems,
                    *(p for look in looks for p in look.harvest.problems),
                ]
            )
        ),
        summary=summary,
        attributions=tracing.attributions,
        build=tracing.build,
    )
    return document if question.reveal else hide_values_in_names(document, rows)
