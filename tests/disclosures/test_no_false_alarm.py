"""The last, and hardest: what anybody's traffic is full of is never above `possible`."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from disclosures.opened import find, leaves, message, told
from vuoto.disclosures import find_disclosures, prepare_search
from vuoto.facts.device import DeviceProfile
from vuoto.facts.parts import Part

SEARCH: Final = prepare_search(DeviceProfile())

_ORDINARY: Final = (
    "id uid uuid key value ts time timestamp order orderId order_number nonce trace traceId spanId request_id session sid token "
    "hash sha etag version build size width price x y long count seq offset data payload name type state code event_id "
    "message_id checksum crc invoice tracking_number cid nid gid ref immediate timeline machine command simple latency"
)
ORDINARY: Final = ("", *_ORDINARY.split())
"""Names of fields that say nothing of a person or a device."""

digits = st.text("0123456789", min_size=1, max_size=24)
hexadecimal = st.integers(1, 64).flatmap(lambda n: st.binary(min_size=n, max_size=n)).map(bytes.hex)
encoded = st.binary(min_size=1, max_size=60).map(lambda b: base64.b64encode(b).decode())
uuids = st.uuids().map(str)
moments = st.integers(1_200_000_000, 2_000_000_000).flatmap(
    lambda s: st.sampled_from([f"{s}", f"{s}123", f"{s}123456", f"{s}123456789"])
)
versions = st.lists(st.integers(0, 255), min_size=2, max_size=4).map(lambda v: ".".join(map(str, v)))
floats = st.floats(-1e6, 1e6, allow_nan=False).map(repr)
noise = st.one_of(digits, hexadecimal, encoded, uuids, moments, versions, floats)


@given(st.dictionaries(st.sampled_from(ORDINARY), noise, max_size=20))
@settings(max_examples=400, deadline=None)
def test_noise_under_ordinary_names(body: dict[str, str]) -> None:
    assert told(find_disclosures([message(body=body)], SEARCH, hosts=["api.example.com"])) == set()


@given(st.lists(noise, max_size=30))
@settings(max_examples=200, deadline=None)
def test_noise_without_names(values: list[str]) -> None:
    batch = [message(body=values), message(raw=" ".join(values).encode()), message(raw="|".join(values).encode())]
    assert told(find_disclosures(batch, SEARCH, hosts=[None] * 3)) == set()


@given(st.binary(max_size=3_000))
@settings(max_examples=200, deadline=None)
def test_random_bytes_are_silent(data: bytes) -> None:
    assert find_disclosures([message(raw=data)], SEARCH, hosts=[None]) == []


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_anywhere_is_read_without_an_error(text: str) -> None:
    one = message(body={text: text, "imei": text, "email": text, "lat": text, "lon": text, "apps": [text] * 3, "ua": text})
    raw = message(raw=text.encode("utf-8", "surrogatepass"))
    find_disclosures([one, raw], SEARCH, hosts=["graph.facebook.com", text])


_NAMED: Final = "imei imsi iccid mac gaid email phone lat ssid cell_id IMEI IMSI ICCID MAC GAID"


@given(st.sampled_from(_NAMED.split()), noise)
@settings(max_examples=400, deadline=None)
def test_a_name_alone_validates_nothing(name: str, value: str) -> None:
    """`validated` needs the kind's own check: whoever gets it here passes it."""
    for finding in find_disclosures([message(body={name: value})], SEARCH, hosts=[None]):
        if finding.certainty == "validated":
            assert finding.value
            assert "says so" in finding.why


def test_findings_do_not_depend_on_what_was_seen_before() -> None:
    """Memories change no outcome: the same message first, last, and in a batch of its own."""
    one = message(body={"imei": "350000001234562", "device": {"id": "a3f19c0e5b7d2846"}, "model": "X", "os": "8"})
    noise_before = [message(body={f"k{n}": str(n), "imei": str(n)}) for n in range(50)]
    fresh = prepare_search(DeviceProfile())
    alone = [(f.kind, f.value, f.certainty, f.why, f.field) for f in find_disclosures([one], fresh, hosts=[None])]
    after = find_disclosures([*noise_before, one], SEARCH, hosts=[None] * 51)
    assert [(f.kind, f.value, f.certainty, f.why, f.field) for f in after if f.message == 50] == alone


def test_a_message_of_many_parts_costs_each_once() -> None:
    """A list of 20,000 fields that need company, and of halves of pairs, is read in one pass over them (counted by names met)."""
    body = [{"sid": str(n), "model": f"m{n}", "lat": n, "mcc": 242} for n in range(5_000)]
    one = message(body=body)

    class Counted(list[Part]):
        passes = 0

        def __iter__(self) -> object:  # type: ignore[override]
            type(self).passes += 1
            return super().__iter__()

    one.parts = Counted(one.parts)
    find_disclosures([one], SEARCH, hosts=[None])
    assert Counted.passes <= 6


def test_leaves_of_a_real_looking_event_are_silent() -> None:
    event = {
        "schema": "iglu:com.example/event/jsonschema/1-0-3",
        "eventId": str(uuid.UUID(int=0x12345678123456781234567812345678)),
        "sentAt": "2019-02-20T07:31:04.123Z",
        "metrics": {"cpu": 0.312345, "mem": 204800123, "fps": [59.913868, 10.752245]},
        "links": ["https://cdn.example.com/a/350000001234562.png", "logo@2x.png"],
        "checksums": {"a.bin": "d41d8cd98f00b204e9800998ecf8427e"},
    }
    assert list(leaves(event))
    assert told(find(message(body=json.loads(json.dumps(event))))) == set()
