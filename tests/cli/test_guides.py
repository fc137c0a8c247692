"""The commands that the guides, the README and the other pages tell people to type are ones that the command line takes."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

from vuoto.cli import VuotoGroup

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/guide/*.md"), *ROOT.glob("docs/adr/*.md"), *ROOT.glob("examples/**/*.md")]
)


def told() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        text = page.read_text("utf-8").replace("\\\n", " ")
        for match in re.finditer(r"(?:^ {4,}(?:\S*/)?|`)(vuoto [a-z][^`\n]*)", text, re.MULTILINE):
            yield page.name, re.split(r"\s+(?:#|>|\|)\s*|…", match[1], maxsplit=1)[0].strip()


COMMANDS: Final = sorted(set(told()))


def test_there_are_some() -> None:
    assert len(COMMANDS) > 40


@pytest.mark.parametrize(("page", "line"), COMMANDS)
def test_the_command_line_takes_it(page: str, line: str) -> None:
    """Its words and options; the files in it need not be there."""
    words = shlex.split(line)[1:]
    command: click.Command = VuotoGroup()
    context = click.Context(command)
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, page
        command, words = found, words[1:]
    if words:
        # An option may be named without its value (`vuoto audit --firmware`).
        command.make_parser(context).parse_args([*words, "value"] if words[-1].startswith("--") else words)
