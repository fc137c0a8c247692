"""Apps that PCAPdroid writes into captures: a trailer behind each packet, or custom blocks and comments."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.makers import Record, enhanced, interface, opened, option, pcap, section
from intake.makers import block as pcapng_block
from vuoto.facts.app_tags import AppTag, read_tag

MAGIC = 0x01072021


def packet(payload: bytes, *, v6: bool = False) -> bytes:
    """A datagram from 192.0.2.1 or 2001:db8::1."""
    udp = struct.pack(">HHHH", 40_000, 9_999, 8 + len(payload), 0) + payload
    if v6:
        return struct.pack(">IHBB", 6 << 28, len(udp), 17, 64) + b"\x20\x01\x0d\xb8" + bytes(11) + b"\x01" + bytes(16) + udp
    return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0) + bytes([192, 0, 2, 1, 192, 0, 2, 9]) + udp


def trailer(uid: int, name: bytes, *, room: int = 20) -> bytes:
    return struct.pack(">Ii", MAGIC, uid) + name[: room - 1].ljust(room, b"\0")


def tagged(inner: bytes, uid: int, name: bytes, *, room: int = 20, addresses: bytes = bytes(12)) -> bytes:
    """A frame as PCAPdroid writes it."""
    kind = b"\x86\xdd" if inner[0] >> 4 == 6 else b"\x08\x00"
    frame = addresses + kind + inner
    frame += bytes(-len(frame) % 4) + trailer(uid, name, room=room)
    return frame + struct.pack("<I", zlib.crc32(frame))


def apps_of(data: bytes) -> dict[int, str]:
    """By frame number."""
    return {batch.first_number + row: app for batch in opened(io.BytesIO(data)).batches() for row, app in batch.apps}


def of_frames(*frames: bytes, link: int = 1, order: str = "<") -> dict[int, str]:
    return apps_of(pcap([Record(1, 0, frame) for frame in frames], link=link, order=order))


@pytest.mark.parametrize("payload", [b"", b"a", b"ab", b"abc", b"abcd"])
@pytest.mark.parametrize("v6", [False, True])
def test_trailer_names_the_app_whatever_padding_stands_before_it(payload: bytes, v6: bool) -> None:
    assert of_frames(tagged(packet(payload, v6=v6), 10123, b"Chrome")) == {1: "Chrome [uid 10123]"}


def test_first_versions_of_the_trailer_are_shorter() -> None:
    assert of_frames(tagged(packet(b"abcd"), 10123, b"Chrome", room=16)) == {1: "Chrome [uid 10123]"}


def test_trailers_in_pcapng_and_in_big_endian_files_are_read_as_well() -> None:
    frame = tagged(packet(b"x"), 10123, b"Chrome")
    assert apps_of(section() + interface() + enhanced(frame)) == {1: "Chrome [uid 10123]"}
    assert of_frames(frame, order=">") == {1: "Chrome [uid 10123]"}


def test_apps_stand_at_their_frames() -> None:
    frames = [tagged(packet(b"x"), 10000 + n % 3, b"App %d" % (n % 3)) for n in range(200)]
    assert of_frames(*frames) == {n + 1: f"App {n % 3} [uid {10000 + n % 3}]" for n in range(200)}


def test_name_that_ends_inside_a_character_is_cut_before_it() -> None:
    assert of_frames(tagged(packet(b"x"), 10123, "Wetter für München ü".encode()[:19])) == {1: "Wetter für Münche [uid 10123]"}
    assert of_frames(tagged(packet(b"x"), 10123, b"A" * 18 + "é".encode()[:1])) == {1: f"{'A' * 18} [uid 10123]"}


def test_what_cannot_be_shown_is_replaced() -> None:
    assert of_frames(tagged(packet(b"x"), 10123, "a\x1b[2J\u202eb".encode())) == {1: "a\ufffd[2J\ufffdb [uid 10123]"}


def test_unknown_app_is_none() -> None:
    known = tagged(packet(b"x"), 10123, b"Chrome")
    assert of_frames(tagged(packet(b"x"), -1, b"Unknown"), known) == {2: "Chrome [uid 10123]"}


def test_payload_that_ends_like_a_trailer_is_none() -> None:
    chance = bytes(14 - 2) + b"\x08\x00" + packet(trailer(10123, b"Bank") + bytes(4))
    assert of_frames(chance) == {}
    assert of_frames(tagged(packet(b"x"), 10001, b"Chrome"), chance) == {1: "Chrome [uid 10001]"}


def test_frame_of_a_real_network_is_none() -> None:
    forged = tagged(packet(b"x"), 10123, b"Bank", addresses=b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02")
    assert of_frames(forged) == {}


def test_trailer_that_is_cut_off_is_none() -> None:
    frame = tagged(packet(b"x"), 10123, b"Chrome")
    named = {length for length in range(len(frame)) if of_frames(frame[:length])}
    # Without its check sum it looks like one of the first versions, and names the same app.
    assert named == {len(frame) - 4}
    assert of_frames(frame[:-4]) == of_frames(frame)


def test_raw_packets_have_no_trailer() -> None:
    inner = packet(b"x")
    assert of_frames(inner + trailer(10123, b"Chrome") + bytes(4), link=101) == {}


def test_only_the_first_frames_are_looked_at_where_none_is_tagged() -> None:
    plain = bytes(12) + b"\x08\x00" + packet(b"x")
    late = tagged(packet(b"x"), 10123, b"Chrome")
    assert of_frames(*[plain] * 63, late) == {64: "Chrome [uid 10123]"}
    assert of_frames(*[plain] * 64, late) == {}


def uid_map(uid: int, package: bytes, label: bytes, *, order: str = "<", enterprise: int = 62652, version: int = 1) -> bytes:
    head = struct.pack(order + "IHBBiBB", enterprise, version, 1, 0, uid, len(package), len(label))
    return pcapng_block(0xBAD, head + package + label, order)


def commented(comment: bytes, *, order: str = "<", before: bytes = b"") -> bytes:
    return enhanced(packet(b"x"), options=before + option(1, comment, order) + option(0, b"", order), order=order)


@pytest.mark.parametrize("order", ["<", ">"])
def test_blocks_and_comments_name_package_and_app(order: str) -> None:
    data = section(order) + interface(order, link=101) + uid_map(10123, b"com.android.chrome", b"Chrome", order=order)
    data += commented(b"u-10123", order=order) + commented(b"u-10123", order=order, before=option(2, bytes(4), order))
    # The custom block counts as a frame, as in Wireshark.
    assert apps_of(data) == dict.fromkeys((2, 3), "Chrome [com.android.chrome, uid 10123]")


def test_apps_stand_at_their_packets_when_blocks_lie_between_them() -> None:
    data = section() + interface(link=101)
    for uid, name in ((10001, b"One"), (10002, b"Two")):
        data += uid_map(uid, b"com.example." + name.lower(), name) + commented(b"u-%d" % uid)
    data += commented(b"u-10001") + commented(b"u-10003") + commented(b"u--1") + commented(b"an analyst's note")
    assert apps_of(data) == {
        2: "One [com.example.one, uid 10001]",
        4: "Two [com.example.two, uid 10002]",
        5: "One [com.example.one, uid 10001]",
        6: "[uid 10003]",
    }


@pytest.mark.parametrize(
    "block",
    [
        b"",
        uid_map(10123, b"com.example.a", b"A", enterprise=62653),
        uid_map(10123, b"com.example.a", b"A", version=2),
        pcapng_block(0xBAD, struct.pack("<IHBBiBB", 62652, 1, 1, 0, 10123, 200, 200) + b"short"),
        pcapng_block(0xBAD, b"\xbc\xf4\0\0"),
    ],
)
def test_comments_without_a_block_of_the_tool_name_nothing(block: bytes) -> None:
    assert apps_of(section() + interface(link=101) + block + commented(b"u-10123")) == {}


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_garbage_names_nothing_that_cannot_be_read_back(body: bytes, options: bytes) -> None:
    data = section() + interface(link=101) + pcapng_block(0xBAD, struct.pack("<IHB", 62652, 1, 1) + body)
    data += uid_map(10123, b"com.example.a", b"A") + enhanced(packet(b"x"), options=options)
    for app in apps_of(data).values():
        assert read_tag(app).uid is not None


@given(st.text(max_size=20).map(str.strip), st.sampled_from([None, "com.example.a", "a.b"]), st.integers(-(2**31), 2**31 - 1))
def test_tags_are_read_back(label: str, package: str | None, uid: int) -> None:
    tag = AppTag(label, package, uid)
    assert read_tag(tag.text()) == tag


def test_a_name_without_more_is_a_label() -> None:
    assert read_tag("com.example.a:remote") == AppTag("com.example.a:remote")
    assert read_tag("Notes [old]") == AppTag("Notes [old]")
    assert AppTag("Notes").text() == "Notes"
