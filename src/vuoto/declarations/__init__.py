"""NOTARY: reads and checks what the vendor says it does, and writes it out for those who ask."""

from __future__ import annotations

from vuoto.declarations.exporting import EXPORTS, Export, export
from vuoto.declarations.reading import match_host, read_declaration
from vuoto.declarations.waivers import read_waivers

__all__ = ["EXPORTS", "Export", "export", "match_host", "read_declaration", "read_waivers"]
