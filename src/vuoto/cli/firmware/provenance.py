"""`vuoto firmware provenance PACKAGE --source DIR|GIT`: whether code comes from a source."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vuoto.cli.firmware._opening import file_blob, opened_image
from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.packages import Package
    from vuoto.facts.provenance import Provenance
    from vuoto.firmware.code import Dex


@click.command(
    name="provenance",
    short_help="Whether the code of a package comes from a source, with evidence in bits.",
    epilog="Exit codes: 0 done, 1 with --fail-on when a source fits, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("code", type=click.Path(), metavar="PACKAGE|DEX|IMAGE")
@click.option(
    "--source",
    "sources",
    multiple=True,
    required=True,
    metavar="DIR|GIT[@REV,…]",
    help="A folder of Java or Kotlin, or revisions of a git repository; as often as there are sources. A URL is fetched.",
)
@click.option("--package", "wanted", metavar="NAME", help="The package of an image to look into, by its name or path.")
@click.option(
    "--class",
    "classes",
    multiple=True,
    metavar="NAME",
    help="Only these classes in the report; `*` at the end for all that begin so.",
)
@click.option("--cache", type=click.Path(), metavar="DIR", help="Where indexes of sources are kept.  [default: the user's cache]")
@click.option("--no-cache", is_flag=True, help="Keep no index of a source, and use none.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal", show_default=True)
@click.option("--fail-on-match", is_flag=True, help="End with 1 where a given source fits.")
def provenance_command(
    code: str,
    sources: tuple[str, ...],
    wanted: str | None,
    classes: tuple[str, ...],
    cache: str | None,
    no_cache: bool,
    format_: str,
    fail_on_match: bool,
) -> int:
    """Compare code with sources, renamed or not: by rare texts, numbers, and calls into the framework.

    What is shared is shown with its file and line and its class and method, and weighs as many bits as it is rare. Classes that
    fit nothing clearly are not answered. That code is the same says nothing of who wrote it first.
    """
    from vuoto.cli.firmware._memory import FolderMemory, default_folder
    from vuoto.cli.firmware._sources import source_index
    from vuoto.firmware.provenance import compare

    name, dexes = code_of(Path(code), wanted)
    memory = None if no_cache else FolderMemory(Path(cache) if cache else default_folder().with_name("sources"))
    projects = [source_index(given, memory) for given in sources]
    found = compare(name, dexes, projects)
    if memory is not None:
        memory.forget_oldest()
    if classes:
        found = narrowed(found, classes)
    if format_ == "json":
        import orjson

        option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        sys.stdout.buffer.write(orjson.dumps(found, option=option))
        sys.stdout.buffer.flush()
    else:
        from vuoto.cli import printable
        from vuoto.reports.provenance import provenance_lines

        for line in provenance_lines(found):
            click.echo(printable(line))
    fits = any(not one.library and one.statement != "insufficient evidence" for one in found.projects)
    return 1 if fail_on_match and fits else 0


COMMAND = provenance_command


def code_of(path: Path, wanted: str | None) -> tuple[str, list[Dex]]:
    """The DEX files of a package, of a package in an image, or a DEX file itself. Raises `InputError` where there are none."""
    from vuoto.firmware.code import read_dexes
    from vuoto.firmware.index import is_index
    from vuoto.firmware.packages.gathering import PACKAGE_NAMES, gather, read_files
    from vuoto.firmware.packages.package import read_package
    from vuoto.firmware.walking import walk

    if not path.is_dir():
        blob = file_blob(path)
        head = blob.read_at(0, 16)
        if head[:4] == b"dex\n":
            return path.name, list(read_dexes(blob.read_at(0, blob.size), path.name))
        if is_index(head):
            raise InputError(
                "an index holds what was found in code, not the code",
                where=str(path),
                next_step="Give the image or the package that it was made from",
            )
        if path.name.lower().endswith(PACKAGE_NAMES):
            return _dexes(read_package(blob, path.name), str(path))
    found: list[Package] = []
    for files in gather(walk(opened_image(path))):
        # A package's path is known before it is read; its name is not.
        if files.entry.path.lower().endswith(PACKAGE_NAMES) and (
            wanted is None or "/" not in wanted or wanted == files.entry.path
        ):
            package = read_files(files)
            if package is not None and package.dex and (wanted is None or wanted in (package.name, package.path)):
                found.append(package)
    if len(found) == 1:
        return _dexes(found[0], str(path))
    if not found:
        raise InputError(
            f"no package {wanted!r} in it" if wanted else "no package in it", where=str(path), next_step="Check the name"
        )
    names = ", ".join(sorted(str(one.name or one.path) for one in found)[:6])
    raise InputError(f"{len(found)} packages are in it: {names} …", where=str(path), next_step="Choose one with --package")


def _dexes(package: Package, where: str) -> tuple[str, list[Dex]]:
    from vuoto.firmware.code import read_dexes

    if not package.dex:
        raise InputError(
            "the package holds no DEX code", where=where, next_step="Give the package with its code, or its DEX file"
        )
    return package.name or package.path, [dex for file in package.dex for dex in read_dexes(file.data, file.path)]


def narrowed(found: Provenance, classes: tuple[str, ...]) -> Provenance:
    """The report with these classes alone."""
    from dataclasses import replace

    wanted = [one if one.startswith("L") and "/" in one else f"L{one.replace('.', '/')}" for one in classes]

    def chosen(name: str) -> bool:
        return any(name.startswith(one[:-1]) if one.endswith("*") else name == one.rstrip(";") + ";" for one in wanted)

    kept = replace(
        found,
        matches=tuple(match for match in found.matches if chosen(match.name)),
        unanswered=tuple(name for name in found.unanswered if chosen(name)),
    )
    if not kept.matches and not kept.unanswered:
        raise InputError(
            f"no class {classes[0]!r} with features in it", where=found.name, next_step="Leave --class out to see all"
        )
    return kept
