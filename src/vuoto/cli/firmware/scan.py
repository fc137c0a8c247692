"""`vuoto firmware scan IMAGE`: what is odd in a build, and the ways on which identifiers may leave; the gravest first."""

from __future__ import annotations

import click

from vuoto.cli.firmware._viewing import FORMATS, command_of, viewed, write_view
from vuoto.errors import UsageError


@click.command(
    name="scan",
    short_help="What is odd in a build, the gravest first.",
    epilog="Exit codes: 0 done, 1 something at or above --fail-on, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("image", type=click.Path(), metavar="IMAGE")
@click.option("--package", "wanted", metavar="NAME", help="Only this package, by its name or path.")
@click.option("--old", type=click.Path(), metavar="IMAGE", help="The build that an incremental OTA starts from.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", show_default=True)
@click.option("--out", type=click.Path(), metavar="FILE", help="Write it there instead of printing it.")
@click.option("--fail-on", multiple=True, metavar="CONCERN|RULE", help="Exit 1 where this is found; may be repeated.")
def scan_command(image: str, wanted: str | None, old: str | None, format_: str, out: str | None, fail_on: tuple[str, ...]) -> int:
    """Say what is odd in a build or a package: identifiers that may reach a send, clear text, signatures, secret codes, switches.

    --fail-on takes high, medium or low (that and all that is graver), or the name of a rule, such as way-in-clear-text.
    """
    from vuoto.facts.firmware_view import CONCERNS

    view = viewed(image, wanted, old=old, only_odd=True)
    rules = [rule.name for rule in view.rules]
    for word in fail_on:
        if word not in CONCERNS and word not in rules:
            known = ", ".join((*CONCERNS, *sorted(rules)))
            raise UsageError(f"--fail-on: {word!r} is neither a concern nor a rule", next_step=f"Choose one of {known}")
    command = command_of("scan", image, package=wanted, format=format_ if format_ != "terminal" else None)
    write_view(view, format_, out, scan=True, command=command)
    graver: dict[str, tuple[str, ...]] = {word: CONCERNS[: CONCERNS.index(word) + 1] for word in CONCERNS}
    failed = any(one.rule == word or one.concern in graver.get(word, ()) for one in view.oddities for word in fail_on)
    return 1 if failed else 0


COMMAND = scan_command
