"""Facts as columns, and back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, count, pairwise
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

import numpy as np

from vuoto.firmware.index.shapes import Leaf, Many, Maybe, Record, Shape

if TYPE_CHECKING:
    from numpy.typing import NDArray

Numbers: TypeAlias = "NDArray[np.int64]"

MAX_ROWS: Final = 50_000_000
"""Values of one field that are made at once, and rows of a table: 500 packages have some million of the commonest."""

# No fact counts beyond 64 bits but where a file lies about it (a version of thirty digits); it keeps the bound.
_LEAST: Final = -(1 << 63)
_MOST: Final = (1 << 63) - 1


@dataclass(slots=True)
class Columns:
    """Columns by name, as whole numbers, and the texts that some of them number from 1 on; 0 is none."""

    texts: list[str]
    """Each once, in any order."""

    columns: dict[str, Numbers] = field(default_factory=dict)
    """All columns."""

    of_text: set[str] = field(default_factory=set)
    """Names of those that hold numbers of texts."""


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """The same, with the columns one after the other in the order of a model."""

    texts: list[str]
    """Each once, in any order."""

    counts: Numbers
    """Rows of each column."""

    values: NDArray[np.integer]
    """All values; of 32 bits without a sign where that is enough for all of them."""


def flat(columns: Columns) -> Flat:
    """Columns as one."""
    parts = list(columns.columns.values())
    values: NDArray[np.integer] = np.concatenate(parts) if parts else np.zeros(0, np.int64)
    if not values.size or (int(values.min()) >= 0 and int(values.max()) < 1 << 32):
        values = values.astype(np.uint32)
    return Flat(columns.texts, np.array([len(part) for part in parts], np.int64), values)


def to_columns(values: Sequence[Any], shape: Shape, name: str) -> Columns:
    """The columns of `values`, which all have the shape; their names begin with `name`."""
    numbers: defaultdict[str, int] = defaultdict(count(1).__next__)
    result = Columns([])
    _encode(values, shape, name, result, numbers)
    result.texts = list(numbers)
    return result


@cache
def _empty(shape: Shape, name: str) -> Columns:
    """The columns of no value at all: most tables of a package are empty, and their columns are always the same."""
    result = Columns([])
    _encode((), shape, name, result, defaultdict(int))
    return result


def _encode(values: Sequence[Any], shape: Shape, name: str, out: Columns, numbers: defaultdict[str, int]) -> None:
    match shape:
        case Leaf(kind="text"):
            found = (
                [0 if value is None else numbers[value] for value in values]
                if shape.optional
                else list(map(numbers.__getitem__, values))
            )
            out.columns[name] = np.array(found, np.int64)
            out.of_text.add(name)
        case Leaf(kind="flag"):
            out.columns[name] = np.array([2 if value is None else value for value in values], np.int64)
        case Leaf():
            if shape.optional:
                out.columns[f"{name}?"] = np.array([value is not None for value in values], np.int64)
                values = [0 if value is None else value for value in values]
            try:
                out.columns[name] = np.array(values, np.int64)
            except OverflowError:
                out.columns[name] = np.array([max(_LEAST, min(value, _MOST)) for value in values], np.int64)
        case Record():
            for part, get in zip(shape.fields, shape.get, strict=True):
                _encode(list(map(get, values)), part.shape, _below(name, part.name), out, numbers)
        case Maybe():
            out.columns[f"{name}#"] = np.array([value is not None for value in values], np.int64)
            _encode_below([value for value in values if value is not None], shape.of, name, out, numbers)
        case Many():
            if shape.optional:
                out.columns[f"{name}?"] = np.array([value is not None for value in values], np.int64)
                values = [() if value is None else value for value in values]
            out.columns[f"{name}#"] = np.array(list(map(len, values)), np.int64)
            _encode_below(list(chain.from_iterable(values)), shape.of, name, out, numbers)


def _encode_below(values: Sequence[Any], shape: Shape, name: str, out: Columns, numbers: defaultdict[str, int]) -> None:
    if values:
        _encode(values, shape, name, out, numbers)
        return
    empty = _empty(shape, name)
    out.columns |= empty.columns
    out.of_text |= empty.of_text


class Table(Protocol):
    """Where columns are read from."""

    def has(self, name: str) -> bool:
        """Whether there is such a column."""
        ...

    def column(self, name: str, rows: int) -> Numbers:
        """The column, which must have so many rows; raises `InputError` where it has not."""
        ...

    def starts(self, name: str, rows: int) -> Numbers:
        """For a column of counts: where the rows below each row begin, and where the last ends (`rows` + 1 numbers)."""
        ...

    def texts(self, numbers: Iterable[int]) -> list[str]:
        """The texts of such numbers, none of which is 0; raises `InputError` for one that does not exist."""
        ...

    def broken(self, what: str) -> Exception:
        """An error that says what is wrong with the file."""
        ...


def from_columns(table: Table, shape: Shape, name: str, rows: int, begin: int, end: int) -> list[Any]:
    """The values of rows `begin` to `end` of a table of `rows` rows."""
    if end - begin > MAX_ROWS:
        raise table.broken(f"{name!r} counts more than is read")
    match shape:
        case Leaf():
            return _leaf(table, shape, name, rows, begin, end)
        case Record():
            if end == begin:
                return []
            parts = []
            for part in shape.fields:
                at = _below(name, part.name)
                if part.default is not None and not _there(table, part.shape, at):
                    parts.append([part.default() for _ in range(begin, end)])
                else:
                    parts.append(from_columns(table, part.shape, at, rows, begin, end))
            make: Callable[..., Any] = shape.make
            return list(map(make, *parts))
        case Maybe():
            starts = table.starts(f"{name}#", rows)
            one: list[Any] = from_columns(table, shape.of, name, int(starts[-1]), int(starts[begin]), int(starts[end]))
            each = np.diff(starts[begin : end + 1])
            if each.size and int(each.max()) > 1:
                raise table.broken(f"{name!r} holds several where there can be one")
            rest = iter(one)
            return [next(rest) if there else None for there in each.tolist()]
        case Many():
            starts = table.starts(f"{name}#", rows)
            flat: list[Any] = from_columns(table, shape.of, name, int(starts[-1]), int(starts[begin]), int(starts[end]))
            cuts = (starts[begin : end + 1] - starts[begin]).tolist()
            found: list[Any] = [tuple(flat[a:b]) for a, b in pairwise(cuts)]
            if shape.optional:
                there = table.column(f"{name}?", rows)[begin:end].tolist()
                found = [value if is_there else None for value, is_there in zip(found, there, strict=True)]
            return found


def _leaf(table: Table, shape: Leaf, name: str, rows: int, begin: int, end: int) -> list[Any]:
    numbers = table.column(name, rows)[begin:end]
    if shape.kind == "text":
        used, inverse = np.unique(numbers, return_inverse=True)
        none = bool(used.size) and int(used[0]) == 0
        if none and not shape.optional:
            raise table.broken(f"{name!r} has no text where there must be one")
        known: list[str | None] = [None] if none else []
        known += table.texts(used[int(none) :].tolist())
        return [known[at] for at in inverse.tolist()]
    if shape.kind == "flag":
        if numbers.size and (int(numbers.min()) < 0 or int(numbers.max()) > (2 if shape.optional else 1)):
            raise table.broken(f"{name!r} is neither yes nor no")
        return [(False, True, None)[value] for value in numbers.tolist()]
    values: list[Any] = numbers.tolist()
    if shape.optional and table.has(f"{name}?"):
        there = table.column(f"{name}?", rows)[begin:end].tolist()
        return [value if is_there else None for value, is_there in zip(values, there, strict=True)]
    return values


def _there(table: Table, shape: Shape, name: str) -> bool:
    """Whether the file has the columns of a field, or is older than it."""
    match shape:
        case Leaf():
            return table.has(name)
        case Record():
            return any(_there(table, part.shape, _below(name, part.name)) for part in shape.fields)
        case Maybe() | Many():
            return table.has(f"{name}#")


def _below(name: str, part: str) -> str:
    return f"{name}.{part}" if name else part
