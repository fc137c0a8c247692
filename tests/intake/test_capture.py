"""What holds of every input: any way of reading it gives the same, and any bytes give frames or one clear error."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

import lz4.frame
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.makers import (
    Frame,
    Record,
    Trickle,
    block,
    enhanced,
    frames_of,
    interface,
    obsolete,
    opened,
    option,
    pcap,
    section,
    simple,
    told,
)
from vuoto.errors import InputError
from vuoto.intake import background, capture, is_capture_name, open_capture, windows
from vuoto.intake.format import Format, Reading

PACKETS = st.binary(max_size=60)
RECORDS = st.builds(Record, st.integers(1, 2**32 - 1), st.integers(0, 999_999), PACKETS, st.none() | st.integers(0, 2**32 - 1))
ORDERS = st.sampled_from("<>")


@st.composite
def pcaps(draw: st.DrawFn) -> bytes:
    magic = draw(st.sampled_from([0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34]))
    return pcap(draw(st.lists(RECORDS, max_size=12)), order=draw(ORDERS), magic=magic)


@st.composite
def pcapngs(draw: st.DrawFn) -> bytes:
    pieces: list[bytes] = []
    for order in draw(st.lists(ORDERS, min_size=1, max_size=3)):
        pieces += [section(order), interface(order), interface(order, options=option(9, b"\x09", order))]
        kinds = {
            "enhanced": lambda packet, o=order: enhanced(packet, units=10**15, number=len(packet) % 2, order=o),
            "simple": lambda packet, o=order: simple(packet, order=o),
            "obsolete": lambda packet, o=order: obsolete(packet, units=10**15, order=o),
            "custom": lambda packet, o=order: block(0xBAD, b"PEN " + packet, o),
            "unknown": lambda packet, o=order: block(77, packet, o),
        }
        for kind, packet in draw(st.lists(st.tuples(st.sampled_from(sorted(kinds)), PACKETS), max_size=8)):
            pieces.append(kinds[kind](packet))
    return b"".join(pieces)


CAPTURES = pcaps() | pcapngs()


@pytest.fixture
def small() -> Iterator[Callable[[int], None]]:
    """Sets the window to that many bytes, and hashing to its thread, so that what large inputs meet is met by small ones."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "INLINE_BYTES", 0)
        yield lambda size: patch.setattr(windows, "WINDOW_BYTES", size)


@settings(max_examples=60, deadline=None)
@given(data=CAPTURES, window=st.integers(28, 300))
def test_any_window_gives_the_same_frames(data: bytes, window: int) -> None:
    whole = told(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "INLINE_BYTES", 0)
        patch.setattr(windows, "WINDOW_BYTES", window)
        assert told(data) == whole


@settings(max_examples=40, deadline=None)
@given(data=CAPTURES, rest=st.data())
def test_any_read_sizes_give_the_same_frames(data: bytes, rest: st.DataObject) -> None:
    whole = told(data)
    assert told(cast("BinaryIO", Trickle(data))) == whole
    assert told(cast("BinaryIO", Trickle(data, lambda: rest.draw(st.integers(1, 50))))) == whole


@settings(max_examples=60, deadline=None)
@given(data=CAPTURES, trailing=st.binary(min_size=1, max_size=40))
def test_trailing_bytes_take_nothing_away(data: bytes, trailing: bytes) -> None:
    frames = frames_of(opened(data))
    assert frames_of(opened(data + trailing))[: len(frames)] == frames


@settings(max_examples=60, deadline=None)
@given(data=CAPTURES, cut=st.integers(0, 200))
def test_a_cut_takes_only_the_end_away_and_says_so(data: bytes, cut: int) -> None:
    whole = told(data)
    part = told(data[: len(data) - min(cut, len(data))])
    if "error" in part:
        return
    found = part.get("packets", [])
    assert found == whole.get("packets", [])[: len(found)]
    if not part["problems"]:
        assert part["frames"] == len(found)  # cut between two packets: nothing to say


@settings(max_examples=300, deadline=None)
@given(
    head=st.sampled_from(
        [b"", pcap([]), pcap([], order=">", magic=0xA1B23C4D), section(), section(">") + interface(">"), b"{", b"\x1f\x8b\x08"]
    ),
    data=st.binary(max_size=300),
)
def test_any_bytes_give_frames_or_an_input_error(head: bytes, data: bytes) -> None:
    found = told(head + data)
    assert ("error" in found) != ("frames" in found)
    if "error" in found:
        assert found["next_step"]
        assert found["where"] == "input"


