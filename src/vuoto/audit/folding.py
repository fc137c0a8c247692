"""Folds what was looked through into the document's lists: names the flows, joins the rows, masks what is not to be shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from vuoto.audit.looking import Apart, Look, remote_address
from vuoto.audit.question import Question
from vuoto.disclosures.tally import Contact, Row, join_rows, without_value
from vuoto.facts.declarations import Declaration
from vuoto.facts.device import Device
from vuoto.facts.disclosures import Disclosure
from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.facts.problems import Problem
from vuoto.facts.recipients import Recipient
from vuoto.facts.vocabulary import PROTECTIONS, Protection, mask
from vuoto.flows import rfc3339

MOST_PROBLEMS: Final = 1_000
"""Problems listed; a broken capture has one per frame, and the count says more than the list."""

MOST_ADDRESSES_NAMED: Final = 3
SHORTEST_IN_NAME: Final = 8
"""Characters of a value that is looked for in host names; shorter ones would eat ordinary words."""


def name_flows(look: Look) -> list[Flow]:
    """The flows with what reading them told: host, protocols, protection. A name that the device looked up is the last resort."""
    if len(look.harvest.readings) != len(look.flows):
        return look.flows  # a HAR: its flows are named already
    looked_up: dict[str, str] = {}
    named = []
    for index, (flow, reading) in enumerate(zip(look.flows, look.harvest.readings, strict=True)):
        looked_up.update(reading.names)
        host, source = reading.host, reading.host_source
        if host is None and (host := looked_up.get(remote_address(flow) or "")):
            source = "dns"
        protection = reading.protection
        if protection == "unknown" and index in look.harvest.readable:
            protection = "none"
        named.append(
            Flow(  # written out, since `replace` takes twice as long, and a day's capture has tens of thousands
                id=flow.id,
                input=flow.input,
                transport=flow.transport,
                client=flow.client,
                server=flow.server,
                device_side=flow.device_side,
                host=host,
                host_source=source,
                protocols=reading.protocols,
                protection=protection,
                decrypted=flow.decrypted,
                why_not_decrypted=None if protection == "none" else reading.why_not_decrypted,
                app=flow.app,
                first=flow.first,
                last=flow.last,
                bytes_out=flow.bytes_out,
                bytes_in=flow.bytes_in,
                community_id=flow.community_id,
                gaps=flow.gaps,
                details=tuple(sorted({*flow.details, *reading.details})) if flow.details or reading.details else (),
            )
        )
    return named


def contact_of(flow: Flow) -> Contact:
    """Host and address of the flow's remote side."""
    return flow.host, remote_address(flow)


def placed(row: Row, flows: Sequence[Flow], apart: Mapping[Apart, Protection], *, before: int) -> Row:
    """The row with its flows numbered through all inputs, and its contact named where only the flow has a name.

    `apart` says how a value went where its conversation went on otherwise.
    """
    if apart:
        mine = ((flow, apart.get((row.kind, row.value, row.field, flow))) for flow in row.flows)
        row.apart = {flow + before: protection for flow, protection in mine if protection is not None}
    if row.contact[0] is None:
        row.contact = (flows[row.flow].host, row.contact[1])
    row.flow += before
    row.flows = {flow + before for flow in row.flows}
    return row


def one_per_recipient(rows: Iterable[Row], identified: dict[Contact, Recipient]) -> list[Row]:
    """Rows of the same kind, value, field and recipient are one, whatever address or input each was seen with."""
    merged: dict[tuple[str, str, str, str], Row] = {}
    for row in rows:
        key = (row.kind, row.value, row.field, identified[row.contact].id)
        mine = merged.get(key)
        merged[key] = row if mine is None else join_rows(mine, row)
    return list(merged.values())


def declared_recipients(declaration: Declaration | None, contacts: Iterable[Contact]) -> dict[str, tuple[str, str | None]]:
    """Name and country that the declaration gives for each host it names."""
    if declaration is None:
        return {}
    from vuoto import declarations

    result = {}
    for host in {host for host, _ in contacts if host}:
        match = declarations.match_host(declaration, host)
        if match is not None:
            result[host] = (match.name, match.country)
    return result


def to_disclosure(row: Row, flows: Sequence[Flow], identified: dict[Contact, Recipient], *, reveal: bool) -> Disclosure:
    """The row as the document lists it."""
    flow = flows[row.flow]
    assert row.evidence is not None
    times = tuple(text for t in row.times_ns if (text := rfc3339(t)) is not None)
    weakest = min((row.apart.get(i, flows[i].protection) for i in row.flows), key=PROTECTIONS.index)
    return Disclosure(
        id=row.id(flow.id),
        kind=row.kind,
        value=row.value if reveal else mask(row.kind, row.value),
        certainty=row.certainty,
        certainty_why=row.why if reveal else without_value(row.why, row),
        form=row.form,
        field=row.field if reveal else without_value(row.field, row),
        direction="out",
        time=times[0] if times else None,
        times=times,
        flow=flow.id,
        recipient=identified[row.contact].id,
        protection=weakest,
        count=row.count,
        evidence=row.evidenced(),
        scheme=dict(flow.details).get("scheme"),
    )


