"""What the terminal that is printed to can show: its width, and whether it wants colour."""

from __future__ import annotations

import os
import sys


def columns() -> int:
    """Characters of a line: what `COLUMNS` says where it is a number, else the terminal's width, 80 where there is none."""
    given = os.environ.get("COLUMNS", "")
    if given.isascii() and given.isdigit() and len(given) < 6 and int(given):
        return int(given)
    # A terminal that nobody told its size says 0.
    return (os.get_terminal_size().columns if sys.stdout.isatty() else 0) or 80


def coloured() -> bool:
    """Whether colour is wanted: on a terminal that has it, unless NO_COLOR says no (https://no-color.org: if it is not empty)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
