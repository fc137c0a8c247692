"""A process that hashes beside: the same digest, whatever happens to the file or to the process."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from intake.makers import Record, pcap
from vuoto import digests, intake
from vuoto.cli._inputs import Opening
from vuoto.facts.frames import Input

FRAMES = pcap([Record(1, n, bytes([n]) * 60) for n in range(50)])


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digests, "WORTH_A_PROCESS", 100)
    monkeypatch.setattr("vuoto.cli._inputs.WORTH_A_PROCESS", 100)
    monkeypatch.setattr(digests, "CHUNK_BYTES", 1000)


def test_it_is_the_digest_of_the_whole_file_and_of_no_other_length(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(FRAMES)
    with path.open("rb") as file:
        beside = digests.digest_beside(file.fileno(), workers=2)
        assert beside is not None
        try:
            assert beside.of(len(FRAMES)) == hashlib.sha256(FRAMES).hexdigest()
            assert beside.of(len(FRAMES) - 1) is None
            assert beside.of(len(FRAMES)) == hashlib.sha256(FRAMES).hexdigest()
        finally:
            beside.close()
            beside.close()


def test_no_process_for_what_is_small_no_file_or_to_be_done_by_one(tmp_path: Path) -> None:
    (tmp_path / "small").write_bytes(b"x" * 99)
    (tmp_path / "large").write_bytes(b"x" * 100)
    with (tmp_path / "small").open("rb") as small, (tmp_path / "large").open("rb") as large:
        assert digests.digest_beside(small.fileno(), workers=2) is None
        assert digests.digest_beside(large.fileno(), workers=1) is None
    ours, theirs = os.pipe()
    assert digests.digest_beside(ours, workers=2) is None
    os.close(ours)
    os.close(theirs)


def _audited(path: Path, meanwhile: Callable[[digests.DigestBeside], None] = lambda _beside: None) -> tuple[Input, list[str]]:
    """What an input is said to be, and its problems, where `meanwhile` is done after its process was begun."""
    with path.open("rb", buffering=0) as stream:
        beside = digests.digest_beside(stream.fileno(), workers=2)
        assert beside is not None
        try:
            meanwhile(beside)
            capture = intake.open_capture(cast("BinaryIO", stream), path.name, spool=refuse, digest=beside.of)
            list(capture.batches())
            return capture.describe(), [problem.what for problem in capture.problems()]
        finally:
            beside.close()


def refuse() -> BinaryIO:
    """No spool is needed for a file."""
    raise AssertionError


def test_an_input_is_described_by_it(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(FRAMES)
    told, problems = _audited(path)
    assert (told.sha256, told.size, problems) == (hashlib.sha256(FRAMES).hexdigest(), len(FRAMES), [])


def test_where_the_process_is_killed_the_file_is_hashed_here(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(FRAMES)
    told, problems = _audited(path, digests.DigestBeside.close)
    assert (told.sha256, told.size, problems) == (hashlib.sha256(FRAMES).hexdigest(), len(FRAMES), [])


def test_a_file_that_grew_is_hashed_as_far_as_it_was_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(FRAMES)
    more = pcap([Record(2, 0, b"later" * 30)])[24:]

    def grow(beside: digests.DigestBeside) -> None:
        assert beside.of(len(FRAMES)) is not None  # the process has met the end
        path.write_bytes(FRAMES + more)

    told, _ = _audited(path, grow)
    assert (told.sha256, told.size, told.frames) == (hashlib.sha256(FRAMES + more).hexdigest(), len(FRAMES + more), 51)


def test_a_file_that_is_written_to_while_it_is_read_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(FRAMES)
    with path.open("rb", buffering=0) as stream:
        capture = intake.open_capture(cast("BinaryIO", stream), path.name, spool=refuse)
        list(capture.batches())
        assert capture.problems() == ()
        path.write_bytes(FRAMES + b"more")
        [problem] = capture.problems()
    assert problem.what == f"the file was written to while it was read; this is what its first {len(FRAMES):,} bytes held then"


def test_inputs_are_hashed_beside_and_each_is_closed_when_the_next_is_asked_for(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.pcap", "b.pcap")]
    for number, path in enumerate(paths):
        path.write_bytes(FRAMES + bytes(number))
    seen: list[BinaryIO] = []
    with Opening(2) as opening:
        opening.begin(str(paths[0]))
        for source in opening.sources([(path, True) for path in [paths[0], *paths]]):
            assert [stream.closed for stream in seen] == [True] * len(seen)
            seen.append(source.stream)
            data = source.stream.read()
            assert source.digest is not None
            assert source.digest(len(data)) == hashlib.sha256(data).hexdigest()
    assert len(seen) == 3
    assert seen[2].closed
