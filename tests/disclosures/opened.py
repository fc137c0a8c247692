"""Opened messages built by hand, as the letter opener gives them, so that this room is tested alone."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vuoto.disclosures import find_disclosures, prepare_search
from vuoto.facts.device import DeviceProfile
from vuoto.facts.disclosures import Finding
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Layer, Opened, Part


def leaves(value: object, pointer: str = "", name: str = "") -> Iterator[tuple[str, str, str]]:
    """`(nearest name, JSON pointer, text)` of each scalar, members of lists under the list's name."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, f"{pointer}/{key}", str(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, f"{pointer}/{index}", name)
    else:
        yield name, pointer, value if isinstance(value, str) else json.dumps(value)


def message(
    *,
    body: object = None,
    form: Mapping[str, str] | None = None,
    query: Mapping[str, str] | None = None,
    path: Sequence[tuple[str, str]] = (),
    headers: Mapping[str, str] | None = None,
    text: Mapping[str, str] | None = None,
    raw: bytes | None = None,
    protobuf: Mapping[str, str] | None = None,
    wrapped: tuple[str, ...] = (),
    target: str = "/",
) -> Opened:
    """One message.

    `body` is a JSON value, in Base64 where `wrapped`; `text`: labels and values of clear text; `raw`: bytes nobody opened.
    """
    layers: list[Layer] = []
    parts: list[Part] = []

    def layer(label: str, data: bytes, name: str = "") -> Layer:
        made = Layer(section=Section(label, name, data, 0), form=(), path=label, data=data, name=name)
        layers.append(made)
        return made

    line = layer("request line", target.encode())
    parts += [Part(line, key, key, value, "query", -1, -1) for key, value in (query or {}).items()]
    parts += [Part(line, key, f"path/{n}", value, "path", -1, -1) for n, (key, value) in enumerate(path)]
    for name, value in (headers or {}).items():
        head = layer(f"request header {name}", value.encode(), name)
        parts.append(Part(head, name, "", value, "header", 0, len(head.data)))
    if body is not None:
        data = json.dumps(body, ensure_ascii=False).encode()
        holder = layer("request body", base64.b64encode(data) if wrapped else data)
        if wrapped:
            inner = f"request body › {' › '.join(wrapped)}"
            holder = Layer(section=holder.section, form=wrapped, path=inner, data=data, parent=holder, length=len(holder.data))
            layers.append(holder)
        parts += [Part(holder, name, pointer, value, "json", -1, -1) for name, pointer, value in leaves(body)]
    if form is not None:
        holder = layer("request body", "&".join(f"{k}={v}" for k, v in form.items()).encode())
        parts += [Part(holder, key, key, value, "form", -1, -1) for key, value in form.items()]
    if protobuf is not None:
        holder = layer("request body", b"\x00".join(v.encode() for v in protobuf.values()))
        parts += [Part(holder, "", number, value, "protobuf", -1, -1) for number, value in protobuf.items()]
    if text is not None:
        data = "\n".join(f"{label}: {value}" for label, value in text.items()).encode()
        holder = layer("stream", data)
        for label, value in text.items():
            at = data.index(f"{label}: {value}".encode()) + len(label.encode()) + 2
            parts.append(Part(holder, label, label, value, "text", at, len(value.encode())))
    if raw is not None:
        layer("stream", raw)
    made = Message(
        flow=0,
        protocol="bytes" if text is not None or raw is not None else "http/1.1",
        time_ns=0,
        sections=tuple(one.section for one in layers if one.parent is None),
        target=target,
    )
    return Opened(message=made, layers=layers, parts=parts, problems=[])


def profile(values: Mapping[str, Any]) -> DeviceProfile:
    """A profile of kinds and values."""
    pairs = {(k, v) for k, given in values.items() for v in (given if isinstance(given, list) else [given])}
    return DeviceProfile(values=tuple(sorted(pairs)))


def find(one: Opened, *, known: Mapping[str, Any] | None = None, host: str | None = None) -> list[Finding]:
    """The findings of one message."""
    return find_disclosures([one], prepare_search(profile(known or {})), hosts=[host])


def told(findings: Sequence[Finding]) -> set[tuple[str, str, str]]:
    """`(kind, value, certainty)` of what is above `possible`."""
    return {(f.kind, f.value, f.certainty) for f in findings if f.certainty != "possible"}
