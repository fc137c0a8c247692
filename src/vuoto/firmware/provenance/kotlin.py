"""Reads a file of Kotlin into words.

Source: the Kotlin language specification 1.9 and what `kotlinc` makes of it for the JVM: a template is cut at what is unknown, a
property is reached by `getName` and `setName`, a data class writes the names of its properties in `toString`, and parameters that
must not be null are checked under their name. What stands outside of classes goes into a class named for the file, `NameKt`.
Names of Kotlin's collections are those of Java.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from vuoto.firmware.provenance.constants import OPAQUE, Code, Name, Opaque, Operator, Token, java_hash
from vuoto.firmware.provenance.keys import RECEIVER
from vuoto.firmware.provenance.kotlin_library import INLINED, MAPPED, PROPERTIES
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

OPERATORS: Final = {
    "binary_expression": "+",
    "additive_expression": "+",
    "multiplicative_expression": "*",
    "infix_expression": "",
}
TRANSPARENT: Final = frozenset({"parenthesized_expression"})
TEXTS: Final = frozenset({"string_literal", "multiline_string_literal"})
CONSTANT: Final = re.compile(r"[A-Z][A-Z0-9_]*")
FACADE: Final = re.compile(rb"@file:[^\n]{0,200}?\bJvmName\s*\(\s*(?:name\s*=\s*)?\"(\w{1,200})\"")
"""The name that a file gives to the class of what stands outside of classes."""

OUTSIDE: Final = frozenset({"function_declaration", "property_declaration"})
CONTAINS: Final = ("kcontains", "mcontains/1", "mcontainsKey/1")
"""Calls that `in` may be."""

SIGNS: Final = {"+": "plus", "-": "minus", "..": "rangeTo"}
"""Operators that are functions of the library."""

NAMES: Final = frozenset({"identifier", "navigation_expression"})
"""Nodes that may be the name of a function or a type."""

QUOTED: Final = re.compile(r'"[^"$]*"')
"""A text that is put into a template, for the sake of its escapes."""

SIMPLE: Final = re.compile(r"\$[A-Za-z_]\w*")
"""The short form of a template: `$name`."""


def read_kotlin(data: bytes, path: str, patience: Patience | None = None) -> ParsedFile:
    """The words of a file. Never raises for what is in it."""
    file = ParsedFile(path=path, imports=dict(MAPPED), stars=["kotlin"])
    tree = tree_of("kotlin", data, file, patience)
    if tree is not None:
        _Reading(file).read(tree)
        if any(child.type in OUTSIDE for child in tree.root_node.children):
            named_so = FACADE.search(data)
            file.classes.append(named_so[1].decode("ascii", "replace") if named_so else facade(path))
    return file


def facade(path: str) -> str:
    """The class that `kotlinc` makes for what stands outside of classes: `net/uri-tools.kt` gives `Uri_toolsKt`."""
    name = re.sub(r"\W", "_", path.rpartition("/")[2].removesuffix(".kts").removesuffix(".kt"))
    return f"{name[:1].upper()}{name[1:]}Kt"


class _Reading:
    """One file on its way."""

    def __init__(self, file: ParsedFile) -> None:
        self.file = file
        self.seen: set[int] = set()
        self.scopes: list[tuple[int, str]] = []

    def read(self, tree: Tree) -> None:
        for node, _ in walk(tree):
            kind = node.type
            if kind in ("class_declaration", "object_declaration"):
                self.declaration(node)
            elif kind in TEXTS:
                self.template(node)
            elif kind == "number_literal":
                whole = whole_number(text(node))
                if whole is not None:
                    self.file.add_value(whole, line(node))
            elif kind == "float_literal":
                number = floating_number(text(node))
                if number is not None:
                    self.file.add_value(number, line(node))
            elif kind == "character_literal":
                letter = unescaped(text(node)[1:-1])
                if letter and ord(letter[0]) >= 256:
                    self.file.add_value(ord(letter[0]), line(node))
            elif kind in OPERATORS:
                if node.id not in self.seen:
                    self.file.add_expression(self.code(node), line(node))
                self.operator(node)
            elif kind == "user_type":
                self.type(node)
            elif kind == "call_expression":
                self.call(node)
            elif kind == "navigation_expression":
                self.navigation(node)
            elif kind == "identifier":
                if CONSTANT.fullmatch(text(node)):
                    self.file.open.append(((Name("", text(node)),), line(node)))
            elif kind == "property_declaration":
                self.property(node)
            elif kind == "when_entry":
                for child in node.named_children:
                    value = self.leaf(child)
                    if isinstance(value, str):
                        self.file.add_value(java_hash(value), line(child))
            elif kind in {"enum_entry", "parameter", "class_parameter"}:
                self.file.add_value(brief(named(node, "identifier")), line(node))
            elif kind == "lambda_parameters":
                for child in node.named_children:
                    self.file.add_value(brief(named(child, "identifier")), line(node))
            elif kind == "index_expression":
                self.file.add("mget/1", line(node))
            elif kind == "assignment":
                self.assignment(node)
            elif kind == "in_expression":
                for word in CONTAINS:
                    self.file.add(word, line(node))
            elif kind == "callable_reference":
                self.file.add_value(brief(node).rpartition("::")[2], line(node))
            elif kind == "type_parameter":
                if "reified" in brief(named(node, "type_parameter_modifiers")).split():
                    self.file.add_value(brief(named(node, "identifier")), line(node))
            elif kind == "function_declaration":
                self.extension(node, named(node, "identifier"))
            elif kind == "delegation_specifier":
                self.inherits(node)
            elif kind == "package_header":
                self.file.package = brief(named(node, "qualified_identifier") or named(node, "identifier"))
            elif kind == "import":
                self.imported(node)

    def declaration(self, node: Node) -> None:
        name = brief(named(node, "identifier"))
        self.file.classes.append(name)
        while self.scopes and self.scopes[-1][0] <= node.start_byte:
            self.scopes.pop()
        self.scopes.append((node.end_byte, name))
        constructor = named(node, "primary_constructor")
        if constructor is None or "data" not in brief(named(node, "modifiers")).split():
            return
        parameters = named(constructor, "class_parameters") or constructor
        properties = [brief(named(child, "identifier")) for child in parameters.named_children if child.type == "class_parameter"]
        for number, one in enumerate(properties):
            self.file.add_value(f", {one}=" if number else f"{name}({one}=", line(node))
        self.file.add_value(")", line(node))

    def operator(self, node: Node) -> None:
        """Operators of the library's types are functions: `a + b`, `a to b`."""
        sign = node.children[1] if len(node.children) == 3 else None
        if sign is not None:
            name = SIGNS.get(sign.type) or (brief(sign) if node.type == "infix_expression" else "")
            if name:
                self.file.add("k" + name, line(node))
            if sign.type == ">":
                self.comparison(node)

    def comparison(self, node: Node) -> None:
        """The grammar takes `get<Foo>(a)` for `get < Foo > (a)`, which compares a `Boolean` and is hardly ever meant."""
        left, _, right = node.children
        if left.type == "binary_expression" and right.type == "parenthesized_expression" and len(left.children) == 3:
            callee, sign, kind = left.children
            if sign.type == "<" and kind.type in NAMES:
                self.type(kind)
                if callee.type in NAMES:
                    self.function(brief(callee).rpartition(".")[2], 1, node)

    def assignment(self, node: Node) -> None:
        if node.named_children and node.named_children[0].type == "index_expression":
            self.file.add("mset/2", line(node))
            self.file.add("mput/2", line(node))
        elif any(child.type == "+=" for child in node.children):
            self.file.add("madd/1", line(node))
            self.file.add("kaddAll", line(node))

    def extension(self, node: Node, name: Node | None) -> None:
        """`fun String.quoted()` checks what it is called on as `$this$quoted`; a lambda given to `quoted { }` likewise."""
        if any(child.type == "." for child in node.children):
            self.file.add_value(f"{RECEIVER}{brief(name)}", line(node))

    def inherits(self, node: Node) -> None:
        found = named(node, "constructor_invocation") or node
        name = brief(named(found, "user_type")).partition("<")[0]
        self.file.above.append(name)
        for above in self.file.types(name):
            self.file.add("u" + above, line(node))
            arguments = named(found, "value_arguments")
            if arguments is not None:
                self.file.add(f"M{above}-><init>/{len(arguments.named_children)}", line(node))

    def imported(self, node: Node) -> None:
        name = brief(named(node, "qualified_identifier") or named(node, "identifier"))
        if node.children and node.children[-1].type == "*":
            self.file.stars.append(name)
        elif name:
            alias = node.named_children[-1]
            last = brief(alias) if alias.type == "identifier" and len(node.named_children) > 1 else name.rpartition(".")[2]
            self.file.imports[last] = name

    def property(self, node: Node) -> None:
        variable = named(node, "variable_declaration")
        if variable is None:
            return
        self.extension(node, named(variable, "identifier"))
        modifiers = brief(named(node, "modifiers")).split()
        if "lateinit" in modifiers or named(node, "property_delegate") is not None:
            # Its name is what it is delegated, or missed, under.
            self.file.add_value(brief(named(variable, "identifier")), line(node))
        if "const" not in modifiers:
            return
        name = brief(named(variable, "identifier"))
        while self.scopes and self.scopes[-1][0] <= node.start_byte:
            self.scopes.pop()
        owner = self.scopes[-1][1] if self.scopes else ""
        value = node.named_children[-1]
        if value.id != variable.id:
            code = self.code(value)
            self.file.constants.append((owner, name, code))
            self.file.add_expression(code, line(value))

    def type(self, node: Node) -> None:
        for name in self.file.types(brief(node).partition("<")[0].rstrip("?")):
            self.file.add("t" + name, line(node))

    def call(self, node: Node) -> None:
        callee = node.named_children[0] if node.named_children else None
        if callee is None:
            return
        # `f(a) { … }` is a call within a call: what it is given stands in both.
        count = 0
        for child in node.named_children[1:]:
            if child.type != "type_arguments":
                count += len(child.named_children) if child.type == "value_arguments" else 1
        if callee.type == "call_expression" and callee.named_children:
            inner = named(callee, "value_arguments")
            count += len(inner.named_children) if inner is not None else 0
            callee = callee.named_children[0]
        if callee.type == "identifier":
            name = brief(callee)
            if name[:1].isupper():
                for owner in self.file.types(name):
                    self.file.add("t" + owner, line(node))
                    self.file.add(f"M{owner}-><init>/{count}", line(node))
            self.function(name, count, node)
        elif callee.type == "navigation_expression" and callee.named_children:
            name = brief(callee.named_children[-1])
            self.function(name, count, node)
            spelled = brief(callee.named_children[0])
            if spelled[:1].isupper() and spelled.replace(".", "").isalnum():
                for owner in self.file.types(spelled):
                    self.file.add(f"M{owner}->{name}/{count}", line(node))

    def function(self, name: str, count: int, node: Node) -> None:
        """A call by its name: as it is, as one of a library that takes what it is called on first, as what is inlined for it."""
        self.file.add(f"m{name}/{count}", line(node))
        self.file.add(f"k{name}", line(node))
        for word in INLINED.get(name, ()):
            self.file.add(word, line(node))
        if named(node, "annotated_lambda") is not None:
            self.file.add_value(f"{RECEIVER}{name}", line(node))

    def navigation(self, node: Node) -> None:
        parts = node.named_children
        if len(parts) < 2:
            return
        name = brief(parts[-1])
        if any(child.type == "::" for child in node.children):
            self.file.add_value(name, line(node))
        if name in PROPERTIES:
            self.file.add(f"m{PROPERTIES[name]}/0", line(node))
        owner = brief(parts[0])
        self.file.add(f"mget{name[:1].upper()}{name[1:]}/0", line(node))
        self.file.add(f"mset{name[:1].upper()}{name[1:]}/1", line(node))
        simple = owner.rpartition(".")[2]
        if (simple[:1].isupper() and simple.isalnum()) or simple == "permission":
            if CONSTANT.fullmatch(name):
                self.file.open.append(((Name(simple, name),), line(node)))
            for one in self.file.types(owner):
                self.file.add("t" + one, line(node))
                self.file.add(f"f{one}->{name}", line(node))

    def template(self, node: Node) -> None:
        pieces = _pieces(node)
        for piece in pieces:
            if isinstance(piece, str):
                self.file.add_value(piece, line(node))
        if any(isinstance(piece, Name) for piece in pieces):
            code: list[Token] = [""]
            for piece in pieces:
                code += [piece, Operator("+")]
            self.file.add_expression(tuple(code), line(node))
        if node.type == "multiline_string_literal" and len(pieces) == 1 and isinstance(pieces[0], str):
            # `trimIndent()` and `trimMargin()` of a constant are evaluated by the compiler.
            lines = pieces[0].split("\n")
            self.file.add_value("\n".join(one.strip().removeprefix("|") for one in lines[1:-1]), line(node))

    def code(self, node: Node) -> Code:
        return code_of(node, OPERATORS, TRANSPARENT, self.leaf, self.seen)

    def leaf(self, node: Node) -> Token | None:
        kind = node.type
        if kind in TEXTS:
            pieces = _pieces(node)
            return pieces[0] if len(pieces) == 1 and isinstance(pieces[0], str) else OPAQUE if pieces else ""
        if kind == "number_literal":
            value = whole_number(text(node))
            return OPAQUE if value is None else value
        if kind == "character_literal":
            return unescaped(text(node)[1:-1])
        if kind == "identifier":
            name = text(node)
            return Name("", name) if CONSTANT.fullmatch(name) else OPAQUE
        if kind == "navigation_expression":
            owner, _, name = brief(node).rpartition(".")
            return Name(owner.rpartition(".")[2], name) if CONSTANT.fullmatch(name) else OPAQUE
        return None


