"""Reads what Frida recorded of sockets on the device: PiRogue's `socket_trace.json`.

Format, as PiRogue's recorder writes it (pirogue-cli, `log_socket_operations.js` and `capture_manager.py`): an array of records
with `timestamp` (milliseconds since 1970), `process`, and `data`: `socket_type` (`tcp`, `tcp6`, `udp`, `udp6`),
`socket_event_type` (`connect`, `write`, `sendto`, `read` …), `local_ip`, `local_port`, `dest_ip`, `dest_port`, and where Java was
running `stack`: an array of `class`, `method`, `file`, `line`, innermost first. Not read: operations that receive, everything
else in a record.

The file comes from a device that may be hostile: it is bounded, any value may be of any type, and what does not fit is counted.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any, Final

from vuoto.errors import InputError
from vuoto.facts.origins import SocketTrace, StackFrame
from vuoto.facts.problems import Problem

MAX_SIZE: Final = 256 << 20
"""Bytes of a file; an hour of a busy app gives some 50 MB."""

MAX_RECORDS: Final = 500_000
MAX_FRAMES: Final = 128
"""Calls kept of a stack, innermost first; the deepest of Android's own are some 60."""

MAX_NAME: Final = 256
"""Characters of a name."""

SENDING: Final = frozenset({"write", "writev", "send", "sendto", "sendmsg", "sendmmsg", "connect"})
_LAST_MS: Final = 9_000_000_000_000
"""Milliseconds that still are nanoseconds of 64 bits: the year 2255."""


def read_socket_traces(data: bytes, name: str) -> tuple[tuple[SocketTrace, ...], tuple[Problem, ...]]:
    """The operations that send, by time, equal ones once. Raises `InputError` where the file is no such record at all."""
    import orjson

    if len(data) > MAX_SIZE:
        raise InputError(f"{len(data):,} bytes are more than is read of such a file", where=name, next_step="Cut it into parts")
    try:
        records = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InputError(f"is no JSON: {error}", where=name, next_step="Give PiRogue's socket_trace.json") from None
    if not isinstance(records, list):
        raise InputError("is no list of records", where=name, next_step="Give PiRogue's socket_trace.json")
    found: dict[SocketTrace, None] = {}
    broken = 0
    for record in records[:MAX_RECORDS]:
        trace = _record(record)
        if trace is None:
            broken += not _receives(record)
        else:
            found[trace] = None
    if records and not found and broken == min(len(records), MAX_RECORDS):
        raise InputError("holds no record of a socket", where=name, next_step="Give PiRogue's socket_trace.json")
    problems = []
    if broken:
        problems.append(Problem(where=name, what=f"{broken:,} records say no process, no addresses or no ports"))
    if len(records) > MAX_RECORDS:
        problems.append(Problem(where=name, what=f"only the first {MAX_RECORDS:,} of {len(records):,} records were read"))
    return tuple(sorted(found, key=lambda t: (t.time_ns, t.local, t.remote, t.process))), tuple(problems)


def _receives(record: Any) -> bool:  # noqa: ANN401 - any JSON value
    data = record.get("data") if isinstance(record, dict) else None
    kind = data.get("socket_event_type") if isinstance(data, dict) else None
    return isinstance(kind, str) and kind not in SENDING


def _record(record: Any) -> SocketTrace | None:  # noqa: ANN401 - any JSON value
    if not isinstance(record, dict) or not isinstance(record.get("data"), dict) or _receives(record):
        return None
    data = record["data"]
    process, kind = record.get("process"), data.get("socket_type")
    local, remote = _end(data.get("local_ip"), data.get("local_port")), _end(data.get("dest_ip"), data.get("dest_port"))
    if not isinstance(process, str) or not process or not isinstance(kind, str) or local is None or remote is None:
        return None
    stamp = record.get("timestamp")
    known = stamp if isinstance(stamp, int | float) and not isinstance(stamp, bool) and 0 < stamp < _LAST_MS else 0
    stack = data.get("stack")
    return SocketTrace(
        process=process[:MAX_NAME],
        transport="udp" if kind.startswith("udp") else "tcp",
        local=local,
        remote=remote,
        time_ns=int(known * 1_000_000),
        stack=tuple(_frames(stack)) if isinstance(stack, list) else (),
    )


def _frames(stack: list[Any]) -> list[StackFrame]:
    return [
        StackFrame(name=call["class"][:MAX_NAME], method=call["method"][:MAX_NAME])
        for call in stack[:MAX_FRAMES]
        if isinstance(call, dict) and isinstance(call.get("class"), str) and isinstance(call.get("method"), str)
    ]


def _end(address: Any, port: Any) -> str | None:  # noqa: ANN401 - any JSON value
    """`ip:port` as flows spell it: an IPv4 address in IPv6 form is told as IPv4."""
    if not isinstance(address, str) or not isinstance(port, int) or isinstance(port, bool) or not 0 < port < 65_536:
        return None
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return None
    plain = getattr(read, "ipv4_mapped", None) or read
    return f"[{plain}]:{port}" if plain.version == 6 else f"{plain}:{port}"
