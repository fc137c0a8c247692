"""Looks through one input: frames → flows → messages → parts → findings, counted. One input is one task."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from vuoto import disclosures as laboratory
from vuoto import flows as hall
from vuoto import intake, messages, payloads
from vuoto.audit.question import Question, Source
from vuoto.audit.repeats import Repeats
from vuoto.audit.sighting import Sightings
from vuoto.disclosures.evidence import build_evidence, frames_of, hidden_places
from vuoto.disclosures.tally import Contact, Row, Tally
from vuoto.errors import InputError
from vuoto.facts.disclosures import Finding
from vuoto.facts.flows import Conversation, Conversations, Flow, Stream
from vuoto.facts.frames import Capture, Input
from vuoto.facts.messages import FlowReading, Message
from vuoto.facts.parts import Opened
from vuoto.facts.problems import Problem
from vuoto.facts.vocabulary import Protection, weaker
from vuoto.shards import in_shards

BATCH_MESSAGES: Final = 64
"""Messages opened and searched at once: enough that the one pass over a batch costs little per message, and so few that their
parts are still in the processor's cache when they are searched (512 cost a sixth more)."""

BATCH_BYTES: Final = 4 << 20
"""Bytes of messages in a batch, so that large bodies do not pile up."""

WORTH_FORKING: Final = 1 << 20
"""Weight of the conversations from which another process is worth its start: some 0.2 s of work, where a start costs 0.03."""


Apart = tuple[str, str, str, int]
"""Kind, value and field of a finding, and its conversation."""


@dataclass(slots=True)
class Harvest:
    """What looking through some conversations gave; it pickles, so a shard can be another process."""

    readings: list[FlowReading] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    problems: list[Problem] = field(default_factory=list)
    claims: set[tuple[Contact, str]] = field(default_factory=set)
    repeats: Repeats = field(default_factory=Repeats)
    """Headers that need no second look."""

    sightings: Sightings | None = None
    """What code could have words for, where the code is looked for, or the capture names apps."""

    apart: dict[Apart, Protection] = field(default_factory=dict)
    """How a value (its kind, itself, its field) went in a conversation that went on otherwise: in clear before STARTTLS, say."""

    readable: set[int] = field(default_factory=set)
    """Unknown flows in which something was found in plain bytes: they were not protected, whatever they were."""


@dataclass(slots=True)
class Look:
    """One input after it was looked through."""

    input: Input
    flows: list[Flow]
    harvest: Harvest
    addresses: tuple[str, ...] = ()
    why: str = ""


def look_through_all(
    sources: Iterable[Source], search: laboratory.Search, question: Question
) -> tuple[list[Look], list[Problem]]:
    """Each source looked through, and a problem for each file of a folder that cannot be read at all."""
    looks: list[Look] = []
    unread: list[Problem] = []
    for source in sources:
        try:
            looks.append(look_through(source, len(looks), search, question))
        except InputError as error:
            if source.named:
                raise
            unread.append(Problem(where=source.name, what=error.what, next_step=error.next_step))
    return looks, unread


def look_through(source: Source, index: int, search: laboratory.Search, question: Question) -> Look:
    """Frames → flows → messages → parts → findings of one input. One input is one task: nothing here knows of another."""
    with contextlib.ExitStack() as temporary:
        capture = intake.open_capture(
            source.stream, source.name, spool=lambda: temporary.enter_context(question.spool()), digest=source.digest
        )
        conversations = hall.assemble_flows(
            capture,
            index,
            device_addresses=question.profile.addresses,
            progress=lambda done: question.progress("reading", done),
        )
        ready = [replace(flow, input=index) for flow in capture.flows()]
        if ready:
            harvest = look_at_ready_messages(capture, ready, search, question, index)
            flows = ready
        else:
            flows, harvest = look_at_conversations(conversations, search, question, index)
        told = capture.describe()
        harvest.problems[:0] = [*capture.problems(), *conversations.problems()]
        harvest.problems = [replace(p, where=within(told.name, p.where)) for p in harvest.problems]
        why = conversations.device_why
        if ready and not question.profile.addresses:
            why = "a list of requests does not name the device's address"
        return Look(told, flows, harvest, conversations.device_addresses, why)


