"""A flood of conversations is bounded, said, and hides nothing that was said before it."""

from __future__ import annotations

import pytest

from flows.captures import LIMIT, Tcp, assemble, eth, sentences, udp
from vuoto.flows import flood


@pytest.fixture(autouse=True)
def _ten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MAX_CONVERSATIONS", 10)


def test_as_many_as_there_may_be_are_kept() -> None:
    found = assemble([eth(udp(b"x", sport=n)) for n in range(1, 11)])
    assert len(found) == 10
    assert found.problems() == ()


def test_probes_give_way_to_conversations_that_say_something() -> None:
    probes = [Tcp(dport=n).syn() for n in range(1, 30)]
    spoken = [eth(udp(bytes([n]), sport=n)) for n in range(40, 44)]
    found = assemble([*probes, *spoken])
    assert [c.out(LIMIT).data for c in found if c.flow.transport == "udp"] == [b"(", b")", b"*", b"+"]
    assert [c.server_address[1] for c in found if c.flow.transport == "tcp"] == [1, 2, 3, 4, 5, 6]
    assert sentences(found) == "frame 7: 23 conversations beyond 10 left out, those without payload first"
    assert found.problems()[0].next_step


def test_what_was_said_before_a_flood_is_not_lost_to_it() -> None:
    early = eth(udp(b"IMEI", sport=9))
    found = assemble([early, *[eth(udp(b"noise", sport=n)) for n in range(100, 150)]], per_window=7)
    assert len(found) == 10
    assert next(iter(found)).out(LIMIT).data == b"IMEI"
    assert "41 conversations" in sentences(found)
