"""A row that was seen several times names the frames of its next occurrences, not of the first alone."""

from __future__ import annotations

import io
import json
import tempfile
from typing import BinaryIO, cast

import packets
from audit.made_captures import IMEI, PHONE, SERVER, T0, http
from packets import TcpConversation
from vuoto.audit import Question, Source, audit
from vuoto.facts.document import AuditDocument
from vuoto.recipients import load_registers


def spool() -> BinaryIO:
    return cast("BinaryIO", tempfile.TemporaryFile())


def audited(*captures: bytes) -> AuditDocument:
    sources = [Source(f"c{n}", io.BytesIO(capture)) for n, capture in enumerate(captures)]
    return audit(sources, Question(registers=load_registers(), spool=spool, reveal=True))


def capture(times: int, *, first_port: int = 40_000) -> bytes:
    """As many conversations, each with one request: five frames, of which the fourth says it."""
    body = json.dumps({"imei": IMEI}).encode()
    frames = []
    for n in range(times):
        talk = TcpConversation((PHONE, first_port + n), (SERVER, 80), T0 + n * 1_000_000_000)
        frames += talk.open().send(http("POST", "/v1", body)).close().frames
    return packets.pcap(frames)


def frames_saying_it(data: bytes) -> list[int]:
    """1-based numbers of the frames of a capture (24 bytes of header, 16 before each frame) that hold the IMEI."""
    found, at, number = [], 24, 0
    while at < len(data):
        size = int.from_bytes(data[at + 8 : at + 12], "little")
        number += 1
        if IMEI.encode() in data[at + 16 : at + 16 + size]:
            found.append(number)
        at += 16 + size
    return found


def test_frames_of_repeats_are_named() -> None:
    data = capture(3)
    (row,) = [d for d in audited(data).disclosures if d.kind == "imei"]
    assert row.count == 3
    assert list(row.evidence.frames) == frames_saying_it(data)


def test_sixteen_of_them() -> None:
    data = capture(40)
    (row,) = [d for d in audited(data).disclosures if d.kind == "imei"]
    assert row.count == 40
    assert list(row.evidence.frames) == frames_saying_it(data)[:16]


def test_frames_of_another_input_are_not_named() -> None:
    one, other = capture(2), capture(3, first_port=50_000)
    (row,) = [d for d in audited(one, other).disclosures if d.kind == "imei"]
    assert row.count == 5
    assert list(row.evidence.frames) == frames_saying_it(one)
