"""`vuoto firmware gate BUILD --declaration FILE --variant KEY`: may this build ship."""

from __future__ import annotations

import shlex
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vuoto.cli._terminal import coloured, columns
from vuoto.cli._writing import write_whole
from vuoto.cli.audit import declaration_of, read_day, read_file
from vuoto.cli.firmware._builds import builds_in
from vuoto.cli.firmware._opening import opened
from vuoto.errors import InputError, UsageError

if TYPE_CHECKING:
    from vuoto.facts.declarations import Declaration, Variant
    from vuoto.facts.gates import GateVerdict, Waiver

FORMATS = ("terminal", "json", "html", "sarif", "junit")


@click.command(
    name="gate",
    short_help="Refuse a build that holds what its variant may not, or sends what nobody declared.",
    epilog="Exit codes: 0 passed, 1 refused or undecided, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("build", type=click.Path(), metavar="BUILD")
@click.option("--declaration", required=True, type=click.Path(), help="What the controller declares (vuoto.declaration/1, TOML).")
@click.option("--variant", required=True, metavar="KEY", help="The variant that it is to ship as: a key of [variants].")
@click.option(
    "--baseline", type=click.Path(), metavar="OLD", help="A build of this variant that was let through: what it has is known."
)
@click.option("--old", type=click.Path(), metavar="IMAGE", help="The build that an incremental OTA starts from.")
@click.option("--builds", type=click.Path(), metavar="DIR", help="Builds of this and other variants: .vfx files and images.")
@click.option("--waivers", type=click.Path(), metavar="FILE", help="Findings that may stand for a time (vuoto.waivers/1, TOML).")
@click.option("--as-of", metavar="DATE", help="Judge waivers on this day, YYYY-MM-DD. Default: today (UTC).")
@click.option("--allow-undecided", is_flag=True, help="Exit 0 where nothing is refused, though something could not be seen.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", show_default=True, help="What to print.")
@click.option("--sarif", type=click.Path(), metavar="FILE", help="Write SARIF there as well.")
@click.option("--junit", type=click.Path(), metavar="FILE", help="Write JUnit XML there as well.")
@click.option("--json", type=click.Path(), metavar="FILE", help="Write JSON there as well.")
@click.option("--html", type=click.Path(), metavar="FILE", help="Write the page there as well.")
def gate_command(build: str, **options: Any) -> int:  # noqa: ANN401 - click passes them by name
    """Say whether a build may ship as a variant: an OTA zip, an image, a folder, or the .vfx that `vuoto firmware index` made.

    It is refused for a package that the variant may not have, under its own name or another; for an unexpected certificate; and
    for a host, an identifier, a way in the clear or a start at boot that it gained and nobody declared.

    What could not be seen, or whether it is new, leaves the answer undecided: give --baseline and --builds, or a waiver.
    """
    from vuoto.firmware.gate import Question, judge, known_builds, rule_names

    declaration = declaration_of(options["declaration"])
    assert declaration is not None  # click asks for it
    variant = variant_named(declaration, options["variant"], options["declaration"])
    waivers = waivers_of(options["waivers"], rule_names())
    as_of = read_day(options["as_of"]) or today()
    read = opened(Path(build), old=Path(options["old"]) if options["old"] else None)
    baseline = opened(Path(options["baseline"])) if options["baseline"] else None
    shelf = builds_in(Path(options["builds"])) if options["builds"] else ()
    others, problems = known_builds(shelf, declaration, variant, baseline)
    question = Question(build=read, declaration=declaration, variant=variant, baseline=baseline, others=others)
    verdict = judge(question, waivers, as_of, problems)
    write_out(verdict, options, command_again(build, options, as_of))
    if verdict.outcome == "refused":
        return 1
    return 1 if verdict.outcome == "undecided" and not options["allow_undecided"] else 0


COMMAND = gate_command


def today() -> date:
    """The day on which waivers are judged where none is given."""
    return datetime.now(UTC).date()


def variant_named(declaration: Declaration, key: str, file: str) -> Variant:
    """The variant of the declaration. Raises `UsageError` with the nearest one where there is no such."""
    from difflib import get_close_matches

    known = {variant.key: variant for variant in declaration.variants}
    if key in known:
        return known[key]
    near = get_close_matches(key[:100], known, 1)
    listed = ", ".join(known)
    step = f"Did you mean {near[0]}?" if near else f"It has {listed}" if known else "Write [variants.…] in it"
    raise UsageError(f"--variant: {Path(file).name} has no variant {key!r}", next_step=step)


def waivers_of(name: str | None, rules: tuple[str, ...]) -> tuple[Waiver, ...]:
    """The waivers, or none."""
    from vuoto.declarations import read_waivers

    return read_waivers(read_file(Path(name)), Path(name).name, rules) if name else ()


def command_again(build: str, options: dict[str, Any], as_of: date) -> str:
    """The command as it could be typed again beside the files, on any day: names without their folders."""
    words = ["vuoto", "firmware", "gate", Path(build).name or build]
    for option in ("declaration", "variant", "baseline", "old", "builds", "waivers"):
        value = options[option]
        if value:
            words += [f"--{option}", value if option == "variant" else Path(value).name or value]
    return shlex.join([*words, "--as-of", as_of.isoformat(), "--format", "html"])


def write_out(verdict: GateVerdict, options: dict[str, Any], command: str) -> None:
    """Print the answer, and write it where options say."""
    from vuoto.reports.gates import FORMS
    from vuoto.reports.renderer import RenderOptions

    shown = RenderOptions(width=columns(), colour=coloured(), command=command)
    for format_ in ("sarif", "junit", "json", "html"):
        if options[format_]:
            path = Path(options[format_])
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
                write_whole(path, FORMS[format_].render(verdict, RenderOptions(command=command)))
            except OSError as error:
                raise InputError(
                    error.strerror or "cannot be written", where=str(path), next_step="Give a file that you may write to"
                ) from None
    sys.stdout.buffer.write(FORMS[options["format_"]].render(verdict, shown))
    sys.stdout.buffer.flush()
