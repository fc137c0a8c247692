"""What an output is: a renderer takes the document and gives bytes. One file in `renderers/` each, exporting `RENDERER`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vuoto.facts.document import AuditDocument


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderOptions:
    """How to show it. A renderer takes from these what concerns it."""

    width: int = 80
    """Columns of the terminal."""

    colour: bool = False
    """Whether control codes for colour may be written: on a terminal, never into a file or pipe."""

    command: str | None = None
    """The command line that made the document, to be shown as the way to make it again; `None` for one made from the inputs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """One output format."""

    format: str
    """The word after `--format`."""

    file_name: str
    """What `--out DIR` calls it."""

    media_type: str
    """Its media type (RFC 6838)."""

    says: str
    """What it is for, one line for the help text."""

    render: Callable[[AuditDocument, RenderOptions], bytes]
    """The document in this format: the same bytes for the same document and options. Never unmasks a value."""
