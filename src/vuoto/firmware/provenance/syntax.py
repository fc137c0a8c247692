"""Walks syntax trees of tree-sitter from node to node, without recursion, and reads expressions as code for a stack.

A tree of a broken file has nodes of the kind `ERROR` with whole pieces in them; those are read as all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from vuoto.errors import InputError
from vuoto.firmware.provenance.constants import OPAQUE, Code, Operator, Token
from vuoto.firmware.provenance.source_file import MAX_FILE, ParsedFile

if TYPE_CHECKING:
    from tree_sitter import Node, Parser, Tree

MAX_TERMS: Final = 4_000
"""Nodes of one expression: people write some dozen, programs write tables."""

MAX_NAME: Final = 256
"""Bytes of a name with its packages, or of a type with its arguments."""

ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "s": " ", "0": "\0"}

STEPS: Final = 200
BYTES_A_STEP: Final = 8
"""The parser reports every hundred operations. Of 13,000 files of 18 projects the busiest had one report for 29 bytes."""

ASKED: Final = 32
"""Reports between two questions whether to go on."""

PIECE: Final = 512
"""Bytes handed to the parser at once; it asks again for the text of each node, and copies what it is given."""

Patience = Callable[[], Callable[[], bool]]
"""Called at the beginning of a file: gives what says, when asked, whether to give the file up. The caller's clock is in it."""

Leaf = Callable[["Node"], Token | None]
"""What a node that is no operator is worth: a constant, a `Name`, `OPAQUE`; `None` where it is to be looked into."""


@cache
def parser(language: str) -> Parser:
    """The parser of `java` or `kotlin`. Raises `InputError` where the extra `firmware` is not installed."""
    try:
        from tree_sitter import Language, Parser

        grammar = import_module(f"tree_sitter_{language}")
    except ImportError as error:
        raise InputError(
            f"source is compared by tree-sitter, which is not installed ({error.name})",
            next_step="Install the extra: pip install 'vuoto[firmware]'",
        ) from None
    return Parser(Language(grammar.language()))


def tree_of(language: str, data: bytes, file: ParsedFile, patience: Patience | None) -> Tree | None:
    """The tree of `data`, or `None` where it is not read; then `file.problem` says why."""
    if len(data) > MAX_FILE:
        file.problem = f"{len(data):,} bytes are more than a person writes; not read"
        return None
    tree = _parsed(language, data, patience)
    if tree is None:
        file.problem = "reading it takes longer than any file that is written for a compiler; not read"
    return tree


def _parsed(language: str, data: bytes, patience: Patience | None) -> Tree | None:
    """The tree of a file, or `None` where reading it takes more than any file that people or programs write for a compiler.

    The parser's effort grows with the square of some inputs and is not bounded by their size alone: steps are counted, and
    `patience` is asked between them where it is given.
    """
    left = STEPS + len(data) // BYTES_A_STEP
    give_up = patience() if patience is not None else None

    def stop(_offset: int, _broken: bool) -> bool:
        nonlocal left
        left -= 1
        return left < 0 or (give_up is not None and left % ASKED == 0 and give_up())

    def piece(offset: int, _point: object) -> bytes:
        return data[offset : offset + PIECE]

    reader = parser(language)
    try:
        return reader.parse(piece, progress_callback=stop)
    except ValueError:
        # A parser that was stopped would go on with the next file where it stood in this one.
        reader.reset()
        return None


def walk(tree: Tree) -> Iterator[tuple[Node, list[Node]]]:
    """Every named node, each before those in it, in the order of the file, and the nodes that it stands in, outermost first.

    The list is the same for all and changes; asking a node for its parent would search from the root.
    """
    cursor = tree.walk()
    above: list[Node] = []
    while True:
        node = cursor.node
        assert node is not None
        if node.is_named:
            yield node, above
        if cursor.goto_first_child():
            above.append(node)
            continue
        while not cursor.goto_next_sibling():
            if not cursor.goto_parent():
                return
            above.pop()


def text(node: Node | None) -> str:
    """The source text of a node."""
    raw = None if node is None else node.text
    return raw.decode("utf-8", "replace") if raw else ""


