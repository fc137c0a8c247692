"""From a capture and a build to package, class and method, through the whole house; and what it costs where no build is given."""

from __future__ import annotations

import io
import json
import struct
import tempfile
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import pytest

import incident
from intake.makers import Record, pcap
from intake.test_app_tags import tagged
from vuoto.audit import Question, Source, audit
from vuoto.audit.looking import look_through_all
from vuoto.audit.sighting import MOST_NAMES, Sightings, _keep
from vuoto.audit.tracing import start_of
from vuoto.cli.firmware._opening import opened_index
from vuoto.disclosures import prepare_search, read_profile
from vuoto.facts.document import AuditDocument
from vuoto.facts.flows import Flow
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Opened
from vuoto.firmware.index import BuildIndex
from vuoto.origins import read_socket_traces
from vuoto.recipients import load_registers
from vuoto.reports import redact, render

EXAMPLES: Final = Path(__file__).resolve().parents[2] / "examples"
CLIENT: Final = "com.example.carrier.activation"


@cache
def build(name: str) -> BuildIndex:
    return opened_index(EXAMPLES / "firmware" / f"{name}.ota.zip", quiet=True)


def spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def question(**more: Any) -> Question:
    profile = read_profile((EXAMPLES / "nokia-7-plus.device.toml").read_bytes(), "nokia-7-plus.device.toml")
    return Question(registers=load_registers(), spool=spool, profile=profile, **more)


def audited(**more: Any) -> AuditDocument:
    source = Source("nokia-7-plus.pcapng", io.BytesIO((EXAMPLES / "nokia-7-plus.pcapng").read_bytes()))
    return audit([source], question(**more))


def answer_for(document: AuditDocument, host: str) -> Any:
    (who,) = (r.id for r in document.recipients if r.host == host)
    (answer,) = (a for a in document.attributions if a.recipient == who)
    return answer


def test_the_client_of_the_faulty_batch() -> None:
    document = audited(build=build("batch-2019-02"))
    answer = answer_for(document, incident.HOST)
    assert (answer.outcome, answer.packages) == ("found", (CLIENT,))
    assert answer.confidence > 0.95
    sent = {d.kind for d in document.disclosures if d.id in answer.disclosures}
    assert {"imei", "iccid", "imsi", "mac_address", "cell_id"} <= sent
    (origin,) = (o for o in document.origins if o.package == CLIENT)
    assert (origin.version, origin.path) == ("3.0", "system/priv-app/Activation/Activation.apk")
    assert (origin.class_ or "").startswith(CLIENT)
    assert {"host string", "field name", "media type", "identifier read", "encoding", "trigger timing"} <= {
        c.trace for c in origin.clues if c.weight > 0
    }
    assert any("60 s after" in reason for reason in answer.because)
    assert any(sentence.startswith("The code that can have sent this: package") for sentence in document.summary.sentences)


def test_the_build_of_the_other_variant_does_not_hold_it() -> None:
    answer = answer_for(audited(build=build("global")), incident.HOST)
    assert (answer.outcome, answer.packages) == ("not-in-build", ())
    assert answer.confidence > 0.75


def test_every_host_of_the_hour_finds_its_app() -> None:
    """Encrypted conversations as well: the name in the handshake is enough where one package holds it."""
    document = audited(build=build("global"))
    hosts = {r.id: r.host for r in document.recipients}
    found = {hosts[a.recipient]: a.packages for a in document.attributions if a.outcome == "found"}
    for host, package in (
        ("mail.example.com", "com.example.mail"),
        ("telemetry.example.test", "com.example.updater"),
        ("chat.example.org", "com.example.chat"),
        ("weather.example.com", "com.example.weather"),
    ):
        assert found[host] == (package,)


def test_a_recording_names_it_without_any_build() -> None:
    data = {
        "socket_type": "tcp", "socket_event_type": "write", "local_ip": "192.168.10.23", "local_port": 42300,
        "dest_ip": incident.ADDRESS, "dest_port": 80, "stack": [{"class": f"{CLIENT}.Courier", "method": "run"}],
    }  # fmt: skip
    record = [{"timestamp": 1_550_644_261_300, "process": CLIENT, "data": data}]
    traces, problems = read_socket_traces(json.dumps(record).encode(), "socket_trace.json")
    assert not problems
    document = audited(socket_traces=traces)
    answer = answer_for(document, incident.HOST)
    assert (answer.outcome, answer.packages) == ("found", (CLIENT,))
    (origin,) = (o for o in document.origins if o.disclosures)
    assert (origin.class_, origin.path) == (f"{CLIENT}.Courier", None)


def test_masked_and_redacted_documents_hold_no_value() -> None:
    document = audited(build=build("batch-2019-02"))
    for shown in (document, redact(document)):
        text = "".join(render(shown, name).decode() for name in ("json", "html", "terminal", "sarif"))
        for value in (incident.IMEI1, incident.IMEI2, incident.IMSI, incident.ICCID, incident.MAC):
            assert value not in text


def test_without_a_build_nothing_is_collected_and_nothing_said() -> None:
    source = Source("nokia-7-plus.pcapng", io.BytesIO((EXAMPLES / "nokia-7-plus.pcapng").read_bytes()))
    asked = question()
    ((look,), _) = look_through_all([source], prepare_search(asked.profile), asked)
    assert look.harvest.sightings is None
    document = audited()
    assert (document.attributions, document.origins, document.build) == ((), (), None)


