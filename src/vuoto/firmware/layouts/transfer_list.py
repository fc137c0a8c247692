"""Block-based OTAs of Android 5 to 9, and of devices without slots: `NAME.transfer.list` with `NAME.new.dat`, `NAME.patch.dat`.

Source: AOSP bootable/recovery, `updater/blockimg.cpp` (versions 1 to 4 of the list), `tools/releasetools/blockimgdiff.py`. An
update in place reads every block before it overwrites it, so what a command reads is always the old build's; with that build at
hand the new partition is read in any order. Hash trees that the device computes itself read as zeros.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from vuoto.firmware.content import Blob, BytesBlob
from vuoto.firmware.layouts.bsdiff import BrokenPatchError, apply_patch
from vuoto.firmware.layouts.imgdiff import apply_image_patch
from vuoto.firmware.layouts.stretches import MadeBlob, Recent, Stretch, StretchesBlob, Tell

BLOCK: Final = 4_096

MAX_LIST: Final = 64 << 20
"""Bytes of the list read; an incremental OTA of a whole system has some 5 MB."""

MAX_COMMANDS: Final = 1_000_000
"""Commands and ranges read; see above."""

MAX_BYTES: Final = 1 << 40
"""Bytes of the partition; see `vuoto.firmware.layouts.sparse.MAX_BYTES`."""

MAX_COMMAND: Final = 256 << 20
"""Bytes that one patch writes; the largest files of a system have 150 MB."""

HELD: Final = 32 << 20
"""Bytes of carried-out commands held."""

Ranges = tuple[tuple[int, int], ...]
"""First block and the block behind the last, in order."""


class BrokenListError(ValueError):
    """The list cannot be read. The text says why."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command that writes blocks."""

    kind: str
    """`new`, `zero`, `move`, `bsdiff` or `imgdiff`; `erase` is `zero`."""

    target: Ranges
    """What it writes."""

    source: tuple[tuple[Ranges, Ranges], ...] = ()
    """Where in the old partition its source stands, and where in the source each piece goes."""

    source_blocks: int = 0
    """Blocks of the source."""

    patch: tuple[int, int] = (0, 0)
    """Where its patch begins in `patch.dat`, and its bytes."""

    digest: str = ""
    """SHA-1 of what it writes, in hex; empty where not said."""


def read_list(data: bytes) -> list[Command]:
    """The commands, in order. Raises `BrokenListError`."""
    lines = data.decode("ascii", "replace").split("\n")
    first = lines[0].strip()
    if first not in {"1", "2", "3", "4"}:
        raise BrokenListError(f"its first line {lines[0][:20]!r} is no version from 1 to 4")
    version = int(first)
    reader = _Lines(version)
    # The second line counts blocks; from version 2 on two more bound what is stashed.
    for line in lines[2 if version == 1 else 4 :]:
        words = line.split()
        if words:
            reader.line(words)
    return reader.commands


class _Lines:
    def __init__(self, version: int) -> None:
        self._version = version
        self._stashed: dict[str, Ranges] = {}
        self._left = MAX_COMMANDS
        self.commands: list[Command] = []

    def line(self, words: list[str]) -> None:
        kind = words[0]
        if kind in {"new", "zero", "erase"} and len(words) >= 2:
            self.commands.append(Command("zero" if kind == "erase" else kind, self._ranges(words[1])))
        elif kind == "stash" and len(words) >= 3:
            self._stashed[words[1]] = self._ranges(words[2])
        elif kind == "move" and len(words) >= 3:
            hashed = self._version >= 3
            self._reading(kind, words[2:] if hashed else words[1:], words[1] if hashed else "", (0, 0))
        elif kind in {"bsdiff", "imgdiff"} and len(words) >= 5:
            rest = words[5:] if self._version >= 3 else words[3:]
            digest = words[4] if self._version >= 3 else ""
            self._reading(kind, rest, digest, (_number(words[1]), _number(words[2])))
        elif kind in {"new", "zero", "erase", "stash", "move", "bsdiff", "imgdiff"}:
            raise BrokenListError(f"a {kind} command is cut off")
        elif kind not in {"free", "compute_hash_tree", "abort"}:
            raise BrokenListError(f"it has the unknown command {kind[:40]!r}")

    def _reading(self, kind: str, words: list[str], digest: str, patch: tuple[int, int]) -> None:
        if self._version == 1:
            if len(words) < 2:
                raise BrokenListError(f"a {kind} command is cut off")
            source, target = self._ranges(words[0]), self._ranges(words[1])
            count = _blocks(source)
            self.commands.append(Command(kind, target, ((source, ((0, count),)),), count, patch, digest))
            return
        if len(words) < 3:
            raise BrokenListError(f"a {kind} command is cut off")
        target, count = self._ranges(words[0]), _number(words[1])
        pieces: list[tuple[Ranges, Ranges]] = []
        rest = words[2:]
        if rest[0] != "-":
            source = self._ranges(rest[0])
            # Where it goes is said only where stashed blocks come between.
            placed = self._ranges(rest[1]) if len(rest) > 1 else ((0, _blocks(source)),)
            pieces.append((source, placed))
            rest = rest[1:]
        for word in rest[1:]:
            name, _, placed_text = word.partition(":")
            if name not in self._stashed:
                raise BrokenListError(f"it uses blocks that were not stashed ({name[:40]})")
            pieces.append((self._stashed[name], self._ranges(placed_text)))
        self.commands.append(Command(kind, target, tuple(pieces), count, patch, digest))

    def _ranges(self, text: str) -> Ranges:
        """`4,10,20,30,40`: how many numbers follow, then first blocks and the blocks behind the last."""
        numbers = text.split(",")
        self._left -= len(numbers)
        if self._left < 0:
            raise BrokenListError(f"it has more than {MAX_COMMANDS:,} ranges")
        values = [_number(number) for number in numbers[1:]]
        if not values or len(values) % 2 or _number(numbers[0]) != len(values):
            raise BrokenListError(f"the ranges {text[:40]!r} are damaged")
        pairs = tuple(zip(values[::2], values[1::2], strict=True))
        if any(begin >= end for begin, end in pairs):
            raise BrokenListError(f"the ranges {text[:40]!r} are damaged")
        return pairs