def brief(node: Node | None) -> str:
    """The text of a name or a type, or `""` where it is too long for one: nodes in one another would each be read again."""
    return "" if node is None or node.end_byte - node.start_byte > MAX_NAME else text(node)


def line(node: Node) -> int:
    """The line where a node begins, from 1."""
    return int(node.start_point[0]) + 1


def named(node: Node, kind: str) -> Node | None:
    """The first child of a kind."""
    return next((child for child in node.named_children if child.type == kind), None)


def code_of(node: Node, operators: Mapping[str, str], transparent: frozenset[str], leaf: Leaf, seen: set[int]) -> Code:
    """The expression at `node`; the operators inside it are noted in `seen`, so that they are not read again by themselves.

    `operators` says which kinds of node have two operands and an operator (and, where its sign has no node, the sign);
    `transparent` nodes stand for the one node in them.
    """
    code: list[Token] = []
    stack: list[Node | Operator] = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, Operator):
            code.append(item)
            continue
        if len(code) + len(stack) > MAX_TERMS:
            return (OPAQUE,)
        value = leaf(item)
        if value is not None:
            code.append(value)
        elif item.type in operators and len(item.named_children) == 2:
            seen.add(item.id)
            left, right = item.named_children
            sign = item.children[1].type if len(item.children) == 3 else operators[item.type]
            stack += [Operator(sign), right, left]
        elif item.type in operators and len(item.named_children) == 3 and item.named_children[1].type == "identifier":
            # The operator is a name: `1 shl 9`.
            seen.add(item.id)
            left, middle, right = item.named_children
            stack += [Operator(brief(middle)), right, left]
        elif item.type in transparent and len(item.named_children) == 1:
            stack.append(item.named_children[0])
        else:
            code.append(OPAQUE)
    return tuple(code)


def unescaped(raw: str) -> str:
    """The text that the inside of a literal stands for: its escapes undone, octal and Unicode ones as well."""
    if "\\" not in raw:
        return raw
    out: list[str] = []
    at, size = 0, len(raw)
    while at < size:
        letter = raw[at]
        at += 1
        if letter != "\\" or at >= size:
            out.append(letter)
            continue
        letter = raw[at]
        at += 1
        if letter == "u":
            while raw[at : at + 1] == "u":
                at += 1
            digits = raw[at : at + 4]
            at += 4
            try:
                out.append(chr(int(digits, 16)))
            except ValueError:
                out.append("\ufffd")
        elif letter in "01234567":
            end = at
            while end < size and end - at < 2 and raw[end] in "01234567":
                end += 1
            out.append(chr(int(raw[at - 1 : end], 8)))
            at = end
        elif letter == "\n":
            continue
        else:
            out.append(ESCAPES.get(letter, letter))
    joined = "".join(out)
    return joined.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def whole_number(raw: str) -> int | None:
    """The value of a literal: `1_000L`, `0x7f`, `0b11`, `017`; one of 32 bits with its sign."""
    digits = raw.replace("_", "").lower()
    long = digits.endswith("l")
    digits = digits.rstrip("lu")
    base = {"0x": 16, "0b": 2}.get(digits[:2], 10)
    if base != 10:
        digits = digits[2:]
    elif len(digits) > 1 and digits[0] == "0":
        base = 8
    # A number of 64 bits has at most 64 digits; `int` of a text without bound is quadratic.
    if not 0 < len(digits) <= 64:
        return None
    try:
        value = int(digits, base)
    except ValueError:
        return None
    bits = 64 if long else 32
    if base != 10 and 1 << (bits - 1) <= value < 1 << bits:
        value -= 1 << bits
    return value if -(1 << 63) <= value < 1 << 63 else None


def floating_number(raw: str) -> float | None:
    """The value of a literal: `1.5f`, `2e-3`, `0x1.8p3`."""
    digits = raw.replace("_", "").lower()
    if len(digits) > 400:
        return None
    try:
        return float.fromhex(digits.rstrip("fd")) if digits.startswith("0x") and "p" in digits else float(digits.rstrip("fd"))
    except (ValueError, OverflowError):
        return None
