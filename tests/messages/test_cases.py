"""Every folder under `cases/` is a conversation a stranger can judge: `input.txt`, `expect.json`, `README.md`.

`input.txt`: first line `transport port [side]`; then `> ` text that leaves the device, `< ` text that comes back, both with
Python's escapes; `>x` and `<x` the same in hex; `>>` and `<<` begin a new datagram or, over TCP, the run behind a gap.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from messages.conversations import FakeConversation
from vuoto.messages import read_conversation
from vuoto.messages.protocol import Protocol
from vuoto.messages.reading import peek, recognise
from vuoto.seams import plugins

CASES = sorted(p for p in (Path(__file__).parent / "cases").iterdir() if p.is_dir())


def conversation_of(case: Path) -> FakeConversation:
    first, *lines = (case / "input.txt").read_text(encoding="utf-8").splitlines()
    transport, port, *side = first.split()
    pieces: dict[str, list[bytes]] = {">": [b""], "<": [b""]}
    for line in lines:
        mark, kind, rest = line[:1], line[1:2], line[2:]
        if mark not in pieces:
            continue
        if kind == mark:
            pieces[mark].append(b"")
        elif kind == "x":
            pieces[mark][-1] += bytes.fromhex(rest)
        else:
            pieces[mark][-1] += rest.encode("latin-1").decode("unicode_escape").encode("latin-1")
    out, back = ([p for p in pieces[m] if p] for m in "><")
    assert transport in ("tcp", "udp")
    return FakeConversation(
        out, back, transport="tcp" if transport == "tcp" else "udp", port=int(port), side=side[0] if side else "client"
    )


def told_of(conversation: FakeConversation) -> dict[str, Any]:
    reading, messages = read_conversation(conversation)
    return {
        "protocols": list(reading.protocols),
        "protection": reading.protection,
        "host": reading.host,
        "host_source": reading.host_source,
        "why_not_decrypted": reading.why_not_decrypted,
        "details": dict(reading.details),
        "names": [list(n) for n in reading.names],
        "problems": [p.what for p in reading.problems],
        "messages": [
            {
                "protocol": m.protocol,
                "method": m.method,
                "target": m.target,
                "host": m.host,
                "sections": [[s.label, s.data.decode("latin-1"), s.offset, s.hint] for s in m.sections],
            }
            for m in messages
        ],
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    expected = json.loads((case / "expect.json").read_text(encoding="utf-8"))
    assert told_of(conversation_of(case)) == expected
    assert len((case / "README.md").read_text(encoding="utf-8")) > 100


def test_every_protocol_has_a_case() -> None:
    read_by = {recognise(peek(conversation_of(case)))[0] for case in CASES}
    missing = {p.name for p in plugins("vuoto.messages.protocols", Protocol, "PROTOCOL")} - {p.name for p in read_by if p}
    assert missing == set()
    assert None in read_by, "the bytes fallback has no case"
