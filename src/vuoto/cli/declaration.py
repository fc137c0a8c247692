"""`vuoto declaration FILE`: checks a declaration, and writes it out for those who ask."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from vuoto.errors import InputError


class FormName(click.ParamType[str]):
    """The name of a form; which there are is asked for with the help, and not before."""

    name = "form"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - click passes them
        """All of them."""
        from vuoto.declarations import EXPORTS

        return f"[{'|'.join(EXPORTS)}]"


@click.command(
    name="declaration",
    short_help="Check a declaration, or write the record of processing, the notice and more from it.",
    epilog="Exit codes: 0 the declaration is sound, 2 usage, 3 it cannot be read or holds a mistake.",
)
@click.argument("file", type=click.Path(), metavar="FILE")
@click.option("--format", "format_", type=FormName(), help="Write it as this form, instead of checking it.")
def declaration_command(file: str, format_: str | None) -> int:
    """Check a declaration (vuoto.declaration/1): every mistake with its key, what is wrong and what would be right."""
    from vuoto.declarations import export, read_declaration

    try:
        text = Path(file).read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", where=file, next_step="Check the path") from None
    declaration = read_declaration(text, Path(file).name)
    if format_ is not None:
        sys.stdout.buffer.write(export(declaration, format_))
        sys.stdout.buffer.flush()
        return 0
    kinds = sorted({kind for processing in declaration.processing for kind in processing.data})
    click.echo(
        f"{Path(file).name}: sound. Version {declaration.version} of {declaration.controller.name}: "
        f"{counted(len(declaration.recipients), 'recipient')}, {counted(len(declaration.processing), 'purpose')}, "
        f"{counted(len(kinds), 'kind')} of data."
    )
    return 0


def counted(number: int, one: str) -> str:
    """`1 recipient`, `2 recipients`."""
    return f"{number} {one if number == 1 else one + 's'}"


COMMAND = declaration_command
