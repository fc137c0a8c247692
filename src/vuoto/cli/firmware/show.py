"""`vuoto firmware show IMAGE`: what the packages of a build can collect, where they can send it, and what starts them."""

from __future__ import annotations

import click

from vuoto.cli.firmware._viewing import FORMATS, command_of, viewed, write_view


@click.command(
    name="show",
    short_help="Packages, triggers, identifier reads, sends, and ways between them.",
    epilog="Exit codes: 0 done, 2 usage, 3 an input that cannot be read, 70 our bug.",
)
@click.argument("image", type=click.Path(), metavar="IMAGE")
@click.option("--package", "wanted", metavar="NAME", help="Only this package, by its name or path.")
@click.option("--old", type=click.Path(), metavar="IMAGE", help="The build that an incremental OTA starts from.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="terminal", show_default=True)
@click.option("--out", type=click.Path(), metavar="FILE", help="Write it there instead of printing it.")
def show_command(image: str, wanted: str | None, old: str | None, format_: str, out: str | None) -> int:
    """Show what a build or a package can do: an index, an OTA zip, an image, a folder of a device's files, an APK, JAR or APEX.

    That code is there is no proof that it runs: what was seen leaving a device is what `vuoto audit` says.
    """
    view = viewed(image, wanted, old=old)
    command = command_of("show", image, package=wanted, format=format_ if format_ != "terminal" else None)
    write_view(view, format_, out, scan=False, command=command)
    return 0


COMMAND = show_command
