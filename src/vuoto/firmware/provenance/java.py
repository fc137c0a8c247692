"""Reads a file of Java into words.

Source: The Java Language Specification, Java SE 21, and what `javac` makes of it: texts of `switch` are compared by their hash
first; names of enumeration constants are handed to their constructor; constants of the program are written where they are used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vuoto.firmware.provenance.constants import OPAQUE, Code, Name, Token, java_hash
from vuoto.firmware.provenance.source_file import ParsedFile
from vuoto.firmware.provenance.syntax import (
    Patience,
    brief,
    code_of,
    floating_number,
    line,
    named,
    text,
    tree_of,
    unescaped,
    walk,
    whole_number,
)

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

OPERATORS: Final = {"binary_expression": "+"}
TRANSPARENT: Final = frozenset({"parenthesized_expression"})
WHOLE: Final = frozenset({"decimal_integer_literal", "hex_integer_literal", "octal_integer_literal", "binary_integer_literal"})
FLOATING: Final = frozenset({"decimal_floating_point_literal", "hex_floating_point_literal"})
DECLARATIONS: Final = frozenset(
    {"class_declaration", "interface_declaration", "enum_declaration", "record_declaration", "annotation_type_declaration"}
)
DECLARES: Final = frozenset(
    {
        "local_variable_declaration",
        "field_declaration",
        "formal_parameter",
        "enhanced_for_statement",
        "resource",
        "constant_declaration",
    }
)
CONSTANT: Final = re.compile(r"[A-Z][A-Z0-9_]*")
"""How constants are named; other names are not looked up, as nearly none of them is one."""

MAX_TYPES: Final = 4
"""Types that one name of a variable has in a file; `i` has more, and says nothing."""


def read_java(data: bytes, path: str, patience: Patience | None = None) -> ParsedFile:
    """The words of a file. Never raises for what is in it."""
    file = ParsedFile(path=path)
    tree = tree_of("java", data, file, patience)
    if tree is not None:
        _Reading(file).read(tree)
    return file


class _Reading:
    """One file on its way."""

    def __init__(self, file: ParsedFile) -> None:
        self.file = file
        self.seen: set[int] = set()
        self.scopes: list[tuple[int, str, bool]] = []
        self.variables: dict[str, set[str]] = {}
        self.calls: list[tuple[str, str, int]] = []

    def read(self, tree: Tree) -> None:
        for node, above in walk(tree):
            kind = node.type
            if kind in DECLARATIONS:
                self.declaration(node)
            elif kind in ("string_literal", "character_literal") or kind in WHOLE or kind in FLOATING:
                value = self.leaf(node)
                if isinstance(value, str | int | float) and kind != "character_literal":
                    self.file.add_value(value, line(node))
                elif isinstance(value, str) and ord(value[:1] or "\0") >= 256:
                    self.file.add_value(ord(value[0]), line(node))
            elif kind == "identifier":
                self.identifier(node, above[-1].type if above else "")
            elif kind == "binary_expression":
                if node.id not in self.seen:
                    self.file.add_expression(self.code(node), line(node))
            elif kind == "type_identifier":
                self.type(node, above)
            elif kind == "method_invocation":
                self.invocation(node)
            elif kind == "object_creation_expression":
                self.creation(node)
            elif kind == "field_access":
                self.field_access(node)
            elif kind in DECLARES:
                self.variable(node, kind)
            elif kind == "switch_label":
                for child in node.named_children:
                    if child.type == "string_literal":
                        self.file.add_value(java_hash(str(self.leaf(child))), line(child))
            elif kind == "enum_constant":
                self.file.add_value(brief(node.child_by_field_name("name")), line(node))
            elif kind == "explicit_constructor_invocation":
                arguments = node.child_by_field_name("arguments")
                for name in self.file.above[:MAX_TYPES]:
                    self.call(name, "<init>", arguments, node)
            elif kind == "package_declaration":
                self.file.package = text(node.named_children[-1]) if node.named_children else ""
            elif kind == "import_declaration":
                self.imported(node)
        for variable, call, at in self.calls:
            for name in sorted(self.variables.get(variable, ()))[:MAX_TYPES]:
                for owner in self.file.types(name):
                    self.file.add(f"M{owner}->{call}", at)

    def declaration(self, node: Node) -> None:
        name = brief(node.child_by_field_name("name"))
        self.file.classes.append(name)
        while self.scopes and self.scopes[-1][0] <= node.start_byte:
            self.scopes.pop()
        self.scopes.append((node.end_byte, name, node.type in ("interface_declaration", "annotation_type_declaration")))
        for child in node.named_children:
            if child.type in ("superclass", "super_interfaces", "extends_interfaces"):
                names = child.named_children
                if names and names[0].type == "type_list":
                    names = names[0].named_children
                for one in names:
                    self.inherits(one)

    def inherits(self, node: Node) -> None:
        name = brief(node).partition("<")[0].strip()
        self.file.above.append(name)
        for above in self.file.types(name):
            self.file.add("u" + above, line(node))

    def imported(self, node: Node) -> None:
        name = brief(named(node, "scoped_identifier") or named(node, "identifier"))
        if named(node, "asterisk") is not None:
            self.file.stars.append(name)
        elif name:
            self.file.imports[name.rpartition(".")[2]] = name

    def variable(self, node: Node, kind: str) -> None:
        type_ = brief(node.child_by_field_name("type")).partition("<")[0].strip()
        constant = kind == "constant_declaration"
        if kind == "field_declaration":
            modifiers = brief(named(node, "modifiers"))
            constant = "static" in modifiers and "final" in modifiers
        holders = [child for child in node.named_children if child.type == "variable_declarator"] or [node]
        for holder in holders:
            name = brief(holder.child_by_field_name("name"))
            known = self.variables.setdefault(name, set())
            if len(known) < MAX_TYPES:
                known.add(type_)
            value = holder.child_by_field_name("value")
            if constant and value is not None:
                code = self.code(value)
                self.file.constants.append((self.owner(node), name, code))
                self.file.add_expression(code, line(value))

    def owner(self, node: Node) -> str:
        while self.scopes and self.scopes[-1][0] <= node.start_byte:
            self.scopes.pop()
        return self.scopes[-1][1] if self.scopes else ""

    def type(self, node: Node, above: list[Node]) -> None:
        if above and above[-1].type == "scoped_type_identifier":
            # The whole name is read at its last part.
            if above[-1].named_children[-1].id != node.id or (len(above) > 1 and above[-2].type == "scoped_type_identifier"):
                return
            node = above[-1]
        for name in self.file.types(brief(node)):
            self.file.add("t" + name, line(node))

    def invocation(self, node: Node) -> None:
        name = brief(node.child_by_field_name("name"))
        arguments = node.child_by_field_name("arguments")
        owner = node.child_by_field_name("object")
        self.call("", name, arguments, node)
        if owner is None:
            full = self.file.imports.get(name)
            if full is not None:
                self.call(full.rpartition(".")[0], name, arguments, node)
        elif owner.type == "super":
            for above in self.file.above[:MAX_TYPES]:
                self.call(above, name, arguments, node)
        elif owner.type in ("identifier", "field_access"):
            spelled = brief(owner)
            last = spelled.rpartition(".")[2]
            if last[:1].isupper():
                self.call(spelled, name, arguments, node)
            self.calls.append((last, f"{name}/{_count(arguments)}", line(node)))

    def creation(self, node: Node) -> None:
        name = brief(node.child_by_field_name("type")).partition("<")[0].strip()
        self.call(name, "<init>", node.child_by_field_name("arguments"), node)
        if named(node, "class_body") is not None:
            for above in self.file.types(name):
                self.file.add("u" + above, line(node))

    def call(self, owner: str, name: str, arguments: Node | None, at: Node) -> None:
        what = f"{name}/{_count(arguments)}"
        if not owner:
            self.file.add("m" + what, line(at))
        for one in self.file.types(owner):
            self.file.add(f"M{one}->{what}", line(at))

    def field_access(self, node: Node) -> None:
        owner = brief(node.child_by_field_name("object"))
        name = brief(node.child_by_field_name("field"))
        simple = owner.rpartition(".")[2]
        if not simple[:1].isupper() and simple != "permission":
            return
        if CONSTANT.fullmatch(name):
            self.file.open.append(((Name(simple, name),), line(node)))
        for one in self.file.types(owner):
            self.file.add("t" + one, line(node))
            self.file.add(f"f{one}->{name}", line(node))

    def identifier(self, node: Node, kind: str) -> None:
        name = brief(node)
        if not name[:1].isupper():
            return
        if kind in ("field_access", "scoped_identifier", "variable_declarator", "enum_constant") or kind in DECLARATIONS:
            return
        if kind == "method_invocation":
            for one in self.file.types(name):
                self.file.add("t" + one, line(node))
        elif CONSTANT.fullmatch(name):
            self.file.open.append(((Name("", name),), line(node)))

    def code(self, node: Node) -> Code:
        return code_of(node, OPERATORS, TRANSPARENT, self.leaf, self.seen)

    def leaf(self, node: Node) -> Token | None:
        kind = node.type
        if kind == "string_literal":
            return _text_of(text(node))
        if kind == "character_literal":
            return unescaped(text(node)[1:-1])
        if kind in WHOLE:
            value = whole_number(text(node))
            return OPAQUE if value is None else value
        if kind in FLOATING:
            number = floating_number(text(node))
            return OPAQUE if number is None else number
        if kind == "identifier":
            name = text(node)
            return Name("", name) if CONSTANT.fullmatch(name) else OPAQUE
        if kind == "field_access":
            owner, _, name = brief(node).rpartition(".")
            return Name(owner.rpartition(".")[2], name) if CONSTANT.fullmatch(name) else OPAQUE
        if kind == "unary_expression" and node.named_children and node.children[0].type == "-":
            value = whole_number(text(node.named_children[0]))
            return OPAQUE if value is None else -value
        return None


def _count(arguments: Node | None) -> int:
    if arguments is None:
        return 0
    return sum(1 for child in arguments.named_children if child.type not in ("line_comment", "block_comment"))


def _text_of(literal: str) -> str:
    """The text of a literal; of a block of text without the indentation that all its lines have (JLS 3.10.6)."""
    if not literal.startswith('"""'):
        return unescaped(literal[1:-1])
    lines = literal[3:-3].split("\n")[1:]
    filled = [one for one in lines[:-1] if one.strip()] + lines[-1:]
    indent = min((len(one) - len(one.lstrip()) for one in filled), default=0)
    return unescaped("\n".join([*(one[indent:].rstrip() for one in lines[:-1]), *(one[indent:] for one in lines[-1:])]))
