"""Tells the C library to keep what is freed.

Columns of some ten megabytes come and go by the dozen. The GNU C library gives each back to the system as it is freed, and the
system clears every page of the next one: in a capture of gigabytes that costs more than all the work with them.
"""

from __future__ import annotations

import contextlib
from typing import Final

LARGE: Final = 1 << 30
"""Bytes that are never asked for at once, nor free at once: so nothing is given back before the end."""

LARGEST_OLD: Final = 32 << 20
"""The most that older versions of the library take for `M_MMAP_THRESHOLD`, on 64 bits."""

_M_TRIM_THRESHOLD: Final = -1  # malloc.h
_M_MMAP_THRESHOLD: Final = -3


def keep_freed() -> None:
    """For the whole process and those forked from it; does nothing where the C library is another."""
    import ctypes  # NumPy imports it as well

    with contextlib.suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        if not mallopt(_M_MMAP_THRESHOLD, LARGE):
            mallopt(_M_MMAP_THRESHOLD, LARGEST_OLD)
        mallopt(_M_TRIM_THRESHOLD, LARGE)
