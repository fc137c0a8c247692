"""Reads a stream of HTTP-like messages: RFC 9112, and whatever devices and evaders make of it.

Broken framing never loses bytes: a body that is longer than it said is read on to the next plausible start line; a shorter one
ends where the stream, or the next request, says so; what belongs to no message becomes one of protocol `bytes`. Nothing is
glued over a gap. Not read: content codings (the letter opener does), HTTP/2, WebSocket frames (handed on).
"""

from __future__ import annotations

from functools import lru_cache

from vuoto.facts.flows import Stream
from vuoto.facts.messages import Message, Section
from vuoto.messages.chunked import read_chunked
from vuoto.messages.header_fields import MAX_HEAD, Fields, Roles
from vuoto.messages.host_names import host_name
from vuoto.messages.protocol import MAX_MESSAGES, MAX_SECTIONS, Notes, Rest, runs
from vuoto.messages.start_lines import Dialect, Start, find_start, parse_start, start_at

_REQUEST = Fields("request header")
_RESPONSE = Fields("response header")
_REQUEST_TRAILER = Fields("request trailer")
_RESPONSE_TRAILER = Fields("response trailer")

_NO_BODY = (b"1", b"204", b"304")
"""Answers that have none, whatever they declare (RFC 9112 §6.3)."""


