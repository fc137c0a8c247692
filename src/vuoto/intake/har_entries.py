"""A HAR entry as a message: what the browser or proxy says was sent, put back into the bytes that were sent.

HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/) and what its writers make of it: Chrome, Firefox, Charles, mitmproxy,
HTTP Toolkit, PCAPdroid. Every part may be missing or of another type than the specification says.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vuoto.facts.messages import Message, Section
from vuoto.facts.vocabulary import Protection
from vuoto.intake.times import MAX_SECONDS, NS, parse_iso

Json = object
"""A parsed JSON value; what it is must be asked."""

_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\\]*)([^#]*)", re.DOTALL)
_AUTHORITY: Final = re.compile(r"(?:.*@)?(\[[0-9A-Fa-f:.]+\]|[^:\[\]@\s]+)(?::(\d{0,5}))?", re.DOTALL)
_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443}
_CLEAR: Final = frozenset({"http", "ws"})
_LOCAL: Final = re.compile(r"(?i)(?:data|blob|file|about|javascript|[a-z-]+-extension|chrome|edge|resource|moz-icon):")
_BINARY: Final = re.compile(r"octet-stream|protobuf|grpc|gzip|zip|msgpack|messagepack|cbor|image/|audio/|video/|^$")
_VERSIONS: Final = {"h2": "http/2", "http/2.0": "http/2", "h3": "http/3", "http/3.0": "http/3", "http/2+quic": "http/3"}


class MalformedEntryError(Exception):
    """The entry says nothing that can be read as a request; the text says why."""


class NotSentError(Exception):
    """The entry's request never left the device: it was answered from a cache, or names something local."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Who an entry went to: entries with an equal one belong to the same conversation."""

    scheme: str
    """Lower case."""

    host: str
    """Lower case, no brackets, no trailing dot."""

    port: int
    """As in the URL, or the scheme's own."""

    address: str | None
    """IP address of the server, or `None`."""

    connection: str
    """What tells the connection from others to the same server, or `""`."""

    @property
    def server(self) -> str | None:
        """`ip:port`, or `None` where the address is not known."""
        if self.address is None:
            return None
        return f"[{self.address}]:{self.port}" if ":" in self.address else f"{self.address}:{self.port}"

    @property
    def clear(self) -> bool:
        """Whether it was sent unprotected."""
        return self.scheme in _CLEAR


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one entry holds."""

    peer: Peer
    """Who it went to."""

    messages: tuple[Message, ...]
    """The request, and WebSocket messages sent after it; their flow is not yet set."""

    protocol: str
    """`http/1.1`, `http/2` …"""

    protection: Protection
    """How it was protected."""

    time: str | None
    """When it was sent, RFC 3339 UTC."""

    time_ns: int
    """Likewise, in nanoseconds; 0 where it is not said."""

    bytes_out: int
    """Of request header and body."""

    bytes_in: int
    """Of response header and body."""

    notes: tuple[str, ...]
    """What is wrong with a part of it."""


def read_entry(index: int, entry: Json) -> Entry:
    """Reads the entry of that 0-based index. Raises `MalformedEntryError` and `NotSentError`."""
    if not isinstance(entry, dict):
        raise MalformedEntryError("is not an object")
    request = entry.get("request")
    if not isinstance(request, dict):
        raise MalformedEntryError("has no request")
    if _text(entry.get("_fromCache")) in {"memory", "disk"}:
        raise NotSentError
    peer, target = _address(entry, request)
    notes: list[str] = []
    moment = parse_iso(_text(entry.get("startedDateTime")))
    if moment is None and entry.get("startedDateTime") is not None:
        notes.append("has a start time that cannot be read")
    time_ns, time = moment or (0, None)
    version = _text(request.get("httpVersion")).strip().lower()
    protocol = _VERSIONS.get(version, version if re.fullmatch(r"http/[0-9.]{1,3}", version) else "http")
    headers = _pairs(request.get("headers"))
    sections = [Section("request line", "", _bytes(target), 0)]
    # HTTP/2's pseudo-header fields (RFC 9113 §8.3.1) repeat what the request line says.
    sections += [Section(f"request header {name}", name, _bytes(value), 0) for name, value in headers if not name.startswith(":")]
    cookies = _pairs(request.get("cookies"))
    if cookies and not any(name.lower() == "cookie" for name, _ in headers):
        sections.append(Section("request header Cookie", "Cookie", _bytes("; ".join(f"{n}={v}" for n, v in cookies)), 0))
    body = _body(request, notes)
    if body is not None:
        sections.append(body)
    message = Message(
        flow=-1,
        protocol=protocol,
        time_ns=time_ns,
        sections=tuple(sections),
        host=peer.host,
        entry=index,
        method=_text(request.get("method")).strip(),
        target=target,
    )
    response = entry.get("response")
    response = response if isinstance(response, dict) else {}
    content = response.get("content")
    content = content if isinstance(content, dict) else {}
    head_out = _count(request.get("headersSize")) or sum(len(section.data) for section in sections[: len(sections) - bool(body)])
    return Entry(
        peer=peer,
        messages=(message, *_socket_messages(index, entry, peer)),
        protocol=protocol,
        protection="none" if peer.clear else _protection(entry, response),
        time=time,
        time_ns=time_ns,
        bytes_out=head_out + (_count(request.get("bodySize")) or (len(body.data) if body else 0)),
        bytes_in=_count(response.get("headersSize")) + (_count(response.get("bodySize")) or _count(content.get("size"))),
        notes=tuple(notes),
    )


def _address(entry: dict[str, Json], request: dict[str, Json]) -> tuple[Peer, str]:
    """Who the request went to, and its target in origin form (RFC 9112 §3.2.1), without the fragment, which is never sent."""
    url = _text(request.get("url")).strip()
    found = _URL.match(url)
    authority = _AUTHORITY.fullmatch(found[2]) if found else None
    if found is None or authority is None:
        if _LOCAL.match(url):
            raise NotSentError
        raise MalformedEntryError("has no URL with a host" if url else "has no URL")
    scheme, target = found[1].lower(), found[3]
    if scheme not in _PORTS:
        if _LOCAL.match(url):
            raise NotSentError
        raise MalformedEntryError("has a URL of a scheme other than http, https, ws and wss")
    port = int(authority[2] or _PORTS[scheme])
    if port > 0xFFFF:
        raise MalformedEntryError("has a URL whose port is out of range")
    if not target.startswith("/"):
        target = "/" + target
    query = _pairs(request.get("queryString"))
    if query and "?" not in target:
        target += "?" + "&".join(f"{_escape(name)}={_escape(value)}" for name, value in query)
    peer = Peer(
        scheme=scheme,
        host=authority[1].strip("[]").lower().rstrip(".") or authority[1],
        port=port,
        address=_ip(_text(entry.get("serverIPAddress"))),
        connection=_text(entry.get("connection")),
    )
    return peer, target


def _ip(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip().strip("[]")))
    except ValueError:
        return None


def _body(request: dict[str, Json], notes: list[str]) -> Section | None:
    """The request's body, as nearly the bytes sent as the HAR allows, or `None`."""
    # `_content` is HTTP Toolkit's, for bodies that are no text; some writers give the text in place of the object.
    for holder in (request.get("_content"), request.get("postData")):
        data = holder if isinstance(holder, dict) else {"text": holder}
        mime = _text(data.get("mimeType")).strip().lower()
        text = _text(data.get("text"))
        params = data.get("params")
        if text:
            encoding = _text(data.get("encoding")) or _text(data.get("_encoding"))
            return Section("request body", "", _body_bytes(text, encoding, mime, notes), 0, (), mime)
        if isinstance(params, list) and params:
            form = _multipart(params, mime) if mime.startswith("multipart/") else _form(params)
            return Section("request body", "", form, 0, (), mime or "application/x-www-form-urlencoded")
    return None