def within(name: str, where: str) -> str:
    """`where` with what it is in before it, once."""
    return (
        where
        if where.startswith((name, "flow ") if name.startswith("flow ") else name)
        else f"{name}, {where}"
        if where
        else name
    )


def look_at_conversations(
    conversations: Conversations, search: laboratory.Search, question: Question, index: int
) -> tuple[list[Flow], Harvest]:
    """Look through all conversations, in as many processes as pay."""
    flows: list[Flow] = []
    parts = question.workers if conversations.weight > WORTH_FORKING else 1

    def work(part: int, of: int) -> Harvest:
        def report(done: int) -> None:
            if part == 0:
                question.progress("looking", done * of)

        harvest = look_at_shard(conversations.shard(part, of), search, index, question, report)
        if part == 0:
            # In this process, while the others still look: see `FlowConversations.shard`.
            flows.extend(conversation.flow for conversation in conversations)
        return harvest

    shards = in_shards(work, parts)
    whole = shards[0]
    for other in shards[1:]:
        whole.readings += other.readings
        whole.problems += other.problems
        whole.claims |= other.claims
        whole.readable |= other.readable
        for key, protection in other.apart.items():
            whole.apart[key] = weaker(protection, whole.apart.get(key, protection))
        whole.tally.take(other.tally)
        if whole.sightings is None:
            whole.sightings = other.sightings
        elif other.sightings is not None:
            whole.sightings.take(other.sightings)
    whole.readings.sort(key=lambda reading: reading.flow)
    whole.problems += not_listed(whole.tally)
    return flows, whole


def not_listed(tally: Tally) -> list[Problem]:
    """What was found and is not listed, in words."""
    problems = []
    if alike := tally.settle():
        what = f"values that only look like identifiers, in fields that hold many such, are not listed: {alike}"
        problems.append(Problem(where="", what=what))
    if tally.dropped:
        what = f"there are too many different disclosures to list all; not listed: {tally.dropped}"
        problems.append(Problem(where="", what=what, next_step="Cut the capture into parts with editcap and audit each"))
    return problems


def look_at_shard(
    conversations: Iterator[Conversation],
    search: laboratory.Search,
    index: int,
    question: Question,
    report: Callable[[int], None],
) -> Harvest:
    """Read, unwrap and search some conversations, batch by batch."""
    reveal = question.reveal
    harvest = Harvest(sightings=Sightings() if question.traced else None)
    batch: list[tuple[Message, Conversation, FlowReading]] = []
    size = 0
    for done, conversation in enumerate(conversations):
        if harvest.sightings is None and conversation.app is not None:
            harvest.sightings = Sightings(tagged_only=True)
        reading, found = messages.read_conversation(conversation)
        harvest.readings.append(reading)
        harvest.problems += [replace(p, where=within(f"flow {conversation.index + 1}", p.where)) for p in reading.problems]
        for message in found:
            if harvest.sightings is None and harvest.repeats.silent(message, message.host or reading.host):
                continue
            batch.append((message, conversation, reading))
            size += sum(len(section.data) for section in message.sections)
            if len(batch) >= BATCH_MESSAGES or size >= BATCH_BYTES:
                search_batch(batch, search, harvest, index, reveal)
                batch, size = [], 0
        harvest.problems += conversation.problems()
        report(done + 1)
    search_batch(batch, search, harvest, index, reveal)
    harvest.repeats = Repeats()  # only a memory, and too large to send to another process
    return harvest


def look_at_ready_messages(
    capture: Capture, flows: Sequence[Flow], search: laboratory.Search, question: Question, index: int
) -> Harvest:
    """A HAR has no conversations: its entries are messages already."""
    harvest = Harvest(sightings=Sightings() if question.traced else None)
    batch: list[tuple[Message, Conversation | None, FlowReading]] = []
    for message in capture.messages():
        flow = flows[message.flow]
        batch.append((message, None, FlowReading(flow=message.flow, protection=flow.protection, host=flow.host)))
        if len(batch) >= BATCH_MESSAGES:
            search_batch(batch, search, harvest, index, question.reveal, flows)
            batch = []
    search_batch(batch, search, harvest, index, question.reveal, flows)
    harvest.problems += not_listed(harvest.tally)
    return harvest


