"""Every form of a known value, in every layer, whether a decoder opened it or not; at a cost flat in the number of values."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disclosures.opened import find, message, profile, told
from vuoto.disclosures import find_disclosures, prepare_search
from vuoto.disclosures.needle_forms import DIGESTS, FORMS, make
from vuoto.disclosures.needles import Needles
from vuoto.disclosures.spellings import spell
from vuoto.facts.messages import Section
from vuoto.facts.parts import Layer

IMEI: Final = "350000001234562"
MAC: Final = "02:1a:c5:3d:7e:91"
GAID: Final = "7f4c2a10-9b5e-4d63-8a21-0e6f5d3c1b99"
EMAIL: Final = "kari.nordmann@example.org"
VALUES: Final = (("advertising_id", GAID), ("email", EMAIL), ("imei", IMEI), ("mac_address", MAC))
NEEDLES: Final = Needles(VALUES)


def encodings(text: str) -> dict[str, bytes]:
    """`text` in each encoding, written here without the code under test."""
    data = text.encode()
    return {
        "plain": data,
        "upper": text.upper().encode(),
        "reversed": data[::-1],
        "utf-16le": text.encode("utf-16le"),
        "utf-16be": text.encode("utf-16be"),
        "hex": data.hex().encode(),
        "HEX": data.hex().upper().encode(),
        "percent": "".join(f"%{b:02X}" for b in data).encode(),
        **{f"base64 after {n}": base64.b64encode(b"\xff" * n + data + b"\xfe" * 3) for n in range(3)},
        **{f"base64 url-safe after {n}": base64.urlsafe_b64encode(b"\xff" * n + data + b"\xfe" * 3) for n in range(3)},
        **{f"base32 after {n}": base64.b32encode(b"\xff" * n + data + b"\xfe" * 5) for n in range(5)},
        **{f"{d} hex": hashlib.new(d, data).hexdigest().encode() for d in DIGESTS},
        **{f"{d} HEX": hashlib.new(d, data).hexdigest().upper().encode() for d in DIGESTS},
        **{f"{d} raw": hashlib.new(d, data).digest() for d in DIGESTS},
        **{f"{d} base64": base64.b64encode(hashlib.new(d, data).digest()) for d in DIGESTS},
        **{f"{d} base64 url-safe": base64.urlsafe_b64encode(hashlib.new(d, data).digest()).rstrip(b"=") for d in DIGESTS},
        **{f"{d} of md5": hashlib.new(d, hashlib.md5(data).hexdigest().encode()).hexdigest().encode() for d in DIGESTS},
    }


SPELLINGS: Final = {
    "imei": (IMEI, "35-000000-123456-2", IMEI[:14]),
    "mac_address": (
        *(MAC, MAC.replace(":", "-"), MAC.replace(":", ""), MAC.upper(), MAC.replace(":", "").upper()),
        ".".join(MAC.replace(":", "")[i : i + 4] for i in (0, 4, 8)),
    ),
    "advertising_id": (GAID, GAID.replace("-", ""), GAID.upper()),
    "email": (EMAIL, EMAIL.upper()),
}


@pytest.mark.parametrize("kind", SPELLINGS)
@pytest.mark.parametrize("form", encodings("x"))
def test_every_spelling_in_every_form_is_found_amid_other_bytes(kind: str, form: str) -> None:
    for spelling in SPELLINGS[kind]:
        data = b"\x00\x91 " + encodings(spelling)[form] + b" \x07\xf3"
        hits = NEEDLES.find(data)
        assert any(VALUES[value][0] == kind for hit in hits for value in hit.values), spelling


@given(
    before=st.binary(max_size=64),
    after=st.binary(max_size=64),
    form=st.sampled_from(range(len(FORMS))),
    value=st.sampled_from(range(len(VALUES))),
)
@settings(max_examples=300, deadline=None)
def test_a_form_is_found_wherever_it_stands(before: bytes, after: bytes, form: int, value: int) -> None:
    """At any offset, so at each of the eight alignments; and its place is right."""
    whole = make(FORMS[form], VALUES[value][1].encode())
    hits = [h for h in NEEDLES.find(before + whole + after) if value in h.values]
    assert any(h.start <= len(before) and len(before) + len(whole) <= h.start + h.length for h in hits)


@given(st.binary(max_size=4_000))
@settings(max_examples=200, deadline=None)
def test_other_bytes_hold_no_known_value(data: bytes) -> None:
    assert NEEDLES.find(data) == []


@given(size=st.integers(0, 600_000))
@settings(max_examples=20, deadline=None)
def test_blocks_leave_no_seam(size: int) -> None:
    """A value across the border of two blocks of the pass is found."""
    data = b"." * size + IMEI.encode() + b"."
    assert [(h.start, h.length) for h in NEEDLES.find(data)] == [(size, 15)]


def made_up(count: int) -> list[tuple[str, str]]:
    """`count` values of five kinds that share prefixes and suffixes, as a fleet's do."""
    numbers = random.Random(5)
    return [
        (
            ("imei", f"35875405{n:06d}0"),
            ("iccid", f"8947000{n:012d}"),
            ("mac_address", f"02:1a:c5:{n >> 16 & 255:02x}:{n >> 8 & 255:02x}:{n & 255:02x}"),
            ("email", f"user{n}@example.org"),
            ("advertising_id", f"{numbers.getrandbits(32):08x}-9b5e-4d63-8a21-0e6f5d3c1b99"),
        )[n % 5]
        for n in range(count)
    ]