def message(path: str, flow: int = 0, time_ns: int = 5) -> Message:
    sections = (
        Section("request header X-Acorn", "X-Acorn", b"1", 0),
        Section("request header User-Agent", "User-Agent", b"A/1", 0),
    )
    return Message(flow=flow, protocol="http/1.1", time_ns=time_ns, sections=sections, method="GET", target=path)


def noted(*messages: Message) -> Sightings:
    sightings = Sightings()
    for one in messages:
        opened = Opened(message=one, layers=[], parts=[], problems=[])
        sightings.note(one, opened, (), ("zx.example", "203.0.113.7"))
    return sightings


def test_ids_in_paths_make_no_new_shape_and_shards_join_to_the_whole() -> None:
    first, second = message("/dev/1234567/state?x=1"), message("/dev/7654321/state", flow=1, time_ns=3)
    whole = noted(first, second)
    assert len(whole.shapes) == 1
    (shape,) = whole.shapes.values()
    assert (shape.flows, shape.first_ns, list(shape.headers)) == ({0, 1}, 3, ["X-Acorn", "User-Agent"])
    joined = noted(first)
    joined.take(noted(second))
    assert joined.shapes == whole.shapes


def test_shapes_and_names_are_bounded_and_who_saw_which_first_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vuoto.audit.sighting.MOST_SHAPES", 40)
    letters = "abcdefghijklmnopqrstuvwxyz"
    sightings = noted(*(message(f"/{a}{b}") for a in letters for b in letters))
    assert 40 <= len(sightings.shapes) <= 41
    names = [f"{a}{b}" for a in letters for b in letters]
    forwards: dict[str, None] = {}
    backwards: dict[str, None] = {}
    for name in names:
        _keep(forwards, name)
    for name in reversed(names):
        _keep(backwards, name)
    assert sorted(forwards) == sorted(backwards) == names[:MOST_NAMES]


def flow(name: str, first: str, client: str, server: str, transport: Any = "udp") -> Flow:
    return Flow(id=name, input=0, transport=transport, client=client, server=server, device_side="client", first=first)


@pytest.mark.parametrize(
    ("flows", "checks", "joined"),
    [
        ([flow("f-1", "2019-02-20T06:30:00Z", "0.0.0.0:68", "255.255.255.255:67")], frozenset(), True),
        ([flow("f-1", "2019-02-20T06:30:00Z", "192.0.2.2:4000", "203.0.113.7:80")], frozenset({"f-1"}), True),
        ([flow("f-1", "2019-02-20T06:30:00Z", "192.0.2.2:4000", "203.0.113.7:80")], frozenset(), False),
    ],
)
def test_the_first_sign_of_the_device(flows: list[Flow], checks: frozenset[str], joined: bool) -> None:
    start = start_of(flows, checks)
    assert start is not None
    assert start.joined is joined


def test_a_check_long_after_the_first_packet_is_no_first_sign() -> None:
    """A device that changes its network in the middle of the capture was on before."""
    flows = [
        flow("f-1", "2019-02-20T06:30:00Z", "192.0.2.2:4000", "203.0.113.7:443", "tcp"),
        flow("f-2", "2019-02-20T07:30:00Z", "0.0.0.0:68", "255.255.255.255:67"),
    ]
    start = start_of(flows, frozenset())
    assert start is not None
    assert not start.joined
    assert start_of([], frozenset()) is None


def test_app_that_the_capture_names() -> None:
    """Two apps send alike to one host; PCAPdroid says which is which. Without a build as well."""
    body = b'{"imei":"001001000000015"}'
    request = (
        b"POST /v1/collect HTTP/1.1\r\nHost: c.example.org\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        % len(body)
    )
    frames = []
    for port, (uid, name) in enumerate([(10001, b"Zither"), (10002, b"Quoits"), (10001, b"Zither"), (-1, b"Unknown")], 50_000):
        head = struct.pack(">BBHHHBBH", 0x45, 0, 40 + len(request + body), 1, 0, 64, 6, 0) + bytes([10, 0, 0, 2, 203, 0, 113, 9])
        tcp = struct.pack(">HHIIBBHHH", port, 80, 1, 1, 0x50, 0x18, 1000, 0, 0)
        frames.append(tagged(head + tcp + request + body, uid, name))
    capture = pcap([Record(1_550_000_000 + n, 0, frame) for n, frame in enumerate(frames)])
    document = audit([Source("tagged.pcap", io.BytesIO(capture))], question())
    assert [flow.app for flow in document.flows] == ["Zither [uid 10001]", "Quoits [uid 10002]", "Zither [uid 10001]", None]
    named = {a.packages: a.disclosures for a in document.attributions}
    assert set(named) == {("Zither",), ("Quoits",)}
    assert {d.kind for d in document.disclosures if d.id in named["Zither",]} >= {"imei"}
    with_build = audit([Source("tagged.pcap", io.BytesIO(capture))], question(build=build("global")))
    assert {a.packages for a in with_build.attributions} >= {("Zither",), ("Quoits",)}
    for app in ("Zither", "Quoits"):
        (answer,) = (a for a in with_build.attributions if a.packages == (app,))
        assert answer.because[0] == "The capture itself names it."
        assert "no package of this build is called so" in answer.because[1]