def search_batch(
    batch: Sequence[tuple[Message, Conversation | None, FlowReading]],
    search: laboratory.Search,
    harvest: Harvest,
    index: int,
    reveal: bool,
    flows: Sequence[Flow] = (),
) -> None:
    """Unwrap the messages of a batch, search them in one pass, and count what was found."""
    if not batch:
        return
    hosts = [message.host or reading.host for message, _, reading in batch]
    repeats = harvest.repeats
    opened = [payloads.unwrap(repeats.without(message, host)) for (message, _, _), host in zip(batch, hosts, strict=True)]
    findings = laboratory.find_disclosures(opened, search, hosts=hosts)
    streams: dict[int, Stream] = {}
    by_message: dict[int, list[Finding]] = {}
    for finding in findings:
        by_message.setdefault(finding.message, []).append(finding)
    for at, of_message in by_message.items():
        message, conversation, reading = batch[at]
        address = remote_address(conversation.flow if conversation else flows[message.flow])
        contact = (message.host or reading.host, address)
        fresh: list[Finding] = []
        again: list[tuple[Row, Finding]] = []
        for finding in of_message:
            row = harvest.tally.seen(finding, contact, message.flow, message.time_ns)
            if row is not None:
                if row.wants_place(message.time_ns):
                    again.append((row, finding))
            elif harvest.tally.crowded(finding, contact):
                harvest.tally.open_row(finding, contact, message.flow, message.time_ns, None)
            else:
                fresh.append(finding)
        stream = None
        if conversation is not None and (fresh or again):
            stream = streams.get(conversation.index) or conversation.out(messages.GATHER_LIMIT)
            streams[conversation.index] = stream
        hidden = None if reveal or not fresh else hidden_places(of_message, payloads.locate)
        for finding in fresh:
            row = harvest.tally.seen(finding, contact, message.flow, message.time_ns)
            if row is not None:
                again.append((row, finding))
                continue
            evidence = build_evidence(
                finding, message=message, input_index=index, stream=stream, locate=payloads.locate, hidden=hidden
            )
            harvest.tally.open_row(finding, contact, message.flow, message.time_ns, evidence)
        for row, finding in again:
            if stream is not None and row.wants_place(message.time_ns):
                row.add_place(message.time_ns, index, frames_of(finding, stream=stream, locate=payloads.locate))
        if message.protection is not None:
            for finding in of_message:
                key = (finding.kind, finding.value, finding.field, message.flow)
                harvest.apart[key] = weaker(message.protection, harvest.apart.get(key, message.protection))
        if any(f.certainty != "possible" for f in of_message):
            note_claims(message, contact, harvest)
            if reading.protection == "unknown" and message.protocol == "bytes":
                harvest.readable.add(message.flow)
    for at, ((message, conversation, _), one, host) in enumerate(zip(batch, opened, hosts, strict=True)):
        repeats.learn(one, host, by_message.get(at, ()))
        if harvest.sightings is not None:
            address = remote_address(conversation.flow if conversation else flows[message.flow])
            app = conversation.flow.app if conversation else flows[message.flow].app
            harvest.sightings.note(message, one, by_message.get(at, ()), (host, address), app)
        if one.problems:
            harvest.problems += problems_of(message, one)


def note_claims(message: Message, contact: Contact, harvest: Harvest) -> None:
    """Remember a media type that says the body is encrypted, of a message in which values were read without a key."""
    for section in message.sections:
        if (
            len(section.name) == len("content-type")
            and section.name.lower() == "content-type"
            and b"encrypt" in section.data.lower()
        ):
            harvest.claims.add((contact, section.data.decode("latin-1").strip().lower()[:128]))


def problems_of(message: Message, opened: Opened) -> list[Problem]:
    """The problems met while opening one message, with the place of the message before them."""
    where = f"entry {message.entry}" if message.entry is not None else f"flow {message.flow + 1}, {message.protocol}"
    return [replace(p, where=f"{where}, {p.where}" if p.where else where) for p in opened.problems]


def remote_address(flow: Flow) -> str | None:
    """The address of the side that is not the device, without its port; `None` where the input does not say."""
    end = flow.client if flow.device_side == "server" else flow.server
    if end is None:
        return None
    return end.rsplit(":", 1)[0].strip("[]")