def test_the_cost_is_flat_in_the_number_of_values() -> None:
    """Counted, not timed: 5,000 values look at each position once, as 50 do, and hardly compare more of them in full."""
    few, many = Needles(made_up(50)), Needles(made_up(5_000))
    numbers = random.Random(7)
    rows = [
        {"ts": numbers.getrandbits(40), "trace": f"{numbers.getrandbits(128):032x}", "text": "the quick brown fox", "n": n}
        for n in range(3_000)
    ]
    data = json.dumps(rows).encode() + numbers.randbytes(200_000) + base64.b64encode(numbers.randbytes(200_000))
    assert few.find(data) == []
    assert many.find(data) == []
    assert few.windows == many.windows == len(data) - 7
    assert many.candidates <= few.candidates + len(data) // 10_000


def test_values_that_share_a_beginning_are_told_apart() -> None:
    """A fleet's IMEIs share eight digits: each occurrence is one comparison, and gives its own value."""
    needles = Needles(made_up(5_000))
    data = b" ".join(f"35875405{n:06d}0".encode() for n in range(0, 500, 5))
    hits = needles.find(data)
    assert [needles.values[h.values[0]][1] for h in hits] == [f"35875405{n:06d}0" for n in range(0, 500, 5)]
    assert needles.candidates <= 2 * len(hits)


def test_equal_values_of_two_kinds_are_both_told() -> None:
    needles = Needles([("bssid", MAC), ("mac_address", MAC)])
    assert [h.values for h in needles.find(MAC.encode())] == [(0, 1)]


def test_no_values_no_hits() -> None:
    assert Needles([]).find(b"anything at all, even this") == []
    assert Needles([("imei", "  "), ("account", "ab")]).find(b"ab" * 20) == []


def test_spellings_are_few_and_without_repeats() -> None:
    for kind, value in VALUES:
        spelt = spell(kind, value)
        assert spelt[0] == value
        assert len({s.lower() for s in spelt}) == len(spelt) <= 10


# ── in messages ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("form", encodings("x"))
def test_an_unopened_stream_gives_a_known_value(form: str) -> None:
    findings = find(message(raw=b"\x01\x02" + encodings(IMEI)[form] + b"\x9c"), known={"imei": IMEI})
    assert told(findings) == {("imei", IMEI, "known")}
    finding = findings[0]
    assert finding.layer.data[finding.offset : finding.offset + finding.length] in encodings(IMEI)[form]
    assert finding.why.startswith("equals the profile's IMEI")


@pytest.mark.parametrize(
    ("value", "form", "why"),
    [
        (hashlib.sha256(IMEI.encode()).hexdigest(), ("json", "sha256"), "as hexadecimal of SHA256"),
        (base64.b64encode(hashlib.md5(IMEI.encode()).digest()).decode(), ("json", "base64", "md5"), "as Base64 of MD5"),
        (
            hashlib.sha1(hashlib.md5(IMEI.encode()).hexdigest().encode()).hexdigest(),
            ("json", "sha1", "md5"),
            "as hexadecimal of SHA1 of its MD5",
        ),
        (IMEI[::-1], ("json", "reversed"), "written backwards"),
        (IMEI.encode().hex(), ("json", "hex"), "in hexadecimal"),
        (IMEI, ("json",), "IMEI"),
    ],
)
def test_form_and_reason_say_how(value: str, form: tuple[str, ...], why: str) -> None:
    findings = find(message(body={"k": value}), known={"imei": IMEI})
    assert [(f.kind, f.value, f.certainty, f.form, f.field) for f in findings] == [
        ("imei", IMEI, "known", form, "request body › /k")
    ]
    assert findings[0].why.endswith(why)


