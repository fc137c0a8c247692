"""Builds the facts of a case from the few words that matter in it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from vuoto.facts.declarations import Controller, Declaration, DeclaredRecipient, Processing, TransferTool
from vuoto.facts.device import Device
from vuoto.facts.disclosures import Disclosure, Evidence
from vuoto.facts.recipients import CountryClaim, Recipient
from vuoto.facts.verdicts import Verdict
from vuoto.transfers.judging import judge
from vuoto.transfers.lawbook import Lawbook, lawbook


def disclosure(kind: str, facts: Mapping[str, Any]) -> Disclosure:
    times = tuple(t if "T" in t or len(t) != 10 else f"{t}T10:00:00Z" for t in facts.get("times", ()))
    return Disclosure(
        id=f"d-{kind}",
        kind=kind,
        value="•",
        certainty=facts.get("certainty", "validated"),
        certainty_why="",
        form=tuple(facts.get("form", ())),
        field="request body",
        direction="out",
        time=times[0] if times else None,
        times=times,
        flow="f",
        recipient="r",
        protection=facts.get("protection", "tls1.3"),
        count=facts.get("count", 1),
        evidence=Evidence(input=0, frames=(1,), stream_offset=0, length=1),
        scheme=facts.get("scheme"),
    )


def recipient(facts: Mapping[str, Any]) -> Recipient:
    return Recipient(
        id="r",
        host=facts["host"],
        registrable_domain=None,
        domain_registry=None,
        addresses=(),
        organisation=None,
        countries=tuple(CountryClaim(country=c, register=r) for c, r in facts.get("claims", ())),
        country=facts.get("country"),
        country_why="by hand",
        local=facts.get("local", False),
    )


def declaration(facts: Mapping[str, Any] | None) -> Declaration | None:
    if facts is None:
        return None
    tool = facts.get("transfer")
    country = facts["controller_country"]
    return Declaration(
        version="1",
        controller=Controller(name="Controller Oy", country=country, contact="privacy@example.test", authority=None),
        recipients=(
            DeclaredRecipient(
                key="one",
                name=facts["name"],
                hosts=tuple(facts["hosts"]),
                country=facts.get("country"),
                role=facts["role"],
                transfer=TransferTool(
                    tool=tool["tool"], reference=tool.get("reference"), since=tool.get("since"), until=tool.get("until")
                )
                if tool
                else None,
            ),
        ),
        processing=(
            Processing(
                key="purpose",
                title=(("en", "Purpose"),),
                purpose="A purpose",
                legal_basis=facts["legal_basis"],
                data=tuple(facts["data"]),
                recipients=("one",),
                retention=None,
                opt_out=facts["opt_out"],
                events=(),
            ),
        ),
        variants=(),
    )


def verdicts(facts: Mapping[str, Any], law: Lawbook | None = None) -> tuple[Verdict, ...]:
    as_of: date | None = facts.get("as_of")
    return judge(
        law or lawbook(),
        [disclosure(kind, facts) for kind in facts["kinds"]],
        [recipient(facts)],
        declaration(facts.get("declaration")),
        Device(country=facts.get("device_country") or None),
        as_of=as_of,
    )
