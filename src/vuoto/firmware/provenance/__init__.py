"""Compares code with its source: `index_project` reads a source, `compare` says which classes fit which files, and why."""

from __future__ import annotations

from vuoto.firmware.provenance.comparing import compare
from vuoto.firmware.provenance.index import ProjectIndex, Revision, SourceFile, index_project
from vuoto.firmware.provenance.index_file import read_project, write_project

__all__ = ["ProjectIndex", "Revision", "SourceFile", "compare", "index_project", "read_project", "write_project"]
