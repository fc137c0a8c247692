"""Writes a declaration in the forms that others read. Each form is one file in `exports`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Final

from vuoto.declarations.form import Export
from vuoto.errors import UsageError
from vuoto.facts.declarations import Declaration
from vuoto.seams import plugins

__all__ = ["EXPORTS", "Export", "export"]


@cache
def _forms() -> dict[str, Export]:
    return {form.name: form for form in plugins("vuoto.declarations.exports", Export, "EXPORT")}


class _Forms(Mapping[str, Export]):
    """The forms by name, found when first asked for: an audit reads a declaration and writes none."""

    def __getitem__(self, name: str) -> Export:
        return _forms()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_forms())

    def __len__(self) -> int:
        return len(_forms())


EXPORTS: Final[Mapping[str, Export]] = _Forms()
"""The forms by name, sorted."""


def export(declaration: Declaration, format: str) -> bytes:  # noqa: A002 - the word of the command line
    """The declaration written as `format`, one of `EXPORTS`; the same bytes for the same declaration.

    Raises `UsageError` for a form that nobody knows.
    """
    form = EXPORTS.get(format)
    if form is None:
        raise UsageError(f"no export is called {format[:40]!r}", next_step="Known: " + ", ".join(EXPORTS))
    render: Callable[[Declaration], bytes] = form.render
    return render(declaration)
