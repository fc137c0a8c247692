"""Tables and lists of terms in HTML (Living Standard §4.9, §4.4.9): a cell is named by the head of its column, or of its row."""

from __future__ import annotations

from typing import Final

from vuoto.payloads.json_reader import labels

MOST_COLUMNS: Final = 256
"""Cells of a row that are told apart."""


class Cells:
    """Follows the tags of a document, and says what a text in it is named."""

    def __init__(self) -> None:
        self._heads: list[str] = []
        self._row: list[str] = []
        self._tag = ""
        self._all_heads = True
        self._term = ""

    def begin(self, tag: str) -> None:
        """A start tag. End tags of cells may be missing: the next one ends what is open."""
        if tag == "table":
            self._heads, self._row, self._tag = [], [], ""
        elif tag == "tr":
            self._end_row()
        elif tag in {"th", "td"} and len(self._row) < MOST_COLUMNS:
            self._row.append("")
            self._tag = tag
            self._all_heads = self._all_heads and tag == "th"
        elif tag in {"dt", "dd"}:
            self._term = self._term if tag == "dd" else ""
            self._tag = tag

    def end(self, tag: str) -> None:
        """An end tag."""
        if tag == "tr":
            self._end_row()
        elif tag in {"table", "dl"}:
            self._heads, self._row, self._tag, self._term = [], [], "", ""
        elif tag == self._tag:
            self._tag = ""

    def name(self, text: str) -> str:
        """What `text` is named, `""` where it stands in no cell or nothing names it."""
        if self._tag == "dt":
            self._term = text if labels("name", text) else ""
        if self._tag == "dd":
            return self._term
        if self._tag not in {"th", "td"}:
            return ""
        place = len(self._row) - 1
        first, self._row[place] = not self._row[place], self._row[place] or text
        if self._tag == "th" or not first:
            return ""
        if place < len(self._heads):
            return self._heads[place]
        before = self._row[0] if place == 1 else ""  # a third cell may be a remark as well as a value
        return before.rstrip(": ") if labels("name", before) else ""

    def _end_row(self) -> None:
        if len(self._row) > 1 and self._all_heads:
            self._heads = [head if labels("name", head) else "" for head in self._row]
        self._row, self._tag, self._all_heads = [], "", True
