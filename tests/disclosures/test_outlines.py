"""Outlines are a memory: with them and without, the same is found."""

import itertools
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from vuoto.disclosures import find_disclosures, prepare_search
from vuoto.facts.device import DeviceProfile
from vuoto.facts.messages import Message, Section
from vuoto.facts.parts import Layer, Opened, Outline, Part

NAMES = st.sampled_from(
    [
        *("imei", "imsi", "deviceId", "mac", "lat", "lon", "type", "value", "sid", "mcc", "serialNumber", "notAfter", "packages"),
        *("id", "email", "locale", "password", "n", "phone", "User-Agent", "package", "username", "model", "event"),
    ]
)
VALUES = st.sampled_from(
    [
        *("490154203237518", "242017654321098", "02:1a:c5:3d:7e:91", "59.9139", "10.7522", "imei", "kari@example.org", "nb_NO"),
        *(
            "",
            "12",
            "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99",
            "com.example.a,com.example.b,com.example.c",
            "Passord",
            "Nokia 7 plus",
        ),
        *("Dalvik/2.1.0 (Linux; U; Android 8.1.0; Nokia 7 plus Build/OPR1.170623.026)", "my password", "open"),
    ]
)
GROUPS = st.sampled_from(["", "/wifi", "/labels", "/cells/0", "/list/0", "/list/1"])
ROWS = st.lists(st.tuples(NAMES, GROUPS, VALUES, st.sampled_from(["json", "query", "cookie", "text"])), min_size=1, max_size=8)


WITHOUT = prepare_search(DeviceProfile())


def opened(rows: list[tuple[str, str, str, str]], outline: Outline | None, path: str, name: str) -> Opened:
    section = Section(path, "", json.dumps(rows).encode(), 0)
    layer = Layer(section=section, form=(), path=path, data=section.data, outline=outline, name=name)
    parts = [Part(layer, name, f"{group}/{name}", value, syntax, -1, -1) for name, group, value, syntax in rows]
    last = Layer(section=section, form=(), path="request header X", data=b"1")
    parts.append(Part(last, "imei", "imei", "490154203237518", "header", 0, 15))
    message = Message(flow=0, protocol="http/1.1", time_ns=0, sections=(section,))
    return Opened(message=message, layers=[layer, last], parts=parts, problems=[])


def told(findings: list[Any]) -> list[tuple[Any, ...]]:
    return [(f.kind, f.value, f.certainty, f.why, f.field, f.form, f.offset, f.length, f.message) for f in findings]


@given(ROWS, st.lists(st.lists(VALUES, min_size=8, max_size=8), max_size=3), st.sampled_from(["request body", "strings.json"]))
@settings(max_examples=300, deadline=None)
def test_the_same_is_found_with_outlines(rows: list[tuple[str, str, str, str]], more: list[list[str]], path: str) -> None:
    outline = Outline(
        names=tuple(name for name, *_ in rows),
        pointers=tuple(f"{group}/{name}" for name, group, *_ in rows),
        syntaxes=tuple(syntax for *_, syntax in rows),
    )
    alike = [rows, *([(*row[:2], value, row[3]) for row, value in zip(rows, values, strict=False)] for values in more)]
    search = prepare_search(DeviceProfile())
    hosts = [None]
    names = itertools.cycle(("", "user", "wifi"))
    for same, name in zip(itertools.chain(alike, alike, alike), names, strict=False):
        plain = find_disclosures([opened(same, None, path, name)], WITHOUT, hosts=hosts)
        assert told(find_disclosures([opened(same, outline, path, name)], search, hosts=hosts)) == told(plain)