def _number(text: str) -> int:
    if not text.isdigit() or len(text) > 12:
        raise BrokenListError(f"{text[:40]!r} is no number")
    return int(text)


def _blocks(ranges: Ranges) -> int:
    return sum(end - begin for begin, end in ranges)


def is_incremental(commands: list[Command]) -> bool:
    """Whether the list builds on an old partition."""
    return any(command.kind in {"move", "bsdiff", "imgdiff"} for command in commands)


def size_of(commands: list[Command], old: Blob | None) -> int:
    """Bytes of the partition. What is behind the last block that is written stands in the old one."""
    end = max((end for command in commands for _, end in command.target), default=0) * BLOCK
    return min(max(end, old.size if old is not None and is_incremental(commands) else 0), MAX_BYTES)


def written_partition(commands: list[Command], new: Blob | None, patches: Blob | None, old: Blob | None, tell: Tell) -> Blob:
    """The partition that the commands make. What needs an old partition that is not given reads as zeros, and is told."""
    size = size_of(commands, old)
    new = new if new is not None else BytesBlob(b"")
    recent = Recent(HELD)
    stretches: list[Stretch] = []
    place = 0
    for index, command in enumerate(commands):
        if command.kind == "new":
            stretches += _at(command.target, new, place)
            place += _blocks(command.target) * BLOCK
        elif command.kind != "zero":
            length = _blocks(command.target) * BLOCK
            if length > MAX_COMMAND:
                tell(f"has a command that writes {length:,} bytes, more than is read; they read as zeros")
                continue
            make = partial(_carried_out, command, length, patches, old, tell)
            stretches += _at(command.target, MadeBlob(length, recent, index, make), 0)
    if place > new.size:
        tell("is cut off: its new data ends early; the rest reads as zeros")
    if old is not None and is_incremental(commands):
        # What no command writes stays as it is.
        stretches += _unwritten(commands, size, old)
    return StretchesBlob(size, stretches, tell)


def _at(target: Ranges, blob: Blob, place: int) -> Iterator[Stretch]:
    for begin, end in target:
        yield Stretch(begin * BLOCK, (end - begin) * BLOCK, blob, place)
        place += (end - begin) * BLOCK


def _unwritten(commands: list[Command], size: int, old: Blob) -> Iterator[Stretch]:
    reached = 0
    for begin, end in sorted(pair for command in commands for pair in command.target):
        if begin > reached:
            yield Stretch(reached * BLOCK, (begin - reached) * BLOCK, old, reached * BLOCK)
        reached = max(reached, end)
    if reached * BLOCK < size:
        yield Stretch(reached * BLOCK, size - reached * BLOCK, old, reached * BLOCK)


_APPLY: Final[dict[str, Callable[[bytes, bytes, int], bytes]]] = {"bsdiff": apply_patch, "imgdiff": apply_image_patch}


def _carried_out(command: Command, size: int, patches: Blob | None, old: Blob | None, tell: Tell) -> bytes:
    """What a command writes; zeros where it cannot be carried out."""
    if old is None:
        tell("builds on the old build, which was not given: give the image of the old build as well; its blocks read as zeros")
        return bytes(size)
    if command.source_blocks * BLOCK > MAX_COMMAND:
        tell("has a command that reads more of the old build than is read; its blocks read as zeros")
        return bytes(size)
    source = _source(command, old)
    made = source
    if command.kind != "move":
        offset, length = command.patch
        patch = patches.read_at(offset, min(length, MAX_COMMAND)) if patches is not None else b""
        try:
            made = _APPLY[command.kind](source, patch, size)
        except BrokenPatchError as error:
            tell(f"has a patch that cannot be applied: {error}; its blocks read as zeros")
            return bytes(size)
    if len(made) != size:
        tell("has a command that writes another number of blocks than it reads; its blocks read as zeros")
        return bytes(size)
    if command.digest and hashlib.sha1(made).hexdigest() != command.digest:  # noqa: S324 - the format's own checksum
        tell("has blocks that do not match their SHA-1: the old image belongs to another build, or a file is damaged")
    return made


def _source(command: Command, old: Blob) -> bytes:
    source = bytearray(command.source_blocks * BLOCK)
    for ranges, placed in command.source:
        data = b"".join(old.read_at(begin * BLOCK, (end - begin) * BLOCK) for begin, end in _within(ranges))
        place = 0
        for begin, end in placed:
            piece = data[place : place + (end - begin) * BLOCK]
            if end * BLOCK <= len(source):
                source[begin * BLOCK : begin * BLOCK + len(piece)] = piece
            place += (end - begin) * BLOCK
    return bytes(source)


def _within(ranges: Ranges) -> Iterator[tuple[int, int]]:
    """The ranges up to `MAX_COMMAND` bytes: a stash may name more than the command that uses it says it reads."""
    left = MAX_COMMAND // BLOCK
    for begin, end in ranges:
        if end - begin > left:
            return
        left -= end - begin
        yield begin, end
