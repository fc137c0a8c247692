"""Evaluates constant expressions of Java and Kotlin as their compilers do, without recursion.

Source: The Java Language Specification, 15.29 "Constant Expressions" and 15.18.1 "String Concatenation Operator +". A compiler
writes the result into the code, so `"a" + PREFIX + 60 * 1000` is found there as one text. An expression is kept as code for a
stack: constants, names (`Name`), operators (`Operator`) and `OPAQUE` for what no compiler knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

MAX_TEXT: Final = 16_384
"""Characters of a text that is folded; a class file cannot hold one of more than 65,535 bytes."""


class Name(NamedTuple):
    """A reference to a constant: `PREFIX`, or `Protocol.PREFIX`."""

    owner: str
    """The simple name of the class before the dot, or `""`."""

    name: str
    """The constant's name."""


class Operator(NamedTuple):
    """Takes two values from the stack."""

    sign: str


class Opaque(NamedTuple):
    """A value that only the running program knows."""


OPAQUE: Final = Opaque()
Token = str | int | float | Name | Operator | Opaque
Code = tuple[Token, ...]
Known = str | int | float
Piece = str | None
Value = Known | Opaque | list[Piece]
"""A constant, something unknown, or the pieces of a text of which some are unknown (`None`)."""


def evaluate(code: Sequence[Token], resolve: Callable[[Name], Known | None]) -> Value:
    """The value of an expression; `resolve` knows the names. Broken code is opaque."""
    stack: list[Value] = []
    for token in code:
        if isinstance(token, Operator):
            if len(stack) < 2:
                return OPAQUE
            right, left = stack.pop(), stack.pop()
            stack.append(_apply(token.sign, left, right))
        elif isinstance(token, Name):
            known = resolve(token)
            stack.append(OPAQUE if known is None else known)
        else:
            stack.append(token)
    return stack[0] if len(stack) == 1 else OPAQUE


def texts_and_numbers(value: Value) -> Iterator[Known]:
    """The constants that a compiler would write for a value: itself, or the texts between what is unknown."""
    if isinstance(value, list):
        run: list[str] = []
        for piece in [*value, None]:
            if piece is not None:
                run.append(piece)
            elif run:
                yield "".join(run)[:MAX_TEXT]
                run = []
    elif not isinstance(value, Opaque):
        yield value


def _apply(sign: str, left: Value, right: Value) -> Value:
    if sign == "+" and (isinstance(left, str | list) or isinstance(right, str | list)):
        if isinstance(left, str) and isinstance(right, str | int) and len(left) < MAX_TEXT:
            return left + str(right)
        pieces = [*_pieces(left), *_pieces(right)]
        return "".join(map(str, pieces))[:MAX_TEXT] if None not in pieces else pieces
    if isinstance(left, int) and isinstance(right, int):
        return _whole(sign, left, right)
    return OPAQUE


def _pieces(value: Value) -> list[Piece]:
    if isinstance(value, list):
        return value
    return [None] if isinstance(value, Opaque | float) else [str(value)]


def _whole(sign: str, left: int, right: int) -> Value:
    match sign:
        case "+":
            return _bounded(left + right)
        case "-":
            return _bounded(left - right)
        case "*":
            return _bounded(left * right)
        case "/" if right:
            return _bounded(abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1))
        case "%" if right:
            return _bounded(abs(left) % abs(right) * (1 if left >= 0 else -1))
        case "|" | "or":
            return left | right
        case "&" | "and":
            return left & right
        case "^" | "xor":
            return left ^ right
        case "<<" | "shl" if 0 <= right < 64:
            return _bounded(left << right)
        case ">>" | "shr" if 0 <= right < 64:
            return left >> right
        case _:
            return OPAQUE


def _bounded(value: int) -> Value:
    """Within 64 bits; what flows over is not followed."""
    return value if -(1 << 63) <= value < 1 << 63 else OPAQUE


def java_hash(text: str) -> int:
    """`String.hashCode()`: what a `switch` over texts compares first."""
    result = 0
    for unit in memoryview(text.encode("utf-16-le", "replace")).cast("H"):
        result = (31 * result + unit) & 0xFFFFFFFF
    return result - (1 << 32) if result >> 31 else result
