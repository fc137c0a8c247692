"""Capture times: the span of an input, and times as RFC 3339 text with every digit that the capture has."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

NS: Final = 1_000_000_000
MAX_SECONDS: Final = (2**63 - 1) // NS - 1
"""Seconds since 1970 that fit a signed 64-bit count of nanoseconds (year 2262); a time beyond is made up."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# RFC 3339 §5.6, and what HAR writers make of it: a space for the T, a zone without a colon, no zone (read as UTC).
_ISO: Final = re.compile(
    r"\s*(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:[.,](\d{1,30}))?\s*(?:[Zz]|([+-]\d\d):?(\d\d))?\s*", re.ASCII
)


def rfc3339(seconds: int, fraction: str) -> str:
    """Seconds since 1970 (at most `MAX_SECONDS`) with the digits of a fraction, as RFC 3339 UTC."""
    whole = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"


def decimal(units: int, digits: int) -> str:
    """A count of 10^-`digits` seconds since 1970 as RFC 3339 UTC."""
    seconds, fraction = divmod(units, 10**digits)
    return rfc3339(seconds, f"{fraction:0{digits}d}" if digits else "")


def parse_iso(text: str) -> tuple[int, str] | None:
    """`(nanoseconds since 1970, RFC 3339 UTC with the digits that `text` has)`, or `None` where it is no time after 1970."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    day, clock, fraction, hours, minutes = found.groups()
    try:
        local = datetime.fromisoformat(f"{day}T{clock}+00:00")
    except ValueError:
        return None
    seconds = round((local - _EPOCH).total_seconds())
    if hours is not None:
        offset = int(hours[1:]) * 3600 + int(minutes) * 60
        seconds += offset if hours[0] == "-" else -offset
    digits = fraction or ""
    nanoseconds = seconds * NS + int(digits[:9].ljust(9, "0"))
    if not 0 < nanoseconds <= MAX_SECONDS * NS:
        return None
    return nanoseconds, rfc3339(seconds, digits)


class Span:
    """Earliest and latest time seen. A time of 0 is no time."""

    __slots__ = ("_earliest", "_latest", "first", "last")

    def __init__(self) -> None:
        self._earliest = 0
        self._latest = 0
        self.first: str | None = None
        """The earliest, RFC 3339 UTC, or `None`."""
        self.last: str | None = None
        """The latest, likewise."""

    def add(self, times: NDArray[np.int64], text: Callable[[int], str]) -> None:
        """Adds times in nanoseconds; `text` says one of them, by its row, in full precision."""
        if not len(times):
            return
        latest = int(times.argmax())
        earliest = int(times.argmin())
        if times[earliest] == 0:
            earliest = int(np.where(times == 0, np.iinfo(np.int64).max, times).argmin())
        for row in (earliest, latest):
            if times[row] and not (self._earliest and self._earliest <= times[row] <= self._latest):
                self.add_one(int(times[row]), text(row))

    def add_one(self, time_ns: int, text: str) -> None:
        """Adds one time, with its text in full precision."""
        if time_ns and (not self._earliest or time_ns < self._earliest):
            self._earliest, self.first = time_ns, text
        if time_ns > self._latest:
            self._latest, self.last = time_ns, text
