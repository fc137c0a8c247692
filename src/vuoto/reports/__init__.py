"""STUDY: one document, many renderers.

Values come masked or revealed from the staircase; nothing here unmasks one.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from vuoto.errors import UsageError
from vuoto.facts.document import AuditDocument
from vuoto.reports.redaction import redact
from vuoto.reports.renderer import Renderer, RenderOptions
from vuoto.reports.sentences import summarise
from vuoto.seams import plugins

if TYPE_CHECKING:
    # What a build is made of is not imported for the report of a capture.
    from vuoto.facts.firmware_view import FirmwareView

__all__ = ["RENDERERS", "RenderOptions", "Renderer", "redact", "render", "render_firmware", "summarise"]

RENDERERS: Final = MappingProxyType({r.format: r for r in plugins("vuoto.reports.renderers", Renderer, "RENDERER")})
"""By the word after `--format`."""


def render(document: AuditDocument, format: str, **options: int | bool | str | None) -> bytes:  # noqa: A002 - the word of the option
    """The document in `format`, with the fields of `RenderOptions` by name. Raises `UsageError` for an unknown format."""
    renderer = RENDERERS.get(format)
    if renderer is None:
        raise UsageError(f"unknown format {format!r}", next_step=f"Choose one of {', '.join(RENDERERS)}")
    return renderer.render(document, RenderOptions(**options))  # type: ignore[arg-type]  # each is checked where it is used


def render_firmware(view: FirmwareView, format: str, **options: int | bool | str | None) -> bytes:  # noqa: A002 - as above
    """A build in `format`, with the fields of `FirmwareOptions` by name. Raises `UsageError` for an unknown format."""
    from vuoto.reports.firmware_renderer import FirmwareOptions, FirmwareRenderer

    known = {r.format: r for r in plugins("vuoto.reports.firmware_renderers", FirmwareRenderer, "RENDERER")}
    if format not in known:
        raise UsageError(f"unknown format {format!r}", next_step=f"Choose one of {', '.join(known)}")
    return known[format].render(view, FirmwareOptions(**options))  # type: ignore[arg-type]  # each is checked where it is used