def _body_bytes(text: str, encoding: str, mime: str, notes: list[str]) -> bytes:
    if encoding.lower() == "base64":
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            notes.append("says that its body is base64, which it is not; read as text")
    if "�" in text:
        notes.append("lost bytes of a binary body when the HAR was written; a packet capture would have kept them")
    elif not text.isascii() and _BINARY.search(mime):
        # HAR has no encoding for request bodies; writers that keep binary ones whole give a character for a byte.
        try:
            return text.encode("latin-1")
        except UnicodeEncodeError:
            pass
    return _bytes(text)


def _form(params: list[Json]) -> bytes:
    return _bytes("&".join(f"{_escape(name)}={_escape(value)}" for name, value in _pairs(params)))


def _multipart(params: list[Json], mime: str) -> bytes:
    """RFC 7578, from the parts that the HAR lists."""
    found = re.search(r"boundary=\"?([^\";,\s]{1,70})", mime)
    boundary = found[1] if found else "boundary"
    parts: list[str] = []
    for param in params:
        if not isinstance(param, dict):
            continue
        name, file = (_text(param.get(key)).replace('"', "%22") for key in ("name", "fileName"))
        kind = _text(param.get("contentType"))
        head = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
        head += f"\r\nContent-Type: {kind}" if kind else ""
        parts.append(f"--{boundary}\r\n{head}\r\n\r\n{_text(param.get('value'))}\r\n")
    return _bytes("".join(parts) + f"--{boundary}--\r\n")