def reading_order(disclosure: Disclosure) -> tuple[object, ...]:
    """By time, then by place, so that the order does not depend on who found it first."""
    evidence = disclosure.evidence
    place = (evidence.stream_offset or 0, evidence.entry or 0)
    return (disclosure.time or "", disclosure.flow, *place, disclosure.kind, disclosure.field, disclosure.id)


def describe_device(question: Question, looks: Sequence[Look]) -> Device:
    """The device, as all inputs together show it."""
    addresses = dict.fromkeys(address for look in looks for address in look.addresses)
    return Device(
        addresses=tuple(addresses),
        addresses_why="; ".join(dict.fromkeys(look.why for look in looks if look.why)),
        profile=question.profile.kinds(),
        country=question.profile.country,
    )


def contradictions(question: Question, looks: Sequence[Look], flows: Sequence[Flow]) -> list[Problem]:
    """What was asked or given and does not fit what was found."""
    problems = []
    ends = {end.rsplit(":", 1)[0].strip("[]") for flow in flows for end in (flow.client, flow.server) if end}
    for address in question.profile.addresses:
        if ends and address not in ends:
            what = f"the device is said to have the address {address}, and no conversation has it"
            problems.append(
                Problem(where="--device-address", what=what, next_step="Give the device's address in this capture, or none")
            )
    first: dict[str, str] = {}
    spans: dict[tuple[int, str | None, str | None], str] = {}
    for look in looks:
        name, digest = look.input.name, look.input.sha256
        # A device has one IPv4 address at a time, and as many of IPv6 as it likes (RFC 8981).
        several = [address for address in look.addresses if ":" not in address]
        if len(several) > 1 and not question.profile.addresses:
            what = f"{counted_addresses(several)} speak as a device would: what left any of them is told as one device's"
            step = f"If they are several devices, ask of one: --device-address {several[0]}"
            problems.append(Problem(where=name, what=what, next_step=step))
        if digest in first:
            what = f"the same bytes as {first[digest]}: what they hold is counted again"
            problems.append(Problem(where=name, what=what, next_step="Give each capture once"))
        first.setdefault(digest, name)
        # To the nanosecond and the frame: packed or cut out of another file, it is the same hour of the same line.
        span = (look.input.frames, look.input.first, look.input.last)
        if span in spans and first[digest] == name:
            what = f"as many frames as {spans[span]}, between the same moments: if it is the same capture, it is counted again"
            problems.append(Problem(where=name, what=what, next_step="Give each capture once"))
        if look.input.first != look.input.last:
            spans.setdefault(span, name)
    return problems


def counted_addresses(addresses: Sequence[str]) -> str:
    """`2 addresses (10.0.0.2, 10.0.0.3)`, the first few of them."""
    more = ", …" if len(addresses) > MOST_ADDRESSES_NAMED else ""
    return f"{len(addresses)} addresses ({', '.join(addresses[:MOST_ADDRESSES_NAMED])}{more})"


def bounded(problems: Iterable[Problem]) -> list[Problem]:
    """The first problems by place, without repeats, and a last one that counts the rest."""
    distinct = sorted(set(problems), key=lambda p: (in_numbers(p.where), p.what, p.next_step or ""))
    if len(distinct) <= MOST_PROBLEMS:
        return distinct
    rest = len(distinct) - MOST_PROBLEMS
    return [*distinct[:MOST_PROBLEMS], Problem(where="the whole", what=f"{rest} more problems of the same kinds are not listed")]


def in_numbers(text: str) -> tuple[tuple[int, str], ...]:
    """A key that sorts `frame 9` before `frame 12`."""
    return tuple((int(t), "") if t.isdecimal() else (-1, t) for t in re.findall(r"\d{1,18}|\D+", text))


def hide_values_in_names(document: AuditDocument, rows: Iterable[Row]) -> AuditDocument:
    """Mask values that stand in host names (an identifier as a DNS label), wherever the name is repeated."""
    spellings = {}
    for row in rows:
        for spelling in (row.raw, row.value):
            if len(spelling) >= SHORTEST_IN_NAME and row.certainty != "possible":
                spellings[spelling.lower()] = mask(row.kind, spelling)
    names = {flow.host for flow in document.flows if flow.host} | {r.host for r in document.recipients if r.host}
    hidden: dict[str, str] = {}
    for name in sorted(names):
        for spelling, masked in spellings.items():
            if spelling in name:
                hidden[name] = hidden.get(name, name).replace(spelling, masked)
    if not hidden:
        return document
    return replace(
        document,
        flows=tuple(replace(f, host=hidden.get(f.host or "", f.host)) for f in document.flows),
        recipients=tuple(replace(r, host=hidden.get(r.host or "", r.host)) for r in document.recipients),
    )