def test_known_supersedes_what_a_pattern_says_of_the_same_place() -> None:
    findings = find(message(body={"imei": IMEI, "wifi_mac": MAC}), known={"imei": IMEI})
    assert told(findings) == {("imei", IMEI, "known"), ("mac_address", MAC, "validated")}
    assert len(findings) == 2


def test_the_innermost_layer_speaks() -> None:
    """The Base64 of the outer layer is the same value again: only where it was unwrapped is it reported."""
    inner = json.dumps({"imei": IMEI}).encode()
    one = message(raw=base64.b64encode(inner))
    outer = one.layers[-1]
    one.layers.append(
        Layer(
            section=outer.section,
            form=("base64",),
            path="stream › base64",
            data=inner,
            parent=outer,
            offset=0,
            length=len(outer.data),
        )
    )
    findings = find(one, known={"imei": IMEI})
    assert [(f.field, f.form) for f in findings] == [("stream › base64", ("base64",))]


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("local_ip", "10.0.0.1", "to=10.0.0.12"),
        ("local_ip", "10.0.0.1", "to=110.0.0.1"),
        ("local_ip", "10.0.0.1", "version=10.0.0.1.7"),
        ("imei", IMEI, f"n=9{IMEI}"),
        ("imei", IMEI, f"n={IMEI}7"),
        ("ssid", "Telemark", "go to Telemarken"),
        ("account", "nordmann", "nordmannen"),
        ("serial_number", "A1B2C3D4", "xA1B2C3D4E5"),
        ("device_model", "A1", "A1"),
        ("locale_timezone", "FI", "FI"),
        ("cell_id", "65", "65"),
    ],
)
def test_a_piece_of_something_longer_is_not_the_value(kind: str, value: str, text: str) -> None:
    findings = find(message(body={"note": text}, raw=text.encode()), known={kind: value})
    assert [f for f in findings if f.certainty == "known"] == []


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        ("local_ip", "10.0.0.1", "to=10.0.0.1."),
        ("local_ip", "10.0.0.1", "10.0.0.1:5060"),
        ("imei", IMEI, f"x{IMEI}y"),
        ("ssid", "Telemark", '"Telemark"'),
        ("advertising_id", GAID, f"XZ{GAID}"),
    ],
)
def test_the_value_beside_other_characters_is(kind: str, value: str, text: str) -> None:
    findings = find(message(raw=text.encode()), known={kind: value})
    assert told(findings) == {(kind, value, "known")}


def test_a_short_value_needs_its_name() -> None:
    known = {"device_model": "A1", "carrier": "Telia"}
    assert told(find(message(body={"deviceModel": "A1", "plan": "A1", "t": "Telia"}), known=known)) == {
        ("device_model", "A1", "known")
    }


def test_a_value_of_two_kinds_goes_by_the_name() -> None:
    known = {"bssid": MAC, "mac_address": MAC}
    assert told(find(message(body={"mac": MAC}), known=known)) == {("mac_address", MAC, "known")}
    assert told(find(message(body={"bssid": MAC}), known=known)) == {("bssid", MAC, "known")}


def test_many_messages_in_one_pass() -> None:
    search = prepare_search(profile({"imei": IMEI}))
    batch = [message(body={"n": n, "k": IMEI if n % 3 == 0 else "x"}) for n in range(9)]
    findings = find_disclosures(batch, search, hosts=[None] * 9)
    assert [f.message for f in findings] == [0, 3, 6]
    assert all(f.layer in batch[f.message].layers for f in findings)


def test_a_value_across_two_layers_is_none() -> None:
    one = message(raw=IMEI[:7].encode())
    section = Section("datagram", "", IMEI[7:].encode(), 0)
    one.layers.append(Layer(section=section, form=(), path="datagram", data=section.data))
    assert find(one, known={"imei": IMEI}) == []