def _pieces(node: Node) -> list[str | Name | Opaque]:
    """The texts of a literal, and what is put in between: a constant's name, or something that only the running program knows."""
    pieces: list[str | Name | Opaque] = []
    run: list[str] = []
    plain: list[str] = []

    def said(raw: str) -> str:
        # The grammar cuts `\u001B` into two pieces of plain text.
        return unescaped(raw) if node.type == "string_literal" else raw

    def put_in(expression: str) -> None:
        owner, _, name = expression.rpartition(".")
        end_of_run()
        pieces.append(Name(owner.rpartition(".")[2], name) if CONSTANT.fullmatch(name) else OPAQUE)

    def end_of_plain() -> None:
        # The grammar does not see all of the short templates; neighbours of plain text are cut at them here.
        joined = "".join(plain)
        plain.clear()
        at = 0
        for found in SIMPLE.finditer(joined):
            run.append(said(joined[at : found.start()]))
            put_in(found[0][1:])
            at = found.end()
        run.append(said(joined[at:]))

    def end_of_run() -> None:
        joined = "".join(run)
        run.clear()
        if joined:
            pieces.append(joined)

    for child in node.named_children:
        if child.type == "string_content":
            plain.append(text(child))
        elif child.type == "escape_sequence":
            end_of_plain()
            run.append(unescaped(text(child)))
        else:
            end_of_plain()
            expression = brief(child).lstrip("$").strip("{} ")
            if QUOTED.fullmatch(expression):
                run.append(unescaped(expression[1:-1]))
            else:
                put_in(expression)
    end_of_plain()
    end_of_run()
    return pieces
