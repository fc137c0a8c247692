"""Hands what was sighted to the detective: each input's shapes, and conversations of which only the outside could be seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple, TypedDict

from vuoto.audit.folding import contact_of
from vuoto.audit.looking import Look
from vuoto.audit.question import Question
from vuoto.audit.sighting import SILENT, Sightings
from vuoto.disclosures.tally import Contact, Row
from vuoto.facts.flows import ALSO_APP, Flow
from vuoto.facts.origins import Sighting, SocketTrace, Tracing
from vuoto.facts.recipients import Recipient

_CHECKS: Final = ("/generate_204", "/gen_204", "/connecttest.txt", "/hotspot-detect.html")
"""Paths of connectivity checks: Android and others ask for one of these whenever they have joined a network."""

DHCP_PORTS: Final = ((68, 67), (546, 547))


def trace(
    question: Question, looks: Sequence[Look], flows: Sequence[Flow], rows: Iterable[Row], identified: dict[Contact, Recipient]
) -> Tracing:
    """The code behind what was sent, where a build or a recording was given or the capture names apps; else nothing is done."""
    if not question.traced and not any(flow.app for flow in flows):
        return Tracing()
    from vuoto import origins

    ids = {(row.kind, row.value, row.field, identified[row.contact].id): row.id(flows[row.flow].id) for row in rows}
    recorded = origins.join_traces(question.socket_traces, flows)
    sightings: list[Sighting] = []
    before = 0
    for look in looks:
        mine = flows[before : before + len(look.flows)]
        sightings += sightings_of(look.harvest.sightings, mine, identified, ids, recorded)
        before += len(look.flows)
    if question.build is None:  # then only what names somebody can be answered
        sightings = [sighting for sighting in sightings if sighting.apps or sighting.traces]
    return origins.trace_origins(sightings, question.build)


class Start(NamedTuple):
    """The device's first sign in an input."""

    time: float
    """Seconds since 1970."""

    what: str
    """What it is, and what it says: half a sentence."""

    joined: bool
    """Whether it is the sign of a device that has just been switched on or has just joined a network."""


def start_of(flows: Iterable[Flow], checks: frozenset[str]) -> Start | None:
    """The device's first sign. `checks`: ids of conversations in which it checked the network it had joined."""
    timed = sorted((f for f in flows if f.first), key=lambda f: (f.first or "", f.id))
    if not timed:
        return None
    first = timed[0]
    for flow in timed:
        ports = tuple(int(end.rpartition(":")[2]) if end else 0 for end in (flow.client, flow.server))
        asked = flow.transport == "udp" and ports in DHCP_PORTS
        if asked or flow.id in checks:
            if _seconds(flow) - _seconds(first) > 30:
                break
            what = "the device asked for an address (DHCP)" if asked else "the device checked the network that it had just joined"
            return Start(_seconds(flow), what, joined=True)
    return Start(_seconds(first), "the first packet of the capture", joined=False)


def _seconds(flow: Flow) -> float:
    return datetime.fromisoformat(flow.first or "").timestamp()


def checks_in(sightings: Sightings, flows: Sequence[Flow]) -> frozenset[str]:
    """Ids of the conversations that held a connectivity check."""
    return frozenset(
        flows[n].id
        for shape in sightings.shapes.values()
        if any(p in _CHECKS for p in shape.paths)
        for n in shape.flows
        if n < len(flows)
    )