@settings(max_examples=200, deadline=None)
@given(data=CAPTURES, changes=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=6))
def test_any_damage_gives_frames_or_an_input_error(data: bytes, changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(data)
    for at, value in changes:
        damaged[at % len(data)] = value
    found = told(bytes(damaged))
    assert ("error" in found) != ("frames" in found)


@settings(max_examples=60, deadline=None)
@given(
    data=CAPTURES,
    compress=st.sampled_from([gzip.compress, zstandard.compress, lz4.frame.compress]),
    change=st.none() | st.tuples(st.integers(0, 10_000), st.integers(0, 255)),
    cut=st.integers(0, 30),
)
def test_compressed_and_damaged(data: bytes, compress: Callable[[bytes], bytes], change: Any, cut: int) -> None:
    packed = bytearray(compress(data))
    if change is None and not cut:
        whole, found = told(data), told(bytes(packed))
        assert whole.pop("format") == found.pop("format").partition("+")[0]
        assert found == whole
        return
    if change is not None:
        packed[change[0] % len(packed)] = change[1]
    found = told(bytes(packed[: len(packed) - cut]))
    assert ("error" in found) != ("frames" in found)


def test_the_hash_and_size_are_of_the_bytes_as_given(small: Callable[[int], None]) -> None:
    small(64)
    for data in (pcap([Record(1, 0, b"x" * 500)] * 9), gzip.compress(pcap([Record(1, 0, b"y")] * 90)), pcap([]) + b"\xff" * 3000):
        for stream in (io.BytesIO(data), cast("BinaryIO", Trickle(data, lambda: 37))):
            opened_capture = opened(stream)
            with pytest.raises(RuntimeError):
                opened_capture.describe()
            list(opened_capture.batches())
            facts = opened_capture.describe()
            assert (facts.sha256, facts.size) == (hashlib.sha256(data).hexdigest(), len(data))
            assert opened_capture.position == len(data)


def test_position_grows_between_batches(small: Callable[[int], None]) -> None:
    small(10_000)
    data = pcap([Record(1, 0, b"x" * 50)] * 3_000)
    opened_capture = opened(data)
    positions = [opened_capture.position for _ in opened_capture.batches()]
    assert positions == sorted(positions)
    assert len(set(positions)) > 1
    assert positions[-1] <= len(data)


def test_an_input_is_read_from_where_the_stream_stands(tmp_path: Path) -> None:
    data = pcap([Record(1, 0, b"one"), Record(2, 0, b"two")])
    path = tmp_path / "input"
    path.write_bytes(b"before it" + data)
    for buffering in (0, -1):
        with path.open("rb", buffering=buffering) as stream:
            stream.seek(9)
            assert told(stream) == told(data)


@pytest.mark.parametrize("compress", [bytes, gzip.compress])
def test_read_at_works_in_forked_processes_at_once(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    data = pcap([Record(1, n, bytes([n]) * 200) for n in range(200)])
    path = tmp_path / "input"
    path.write_bytes(compress(data))
    with path.open("rb") as stream, tempfile.TemporaryFile() as spool:
        both = opened(stream, spool=lambda: cast("BinaryIO", spool))
        frames = frames_of(both)
        child = os.fork()
        right = all(both.read_at(frame.offset, 200) == frame.packet for _ in range(20) for frame in frames)
        if child == 0:
            os._exit(0 if right else 1)
        assert right
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_read_at_is_short_only_at_the_end(tmp_path: Path) -> None:
    data = pcap([Record(1, 0, b"packet")])
    path = tmp_path / "input"
    path.write_bytes(data)
    with path.open("rb") as stream:
        opened_capture = opened(stream)
        frames_of(opened_capture)
        assert opened_capture.read_at(len(data) - 3, 10) == b"ket"
        assert opened_capture.read_at(len(data), 10) == b""


def test_a_stream_that_unpacks_itself_is_not_read_by_its_descriptor(tmp_path: Path) -> None:
    path = tmp_path / "input.gz"
    path.write_bytes(gzip.compress(pcap([Record(1, 0, b"packet")])))
    with gzip.open(path) as stream:
        assert [frame.packet for frame in frames_of(opened(cast("BinaryIO", stream)))] == [b"packet"]


def test_the_spool_is_asked_for_only_where_it_is_needed() -> None:
    def refuse() -> BinaryIO:
        raise AssertionError("asked for")

    data = pcap([Record(1, 0, b"x")])
    list(open_capture(io.BytesIO(data), "input", spool=refuse).batches())
    with pytest.raises(AssertionError):
        open_capture(io.BytesIO(gzip.compress(data)), "input", spool=refuse)
    with pytest.raises(AssertionError):
        open_capture(cast("BinaryIO", Trickle(data)), "input", spool=refuse)


class _Full(io.BytesIO):
    def write(self, _data: Any) -> int:
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("inline", [0, 1 << 20])
def test_a_full_disk_is_an_input_error_with_a_next_step(monkeypatch: pytest.MonkeyPatch, inline: int) -> None:
    monkeypatch.setattr(background, "INLINE_BYTES", inline)
    with pytest.raises(InputError, match="No space left") as caught:
        list(open_capture(io.BytesIO(gzip.compress(pcap([Record(1, 0, b"x")]))), "day.pcap.gz", spool=_Full).batches())
    assert caught.value.where == "day.pcap.gz"
    assert "TMPDIR" in (caught.value.next_step or "")


class _Breaks(io.RawIOBase):
    """Gives some bytes, then an error, as a failing disk does."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._data:
            raise OSError(5, "Input/output error")
        size = min(len(buffer), len(self._data))
        buffer[:size] = self._data[:size]
        self._data = self._data[size:]
        return size


def test_a_read_error_keeps_what_was_read_and_is_said() -> None:
    found = told(cast("BinaryIO", _Breaks(pcap([Record(1, 0, b"one")]))))
    assert found["frames"] == 1
    assert found["problems"] == ["input: reading stopped after 43 bytes: Input/output error"]
    assert told(cast("BinaryIO", _Breaks(b"")))["error"] == "cannot be read: Input/output error"


class _NotReady(io.RawIOBase):
    def readable(self) -> bool:
        return True

    def readinto(self, _buffer: Any) -> None:
        return None


def test_a_stream_with_nothing_to_give_is_an_input_error() -> None:
    assert "non-blocking" in told(cast("BinaryIO", _NotReady()))["error"]


def test_a_bomb_is_bounded_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vuoto.intake.unpacked.UNPACKED_FREE", 1 << 20)
    bomb = gzip.compress(pcap([Record(1, 0, b"first")]) + pcap([Record(1, 0, bytes(1000))] * 40_000)[24:])
    capture_of_it = opened(bomb)
    frames = sum(len(batch.start) for batch in capture_of_it.batches())
    assert 0 < frames < 40_000
    assert "more than 300 times its size" in capture_of_it.problems()[0].what
    assert capture_of_it.describe().size == len(bomb)


def test_the_spool_is_bounded_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "SPOOL_LIMIT", 500)
    found = told(gzip.compress(pcap([Record(1, 0, bytes(range(100)))] * 10)))
    assert found["frames"] == 4
    assert "from a pipe or a compressed file" in found["problems"][0]


def test_a_frame_larger_than_the_window(small: Callable[[int], None]) -> None:
    small(1000)
    packets = [b"a" * 10, b"b" * 50_000, b"c" * 10]
    assert [f.packet for f in frames_of(opened(pcap([Record(1, 0, packet) for packet in packets])))] == packets
    data = section() + interface() + b"".join(enhanced(packet) for packet in packets)
    assert [f.packet for f in frames_of(opened(data))] == packets


def test_formats_that_tie_are_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def tied(name: str) -> Format:
        return Format(name=name, recognise=lambda _head: 50, open=lambda _windows, _name: Reading())

    found = (tied("one"), tied("two"))
    monkeypatch.setattr(capture, "plugins", lambda package, *_: found if package.endswith("formats") else ())
    tie = opened(b"anything")
    list(tie.batches())
    assert tie.describe().format == "one"
    assert [problem.what for problem in tie.problems()] == ["reads as one and as two alike; read as one"]


@pytest.mark.parametrize(
    "name", ["a.pcap", "a.PCAPNG", "folder/b.cap.gz", "c.har", "d.ntar.xz", "e.pcap.zst", "f.pcap.lz4", ".x.har"]
)
def test_capture_names(name: str) -> None:
    assert is_capture_name(name)


@pytest.mark.parametrize(
    "name", ["a.txt", "pcap", ".pcap", "dir/.har", "a.gz", "a.pcap.zip", "a.pcap.gz.bak", "a.pcapx", "a.pcap\n", ""]
)
def test_names_that_are_no_captures(name: str) -> None:
    assert not is_capture_name(name)


def test_frames_are_plain_values() -> None:
    assert frames_of(opened(pcap([Record(1, 2, b"x", 9)]))) == [
        Frame(number=1, time_ns=1_000_002_000, linktype=1, wirelen=9, packet=b"x", offset=40)
    ]


def test_the_spool_may_be_unbuffered() -> None:
    with tempfile.TemporaryFile(buffering=0) as raw:
        unbuffered = opened(gzip.compress(pcap([Record(1, 0, b"packet")])), spool=lambda: cast("BinaryIO", raw))
        assert [frame.packet for frame in frames_of(unbuffered)] == [b"packet"]
