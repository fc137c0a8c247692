"""`vuoto firmware show IMAGE`: what the packages of a build can collect, where they can send it, and what starts them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vuoto.cli.firmware._opening import opened
from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.builds import ReadBuild, ReadPackage
    from vuoto.facts.code import CodeFacts

MOST_LINES = 12
"""Lines of one list on the terminal; the JSON holds all."""


@click.command(name="show", short_help="Packages, triggers, identifier reads, sends, and ways between them.")
@click.argument("image", type=click.Path(), metavar="IMAGE")
@click.option("--package", "wanted", metavar="NAME", help="Only this package, by its name or path.")
@click.option("--format", "format_", type=click.Choice(("terminal", "json")), default="terminal", show_default=True)
def show_command(image: str, wanted: str | None, format_: str) -> int:
    """Show what a build or a package can do: an OTA zip, an image, a folder of a device's files, an APK, JAR or APEX.

    That code is there is no proof that it runs: what was seen leaving a device is what `vuoto audit` says.
    """
    build = opened(Path(image))
    packages = [p for p in build.packages if wanted is None or wanted in (p.package.name, p.package.path)]
    if wanted is not None and not packages:
        raise InputError(f"no package {wanted!r} in it", where=image, next_step="Leave --package out to see all")
    if format_ == "json":
        import orjson

        from vuoto.facts.builds import ReadBuild

        chosen = ReadBuild(
            name=build.name, format=build.format, build=build.build, packages=tuple(packages), problems=build.problems
        )
        option = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
        sys.stdout.buffer.write(orjson.dumps(chosen, option=option))
        return 0
    from vuoto.cli import printable

    for line in lines_of(build, packages):
        click.echo(printable(line))
    return 0


COMMAND = show_command


def lines_of(build: ReadBuild, packages: list[ReadPackage]) -> Iterator[str]:
    """The text for a terminal."""
    yield f"{build.name} · {build.format} · {counted(len(build.packages))}"
    if build.build is not None:
        known = (build.build.model, build.build.fingerprint, build.build.security_patch)
        yield "  " + " · ".join(value for value in known if value)
    for each in packages:
        yield ""
        yield from package_lines(each)
    for problem in build.problems:
        yield f"  {problem.where}: {problem.what}"


def package_lines(read: ReadPackage) -> Iterator[str]:
    """What one package can do."""
    package = read.package
    version = f" {package.version_name}" if package.version_name else ""
    yield f"{package.name or package.path}{version}"
    if package.name:
        yield f"  {package.path}"
    if package.shared_user_id:
        yield f"  shares the user id {package.shared_user_id}"
    for signer in package.signers:
        who = f"{signer.certificate.sha256[:16]}… {signer.certificate.subject or ''}"
        yield f"  signed ({signer.scheme}, {signer.verification}) by {who}"
    yield from bounded("started by", [f"{t.kind}: {t.clue}" for t in package.triggers])
    if read.code is not None:
        yield from code_lines(read.code)
    for problem in package.problems[:MOST_LINES]:
        yield f"  {problem.where}: {problem.what}"


def code_lines(code: CodeFacts) -> Iterator[str]:
    """What the code of one package can do."""
    hosts = sorted({s.host for s in code.strings if s.host})
    yield from bounded("can reach", hosts)
    yield from bounded("can read", sorted({f"{r.kind} ({r.certainty}) in {r.place.method}" for r in code.reads}))
    yield from bounded("can send by", sorted({f"{s.channel} in {s.place.method}" for s in code.sends}))
    ways = sorted({f"{p.read.kind} → {p.send.channel}, {len(p.steps)} steps ({p.strength})" for p in code.paths})
    yield from bounded("may reach a send", ways)
    yield from bounded("trusts any server", sorted({f"{f.what} in {f.place.method}" for f in code.trust_flaws}))


def bounded(title: str, rows: list[str]) -> Iterator[str]:
    """A titled list of at most `MOST_LINES` rows."""
    if rows:
        yield f"  {title}:"
        yield from (f"    {row}" for row in rows[:MOST_LINES])
        if len(rows) > MOST_LINES:
            yield f"    and {len(rows) - MOST_LINES} more: see --format json"


def counted(packages: int) -> str:
    """`1 package`, `2 packages`."""
    return f"{packages} package" + ("" if packages == 1 else "s")
