"""HAR 1.1 and 1.2 (HTTP Archive): entries become ready messages, and the servers they went to become conversations.

The whole file is parsed at once: JSON has no end of an entry to find without reading it. Responses are dropped.
"""

from __future__ import annotations

import hashlib
import json
from typing import Final

from vuoto.errors import InputError
from vuoto.facts.flows import Flow
from vuoto.facts.messages import Message
from vuoto.facts.problems import Problem
from vuoto.intake.format import Format, Reading
from vuoto.intake.har_entries import Entry, Json, MalformedEntryError, NotSentError, Peer, read_entry
from vuoto.intake.windows import Windows

MAX_BYTES: Final = 1 << 30
"""Largest HAR read: it is held whole and takes a few times its size. A day's session with all responses stays below."""

MAX_PROBLEMS: Final = 100
"""Malformed entries reported one by one."""

_EXPORT: Final = "Export it again from the tool that recorded it"
_BOMS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def _recognise(head: bytes) -> int:
    mark = next((bom for bom in _BOMS if head.startswith(bom)), b"")
    # UTF-16 of ASCII is every other byte; `\0` in JSON text means nothing else.
    text = head[len(mark) :].replace(b"\0", b"").lstrip()
    if not text.startswith((b"{", b"[")):
        return 0
    return 80 if b'"log"' in text else 20


def _open(windows: Windows, name: str) -> Reading:
    raw = _read_whole(windows)
    windows.finish()
    digest = windows.digest()
    log = _find_log(_parse(raw))
    del raw
    reading = Reading()
    entries = log.get("entries")
    if not isinstance(entries, list):
        reading.problems.append(Problem(where=name, what="the HAR has no list of entries", next_step=_EXPORT))
        return reading
    version = log.get("version")
    if isinstance(version, str) and version not in {"", "1.1", "1.2"}:
        reading.problems.append(Problem(where=name, what=f"HAR version {version[:16]!a} is not known; read as 1.2"))
    read, messages = _read_entries(entries, name, reading)
    reading.frames = len(entries)
    reading.flows = tuple(_flow(peer, its, digest) for peer, its in read.items())
    reading.messages = lambda: iter(messages)
    return reading


def _read_whole(windows: Windows) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while True:
        pieces.append(windows.data.tobytes())
        size += len(pieces[-1])
        if size > MAX_BYTES:
            raise InputError(
                f"the HAR is larger than {MAX_BYTES >> 30} GiB",
                next_step="Export it without response bodies, or in several parts",
            )
        if windows.ended:
            return b"".join(pieces)
        windows.advance(len(windows.data))


def _parse(raw: bytes) -> Json:
    import orjson

    encoding = json.detect_encoding(raw)
    text = raw[3:] if encoding == "utf-8-sig" else raw
    if encoding.startswith("utf-8"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            pass  # strict: the standard library reads half surrogates, NaN and line feeds in strings, and says where it fails
    try:
        return json.loads(text.decode("utf-8" if encoding == "utf-8-sig" else encoding, "replace"), strict=False)
    except json.JSONDecodeError as error:
        what = f"not valid JSON at line {error.lineno}, column {error.colno}: {error.msg}"
        cut_off = error.msg.startswith("Unterminated") or error.pos >= len(error.doc.rstrip())
        raise InputError(what, next_step=_EXPORT + (", and if it was cut off, copy it whole" if cut_off else "")) from error
    except (RecursionError, ValueError) as error:  # ValueError: a number of more digits than Python converts
        raise InputError("not valid JSON: nested too deeply, or a number without end", next_step=_EXPORT) from error


def _find_log(document: Json) -> dict[str, Json]:
    if isinstance(document, dict) and "log" not in document and len(document) == 1:
        # One name around the whole, as a test fixture or an API that returns HARs by name writes it.
        document = next(iter(document.values()))
    log = document.get("log") if isinstance(document, dict) else None
    if not isinstance(log, dict):
        raise InputError(
            "JSON, but not a HAR: it has no `log` object at its top", next_step="Give a HAR 1.1 or 1.2 file, or a capture"
        )
    return log


def _read_entries(entries: list[Json], name: str, reading: Reading) -> tuple[dict[Peer, list[Entry]], list[Message]]:
    read: dict[Peer, list[Entry]] = {}
    numbers: dict[Peer, int] = {}
    messages: list[Message] = []
    notes = unsent = 0
    for index, value in enumerate(entries):
        entries[index] = None  # so that responses are freed as it goes
        try:
            entry = read_entry(index, value)
        except NotSentError:
            unsent += 1
            continue
        except MalformedEntryError as error:
            told: tuple[str, ...] = (f"{error}, and was not read",)
        else:
            told = entry.notes
            number = numbers.setdefault(entry.peer, len(numbers))
            read.setdefault(entry.peer, []).append(entry)
            for message in entry.messages:
                message.flow = number
                messages.append(message)
            if entry.time is not None:
                reading.span.add_one(entry.time_ns, entry.time)
        for what in told:
            notes += 1
            if notes <= MAX_PROBLEMS:
                reading.problems.append(Problem(where=f"{name}, entry {index}", what=f"the entry {what}"))
    if notes > MAX_PROBLEMS:
        reading.problems.append(Problem(where=name, what=f"{notes - MAX_PROBLEMS:,} more entries have something wrong with them"))
    if unsent:
        what = f"{unsent:,} entries never left the device (answered from a cache, or local) and were not read"
        reading.problems.append(Problem(where=name, what=what))
    return read, messages


def _flow(peer: Peer, entries: list[Entry], digest: str) -> Flow:
    key = json.dumps([digest, peer.scheme, peer.host, peer.port, peer.address, peer.connection])
    times = [(entry.time_ns, entry.time) for entry in entries if entry.time is not None]
    protocols = sorted({entry.protocol for entry in entries} | {m.protocol for entry in entries for m in entry.messages})
    over_udp = set(protocols) == {"http/3"}
    protections = {entry.protection for entry in entries}
    below = () if peer.clear else ("quic",) if over_udp else ("tls",)
    return Flow(
        id=hashlib.sha256(key.encode()).hexdigest()[:16],
        input=0,
        transport="udp" if over_udp else "tcp",
        client=None,
        server=peer.server,
        device_side="client",
        host=peer.host,
        host_source="http",
        protocols=(*below, *protocols),
        protection=protections.pop() if len(protections) == 1 else "unknown",
        decrypted=not peer.clear,
        first=min(times)[1] if times else None,
        last=max(times)[1] if times else None,
        bytes_out=sum(entry.bytes_out for entry in entries),
        bytes_in=sum(entry.bytes_in for entry in entries),
        details=(("scheme", peer.scheme),),
    )


FORMAT = Format(name="har", recognise=_recognise, open=_open)