def sightings_of(
    sightings: Sightings | None,
    flows: Sequence[Flow],
    identified: Mapping[Contact, Recipient],
    ids: Mapping[tuple[str, str, str, str], str],
    traces: Mapping[str, tuple[SocketTrace, ...]],
) -> list[Sighting]:
    """The facts of one input's shapes, and of its conversations in which nothing could be read.

    `ids`: kind, value, field and recipient → the disclosure.
    """
    sightings = sightings or Sightings()
    start = start_of(flows, checks_in(sightings, flows))
    result: list[Sighting] = []
    spoken: set[int] = set()
    for key, shape in sightings.shapes.items():
        spoken |= shape.flows
        first = min(shape.flows)
        contact = key.contact if key.contact[0] is not None else (flows[first].host, key.contact[1])
        recipient = identified.get(contact)
        if recipient is None or recipient.local:
            continue
        if not (recipient.host or shape.rows or any(flows[n].app or flows[n].id in traces for n in shape.flows)):
            continue  # an address without a name, and nothing said in words: there is nothing to look for
        rows = {(kind, ids.get((kind, value, name, recipient.id))) for kind, value, name in shape.rows}
        mine = [flows[n] for n in sorted(shape.flows)]
        seconds = shape.first_ns / 1e9 - start.time if start and shape.first_ns else None
        result.append(
            Sighting(
                recipient=recipient.id,
                host=recipient.host,
                domain=recipient.registrable_domain,
                addresses=tuple(a.ip for a in recipient.addresses[:8]),
                disclosures=tuple(sorted(id_ for _, id_ in rows if id_)),
                kinds=tuple(sorted({kind for kind, id_ in rows if id_})),
                flows=tuple(f.id for f in mine[:64]),
                paths=tuple(sorted(shape.paths)),
                parameters=tuple(sorted(shape.parameters)),
                fields=tuple(sorted(shape.fields)),
                headers=tuple(sorted(shape.headers)),
                media_types=tuple(sorted(shape.media_types)),
                agents=(key.agent,) if key.agent else (),
                forms=tuple(sorted(shape.forms)),
                **_of_flows(mine, traces),
                seconds=round(seconds, 3) if seconds is not None and seconds >= 0 else None,
                since=start.what if start else None,
                started=start is not None and start.joined,
            )
        )
    return [*result, *_unread(flows, spoken, identified, traces, start)]


def _unread(
    flows: Sequence[Flow],
    spoken: set[int],
    identified: Mapping[Contact, Recipient],
    traces: Mapping[str, tuple[SocketTrace, ...]],
    start: Start | None,
) -> list[Sighting]:
    """One sighting per recipient and app for conversations of which only the outside could be seen."""
    groups: defaultdict[tuple[str, str | None], list[Flow]] = defaultdict(list)
    who: dict[str, Recipient] = {}
    for number, flow in enumerate(flows):
        if number in spoken or SILENT.intersection(flow.protocols):
            continue
        recipient = identified.get(contact_of(flow))
        if recipient is not None and not recipient.local and (recipient.host or flow.app or flow.id in traces):
            groups[recipient.id, flow.app].append(flow)
            who[recipient.id] = recipient
    result = []
    for (name, _), mine in groups.items():
        first = min((_seconds(f) for f in mine if f.first), default=None)
        seconds = first - start.time if start and first is not None else None
        result.append(
            Sighting(
                recipient=name,
                host=who[name].host,
                domain=who[name].registrable_domain,
                addresses=tuple(a.ip for a in who[name].addresses[:8]),
                flows=tuple(f.id for f in mine[:64]),
                **_of_flows(mine, traces),
                seconds=round(seconds, 3) if seconds is not None and seconds >= 0 else None,
                since=start.what if start else None,
                started=start is not None and start.joined,
            )
        )
    return result


def _apps(flow: Flow) -> list[str]:
    """All that the capture names for a conversation."""
    return [flow.app, *(value for name, value in flow.details if name == ALSO_APP)] if flow.app else []


class _OfFlows(TypedDict):
    apps: tuple[str, ...]
    traces: tuple[SocketTrace, ...]


def _of_flows(flows: Sequence[Flow], traces: Mapping[str, tuple[SocketTrace, ...]]) -> _OfFlows:
    """What the capture and the recorder say of the conversations."""
    recorded = {trace: None for flow in flows for trace in traces.get(flow.id, ())}
    return _OfFlows(
        apps=tuple(sorted({app for flow in flows for app in _apps(flow)})),
        traces=tuple(sorted(recorded, key=lambda t: (t.time_ns, t.process)))[:16],
    )
