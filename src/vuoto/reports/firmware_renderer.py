"""What an output of a build is: one file in `firmware_renderers/` each, exporting `RENDERER`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.firmware_view import FirmwareView


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareOptions:
    """How to show it. A renderer takes from these what concerns it."""

    width: int = 80
    """Columns of the terminal."""

    colour: bool = False
    """Whether control codes for colour may be written: on a terminal, never into a file or pipe."""

    scan: bool = False
    """Whether only what is odd is asked for."""

    command: str | None = None
    """The command line that made the document, or `None`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmwareRenderer:
    """One output format."""

    format: str
    """The word after `--format`."""

    says: str
    """What it is for, one line for the help text."""

    render: Callable[[FirmwareView, FirmwareOptions], bytes]
    """The document in this format: the same bytes for the same document and options."""
