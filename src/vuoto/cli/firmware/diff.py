"""`vuoto firmware diff OLD NEW`: what changed for a person's data."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vuoto.cli._terminal import coloured, columns
from vuoto.cli.firmware._opening import opened
from vuoto.cli.firmware._viewing import put_out
from vuoto.errors import UsageError

if TYPE_CHECKING:
    from vuoto.facts.changes import Difference

FORMATS = ("terminal", "json", "html", "sarif")


@click.command(
    name="diff",
    short_help="What changed from one build or package to another, for a person's data.",
    epilog="Exit codes: 0 done, 1 a change at or above --fail-on, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("old", type=click.Path(), metavar="OLD")
@click.argument("new", type=click.Path(), metavar="NEW")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", show_default=True, help="What to print.")
@click.option("--out", type=click.Path(), metavar="FILE", help="Write it there instead of printing it.")
@click.option(
    "--fail-on",
    multiple=True,
    metavar="CONCERN|ASPECT",
    help="Exit 1 on a change of this concern or higher (high, medium, low), or of this aspect (host, signer …), unless it is "
    "less than before; may be repeated.",
)
def diff_command(old: str, new: str, format_: str, out: str | None, fail_on: tuple[str, ...]) -> int:
    """Compare two builds or packages: an OTA zip, an image, a folder, an APK, or the .vfx that `vuoto firmware index` made.

    Not a list of bytes: packages, signers, permissions, what starts them, hosts, reads of identifiers and ways to a send. Names
    of classes do not count, so that renaming by R8 is no change.
    """
    from vuoto.firmware.comparing import compare
    from vuoto.reports.changes import FORMS

    thresholds = [threshold(text) for text in fail_on]
    difference = compare(opened(Path(old)), opened(Path(new)))
    from vuoto.reports.renderer import RenderOptions

    words = ["vuoto", "firmware", "diff", *(Path(given).name or given for given in (old, new)), "--format", format_]
    shown = RenderOptions(width=columns(), colour=out is None and coloured(), command=shlex.join(words))
    put_out(FORMS[format_].render(difference, shown), out)
    return 1 if any(met(difference) for met in thresholds) else 0


COMMAND = diff_command


def threshold(text: str) -> Callable[[Difference], bool]:
    """What `--fail-on` names, as a question to the difference."""
    from vuoto.facts.changes import CONCERNS
    from vuoto.firmware.comparing import change_names

    if text in CONCERNS[:-1]:
        enough = CONCERNS[: CONCERNS.index(text) + 1]
        return lambda difference: any(change.concern in enough for change in difference.changes)
    if text in change_names():
        return lambda difference: any(change.aspect == text and change.concern != "none" for change in difference.changes)
    from difflib import get_close_matches

    known = (*CONCERNS[:-1], *change_names())
    meant = " or ".join(get_close_matches(text, known, 2))
    raise UsageError(
        f"--fail-on: {text!r} is neither a concern nor an aspect",
        next_step=f"Did you mean {meant}?" if meant else f"Choose one of {', '.join(known)}",
    )