def _socket_messages(index: int, entry: dict[str, Json], peer: Peer) -> Iterator[Message]:
    """The WebSocket messages sent (Chrome's and PCAPdroid's `_webSocketMessages`); binary ones (opcode 2) are base64."""
    listed = entry.get("_webSocketMessages")
    for item in listed if isinstance(listed, list) else ():
        if not isinstance(item, dict) or item.get("type") not in ("send", "request"):
            continue
        text = _text(item.get("data"))
        data = _body_bytes(text, "base64" if item.get("opcode") == 2 else "", "text/plain", [])
        seconds = item.get("time")
        known = seconds if isinstance(seconds, int | float) and 0 < seconds < MAX_SECONDS else 0
        yield Message(
            flow=-1,
            protocol="websocket",
            time_ns=int(known * NS),
            sections=(Section("websocket message", "", data, 0),),
            host=peer.host,
            entry=index,
        )


def _protection(entry: dict[str, Json], response: dict[str, Json]) -> Protection:
    """The protocol version where a writer's own members say it; a HAR does not otherwise."""
    for holder in (entry, response):
        for key in ("_securityDetails", "securityDetails"):
            details = holder.get(key)
            if isinstance(details, dict):
                return _TLS_VERSIONS.get(_text(details.get("protocol")).lower().replace(" ", "").replace("v", ""), "unknown")
    return "unknown"


_TLS_VERSIONS: Final[dict[str, Protection]] = {
    "tls1.0": "tls1.0",
    "tls1": "tls1.0",
    "tls1.1": "tls1.1",
    "tls1.2": "tls1.2",
    "tls1.3": "tls1.3",
    "quic": "quic",
}


def _pairs(listed: Json) -> list[tuple[str, str]]:
    """Names and values of a list of `{name, value}`, or of an object, as some writers have it."""
    if isinstance(listed, dict):
        return [(str(name), _text(value)) for name, value in listed.items()]
    if not isinstance(listed, list):
        return []
    return [(_text(item.get("name")), _text(item.get("value"))) for item in listed if isinstance(item, dict)]


def _escape(text: str) -> str:
    """A name or value for a form. Writers disagree whether it still is percent-encoded, so `%` stays as it is."""
    return text.replace("&", "%26").replace("=", "%3D").replace("+", "%2B").replace(" ", "+")


def _text(value: Json) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _count(value: Json) -> int:
    """A size; 0 where it is not known, for which HAR has -1."""
    return int(value) if isinstance(value, int | float) and 0 < value < 2**53 else 0


def _bytes(text: str) -> bytes:
    """UTF-8; half a surrogate pair, which JSON allows, becomes `?`."""
    return text.encode("utf-8", "replace")
