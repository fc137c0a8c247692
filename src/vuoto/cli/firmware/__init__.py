"""`vuoto firmware …`: what the code of a build can collect and send; one file per sub-command."""

from __future__ import annotations

import click

from vuoto.seams import plugins


class FirmwareGroup(click.Group):
    """The `firmware` command: each file beside this one is a sub-command."""

    def __init__(self) -> None:
        super().__init__(
            name="firmware",
            help="Look into firmware: images, folders and packages.",
            short_help="What the code of a build can collect and send.",
            no_args_is_help=True,
        )
        for command in plugins("vuoto.cli.firmware", click.Command, "COMMAND"):
            self.add_command(command)


COMMAND = FirmwareGroup()
