"""Writes `docs/reference/`: the schema of the document, the kinds, the errors, and a page for each folder of plug-ins.

Everything is read from the code: a page that differs from it is stale, and `--check` says so and fails. A folder of plug-ins
needs no entry here: a package whose modules all export one constant of the same dataclass is found, as by `vuoto.seams`.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "docs" / "reference"
NOTE: Final = "<!-- Written by tools/build_reference.py from the code; edits are lost. -->"
LONGEST: Final = 60
"""Items of a tuple that a page lists; a page is read, and the code holds all."""


def schema() -> str:
    """The document's JSON Schema (draft 2020-12), drawn from the dataclasses; the docstring under a field is its description."""
    import orjson
    from pydantic import ConfigDict, TypeAdapter

    from vuoto.facts import document
    from vuoto.facts.document import SCHEMA, AuditDocument

    config = ConfigDict(use_attribute_docstrings=True, json_schema_serialization_defaults_required=True)
    for known in _facts(AuditDocument):
        known.__pydantic_config__ = config
    drawn = TypeAdapter(AuditDocument).json_schema(mode="serialization")
    origin = drawn["$defs"]["Origin"]
    # The contract's key is a word that Python keeps for itself; the renderer writes it so.
    origin["properties"]["class"] = origin["properties"].pop("class_")
    origin["properties"]["class"]["title"] = "Class"
    origin["required"] = ["class" if name == "class_" else name for name in origin["required"]]
    drawn["properties"]["schema"]["const"] = SCHEMA
    drawn = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:vuoto:audit:1",
        "$comment": (document.__doc__ or "").splitlines()[0],
        **drawn,
    }
    return orjson.dumps(drawn, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def _facts(root: type) -> Iterator[Any]:
    """The dataclasses of the facts' modules, whichever of them the document reaches."""
    package = root.__module__.rpartition(".")[0]
    for name in sorted(m.name for m in iter_modules(import_module(package).__path__)):
        for value in vars(import_module(f"{package}.{name}")).values():
            if isinstance(value, type) and is_dataclass(value):
                yield value


def kinds() -> str:
    """Every kind of personal data, how it is called and how much of a value may be shown."""
    from vuoto.facts.vocabulary import KINDS

    rows = [
        (f"`{k.id}`", k.title, k.family, _shown(k.keep_first, k.keep_last, technical=k.family == "technical"))
        for k in KINDS.values()
    ]
    return _page(
        "Kinds of personal data",
        "What a disclosure's `kind` may be. A profile of the user's own may add `custom:<name>`. The family `technical` alone "
        "singles nobody out; the others do, or may. Values are masked unless `--reveal` is given.",
        _table(("Kind", "Called", "Family", "Shown when masked"), rows),
    )


def _shown(first: int, last: int, *, technical: bool) -> str:
    if technical:
        return "all"
    parts = [f"first {first}" if first else "", f"last {last}" if last else ""]
    return " and ".join(p for p in parts if p) or "nothing"


def errors() -> str:
    """What a command ends with."""
    from vuoto import errors as module
    from vuoto.errors import VuotoError

    found: list[type[VuotoError]] = sorted(VuotoError.__subclasses__(), key=lambda e: e.exit_code)
    rows = [(str(e.exit_code), f"`{e.__name__}`", _sentence(e)) for e in found]
    rows = [
        ("0", "", "Done."),
        ("1", "", "A finding at or above `--fail-on`, or a build that the gate did not let through."),
        *rows,
        ("70", "", "A bug of ours."),
    ]
    return _page(
        "Errors and exit codes",
        f"{_sentence(module)} An error names what is wrong, where, and the next step, on standard error; results stay on "
        "standard output.",
        _table(("Code", "Error", "When"), rows),
    )


def declaration() -> str:
    """Every key of a declaration and of a file of waivers, from the facts they are read into."""
    from vuoto.facts.declarations import Controller, DeclaredRecipient, Processing, TransferTool, Variant
    from vuoto.facts.gates import Waiver

    tables: tuple[tuple[str, type], ...] = (
        ("[controller]", Controller),
        ("[recipients.KEY]", DeclaredRecipient),
        ("[recipients.KEY.transfer]", TransferTool),
        ("[processing.KEY]", Processing),
        ("[variants.KEY]", Variant),
        ("[[waiver]], in a file of waivers", Waiver),
    )
    parts = []
    for title, kind in tables:
        rows = [(f"`{name}`", says) for name, says in _field_docs(kind).items() if name not in ("key", "number")]
        head = f"## `{title.partition(',')[0]}`{title.partition(']]')[2]}"
        parts.append("\n\n".join((head, _sentence(kind), _table(("Key", "Meaning"), rows))))
    return _page(
        "The declaration, and waivers",
        "What may stand in `vuoto.declaration/1` (beside `schema` and `version`) and in `vuoto.waivers/1` (beside `schema`). A "
        "misspelt key is an error with the nearest one. A waiver may write its `subject` as `host`, `identifier` or "
        "`certificate`. Words: [kinds](kinds.md), [rules of the gate](firmware-gate-rules.md).",
        "\n\n".join(parts),
    )


def commands() -> str:
    """What each command's help says."""
    import click

    from vuoto.cli import VuotoGroup

    parts: list[str] = []

    def walk(command: click.Command, words: tuple[str, ...], above: click.Context | None) -> None:
        context = click.Context(command, info_name=words[-1], parent=above, terminal_width=100, max_content_width=100)
        parts.append(f"## {' '.join(words)}\n\n```text\n{command.get_help(context).rstrip()}\n```")
        if isinstance(command, click.Group):
            for name in sorted(command.list_commands(context)):
                inner = command.get_command(context, name)
                if inner is not None and not inner.hidden:
                    walk(inner, (*words, name), context)

    walk(VuotoGroup(), ("vuoto",), None)
    return _page("Commands", "The help of every command, as it prints it.", "\n\n".join(parts))


def plugin_pages() -> dict[str, str]:
    """Page by file name, for each package of plug-ins in each room."""
    pages = {}
    import vuoto

    for room in sorted(m.name for m in iter_modules(vuoto.__path__) if m.ispkg and m.name not in ("facts", "cli", "service")):
        for folder in _folders(f"vuoto.{room}"):
            found = _plugins(folder)
            if found:
                _, _, inner = folder.removeprefix("vuoto.").partition(".")
                pages[f"{room}-{inner.replace('_', '-').replace('.', '-')}.md"] = _plugin_page(room, inner, found)
    return pages


def _folders(package: str) -> Iterator[str]:
    """The packages below one, at any depth, sorted."""
    for name in sorted(m.name for m in iter_modules(import_module(package).__path__) if m.ispkg):
        yield f"{package}.{name}"
        yield from _folders(f"{package}.{name}")


def _plugins(package: str) -> list[tuple[ModuleType, Any]]:
    """Module and constant of each file, where all files export one of the same name and dataclass; else nothing."""
    modules = [
        import_module(f"{package}.{m.name}") for m in iter_modules(import_module(package).__path__) if not m.name.startswith("_")
    ]
    modules.sort(key=lambda m: m.__name__)
    if not modules:
        return []
    for name, value in sorted(vars(modules[0]).items()):
        if name.isupper() and is_dataclass(value) and not isinstance(value, type):
            found = [(m, getattr(m, name, None)) for m in modules]
            if all(type(v) is type(value) for _, v in found):
                return found
    return []


def _plugin_page(room: str, folder: str, found: list[tuple[ModuleType, Any]]) -> str:
    kind = type(found[0][1])
    documented = _field_docs(kind)
    meaning = [(f"`{name}`", says) for name, says in documented.items() if any(_words(getattr(v, name)) for _, v in found)]
    parts = [f"What the lines of each say:\n\n{_table(('Line', 'Meaning'), meaning)}"] if meaning else []
    for module, value in found:
        lines = [f"## {module.__name__.rpartition('.')[2]}", _escape(inspect.cleandoc(module.__doc__ or ""))]
        facts = [(f.name, _words(getattr(value, f.name))) for f in fields(value)]
        told = "\n".join(f"- `{name}`: {words}" for name, words in facts if words)
        parts.append("\n\n".join(part for part in (*lines, told) if part))
    about = _escape(_sentence(kind))
    return _page(
        f"{room.capitalize()}: {folder.replace('_', ' ').replace('.', ', ')}",
        f"{about} Each is one file under `src/vuoto/{room}/{folder.replace('.', '/')}/`; there are {len(found)}.",
        "\n\n".join(parts),
    )


def _words(value: object) -> str:
    """A field's value for a page; nothing for code, for what is empty, and for what only a program reads."""
    if value is None or callable(value) or value is False:
        return ""
    if value is True:
        return "yes"
    if isinstance(value, str):
        return _escape(value)
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, tuple | frozenset | list):
        items = [_words(v) for v in (sorted(value, key=repr) if isinstance(value, frozenset) else value)]
        items = [f"`{v}`" if _plain(v) else v for v in items if v]
        more = f" and {len(items) - LONGEST} more" if len(items) > LONGEST else ""
        return ", ".join(items[:LONGEST]) + more
    if is_dataclass(value) and not isinstance(value, type):
        facts = ((f.name, _words(getattr(value, f.name))) for f in fields(value))
        return f"({'; '.join(f'{name}: {words}' for name, words in facts if words)})"
    return ""


