"""Public captures: read without a fault, and as other programs read them."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dpkt
import pytest

from intake.makers import CORPUS, Frame, frames_of, opened
from vuoto.errors import InputError

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CORPUS.is_dir(), reason="the public captures (VUOTO_CORPUS) are not on this machine"),
]

FOLDERS = ("ReportHAR", "mitmproxy", "nDPI", "suricata-verify", "zeek")
NO_CAPTURES = {
    "test__mitmproxy__data__corrupted_har__brokenfile.har": "not valid JSON at line 5, column 1",
    "tls-1.2-stream-keylog.keys.txt": "a TLS key log",
}


def read(path: Path) -> list[Frame]:
    with path.open("rb") as stream:
        return frames_of(opened(stream, path.name))


def captures(folder: str) -> Iterator[Path]:
    for path in sorted((CORPUS / folder).iterdir()):
        if path.suffix not in {".har", ".mitm", ".txt", ".gz"}:
            yield path


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_is_read_or_named(folder: str) -> None:
    errors = {}
    for path in sorted((CORPUS / folder).iterdir()):
        with path.open("rb") as stream:
            try:
                capture = opened(stream, path.name)
                frames = frames_of(capture)
                messages = list(capture.messages())
            except InputError as error:
                errors[path.name] = error.what
                continue
        facts = capture.describe()
        assert facts.size == path.stat().st_size
        assert facts.frames == (len(frames) if facts.format != "har" else facts.frames)
        assert all(0 <= message.flow < len(capture.flows()) for message in messages)
    for name, what in errors.items():
        assert NO_CAPTURES.get(name, "a mitmproxy flow dump") in what, name
        assert name in NO_CAPTURES or name.endswith(".mitm")


@pytest.mark.parametrize("folder", ["nDPI", "suricata-verify", "zeek"])
def test_packets_and_times_are_those_of_dpkt(folder: str) -> None:
    compared = 0
    for path in captures(folder):
        with path.open("rb") as stream:
            try:
                theirs = [(float(time), bytes(packet)) for time, packet in dpkt.pcap.UniversalReader(stream)]
            except (ValueError, dpkt.UnpackError, KeyError, MemoryError):
                continue  # dpkt gives up on what it does not know
        ours = read(path)
        assert [packet for _, packet in theirs][: len(ours)] == [frame.packet for frame in ours], path.name
        if path.read_bytes()[:4] != b"\n\r\r\n":  # dpkt knows one time unit per pcapng file, not one per interface
            assert all(abs(time - frame.time_ns / 1e9) < 1e-5 for (time, _), frame in zip(theirs, ours, strict=False)), path.name
        compared += 1
    assert compared > 20


@pytest.mark.tshark
@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("folder", ["nDPI", "suricata-verify", "zeek"])
def test_numbers_lengths_and_times_are_those_of_tshark(folder: str) -> None:
    paths = list(captures(folder))
    newer = [path for path in paths if path.read_bytes()[:4] == b"\n\r\r\n"]
    for path in sorted({*paths[::40], *newer[::6]}):
        assert read_by_tshark(path) == [
            (frame.number, frame.wirelen, len(frame.packet), frame.time_ns) for frame in read(path)
        ], path.name


def read_by_tshark(path: Path) -> list[tuple[int, int, int, int]]:
    fields = ("frame.number", "frame.len", "frame.cap_len", "frame.time_epoch")
    command = ["tshark", "-n", "-r", str(path), "-T", "fields"]
    for field in fields:
        command += ["-e", field]
    lines = subprocess.run(command, check=False, capture_output=True, text=True).stdout.splitlines()
    rows: list[tuple[int, int, int, int]] = []
    for line in lines:
        number, length, captured, time = line.split("\t")
        seconds, _, fraction = time.partition(".")
        rows.append((int(number), int(length), int(captured), int(seconds) * 10**9 + int(fraction[:9].ljust(9, "0"))))
    return rows
