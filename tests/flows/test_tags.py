"""Apps that the capture names for frames become those of the conversations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import packets
from flows.captures import LIMIT, MemoryCapture, Tcp, eth, udp
from vuoto.facts.flows import ALSO_APP, Flow
from vuoto.facts.frames import FrameBatch
from vuoto.flows import assemble_flows


class TaggedCapture(MemoryCapture):
    """Frames with an app each, or without."""

    apps: dict[int, str]

    def batches(self) -> Iterator[FrameBatch]:
        for batch in super().batches():
            rows = range(len(batch.start))
            apps = ((row, self.apps.get(batch.first_number + row, "")) for row in rows)
            yield replace(batch, apps=tuple((row, app) for row, app in apps if app))


def flows(frames: list[bytes], apps: dict[int, str], *, per_window: int = 1 << 20) -> list[Flow]:
    capture = TaggedCapture(frames, per_window=per_window)
    capture.apps = apps
    return [conversation.flow for conversation in assemble_flows(capture, 0)]


def test_each_conversation_has_its_app() -> None:
    frames = [eth(udp(b"one", sport=40_001)), eth(udp(b"two", sport=40_002)), eth(udp(b"three", sport=40_003))]
    found = flows(frames, {1: "A [uid 10001]", 3: "B [uid 10002]"}, per_window=1)
    assert [flow.app for flow in found] == ["A [uid 10001]", None, "B [uid 10002]"]
    assert [flow.details for flow in found] == [(), (), ()]


def test_conversation_without_payload_has_its_app() -> None:
    assert [flow.app for flow in flows([Tcp().segment(0, flags=packets.SYN)], {1: "A [uid 10001]"})] == ["A [uid 10001]"]


def test_two_apps_on_one_conversation_are_both_told() -> None:
    frames = [eth(udp(b"x"))] * 5
    (found,) = flows(frames, {1: "B [uid 2]", 2: "A [uid 1]", 3: "A [uid 1]", 4: "C [uid 3]"}, per_window=2)
    assert found.app == "A [uid 1]"
    assert found.details == ((ALSO_APP, "B [uid 2]"), (ALSO_APP, "C [uid 3]"))


def test_used_again_by_another_app_a_pair_of_ports_is_another_conversation() -> None:
    first, again = Tcp(isn=1_000), Tcp(isn=900_000)
    frames = [
        first.segment(-1, flags=packets.SYN),
        first.segment(0, b"one"),
        again.segment(-1, flags=packets.SYN),
        again.segment(0, b"two"),
    ]
    found = flows(frames, {1: "A [uid 1]", 2: "A [uid 1]", 3: "B [uid 2]", 4: "B [uid 2]"})
    assert [(flow.app, flow.details) for flow in found] == [("A [uid 1]", ()), ("B [uid 2]", ())]


def test_trailer_is_no_payload() -> None:
    for link, front in ((1, bytes(12) + b"\x08\x00"), (101, b"")):
        frame = front + udp(b"payload") + bytes(3) + b"\x01\x07\x20\x21" + bytes(28)
        (conversation,) = assemble_flows(MemoryCapture([frame], linktype=link), 0)
        assert conversation.out(LIMIT).data == b"payload"
        assert conversation.flow.bytes_out == 7