def _plain(text: str) -> bool:
    return "`" not in text and "\n" not in text and ":" not in text and ". " not in text and "\\" not in text


def _field_docs(kind: type) -> dict[str, str]:
    """Field → the docstring that stands under it."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef))
    docs = {}
    for node, after in pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and isinstance(after, ast.Expr):
            says = after.value
            if isinstance(says, ast.Constant) and isinstance(says.value, str):
                docs[node.target.id] = _escape(" ".join(inspect.cleandoc(says.value).split()))
    return docs


def _sentence(thing: object) -> str:
    """The first paragraph of its docstring on one line."""
    return " ".join(inspect.cleandoc(thing.__doc__ or "").partition("\n\n")[0].split())


def _escape(text: str) -> str:
    return text if "`" in text else text.replace("<", "&lt;")


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + " --- |" * len(heads)]
    return "\n".join([*lines, *("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)])


def _page(title: str, about: str, body: str) -> str:
    return f"{NOTE}\n\n# {title}\n\n{about}\n\n{body}\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "audit.schema.json": schema,
    "kinds.md": kinds,
    "errors-and-exit-codes.md": errors,
    "commands.md": commands,
    "declaration.md": declaration,
}


def main(arguments: list[str] | None = None) -> int:
    """Write the pages, or with `--check` compare them; 1 where one is stale, missing or left over."""
    parser = argparse.ArgumentParser(description="Writes docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page differs from the code")
    check = parser.parse_args(arguments).check
    pages = {name: build() for name, build in PAGES.items()} | plugin_pages()
    TARGET.mkdir(parents=True, exist_ok=True)
    ours = {p.name for p in TARGET.glob("*.md") if p.read_text("utf-8").startswith(NOTE)} - pages.keys()
    stale = sorted(n for n, t in pages.items() if not (TARGET / n).is_file() or (TARGET / n).read_text("utf-8") != t)
    if check:
        for name in (*stale, *sorted(ours)):
            print(f"docs/reference/{name} is stale: run python tools/build_reference.py", file=sys.stderr)
        return 1 if stale or ours else 0
    for name in stale:
        (TARGET / name).write_text(pages[name], "utf-8")
        print(f"docs/reference/{name}")
    for name in sorted(ours):
        (TARGET / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
