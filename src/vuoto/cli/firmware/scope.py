"""`vuoto firmware scope --builds DIR --package NAME`: in which builds something is, since which, in which variants."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vuoto.cli._terminal import coloured, columns
from vuoto.cli.firmware._builds import builds_in
from vuoto.cli.firmware._opening import opened
from vuoto.cli.firmware._viewing import put_out
from vuoto.errors import InputError, UsageError

if TYPE_CHECKING:
    from vuoto.facts.builds import ReadPackage
    from vuoto.firmware.comparing.scoping import Asked

FORMATS = ("terminal", "json", "html")


@click.command(
    name="scope",
    short_help="In which builds a package, a class, a host or some code is, and since when.",
    epilog="Exit codes: 0 done, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.option(
    "--builds", required=True, type=click.Path(), metavar="DIR", help="The builds: .vfx files and images, at any depth."
)
@click.option("--package", metavar="NAME", help="A package, by its name, or its path in the builds.")
@click.option("--class", "class_", metavar="NAME", help="A class, as com.example.Foo or Lcom/example/Foo;.")
@click.option("--host", metavar="NAME", help="A host that code or resources name; those below it as well.")
@click.option(
    "--like",
    type=click.Path(),
    metavar="PACKAGE",
    help="The code of this APK or JAR, or of the builds' package of this name, under whatever name.",
)
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", show_default=True, help="What to print.")
@click.option("--out", type=click.Path(), metavar="FILE", help="Write it there instead of printing it.")
def scope_command(builds: str, *, format_: str, out: str | None, **asked: str | None) -> int:
    """Answer "which batch?": in which of many builds something is, since which, and in which variants.

    Builds are told apart by what they say of themselves, and ordered by their date, patch level and number. A build that cannot
    be read is unknown, never taken for one that does not have it.
    """
    from vuoto.firmware.comparing.scoping import find_scope
    from vuoto.reports.renderer import RenderOptions
    from vuoto.reports.scopes import FORMS

    package, class_, host, like = (asked[name] for name in ("package", "class_", "host", "like"))
    scope = find_scope(builds_in(Path(builds)), what_is_asked(Path(builds), package, class_, host, like))
    shown = {"package": package, "class": class_, "host": host, "like": like and (Path(like).name or like)}
    words = ["vuoto", "firmware", "scope", "--builds", Path(builds).name or builds]
    words += [word for name, value in shown.items() if value for word in (f"--{name}", value)]
    options = RenderOptions(width=columns(), colour=out is None and coloured(), command=shlex.join([*words, "--format", format_]))
    put_out(FORMS[format_].render(scope, options), out)
    return 0


COMMAND = scope_command


def what_is_asked(builds: Path, package: str | None, class_: str | None, host: str | None, like: str | None) -> Asked:
    """The one thing that is looked for. Raises `UsageError` where it is none, or several."""
    from vuoto.firmware.comparing.scoping import Asked

    given = [name for name, value in (("package", package), ("class", class_), ("host", host), ("like", like)) if value]
    if len(given) != 1:
        what = "nothing is asked for" if not given else f"--{' and --'.join(given)} ask for two things"
        raise UsageError(what, next_step="Give one of --package, --class, --host, --like")
    if package:
        return Asked(kind="package", what=package)
    if class_:
        return Asked(kind="class", what=class_)
    if host:
        return Asked(kind="host", what=host)
    assert like
    if not Path(like).exists():
        return Asked(kind="like", what=like, like=package_named(builds, like))
    found = opened(Path(like)).packages
    if len(found) != 1:
        raise InputError(f"holds {len(found)} packages", where=like, next_step="Give one APK or JAR")
    return Asked(kind="like", what=Path(like).name, like=found[0])


def package_named(builds: Path, name: str) -> ReadPackage:
    """The package of that name in the first build, by file, that has it. Raises `InputError` where none has."""
    for _, index in builds_in(builds):
        if isinstance(index, str):
            continue
        number = next((n for n, header in enumerate(index.packages()) if name in (header.name, header.path)), None)
        if number is not None:
            return index.read([number]).packages[0]
    raise InputError(
        "is no file, and no package of these builds", where=name, next_step="Give an APK or JAR, or a package's name"
    )