class TextReading:
    """One outgoing stream read as messages: `messages`, `rest`, and the versions met."""

    __slots__ = (
        "_answered",
        "_data",
        "_dialect",
        "_flow",
        "_gap",
        "_heads_end",
        "_mark",
        "_notes",
        "_sections",
        "_stream",
        "messages",
        "rest",
        "versions",
    )

    def __init__(
        self, stream: Stream, flow: int, dialect: Dialect, notes: Notes, *, answered: bytes = b"", datagrams: bool = False
    ) -> None:
        self._stream = stream
        self._data = stream.data
        self._flow = flow
        self._dialect = dialect
        self._notes = notes
        self._answered = answered
        self._sections = 0
        self._heads_end = (0, -1)
        self._gap = False
        self._mark: int | None = None
        self.messages: list[Message] = []
        self.rest: Rest | None = None
        self.versions: dict[str, None] = {}
        data_end = len(self._data)
        for start, end in runs(stream):
            self._gap = end < data_end and not datagrams
            self._mark = None
            if not self._read_run(start, end):
                break

    def _read_run(self, at: int, end: int) -> bool:
        """Reads one contiguous run; `False` where the rest is another protocol's, or the bound is met."""
        data = self._data
        dialect = self._dialect
        messages = self.messages
        while at < end:
            begin = at
            while begin < end and data[begin] in b"\r\n":  # RFC 9112 §2.2: empty lines before a request line are skipped
                begin += 1
            if begin >= end:
                return True
            if len(messages) >= MAX_MESSAGES or self._sections >= MAX_SECTIONS:
                self._notes.add(
                    f"more than {MAX_MESSAGES} messages or {MAX_SECTIONS} fields in one stream; the rest was read as bytes"
                )
                self._keep_junk(begin, end)
                return False
            found = start_at(data, begin, end, dialect)
            if found is None:
                stop = find_start(data, begin, end, dialect)
                if self._mark == at:
                    self._extend(at, stop)
                else:
                    self._keep_junk(begin, stop)
                at = stop
                continue
            at = self._read_message(begin, found[0], found[1], end)
            if self.rest is not None:
                return False
        return True

    def _read_message(self, at: int, start: Start, fields_at: int, end: int) -> int:
        """Reads the message that begins at `at`; gives the offset after it."""
        is_request = start.method != ""
        sections: list[Section] = [Section("request line" if is_request else "status line", "", start.target, at + start.shift)]
        roles, body_at = self._read_fields(_REQUEST if is_request else _RESPONSE, fields_at, end, start, sections)
        stop = self._read_body(start, roles, body_at, end, sections)
        version = start.version[:8].decode("latin-1").lower()
        protocol = self._dialect.name
        if protocol == "http":
            protocol = version if version in ("http/1.1", "http/1.0") else "http/0.9" if not version else "http/1.1"
        self.versions[protocol] = None
        self._sections += len(sections)
        self.messages.append(
            Message(
                flow=self._flow,
                protocol=protocol,
                time_ns=self._stream.time_ns(at),
                sections=tuple(sections),
                host=_addressed_to(start, roles) if is_request else None,
                method=start.method,
                target=start.target.decode("latin-1") if is_request else "",
            )
        )
        if is_request:
            self._look_for_tunnel(start, roles, stop, end)
        return stop

    def _read_fields(self, fields: Fields, at: int, end: int, start: Start, sections: list[Section]) -> tuple[Roles, int]:
        data = self._data
        if not start.version and start_at(data, at, end, self._dialect) is not None:
            return {}, at  # HTTP/0.9: another simple request follows at once
        stop = self._find_heads_end(at - 2, end)
        if at <= stop <= at + MAX_HEAD and stop < end and data[at - 2 : at] == b"\r\n":
            roles = fields.read_block(data[at:stop], at, sections)
            if roles is not None:
                return roles, stop + 4
        elif stop == at - 2:
            return {}, at + 2
        roles, stop, ended = fields.read_slowly(data, at, end, sections)
        if not ended:
            if stop < end:
                self._notes.add(f"a head is longer than {MAX_HEAD >> 10} KiB; the rest of it was read as bytes")
            elif start.version:
                self._note_cut("a head")
        return roles, stop

    def _find_heads_end(self, at: int, end: int) -> int:
        """The next CRLF CRLF at or beyond `at`, or `end`; remembered, so that streams without any are searched once."""
        begin, stop = self._heads_end
        if not begin <= at <= stop:
            stop = self._data.find(b"\r\n\r\n", at, end)
            if stop < 0:
                stop = end
            self._heads_end = (at, stop)
        return stop

    def _read_body(self, start: Start, roles: Roles, at: int, end: int, sections: list[Section]) -> int:
        """Appends the body's section, if there is one; gives the offset after the message."""
        self._mark = at
        if not roles if start.method else start.target.startswith(_NO_BODY):
            return at
        coding = roles.get("coding")
        if coding is not None and any(b"chunked" in value.lower() for value in coding):
            return self._read_chunks(start, roles, at, end, sections)
        declared = self._declared_length(roles.get("length"))
        if declared is None:
            if start.method or at >= end:
                return at
            stop = find_start(self._data, at - 1, end, self._dialect)  # an answer without a length lasts until the end
        elif at + declared > end:
            stop = find_start(self._data, at - 1, end, self._dialect) if at < end else end
            if stop < end:
                self._notes.add("a body is shorter than its Content-Length says; the next message begins within it")
            else:
                self._note_cut("a body")
        elif not start.method and start_at(self._data, at, end, self._dialect) is not None:
            stop = at  # the answer to HEAD declares a body that does not come (RFC 9110 §9.3.2)
        else:
            stop = at + declared
        if stop > at:
            sections.append(_body(start, roles, self._data[at:stop], at))
        self._mark = stop
        return stop

    def _declared_length(self, values: list[bytes] | None) -> int | None:
        if values is None:
            return None
        if len(values) == 1 and values[0].isdigit() and len(values[0]) < 19:
            return int(values[0])
        lengths: list[int] = []
        for value in values:
            for item in value.split(b","):
                word = item.strip().removeprefix(b"+")
                digits = word[: len(word) - len(word.lstrip(b"0123456789"))]
                if digits != item.strip():
                    self._notes.add("a Content-Length is not a number alone")
                if digits and len(digits) < 19:
                    lengths.append(int(digits))
        if len(set(lengths)) > 1:
            self._notes.add("a message has contradictory Content-Lengths; the first was followed")
        return lengths[0] if lengths else None

    def _read_chunks(self, start: Start, roles: Roles, at: int, end: int, sections: list[Section]) -> int:
        data = self._data
        chunked = read_chunked(data, at, end)
        body, spans, stop, trouble, ended = chunked.body, chunked.spans, chunked.stop, chunked.trouble, chunked.ended
        if trouble is not None:
            if stop >= end:
                self._note_cut("a chunked body")
            else:
                self._notes.add(trouble)
        if not ended and stop < end:
            after = find_start(data, stop - 1, end, self._dialect)
            spans = (*spans, (len(body), stop, after - stop)) if after > stop else spans
            body += data[stop:after]
            stop = after
        if body:
            section = _body(start, roles, body, spans[0][1])
            sections.append(section if len(spans) == 1 else section._replace(spans=spans))
        self._mark = None
        if not ended:
            return stop
        trailer = data.find(b"\n", stop, min(end, stop + 3))
        if trailer >= 0 and not data[stop:trailer].strip(b"\r"):
            return trailer + 1
        if stop < end and start_at(data, stop, end, self._dialect) is None:
            fields = _REQUEST_TRAILER if start.method else _RESPONSE_TRAILER
            stop = fields.read_slowly(data, stop, end, sections)[1]
        return stop

    def _look_for_tunnel(self, start: Start, roles: Roles, at: int, end: int) -> None:
        """RFC 9110 §9.3.6, §7.8: after CONNECT and after an upgrade that took place the stream is another protocol's."""
        upgrade = roles.get("upgrade")
        if at >= end or not (start.method == "CONNECT" or upgrade):
            return
        if start_at(self._data, at, end, self._dialect) is not None:
            return
        name = ""
        if upgrade and start.method != "CONNECT":
            name = upgrade[0].split(b",")[0].strip().lower().decode("latin-1")[:32]
        stop = self._answered.find(b"\r\n\r\n")
        self.rest = Rest(out=at, back=stop + 4 if stop >= 0 else 0, name=name)

    def _extend(self, at: int, stop: int) -> None:
        """Adds `data[at:stop]` to the message that ended at `at`: its body is longer than it said, or was not announced."""
        message = self.messages[-1]
        sections = message.sections
        last = sections[-1]
        if last.label in ("request body", "response body") and not last.spans:
            self._notes.add("a body is longer than its Content-Length says; it was read on to the next message")
            merged = (*sections[:-1], last._replace(data=self._data[last.offset : stop]))
        else:
            self._notes.add("bytes follow a message that declares no body; they were read as its body")
            values = {s.name.lower(): s.data for s in sections}
            hint = _hint(values.get("content-type", b""), values.get("content-encoding", b""))
            label = "request body" if message.method else "response body"
            merged = (*sections, Section(label, "", self._data[at:stop], at, (), hint))
        message.sections = merged
        self._mark = None

    def _keep_junk(self, at: int, stop: int) -> None:
        self._notes.add("bytes between two messages belong to neither; they were read as they are")
        self.messages.append(
            Message(
                flow=self._flow,
                protocol="bytes",
                time_ns=self._stream.time_ns(at),
                sections=(Section("stream", "", self._data[at:stop], at),),
            )
        )

    def _note_cut(self, what: str) -> None:
        if self._gap:
            self._notes.add(f"{what} is cut by a gap in the capture")
        elif not self._stream.truncated:
            self._notes.add(f"{what} ends before it is complete")


