"""Collects what is wrong in a declaration, so that its author sees every mistake at once and not one per run."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from datetime import date, datetime
from typing import Final, NoReturn

from vuoto.errors import InputError

SHOWN_MISTAKES = 20
"""How many mistakes one error shows: a screenful. The rest are counted."""

SHOWN_CHARACTERS = 60
"""How much of a wrong value is quoted back, and how much of a wrong key: enough to find it, never a flood."""


_BARE: Final = re.compile(r"[A-Za-z0-9_-]+(\[[0-9]+\])?")
"""A bare key of TOML, or an item of a list under one."""


def shown(value: object) -> str:
    """A value of the file as an error may show it: quoted, control characters escaped, bounded."""
    text = json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, str) else str(value)
    text = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def suggestion(word: str, known: Collection[str]) -> str:
    """` Did you mean …?` with the nearest known word, or what is known where nothing is near and the list is short."""
    from difflib import get_close_matches

    # difflib compares in quadratic time: a long wrong key is cut before it is compared.
    typed = word[:SHOWN_CHARACTERS].lower()
    near = get_close_matches(typed, sorted(known), n=3, cutoff=0.5)
    swapped = [k for k in near if sorted(k) == sorted(typed)]  # two letters exchanged is the likeliest slip of all
    if near:
        return f'did you mean "{(swapped or near)[0]}"?'
    listed = ", ".join(f'"{k}"' for k in sorted(known))
    return f"known: {listed}" if len(listed) <= 400 else "see the declaration's reference for the words known"


class Mistakes:
    """The mistakes found so far in one file."""

    def __init__(self, name: str, kind: str = "declaration") -> None:
        self.name = name
        self.kind = kind
        self._found: list[tuple[str, str, str]] = []

    def add(self, path: str, wrong: str, right: str) -> None:
        """Note that at key `path` something is `wrong`, and what would be `right`."""
        self._found.append((path, wrong, right))

    def raise_if_any(self) -> None:
        """Raise `InputError` naming every mistake, bounded, if there was one."""
        if self._found:
            self._raise()

    def _raise(self) -> NoReturn:
        lines = [f"{path}: {wrong}; {right}" for path, wrong, right in self._found[:SHOWN_MISTAKES]]
        more = len(self._found) - len(lines)
        if more:
            lines.append(f"and {more} more")
        count = len(self._found)
        what = f"the {self.kind} has {count} mistake{'s' if count != 1 else ''}:\n  " + "\n  ".join(lines) + "\n"
        raise InputError(what, where=self.name, next_step="Correct the file and run again")


class Table:
    """One table of the file with its key path. Each getter checks, notes what is wrong and gives a value that can be used."""

    def __init__(self, value: object, path: str, mistakes: Mistakes) -> None:
        self.path = path
        self.mistakes = mistakes
        self._value: dict[str, object] = {}
        if isinstance(value, dict):
            self._value = value
        else:
            mistakes.add(path or "(top)", f"{shown(value)} is not a table", f"write [{path}]")

    def at(self, key: str) -> str:
        """The key path of `key`."""
        part = key if _BARE.fullmatch(key) else shown(key)
        return f"{self.path}.{part}" if self.path else part

    def wrong(self, key: str, wrong: str, right: str) -> None:
        """Note a mistake at `key`."""
        self.mistakes.add(self.at(key), wrong, right)

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self._value

    def written(self) -> list[str]:
        """The keys written, sorted."""
        return sorted(self._value)

    def close(self, known: Collection[str]) -> None:
        """Note each key that nobody knows, with the nearest known one."""
        for key in self._value:
            if key not in known:
                self.wrong(key, "unknown key", suggestion(key, known))

    def text(self, key: str, right: str, *, required: bool = True) -> str | None:
        """A text that is not blank."""
        if not self.has(key):
            if required:
                self.wrong(key, "is missing", right)
            return None
        value = self._value[key]
        if isinstance(value, str) and value.strip():
            return value.strip()
        self.wrong(key, f"{shown(value)} is not a text" if not isinstance(value, str) else "is blank", right)
        return None

    def word(self, key: str, known: Collection[str]) -> str | None:
        """One of the words `known`, which may not be left out."""
        listed = "one of " + ", ".join(f'"{k}"' for k in known)
        value = self.text(key, listed)
        if value is not None and value not in known:
            self.wrong(key, f"{shown(value)} is unknown", suggestion(value, known))
            return None
        return value

    def texts(self, key: str, right: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of different texts, in the order written."""
        if not self.has(key):
            if required:
                self.wrong(key, "is missing", right)
            return ()
        value = self._value[key]
        if not isinstance(value, list):
            self.wrong(key, f"{shown(value)} is not a list", right)
            return ()
        if required and not value:
            self.wrong(key, "is empty", right)
        result: dict[str, None] = {}
        for index, item in enumerate(value):
            if not isinstance(item, str) or not item.strip():
                self.wrong(f"{key}[{index}]", f"{shown(item)} is not a text", right)
            elif item.strip() in result:
                self.wrong(f"{key}[{index}]", f"{shown(item)} stands there twice", "write it once")
            else:
                result[item.strip()] = None
        return tuple(result)

    def flag(self, key: str) -> bool:
        """`true` or `false`; `false` where it is not written."""
        value = self._value.get(key, False)
        if isinstance(value, bool):
            return value
        self.wrong(key, f"{shown(value)} is not a flag", "write true or false, without quotes")
        return False

    def day(self, key: str) -> date | None:
        """A day, or `None` where it is not written."""
        value = self._value.get(key)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.wrong(key, f"{shown(value)} is not a day", "write it as 2023-09-01, without quotes")
        return None

    def tables(self, key: str) -> tuple[tuple[str, Table], ...]:
        """The tables under `key`, by their keys."""
        if not self.has(key):
            return ()
        inner = Table(self._value[key], self.at(key), self.mistakes)
        found = ((k, inner.table(k)) for k in inner.written())
        return tuple((k, table) for k, table in found if table is not None)

    def rows(self, key: str, right: str) -> tuple[Table, ...]:
        """The tables of a list under `key`, in the order written; none where it is not written."""
        if not self.has(key):
            return ()
        value = self._value[key]
        if not isinstance(value, list):
            self.wrong(key, f"{shown(value)} is not a list of tables", right)
            return ()
        return tuple(Table(item, self.at(f"{key}[{index}]"), self.mistakes) for index, item in enumerate(value))

    def table(self, key: str, *, required: bool = True) -> Table | None:
        """The table under `key`."""
        if not self.has(key):
            if required:
                self.wrong(key, "is missing", f"write [{self.at(key)}]")
            return None
        return Table(self._value[key], self.at(key), self.mistakes)

    def pairs(self, key: str, right: str) -> tuple[tuple[str, str], ...]:
        """A table of texts under `key`, as sorted pairs."""
        inner = self.table(key, required=False)
        if inner is None:
            self.wrong(key, "is missing", right)
            return ()
        keys = inner.written()
        if not keys and isinstance(self._value[key], dict):
            self.wrong(key, "is empty", right)
        found = ((k, inner.text(k, right)) for k in keys)
        return tuple((k, v) for k, v in found if v is not None)
