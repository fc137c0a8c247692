"""In which builds something is, for a terminal and a program."""

from __future__ import annotations

from vuoto.reports.scopes.terminal import scope_terminal

__all__ = ["scope_json", "scope_terminal"]

from vuoto.facts.scopes import Scope


def scope_json(scope: Scope) -> bytes:
    """The answer as it is, `vuoto.scope/1`."""
    import orjson

    return orjson.dumps(scope, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
