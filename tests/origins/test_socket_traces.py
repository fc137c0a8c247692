"""PiRogue's `socket_trace.json`: what it records, and what a hostile file cannot do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vuoto.errors import InputError
from vuoto.facts.flows import Flow
from vuoto.facts.origins import SocketTrace, StackFrame
from vuoto.origins import join_traces, read_socket_traces
from vuoto.origins.joining import MOST_PER_FLOW
from vuoto.origins.socket_traces import MAX_FRAMES, MAX_NAME


def record(**changes: Any) -> dict[str, Any]:
    """As PiRogue's recorder writes one."""
    data = {
        "socket_fd": 71,
        "socket_type": "tcp6",
        "pid": 4711,
        "thread_id": 4712,
        "socket_event_type": "write",
        "dest_ip": "::ffff:203.0.113.7",
        "dest_port": 80,
        "local_ip": "::ffff:192.0.2.2",
        "local_port": 42300,
        "stack": [
            {
                "class": "java.net.SocketOutputStream",
                "file": "SocketOutputStream.java",
                "line": 111,
                "method": "write",
                "is_native": False,
                "str": "java.net.SocketOutputStream.write(SocketOutputStream.java:111)",
            },
            {"class": "com.example.hit.Sender", "method": "send", "file": None, "line": -1, "is_native": False, "str": ""},
        ],
    }
    outer = {"type": "socket_trace_log", "dump": "socket_trace.json", "data_type": "json", "timestamp": 1_550_644_260_500}
    return outer | {"process": "com.example.hit:remote", "data": data | changes}


def read(*records: Any) -> tuple[SocketTrace, ...]:
    return read_socket_traces(json.dumps(records).encode(), "socket_trace.json")[0]


def test_reads_what_was_recorded() -> None:
    (trace,) = read(record(), record(socket_event_type="read"), record(socket_event_type="recvfrom"))
    assert trace == SocketTrace(
        process="com.example.hit:remote",
        transport="tcp",
        local="192.0.2.2:42300",
        remote="203.0.113.7:80",
        time_ns=1_550_644_260_500_000_000,
        stack=(
            StackFrame(name="java.net.SocketOutputStream", method="write"),
            StackFrame(name="com.example.hit.Sender", method="send"),
        ),
    )


def test_a_stack_may_be_missing_and_ipv6_stays_ipv6() -> None:
    (trace,) = read(record(stack=None, local_ip="2001:db8::2%wlan0", dest_ip="2001:db8::7", socket_type="udp6"))
    assert (trace.local, trace.remote, trace.transport, trace.stack) == ("[2001:db8::2]:42300", "[2001:db8::7]:80", "udp", ())


def test_what_does_not_fit_is_counted() -> None:
    broken = [record(dest_port=True), record(dest_port=70_000), record(dest_ip="none"), record(local_ip=7), {"data": 3}, 5, None]
    found, problems = read_socket_traces(json.dumps([record(), *broken]).encode(), "t.json")
    assert len(found) == 1
    assert [p.what for p in problems] == ["7 records say no process, no addresses or no ports"]


@pytest.mark.parametrize("data", [b"", b"{}", b"[", b"null", b'"x"', b"\xff", b"[1, 2]", b'[{"data": {}}]'])
def test_a_file_of_another_kind_is_refused_with_the_next_step(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_socket_traces(data, "t.json")
    assert "socket_trace.json" in str(refused.value)


def test_hostile_sizes_are_bounded() -> None:
    deep = [{"class": "x" * 10_000, "method": "m"}] * 10_000
    (trace,) = read(record(stack=deep, socket_type="tcp") | {"process": "p" * 10_000, "timestamp": 1e300})
    assert len(trace.stack) == MAX_FRAMES
    assert len(trace.stack[0].name) == len(trace.process) == MAX_NAME
    assert trace.time_ns == 0
    with pytest.raises(InputError):
        read_socket_traces(b"[" * 100_000 + b"]" * 100_000, "t.json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["data", "process", "stack", "class", "local_ip"]), inner),
    max_leaves=20,
)


@given(st.lists(JSON), st.dictionaries(st.sampled_from(sorted(record()["data"])), JSON))
def test_any_json_gives_traces_or_a_refusal(records: list[Any], changes: dict[str, Any]) -> None:
    found, _ = read_socket_traces(json.dumps([record(), record(**changes), *records]).encode("utf-8", "replace"), "t.json")
    assert found


def flow(name: str, first: str, last: str, **changes: Any) -> Flow:
    ends: dict[str, Any] = {"client": "192.0.2.2:42300", "server": "203.0.113.7:80"}
    return Flow(id=name, input=0, transport="tcp", device_side="client", first=first, last=last, **ends | changes)


EARLY = ("2019-02-20T06:31:00.000000Z", "2019-02-20T06:31:05.000000Z")
LATE = ("2019-02-20T08:31:00.000000Z", "2019-02-20T08:31:05.000000Z")


def test_ports_used_again_are_told_apart_by_time() -> None:
    flows = [flow("f-1", *EARLY), flow("f-2", *LATE), flow("f-3", *EARLY, client="192.0.2.2:42301")]
    assert set(join_traces(read(record()), flows)) == {"f-1"}


def test_clocks_that_differ_matter_only_where_ports_were_used_again() -> None:
    late = read(record() | {"timestamp": 1_550_700_000_000})
    assert set(join_traces(late, [flow("f-1", *EARLY)])) == {"f-1"}
    assert not join_traces(late, [flow("f-1", *EARLY), flow("f-2", *LATE)])


def test_another_transport_or_end_is_another_conversation() -> None:
    assert not join_traces(read(record(socket_type="udp")), [flow("f-1", *EARLY)])
    assert not join_traces(read(record(dest_port=443)), [flow("f-1", *EARLY)])
    assert not join_traces(read(record()), [flow("f-1", *EARLY, client=None)])


def test_equal_stacks_are_kept_once_and_bounded() -> None:
    many = [record(stack=[{"class": f"com.example.C{n}", "method": "m"}]) for n in range(40)]
    joined = join_traces(read(*many, *many), [flow("f-1", *EARLY)])
    assert len(joined["f-1"]) == MOST_PER_FLOW
