"""Compiled resource tables, `resources.arsc` (ResTable_header in AOSP's ResourceTypes.h): values by id, and names of strings.

Read: all forms of entry tables (dense, sparse, 16-bit offsets) and entries (simple, compact). Not read: items of bags (styles,
arrays, plurals) except through the pool of strings, configurations other than to tell the default from the rest, overlays.
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vuoto.facts.problems import Problem
from vuoto.firmware.packages.string_pool import StringPool

MAX_TABLE: Final = 128 << 20
"""Bytes of a table read. The framework's own is 30 MB, the largest apps' 20 MB."""

MAX_TYPES: Final = 100_000
"""Entry tables of a package: types times configurations; the framework has some 3,000."""

MAX_CONFIGURATIONS: Final = 16
"""Configurations of a type in which an entry is looked for, the default first, where nearly all labels stand."""

MAX_ASKED: Final = 20_000
"""Different resources that are looked up in one table; a manifest of the largest kind refers to some hundred."""

_STRING_POOL: Final = 0x0001
_TABLE: Final = 0x0002
_PACKAGE: Final = 0x0200
_TYPE: Final = 0x0201
_SPARSE: Final = 1
_OFFSET16: Final = 2
_COMPLEX: Final = 1
_COMPACT: Final = 8
_MAX_HOPS: Final = 8  # references that lead on; Android follows 20, and tables hardly ever use two
_REFERENCE: Final = 1
_STRING: Final = 3
_DECIMAL: Final = 0x10
_BOOLEAN: Final = 0x12


@dataclass(frozen=True, slots=True)
class _Table:
    """One type in one configuration."""

    at: int
    size: int
    default: bool
    package: int
    kind: int


@dataclass(frozen=True, slots=True)
class _Entries:
    """The simple entries of one table as columns."""

    key: NDArray[np.int64]
    kind: NDArray[np.int64]
    data: NDArray[np.int64]


class Resources:
    """A resource table. Never raises: what is not there or is no simple value gives `None`."""

    def __init__(self, data: bytes, where: str) -> None:
        """Reads the chunks of `data`, not yet their entries; `where` names the table in problems."""
        self.problems: list[Problem] = []
        self._where = where
        self._data = data
        self._values = StringPool(b"")
        self._keys: dict[int, StringPool] = {}
        self._types: dict[int, StringPool] = {}
        self._tables: list[_Table] = []
        self._asked: dict[int, str | None] = {}
        self._by_type: dict[tuple[int, int], list[_Table]] = {}
        if len(data) > MAX_TABLE:
            self._problem(f"is longer than the {MAX_TABLE} bytes of a resource table that are read")
            return
        self._walk()
        for table in self._tables:
            self._by_type.setdefault((table.package, table.kind), []).append(table)
        for tables in self._by_type.values():
            tables.sort(key=lambda t: not t.default)

    def value(self, resource: int) -> str | None:
        """The text of a simple resource in the default configuration, or else the first there is, references followed."""
        if resource not in self._asked and len(self._asked) < MAX_ASKED:
            self._asked[resource] = self._resolved(resource)
        return self._asked.get(resource)

    def _resolved(self, resource: int) -> str | None:
        for _ in range(_MAX_HOPS):
            found = self._simple(resource)
            if found is None:
                return None
            kind, data = found
            if kind == _STRING:
                return self._values.get(data)
            if kind == _DECIMAL:
                return str(data - (1 << 32) if data >> 31 else data)
            if kind == _BOOLEAN:
                return "true" if data else "false"
            if kind != _REFERENCE:
                return f"{data:#x}"
            resource = data
        return None

    def strings(self, wanted: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
        """`(name, value)` of each `wanted` string, sorted, each once: `string/server`, or `""` where it stands in a bag."""
        chosen = np.array([i for i in range(len(self._values)) if (s := self._values.get(i)) and wanted(s)], dtype=np.int64)
        if self._values.exhausted:
            self._problem("spells more text than it holds; the rest of its strings is not read")
        named: set[int] = set()
        seen: set[tuple[str, str]] = set()
        for table in self._tables if chosen.size else ():
            entries = _columns(self._data[table.at : table.at + table.size])
            hit = (entries.kind == _STRING) & np.isin(entries.data, chosen)
            for key, index in zip(entries.key[hit].tolist(), entries.data[hit].tolist(), strict=True):
                named.add(index)
                seen.add((self._name(table, key), self._values.get(index) or ""))
        seen.update(("", self._values.get(index) or "") for index in chosen.tolist() if index not in named)
        yield from sorted(seen)

    def _problem(self, what: str) -> None:
        self.problems.append(Problem(where=self._where, what=what))

    def _name(self, table: _Table, key: int) -> str:
        kind = self._types[table.package].get(table.kind - 1) or f"type{table.kind}"
        return f"{kind}/{self._keys[table.package].get(key) or f'entry{key}'}"

    def _chunks(self, at: int, end: int) -> Iterator[tuple[int, int, int, int]]:
        while at + 8 <= end:
            kind, header, size = struct.unpack_from("<HHI", self._data, at)
            if header < 8 or size < header or at + size > end:
                self._problem(f"has a chunk with an impossible size at byte {at}; what follows is not read")
                return
            yield kind, header, at, size
            at += size

    def _walk(self) -> None:
        data = self._data
        if len(data) < 12 or struct.unpack_from("<H", data)[0] != _TABLE:
            self._problem("is not a resource table")
            return
        header = max(struct.unpack_from("<H", data, 2)[0], 12)
        pools = 0
        for kind, head, at, size in self._chunks(header, len(data)):
            if kind == _STRING_POOL and not pools:
                pools += 1
                self._values = StringPool(data[at : at + size])
            elif kind == _PACKAGE and head >= 284:
                self._package(head, at, size)

    def _package(self, head: int, at: int, size: int) -> None:
        (package,) = struct.unpack_from("<I", self._data, at + 8)
        types, _, keys = struct.unpack_from("<III", self._data, at + 268)
        for kind, header, place, length in self._chunks(at + head, at + size):
            if kind == _STRING_POOL:
                pool = StringPool(self._data[place : place + length])
                if place == at + types:
                    self._types[package] = pool
                elif place == at + keys:
                    self._keys[package] = pool
            elif kind == _TYPE and header >= 24:
                if len(self._tables) == MAX_TYPES:
                    self._problem(f"has more than {MAX_TYPES} entry tables; the rest is not read")
                    return
                number = self._data[place + 8]
                # ResTable_config: its own size, then what selects it; nothing but zeros selects always.
                config = self._data[place + 24 : place + header]
                self._tables.append(_Table(place, length, not any(config), package, number))
        self._types.setdefault(package, StringPool(b""))
        self._keys.setdefault(package, StringPool(b""))

    def _simple(self, resource: int) -> tuple[int, int] | None:
        """Kind and data of an entry, default configuration first."""
        for table in self._by_type.get((resource >> 24, resource >> 16 & 0xFF), ())[:MAX_CONFIGURATIONS]:
            found = _entry(self._data, table, resource & 0xFFFF)
            if found is not None:
                return found
        return None


def _entry(data: bytes, table: _Table, number: int) -> tuple[int, int] | None:
    """Kind and data of the simple entry `number` of a table, or `None`: the same rules as `_columns`, for one entry."""
    header, _, _, flags, _, count, start = struct.unpack_from("<HIBBHII", data, table.at + 2)
    first, end = table.at + header, table.at + table.size
    if flags & _SPARSE:
        place = bisect_left(range(min(count, (end - first) // 4)), number, key=lambda i: _half(data, first + 4 * i))
        if first + 4 * place + 4 > end or place >= count or _half(data, first + 4 * place) != number:
            return None
        offset = _half(data, first + 4 * place + 2) * 4
    else:
        wide = 2 if flags & _OFFSET16 else 4
        if number >= count or first + wide * (number + 1) > end:
            return None
        offset = int.from_bytes(data[first + wide * number : first + wide * (number + 1)], "little")
        if offset == (1 << 8 * wide) - 1:
            return None
        offset *= 4 if wide == 2 else 1
    at = table.at + start + offset
    if at + 8 > end:
        return None
    size, marks, word = struct.unpack_from("<HHI", data, at)
    if marks & _COMPACT:
        return marks >> 8, word
    if marks & _COMPLEX or at + size + 8 > end:
        return None
    kind, value = struct.unpack_from("<3xBI", data, at + size)
    return kind, value


def _half(data: bytes, at: int) -> int:
    value: int = struct.unpack_from("<H", data, at)[0]
    return value


def _columns(chunk: bytes) -> _Entries:
    """The simple entries of a type chunk; those that lie outside it are left out."""
    header, _, _, flags, _, count, start = struct.unpack_from("<HIBBHII", chunk, 2)
    room = max(0, len(chunk) - header)
    if flags & _SPARSE:
        pairs = np.frombuffer(chunk, "<u2", 2 * min(count, room // 4), header).astype(np.int64)
        offset = pairs[1::2] * 4
    elif flags & _OFFSET16:
        offset = np.frombuffer(chunk, "<u2", min(count, room // 2), header).astype(np.int64)
        offset = offset[offset != 0xFFFF] * 4
    else:
        offset = np.frombuffer(chunk, "<u4", min(count, room // 4), header).astype(np.int64)
        offset = offset[offset != 0xFFFFFFFF]
    at = offset + start
    at = at[at + 8 <= len(chunk)]
    data = np.frombuffer(chunk, np.uint8)
    size, marks, word = _u16(data, at), _u16(data, at + 2), _u32(data, at + 4)
    compact = (marks & _COMPACT) != 0
    whole = (marks & (_COMPLEX | _COMPACT)) == 0
    whole &= at + size + 8 <= len(chunk)
    value = np.where(whole, at + size, 0)
    kind = np.where(compact, marks >> 8, data[value + 3] if data.size else value)
    payload = np.where(compact, word, _u32(data, value + 4))
    keep = compact | whole
    key, kind, payload = np.where(compact, size, word)[keep], kind[keep].astype(np.int64), payload[keep]
    return _Entries(key, kind, payload)


def _u16(data: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.int64]:
    return data[at].astype(np.int64) | data[at + 1].astype(np.int64) << 8


def _u32(data: NDArray[np.uint8], at: NDArray[np.int64]) -> NDArray[np.int64]:
    return _u16(data, at) | _u16(data, at + 2) << 16
