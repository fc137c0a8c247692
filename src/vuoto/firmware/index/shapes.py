"""What columns a fact has, drawn from its dataclass: a new field with a default needs nothing here.

A field that holds one other fact adds the columns of that fact to its own row (`place.method`); a tuple becomes a table below,
with the number of rows per row of its parent (`signers#`, `signers.scheme`). So no column holds a row number, and joining two
indexes is putting their columns one after the other.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import Any, Final, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

LeafKind = Literal["text", "int", "flag"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column: a text, a number or a yes and no."""

    kind: LeafKind
    optional: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of a record."""

    name: str
    shape: Shape
    default: Callable[[], Any] | None
    """Makes what a file has that was written before there was the field; `None` where it must be there."""


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """A fact, or a tuple of fixed length: columns side by side."""

    make: Callable[..., Any]
    """Makes one from the values of its fields, in order."""

    get: tuple[Callable[[Any], Any], ...]
    """Takes each field from one."""

    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """A tuple of any length, a table below."""

    of: Shape
    optional: bool = False
    """Whether there may be no tuple, which is not the same as an empty one."""


@dataclass(frozen=True, slots=True, eq=False)
class Maybe:
    """A fact or `None`, a table below with one row or none."""

    of: Shape


Shape: TypeAlias = Leaf | Record | Many | Maybe

_LEAVES: Final[dict[Any, LeafKind]] = {str: "text", int: "int", bool: "flag"}


@cache
def shape_of(fact: type) -> Record:
    """The shape of a dataclass. Raises `TypeError` for a field of a type that facts do not have: found by the first test."""
    from operator import attrgetter

    hints = get_type_hints(fact)
    rows = []
    for field in fields(fact):
        shape = _shape(hints[field.name])
        if shape is not None:
            rows.append(Field(field.name, shape, _default(field)))
        elif _default(field) is None:
            raise TypeError(f"{fact.__name__}.{field.name} holds bytes and has no default")
    names = [row.name for row in rows]
    return Record(_maker(fact, names), tuple(attrgetter(name) for name in names), tuple(rows))


def _maker(fact: type, names: list[str]) -> Callable[..., Any]:
    """`fact` with its fields given in order: half the time that a dictionary of names would take."""
    arguments = ", ".join(names)
    by_name = ", ".join(f"{name}={name}" for name in names)
    # The names are those of a dataclass of ours, never of a file.
    made: Callable[..., Any] = eval(f"lambda {arguments}: fact({by_name})", {"fact": fact})  # noqa: S307
    return made


def _default(field: Any) -> Callable[[], Any] | None:  # noqa: ANN401 - dataclasses do not type their own fields
    if field.default is not MISSING:
        value = field.default
        return lambda: value
    if field.default_factory is not MISSING:
        factory: Callable[[], Any] = field.default_factory
        return factory
    return None


def _shape(hint: Any) -> Shape | None:  # noqa: ANN401 - a type, as annotations spell it
    """The shape of a type, or `None` where it holds bytes, which an index does not keep."""
    if hint is bytes:
        return None
    if hint in _LEAVES:
        return Leaf(_LEAVES[hint])
    origin, given = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Leaf("text")
    if origin in (Union, types.UnionType):
        kept = [one for one in given if one is not type(None)]
        if len(kept) == 1 and len(given) == 2:
            inner = _shape(kept[0])
            match inner:
                case Leaf():
                    return Leaf(inner.kind, optional=True)
                case Many():
                    return Many(inner.of, optional=True)
                case Record():
                    return Maybe(inner)
    if origin is tuple and len(given) == 2 and given[1] is Ellipsis:
        inner = _shape(given[0])
        return None if inner is None else Many(inner)
    if origin is tuple:
        parts = [_shape(one) for one in given]
        if parts and None not in parts:
            from operator import itemgetter

            named = tuple(Field(str(at), part, None) for at, part in enumerate(parts) if part is not None)
            return Record(lambda *values: values, tuple(itemgetter(at) for at in range(len(parts))), named)
    if is_dataclass(hint) and isinstance(hint, type):
        hints = get_type_hints(hint)
        if any(hints[field.name] is bytes for field in fields(hint)):
            return None
        return shape_of(hint)
    raise TypeError(f"an index has no column for {hint}")
