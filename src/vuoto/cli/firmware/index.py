"""`vuoto firmware index IMAGE`: everything that is read of a build, in one file."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vuoto.cli.firmware._opening import indexed
from vuoto.errors import InputError

if TYPE_CHECKING:
    from vuoto.facts.problems import Problem

MOST_PROBLEMS = 5
"""Problems printed after an index; `vuoto firmware show` has all."""


@click.command(
    name="index",
    short_help="Read a build once, and keep what was found in one file.",
    epilog="Exit codes: 0 done, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("image", type=click.Path(), metavar="IMAGE")
@click.option("-o", "--output", type=click.Path(), metavar="FILE", help="Write it there. Default: the image's name with .vfx.")
@click.option("--old", type=click.Path(), metavar="IMAGE", help="The build that an incremental OTA starts from.")
@click.option("--cache", type=click.Path(), metavar="DIR", help="Keep results of packages there. Default: the user's cache.")
@click.option("--no-cache", is_flag=True, help="Read every package again, and keep nothing.")
@click.option("--workers", type=click.IntRange(1, 256), help="Processes to use. Default: one per core.")
@click.option("--json", "as_json", is_flag=True, help="Print the summary as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def index_command(
    image: str,
    output: str | None,
    old: str | None,
    cache: str | None,
    no_cache: bool,
    workers: int | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Read a build and write its index: packages, signers, permissions, what starts them, what their code reads and sends.

    IMAGE is an OTA zip, an image, a folder of a device's files, an APK, JAR or APEX. All other commands take the index in its
    place, and answer at once. The same build gives the same bytes, whatever was in the cache.
    """
    from vuoto.cli._writing import write_whole
    from vuoto.cli.firmware._memory import FolderMemory, default_folder

    begin = time.perf_counter()
    path = Path(image)
    target = Path(output) if output else Path(_stem(path) + ".vfx")
    if target.exists() and path.exists() and target.samefile(path):
        raise InputError("is the image itself", where=str(target), next_step="Give another name with -o")
    memory = None if no_cache else FolderMemory(Path(cache) if cache else default_folder())
    made = indexed(path, old=Path(old) if old else None, workers=workers, memory=memory, quiet=quiet)
    if memory is not None:
        memory.forget_oldest()
    try:
        write_whole(target, made.data)
    except OSError as error:
        raise InputError(error.strerror or "cannot be written", where=str(target), next_step="Give another with -o") from None
    if quiet:
        return 0
    seconds = time.perf_counter() - begin
    summary = {
        "file": str(target),
        "bytes": len(made.data),
        "packages": made.packages,
        "remembered": made.remembered,
        "code_bytes": made.code_bytes,
        "problems": [{"where": one.where, "what": one.what} for one in made.problems],
    }
    if as_json:
        import orjson

        sys.stdout.buffer.write(orjson.dumps(summary, option=orjson.OPT_APPEND_NEWLINE))
        sys.stdout.buffer.flush()
    else:
        from vuoto.cli import printable

        again = f", {made.remembered} of them unchanged" if made.remembered else ""
        counted = f"{made.packages:,} package{'' if made.packages == 1 else 's'}{again}"
        code = f"{size(made.code_bytes)} of code"
        click.echo(printable(f"{target}: {counted}, {code}, a file of {size(len(made.data))}"))
        for line in unread(made.problems, target):
            click.echo(printable(line))
    click.echo(f"{seconds:.1f} s", err=True)
    return 0


COMMAND = index_command


def unread(problems: Sequence[Problem], target: Path) -> Iterator[str]:
    """What could not be read: an index of half a build must not look like one of a whole."""
    from vuoto.reports.showing import visible

    if problems:
        yield "Could not be read:"
    for one in problems[:MOST_PROBLEMS]:
        yield f"  {visible(one.where)}: {visible(one.what)}."
    if len(problems) > MOST_PROBLEMS:
        yield f"  and {len(problems) - MOST_PROBLEMS:,} more: vuoto firmware show {target}"


def _stem(path: Path) -> str:
    """The name without its last ending; a folder's name whole."""
    name = path.resolve().name
    return (name if path.is_dir() else name.rpartition(".")[0] or name) or "build"


def size(octets: int) -> str:
    """`1.2 MB`, or `21 kB` below one."""
    return f"{octets / 1e6:,.1f} MB" if octets >= 1_000_000 else f"{octets / 1e3:,.0f} kB"