def _body(start: Start, roles: Roles, data: bytes, offset: int) -> Section:
    kind = roles.get("type")
    encoding = roles.get("encoding")
    hint = _hint(kind[0] if kind else b"", encoding[0] if encoding else b"")
    return Section("request body" if start.method else "response body", "", data, offset, (), hint)


@lru_cache(maxsize=1024)
def _hint(kind: bytes, encoding: bytes) -> str:
    return f"{kind[:256].decode('latin-1')};{encoding[:256].decode('latin-1')}".lower() if kind or encoding else ""


def _addressed_to(start: Start, roles: Roles) -> str | None:
    """RFC 9112 §3.2.2: the authority of an absolute target counts before `Host`; §3.2.3: CONNECT's target is one."""
    target = start.target
    if start.method == "CONNECT":
        return host_name(target)
    if target[:1] not in (b"/", b"*"):
        scheme, mark, rest = target.partition(b"://")
        if mark and scheme.isalpha():
            named = host_name(rest.partition(b"/")[0].partition(b"?")[0])
            if named is not None:
                return named
    hosts = roles.get("host")
    return host_name(hosts[0]) if hosts else None


def is_start(data: bytes, dialect: Dialect) -> Start | None:
    """The start line that `data` begins with, after empty lines."""
    if data[:1] not in _BEGINNINGS:
        return None  # asked several times of every conversation, most of which are something else
    line = data.lstrip(b"\r\n").partition(b"\n")[0].rstrip(b"\r")
    # A method is a token, and only HTTP/0.9 has no version.
    if not line[:1].isalnum() and line[:1] not in _TOKEN_MARKS:
        return None
    if not dialect.bare and dialect.version not in line.upper():
        return None
    return parse_start(line, dialect)


_TOKEN_MARKS = frozenset(bytes([mark]) for mark in b"!#$%&'*+-.^_`|~")
"""What else a token may begin with (RFC 9110 §5.6.2)."""

_BEGINNINGS = _TOKEN_MARKS | frozenset(bytes([byte]) for byte in range(256) if bytes([byte]).isalnum() or byte in b"\r\n")
"""What a start line begins with, or an empty line before it."""
